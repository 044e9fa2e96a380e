/* SPDX-License-Identifier: Apache-2.0
 * What an answer of a BMC means for its reading: kept, asked for again, or an error of that
 * resource. */
#pragma once

#include "net/redfish_reader.h"

/* The call of that slot has ended. -1 ends the whole reading. */
GH_MUST_USE int gh_redfish_answer(struct gh_redfish_reader *r,
    const struct gh_redfish_slot *s, CURLcode code, struct gh_err *err);
