/* SPDX-License-Identifier: Apache-2.0
 * An event log as JSON, as dstack keeps it: the boot events of RTMR0 to RTMR2 by digest,
 * and what ran afterwards in RTMR3 (spec/tdx.md section 5.2). */
#pragma once

#include "base/json.h"
#include "evidence/ccel_event.h"

#define GH_RUNTIME_LOG_MAX (1u << 20) /* bytes of JSON text */
#define GH_RUNTIME_NAME    128        /* bytes of an event's name */

struct gh_runtime_log {
	struct gh_events events; /* number: place in the list from 1; offset: SIZE_MAX */
	const char *fault; /* after an error: "size", "json", "shape", "event" ... */
	/* what the events borrow from */
	json_t *root, *inner;
	struct gh_buf bytes;
};

/* True for [{"imr":..,"digest":..}, ..] and for an object with that list under
 * "event_log", as it is or as a string. The whole JSON text goes to gh_runtime_log_parse
 * as it came: a loader slices nothing out of it. */
bool gh_runtime_log_looks(const json_t *v);
/* Of each event: imr 0 to 3, event_type 32 bits, digest 96 hex digits (or empty in a
 * named runtime event: computed from it), event (a name), event_payload (hex); other members are passed over. At most GH_CCEL_EVENTS_MAX of them,
 * one at least. PARSE, and out->fault says what. */
GH_MUST_USE int gh_runtime_log_parse(
    struct gh_runtime_log *out, struct gh_bytes json, struct gh_err *err);
void gh_runtime_log_free(struct gh_runtime_log *l);
