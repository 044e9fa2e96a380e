/* SPDX-License-Identifier: Apache-2.0
 * The lab's certificate service, as the lab sees it: files in DIR/kds, and a process at the
 * address of the SNP host. It looks at that host's faults before each answer, so that
 * breaking and healing need nothing of it. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/env.h"

/* The pin of its ARK, for the trust file; makes ARK, ASK and the chip's key anew. */
GH_MUST_USE int gh_lab_kds_make(
    const char *dir, int64_t now, uint8_t pin[static 32], struct gh_err *err);
/* The port, 0 when it has none yet; the pid, 0 when it is down. */
uint16_t gh_lab_kds_port(const char *dir);
int gh_lab_kds_pid(const char *dir);
/* Makes its TLS key and certificate, unless they are there. */
GH_MUST_USE int gh_lab_kds_prepare(const char *dir, struct gh_err *err);
/* Appends what the fleet file says of it. */
GH_MUST_USE int gh_lab_kds_fleet(struct gh_buf *out, const char *dir, struct gh_err *err);
/* Starts it, and waits until it accepts. */
GH_MUST_USE int gh_lab_kds_start(const char *dir, struct gh_err *err);
void gh_lab_kds_ask_stop(const char *dir);
GH_MUST_USE int gh_lab_kds_stop(const char *dir, struct gh_err *err);
