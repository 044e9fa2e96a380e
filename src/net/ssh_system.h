/* SPDX-License-Identifier: Apache-2.0
 * Second transport: one child process of the system's ssh(1) for a job, for the hosts and
 * keys that libssh2 1.10 cannot serve (spec/lab.md section 4.1). */
#pragma once

#include "net/ssh_hostkey.h"
#include "net/ssh_wire.h"

/* dir: an own 0700 folder for the pin and the log of this child; serial: unique in it. */
GH_MUST_USE int gh_ssh_system_new(struct gh_ssh_wire **out, const struct gh_ssh_job *job,
    const struct gh_ssh_hostkey *pin, const char *dir, unsigned int serial,
    struct gh_err *err);
/* The words and class for what ssh(1) has logged; seen: its log, pinned: the key's print. */
int gh_ssh_system_fault(const char *seen, const char *pinned, struct gh_err *err);
