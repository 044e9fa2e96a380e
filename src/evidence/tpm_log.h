/* SPDX-License-Identifier: Apache-2.0
 * A host's boot log as its TPM measured it, and what its events replay to (the format of
 * evidence/ccel.h; spec/host-and-firmware.md, host.boot.pcr0_replay). The host wrote it:
 * nothing in it is proven until a quote's PCRs agree with it. */
#pragma once

#include "base/rd.h"

#define GH_PCRS        24
#define GH_PCR_LEN     32 /* bytes; SHA-256 */
#define GH_TPM_LOG_MAX (1u << 20)

struct gh_tpm_replay {
	unsigned char pcr[GH_PCRS][GH_PCR_LEN];
	size_t n[GH_PCRS];     /* measured events */
	size_t n_events;       /* all of them */
	unsigned int locality; /* of the start: 0, or 3 and 4 by StartupLocality */
};

/* Replays the SHA-256 bank. PARSE names the event that is no event, has no SHA-256 digest,
 * or extends a PCR that no TPM has. */
GH_MUST_USE int gh_tpm_log_replay(
    struct gh_tpm_replay *out, struct gh_bytes log, struct gh_err *err);
