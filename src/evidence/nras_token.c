/* SPDX-License-Identifier: Apache-2.0
 * The steps of one NRAS token: its key down from NVIDIA's pinned intermediate, its
 * signature, issuer and time. */
#include "evidence/nras_token.h"

#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "evidence/nras.h"

#define STAGING     "https://nras.attestation-stg.nvidia.com"
#define LEAF_SIGALG "sha256WithRSAEncryption"
#define PIN_WARN_S  ((int64_t)90 * 86400) /* the pinned CA ends soon: change the pin */

static bool may_sign(const struct gh_cert *leaf)
{
	return (X509_get_key_usage(gh_cert_x509(leaf)) & KU_DIGITAL_SIGNATURE) != 0;
}

/* What is wrong with leaf and intermediate, at the time of issue. */
static const char *chain_fault(
    struct gh_token *t, const struct gh_certs *x5c, int64_t iat)
{
	const struct gh_cert *leaf = x5c->at[0], *ca = x5c->at[1];
	const char *word = "";

	if (!gh_tee_anchor(&t->tee, GH_ROOT_NVIDIA_NRAS, ca, &word))
		return word;
	if (!gh_cert_is_ca(ca) || gh_cert_is_ca(leaf) || !may_sign(leaf))
		return "role";
	if (!gh_cert_names_chain(leaf, ca))
		return "issuer";
	if (strcmp(gh_cert_sigalg(leaf), LEAF_SIGALG) != 0)
		return "algorithm";
	if (gh_memo_signed_by(t->tee.ctx->memo, leaf, ca, NULL) < 0)
		return "chain";
	for (size_t i = 0; i < 2; i++) {
		if (iat < gh_cert_not_before(x5c->at[i]))
			return "notyet";
		if (iat > gh_cert_not_after(x5c->at[i]))
			return "expired";
	}
	return "";
}

static void say_chain(struct gh_finding *f, const struct gh_certs *x5c)
{
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};
	char until[GH_TIME_LEN];

	gh_time_text(until, gh_cert_not_after(x5c->at[0]));
	gh_buf_hex(&hex, gh_cert_spki_sha256(x5c->at[1]), 32);
	gh_say(&f->observed, "%s until %s, under %s, key sha256:%s",
	    gh_cert_cn(x5c->at[0]), until, gh_cert_cn(x5c->at[1]), gh_buf_cstr(&hex));
}

/* The pin's own end comes near: said while there is time to add its successor. */
static bool pin_ends(const struct gh_token *t, const struct gh_cert *ca)
{
	int64_t left = gh_cert_not_after(ca) - t->tee.ctx->at;

	return left >= 0 && left < PIN_WARN_S;
}

static const char *key_remedy(const char *word)
{
	if (strcmp(word, "lab") == 0)
		return "a lab root: only with --lab";
	if (strcmp(word, "expired") == 0 || strcmp(word, "notyet") == 0)
		return "refuse the token: its key was not in force when it was issued";
	return "refuse the token: its key is not vouched for by NVIDIA's pinned CA";
}

static void judge_key(struct gh_token *t, const struct gh_ring *ring)
{
	struct gh_finding *f =
	    gh_token_step(t, "key", "parse", "a key of NVIDIA's service");
	const struct gh_jwk *k;
	const char *word = "";
	char code[64];
	int64_t iat;

	gh_say(&f->expected, "kid in the key set; its certificate signed by the pinned "
			     "NVIDIA Attestation Service intermediate, in force at iat");
	gh_say(&f->why, "a key set proves nothing by itself: anyone can write one");
	k = gh_token_find_key(t, ring, f);
	if (k == NULL)
		return;
	if (!*t->jws.kid)
		word = "no-kid";
	else if (*k->fault)
		word = k->fault;
	else if (k->x5c.n < 2)
		word = "x5c";
	else if (gh_token_time(t->claims, "iat", &iat) < 0)
		word = "iat";
	else
		word = chain_fault(t, &k->x5c, iat);
	if (k->x5c.n >= 2)
		say_chain(f, &k->x5c);
	if (*word)
		gh_say(&f->remedy, "%s", key_remedy(word));
	if (!*word && pin_ends(t, k->x5c.at[1])) {
		snprintf(code, sizeof(code), "%s.key.pin-ends", t->family);
		gh_say(&f->remedy, "add NVIDIA's next intermediate to the trust anchors");
		gh_tee_warn(&t->tee, f, code);
		return;
	}
	gh_token_settle(t, f, "key", word);
}

static void judge_issuer(struct gh_token *t, const char *subject)
{
	struct gh_finding *f =
	    gh_token_step(t, "issuer", "signature", "issued by NVIDIA's service");
	const char *iss = gh_token_text(t->claims, "iss"), *word = "";
	const char *sub = gh_token_text(t->claims, "sub");

	gh_say(&f->expected, "%s%s%s", GH_NRAS_ISSUER, subject ? ", subject " : "",
	    subject ? subject : "");
	gh_say(&f->observed, "%s%s%s", *iss ? iss : "no issuer", *sub ? ", subject " : "",
	    sub);
	gh_say(&f->why, "NVIDIA runs other services under the same keys' roof");
	if (strcmp(iss, STAGING) == 0)
		word = "staging";
	else if (strcmp(iss, GH_NRAS_ISSUER) != 0)
		word = *iss ? "other" : "missing";
	else if (subject && strcmp(sub, subject) != 0)
		word = "subject";
	if (*word)
		gh_say(&f->remedy, "ask %s", GH_NRAS_ISSUER);
	gh_token_settle(t, f, "issuer", word);
}

void gh_nras_judge_token(struct gh_token *t, const struct gh_ring *ring,
    const char *above, const char *subject)
{
	gh_token_judge_parse(t, above);
	judge_key(t, ring);
	gh_token_judge_signature(t);
	judge_issuer(t, subject);
	gh_token_judge_time(t, true);
}
