/* SPDX-License-Identifier: Apache-2.0
 * A TPM made here: one table of events gives its log and its PCRs, and a key of ours signs
 * its quotes. */
#pragma once

#include <stdio.h>

#include "base/text.h"
#include "crypto/key.h"
#include "tests/unit/tap.h"

#define TPM_NONCE "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
#define TPM_PCRS  0x43ffu /* 0-9 and 14 */
#define TPM_AK                                                                           \
	0x00050072u /* fixedTPM, fixedParent, origin, userWithAuth, restricted, sign */

static const struct {
	unsigned int pcr;
	uint32_t type;
	const char *text;
} tpm_events[] = {
    {0, 0x00000008, "S-CRTM version"},
    {0, 0x80000008, "firmware volume"},
    {1, 0x80000009, "SMBIOS"},
    {2, 0x80000004, "option ROM"},
    {3, 0x00000004, "separator"},
    {4, 0x80000003, "shim"},
    {4, 0x80000003, "grub"},
    {5, 0x80000006, "GPT"},
    {6, 0x00000004, "separator"},
    {7, 0x80000001, "SecureBoot"},
    {7, 0x800000e0, "db"},
    {8, 0x0000000d, "grub_cmd: linux /vmlinuz"},
    {9, 0x0000000d, "/vmlinuz"},
    {9, 0x80000006, "initrd"},
    {14, 0x0000000d, "MokList"},
};

static inline void tpm_le(struct gh_buf *b, uint64_t v, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		gh_buf_chr(b, (char)(v >> 8 * i));
}

static inline void tpm_be(struct gh_buf *b, uint64_t v, unsigned int n)
{
	while (n--)
		gh_buf_chr(b, (char)(v >> 8 * n));
}

/* {u16 SHA-1, 20 bytes that nobody reads}, {u16 SHA-256, digest of the text} */
static inline void tpm_event(
    struct gh_buf *b, unsigned int pcr, uint32_t type, const void *data, size_t len)
{
	unsigned char digest[32];
	assert_int_equal(0, gh_sha256(data, len, digest, NULL));
	tpm_le(b, pcr, 4);
	tpm_le(b, type, 4);
	tpm_le(b, 2, 4);
	tpm_le(b, 0x0004, 2);
	gh_buf_add(b, digest, 20);
	tpm_le(b, 0x000b, 2);
	gh_buf_add(b, digest, 32);
	tpm_le(b, len, 4);
	gh_buf_add(b, data, len);
}

static inline void tpm_log_head(struct gh_buf *b)
{
	static const unsigned char zeros[20];
	tpm_le(b, 0, 4);
	tpm_le(b, 3, 4);
	gh_buf_add(b, zeros, 20);
	tpm_le(b, 16 + 4 + 4 + 4 + 2 * 4 + 1, 4);
	gh_buf_add(b, "Spec ID Event03", 16);
	tpm_le(b, 0, 4);
	gh_buf_add(b, "\0\2\0\2", 4);
	tpm_le(b, 2, 4);
	tpm_le(b, 0x0004, 2);
	tpm_le(b, 20, 2);
	tpm_le(b, 0x000b, 2);
	tpm_le(b, 32, 2);
	gh_buf_chr(b, '\0');
}

/* Without the event of that number; GH_COUNT(tpm_events) = with all of them. */
static inline void tpm_log(struct gh_buf *b, size_t without)
{
	tpm_log_head(b);
	for (size_t i = 0; i < GH_COUNT(tpm_events); i++)
		if (i != without)
			tpm_event(b, tpm_events[i].pcr, tpm_events[i].type,
			    tpm_events[i].text, strlen(tpm_events[i].text));
}

static inline void tpm_pcr(unsigned int n, unsigned char pcr[static 32])
{
	unsigned char both[64];
	memset(pcr, 0, 32);
	for (size_t i = 0; i < GH_COUNT(tpm_events); i++) {
		const char *text = tpm_events[i].text;
		if (tpm_events[i].pcr != n)
			continue;
		memcpy(both, pcr, 32);
		assert_int_equal(0, gh_sha256(text, strlen(text), both + 32, NULL));
		assert_int_equal(0, gh_sha256(both, 64, pcr, NULL));
	}
}

/* As sysfs has them: upper case. */
static inline void tpm_sysfs(struct gh_buf *b)
{
	unsigned char pcr[32];
	char hex[65];
	for (unsigned int i = 0; i < 24; i++) {
		tpm_pcr(i, pcr);
		gh_hex(hex, pcr, 32);
		for (char *c = hex; *c; c++)
			*c = (char)(*c >= 'a' ? *c - 32 : *c);
		gh_buf_fmt(b, "/sys/class/tpm/tpm0/pcr-sha256/%u:%s\n", i, hex);
	}
}

/* One key for all tests of a program. */
static inline struct gh_signer *tpm_signer(void)
{
	static struct gh_signer *s;
	if (!s)
		assert_int_equal(0, gh_signer_new(&s, 256, NULL));
	return s;
}

/* TPM2B_PUBLIC of that key: ECC, P-256, ECDSA with SHA-256. */
static inline void tpm_public(struct gh_buf *b, uint32_t attributes)
{
	struct gh_pubkey *k = NULL;
	struct gh_buf spki = {0}, area = {0};
	assert_int_equal(0, gh_signer_pubkey(tpm_signer(), &k, NULL));
	assert_int_equal(0, gh_pubkey_spki(k, &spki, NULL));
	assert_true(spki.len > 64);
	tpm_be(&area, 0x0023, 2);
	tpm_be(&area, 0x000b, 2);
	tpm_be(&area, attributes, 4);
	tpm_be(&area, 0, 2);
	tpm_be(&area, 0x0010, 2);
	tpm_be(&area, 0x0018, 2);
	tpm_be(&area, 0x000b, 2);
	tpm_be(&area, 0x0003, 2);
	tpm_be(&area, 0x0010, 2);
	for (size_t i = 0; i < 2; i++) {
		tpm_be(&area, 32, 2);
		gh_buf_add(&area, spki.p + spki.len - 64 + 32 * i, 32);
	}
	tpm_be(b, area.len, 2);
	gh_buf_add(b, area.p, area.len);
	gh_buf_free(&area);
	gh_buf_free(&spki);
	gh_pubkey_free(&k);
}

/* TPMS_ATTEST over the PCRs of the mask. */
static inline void tpm_attest(struct gh_buf *b, const char *nonce, uint32_t mask)
{
	unsigned char raw[16], pcr[32], digest[32];
	struct gh_buf all = {0};
	assert_int_equal(0, gh_unhex(raw, 16, nonce, NULL));
	for (unsigned int i = 0; i < 24; i++)
		if (mask >> i & 1) {
			tpm_pcr(i, pcr);
			gh_buf_add(&all, pcr, 32);
		}
	assert_int_equal(0, gh_sha256(all.p, all.len, digest, NULL));
	tpm_be(b, 0xff544347, 4);
	tpm_be(b, 0x8018, 2);
	tpm_be(b, 34, 2);
	tpm_be(b, 0x000b, 2);
	gh_buf_add(b, digest, 32); /* a name that nobody compares */
	tpm_be(b, 16, 2);
	gh_buf_add(b, raw, 16);
	tpm_be(b, 123456, 8);
	tpm_be(b, 7, 4);
	tpm_be(b, 0, 4);
	tpm_be(b, 1, 1);
	tpm_be(b, 0x2019102300163636, 8);
	tpm_be(b, 1, 4);
	tpm_be(b, 0x000b, 2);
	tpm_be(b, 3, 1);
	tpm_le(b, mask, 3);
	tpm_be(b, 32, 2);
	gh_buf_add(b, digest, 32);
	gh_buf_free(&all);
}

/* What the probe sends: the answers of tpm2-tools. */
static inline void tpm_answer(
    struct gh_buf *out, const char *nonce, uint32_t attributes, uint32_t mask)
{
	struct gh_buf area = {0}, attest = {0}, sig = {0};
	tpm_public(&area, attributes);
	tpm_attest(&attest, nonce, mask);
	assert_int_equal(
	    0, gh_sign_der(tpm_signer(), GH_SHA256, gh_buf_view(&attest), &sig, NULL));
	gh_buf_str(out, "public:\n ");
	gh_buf_hex(out, area.p, area.len);
	gh_buf_str(out, "\nquoted: ");
	gh_buf_hex(out, attest.p, attest.len);
	gh_buf_str(out, "\nsignature:\n  alg: ecdsa\n  sig: ");
	gh_buf_hex(out, sig.p, sig.len);
	gh_buf_str(out, "\nek:\n 30 82 00 02 05 00\n 00 00\n");
	gh_buf_free(&area);
	gh_buf_free(&attest);
	gh_buf_free(&sig);
}

/* SHA-256 of the public area, in hex: what enrolment pins. */
static inline void tpm_ak_sha256(char hex[static 65])
{
	struct gh_buf area = {0};
	unsigned char digest[32];
	tpm_public(&area, TPM_AK);
	assert_int_equal(0, gh_sha256(area.p + 2, area.len - 2, digest, NULL));
	gh_hex(hex, digest, 32);
	gh_buf_free(&area);
}
