/* SPDX-License-Identifier: Apache-2.0
 * The file tree that a lab host sees. */
#pragma once

#include "lab/launcher.h"

/* Called once by the init of a host, as the first process of its PID namespace: leaves the
 * machine's mounts, hostname and IPC and makes the fixture the root. */
GH_MUST_USE int gh_launcher_tree(const struct gh_launch *l, struct gh_err *err);
