/* SPDX-License-Identifier: Apache-2.0
 * Printing results and errors, in the form that was asked for. */
#include <errno.h>
#include <stdio.h>

#include "cli/cli.h"

int cli_text(struct gh_buf *b)
{
	if (b->oom || (b->len > 0 && fwrite(b->p, 1, b->len, stdout) != b->len) ||
	    fflush(stdout) != 0) {
		fprintf(
		    stderr, "gatehouse: cannot write the output: %s\n", strerror(errno));
		return 5;
	}
	return 0;
}

int cli_json(json_t *j)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	gh_json_dump_pretty(&b, j);
	json_decref(j);
	return cli_text(&b);
}

int cli_result(const struct gh_cli *cli, const struct gh_result *r)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	int rc;

	if (cli->form == GH_CLI_JSON) {
		rc = cli_json(gh_result_json(r));
	} else {
		gh_result_plain(
		    &b, r, cli->form == GH_CLI_PLAIN ? GH_PLAIN_ALL : GH_PLAIN_BRIEF);
		rc = cli_text(&b);
	}
	return rc != 0 ? rc : gh_verdict_exit(gh_result_verdict(r));
}

int cli_error(const struct gh_cli *cli, const struct gh_err *err)
{
	fprintf(stderr, "gatehouse: %s\n", err->what);
	if (err->hint[0] != '\0')
		fprintf(stderr, "  do: %s\n", err->hint);
	if (cli->form == GH_CLI_JSON)
		(void)cli_json(json_pack("{s:{s:s, s:s, s:s}}", "error", "class",
		    gh_errc_word(err->code), "what", err->what, "hint", err->hint));
	return gh_errc_exit(err->code);
}

int cli_usage(const char *name, const char *why)
{
	for (size_t i = 0; i < gh_n_commands; i++) {
		if (strcmp(gh_commands[i].name, name) != 0)
			continue;
		fprintf(stderr, "gatehouse %s: %s\nusage: gatehouse %s %s\n", name, why,
		    name, gh_commands[i].args);
	}
	return 4;
}

int cli_open(const struct gh_cli *cli, struct gh_session **out, struct gh_err *err)
{
	struct gh_session_opts o = {.fleet = cli->fleet, .state = cli->state};

	return gh_session_open(out, &o, err);
}
