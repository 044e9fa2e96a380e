/* SPDX-License-Identifier: Apache-2.0
 * What every unit test includes: cmocka, and where the vectors lie. */
#pragma once

/* cmocka.h needs these four before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
/* clang-format on */

/* The folder of real vectors; tests that need it skip in words where it is absent. */
static inline const char *vectors_dir(void)
{
	const char *dir = getenv("GH_VECTORS");

	return dir != NULL ? dir : "../shared/vectors";
}
