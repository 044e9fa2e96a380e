/* SPDX-License-Identifier: Apache-2.0
 * gatehouse history, show, diff. */
#include <stdlib.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "ops/model.h"

#define ROWS 200

static void free_rows(struct gh_history_row **r)
{
	free(*r);
}

static void free_changes(struct gh_change **c)
{
	free(*c);
}

static json_t *row_json(const struct gh_history_row *r)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:i, s:s, s:i, s:i, s:i, s:i, s:b}",
	    "run", r->run_id, "host", r->host, "kind", r->kind, "by", r->by, "started",
	    (json_int_t)r->started, "took_ms", (int)r->took_ms, "verdict",
	    gh_verdict_word(r->verdict), "n_pass", (int)r->n_pass, "n_warn",
	    (int)r->n_warn, "n_fail", (int)r->n_fail, "n_unknown", (int)r->n_unknown,
	    "lab", r->lab ? 1 : 0);
}

static int print_history(
    const struct gh_cli *cli, const struct gh_history_row *row, size_t n)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char at[GH_TIME_LEN];

	if (cli->form == GH_CLI_JSON) {
		json_t *a = json_array();

		for (size_t i = 0; i < n; i++)
			json_array_append_new(a, row_json(&row[i]));
		return cli_json(json_pack("{s:o}", "runs", a));
	}
	for (size_t i = 0; i < n; i++) {
		gh_time_text(at, row[i].started);
		gh_buf_fmt(&b,
		    "%s  %-12s %-9s %-7s %3u ok %2u warn %2u fail %2u unknown %6u ms  "
		    "%s%s\n",
		    at, row[i].host, row[i].kind, gh_verdict_word(row[i].verdict),
		    row[i].n_pass, row[i].n_warn, row[i].n_fail, row[i].n_unknown,
		    row[i].took_ms, row[i].run_id, row[i].lab ? "  LAB" : "");
	}
	if (n == 0)
		gh_buf_str(&b, "no runs yet: gatehouse validate makes the first\n");
	return cli_text(&b);
}

int cmd_history(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct gh_session *, gh_session_close) s = NULL;
	gh_auto(struct gh_history_row *, free_rows) row = NULL;
	struct gh_err err;
	size_t n = 0;

	if (argc > 2)
		return cli_usage(argv[0], "one host at most");
	if (cli_open(cli, &s, &err) < 0 ||
	    gh_history_load(s, argc == 2 ? argv[1] : NULL, ROWS, &row, &n, &err) < 0)
		return cli_error(cli, &err);
	return print_history(cli, row, n);
}

int cmd_show(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct gh_session *, gh_session_close) s = NULL;
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_cli full = *cli;
	struct gh_err err;

	if (argc != 2)
		return cli_usage(argv[0], "which run?");
	if (cli_open(cli, &s, &err) < 0 || gh_history_result(s, argv[1], &r, &err) < 0)
		return cli_error(cli, &err);
	if (full.form == GH_CLI_TEXT)
		full.form = GH_CLI_PLAIN;
	return cli_result(&full, &r);
}

int cmd_diff(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct gh_session *, gh_session_close) s = NULL;
	gh_auto(struct gh_change *, free_changes) c = NULL;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err err;
	size_t n = 0;

	if (argc != 3)
		return cli_usage(argv[0], "which two runs?");
	if (cli_open(cli, &s, &err) < 0 ||
	    gh_history_diff(s, argv[1], argv[2], &c, &n, &err) < 0)
		return cli_error(cli, &err);
	if (cli->form == GH_CLI_JSON) {
		json_t *a = json_array();

		for (size_t i = 0; i < n; i++)
			json_array_append_new(
			    a, json_pack("{s:s, s:s, s:s, s:s}", "subject", c[i].subject,
				   "step", c[i].step, "a", c[i].a, "b", c[i].b));
		return cli_json(json_pack("{s:o}", "changes", a));
	}
	for (size_t i = 0; i < n; i++)
		gh_buf_fmt(&b, "%c %-12s %-32s %s -> %s\n",
		    c[i].va != c[i].vb ? '*' : ' ', c[i].subject, c[i].step,
		    c[i].a[0] ? c[i].a : "(absent)", c[i].b[0] ? c[i].b : "(absent)");
	gh_buf_fmt(&b, "%zu changes; * = the verdict changed\n", n);
	return cli_text(&b);
}
