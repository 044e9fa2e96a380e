/* SPDX-License-Identifier: Apache-2.0
 * `gatehouse-verify evidence`: files in, verdict out. */
#include "verify/verify_evidence.h"

#include <string.h>

#include "base/text.h"
#include "proof/recheck.h"
#include "verify/files.h"

/* Reads each path; the views lie one behind the other in f. */
static int read_all(struct gh_files *f, const char *const *path, size_t n,
    const char *word, struct gh_err *err)
{
	for (size_t i = 0; i < n; i++)
		if (gh_files_read(f, path[i], NULL, err)) {
			if (err)
				err->code = GH_E_CONFIG;
			return gh_err_prefix(err, "%s", word);
		}
	return 0;
}

int gh_verify_evidence(struct gh_result *out, int *exit_code,
    const struct gh_verify_opts *o, struct gh_err *err)
{
	gh_auto(struct gh_files, gh_files_free) file = {0}, trust = {0}, with = {0};
	struct gh_bytes evidence = {0};
	uint8_t nonce[64];
	size_t nonce_len = o->nonce ? strlen(o->nonce) / 2 : 0;
	if ((o->nonce && gh_unhex(nonce, nonce_len, o->nonce, err)) ||
	    gh_files_read(&file, o->file, &evidence, err) ||
	    read_all(&trust, o->trust, o->n_trust, "--trust", err) ||
	    read_all(&with, o->with, o->n_with, "--with", err))
		return -1;
	const char *slash = strrchr(o->file, '/');
	const struct gh_recheck_opts opts = {
	    .at = o->at,
	    .nonce = {o->nonce ? nonce : NULL, nonce_len},
	    .allow_lab = o->lab,
	    .type = o->type,
	    .trust = trust.view,
	    .n_trust = trust.n,
	    .with = with.view,
	    .n_with = with.n,
	};
	if (gh_recheck_evidence(out, slash ? slash + 1 : o->file, evidence, &opts, err))
		return -1;
	*exit_code = gh_recheck_exit(out);
	return 0;
}
