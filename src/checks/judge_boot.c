/* SPDX-License-Identifier: Apache-2.0
 * Judges of the boot chain (G09). */
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

static void uefi(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "places");
	if (!it)
		return;
	gh_say(&j->f->source, "/sys/firmware/efi");
	if (gh_item_line(it, "/sys/firmware/efi/fw_platform_size", NULL))
		gh_judge_pass(j, "booted by UEFI");
	else
		gh_judge_fail(j, "legacy", "no /sys/firmware/efi/fw_platform_size");
}

bool gh_judge_efivar_bytes(struct gh_judging *j, const char *item, struct gh_buf *out)
{
	const struct gh_probe_item *it = gh_judge_item(j, item);
	if (!it) {
		const struct gh_probe_item *raw = gh_probe_get(j->probe, item);
		if (raw && raw->rc == 2)
			gh_judge_unknown(j, "absent", "the variable is not there");
		return false;
	}
	if (it->enc != '-' && gh_probe_bytes(out, it, NULL) == 0)
		return true;
	gh_judge_unknown(j, "malformed", "the variable did not come as hex or base64");
	return false;
}

bool gh_judge_efivar(
    struct gh_judging *j, const char *item, unsigned char *out, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	if (!gh_judge_efivar_bytes(j, item, &b))
		return false;
	if (b.len < len) {
		gh_judge_unknown(
		    j, "short", "the variable has %zu bytes, need %zu", b.len, len);
		return false;
	}
	memcpy(out, b.p, len);
	return true;
}

static void secureboot(struct gh_judging *j)
{
	unsigned char on[5], setup[5];
	if (!gh_judge_efivar(j, "efi.secureboot", on, sizeof(on)) ||
	    !gh_judge_efivar(j, "efi.setupmode", setup, sizeof(setup)))
		return;
	gh_say(&j->f->source, "efivars SecureBoot, SetupMode");
	if (on[4] == 1 && setup[4] == 0)
		gh_judge_pass(j, "SecureBoot 1, SetupMode 0");
	else
		gh_judge_fail(j, setup[4] ? "setup_mode" : "off",
		    "SecureBoot %u, SetupMode %u", on[4], setup[4]);
}

/* The test key of AMI's reference code says so in its subject (CVE-2024-8105). The name is
 * ASCII inside the certificate. */
static void pk(struct gh_judging *j)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	if (!gh_judge_efivar_bytes(j, "efi.pk", &b))
		return;
	struct gh_bytes v = gh_buf_view(&b);
	if (gh_text_find(v, "DO NOT TRUST") || gh_text_find(v, "DO NOT SHIP"))
		gh_judge_fail(j, "test_key", "the platform key is AMI's public test key");
	else if (b.len <= 4)
		gh_judge_fail(j, "empty", "no platform key is enrolled");
	else
		gh_judge_pass(j, "%zu bytes, not a known test key", b.len - 4);
}

static void tpm(struct gh_judging *j)
{
	uint64_t v;
	if (!gh_judge_number(j, "sys", "/sys/class/tpm/tpm0/tpm_version_major", &v))
		return;
	if (v == 2)
		gh_judge_pass(j, "TPM 2");
	else
		gh_judge_fail(j, "version", "TPM %llu", (unsigned long long)v);
}

static bool is_hex(struct gh_bytes v)
{
	unsigned char out[32];
	char text[65];
	if (v.len != 64)
		return false;
	memcpy(text, v.p, 64);
	text[64] = '\0';
	return gh_unhex(out, sizeof(out), text, NULL) == 0;
}

/* Every digit the same, 0 or F: a bank that nobody extended. */
static bool is_blank(struct gh_bytes v)
{
	for (size_t i = 1; i < v.len; i++)
		if (v.p[i] != v.p[0])
			return false;
	return v.p[0] == '0' || v.p[0] == 'F' || v.p[0] == 'f';
}

static void tpm_empty_pcr(struct gh_judging *j)
{
	char path[] = "/sys/class/tpm/tpm0/pcr-sha256/N";
	struct gh_bytes v;
	for (char n = '0'; n <= '7'; n++) {
		path[sizeof(path) - 2] = n;
		if (!gh_judge_file(j, "sys", path, &v))
			return;
		if (!is_hex(v)) {
			gh_judge_unknown(j, "malformed", "PCR %c is no SHA-256 value", n);
			return;
		}
		if (is_blank(v)) {
			gh_judge_fail(j, "empty", "PCR %c was never extended", n);
			return;
		}
	}
	gh_say(&j->f->source, "/sys/class/tpm/tpm0/pcr-sha256");
	gh_judge_pass(j, "PCRs 0-7 all hold measurements");
}

static void lockdown(struct gh_judging *j)
{
	struct gh_bytes v;
	if (!gh_judge_file(j, "sys", "/sys/kernel/security/lockdown", &v))
		return;
	if (gh_text_find(v, "[integrity]") || gh_text_find(v, "[confidentiality]"))
		gh_judge_pass(j, "%.*s", (int)v.len, (const char *)v.p);
	else if (gh_text_find(v, "[none]"))
		gh_judge_fail(j, "none", "%.*s", (int)v.len, (const char *)v.p);
	else
		gh_judge_unknown(j, "malformed", "no mode is marked");
}

static void uptime(struct gh_judging *j)
{
	struct gh_bytes v;
	uint64_t s;
	if (!gh_judge_file(j, "sys", "/proc/uptime", &v))
		return;
	if (gh_version_read(v, &s, 1) == 1)
		gh_judge_counted(j, (int64_t)(s / 86400), "up for %llu days",
		    (unsigned long long)(s / 86400));
	else
		gh_judge_unknown(j, "malformed", "/proc/uptime has another form");
}

const struct gh_judge gh_judges_boot[] = {
    {"host.boot.uefi", uefi},
    {"host.boot.secureboot", secureboot},
    {"host.boot.pk", pk},
    {"host.boot.tpm", tpm},
    {"host.boot.tpm_empty_pcr", tpm_empty_pcr},
    {"host.boot.lockdown", lockdown},
    {"host.boot.uptime", uptime},
    {NULL, NULL},
};
