/* SPDX-License-Identifier: Apache-2.0
 * gatehouse validate and attest: ask the hosts, judge, store, print. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"
#include "ops/validate.h"

static struct gh_cancel cancel; /* asked by the first ^C; the second ends the program */

static void on_interrupt(int sig)
{
	gh_cancel_ask(&cancel);
	signal(sig, SIG_DFL);
}

/* One line per host to stderr, when a person is looking. */
static void on_event(void *ctx, const struct gh_event *ev)
{
	static const char *const word[] = {[GH_EVENT_HOST_PARTIAL] = "SSH judged",
	    [GH_EVENT_HOST_CHECKED] = "checked",
	    [GH_EVENT_HOST_ATTESTED] = "GPUs judged",
	    [GH_EVENT_HOST_FAILED] = "not read"};

	(void)ctx;
	if ((size_t)ev->kind >= GH_COUNT(word) || word[ev->kind] == NULL)
		return;
	fprintf(stderr, "%u/%u %-12s %-11s %s %s\n", ev->done, ev->of, ev->host,
	    word[ev->kind], gh_verdict_word(ev->verdict), ev->text);
}

static int run(const struct gh_cli *cli, const char *const *hosts, size_t n,
    unsigned int what, struct gh_result *out, struct gh_err *err)
{
	gh_auto(struct gh_session *, gh_session_close) s = NULL;
	struct gh_progress progress = {on_event, NULL};
	bool watch = cli->form == GH_CLI_TEXT && isatty(STDERR_FILENO);
	struct gh_validate_ask ask = {.hosts = hosts,
	    .n_hosts = n,
	    .what = what,
	    .progress = watch ? &progress : NULL,
	    .cancel = &cancel};

	signal(SIGINT, on_interrupt);
	if (cli_open(cli, &s, err) < 0)
		return -1;
	return gh_op_validate(s, &ask, out, err);
}

int cmd_validate(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_err err;

	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-')
			return cli_usage(argv[0], "takes host names only");
	}
	if (run(cli, (const char *const *)argv + 1, (size_t)argc - 1,
		GH_DO_CHECKS | GH_DO_GPUS, &r, &err) < 0)
		return cli_error(cli, &err);
	return cli_result(cli, &r);
}

/* ---- attest ---------------------------------------------------------------------------- */

static void free_ptr(char ***p)
{
	free(*p);
}

/* Keeps the findings and subjects of the GPUs that were named; "HOST" keeps all of it. */
static bool wanted(const char *subject, char **names, int n)
{
	for (int i = 0; i < n; i++) {
		size_t len = strlen(names[i]);

		if (strcmp(subject, names[i]) == 0 ||
		    (strchr(names[i], ':') == NULL &&
			strncmp(subject, names[i], len) == 0 && subject[len] == ':'))
			return true;
	}
	return false;
}

static void narrow(
    struct gh_result *to, const struct gh_result *from, char **names, int n)
{
	to->at = from->at;
	for (size_t i = 0; i < from->n_subjects; i++) {
		struct gh_subject *s;

		if (!wanted(from->subject[i].name, names, n))
			continue;
		s = gh_result_subject(to, from->subject[i].name, from->subject[i].kind);
		if (s->claims != NULL)
			json_object_update(s->claims, from->subject[i].claims);
	}
	for (size_t i = 0; i < from->findings.n; i++) {
		const struct gh_finding *f = &from->findings.at[i];

		/* What kept the host from answering concerns each of its GPUs. */
		if (wanted(f->subject, names, n) ||
		    (strchr(f->subject, ':') == NULL && f->verdict != GH_PASS))
			gh_findings_copy(&to->findings, f);
	}
}

int cmd_attest(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct gh_result, gh_result_free) all = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(char **, free_ptr) hosts = calloc((size_t)argc, sizeof(char *));
	struct gh_err err;
	size_t n = 0;

	if (argc < 2 || hosts == NULL)
		return cli_usage(argv[0], "which host?");
	for (int i = 1; i < argc; i++) {
		char *name = argv[i], *colon = strchr(name, ':');
		bool seen = false;

		if (colon != NULL)
			name = strndup(
			    name, (size_t)(colon - name)); /* lives as long as we do */
		for (size_t k = 0; k < n; k++)
			seen = seen || strcmp(hosts[k], name) == 0;
		if (!seen)
			hosts[n++] = name;
	}
	if (run(cli, (const char *const *)hosts, n, GH_DO_GPUS, &all, &err) < 0)
		return cli_error(cli, &err);
	narrow(&r, &all, argv + 1, argc - 1);
	return cli_result(cli, &r);
}
