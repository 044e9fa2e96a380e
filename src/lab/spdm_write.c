/* SPDX-License-Identifier: Apache-2.0
 * Writes and signs measurements; slot 0, all blocks, SHA-384, ECDSA on P-384. */
#include "lab/spdm_write.h"

#include "base/env.h"
#include "crypto/key.h"

#define VALUE_LEN (3 + GH_LAB_SPDM_DIGEST) /* DMTF type, length, digest */
#define BLOCK_LEN (4 + VALUE_LEN)

static void add_block(struct gh_buf *out, unsigned int index, const uint8_t *digest)
{
	gh_buf_le(out, index, 1);
	gh_buf_le(out, 1, 1); /* DMTF's form */
	gh_buf_le(out, VALUE_LEN, 2);
	gh_buf_le(out, 1, 1); /* a digest of mutable firmware */
	gh_buf_le(out, GH_LAB_SPDM_DIGEST, 2);
	gh_buf_add(out, digest, GH_LAB_SPDM_DIGEST);
}

static int add_signature(struct gh_buf *out, const struct gh_lab_spdm *m)
{
	gh_auto(struct gh_signer *, gh_signer_free) key = NULL;
	gh_auto(struct gh_buf, gh_buf_free) sig = {0};

	if (gh_buf_ok(out, NULL) < 0 ||
	    gh_signer_from_pem(&key, (const char *)m->key.p, m->key.len, NULL) < 0 ||
	    gh_sign_raw(key, GH_SHA384, gh_buf_view(out), &sig, NULL) < 0)
		return -1;
	if (m->damage)
		sig.p[sig.len - 1] ^= 1; /* still a number below the order, and wrong */
	gh_buf_add(out, sig.p, sig.len);
	return gh_buf_ok(out, NULL);
}

int gh_lab_spdm_write(struct gh_buf *out, const struct gh_lab_spdm *m)
{
	uint8_t responder[32];

	gh_buf_add(out, "\x11\xe0\x01\xff", 4);
	gh_buf_add(out, m->nonce, 32);
	gh_buf_add(out, "\x00\x11\x60\x00\x00", 5);
	gh_buf_le(out, m->n_blocks, 1);
	gh_buf_le(out, m->n_blocks * BLOCK_LEN, 3);
	for (unsigned int i = 0; i < m->n_blocks; i++)
		add_block(out, i + 1, m->blocks + i * GH_LAB_SPDM_DIGEST);
	if (gh_random(&gh_env_real, responder, sizeof(responder), NULL) < 0)
		return -1;
	gh_buf_add(out, responder, sizeof(responder));
	gh_buf_le(out, m->opaque.len, 2);
	gh_buf_add(out, m->opaque.p, m->opaque.len);
	return add_signature(out, m);
}
