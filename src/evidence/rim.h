/* SPDX-License-Identifier: Apache-2.0
 * Reference integrity manifests of NVIDIA: SWID XML with an enveloped signature whose key
 * is the chain-verified signer's and no other (spec/nvidia.md section 3). */
#pragma once

#include "evidence/context.h"

#define GH_RIM_INDEXES          64
#define GH_RIM_MAX_ALTERNATIVES 16

struct gh_rim_entry {
	bool present, active;
	char name[64]; /* "HashedMeasurement_1_FSP": a label, not trusted */
	size_t n_alternatives;
	uint8_t hash[GH_RIM_MAX_ALTERNATIVES][48]; /* SHA-384 */
};

enum gh_rim_kind { GH_RIM_DRIVER, GH_RIM_VBIOS, GH_RIM_SWITCH };

struct gh_rim {
	char id
	    [96]; /* "NV_GPU_DRIVER_GH100_595.71.05"; from Meta and product, see spec 3.1 */
	char version[48]; /* Meta colloquialVersion */
	char product[16]; /* "GH100" */
	enum gh_rim_kind kind;
	char sha256[65];   /* of the XML bytes: the identity of this issue of the RIM */
	int64_t not_after; /* the earliest end in its chain */
	bool lab;          /* its root is a lab root */
	bool trusted;      /* signature, chain, time and schema all hold */
	struct gh_rim_entry entry[GH_RIM_INDEXES];
	struct gh_certs chain;       /* signer first, root last; empty when unreadable */
	struct gh_findings findings; /* the tree that led to `trusted`, subject = id */
};

struct gh_rims {
	struct gh_rim **at;
	size_t n;
};

void gh_rim_free(struct gh_rim **r);
void gh_rims_free(struct gh_rims *rs);
/* Parses and verifies one RIM: the XML itself, or the RIM service's JSON answer. Returns 0
 * with *out also when it is not to be trusted (the findings say why, each fault with its
 * own code; id is "" when not even Meta could be read); -1 only when it does not claim to
 * be a RIM at all: no SoftwareIdentity in the text, or JSON of another form. */
GH_MUST_USE int gh_rim_load(struct gh_rim **out, const void *p, size_t len,
    const struct gh_context *ctx, struct gh_err *err);
/* Takes r over. */
GH_MUST_USE int gh_rims_add(struct gh_rims *rs, struct gh_rim *r, struct gh_err *err);
/* By id, case-insensitive (an id with * fits every board of its version); a trusted one
 * before others, then the longest-lived issue. NULL when none. */
const struct gh_rim *gh_rims_find(const struct gh_rims *rs, const char *id);
/* Required once per process before the first gh_rim_load, and from one thread. */
GH_MUST_USE int gh_rim_setup(struct gh_err *err);
