/* SPDX-License-Identifier: Apache-2.0
 * One lab host as processes: a launcher outside, and inside new namespaces an init that
 * owns the tree, the sshd and everything that sshd starts (spec/lab.md section 3.2). */
#pragma once

#include "lab/lab_proc.h"

#define GH_LAUNCH_PATH 256

struct gh_launch {
	char dir
	    [GH_LAUNCH_PATH]; /* DIR/hosts/NAME: fixture/ root/ log launcher.pid init.pid */
	char gpu[GH_LAUNCH_PATH]; /* what the host sees as /lab/gpu; "" = nothing */
	char name[64];            /* its hostname */
	unsigned int index;       /* of the host: which CPU is its own */
};

/* Starts the host: launcher.pid names its launcher, which leaves this process's session and
 * descriptors behind. Whether its sshd answers shows later; why not, its log says. */
GH_MUST_USE int gh_launcher_start(const struct gh_launch *l, struct gh_err *err);
/* The launcher and the init that a record names, where they run; else pid 0. */
void gh_launcher_find(
    const char *dir, struct gh_lab_proc *launcher, struct gh_lab_proc *init);
/* Asks the host to end and does not wait; gh_launcher_stop does. */
void gh_launcher_ask_stop(const char *dir);
/* Ends the host and forgets its records. 0 when nothing of it runs any more. */
GH_MUST_USE int gh_launcher_stop(const char *dir, struct gh_err *err);
