/* SPDX-License-Identifier: Apache-2.0
 * Where in a JSON text a value stands: jansson keeps no positions, and a file that people
 * write is refused with line and column. */
#pragma once

#include "base/json.h"

/* Both from 1; columns count characters, as jansson does. */
struct gh_json_place {
	unsigned int line, column;
};

/* One step of a path, linked to the step above it; NULL is the outermost value. */
struct gh_json_at {
	const struct gh_json_at *up;
	const char *key; /* of an object; NULL = index counts in an array */
	size_t index;
};

/* As gh_json_parse; where it fails, *at is the place (1:1 when it has none). */
GH_MUST_USE json_t *gh_json_parse_placed(
    struct gh_bytes text, struct gh_json_place *at, struct gh_err *err);
/* The place of that value, or with of_key of the member's name, in a text that parsed. What
 * the path does not reach is placed where it ends. */
struct gh_json_place gh_json_place(
    struct gh_bytes text, const struct gh_json_at *at, bool of_key);
