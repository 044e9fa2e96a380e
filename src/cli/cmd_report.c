/* SPDX-License-Identifier: Apache-2.0
 * gatehouse report: list, make, export, key. */
#include <stdlib.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "ops/report.h"

static void free_infos(struct gh_report_info **i)
{
	free(*i);
}

static json_t *info_json(const struct gh_report_info *i)
{
	char at[GH_TIME_LEN];

	gh_time_text(at, i->issued);
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "report", i->id, "host",
	    i->host, "verdict", i->verdict, "issued", at, "sequence",
	    (json_int_t)i->sequence, "payload_sha256", i->payload_sha256);
}

static void info_text(struct gh_buf *b, const struct gh_report_info *i)
{
	char at[GH_TIME_LEN];

	gh_time_text(at, i->issued);
	gh_buf_fmt(b, "%s  %-12s %-5s no. %-4lld %s  sha256 %.16s\n", at, i->host,
	    i->verdict, (long long)i->sequence, i->id, i->payload_sha256);
}

static int print_info(
    const struct gh_cli *cli, const struct gh_report_info *i, const char *tail)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	if (cli->form == GH_CLI_JSON)
		return cli_json(info_json(i));
	info_text(&b, i);
	gh_buf_str(&b, tail);
	return cli_text(&b);
}

static int list(const struct gh_cli *cli, struct gh_session *s, const char *host)
{
	gh_auto(struct gh_report_info *, free_infos) info = NULL;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err err;
	size_t n = 0;
	json_t *a;

	if (gh_op_report_list(s, host, &info, &n, &err) < 0)
		return cli_error(cli, &err);
	if (cli->form == GH_CLI_JSON) {
		a = json_array();
		for (size_t i = 0; i < n; i++)
			json_array_append_new(a, info_json(&info[i]));
		return cli_json(json_pack("{s:o}", "reports", a));
	}
	for (size_t i = 0; i < n; i++)
		info_text(&b, &info[i]);
	if (n == 0)
		gh_buf_str(&b, "no reports yet: gatehouse report make HOST\n");
	return cli_text(&b);
}

static int make(const struct gh_cli *cli, struct gh_session *s, int argc, char **argv)
{
	const char *audience = "";
	struct gh_report_info info;
	struct gh_err err;

	if (argc == 5 && strcmp(argv[3], "--for") == 0)
		audience = argv[4];
	else if (argc != 3)
		return cli_usage(argv[0], "make HOST [--for CLIENT]");
	if (gh_op_report_make(s, argv[2], audience, &info, &err) < 0)
		return cli_error(cli, &err);
	return print_info(cli, &info, "");
}

static int export(const struct gh_cli *cli, struct gh_session *s, int argc, char **argv)
{
	gh_auto(struct gh_buf, gh_buf_free) tail = {0};
	struct gh_report_info info;
	struct gh_err err;

	if (argc != 4)
		return cli_usage(argv[0], "export ID|HOST DIR");
	if (gh_op_report_export(s, argv[2], argv[3], &info, &err) < 0)
		return cli_error(cli, &err);
	gh_buf_fmt(&tail, "written to %s; %s/VERIFY.txt says how to check it\n", argv[3],
	    argv[3]);
	return print_info(cli, &info, gh_buf_cstr(&tail));
}

static int key(const struct gh_cli *cli, struct gh_session *s)
{
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	struct gh_err err;

	if (gh_op_report_key(s, &pem, &err) < 0)
		return cli_error(cli, &err);
	if (cli->form == GH_CLI_JSON)
		return cli_json(json_pack("{s:s}", "pem", gh_buf_cstr(&pem)));
	return cli_text(&pem);
}

int cmd_report(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct gh_session *, gh_session_close) s = NULL;
	const char *verb = argc > 1 ? argv[1] : "list";
	struct gh_err err;

	if (cli_open(cli, &s, &err) < 0)
		return cli_error(cli, &err);
	if (strcmp(verb, "list") == 0 && argc <= 3)
		return list(cli, s, argc == 3 ? argv[2] : NULL);
	if (strcmp(verb, "make") == 0)
		return make(cli, s, argc, argv);
	if (strcmp(verb, "export") == 0)
		return export(cli, s, argc, argv);
	if (strcmp(verb, "key") == 0 && argc == 2)
		return key(cli, s);
	return cli_usage(argv[0], "list, make, export or key");
}
