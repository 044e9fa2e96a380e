/* SPDX-License-Identifier: Apache-2.0
 * A transcript of SPDM as Redfish's SignedMeasurements hands it out (DSP0268, DSP0274). */
#pragma once

#include "base/rd.h"
#include "crypto/digest.h"

#define GH_SPDM_EXCHANGE_MAX 0x10000

struct gh_spdm_exchange {
	unsigned int version; /* 0x11, 0x12 */
	struct gh_bytes whole;
	struct gh_bytes signed_;    /* all before the signature */
	struct gh_bytes signature;  /* r||s, 96 bytes */
	const unsigned char *nonce; /* 32 bytes: the verifier's */
	size_t n_blocks;            /* of measurements */
	enum gh_hash hash;          /* version 1.2: what was negotiated */
	bool unread; /* after -1: well-formed as far as read, but a form not known here */
};

/* 0 when the bytes are exactly one signed exchange, with the negotiation in front from 1.2
 * on; PARSE with the field and offset otherwise. What is in *out points into p. */
GH_MUST_USE int gh_spdm_exchange_parse(
    struct gh_spdm_exchange *out, const void *p, size_t len, struct gh_err *err);
/* Appends what the signature of version 1.2 is over: the prefix that names version and
 * purpose, and the digest of all before the signature. */
GH_MUST_USE int gh_spdm_exchange_message(
    struct gh_buf *out, const struct gh_spdm_exchange *x, struct gh_err *err);
