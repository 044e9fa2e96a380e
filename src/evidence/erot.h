/* SPDX-License-Identifier: Apache-2.0
 * Evidence of a root of trust (ERoT) of an HGX baseboard, as its BMC hands it out: a
 * certificate chain, and measurements signed over our nonce. Bytes in, verdict out. */
#pragma once

#include "base/finding.h"
#include "crypto/memo.h"
#include "evidence/trust.h"

#define GH_EROT_CERTS_MAX 10

struct gh_erot_in {
	struct gh_bytes chain;      /* PEM, root first or leaf first; p NULL = none */
	struct gh_bytes transcript; /* SignedMeasurements; p NULL = none */
	const unsigned char *nonce; /* 32 bytes, what was asked with; NULL = not known */
	int64_t at;                 /* unix seconds */
	const struct gh_trust *trust;
	struct gh_memo *memo; /* may be NULL */
};

struct gh_erot {
	enum gh_verdict verdict; /* PASS, FAIL, UNKNOWN */
	const char
	    *code;      /* "": PASS. FAIL: chain root transcript nonce signature. UNKNOWN:
			     no_chain no_measurements no_nonce form kind no_memory */
	char what[256]; /* what is wrong or not known, cleaned */
	bool chain_ok;  /* up to a pinned root */
	bool lab;       /* that root is the lab's */
	char root[64];  /* name of the pinned root */
	uint8_t leaf[32];     /* SHA-256 of the SPKI, when chain_ok */
	unsigned int version; /* of SPDM: 0x11, 0x12; 0 = not read */
	size_t n_blocks;
};

/* PASS only when the chain verifies up to a pinned NVIDIA device root and goes through an
 * authority for ERoTs, and its leaf signed a transcript that carries our nonce and at least
 * one measurement. What the measurements are is not judged. */
void gh_erot_verify(struct gh_erot *out, const struct gh_erot_in *in);
