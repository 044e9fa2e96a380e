/* SPDX-License-Identifier: Apache-2.0
 * A hash table from digests to what is known of them. */
#include "crypto/memo.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define MEMO_MAX   16384 /* entries; more are simply not remembered */
#define FIRST_SIZE 256   /* slots, a power of two */

struct slot {
	uint8_t digest[32];
	enum { FREE = 0, ANSWER, CERT, CRL } kind;
	bool good;
	struct gh_cert *cert;
	struct gh_crl *crl;
};

struct gh_memo {
	struct slot *slot;
	size_t size, n; /* size is a power of two, n at most half of it */
	size_t computed;
};

struct gh_memo *gh_memo_new(void)
{
	struct gh_memo *m = calloc(1, sizeof *m);

	if (m == NULL)
		return NULL;
	m->slot = calloc(FIRST_SIZE, sizeof *m->slot);
	m->size = FIRST_SIZE;
	if (m->slot == NULL) {
		free(m);
		return NULL;
	}
	return m;
}

void gh_memo_free(struct gh_memo **m)
{
	if (*m == NULL)
		return;
	for (size_t i = 0; i < (*m)->size; i++) {
		gh_cert_free(&(*m)->slot[i].cert);
		gh_crl_free(&(*m)->slot[i].crl);
	}
	free((*m)->slot);
	free(*m);
	*m = NULL;
}

/* The slot of that digest and kind, or the free one where it belongs. Digests are uniform:
 * any bytes of them will do as a hash. */
static struct slot *find(
    const struct gh_memo *m, const uint8_t digest[static 32], int kind)
{
	size_t at;

	memcpy(&at, digest, sizeof at);
	for (at += (size_t)kind;; at++) {
		struct slot *s = &m->slot[at & (m->size - 1)];

		if (s->kind == FREE ||
		    ((int)s->kind == kind && memcmp(s->digest, digest, 32) == 0))
			return s;
	}
}

static bool grow(struct gh_memo *m)
{
	struct gh_memo wide = {.size = 2 * m->size, .n = m->n, .computed = m->computed};

	if (m->n >= MEMO_MAX || (wide.slot = calloc(wide.size, sizeof *m->slot)) == NULL)
		return false;
	for (size_t i = 0; i < m->size; i++)
		if (m->slot[i].kind != FREE)
			*find(&wide, m->slot[i].digest, (int)m->slot[i].kind) =
			    m->slot[i];
	free(m->slot);
	*m = wide;
	return true;
}

/* NULL when the memo is full. */
static struct slot *put(struct gh_memo *m, const uint8_t digest[static 32], int kind)
{
	struct slot *s;

	if (2 * (m->n + 1) > m->size && !grow(m))
		return NULL;
	s = find(m, digest, kind);
	if (s->kind == FREE) {
		memcpy(s->digest, digest, 32);
		s->kind = kind;
		m->n++;
	}
	return s;
}

int gh_memo_cert(struct gh_memo *m, struct gh_cert **out, const void *der, size_t len,
    struct gh_err *err)
{
	uint8_t digest[32];
	struct slot *s;

	if (m == NULL)
		return gh_cert_from_der(out, der, len, err);
	if (gh_sha256(der, len, digest, err) < 0)
		return -1;
	s = find(m, digest, CERT);
	if (s->kind == CERT) {
		*out = gh_cert_share(s->cert);
		return 0;
	}
	if (gh_cert_from_der(out, der, len, err) < 0)
		return -1;
	s = put(m, digest, CERT);
	if (s != NULL)
		s->cert = gh_cert_share(*out);
	return 0;
}

int gh_memo_crl(struct gh_memo *m, struct gh_crl **out, const void *der, size_t len,
    struct gh_err *err)
{
	uint8_t digest[32];
	struct slot *s;

	if (m == NULL)
		return gh_crl_from_der(out, der, len, err);
	if (gh_sha256(der, len, digest, err) < 0)
		return -1;
	s = find(m, digest, CRL);
	if (s->kind == CRL) {
		*out = gh_crl_share(s->crl);
		return 0;
	}
	if (gh_crl_from_der(out, der, len, err) < 0)
		return -1;
	s = put(m, digest, CRL);
	if (s != NULL)
		s->crl = gh_crl_share(*out);
	return 0;
}

int gh_memo_recall(const struct gh_memo *m, const uint8_t digest[static 32])
{
	const struct slot *s = m == NULL ? NULL : find(m, digest, ANSWER);

	return s == NULL || s->kind == FREE ? -1 : s->good;
}

void gh_memo_keep(struct gh_memo *m, const uint8_t digest[static 32], bool good)
{
	struct slot *s = m == NULL ? NULL : put(m, digest, ANSWER);

	if (m != NULL)
		m->computed++;
	if (s != NULL)
		s->good = good;
}

/* What decides whether a key signed an object. */
static int pair_digest(uint8_t out[static 32], const char *what, const uint8_t *object,
    const struct gh_cert *issuer, struct gh_err *err)
{
	uint8_t both[72] = {0};

	strncpy((char *)both, what, 8);
	memcpy(both + 8, object, 32);
	memcpy(both + 40, gh_cert_spki_sha256(issuer), 32);
	return gh_sha256(both, sizeof both, out, err);
}

typedef int verify_fn(
    const void *object, const struct gh_cert *issuer, struct gh_err *err);

static int verify_cert(
    const void *object, const struct gh_cert *issuer, struct gh_err *err)
{
	return gh_cert_signed_by(object, issuer, err);
}

static int verify_crl(
    const void *object, const struct gh_cert *issuer, struct gh_err *err)
{
	return gh_crl_signed_by(object, issuer, err);
}

/* 1 or 0: whether the issuer's key signed the object; computed when it is not known. */
static int known_pair(struct gh_memo *m, const uint8_t digest[static 32],
    verify_fn *verify, const void *object, const struct gh_cert *issuer)
{
	int known = gh_memo_recall(m, digest);

	if (known < 0) {
		known = verify(object, issuer, NULL) == 0;
		gh_memo_keep(m, digest, known);
	}
	return known;
}

int gh_memo_signed_by(struct gh_memo *m, const struct gh_cert *c,
    const struct gh_cert *issuer, struct gh_err *err)
{
	uint8_t digest[32];

	if (m == NULL)
		return gh_cert_signed_by(c, issuer, err);
	if (pair_digest(digest, "cert", gh_cert_sha256(c), issuer, err) < 0)
		return -1;
	if (known_pair(m, digest, verify_cert, c, issuer))
		return 0;
	return gh_fail(err, GH_E_CRYPTO, "'%s' is not signed by the key of '%s'",
	    gh_cert_cn(c), gh_cert_cn(issuer));
}

int gh_memo_crl_signed_by(struct gh_memo *m, const struct gh_crl *c,
    const struct gh_cert *issuer, struct gh_err *err)
{
	uint8_t digest[32];

	if (m == NULL)
		return gh_crl_signed_by(c, issuer, err);
	if (pair_digest(digest, "crl", gh_crl_sha256(c), issuer, err) < 0)
		return -1;
	if (known_pair(m, digest, verify_crl, c, issuer))
		return 0;
	return gh_fail(
	    err, GH_E_CRYPTO, "the CRL is not signed by '%s'", gh_cert_cn(issuer));
}

/* What decides: the kind of question and its algorithm, message, signature, key. */
static int ecdsa_digest(
    uint8_t out[static 32], const struct gh_memo_ecdsa *ask, struct gh_err *err)
{
	uint8_t all[8 + 3 * 32] = {'e', 'c', 'd', 's', 'a', (uint8_t)ask->hash};

	if (gh_sha256(ask->msg.p, ask->msg.len, all + 8, err) < 0 ||
	    gh_sha256(ask->sig.p, ask->sig.len, all + 40, err) < 0)
		return -1;
	memcpy(all + 72, ask->spki_sha256, 32);
	return gh_sha256(all, sizeof all, out, err);
}

int gh_memo_ecdsa_raw(
    struct gh_memo *m, const struct gh_memo_ecdsa *ask, struct gh_err *err)
{
	uint8_t digest[32];
	int rc, known;

	if (m != NULL && ecdsa_digest(digest, ask, err) < 0)
		return -1;
	known = m == NULL ? -1 : gh_memo_recall(m, digest);
	if (known > 0)
		return 0;
	if (known == 0)
		return gh_fail(err, GH_E_CRYPTO, "the signature does not verify");
	rc = gh_ecdsa_verify_raw(ask->key, ask->hash, ask->msg, ask->sig, err);
	if (m != NULL)
		gh_memo_keep(m, digest, rc == 0);
	return rc;
}

size_t gh_memo_computed(const struct gh_memo *m)
{
	return m->computed;
}
