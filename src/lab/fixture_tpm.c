/* SPDX-License-Identifier: Apache-2.0
 * Writes what a TPM would hold. One table of events makes the log and the PCRs, so that the
 * log replays; the attestation key is an EC key that lies beside the fixture, so that it
 * outlives every fault; tpm2_quote joins the two halves of a TPMS_ATTEST around the nonce
 * and lets openssl sign it. Layouts: evidence/ccel.c, hcl_tpm.c, tpm_key.c. */
#include "lab/fixture_tpm.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "crypto/key.h"

#define BIN      "usr/local/bin/"
#define TPM      "lab/tpm/"
#define PCRS     24
#define QUOTED   0x43ffu /* PCRs 0-9 and 14, as the probe asks */
#define LOCALITY 3       /* Boot Guard's ACM starts the TPM */
#define AK_ATTRS                                                                         \
	0x00050072u /* fixedTPM, fixedParent, origin, userWithAuth, restricted, sign */

enum { FIXED, BIOS, SECUREBOOT };

/* What was measured, in order. A text ends in what it depends on: equal machines agree. */
static const struct {
	unsigned int pcr;
	uint32_t type;
	const char *text;
	int with;
} events[] = {
    {0, 0x00000008, "S-CRTM ", BIOS},
    {0, 0x80000008, "firmware volume ", BIOS},
    {1, 0x80000009, "SMBIOS tables ", BIOS},
    {2, 0x80000004, "option ROM H100 SXM", FIXED},
    {3, 0x00000004, "separator", FIXED},
    {4, 0x80000007, "Calling EFI Application from Boot Option", FIXED},
    {4, 0x80000003, "shimx64.efi 15.8", FIXED},
    {4, 0x80000003, "grubx64.efi 2.12", FIXED},
    {5, 0x80000006, "GPT", FIXED},
    {6, 0x00000004, "separator", FIXED},
    {7, 0x80000001, "SecureBoot ", SECUREBOOT},
    {7, 0x80000001, "PK KEK db dbx", FIXED},
    {7, 0x800000e0, "Microsoft UEFI CA 2023", FIXED},
    {8, 0x0000000d, "grub_cmd: linux /vmlinuz", FIXED},
    {9, 0x0000000d, "/vmlinuz", FIXED},
    {9, 0x0000000d, "/initrd.img", FIXED},
    {14, 0x0000000d, "MokList", FIXED},
};

struct tpm {
	struct gh_buf log;
	unsigned char pcr[PCRS][32];
};

static void put_be(struct gh_buf *b, uint64_t v, unsigned int n)
{
	while (n--)
		gh_buf_chr(b, (char)(v >> 8 * n));
}

static void sha256(
    struct gh_fixture *f, const void *p, size_t len, unsigned char out[static 32])
{
	if (gh_sha256(p, len, out, f->err))
		f->failed = true;
}

/* ---- the log ---- */

static void put_head(struct gh_buf *b)
{
	static const unsigned char zeros[20];

	gh_buf_le(b, 0, 4);
	gh_buf_le(b, 3, 4); /* EV_NO_ACTION */
	gh_buf_add(b, zeros, sizeof(zeros));
	gh_buf_le(b, 33, 4);
	gh_buf_add(b, "Spec ID Event03", 16);
	gh_buf_le(b, 0, 4);                   /* platform class: client */
	gh_buf_add(b, "\x00\x02\x00\x02", 4); /* 2.0, errata 0, 64-bit UINTN */
	gh_buf_le(b, 1, 4);
	gh_buf_le(b, 0x000b, 2); /* SHA-256 */
	gh_buf_le(b, 32, 2);
	gh_buf_chr(b, '\0');
}

static void put_event(struct gh_buf *b, unsigned int pcr, uint32_t type,
    const unsigned char digest[static 32], struct gh_bytes data)
{
	gh_buf_le(b, pcr, 4);
	gh_buf_le(b, type, 4);
	gh_buf_le(b, 1, 4);
	gh_buf_le(b, 0x000b, 2);
	gh_buf_add(b, digest, 32);
	gh_buf_le(b, data.len, 4);
	gh_buf_add(b, data.p, data.len);
}

static void measure(struct gh_fixture *f, struct tpm *t, size_t i)
{
	const char *with = events[i].with == BIOS ? f->spec->bios_version : "";
	unsigned char both[64];
	char text[128];

	if (events[i].with == SECUREBOOT)
		with = gh_fixture_has(f, GH_FIXTURE_SECUREBOOT_OFF) ? "0" : "1";
	snprintf(text, sizeof(text), "%s%s%s", events[i].text, with,
	    events[i].with == BIOS ? f->spec->board : "");
	memcpy(both, t->pcr[events[i].pcr], 32);
	sha256(f, text, strlen(text), both + 32);
	put_event(&t->log, events[i].pcr, events[i].type, both + 32, gh_text_of(text));
	sha256(f, both, sizeof(both), t->pcr[events[i].pcr]);
}

static void write_log(struct gh_fixture *f, struct tpm *t)
{
	static const unsigned char start[] = "StartupLocality\0\x03", zeros[32];

	put_head(&t->log);
	put_event(&t->log, 0, 3, zeros, (struct gh_bytes){start, 17});
	t->pcr[0][31] = LOCALITY;
	for (size_t i = 0; i < GH_COUNT(events); i++)
		measure(f, t, i);
	gh_fixture_bytes(
	    f, "sys/kernel/security/tpm0/binary_bios_measurements", t->log.p, t->log.len);
}

/* 17 to 22 are all ones until a dynamic launch. */
static void write_pcrs(struct gh_fixture *f, struct tpm *t)
{
	char path[64], hex[65];

	for (unsigned int i = 0; i < PCRS; i++) {
		if (i >= 17 && i <= 22)
			memset(t->pcr[i], 0xff, 32);
		gh_hex(hex, t->pcr[i], 32);
		for (char *c = hex; *c; c++)
			if (*c >= 'a')
				*c = (char)(*c - 'a' + 'A');
		snprintf(path, sizeof(path), "sys/class/tpm/tpm0/pcr-sha256/%u", i);
		gh_fixture_text(f, path, "%s\n", hex);
	}
}

/* ---- the key ---- */

static void free_signer(struct gh_signer **s)
{
	gh_signer_free(s);
}

/* The host's own key; made once, kept beside the fixture. */
static int open_ak(
    struct gh_signer **out, struct gh_buf *pem, const char *path, struct gh_err *err)
{
	if (!access(path, F_OK))
		return gh_file_read(pem, path, 4096, err) ||
			       gh_signer_from_pem(
				   out, (const char *)pem->p, pem->len, err)
			   ? -1
			   : 0;
	if (gh_signer_new(out, 256, err) || gh_signer_pem(*out, pem, err))
		return -1;
	return gh_file_write(path, pem->p, pem->len, 0600, err);
}

/* TPM2B_PUBLIC: ECC on P-256, ECDSA with SHA-256. The last 64 bytes of the SPKI are x||y. */
static void write_public(struct gh_fixture *f, const struct gh_signer *ak)
{
	gh_auto(struct gh_buf, gh_buf_free) spki = {0};
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(struct gh_pubkey *, gh_pubkey_free) key = NULL;

	if (gh_signer_pubkey(ak, &key, f->err) || gh_pubkey_spki(key, &spki, f->err)) {
		f->failed = true;
		return;
	}
	put_be(&b, 88, 2);
	put_be(&b, 0x0023000b, 4);
	put_be(&b, AK_ATTRS, 4);
	put_be(&b, 0x0000, 2);     /* no policy */
	put_be(&b, 0x00100018, 4); /* no symmetric part; ECDSA */
	put_be(&b, 0x000b0003, 4); /* with SHA-256, on P-256 */
	put_be(&b, 0x0010, 2);     /* no KDF */
	for (size_t i = 0; i < 2; i++) {
		put_be(&b, 32, 2);
		gh_buf_add(&b, spki.p + spki.len - 64 + 32 * i, 32);
	}
	gh_fixture_bytes(f, TPM "ak.pub", b.p, b.len);
}

static void write_ak(struct gh_fixture *f)
{
	gh_auto(struct gh_signer *, free_signer) ak = NULL;
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	char path[PATH_MAX];

	if (gh_path_join(path, sizeof(path), f->in->host_dir, "ak.pem", f->err) ||
	    open_ak(&ak, &pem, path, f->err)) {
		f->failed = true;
		return;
	}
	gh_fixture_bytes(f, TPM "ak.pem", pem.p, pem.len);
	gh_fixture_own(f, TPM "ak.pem", 0600, 0);
	write_public(f, ak);
}

/* ---- the quote ---- */

static void put_hex(struct gh_fixture *f, const char *path, const struct gh_buf *b)
{
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};

	gh_buf_hex(&hex, b->p, b->len);
	gh_fixture_text(f, path, "%s\n", gh_buf_cstr(&hex));
}

/* TPMS_ATTEST in two parts: the nonce of 16 bytes goes between them. */
static void write_attest(struct gh_fixture *f, const struct tpm *t)
{
	gh_auto(struct gh_buf, gh_buf_free) head = {0};
	gh_auto(struct gh_buf, gh_buf_free) tail = {0};
	gh_auto(struct gh_buf, gh_buf_free) all = {0};
	unsigned char digest[32];

	for (unsigned int i = 0; i < PCRS; i++)
		if (QUOTED >> i & 1)
			gh_buf_add(&all, t->pcr[i], 32);
	sha256(f, all.p, all.len, digest);
	put_be(&head, 0xff544347, 4); /* magic */
	put_be(&head, 0x8018, 2);     /* a quote */
	put_be(&head, 34, 2);         /* qualified signer */
	put_be(&head, 0x000b, 2);
	gh_buf_add(&head, digest, 32);
	put_be(&head, 16, 2);
	put_be(&tail, 3721098 + f->spec->index, 8); /* clock, ms */
	put_be(&tail, 17, 4);                       /* resets, restarts, safe */
	put_be(&tail, 0, 4);
	put_be(&tail, 1, 1);
	put_be(&tail, 0x0007005500020000, 8); /* firmware */
	put_be(&tail, 1, 4);
	put_be(&tail, 0x000b, 2);
	put_be(&tail, 3, 1);
	gh_buf_le(&tail, QUOTED, 3);
	put_be(&tail, 32, 2);
	gh_buf_add(&tail, digest, 32);
	put_hex(f, TPM "attest.head", &head);
	put_hex(f, TPM "attest.tail", &tail);
}

#define AK_HANDLE "0x81010002"

static const char quote[] =
    "#!/bin/sh\n"
    "# the lab's tpm2_quote: -c HANDLE -l LIST -q NONCE; it has one key\n"
    "while getopts c:l:q:Q o; do\n"
    "\tcase $o in c) c=$OPTARG ;; q) n=$OPTARG ;; esac\n"
    "done\n"
    "[ \"$c\" = " AK_HANDLE " ] || { echo \"ERROR: no key at $c\" >&2; exit 1; }\n"
    "read -r h </lab/tpm/attest.head\n"
    "read -r t </lab/tpm/attest.tail\n"
    "h=$h$n$t\n"
    "b= r=$h\n"
    "while [ -n \"$r\" ]; do\n"
    "\tx=$((0x${r%\"${r#??}\"}))\n"
    "\tr=${r#??}\n"
    "\tb=\"$b\\\\0$((x / 64))$((x / 8 % 8))$((x % 8))\"\n"
    "done\n"
    "s=$(printf '%b' \"$b\" | openssl dgst -sha256 -sign /lab/tpm/ak.pem |\n"
    "\tod -An -v -tx1 | tr -d ' \\n')\n"
    "[ -n \"$s\" ] || exit 1\n"
    "printf 'quoted: %s\\nsignature:\\n  alg: ecdsa\\n  sig: %s\\n' \"$h\" \"$s\"\n";

static const struct gh_fixture_row scripts[] = {
    {BIN "tpm2_quote", quote},
};

static void free_tpm(struct tpm *t)
{
	gh_buf_free(&t->log);
}

void gh_fixture_tpm(struct gh_fixture *f)
{
	gh_auto(struct tpm, free_tpm) t = {.log = {0}};

	gh_fixture_text(f, "sys/class/tpm/tpm0/tpm_version_major", "2\n");
	write_log(f, &t);
	write_pcrs(f, &t);
	write_ak(f);
	write_attest(f, &t);
	gh_fixture_rows(f, scripts, GH_COUNT(scripts));
	for (size_t i = 0; i < GH_COUNT(scripts); i++)
		gh_fixture_own(f, scripts[i].path, 0755, 0);
}
