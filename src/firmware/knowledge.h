/* SPDX-License-Identifier: Apache-2.0
 * What is known about firmware: components and how their versions are ordered, which
 * versions make up a bundle of the HGX baseboard, security advisories, floors of products.
 * Facts with source and confidence; inventory/firmware.json, compiled in. */
#pragma once

#include "base/json.h"
#include "firmware/version.h"

#define GH_BUNDLE_MEMBERS_MAX 16

/* Texts are borrowed from the knowledge; "" where a fact has none. */
struct gh_component {
	const char *id, *scheme; /* "gpu_vbios", "nv-vbios" */
	const json_t *inventory; /* rows [name pattern, scheme] */
};

/* A set of versions that are released together. Only its bounds may be known. */
struct gh_bundle {
	const char *name;
	const char *from;      /* the release is this one or later */
	const char *to;        /* or earlier */
	const char *before;    /* earlier than this one */
	const json_t *members; /* component -> the versions it may have */
	const char *confidence, *source;
};

struct gh_advisory {
	const char *id, *date, *component;
	const json_t *cve; /* array of texts */
	const char *fixed; /* the first release without the holes */
	const char *what, *source;
};

struct gh_floor {
	const char *product; /* "" = any */
	const char *component;
	const char *item; /* "CPLD_Motherboard"; "" = each of the component */
	const char *plan; /* "one-cvm"; "" = any */
	const char *scheme, *floor;
	const char *after; /* a day: what is not newer is older than the floor, whatever
			    * its line; "" = not known */
	const char *confidence, *source;
};

struct gh_knowledge {
	json_t *doc;
	struct gh_component *component;
	struct gh_bundle *bundle; /* oldest first */
	struct gh_advisory *advisory;
	struct gh_floor *floor;
	size_t n_components, n_bundles, n_advisories, n_floors;
	const char *member[GH_BUNDLE_MEMBERS_MAX]; /* what a bundle is told by; the first
						    * one names at most one bundle */
	size_t n_members;
};

/* The one compiled in. */
GH_MUST_USE int gh_knowledge_load(struct gh_knowledge *out, struct gh_err *err);
/* Text of the same form. Every scheme must be known, every floor valid in its own. */
GH_MUST_USE int gh_knowledge_parse(
    struct gh_knowledge *out, struct gh_bytes text, struct gh_err *err);
void gh_knowledge_free(struct gh_knowledge *k);

const struct gh_component *gh_knowledge_component(
    const struct gh_knowledge *k, const char *id);
/* The next floor of that component for that product and plan after prev (NULL = first). */
const struct gh_floor *gh_knowledge_floor(const struct gh_knowledge *k,
    const char *component, const char *product, const char *plan,
    const struct gh_floor *prev);
/* Chip SKU that goes with an InfoROM ("5612.0002.00.01": "890"); "" when not known. */
const char *gh_knowledge_chip_sku(const struct gh_knowledge *k, const char *inforom);
