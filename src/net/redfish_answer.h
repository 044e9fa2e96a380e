/* SPDX-License-Identifier: Apache-2.0
 * What an answer of a BMC means for its reading: kept, asked for again, or an error of that
 * resource. */
#pragma once

#include "net/redfish_reader.h"

#define GH_REDFISH_TRIES_MAX                                                             \
	3u /* after 503, 429, or a connection spoilt by another answer */

/* True for 503 and 429 with Retry-After, and how long it is waited for. */
bool gh_redfish_is_busy(const struct gh_redfish_call *call);
int64_t gh_redfish_wait_ms(const struct gh_redfish_call *call);
/* The call of that slot has ended. -1 ends the whole reading. */
GH_MUST_USE int gh_redfish_answer(struct gh_redfish_reader *r,
    const struct gh_redfish_slot *s, CURLcode code, struct gh_err *err);
