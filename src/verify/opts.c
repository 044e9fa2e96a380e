/* SPDX-License-Identifier: Apache-2.0
 * Reading the command line of gatehouse-verify: a table of words. */
#include "verify/opts.h"

#include <string.h>

#include "base/clock.h"

const char gh_verify_usage[] =
    "gatehouse-verify: check what a gatehouse operator handed you. Offline; trusts only\n"
    "what you name.\n"
    "\n"
    "  gatehouse-verify bundle DIR|FILE.ghb [--trust FILE] [--at TIME] [--nonce HEX]\n"
    "        [--audience A] [--since CHECKPOINT] [--lab] [--json]\n"
    "  gatehouse-verify evidence FILE [--type snp|tdx|gpu|switch|rim|certs]\n"
    "        [--with FILE]... [--trust FILE] [--at TIME] [--nonce HEX] [--lab] [--json]\n"
    "\n"
    "  --trust FILE   bundle: the operator's public key (PEM) or trust.json with\n"
    "                 report_keys and anchors; evidence: further anchors. May be "
    "repeated.\n"
    "  --with FILE    RIM, certificate or chain that belongs to the evidence. May be\n"
    "                 repeated.\n"
    "  --at TIME      judge as of then (2026-11-23T03:14:07Z); default: now\n"
    "  --nonce HEX    what you asked with; another answer is refused\n"
    "  --audience A   who you are to the operator, e.g. client:acme\n"
    "  --lab          accept lab roots, which prove nothing about real hardware\n"
    "  --json         one JSON object        --plain   text (default)\n"
    "  -v             also expected, why and source of what passed\n"
    "\n"
    "Exit: 0 pass, 1 verdict is not pass, 2 a signature, digest or binding is broken,\n"
    "3 stale or not for you, 4 usage or configuration, 5 could not run.\n";

enum word {
	W_TRUST,
	W_WITH,
	W_AT,
	W_NONCE,
	W_AUDIENCE,
	W_SINCE,
	W_TYPE,
	W_POLICY,
	W_LAB,
	W_JSON,
	W_PLAIN,
	W_VERBOSE,
};

#define FOR_BUNDLE   1u
#define FOR_EVIDENCE 2u

static const struct {
	const char *text;
	enum word word;
	bool value;
	unsigned int where;
} words[] = {
    {"--trust", W_TRUST, true, FOR_BUNDLE | FOR_EVIDENCE},
    {"--with", W_WITH, true, FOR_EVIDENCE},
    {"--at", W_AT, true, FOR_BUNDLE | FOR_EVIDENCE},
    {"--nonce", W_NONCE, true, FOR_BUNDLE | FOR_EVIDENCE},
    {"--audience", W_AUDIENCE, true, FOR_BUNDLE},
    {"--since", W_SINCE, true, FOR_BUNDLE},
    {"--type", W_TYPE, true, FOR_EVIDENCE},
    {"--policy", W_POLICY, true, FOR_EVIDENCE},
    {"--lab", W_LAB, false, FOR_BUNDLE | FOR_EVIDENCE},
    {"--json", W_JSON, false, FOR_BUNDLE | FOR_EVIDENCE},
    {"--plain", W_PLAIN, false, FOR_BUNDLE | FOR_EVIDENCE},
    {"--verbose", W_VERBOSE, false, FOR_BUNDLE | FOR_EVIDENCE},
    {"-v", W_VERBOSE, false, FOR_BUNDLE | FOR_EVIDENCE},
};

static int add_file(const char **list, size_t *n, const char *file, struct gh_err *err)
{
	if (*n >= GH_VERIFY_FILES_MAX)
		return gh_fail(
		    err, GH_E_USAGE, "more than %d files", GH_VERIFY_FILES_MAX);
	list[(*n)++] = file;
	return 0;
}

static int set_nonce(struct gh_verify_opts *o, const char *v, struct gh_err *err)
{
	size_t len = strlen(v);
	if (len == 0 || len % 2 || len > 128 ||
	    strspn(v, "0123456789abcdefABCDEF") != len)
		return gh_fail(
		    err, GH_E_USAGE, "--nonce %s: not hex of 1 to 64 bytes", v);
	o->nonce = v;
	return 0;
}

static int set_type(struct gh_verify_opts *o, const char *v, struct gh_err *err)
{
	if (gh_evidence_type_parse(v, &o->type) == 0)
		return 0;
	return gh_fail(err, GH_E_USAGE,
	    "--type %s: this build knows snp, tdx, gpu, switch,"
	    " rim and certs",
	    v);
}

static int set_word(
    struct gh_verify_opts *o, enum word w, const char *v, struct gh_err *err)
{
	switch (w) {
	case W_TRUST:
		return add_file(o->trust, &o->n_trust, v, err);
	case W_WITH:
		return add_file(o->with, &o->n_with, v, err);
	case W_AT:
		return gh_time_parse(v, &o->at, err) ? gh_err_prefix(err, "--at") : 0;
	case W_NONCE:
		return set_nonce(o, v, err);
	case W_TYPE:
		return set_type(o, v, err);
	case W_POLICY:
		return gh_fail(
		    err, GH_E_USAGE, "--policy: policy files are not in this build");
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
static int read_option(
    struct gh_verify_opts *o, unsigned int where, char **argv, int *i, struct gh_err *err)
{
	const char *text = argv[*i];
	for (size_t w = 0; w < GH_COUNT(words); w++) {
		if (strcmp(text, words[w].text) != 0 || !(words[w].where & where))
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
	const char *c = argc > 1 ? argv[1] : "";
	if (strcmp(c, "--help") == 0 || strcmp(c, "-h") == 0)
		c = "help";
	if (strcmp(c, "--version") == 0)
		c = "version";
	static const char *const known[] = {"bundle", "evidence", "help", "version"};
	for (size_t i = 0; i < GH_COUNT(known); i++)
		if (strcmp(c, known[i]) == 0) {
			o->command = known[i];
			return 0;
		}
	if (!c[0])
		return gh_fail(err, GH_E_USAGE, "name a command: bundle or evidence");
	return gh_fail(err, GH_E_USAGE, "%s: unknown command; bundle or evidence", c);
}

int gh_verify_opts_parse(
    struct gh_verify_opts *out, int argc, char **argv, int64_t now, struct gh_err *err)
{
	struct gh_verify_opts o = {.at = now};
	if (read_command(&o, argc, argv, err))
		return -1;
	unsigned int where = strcmp(o.command, "bundle") == 0 ? FOR_BUNDLE : FOR_EVIDENCE;
	bool wants_file = o.command[0] == 'b' || o.command[0] == 'e';
	for (int i = 2; i < argc && wants_file; i++) {
		if (argv[i][0] == '-' && argv[i][1]) {
			if (read_option(&o, where, argv, &i, err))
				return -1;
		} else if (o.file) {
			return gh_fail(
			    err, GH_E_USAGE, "one %s at a time: %s", o.command, argv[i]);
		} else {
			o.file = argv[i];
		}
	}
	if (wants_file && !o.file)
		return gh_fail(err, GH_E_USAGE, "%s needs a %s", o.command,
		    where == FOR_BUNDLE ? "folder or .ghb file" : "file");
	if (where == FOR_BUNDLE && o.nonce && strlen(o.nonce) != 64)
		return gh_fail(err, GH_E_USAGE, "--nonce of a report has 64 hex digits");
	*out = o;
	return 0;
}
