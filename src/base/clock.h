/* SPDX-License-Identifier: Apache-2.0
 * Instants in words: seconds since 1970 UTC and RFC 3339, seconds precision, always Z. */
#pragma once

#include <stdint.h>

#include "base/err.h"

#define GH_TIME_LEN 21 /* "2026-11-23T03:14:07Z" and a NUL */

void gh_time_text(char out[static GH_TIME_LEN], int64_t at);
/* Accepts RFC 3339 with Z or an offset, "YYYY-MM-DD", and a bare number of seconds. */
GH_MUST_USE int gh_time_parse(const char *text, int64_t *at, struct gh_err *err);
/* "41s", "16m", "2h04", "3d": how long, for a narrow column. */
void gh_time_age(char *out, size_t size, int64_t seconds);
