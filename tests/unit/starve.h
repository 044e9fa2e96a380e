/* SPDX-License-Identifier: Apache-2.0
 * Memory that runs out at one chosen place: a test that includes this file has the
 * allocator of its whole process, libraries too, in its hand. */
#pragma once

#include <stdbool.h>

#include "base/err.h"
#include "tests/unit/tap.h"

#if defined(__SANITIZE_ADDRESS__)
#	define CAN_STARVE false /* its allocator is not to be taken over */
static long starve_at = -1;
static bool starve_libraries __attribute__((unused)) = true;
#else
#	define CAN_STARVE true
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

static long starve_at = -1; /* allocations until one fails; < 0: none does */

/* malloc is what OpenSSL, libxml2 and jansson call; our own code grows things by realloc and
 * calloc. Off for what reads JSON: jansson takes its own lack of memory for wrong syntax. */
static bool starve_libraries = true;

static bool starves(void)
{
	return starve_at >= 0 && starve_at-- == 0;
}

void *malloc(size_t size)
{
	return starve_libraries && starves() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return starves() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	return starves() ? NULL : __libc_realloc(p, size);
}
#endif

static inline void need_starving(void)
{
	if (CAN_STARVE)
		return;
	print_message("SKIP: the sanitizer's allocator cannot be made to fail\n");
	skip();
}

/* 0: what was asked for was done, and rightly; -1 with *err: it was not done. */
typedef int (*starved_fn)(void *arg, struct gh_err *err);

/* Calls work with all the memory it wants, then with the first, the second .. allocation
 * failing, until it needs fewer; far ones by larger and larger steps. Either it says what is
 * wrong or it does its work: work itself asserts that. Returns how many calls failed. */
static inline long starve(const char *name, starved_fn work, void *arg)
{
	struct gh_err err = {0};
	long failed = 0, n = 0;
	bool enough = false;

	if (work(arg, &err) < 0)
		fail_msg("%s: %s", name, err.what);
	for (; !enough; n += 1 + n / 200) {
		int rc;

		err = (struct gh_err){0};
		starve_at = n;
		rc = work(arg, &err);
		enough = starve_at >= 0;
		starve_at = -1;
		if (rc < 0 && err.code == GH_E_NONE)
			fail_msg("%s, allocation %ld: fails without a word", name, n);
		if (rc < 0 && enough)
			fail_msg("%s: %s, though nothing failed", name, err.what);
		failed += rc < 0;
	}
	print_message("%s: %ld allocations at most, %ld refusals\n", name, n, failed);
	return failed;
}
