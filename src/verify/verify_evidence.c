/* SPDX-License-Identifier: Apache-2.0
 * Evidence verified or shown: the options say it all. */
#include "verify/verify_evidence.h"

int gh_verify_evidence(struct gh_result *out, int *exit_code,
    const struct gh_verify_opts *o, struct gh_err *err)
{
	return gh_evidence_opts_verify(out, exit_code, &o->evidence, err);
}

int gh_verify_show(struct gh_buf *out, const struct gh_verify_opts *o, struct gh_err *err)
{
	return gh_evidence_opts_show(out, &o->evidence, err);
}
