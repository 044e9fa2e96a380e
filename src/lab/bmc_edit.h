/* SPDX-License-Identifier: Apache-2.0
 * Applies a fault of a single check to a lab BMC's tree. */
#pragma once

#include "base/json.h"
#include "lab/bmc_values.h"
#include "lab/check_faults.h"

/* A row of another kind changes nothing. An error when there is no such resource, or
 * member (a new value needs none but for its last part). */
GH_MUST_USE int gh_bmc_edit(json_t *tree, const struct gh_bmc_values *v,
    const struct gh_check_fault *row, struct gh_err *err);
