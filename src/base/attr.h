/* SPDX-License-Identifier: Apache-2.0
 * The compiler attributes of the house: must-use results, owners that free themselves. */
#pragma once

#include <string.h>

#define GH_MUST_USE     __attribute__((warn_unused_result))
#define GH_PRINTF(f, a) __attribute__((format(printf, f, a)))

/* gh_auto(struct gh_buf, gh_buf_free) b = {0};  b is freed when it leaves scope. */
#define gh_auto(type, fn) __attribute__((cleanup(fn))) type

/* Hands ownership on: yields the value and leaves zero behind. */
#define gh_take(x)                                                                       \
	__extension__({                                                                  \
		__typeof__(x) gh_taken_ = (x);                                           \
		memset(&(x), 0, sizeof(x));                                              \
		gh_taken_;                                                               \
	})

#define GH_COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Sums and products of numbers that come from outside: true when they overflow. */
#define gh_add(a, b, out) __builtin_add_overflow((a), (b), (out))
#define gh_mul(a, b, out) __builtin_mul_overflow((a), (b), (out))
