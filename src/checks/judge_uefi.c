/* SPDX-License-Identifier: Apache-2.0
 * Judges of the firmware's variables and of what verifies the firmware itself (G09). */
#include <string.h>

#include "base/text.h"
#include "checks/efi_list.h"
#include "checks/judge.h"
#include "crypto/digest.h"

#define ATTRIBUTES  4 /* bytes in front of a variable's value */
#define ENTRIES_MAX 8192

/* The value of a variable that is there and has one. */
static bool value_of(
    struct gh_judging *j, const char *item, struct gh_buf *b, struct gh_bytes *value)
{
	if (!gh_judge_efivar_bytes(j, item, b))
		return false;
	if (b->len <= ATTRIBUTES) {
		gh_judge_unknown(j, "short", "%s has %zu bytes", item, b->len);
		return false;
	}
	*value = (struct gh_bytes){b->p + ATTRIBUTES, b->len - ATTRIBUTES};
	return true;
}

/* ---- db, KEK, dbx ---- */

/* What a signature database holds, as far as anybody asks. */
struct holding {
	size_t n, n_sha256;
	bool old, new; /* an entry whose certificate carries that name */
};

/* Names stand in a certificate as they are read: as ASCII. */
static int look(struct holding *h, struct gh_bytes value, const char *old,
    const char *new, struct gh_err *err)
{
	struct gh_efi_walk w = gh_efi_walk_of(value);
	struct gh_efi_entry e;
	int got;

	*h = (struct holding){0};
	while ((got = gh_efi_next(&w, &e, err)) > 0) {
		if (++h->n > ENTRIES_MAX)
			return gh_fail(
			    err, GH_E_PARSE, "more than %d entries", ENTRIES_MAX);
		h->n_sha256 += e.kind == GH_EFI_SHA256;
		if (e.kind != GH_EFI_X509)
			continue;
		h->old |= gh_text_find(e.data, old) != NULL;
		h->new |= gh_text_find(e.data, new) != NULL;
	}
	return got;
}

/* Who has the certificate of 2011 needs the one of 2023 too: what the old one signed goes
 * on, what comes is signed by the new one. */
static bool is_current(
    struct gh_judging *j, const char *item, const char *old, const char *new)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_bytes value;
	struct gh_err e = {0};
	struct holding h;

	if (!value_of(j, item, &b, &value))
		return false;
	if (look(&h, value, old, new, &e)) {
		gh_judge_unknown(j, "malformed", "%s: %s", item, e.what);
		return false;
	}
	if (!h.n) {
		gh_judge_fail(j, "empty", "%s holds no certificate", item);
		return false;
	}
	if (!h.old || h.new)
		return true;
	gh_judge_fail(
	    j, strchr(item, '.') + 1, "%s has \"%s\" and not \"%s\"", item, old, new);
	return false;
}

static void judge_dbx(struct gh_judging *j)
{
	int64_t least = gh_param_int(j, "dbx_entries_min", 0);
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_bytes value;
	unsigned char digest[32];
	struct gh_err e = {0};
	struct holding h;
	char hex[65];

	if (!value_of(j, "efi.dbx", &b, &value))
		return;
	if (look(&h, value, "", "", &e) || gh_sha256(value.p, value.len, digest, &e)) {
		gh_judge_unknown(j, "malformed", "efi.dbx: %s", e.what);
		return;
	}
	gh_hex(hex, digest, sizeof(digest));
	gh_say(&j->f->source, "efivars db, KEK, dbx");
	if (!gh_param_has(j, "dbx_sha256", hex) && h.n_sha256 < (uint64_t)least)
		gh_judge_fail(j, "dbx", "dbx revokes %zu images, need %lld (sha256 %s)",
		    h.n_sha256, (long long)least, hex);
	else
		gh_judge_pass(
		    j, "db and KEK current; dbx revokes %zu images", h.n_sha256);
}

static void db(struct gh_judging *j)
{
	if (is_current(j, "efi.db",
		gh_param_text(j, "db_old", "Microsoft Corporation UEFI CA 2011"),
		gh_param_text(j, "db_new", "Microsoft UEFI CA 2023")) &&
	    is_current(j, "efi.kek",
		gh_param_text(j, "kek_old", "Microsoft Corporation KEK CA 2011"),
		gh_param_text(j, "kek_new", "Microsoft Corporation KEK 2K CA 2023")))
		judge_dbx(j);
}

/* ---- shim ---- */

/* "sbat,1,2023012900": the third field of the first line is the level. */
static void sbat(struct gh_judging *j)
{
	int64_t least = gh_param_int(j, "level_min", 0);
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_bytes value, line;
	uint64_t level;

	if (!value_of(j, "efi.sbat", &b, &value))
		return;
	if (!gh_text_line(&value, &line) || !gh_text_starts(line, "sbat,1,") ||
	    gh_text_u64((struct gh_bytes){line.p + 7, line.len - 7}, 10, &level))
		gh_judge_unknown(j, "malformed", "SbatLevelRT has another form");
	else if (level < (uint64_t)least)
		gh_judge_fail(j, "old", "level %llu, need %lld",
		    (unsigned long long)level, (long long)least);
	else
		gh_judge_pass(j, "level %llu", (unsigned long long)level);
}

/* A key is known by its digest, or carries the name of a distribution's authority. */
static bool mok_known(const struct gh_judging *j, struct gh_bytes data, const char *hex)
{
	const json_t *names = json_object_get(j->check->params, "names");

	if (gh_param_has(j, "sha256", hex))
		return true;
	for (size_t i = 0; i < json_array_size(names); i++) {
		const char *name = json_string_value(json_array_get(names, i));

		if (name && *name && gh_text_find(data, name))
			return true;
	}
	return false;
}

static void judge_moks(struct gh_judging *j, struct gh_bytes value)
{
	struct gh_efi_walk w = gh_efi_walk_of(value);
	struct gh_efi_entry e;
	struct gh_err err = {0};
	unsigned char digest[32];
	char hex[65], strange[65] = "";
	size_t n = 0, n_strange = 0;
	int got;

	while ((got = gh_efi_next(&w, &e, &err)) > 0 && n++ < ENTRIES_MAX) {
		if (gh_sha256(e.data.p, e.data.len, digest, &err))
			break;
		gh_hex(hex, digest, sizeof(digest));
		if (e.kind == GH_EFI_X509 && mok_known(j, e.data, hex))
			continue;
		n_strange++;
		memcpy(strange, hex, sizeof(strange));
	}
	if (got)
		gh_judge_unknown(j, "malformed", "MokListRT: %s",
		    err.what[0] ? err.what : "it has no end");
	else if (n_strange)
		gh_judge_fail(j, "strange",
		    "%zu of %zu keys are nobody's, e.g. sha256 %s", n_strange, n,
		    strange);
	else
		gh_judge_pass(j, "%zu keys, all of a distribution or of ours", n);
}

/* No shim, no list: where the firmware's variables can be read at all, that is no fault. */
static void mok(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_probe_get(j->probe, "efi.mok");
	const struct gh_probe_item *efi = gh_probe_get(j->probe, "efi.secureboot");
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_bytes value;

	if (it && it->rc == 2 && efi && efi->rc == 0) {
		gh_say(&j->f->source, "efivar MokListRT");
		gh_judge_pass(j, "no list: shim enrolled nothing");
	} else if (value_of(j, "efi.mok", &b, &value)) {
		judge_moks(j, value);
	}
}

/* shim keeps these for itself until the OS runs (no runtime attribute). One that shows in
 * efivarfs was made by somebody else, and shim may take it for its own. */
static void bootservicevars(struct gh_judging *j)
{
	static const char *const hidden[] = {"MokList", "MokListX", "MokListTrusted",
	    "MokSBState", "MokDBState", "MokPWStore", "SbatLevel"};
	static const char dir[] = "/sys/firmware/efi/efivars/";
	const struct gh_probe_item *it = gh_judge_item(j, "places");
	struct gh_bytes rest, line;

	if (!it)
		return;
	gh_say(&j->f->source, "/sys/firmware/efi/efivars");
	if (!gh_item_line(it, "/sys/firmware/efi/efivars/SecureBoot-", NULL)) {
		gh_judge_unknown(j, "absent", "efivarfs shows no variable");
		return;
	}
	for (rest = it->data; gh_text_line(&rest, &line);) {
		struct gh_bytes name = {line.p + sizeof(dir) - 1, 0};

		if (!gh_text_starts(line, dir))
			continue;
		while (name.p + name.len < line.p + line.len && name.p[name.len] != '-')
			name.len++;
		for (size_t i = 0; i < GH_COUNT(hidden); i++)
			if (gh_text_is(name, hidden[i])) {
				gh_judge_fail(
				    j, "exposed", "%s can be seen by the OS", hidden[i]);
				return;
			}
	}
	gh_judge_pass(j, "none of shim's boot-time variables shows");
}

/* ---- what verifies the firmware ---- */

/* BOOT_GUARD_SACM_INFO, MSR 0x13a */
#define BG_NEM      (1ull << 0) /* the ACM ran and set up the cache */
#define BG_MEASURED (1ull << 5)
#define BG_VERIFIED (1ull << 6)
#define BG_REVOKED  (1ull << 7)
#define BG_CAPABLE  (1ull << 32)

static void bootguard_intel(struct gh_judging *j)
{
	uint64_t v;

	if (!gh_judge_msr(j, 0x13a, &v))
		return;
	const char *reason = v & BG_REVOKED                       ? "revoked"
			     : !(v & (BG_MEASURED | BG_VERIFIED)) ? "off"
			     : !(v & BG_NEM) || !(v & BG_CAPABLE) ? "unproven"
								  : NULL;
	if (reason)
		gh_judge_fail(j, reason, "MSR 0x13a = 0x%llx", (unsigned long long)v);
	else
		gh_judge_pass(j, "Boot Guard: measured %d, verified %d",
		    (v & BG_MEASURED) != 0, (v & BG_VERIFIED) != 0);
}

/* The kernel shows whether the part is fused, not whose key Platform Secure Boot binds. */
static void bootguard_amd(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "ccp");
	struct gh_walk w;

	if (!it)
		return;
	w = gh_walk_of(it, "/sys/bus/pci/drivers/ccp/", "/fused_part");
	gh_say(&j->f->source, "/sys/bus/pci/drivers/ccp/*/fused_part");
	if (!gh_walk_next(&w))
		gh_judge_unknown(j, "absent", "the kernel does not show fused_part");
	else if (gh_text_is(w.value, "1"))
		gh_judge_pass(j, "the processor is fused for Platform Secure Boot");
	else
		gh_judge_fail(j, "off", "fused_part is %.*s",
		    (int)(w.value.len < 8 ? w.value.len : 8), (const char *)w.value.p);
}

static void bootguard(struct gh_judging *j)
{
	if (j->host->tee == GH_TEE_SNP)
		bootguard_amd(j);
	else
		bootguard_intel(j);
}

/* The boot aggregate alone is one entry: a policy makes more. */
static void ima(struct gh_judging *j)
{
	bool required = gh_param_int(j, "required", 0) != 0;
	uint64_t n;

	if (!gh_judge_number(
		j, "dmi.root", "/sys/kernel/security/ima/runtime_measurements_count", &n))
		return;
	if (required && n <= 1)
		gh_judge_fail(j, "idle", "%llu entries: no policy measures anything",
		    (unsigned long long)n);
	else
		gh_judge_pass(j, "%llu entries", (unsigned long long)n);
}

const struct gh_judge gh_judges_uefi[] = {
    {"host.boot.db", db},
    {"host.boot.sbat", sbat},
    {"host.boot.mok", mok},
    {"host.boot.bootservicevars", bootservicevars},
    {"host.boot.bootguard", bootguard},
    {"host.boot.ima", ima},
    {NULL, NULL},
};
