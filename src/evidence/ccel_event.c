/* SPDX-License-Identifier: Apache-2.0
 * Which part of an event its digest covers, by type (spec/tdx.md section 5.3). */
#include "evidence/ccel_event.h"

#include "base/text.h"
#include "crypto/digest.h"

/* 8be4df61-93ca-11d2-aa0d-00e098032b8c, the firmware's own variables */
static const unsigned char efi_global[16] = {0x61, 0xDF, 0xE4, 0x8B, 0xCA, 0x93, 0xD2,
    0x11, 0xAA, 0x0D, 0x00, 0xE0, 0x98, 0x03, 0x2B, 0x8C};

/* What the digest of a type is of, where it is not of the whole data. */
enum rule {
	OTHER, /* of something that is not in the log: the data only names it */
	WHOLE, /* of the data: anything else contradicts */
	SEPARATOR,
	VARIABLE, /* of the variable's data */
	IPL,      /* of the text behind a known label */
	TAGGED,
	RUNTIME, /* of type, name and payload */
};

static const struct {
	uint32_t type;
	enum rule rule;
	const char *name;
} types[] = {
    {0x00000000, OTHER, "EV_PREBOOT_CERT"},
    {0x00000001, OTHER, "EV_POST_CODE"},
    {GH_EV_NO_ACTION, OTHER, "EV_NO_ACTION"},
    {GH_EV_SEPARATOR, SEPARATOR, "EV_SEPARATOR"},
    {0x00000005, OTHER, "EV_ACTION"},
    {GH_EV_TAG, TAGGED, "EV_EVENT_TAG"},
    {0x00000007, OTHER, "EV_S_CRTM_CONTENTS"},
    {0x00000008, OTHER, "EV_S_CRTM_VERSION"},
    {0x00000009, OTHER, "EV_CPU_MICROCODE"},
    {GH_EV_CONFIG_FLAGS, OTHER, "EV_PLATFORM_CONFIG_FLAGS"},
    {0x0000000B, OTHER, "EV_TABLE_OF_DEVICES"},
    {0x0000000C, OTHER, "EV_COMPACT_HASH"},
    {GH_EV_IPL, IPL, "EV_IPL"},
    {0x0000000E, OTHER, "EV_IPL_PARTITION_DATA"},
    {0x00000011, OTHER, "EV_NONHOST_INFO"},
    {0x00000012, OTHER, "EV_OMIT_BOOT_DEVICE_EVENTS"},
    {0x00000013, OTHER, "EV_POST_CODE2"},
    {GH_EV_DSTACK, RUNTIME, "dstack runtime event"},
    {GH_EV_VAR_CONFIG, WHOLE, "EV_EFI_VARIABLE_DRIVER_CONFIG"},
    {GH_EV_VAR_BOOT, VARIABLE, "EV_EFI_VARIABLE_BOOT"},
    {GH_EV_BOOT_APP, OTHER, "EV_EFI_BOOT_SERVICES_APPLICATION"},
    {0x80000004, OTHER, "EV_EFI_BOOT_SERVICES_DRIVER"},
    {0x80000005, OTHER, "EV_EFI_RUNTIME_SERVICES_DRIVER"},
    {GH_EV_GPT, WHOLE, "EV_EFI_GPT_EVENT"},
    {GH_EV_ACTION, WHOLE, "EV_EFI_ACTION"},
    {0x80000008, OTHER, "EV_EFI_PLATFORM_FIRMWARE_BLOB"},
    {0x80000009, OTHER, "EV_EFI_HANDOFF_TABLES"},
    {GH_EV_FIRMWARE_BLOB2, OTHER, "EV_EFI_PLATFORM_FIRMWARE_BLOB2"},
    {GH_EV_HANDOFF_TABLES2, OTHER, "EV_EFI_HANDOFF_TABLES2"},
    {GH_EV_VAR_BOOT2, VARIABLE, "EV_EFI_VARIABLE_BOOT2"},
    {0x80000010, OTHER, "EV_EFI_HCRTM_EVENT"},
    {GH_EV_VAR_AUTHORITY, WHOLE, "EV_EFI_VARIABLE_AUTHORITY"},
    {0x800000E1, OTHER, "EV_EFI_SPDM_FIRMWARE_BLOB"},
    {0x800000E2, OTHER, "EV_EFI_SPDM_FIRMWARE_CONFIG"},
};

/* Labels of an EV_IPL whose digest is of the text behind them. */
static const struct {
	const char *label;
	bool cmdline;
} labels[] = {
    {"grub_cmd: ", false},
    {"kernel_cmdline: ", true},
    {"grub_cmd ", false}, /* Alibaba's spelling: with its NUL, and a stray byte after */
    {"grub_kernel_cmdline ", true},
};

const char *gh_ccel_mark_word(enum gh_ccel_mark m)
{
	static const char *const words[] = {[GH_CCEL_NAME_ONLY] = "name only",
	    [GH_CCEL_PROVEN] = "proven",
	    [GH_CCEL_CONTRADICTED] = "contradicted"};

	return words[m];
}

const char *gh_ccel_type_name(uint32_t type)
{
	for (size_t i = 0; i < GH_COUNT(types); i++)
		if (types[i].type == type)
			return types[i].name;
	return "unknown type";
}

static enum rule rule_of(uint32_t type)
{
	for (size_t i = 0; i < GH_COUNT(types); i++)
		if (types[i].type == type)
			return types[i].rule;
	return OTHER;
}

static bool is_digest_of(const struct gh_ccel_event *ev, const void *p, size_t len)
{
	unsigned char digest[GH_RTMR_LEN];

	return ev->sha384 && !gh_hash(GH_SHA384, len ? p : "", len, digest, NULL) &&
	       !memcmp(digest, ev->sha384, GH_RTMR_LEN);
}

static void prove(struct gh_ccel_reading *r, const char *covers, struct gh_bytes text)
{
	r->mark = GH_CCEL_PROVEN;
	r->covers = covers;
	r->text = text;
}

bool gh_uefi_var_read(struct gh_uefi_var *out, struct gh_bytes data)
{
	struct gh_rd r = gh_rd_of(data.p, data.len);
	uint64_t n_chars, n_bytes;

	out->guid = gh_rd_bytes(&r, 16);
	n_chars = gh_rd_u64le(&r);
	n_bytes = gh_rd_u64le(&r);
	/* Compared before anything is multiplied: both may be 2^63. */
	if (r.bad || n_chars > gh_rd_left(&r) / 2)
		return false;
	out->name.len = 2 * (size_t)n_chars;
	out->name.p = gh_rd_bytes(&r, out->name.len);
	if (n_bytes != gh_rd_left(&r))
		return false;
	out->data.len = (size_t)n_bytes;
	out->data.p = gh_rd_bytes(&r, out->data.len);
	return true;
}

bool gh_utf16_is(struct gh_bytes utf16, const char *ascii)
{
	size_t n = strlen(ascii);

	if (utf16.len != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (utf16.p[2 * i] != (unsigned char)ascii[i] || utf16.p[2 * i + 1])
			return false;
	return true;
}

static void read_variable(struct gh_ccel_reading *r, const struct gh_ccel_event *ev)
{
	struct gh_uefi_var var;

	if (gh_uefi_var_read(&var, ev->data) &&
	    is_digest_of(ev, var.data.p, var.data.len))
		prove(r, "variable data", var.data);
}

/* Section 5.3: one that reports an error has the digest of the number 1, whatever text
 * stands in it. */
static void read_separator(struct gh_ccel_reading *r, const struct gh_ccel_event *ev)
{
	static const unsigned char one[4] = {1};

	r->failed = is_digest_of(ev, one, sizeof(one));
	if (r->failed && r->mark != GH_CCEL_PROVEN)
		r->mark = GH_CCEL_NAME_ONLY;
}

/* A boot stub names a section in UTF-16 and measures the name in ASCII with its NUL. */
static void read_section_name(struct gh_ccel_reading *r, const struct gh_ccel_event *ev)
{
	unsigned char name[64];
	size_t n = ev->data.len / 2;

	if (ev->data.len % 2 || !n || n > sizeof(name))
		return;
	for (size_t i = 0; i < n; i++) {
		if (ev->data.p[2 * i + 1])
			return;
		name[i] = ev->data.p[2 * i];
	}
	if (name[n - 1])
		return;
	r->utf16 = true;
	if (is_digest_of(ev, name, n))
		prove(r, "section name", ev->data);
}

/* Text up to its first NUL: with or without that NUL in the digest. */
static void read_ipl(struct gh_ccel_reading *r, const struct gh_ccel_event *ev)
{
	for (size_t i = 0; i < GH_COUNT(labels); i++) {
		size_t skip = strlen(labels[i].label);
		struct gh_bytes text = {ev->data.p + skip, ev->data.len - skip};
		const unsigned char *nul;

		if (!gh_text_starts(ev->data, labels[i].label))
			continue;
		nul = memchr(text.p, 0, text.len);
		if (nul)
			text.len = (size_t)(nul - text.p);
		r->cmdline = labels[i].cmdline;
		r->mark = GH_CCEL_CONTRADICTED;
		r->text = text;
		if (is_digest_of(ev, text.p, text.len))
			prove(r, "text", text);
		else if (nul && is_digest_of(ev, text.p, text.len + 1))
			prove(r, "text and NUL", text);
		return;
	}
	read_section_name(r, ev);
}

static void read_tagged(struct gh_ccel_reading *r, const struct gh_ccel_event *ev)
{
	struct gh_rd d = gh_rd_of(ev->data.p, ev->data.len);
	uint32_t id = gh_rd_u32le(&d);
	struct gh_bytes payload = {NULL, gh_rd_u32le(&d)};

	payload.p = gh_rd_bytes(&d, payload.len);
	if (gh_rd_end(&d, "tagged event", NULL))
		return;
	if (id == GH_TAG_AAEL && r->mark != GH_CCEL_PROVEN)
		r->mark = GH_CCEL_CONTRADICTED;
	if (r->mark == GH_CCEL_PROVEN || is_digest_of(ev, payload.p, payload.len)) {
		prove(r, r->mark == GH_CCEL_PROVEN ? r->covers : "payload", payload);
		r->utf16 = r->cmdline = id == GH_TAG_LOAD_OPTIONS;
	}
}

int gh_ccel_runtime_digest(const struct gh_ccel_event *ev,
    unsigned char out[static GH_RTMR_LEN], struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) whole = {0};

	for (size_t i = 0; i < 4; i++)
		gh_buf_chr(&whole, (char)(ev->type >> (8 * i)));
	gh_buf_fmt(&whole, ":%s:", ev->name);
	gh_buf_add(&whole, ev->data.p, ev->data.len);
	if (gh_buf_ok(&whole, err))
		return -1;
	return gh_hash(GH_SHA384, whole.p, whole.len, out, err);
}

static void read_runtime(struct gh_ccel_reading *r, const struct gh_ccel_event *ev)
{
	unsigned char digest[GH_RTMR_LEN];

	if (!*ev->name)
		return;
	r->mark = GH_CCEL_CONTRADICTED;
	if (!gh_ccel_runtime_digest(ev, digest, NULL) &&
	    !memcmp(digest, ev->sha384, GH_RTMR_LEN))
		prove(r, "name and payload", ev->data);
}

struct gh_ccel_reading gh_ccel_read(const struct gh_ccel_event *ev)
{
	enum rule rule = rule_of(ev->type);
	struct gh_ccel_reading r = {.covers = "", .text = ev->data};

	if (ev->type == GH_EV_NO_ACTION)
		return r;
	if (rule == RUNTIME) {
		read_runtime(&r, ev);
		return r;
	}
	/* A JSON log leaves the data out: nothing is said, so nothing is contradicted. */
	if (ev->data.len && (rule == WHOLE || rule == SEPARATOR || rule == VARIABLE))
		r.mark = GH_CCEL_CONTRADICTED;
	if (is_digest_of(ev, ev->data.p, ev->data.len))
		prove(&r, "data", ev->data);
	if (rule == SEPARATOR)
		read_separator(&r, ev);
	else if (rule == TAGGED)
		read_tagged(&r, ev);
	else if (rule == VARIABLE && r.mark != GH_CCEL_PROVEN)
		read_variable(&r, ev);
	else if (rule == IPL && r.mark != GH_CCEL_PROVEN)
		read_ipl(&r, ev);
	return r;
}

/* The digest covers GUID, name and data, but not the type: only what the firmware measured
 * before it handed over counts, and that is before RTMR0's separator. */
static void note_secure_boot(
    struct gh_ccel_facts *f, const struct gh_ccel_event *ev, bool handed_over)
{
	struct gh_uefi_var var;
	enum gh_secure_boot now;

	if (handed_over || ev->type != GH_EV_VAR_CONFIG ||
	    !gh_uefi_var_read(&var, ev->data) || memcmp(var.guid, efi_global, 16) != 0 ||
	    !gh_utf16_is(var.name, "SecureBoot"))
		return;
	if (!var.data.len)
		now = GH_SECURE_BOOT_ABSENT;
	else if (var.data.len == 1 && var.data.p[0] <= 1)
		now = var.data.p[0] ? GH_SECURE_BOOT_ON : GH_SECURE_BOOT_OFF;
	else
		now = GH_SECURE_BOOT_UNCLEAR;
	f->secure_boot = f->secure_boot == GH_SECURE_BOOT_UNSAID || f->secure_boot == now
			     ? now
			     : GH_SECURE_BOOT_UNCLEAR;
}

static void note_cmdline(struct gh_ccel_facts *f, const struct gh_ccel_reading *r)
{
	bool same = f->cmdline.p && f->cmdline.len == r->text.len &&
		    !memcmp(f->cmdline.p, r->text.p, r->text.len);

	f->n_cmdlines += !same;
	f->cmdline = r->text;
	f->cmdline_utf16 = r->utf16;
}

static void note_proven(struct gh_ccel_facts *f, const struct gh_ccel_event *ev,
    const struct gh_ccel_reading *r, bool handed_over)
{
	f->proven++;
	if (gh_ccel_measured(ev, 0))
		note_secure_boot(f, ev, handed_over);
	if (gh_ccel_measured(ev, 2) && r->cmdline)
		note_cmdline(f, r);
}

void gh_ccel_survey(struct gh_ccel_facts *out, const struct gh_events *es)
{
	bool handed_over = false;

	*out = (struct gh_ccel_facts){0};
	for (size_t i = 0; i < es->n; i++) {
		const struct gh_ccel_event *ev = &es->at[i];
		struct gh_ccel_reading r = gh_ccel_read(ev);

		if (ev->type == GH_EV_NO_ACTION)
			continue;
		if (r.failed && !out->failed)
			out->failed = ev;
		if (r.mark == GH_CCEL_PROVEN) {
			note_proven(out, ev, &r, handed_over);
		} else if (r.mark == GH_CCEL_NAME_ONLY) {
			out->name_only++;
		} else {
			if (out->contradicted < GH_CCEL_WRONG)
				out->wrong[out->contradicted] = ev;
			out->contradicted++;
		}
		handed_over = handed_over ||
			      (ev->type == GH_EV_SEPARATOR && gh_ccel_measured(ev, 0));
		if (ev->type != GH_EV_BOOT_APP || !gh_ccel_measured(ev, 1))
			continue;
		if (out->n_apps < GH_CCEL_APPS)
			out->app[out->n_apps] = ev->sha384;
		out->n_apps++;
	}
}
