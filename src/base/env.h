/* SPDX-License-Identifier: Apache-2.0
 * Every effect that is not a file of ours comes in through here, so that the same seed
 * gives the same run. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct gh_env {
	void *ctx;
	int64_t (*now)(void *ctx);     /* seconds since 1970 UTC */
	int64_t (*mono_ms)(void *ctx); /* monotonic milliseconds */
	int (*random)(void *ctx, void *out, size_t len, struct gh_err *err);
};

/* The machine's own clock and getrandom(2). */
extern const struct gh_env gh_env_real;

int64_t gh_now(const struct gh_env *env);
int64_t gh_mono_ms(const struct gh_env *env);
GH_MUST_USE int gh_random(
    const struct gh_env *env, void *out, size_t len, struct gh_err *err);
/* A ULID (26 characters and a NUL): sorts by time, unique without a register. */
#define GH_ULID_LEN 27
GH_MUST_USE int gh_ulid(
    const struct gh_env *env, char out[static GH_ULID_LEN], struct gh_err *err);

/* Set from any thread or a signal handler; long work looks at it often. */
struct gh_cancel {
	atomic_bool asked;
};
void gh_cancel_ask(struct gh_cancel *c);
bool gh_cancelled(const struct gh_cancel *c); /* false for NULL */
