/* SPDX-License-Identifier: Apache-2.0
 * gatehouse enrol: read and pin identities, show what is pinned. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "ops/enrol.h"

static struct gh_cancel cancel; /* asked by the first ^C; the second ends the program */

static void on_interrupt(int sig)
{
	gh_cancel_ask(&cancel);
	signal(sig, SIG_DFL);
}

struct words {
	const char **host; /* malloc'd */
	size_t n;
	bool all, accept, show;
	const char *reason;
};

static void words_free(struct words *w)
{
	free(w->host);
}

/* NULL, or what is wrong. */
static const char *read_words(struct words *w, int argc, char **argv)
{
	w->host = calloc((size_t)argc + 1, sizeof *w->host);
	if (w->host == NULL)
		return "out of memory";
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--all") == 0)
			w->all = true;
		else if (strcmp(argv[i], "--accept") == 0)
			w->accept = true;
		else if (strcmp(argv[i], "--show") == 0)
			w->show = true;
		else if (strcmp(argv[i], "--reason") == 0 && i + 1 < argc)
			w->reason = argv[++i];
		else if (argv[i][0] == '-')
			return "takes hosts, --all, --accept, --reason TEXT and --show";
		else
			w->host[w->n++] = argv[i];
	}
	if (w->show && (w->all || w->accept || w->reason != NULL || w->n != 1))
		return "--show takes one host and nothing else";
	if (w->all && w->n > 0)
		return "--all or names, not both";
	return !w->all && w->n == 0 ? "which host? --all means every one" : NULL;
}

static int show(const struct gh_cli *cli, const char *host)
{
	gh_auto(struct gh_session *, gh_session_close) s = NULL;
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	bool json = cli->form == GH_CLI_JSON, enrolled = false;
	json_t *j = NULL;
	struct gh_err err;
	int rc;

	if (cli_open(cli, &s, &err) < 0 || gh_op_enrol_show(s, host, json ? NULL : &text,
					       json ? &j : NULL, &enrolled, &err) < 0)
		return cli_error(cli, &err);
	rc = json ? cli_json(j) : cli_text(&text);
	return rc != 0 ? rc : enrolled ? 0 : 1;
}

/* Every line: what was pinned is to be read and compared by a person. */
static int print(const struct gh_cli *cli, const struct gh_result *r)
{
	struct gh_cli full = *cli;
	int rc;

	if (full.form == GH_CLI_TEXT)
		full.form = GH_CLI_PLAIN;
	rc = cli_result(&full, r);
	if (cli->form == GH_CLI_TEXT && isatty(STDERR_FILENO))
		fprintf(stderr, "Compare the fingerprints (enrol.id.host_key, "
				"enrol.id.bmc_cert) at the machine: what was pinned now "
				"is trusted from now on.\n");
	return rc;
}

int cmd_enrol(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct words, words_free) w = {0};
	gh_auto(struct gh_session *, gh_session_close) s = NULL;
	gh_auto(struct gh_result, gh_result_free) r = {0};
	const char *wrong = read_words(&w, argc, argv);
	struct gh_enrol_ask ask = {.hosts = w.host,
	    .n_hosts = w.n,
	    .accept = w.accept,
	    .reason = w.reason,
	    .cancel = &cancel};
	struct gh_err err;

	if (wrong != NULL)
		return cli_usage(argv[0], wrong);
	if (w.show)
		return show(cli, w.host[0]);
	signal(SIGINT, on_interrupt);
	if (cli_open(cli, &s, &err) < 0 || gh_op_enrol(s, &ask, &r, &err) < 0)
		return cli_error(cli, &err);
	return print(cli, &r);
}
