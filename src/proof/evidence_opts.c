/* SPDX-License-Identifier: Apache-2.0
 * The options of `evidence`, as a table, and their files. */
#include "proof/evidence_opts.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "evidence/show.h"

const char gh_evidence_opts_usage[] =
    "  --type TYPE    what FILE is, when its bytes do not say: snp tdx gpu switch ccel "
    "rim\n"
    "                 ocsp eat hcl certs crl snp-certs tcb-info qe-identity runtime-log\n"
    "                 jwks firmware tdreport\n"
    "  --with FILE    what belongs to the evidence, told apart by content: "
    "certificates,\n"
    "                 chains, CRLs, RIMs, TDX collateral, event logs, OCSP responses,\n"
    "                 keys, more evidence. May be repeated, in any order.\n"
    "  --trust FILE   further anchors (JSON). May be repeated.\n"
    "  --at TIME      judge as of then (2026-11-23T03:14:07Z); default: now\n"
    "  --nonce HEX    what you asked with; another answer is refused\n"
    "  --policy FILE  what to accept of genuine evidence; default: the strict one\n"
    "  --lab          accept lab roots, which prove nothing about real hardware\n"
    "  --json         one JSON object        --plain   text (default)\n"
    "  -v             also expected, why and source of what passed\n";

enum word {
	W_TYPE,
	W_WITH,
	W_TRUST,
	W_AT,
	W_NONCE,
	W_POLICY,
	W_LAB,
	W_JSON,
	W_PLAIN,
	W_VERBOSE,
};

static const struct {
	const char *text;
	enum word word;
	bool value, show; /* takes a value; is for `show` too */
} words[] = {
    {"--type", W_TYPE, true, true},
    {"--with", W_WITH, true, false},
    {"--trust", W_TRUST, true, false},
    {"--at", W_AT, true, false},
    {"--nonce", W_NONCE, true, false},
    {"--policy", W_POLICY, true, false},
    {"--lab", W_LAB, false, false},
    {"--json", W_JSON, false, true},
    {"--plain", W_PLAIN, false, true},
    {"--verbose", W_VERBOSE, false, false},
    {"-v", W_VERBOSE, false, false},
};

static int add_file(const char **list, size_t *n, const char *file, struct gh_err *err)
{
	if (*n >= GH_EVIDENCE_FILES_MAX)
		return gh_fail(
		    err, GH_E_USAGE, "more than %d files", GH_EVIDENCE_FILES_MAX);
	list[(*n)++] = file;
	return 0;
}

static int set_nonce(struct gh_evidence_opts *o, const char *v, struct gh_err *err)
{
	size_t len = strlen(v);

	if (len == 0 || len % 2 != 0 || len > 2 * sizeof(o->nonce) ||
	    gh_unhex(o->nonce, len / 2, v, NULL) < 0)
		return gh_fail(
		    err, GH_E_USAGE, "--nonce %s: not hex of 1 to 64 bytes", v);
	o->nonce_len = len / 2;
	return 0;
}

static int set_type(struct gh_evidence_opts *o, const char *v, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) known = {0};

	if (gh_evidence_type_parse(v, &o->type) == 0)
		return 0;
	for (int t = 1; t < GH_EV_N; t++)
		gh_buf_fmt(
		    &known, " %s", gh_evidence_type_word((enum gh_evidence_type)t));
	return gh_fail(err, GH_E_USAGE, "--type %s: not a kind of evidence; known are%s",
	    v, gh_buf_cstr(&known));
}

static int set_word(
    struct gh_evidence_opts *o, enum word w, const char *v, struct gh_err *err)
{
	switch (w) {
	case W_TYPE:
		return set_type(o, v, err);
	case W_WITH:
		return add_file(o->with, &o->n_with, v, err);
	case W_TRUST:
		return add_file(o->trust, &o->n_trust, v, err);
	case W_AT:
		return gh_time_parse(v, &o->at, err) < 0 ? gh_err_prefix(err, "--at") : 0;
	case W_NONCE:
		return set_nonce(o, v, err);
	case W_POLICY:
		o->policy = v;
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
static int read_option(struct gh_evidence_opts *o, int argc, char *const *argv, bool show,
    int *i, struct gh_err *err)
{
	const char *text = argv[*i];

	for (size_t w = 0; w < GH_COUNT(words); w++) {
		if (strcmp(text, words[w].text) != 0 || (show && !words[w].show))
			continue;
		if (!words[w].value)
			return set_word(o, words[w].word, NULL, err);
		if (*i + 1 >= argc)
			return gh_fail(err, GH_E_USAGE, "%s needs a value", text);
		if (set_word(o, words[w].word, argv[++*i], err) == 0)
			return 0;
		if (err != NULL)
			err->code = GH_E_USAGE;
		return -1;
	}
	return gh_fail(err, GH_E_USAGE, "%s: unknown option of evidence %s", text,
	    show ? "show" : "verify");
}

int gh_evidence_opts_parse(struct gh_evidence_opts *out, int argc, char *const *argv,
    bool show, int64_t now, struct gh_err *err)
{
	struct gh_evidence_opts o = {.at = now};

	for (int i = 0; i < argc; i++) {
		if (argv[i][0] == '-' && argv[i][1] != '\0') {
			if (read_option(&o, argc, argv, show, &i, err) < 0)
				return -1;
		} else if (o.file != NULL) {
			return gh_fail(err, GH_E_USAGE,
			    "one file at a time: %s (--with gives files along)", argv[i]);
		} else {
			o.file = argv[i];
		}
	}
	if (o.file == NULL)
		return gh_fail(err, GH_E_USAGE, "name a file of evidence");
	*out = o;
	return 0;
}

/* ---- files ------------------------------------------------------------------------ */

struct files {
	struct gh_buf buf[GH_EVIDENCE_FILES_MAX];
	struct gh_bytes view[GH_EVIDENCE_FILES_MAX];
	size_t n;
};

static void files_free(struct files *f)
{
	for (size_t i = 0; i < f->n; i++)
		gh_buf_free(&f->buf[i]);
}

/* What the operator names besides the evidence is configuration. */
static int read_files(struct files *f, const char *const *path, size_t n,
    const char *word, struct gh_err *err)
{
	while (f->n < n) {
		struct gh_buf *b = &f->buf[f->n++];

		if (gh_file_read(b, path[f->n - 1], GH_EVIDENCE_FILE_MAX, err) < 0) {
			if (err != NULL && err->code == GH_E_IO)
				err->code = GH_E_CONFIG;
			return gh_err_prefix(err, "%s", word);
		}
		f->view[f->n - 1] = gh_buf_view(b);
	}
	return 0;
}

static int read_policy(struct gh_policy *p, const char *path, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	*p = *gh_policy_strict();
	if (path == NULL)
		return 0;
	if (gh_file_read(&b, path, GH_EVIDENCE_FILE_MAX, err) < 0 ||
	    gh_policy_load(p, b.p, b.len, err) < 0) {
		if (err != NULL && err->code != GH_E_NOMEM)
			err->code = GH_E_CONFIG;
		return gh_err_prefix(err, "--policy %s", path);
	}
	return 0;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}

int gh_evidence_opts_verify(struct gh_result *out, int *exit_code,
    const struct gh_evidence_opts *o, struct gh_err *err)
{
	gh_auto(struct files, files_free) file = {0}, with = {0}, trust = {0};
	struct gh_policy policy;

	if (gh_file_read(&file.buf[file.n++], o->file, GH_EVIDENCE_FILE_MAX, err) < 0 ||
	    read_files(&with, o->with, o->n_with, "--with", err) < 0 ||
	    read_files(&trust, o->trust, o->n_trust, "--trust", err) < 0 ||
	    read_policy(&policy, o->policy, err) < 0)
		return -1;
	const struct gh_recheck_opts ask = {
	    .at = o->at,
	    .nonce = {o->nonce_len > 0 ? o->nonce : NULL, o->nonce_len},
	    .allow_lab = o->lab,
	    .type = o->type,
	    .policy = &policy,
	    .trust = trust.view,
	    .n_trust = trust.n,
	    .with = with.view,
	    .with_name = o->with,
	    .n_with = with.n,
	};
	if (gh_recheck_evidence(
		out, name_of(o->file), gh_buf_view(&file.buf[0]), &ask, err) < 0)
		return -1;
	*exit_code = gh_recheck_exit(out);
	return 0;
}

/* ---- show ------------------------------------------------------------------------- */

static int print_fields(struct gh_buf *out, const struct gh_evidence_opts *o,
    const struct gh_fields *fields, struct gh_err *err)
{
	if (gh_fields_ok(fields, err) < 0)
		return -1;
	if (o->json) {
		gh_auto(json_t *, gh_json_free) j = json_object();

		gh_json_set_str(j, "file", name_of(o->file));
		json_object_set_new(j, "pieces", gh_fields_json(fields));
		gh_json_dump_pretty(out, j);
	} else {
		gh_fields_plain(out, fields);
	}
	return gh_buf_ok(out, err);
}

int gh_evidence_opts_show(
    struct gh_buf *out, const struct gh_evidence_opts *o, struct gh_err *err)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_fields, gh_fields_free) fields = {0};
	gh_auto(struct gh_buf, gh_buf_free) file = {0};

	if (gh_file_read(&file, o->file, GH_EVIDENCE_FILE_MAX, err) < 0)
		return -1;
	if (gh_evidence_load(&set, file.p, file.len, o->type, err) < 0) {
		(void)gh_err_hint(err, "--type names the kind when the guess is wrong");
		return gh_err_prefix(err, "%s", name_of(o->file));
	}
	for (size_t i = 0; i < set.n; i++)
		if (gh_evidence_show(&fields, &set.at[i], err) < 0)
			return -1;
	return print_fields(out, o, &fields, err);
}
