/* SPDX-License-Identifier: Apache-2.0
 * The process of one lab BMC: serves until it is told to end, and behaves as its file
 * says. */
#pragma once

#include <stdint.h>

#include "lab/lab_proc.h"
#include "lab/lab_spec.h"

#define GH_BMC_PATH 256

/* Files in `own`: behaviour, in-force (what is acted on), password, tree.json, log, pid,
 * and certificate and key as cert.pem and key.pem, other.*, expired.*. */
struct gh_bmc_process {
	char dir[GH_BMC_PATH]; /* of the lab */
	char own[GH_BMC_PATH]; /* DIR/hosts/NAME/bmc */
	const struct gh_lab_spec *spec;
	uint16_t port;
};

/* Starts it; in-force is there when it serves. Why not, its log says. */
GH_MUST_USE int gh_bmc_process_start(const struct gh_bmc_process *p, struct gh_err *err);
