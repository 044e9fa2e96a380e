/* SPDX-License-Identifier: Apache-2.0
 * Reading the command line of gatehouse-verify: a table of words for bundles; those of
 * evidence are proof/evidence_opts.c's. */
#include "verify/opts.h"

#include <string.h>

#include "base/clock.h"

const char gh_verify_usage[] =
    "gatehouse-verify: check what a gatehouse operator handed you. Offline; trusts only\n"
    "what you name.\n"
    "\n"
    "  gatehouse-verify bundle DIR|FILE.ghb [--trust FILE] [--at TIME] [--nonce HEX]\n"
    "        [--audience A] [--since CHECKPOINT] [--lab] [--json]\n"
    "  gatehouse-verify evidence FILE [--type TYPE] [--with FILE]... [--trust FILE]\n"
    "        [--at TIME] [--nonce HEX] [--policy FILE] [--lab] [--json]\n"
    "  gatehouse-verify show FILE [--type TYPE] [--json]     every field; no verdict\n"
    "\n"
    "bundle:\n"
    "  --trust FILE   the operator's public key (PEM), or trust.json with report_keys "
    "and\n"
    "                 anchors. May be repeated.\n"
    "  --audience A   who you are to the operator, e.g. client:acme\n"
    "  --at, --nonce, --lab, --json, --plain, -v as below\n"
    "\n"
    "evidence, show:\n";

const char gh_verify_exits[] =
    "\n"
    "Exit: 0 pass, 1 verdict is not pass, 2 a signature, log or binding is broken,\n"
    "3 stale or not for you, 4 usage or configuration, 5 could not run.\n";

enum word {
	W_TRUST,
	W_AT,
	W_NONCE,
	W_AUDIENCE,
	W_SINCE,
	W_LAB,
	W_JSON,
	W_PLAIN,
	W_VERBOSE,
};

static const struct {
	const char *text;
	enum word word;
	bool value;
} words[] = {
    {"--trust", W_TRUST, true},
    {"--at", W_AT, true},
    {"--nonce", W_NONCE, true},
    {"--audience", W_AUDIENCE, true},
    {"--since", W_SINCE, true},
    {"--lab", W_LAB, false},
    {"--json", W_JSON, false},
    {"--plain", W_PLAIN, false},
    {"--verbose", W_VERBOSE, false},
    {"-v", W_VERBOSE, false},
};

static int add_trust(struct gh_verify_opts *o, const char *file, struct gh_err *err)
{
	if (o->n_trust >= GH_VERIFY_FILES_MAX)
		return gh_fail(
		    err, GH_E_USAGE, "more than %d files", GH_VERIFY_FILES_MAX);
	o->trust[o->n_trust++] = file;
	return 0;
}

static int set_nonce(struct gh_verify_opts *o, const char *v, struct gh_err *err)
{
	if (strlen(v) != 64 || strspn(v, "0123456789abcdefABCDEF") != 64)
		return gh_fail(err, GH_E_USAGE,
		    "--nonce %s: the nonce of a report has 64 hex digits", v);
	o->nonce = v;
	return 0;
}

static int set_word(
    struct gh_verify_opts *o, enum word w, const char *v, struct gh_err *err)
{
	switch (w) {
	case W_TRUST:
		return add_trust(o, v, err);
	case W_AT:
		return gh_time_parse(v, &o->at, err) ? gh_err_prefix(err, "--at") : 0;
	case W_NONCE:
		return set_nonce(o, v, err);
	case W_AUDIENCE:
		o->audience = v;
		break;
	case W_SINCE:
		o->since = v;
		break;
	case W_LAB:
		o->lab = true;
		break;
	case W_JSON:
		o->json = true;
		break;
	case W_PLAIN:
		o->json = false;
		break;
	case W_VERBOSE:
		o->verbose = true;
		break;
	}
	return 0;
}

/* Reads the option at argv[*i], and its value. */
static int read_option(struct gh_verify_opts *o, char **argv, int *i, struct gh_err *err)
{
	const char *text = argv[*i];

	for (size_t w = 0; w < GH_COUNT(words); w++) {
		if (strcmp(text, words[w].text) != 0)
			continue;
		if (!words[w].value)
			return set_word(o, words[w].word, NULL, err);
		if (!argv[*i + 1])
			return gh_fail(err, GH_E_USAGE, "%s needs a value", text);
		if (set_word(o, words[w].word, argv[++*i], err) == 0)
			return 0;
		if (err)
			err->code = GH_E_USAGE;
		return -1;
	}
	return gh_fail(err, GH_E_USAGE, "%s: unknown option of %s", text, o->command);
}

static int read_command(
    struct gh_verify_opts *o, int argc, char **argv, struct gh_err *err)
{
	static const char *const known[] = {
	    "bundle", "evidence", "show", "help", "version"};
	const char *c = argc > 1 ? argv[1] : "";

	if (strcmp(c, "--help") == 0 || strcmp(c, "-h") == 0)
		c = "help";
	if (strcmp(c, "--version") == 0)
		c = "version";
	for (size_t i = 0; i < GH_COUNT(known); i++)
		if (strcmp(c, known[i]) == 0) {
			o->command = known[i];
			return 0;
		}
	if (!c[0])
		return gh_fail(
		    err, GH_E_USAGE, "name a command: bundle, evidence or show");
	return gh_fail(
	    err, GH_E_USAGE, "%s: unknown command; bundle, evidence or show", c);
}

static int parse_bundle(
    struct gh_verify_opts *o, int argc, char **argv, struct gh_err *err)
{
	for (int i = 2; i < argc; i++) {
		if (argv[i][0] == '-' && argv[i][1]) {
			if (read_option(o, argv, &i, err))
				return -1;
		} else if (o->file) {
			return gh_fail(
			    err, GH_E_USAGE, "one bundle at a time: %s", argv[i]);
		} else {
			o->file = argv[i];
		}
	}
	if (!o->file)
		return gh_fail(err, GH_E_USAGE, "bundle needs a folder or .ghb file");
	return 0;
}

static int parse_evidence(
    struct gh_verify_opts *o, int argc, char **argv, bool show, struct gh_err *err)
{
	if (gh_evidence_opts_parse(&o->evidence, argc - 2, argv + 2, show, o->at, err))
		return -1;
	o->json = o->evidence.json;
	o->verbose = o->evidence.verbose;
	return 0;
}

int gh_verify_opts_parse(
    struct gh_verify_opts *out, int argc, char **argv, int64_t now, struct gh_err *err)
{
	struct gh_verify_opts o = {.at = now};
	int rc = read_command(&o, argc, argv, err);

	if (rc == 0 && strcmp(o.command, "bundle") == 0)
		rc = parse_bundle(&o, argc, argv, err);
	else if (rc == 0 && strcmp(o.command, "evidence") == 0)
		rc = parse_evidence(&o, argc, argv, false, err);
	else if (rc == 0 && strcmp(o.command, "show") == 0)
		rc = parse_evidence(&o, argc, argv, true, err);
	if (rc == 0)
		*out = o;
	return rc;
}
