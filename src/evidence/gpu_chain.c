/* SPDX-License-Identifier: Apache-2.0
 * Judges the device chain from the root down, and reads who the device is. */
#include "evidence/gpu_chain.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "crypto/chain.h"

#define CERTS_MAX  16
#define SERIAL_LEN 9 /* BROM serial: type byte, then the 8 bytes of the PDI */

static const struct place {
	const char *step, *parent;
} places[GH_GPU_CERTS] = {
    {"gpu.chain.leaf", "gpu.chain.brom"},
    {"gpu.chain.brom", "gpu.chain.ica"},
    {"gpu.chain.ica", "gpu.chain.identity"},
    {"gpu.chain.identity", "gpu.chain.root"},
    {"gpu.chain.root", ""},
};

enum { LEAF, BROM, ICA, IDENTITY, ROOT };

void gh_gpu_chain_read(struct gh_gpu_case *c, struct gh_bytes pem)
{
	if (pem.len > 0 &&
	    gh_certs_from_pem_known(&c->certs, pem, CERTS_MAX, c->ctx->memo, NULL) < 0)
		gh_certs_free(&c->certs);
	c->have_chain = c->certs.n == GH_GPU_CERTS;
}

static bool keys_known(const struct gh_certs *cs)
{
	for (size_t i = 0; i < cs->n; i++)
		if (gh_pubkey_ec_bits(gh_cert_key(cs->at[i])) != 384 ||
		    strcmp(gh_cert_sigalg(cs->at[i]), "ecdsa-with-SHA384") != 0)
			return false;
	return true;
}

static bool judge_parse(struct gh_gpu_case *c, struct gh_bytes pem)
{
	struct gh_finding *f =
	    gh_gpu_begin(c, "gpu.chain.parse", "", "certificate chain");
	char fact[64];
	gh_say(&f->expected, "5 certificates, leaf first, EC P-384, ecdsa-with-SHA384");
	if (pem.len == 0) {
		gh_judge(f, GH_UNKNOWN, "gpu.chain.missing");
		gh_say(&f->observed, "no certificate chain");
		gh_say(&f->why,
		    "without it nobody knows whose signature the report carries");
		gh_say(&f->remedy,
		    "Give the device's PEM chain along with the report (--with).");
		return false;
	}
	snprintf(fact, sizeof(fact), "%zu certificates", c->certs.n);
	if (!c->have_chain) {
		gh_gpu_refuse(
		    f, c->certs.n == 0 ? "gpu.chain.parse" : "gpu.chain.count", fact);
		gh_say(
		    &f->why, "a device chain is leaf, BROM, provisioner, identity, root");
		return false;
	}
	if (!keys_known(&c->certs)) {
		gh_gpu_refuse(
		    f, "gpu.chain.algorithm", "another key or signature algorithm");
		return false;
	}
	gh_gpu_settle(f, true, "5 certificates, EC P-384");
	return true;
}

/* NULL when the link holds; else the reason id of what is wrong with it first. */
static const char *link_code(const struct gh_link *l, const char **fact)
{
	if (!l->issuer_name) {
		*fact = "not issued by the certificate above it";
		return "gpu.chain.issuer";
	}
	if (!l->signature) {
		*fact = "signature of the certificate above does not verify";
		return "gpu.chain.signature";
	}
	if (!l->in_time) {
		*fact = "not valid at the verification time";
		return "gpu.chain.time";
	}
	*fact = "wrong role for its place (CA bit)";
	return l->ok ? NULL : "gpu.chain.role";
}

/* Serial = 0x41 (GPU) or 0x50 (switch) and the PDI of the chip, the same in the subject. */
static bool brom_serial_ok(const struct gh_gpu_case *c)
{
	struct gh_bytes serial = gh_cert_serial(c->certs.at[BROM]);
	char hex[2 * SERIAL_LEN + 1];
	if (serial.len != SERIAL_LEN ||
	    serial.p[0] != (gh_gpu_is_switch(c) ? 0x50 : 0x41))
		return false;
	gh_hex(hex, serial.p, serial.len);
	return strcasecmp(hex, gh_cert_subject_serial(c->certs.at[BROM])) == 0;
}

static bool judge_root(struct gh_gpu_case *c, struct gh_finding *f)
{
	const struct gh_cert *root = c->certs.at[ROOT];
	const struct gh_anchor *a = gh_trust_find(
	    c->ctx->trust, GH_ROOT_NVIDIA_DEVICE, gh_cert_spki_sha256(root));
	char spki[65], fact[96];
	gh_hex(spki, gh_cert_spki_sha256(root), 32);
	gh_say(&f->expected, "a pinned device root");
	c->lab = f->lab = a != NULL && a->lab;
	snprintf(fact, sizeof(fact), "key sha256 %.16s.. is %s", spki,
	    a == NULL ? "not pinned" : "a LAB root, not accepted here");
	if (a == NULL) {
		gh_gpu_refuse(f, "gpu.root.foreign", fact);
		gh_say(&f->why,
		    "anyone can make a root with this name; only the key counts");
		gh_say(&f->remedy,
		    "Treat the device as not genuine. Call NVIDIA if it should be.");
		return false;
	}
	if (a->lab && !c->ctx->allow_lab) {
		gh_gpu_refuse(f, "trust.lab-root", fact);
		gh_say(&f->why,
		    "the lab makes its own keys: they prove nothing about hardware");
		gh_say(&f->remedy, "Only for the lab: allow lab roots (--lab).");
		return false;
	}
	gh_gpu_settle(f, true, a->lab ? "pinned LAB root" : "pinned root");
	return true;
}

/* whole: OpenSSL's word on the path, asked of the leaf. */
static bool judge_place(struct gh_gpu_case *c, size_t i, const struct gh_link *l,
    bool above, const struct gh_err *whole)
{
	const char *fact = "";
	const char *code = link_code(l, &fact);
	struct gh_finding *f =
	    gh_gpu_begin(c, places[i].step, places[i].parent, gh_cert_cn(c->certs.at[i]));
	if (code != NULL) {
		gh_gpu_refuse(f, code, fact);
		gh_say(&f->why, "the chain of trust breaks at this certificate");
		return false;
	}
	if (i == ROOT)
		return judge_root(c, f);
	if (i == BROM && !brom_serial_ok(c)) {
		gh_gpu_refuse(f, "gpu.brom.serial", "serial is not type byte and PDI");
		gh_say(&f->expected, "serial 41 or 50 and the 8 bytes of the PDI");
		return false;
	}
	if (i == LEAF && whole->code != GH_E_NONE) {
		gh_gpu_refuse(f, "gpu.chain.path", whole->what);
		return false;
	}
	gh_gpu_settle(f, above, i == LEAF ? "signs the report" : "link good");
	return above;
}

/* Leaf serial in decimal, as NVIDIA prints a UEID: repeated division by ten. */
static void claim_ueid(struct gh_subject *s, struct gh_bytes serial)
{
	unsigned char n[32];
	char digits[80];
	size_t at = sizeof(digits) - 1;
	bool more = serial.len > 0 && serial.len <= sizeof(n);
	if (!more)
		return;
	memcpy(n, serial.p, serial.len);
	digits[at] = '\0';
	while (more && at > 0) {
		unsigned int rest = 0;
		more = false;
		for (size_t i = 0; i < serial.len; i++) {
			unsigned int v = rest * 256 + n[i];
			n[i] = (unsigned char)(v / 10);
			rest = v % 10;
			more = more || n[i] != 0;
		}
		digits[--at] = (char)('0' + rest);
	}
	gh_claim(s, "ueid", "%s", digits + at);
}

static void claim_identity(struct gh_gpu_case *c)
{
	struct gh_subject *s = gh_gpu_subject(c);
	struct gh_bytes brom = gh_cert_serial(c->certs.at[BROM]);
	if (brom.len == SERIAL_LEN)
		gh_claim_hex(s, "pdi", brom.p + 1, SERIAL_LEN - 1);
	claim_ueid(s, gh_cert_serial(c->certs.at[LEAF]));
	gh_claim_hex(s, "leaf_spki", gh_cert_spki_sha256(c->certs.at[LEAF]), 32);
}

/* Only when the policy names the devices that are welcome. */
static void judge_pin(struct gh_gpu_case *c)
{
	const struct gh_pins *pins = &gh_gpu_policy(c->ctx)->pdi;
	struct gh_bytes brom =
	    c->have_chain ? gh_cert_serial(c->certs.at[BROM]) : (struct gh_bytes){0};
	char pdi[32] = "no BROM certificate";
	struct gh_finding *f;
	if (pins->n == 0)
		return;
	f = gh_gpu_begin(c, "gpu.pin.pdi", "gpu.chain.brom", "PDI is pinned");
	gh_say(&f->expected, "one of the %zu devices that the policy names", pins->n);
	if (brom.len != SERIAL_LEN || pins->len != SERIAL_LEN - 1) {
		gh_gpu_settle(f, false, pdi);
		return;
	}
	gh_hex(pdi, brom.p + 1, SERIAL_LEN - 1);
	if (gh_pins_fit(pins, brom.p + 1)) {
		gh_gpu_settle(f, c->brom_ok, pdi);
		return;
	}
	gh_gpu_refuse(f, "gpu.pin.pdi.mismatch", pdi);
	gh_say(&f->why, "the device is not one of those that are expected here");
	gh_say(&f->remedy,
	    "Find out who put it in; add its PDI to the policy if it belongs there.");
}

static void skip_places(struct gh_gpu_case *c)
{
	static const char *const names[] = {
	    "attestation key", "BROM", "provisioner CA", "identity CA", "device root"};
	for (size_t i = GH_GPU_CERTS; i-- > 0;)
		gh_gpu_settle(gh_gpu_begin(c, places[i].step, places[i].parent, names[i]),
		    false, "no chain of five certificates");
}

void gh_gpu_chain_judge(struct gh_gpu_case *c, struct gh_bytes pem)
{
	struct gh_link links[GH_GPU_CERTS] = {0};
	struct gh_err whole = {0};
	struct gh_chain chain = {&c->certs, c->ctx->at, true, c->ctx->memo};
	bool above = judge_parse(c, pem);
	if (!c->have_chain) {
		skip_places(c);
		judge_pin(c);
		return;
	}
	if (gh_chain_verify(&chain, links, &whole) < 0 && whole.code == GH_E_NONE)
		whole.code = GH_E_CRYPTO;
	for (size_t i = GH_GPU_CERTS; i-- > 0;) {
		above = judge_place(c, i, &links[i], above, &whole) && above;
		if (i == BROM)
			c->brom_ok = above;
	}
	c->chain_ok = above;
	claim_identity(c);
	judge_pin(c);
}
