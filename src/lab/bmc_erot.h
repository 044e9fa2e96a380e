/* SPDX-License-Identifier: Apache-2.0
 * Evidence of the HGX baseboard's roots of trust (ERoT) through a lab BMC: certificate
 * chains and signed SPDM measurements (spec/host-and-firmware.md section 10). */
#pragma once

#include "base/json.h"
#include "lab/lab_spec.h"

/* Adds ComponentIntegrity and the chassis with their certificates to the tree
 * (gh_bmc_tree_put). Collections and the link in the service root follow by themselves.
 * dir: of the lab, whose keys are made already; NULL = none. */
GH_MUST_USE int gh_bmc_erot_add(
    json_t *tree, const char *dir, const struct gh_lab_spec *spec, struct gh_err *err);
/* Answers a POST to an action's target: *out is the body, with its HTTP status. NULL and
 * 404 when it is none of ours. body: what was sent, NULL when that was no JSON. Called in
 * the BMC's process, one call at a time. */
GH_MUST_USE int gh_bmc_erot_post(json_t **out, const char *dir,
    const struct gh_lab_spec *spec, const char *path, const json_t *body);
