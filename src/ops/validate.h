/* SPDX-License-Identifier: Apache-2.0
 * Stage 1 and the evidence of the GPUs: probe, judge, store; many hosts at once. */
#pragma once

#include "ops/session.h"

enum gh_validate_what {
	GH_DO_CHECKS = 1, /* host checks (stage 1) */
	GH_DO_GPUS = 2,   /* GPU evidence through gatehouse-agent */
};

struct gh_validate_ask {
	const char *const
	    *hosts;        /* names; an unknown one is USAGE before anything runs */
	size_t n_hosts;    /* 0 = the whole fleet */
	unsigned int what; /* bits of gh_validate_what */
	const struct gh_progress *progress; /* NULL = tell nobody */
	const struct gh_cancel *cancel;     /* NULL = cannot be cancelled */
};

/* Everything found is stored; *out gets all subjects and findings. A host that cannot be
 * reached is a finding (host.reach, UNKNOWN), not an error. */
GH_MUST_USE int gh_op_validate(struct gh_session *s, const struct gh_validate_ask *ask,
    struct gh_result *out, struct gh_err *err);
