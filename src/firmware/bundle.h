/* SPDX-License-Identifier: Apache-2.0
 * Which bundle of the HGX baseboard a set of component versions is, and what is known
 * about that bundle (spec/host-and-firmware.md sections 5.2 and 5.3). */
#pragma once

#include "firmware/knowledge.h"

/* One member of a set: what is installed. version "" = not known. */
struct gh_member {
	const char *component;
	const char *version;
};

struct gh_bundle_match {
	const struct gh_bundle *row; /* the nearest; NULL = nothing is near */
	bool whole;          /* every member that the row names and we have is the same */
	unsigned int n_same; /* members that are */
	unsigned int n_absent; /* members that the row names and we do not have */
	unsigned int n_differ;
	const char *differ[GH_BUNDLE_MEMBERS_MAX]; /* components, of those that differ */
};

void gh_bundle_match(struct gh_bundle_match *out, const struct gh_knowledge *k,
    const struct gh_member *have, size_t n);
/* The row that the first member alone names (the HMC); NULL when it names none. */
const struct gh_bundle *gh_bundle_of_key(
    const struct gh_knowledge *k, const char *version);

/* What the bundle is to that release: LESS or GREATER only when that is certain;
 * INCOMPARABLE when its bounds leave both open. */
enum gh_version_rel gh_bundle_against(const struct gh_bundle *b, const char *release);
/* The next advisory after prev (NULL = first) that is not known to be fixed in b; *rel is
 * LESS when b certainly has its holes, INCOMPARABLE when that is open. */
const struct gh_advisory *gh_bundle_advisory(const struct gh_knowledge *k,
    const struct gh_bundle *b, const struct gh_advisory *prev, enum gh_version_rel *rel);
