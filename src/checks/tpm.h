/* SPDX-License-Identifier: Apache-2.0
 * What the probe's item "tpm.quote" holds: three answers of tpm2-tools as they print them. */
#pragma once

#include "evidence/tpm_key.h"

struct gh_tpm_answer {
	struct gh_buf public;     /* TPM2B_PUBLIC of the attestation key */
	struct gh_buf quote, sig; /* TPMS_ATTEST, and the signature over it */
	struct gh_buf ek; /* the endorsement key's certificate, DER; empty = none */
};

void gh_tpm_answer_free(struct gh_tpm_answer *a);
/* PARSE when a part is missing, doubled or no hex. Nothing is verified here. */
GH_MUST_USE int gh_tpm_answer_parse(
    struct gh_tpm_answer *out, struct gh_bytes text, struct gh_err *err);
