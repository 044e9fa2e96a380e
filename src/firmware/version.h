/* SPDX-License-Identifier: Apache-2.0
 * Versions compared by the scheme of their component (spec/host-and-firmware.md section 6):
 * one rule for all components orders some of them wrongly. docs/firmware.md lists the
 * schemes. Input is hostile; nothing that is not understood ever satisfies a floor. */
#pragma once

#include <stdbool.h>

#include "base/buf.h"

/* What a is to b. */
enum gh_version_rel {
	GH_VERSION_INVALID = 0, /* one of them has not the form, or no such scheme */
	GH_VERSION_ABSENT,      /* one of them is empty or a placeholder */
	GH_VERSION_LESS,
	GH_VERSION_GREATER,
	GH_VERSION_EQUAL,
	GH_VERSION_RELEASE_EQUAL, /* one release, another board variant or build */
	GH_VERSION_INCOMPARABLE,  /* both good, but of different lines */
	GH_VERSION_BACKPORT, /* a is less by number, but a distribution's kernel: it may
			      * hold what b has, so ask for the capability instead */
};

/* Blanks around a and b do not count. */
enum gh_version_rel gh_version_compare(const char *scheme, const char *a, const char *b);
/* True only when have is the floor, its release, or a later one. *why (may be NULL) is the
 * relation that decided: absent, incomparable, invalid and backport never satisfy it. */
bool gh_version_at_least(
    const char *scheme, const char *have, const char *floor, enum gh_version_rel *why);
/* b to a, when a is r to b. */
enum gh_version_rel gh_version_inverse(enum gh_version_rel r);

/* True for what stands where there is no version: "", "Not Present", "-*", "N/A", .. */
bool gh_version_absent(const char *s);
/* True when s has the form of that scheme, and is not absent. */
bool gh_version_valid(const char *scheme, const char *s);
bool gh_version_scheme_known(const char *scheme);
/* The names of the schemes, one after the other; NULL behind the last. */
const char *gh_version_scheme_at(size_t i);

/* "<", "=", "release-equal", ... as in the specification. */
const char *gh_version_rel_word(enum gh_version_rel r);
