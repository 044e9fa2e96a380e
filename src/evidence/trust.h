/* SPDX-License-Identifier: Apache-2.0
 * The trust anchors: vendor roots pinned by the SHA-256 of their SPKI (design.md, Trust).
 * inventory/trust.json is compiled into every program; the lab adds its own file. */
#pragma once

#include <stdint.h>

#include "base/json.h"

enum gh_root {
	GH_ROOT_NVIDIA_DEVICE, /* "nvidia-device": GPU and switch identity */
	GH_ROOT_NVIDIA_RIM,    /* "nvidia-rim": reference measurements */
	GH_ROOT_AMD_ARK,       /* "amd-ark" */
	GH_ROOT_INTEL_SGX,     /* "intel-sgx" */
	GH_ROOT_NVIDIA_NRAS,   /* "nvidia-nras": the CA of NVIDIA's token signing keys */
};

struct gh_anchor {
	enum gh_root root;
	char name[64];    /* "NVIDIA Device Identity CA", "ARK-Genoa" */
	char product[16]; /* amd-ark: "Milan", "Genoa", "Turin"; else "" */
	uint8_t spki[32]; /* SHA-256 of the SubjectPublicKeyInfo DER */
	bool lab;         /* made at `lab up`: every verdict on it says LAB */
};

#define GH_ANCHORS_MAX 64

struct gh_trust {
	struct gh_anchor at[GH_ANCHORS_MAX];
	size_t n;
	/* AMD's intermediates as published, so that a bare report + VCEK can be judged:
	 * DER, named by product and kind; verified against the pinned ARK like any other. */
};

/* {"anchors":[{"root":"nvidia-device","name":...,"product":...,"spki_sha256":hex,
 *  "lab":bool}]}: appended. Unknown members are refused. */
GH_MUST_USE int gh_trust_add(
    struct gh_trust *t, const void *json, size_t len, struct gh_err *err);
/* The anchors compiled in from inventory/trust.json. */
GH_MUST_USE int gh_trust_builtin(struct gh_trust *t, struct gh_err *err);
/* The anchor of that kind with that SPKI, or NULL. */
const struct gh_anchor *gh_trust_find(
    const struct gh_trust *t, enum gh_root root, const uint8_t spki[static 32]);
