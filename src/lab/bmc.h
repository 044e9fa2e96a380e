/* SPDX-License-Identifier: Apache-2.0
 * The BMC of one lab host, as the lab sees it: files in DIR/hosts/NAME/bmc, and a process. */
#pragma once

#include "base/buf.h"
#include "base/env.h"
#include "lab/bmc_process.h"
#include "lab/faults.h"

/* The port of the lab's BMCs, 0 when it has none yet. */
uint16_t gh_bmc_port(const char *dir);
/* Makes password, key and certificate, unless they are there. */
GH_MUST_USE int gh_bmc_prepare(const char *dir, const struct gh_lab_spec *spec,
    const struct gh_env *env, struct gh_err *err);
/* Writes tree and behaviour as the faults want them; a running BMC sees it at once. */
GH_MUST_USE int gh_bmc_write(const char *dir, const struct gh_lab_spec *spec,
    const struct gh_faults *faults, struct gh_err *err);
/* Appends what the fleet file says of it. */
GH_MUST_USE int gh_bmc_fleet(struct gh_buf *out, const char *dir,
    const struct gh_lab_spec *spec, struct gh_err *err);
/* Starts its process; gh_bmc_ready waits until it acts as its behaviour file says, also
 * after gh_bmc_write. */
GH_MUST_USE int gh_bmc_start(
    const char *dir, const struct gh_lab_spec *spec, struct gh_err *err);
GH_MUST_USE int gh_bmc_ready(
    const char *dir, const struct gh_lab_spec *spec, struct gh_err *err);
/* Its pid, 0 when it is down. */
int gh_bmc_pid(const char *dir, const struct gh_lab_spec *spec);
/* Asks it to end and does not wait; gh_bmc_stop does. */
void gh_bmc_ask_stop(const char *dir, const struct gh_lab_spec *spec);
GH_MUST_USE int gh_bmc_stop(
    const char *dir, const struct gh_lab_spec *spec, struct gh_err *err);
