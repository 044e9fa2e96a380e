/* SPDX-License-Identifier: Apache-2.0
 * The verdict on event logs against the registers of a quote (spec/tdx.md section 5). */
#pragma once

#include "evidence/tee.h"

/* For the judge of a TDX quote, after tdx.signature, which is the parent. rtmr: the
 * quote's four registers, 48 bytes each. Looks at t->ctx->ccels and runtime_logs; of
 * several the one that fits best is judged. RTMR0 to RTMR2 take the CCEL, or a runtime log
 * that holds them when there is no CCEL; RTMR3 takes the runtime log, or the CCEL when only
 * that has events of it. Steps:
 *  <parent> > tdx.eventlog.parse > tdx.eventlog.rtmr0 .rtmr1 .rtmr2 .text
 *  <parent> > tdx.eventlog.rtmr3
 * A log that was not given is SKIP, INFO. Claims, each only where its register matches:
 * secure_boot ("on", "off", "absent"; RTMR0), boot_app0 .. boot_app7 (RTMR1),
 * kernel_cmdline, kernel_cmdlines (RTMR2), runtime.<name> (RTMR3; hex payload of the first
 * event of that name). */
void gh_ccel_judge(
    struct gh_tee *t, const char *parent, const unsigned char *const rtmr[4]);
