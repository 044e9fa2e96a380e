/* SPDX-License-Identifier: Apache-2.0
 * The BMC of a host as the operations need it: how to reach it, what it said last. */
#pragma once

#include "net/redfish.h"
#include "ops/internal.h"

/* Fills the target from the fleet file; the password goes into *secret, which the caller
 * wipes and frees with gh_bmc_secret_free after the reading. CONFIG when the host names no
 * BMC, no password file, or one that others may read. */
GH_MUST_USE int gh_bmc_target(const struct gh_session *s, const struct gh_host *h,
    struct gh_redfish_target *out, struct gh_buf *secret, struct gh_err *err);
void gh_bmc_secret_free(struct gh_buf *secret);

/* The newest stored reading of that host's BMC: 1 there is one, 0 none, -1 error. */
GH_MUST_USE int gh_bmc_last(struct gh_session *s, const char *host,
    struct gh_redfish_tree *out, struct gh_err *err);
/* A reading as the store keeps it (role "bmc"). */
GH_MUST_USE int gh_bmc_blob(
    struct gh_buf *out, const struct gh_redfish_tree *t, struct gh_err *err);
