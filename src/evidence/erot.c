/* SPDX-License-Identifier: Apache-2.0
 * Judges the evidence of one ERoT (docs/evidence-erot.md). */
#include "evidence/erot.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "crypto/chain.h"
#include "evidence/spdm_exchange.h"

#define CHAIN_LEN_MAX 0x10000

static void say(struct gh_erot *e, enum gh_verdict v, const char *code, const char *what)
{
	e->verdict = v;
	e->code = code;
	gh_text_clean_into(e->what, sizeof(e->what), what);
}

static void fail(struct gh_erot *e, const char *code, const char *what)
{
	say(e, GH_FAIL, code, what);
}

static void unknown(struct gh_erot *e, const char *code, const char *what)
{
	say(e, GH_UNKNOWN, code, what);
}

/* What went wrong; out of memory is nobody's fault. */
static void fail_err(struct gh_erot *e, const char *code, const struct gh_err *err)
{
	if (err->code == GH_E_NOMEM)
		unknown(e, "no_memory", err->what);
	else
		fail(e, code, err->what);
}

/* ---- chain ---- */

/* BMCs of DGX give the root first, those of newer boards the leaf. */
static void leaf_first(struct gh_certs *cs)
{
	if (cs->n < 2 || !gh_cert_names_chain(cs->at[0], cs->at[0]))
		return;
	for (size_t i = 0, k = cs->n - 1; i < k; i++, k--) {
		struct gh_cert *c = cs->at[i];

		cs->at[i] = cs->at[k];
		cs->at[k] = c;
	}
}

static bool read_chain(
    struct gh_erot *e, struct gh_certs *cs, const struct gh_erot_in *in)
{
	struct gh_err err = {0};

	if (in->chain.p == NULL) {
		unknown(e, "no_chain", "no certificate chain");
		return false;
	}
	if (in->chain.len > CHAIN_LEN_MAX) {
		fail(e, "chain", "a certificate chain of that size is none");
		return false;
	}
	if (gh_certs_from_pem_known(cs, in->chain, GH_EROT_CERTS_MAX, in->memo, &err) <
	    0) {
		fail_err(e, "chain", &err);
		return false;
	}
	if (cs->n < 2) {
		fail(e, "chain", "a single certificate is no chain");
		return false;
	}
	leaf_first(cs);
	return true;
}

static bool judge_chain(
    struct gh_erot *e, const struct gh_certs *cs, const struct gh_erot_in *in)
{
	const struct gh_chain chain = {cs, in->at, true, in->memo};
	const struct gh_cert *top = cs->at[cs->n - 1];
	struct gh_link links[GH_EROT_CERTS_MAX] = {0};
	const struct gh_anchor *anchor;
	struct gh_err err = {0};
	char text[200];

	if (gh_chain_verify(&chain, links, &err) < 0) {
		fail_err(e, "chain", &err);
		return false;
	}
	anchor =
	    gh_trust_find(in->trust, GH_ROOT_NVIDIA_DEVICE, gh_cert_spki_sha256(top));
	if (anchor == NULL) {
		snprintf(text, sizeof(text), "its root '%.100s' is not pinned",
		    gh_cert_cn(top));
		fail(e, "root", text);
		return false;
	}
	e->chain_ok = true;
	e->lab = anchor->lab;
	memcpy(e->leaf, gh_cert_spki_sha256(cs->at[0]), sizeof(e->leaf));
	gh_text_clean_into(e->root, sizeof(e->root), anchor->name);
	return true;
}

/* GPUs and switches have certificates of the same root: one of those may be genuine and
 * still no ERoT. The name is signed by the root. */
static bool is_erot(const struct gh_certs *cs)
{
	for (size_t i = 1; i + 1 < cs->n; i++)
		if (strcasestr(gh_cert_cn(cs->at[i]), "eROT Identity") != NULL)
			return true;
	return false;
}

/* ---- measurements ---- */

static bool signed_by(const struct gh_spdm_exchange *x, const struct gh_cert *leaf,
    enum gh_hash hash, struct gh_memo *memo)
{
	gh_auto(struct gh_buf, gh_buf_free) message = {0};
	struct gh_memo_ecdsa ask = {.key = gh_cert_key(leaf),
	    .spki_sha256 = gh_cert_spki_sha256(leaf),
	    .hash = hash,
	    .msg = x->signed_,
	    .sig = x->signature};

	if (x->version >= 0x12) {
		if (gh_spdm_exchange_message(&message, x, NULL) < 0)
			return false;
		ask.msg = gh_buf_view(&message);
	}
	return gh_memo_ecdsa_raw(memo, &ask, NULL) == 0;
}

/* A transcript of 1.1 does not say which hash was negotiated. Each of these is as good as
 * the others, and all bytes are under it. */
static bool signature_ok(
    const struct gh_spdm_exchange *x, const struct gh_cert *leaf, struct gh_memo *memo)
{
	static const enum gh_hash tried[] = {GH_SHA384, GH_SHA512, GH_SHA256};

	if (x->version >= 0x12)
		return signed_by(x, leaf, x->hash, memo);
	for (size_t i = 0; i < GH_COUNT(tried); i++)
		if (signed_by(x, leaf, tried[i], memo))
			return true;
	return false;
}

static bool read_exchange(struct gh_erot *e, struct gh_spdm_exchange *x,
    const struct gh_cert *leaf, const struct gh_erot_in *in)
{
	struct gh_err err = {0};

	if (in->transcript.p == NULL) {
		unknown(
		    e, "no_measurements", "the chain verifies, no signed measurements");
		return false;
	}
	if (gh_spdm_exchange_parse(x, in->transcript.p, in->transcript.len, &err) < 0) {
		if (x->unread)
			unknown(e, "form", err.what);
		else
			fail(e, "transcript", err.what);
		return false;
	}
	e->version = x->version;
	e->n_blocks = x->n_blocks;
	if (gh_pubkey_ec_bits(gh_cert_key(leaf)) != 384) {
		unknown(e, "form", "its key is not on P-384");
		return false;
	}
	return true;
}

static void judge_exchange(
    struct gh_erot *e, const struct gh_certs *cs, const struct gh_erot_in *in)
{
	struct gh_spdm_exchange x;

	if (!read_exchange(e, &x, cs->at[0], in))
		return;
	if (in->nonce != NULL && memcmp(x.nonce, in->nonce, 32) != 0)
		fail(e, "nonce", "it answers a nonce that was not asked");
	else if (!signature_ok(&x, cs->at[0], in->memo))
		fail(e, "signature", "its measurements are not signed by its key");
	else if (in->nonce == NULL)
		unknown(e, "no_nonce", "signed, but it is not known over which nonce");
	else if (x.n_blocks == 0)
		unknown(e, "no_measurements", "signed, but without a measurement");
	else if (!is_erot(cs))
		unknown(
		    e, "kind", "a genuine device, but no authority for ERoTs above it");
	else
		say(e, GH_PASS, "", "");
}

void gh_erot_verify(struct gh_erot *out, const struct gh_erot_in *in)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};

	*out = (struct gh_erot){.verdict = GH_UNKNOWN, .code = "no_chain"};
	if (read_chain(out, &cs, in) && judge_chain(out, &cs, in))
		judge_exchange(out, &cs, in);
}
