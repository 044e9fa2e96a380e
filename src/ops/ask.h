/* SPDX-License-Identifier: Apache-2.0
 * Who is asked what: the hosts that were named, how to reach them, the probe. */
#pragma once

#include "ops/internal.h"

/* The hosts meant by names, each once, or the whole fleet when n is 0; *out is malloc'd.
 * USAGE for a name that no host has. */
GH_MUST_USE int gh_ask_hosts(const struct gh_fleet *f, const char *const *names, size_t n,
    const struct gh_host ***out, size_t *n_out, struct gh_err *err);
void gh_ask_hosts_free(const struct gh_host ***hosts);

/* How to reach h with that pin; deadlines as the fleet file says. Borrowed from both. */
struct gh_ssh_target gh_ask_target(
    const struct gh_session *s, const struct gh_host *h, const char *host_key);

/* Makes the job run the probe for the host of src, as its policy has it: a nonce of its own,
 * and the command, which *command keeps. */
GH_MUST_USE int gh_ask_probe(struct gh_session *s, const struct gh_sources *src,
    struct gh_ssh_job *job, struct gh_buf *command, char nonce_hex[static 33],
    struct gh_err *err);
