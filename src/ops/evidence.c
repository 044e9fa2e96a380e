/* SPDX-License-Identifier: Apache-2.0
 * Any one file of evidence, verified. */
#include "ops/evidence.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "evidence/rim.h"
#include "proof/recheck.h"

#define FILE_MAX (32u << 20)

struct files {
	struct gh_buf buf[GH_OP_FILES_MAX];
	struct gh_bytes view[GH_OP_FILES_MAX];
	size_t n;
};

static void files_free(struct files *f)
{
	for (size_t i = 0; i < f->n; i++)
		gh_buf_free(&f->buf[i]);
}

static int read_files(struct files *f, const char *const *path, size_t n,
    const char *word, struct gh_err *err)
{
	for (; f->n < n; f->n++) {
		if (gh_file_read(&f->buf[f->n], path[f->n], FILE_MAX, err) < 0) {
			gh_buf_free(&f->buf[f->n]);
			return gh_err_prefix(err, "%s", word);
		}
		f->view[f->n] = gh_buf_view(&f->buf[f->n]);
	}
	return 0;
}

static int read_opts(struct gh_recheck_opts *o, const struct gh_evidence_ask *ask,
    struct gh_buf *nonce, struct gh_err *err)
{
	if (ask->at != NULL && gh_time_parse(ask->at, &o->at, err) < 0)
		return -1;
	if (ask->type != NULL && gh_evidence_type_parse(ask->type, &o->type) < 0)
		return gh_fail(
		    err, GH_E_USAGE, "--type %s: not a type of evidence", ask->type);
	if (ask->nonce == NULL)
		return 0;
	if (gh_unhex_buf(nonce, ask->nonce, strlen(ask->nonce), err) < 0) {
		if (err != NULL)
			err->code = GH_E_USAGE;
		return gh_err_prefix(err, "--nonce");
	}
	o->nonce = gh_buf_view(nonce);
	return 0;
}

int gh_op_evidence_verify(const struct gh_env *env, const struct gh_evidence_ask *ask,
    struct gh_result *out, int *exit_code, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) file = {0};
	gh_auto(struct gh_buf, gh_buf_free) nonce = {0};
	gh_auto(struct files, files_free) with = {0};
	gh_auto(struct files, files_free) trust = {0};
	struct gh_recheck_opts o = {.at = gh_now(env), .allow_lab = ask->lab};
	const char *slash = strrchr(ask->file, '/');

	if (read_opts(&o, ask, &nonce, err) < 0 ||
	    gh_file_read(&file, ask->file, FILE_MAX, err) < 0 ||
	    read_files(&with, ask->with, ask->n_with, "--with", err) < 0 ||
	    read_files(&trust, ask->trust, ask->n_trust, "--trust", err) < 0 ||
	    gh_rim_setup(err) < 0)
		return -1;
	o.with = with.view;
	o.n_with = with.n;
	o.trust = trust.view;
	o.n_trust = trust.n;
	if (gh_recheck_evidence(out, slash != NULL ? slash + 1 : ask->file,
		gh_buf_view(&file), &o, err) < 0)
		return -1;
	*exit_code = gh_recheck_exit(out);
	return gh_result_ok(out, err);
}
