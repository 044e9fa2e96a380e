/* SPDX-License-Identifier: Apache-2.0
 * gatehouse checks, doctor: what is looked at, is all in place. */
#include "base/json.h"
#include "cli/cli.h"
#include "ops/catalogue.h"
#include "ops/doctor.h"

static void put_row(struct gh_buf *b, const json_t *row)
{
	gh_buf_fmt(b, "%-28s %-8s %-4s %-10s %s %s\n", gh_json_text(row, "id"),
	    gh_json_text(row, "severity"), gh_json_text(row, "platform"),
	    gh_json_text(row, "channel"),
	    json_is_true(json_object_get(row, "judged")) ? " " : "-",
	    gh_json_text(row, "title"));
}

static void put_check(struct gh_buf *b, const json_t *row)
{
	static const char *const key[] = {"id", "group", "title", "severity", "platform",
	    "channel", "expect", "why", "remedy"};

	for (size_t i = 0; i < GH_COUNT(key); i++)
		gh_buf_fmt(b, "%-9s %s\n", key[i], gh_json_text(row, key[i]));
	gh_buf_fmt(b, "%-9s %s\n", "judged",
	    json_is_true(json_object_get(row, "judged")) ? "yes" : "not by this version");
}

static void put_list(struct gh_buf *b, const json_t *rows)
{
	const char *group = "";
	size_t judged = 0;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);

		if (strcmp(group, gh_json_text(row, "group")) != 0) {
			group = gh_json_text(row, "group");
			gh_buf_fmt(b, "%s%s\n", i == 0 ? "" : "\n", group);
		}
		put_row(b, row);
		judged += json_is_true(json_object_get(row, "judged"));
	}
	gh_buf_fmt(b, "\n%zu checks, %zu judged by this version (- = not yet)\n",
	    json_array_size(rows), judged);
}

static long long number(const json_t *row, const char *key)
{
	return (long long)json_integer_value(json_object_get(row, key));
}

static int print_coverage(const struct gh_cli *cli)
{
	gh_auto(json_t *, gh_json_free) cov = NULL;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err err;
	const json_t *row;
	size_t i;

	if (gh_op_coverage(&cov, &err) < 0)
		return cli_error(cli, &err);
	if (cli->form == GH_CLI_JSON)
		return cli_json(gh_take(cov));
	gh_buf_fmt(&b, "%-28s %-15s %5s %8s %7s %5s\n", "tool", "revision", "tests",
	    "relevant", "covered", "ours");
	json_array_foreach(json_object_get(cov, "tools"), i, row)
	    gh_buf_fmt(&b, "%-28s %-15s %5lld %8lld %7lld %5lld\n%30snot: %s\n",
		gh_json_text(row, "tool"), gh_json_text(row, "revision"),
		number(row, "tests"), number(row, "relevant"), number(row, "covered"),
		number(row, "ours"), "", gh_json_text(row, "not_covered"));
	gh_buf_fmt(&b,
	    "\ntests: what the tool has; relevant: to such a host; covered: of those, by "
	    "this\ncatalogue; ours: checks here that look at it. No other tool has %lld "
	    "of "
	    "our checks.\n",
	    number(cov, "only_ours"));
	return cli_text(&b);
}

int cmd_checks(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(json_t *, gh_json_free) rows = NULL;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err err;

	if (argc > 2)
		return cli_usage(argv[0], "one id at most");
	if (argc == 2 && strcmp(argv[1], "--coverage") == 0)
		return print_coverage(cli);
	if (gh_op_catalogue(argc == 2 ? argv[1] : NULL, &rows, &err) < 0)
		return cli_error(cli, &err);
	if (cli->form == GH_CLI_JSON)
		return cli_json(json_pack("{s:O}", "checks", rows));
	if (argc == 2)
		put_check(&b, json_array_get(rows, 0));
	else
		put_list(&b, rows);
	return cli_text(&b);
}

int cmd_doctor(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_session_opts o = {.fleet = cli->fleet, .state = cli->state};
	struct gh_cli full = *cli;
	struct gh_err err;

	if (argc != 1)
		return cli_usage(argv[0], "takes no words");
	if (gh_op_doctor(&o, &r, &err) < 0)
		return cli_error(cli, &err);
	if (full.form == GH_CLI_TEXT)
		full.form = GH_CLI_PLAIN;
	return cli_result(&full, &r);
}
