/* SPDX-License-Identifier: Apache-2.0
 * What the store holds of a host, as sources that can be judged again. */
#pragma once

#include "ops/internal.h"

/* The newest readings of one host, parsed again. src borrows from the rest. */
struct gh_stored {
	struct gh_sources src;
	int64_t ssh_at, bmc_at; /* unix seconds; 0 = never read */
	struct gh_buf text;     /* of the probe */
	struct gh_probe probe;
	struct gh_redfish_tree tree;
	struct gh_facts facts; /* of both */
};

void gh_stored_free(struct gh_stored *st);
/* The fleet must be loaded. src.probe and src.bmc are what the newest runs kept, src.at when
 * the host was read; what was never read stays NULL. *st may not be moved afterwards. */
GH_MUST_USE int gh_stored_load(
    struct gh_session *s, const char *host, struct gh_stored *st, struct gh_err *err);
