/* SPDX-License-Identifier: Apache-2.0
 * Entries of a log: which of them are the newest. */
#pragma once

#include "base/json.h"

/* Keeps the newest n of an array of entries, by Created, in the order they stand in; without
 * Created the last n. */
GH_MUST_USE int gh_redfish_entries_newest(json_t *entries, size_t n, struct gh_err *err);
/* True when the first of them is older than the last. */
bool gh_redfish_entries_ascend(const json_t *entries);
