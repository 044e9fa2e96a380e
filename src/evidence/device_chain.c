/* SPDX-License-Identifier: Apache-2.0
 * Finds or makes the chain of a report that came alone. Its judge trusts none of it. */
#include "evidence/device_chain.h"

#include "base/text.h"
#include "evidence/load_pem.h"

#define SIGNATURE_LEN 96 /* ECDSA P-384, at the end of a report */
#define CHAIN_MAX     8
#define TRIES_MAX     256 /* leaves tried by signature */

static bool signs(const struct gh_cert *c, struct gh_bytes report)
{
	struct gh_bytes body, sig;

	if (report.len < SIGNATURE_LEN || gh_pubkey_ec_bits(gh_cert_key(c)) != 384)
		return false;
	body = (struct gh_bytes){report.p, report.len - SIGNATURE_LEN};
	sig = (struct gh_bytes){report.p + body.len, SIGNATURE_LEN};
	return gh_ecdsa_verify_raw(gh_cert_key(c), GH_SHA384, body, sig, NULL) == 0;
}

static void put_pem(struct gh_buf *out, const struct gh_cert *c)
{
	struct gh_bytes der = gh_cert_der(c);

	gh_buf_str(out, "-----BEGIN CERTIFICATE-----\n");
	gh_b64(out, der.p, der.len);
	gh_buf_str(out, "\n-----END CERTIFICATE-----\n");
}

/* As it came when it is PEM: a judge must see what the device said. */
static void put_piece(
    struct gh_buf *out, struct gh_bytes piece, const struct gh_certs *cs)
{
	if (gh_text_find(piece, "-----BEGIN") != NULL)
		gh_buf_add(out, piece.p, piece.len);
	else
		for (size_t i = 0; i < cs->n; i++)
			put_pem(out, cs->at[i]);
}

/* Looks through the pieces: the signer's chain, else the first. */
struct choice {
	struct gh_buf first, signer; /* PEM */
	size_t n;                    /* chains of more than one certificate */
};

static void choice_free(struct choice *c)
{
	gh_buf_free(&c->first);
	gh_buf_free(&c->signer);
}

static void look_at(struct choice *c, const struct gh_shelf *s, struct gh_bytes piece,
    struct gh_bytes report)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};

	if (gh_evidence_certs(&cs, piece, GH_SHELF_CERTS_MAX, s->ctx.memo, NULL) < 0)
		return;
	if (c->first.len == 0 || (cs.n > 1 && c->n == 0)) {
		gh_buf_clear(&c->first);
		put_piece(&c->first, piece, &cs);
	}
	c->n += cs.n > 1;
	if (cs.n > 1 && c->signer.len == 0 && signs(cs.at[0], report))
		put_piece(&c->signer, piece, &cs);
}

static const struct gh_cert *issuer_of(const struct gh_shelf *s, const struct gh_cert *c)
{
	for (size_t i = 0; i < s->certs.n; i++)
		if (gh_cert_names_chain(c, s->certs.at[i]) &&
		    gh_memo_signed_by(s->ctx.memo, c, s->certs.at[i], NULL) == 0)
			return s->certs.at[i];
	return NULL;
}

/* From the certificate that signed the report up to one that signed itself. */
static void assemble(struct gh_buf *pem, const struct gh_shelf *s, struct gh_bytes report)
{
	const struct gh_cert *c = NULL, *up;

	for (size_t i = 0; c == NULL && i < s->certs.n && i < TRIES_MAX; i++)
		if (!gh_cert_is_ca(s->certs.at[i]) && signs(s->certs.at[i], report))
			c = s->certs.at[i];
	for (size_t n = 0; c != NULL && n < CHAIN_MAX; n++) {
		put_pem(pem, c);
		up = issuer_of(s, c);
		c = up == c ? NULL : up;
	}
}

int gh_device_chain(struct gh_buf *pem, const struct gh_shelf *s,
    const struct gh_evidence_set *set[static 2], struct gh_bytes report,
    struct gh_err *err)
{
	gh_auto(struct choice, choice_free) c = {0};
	size_t before = pem->len;

	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; set[k] != NULL && i < set[k]->n; i++)
			if (set[k]->at[i].type == GH_EV_CERTS)
				look_at(&c, s, gh_buf_view(&set[k]->at[i].bytes), report);
	if (c.signer.len > 0)
		gh_buf_add(pem, c.signer.p, c.signer.len);
	else if (c.n != 1)
		assemble(pem, s, report);
	if (pem->len == before)
		gh_buf_add(pem, c.first.p, c.first.len);
	if (gh_buf_ok(&c.first, err) < 0 || gh_buf_ok(&c.signer, err) < 0)
		return -1;
	return gh_buf_ok(pem, err);
}
