/* SPDX-License-Identifier: Apache-2.0
 * A chain of certificates, judged link by link and then once more as a whole by
 * OpenSSL's path validation. Nothing but the given certificates is ever used. */
#pragma once

#include "crypto/memo.h"

/* What is true of one certificate of the chain; all must hold for ok. */
struct gh_link {
	bool
	    issuer_name; /* issuer name = subject name of the next (of itself for the root) */
	bool signature; /* signed by the next one's key (by its own for the root) */
	bool in_time;   /* not_before <= at <= not_after */
	bool role;      /* first: not a CA; others: CA, may sign certificates */
	bool ok;
};

struct gh_chain {
	const struct gh_certs *certs; /* leaf first, root last */
	int64_t at;                   /* verification time */
	bool strict;          /* X509_V_FLAG_X509_STRICT: NVIDIA, Intel yes; AMD no */
	struct gh_memo *memo; /* signatures known already; or NULL */
};

/* Judges certs->n links into links[]. 0 when every link is ok and OpenSSL accepts the
 * whole with the last certificate as the only anchor; -1 (CRYPTO) with the first reason
 * in *err otherwise. Whether the last certificate is trusted is the caller's question:
 * compare gh_cert_spki_sha256 with a pin. */
GH_MUST_USE int gh_chain_verify(
    const struct gh_chain *chain, struct gh_link *links, struct gh_err *err);
