/* SPDX-License-Identifier: Apache-2.0
 * A TCP connection without blocking: names are looked up in a thread of their own, each
 * address gets its share of the time. */
#pragma once

#include "net/ssh_wire.h"

struct gh_ssh_dial;

/* until_ms: monotonic end of the time for all addresses together. */
GH_MUST_USE int gh_ssh_dial_new(struct gh_ssh_dial **out, const char *address,
    uint16_t port, const struct gh_env *env, int64_t until_ms, struct gh_err *err);
void gh_ssh_dial_free(struct gh_ssh_dial **d);
/* WAIT, FAILED, or DONE with *fd: connected, non-blocking, the caller's. */
enum gh_ssh_step gh_ssh_dial_step(struct gh_ssh_dial *d, int *fd, struct gh_err *err);
size_t gh_ssh_dial_fds(const struct gh_ssh_dial *d, struct pollfd *out, int64_t *wake_ms);
const char *gh_ssh_dial_doing(const struct gh_ssh_dial *d);
