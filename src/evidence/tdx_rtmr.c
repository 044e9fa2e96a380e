/* SPDX-License-Identifier: Apache-2.0
 * Predicts the events of RTMR1 and RTMR2. */
#include "evidence/tdx_rtmr.h"

#include <stdio.h>

#include "base/rd.h"
#include "crypto/digest.h"

/* Event types (TCG PC Client Platform Firmware Profile). */
#define EV_SEPARATOR  0x00000004u
#define EV_EVENT_TAG  0x00000006u
#define EV_IPL        0x0000000Du
#define EV_EFI_APP    0x80000003u
#define EV_EFI_GPT    0x80000006u
#define EV_EFI_ACTION 0x80000007u

#define EMPTY_MAX (64u << 20) /* zeros behind a section's data: no stub has that many */

/* ---- rows --------------------------------------------------------------------------- */

/* A new row; its digest is still to be written. Rows are few and fixed: never full. */
static struct gh_rtmr_row *add_row(
    struct gh_rtmr_log *log, unsigned int rtmr, uint32_t type, const char *words)
{
	struct gh_rtmr_row *row = &log->at[log->n++];

	*row = (struct gh_rtmr_row){.rtmr = rtmr, .type = type, .known = true};
	snprintf(row->words, sizeof(row->words), "%s", words);
	return row;
}

static void add_unknown(
    struct gh_rtmr_log *log, unsigned int rtmr, uint32_t type, const char *words)
{
	add_row(log, rtmr, type, words)->known = false;
}

/* Events whose digest is that of their text. */
static int add_text(struct gh_rtmr_log *log, uint32_t type, const void *text, size_t len,
    const char *words, struct gh_err *err)
{
	struct gh_rtmr_row *row = add_row(log, 1, type, words);

	return gh_hash(GH_SHA384, text, len, row->digest, err);
}

static int add_action(struct gh_rtmr_log *log, const char *text, struct gh_err *err)
{
	return add_text(log, EV_EFI_ACTION, text, strlen(text), text, err);
}

/* What the firmware says when it starts the boot option. */
static int add_start(
    struct gh_rtmr_log *log, const struct gh_rtmr_in *in, struct gh_err *err)
{
	if (add_action(log, "Calling EFI Application from Boot Option", err) < 0)
		return -1;
	if (in->flags & GH_RTMR_NO_SEPARATOR)
		return 0;
	return add_text(log, EV_SEPARATOR, "\0\0\0\0", 4, "separator", err);
}

/* What it says when the kernel takes over. */
static int add_exit(struct gh_rtmr_log *log, struct gh_err *err)
{
	return add_action(log, "Exit Boot Services Invocation", err) < 0
		   ? -1
		   : add_action(log, "Exit Boot Services Returned with Success", err);
}

static int add_image(
    struct gh_rtmr_log *log, struct gh_bytes image, const char *words, struct gh_err *err)
{
	struct gh_rtmr_row *row = add_row(log, 1, EV_EFI_APP, words);
	struct gh_pe pe;

	if (gh_pe_parse(&pe, image.p, image.len, err) < 0)
		return gh_err_prefix(err, "%s", words);
	return gh_pe_authenticode(&pe, GH_SHA384, row->digest, err);
}

int gh_rtmr_replay(const struct gh_rtmr_log *log, unsigned int rtmr,
    uint8_t out[static GH_RTMR_DIGEST], struct gh_err *err)
{
	uint8_t both[2 * GH_RTMR_DIGEST] = {0};

	for (size_t i = 0; i < log->n; i++) {
		const struct gh_rtmr_row *row = &log->at[i];

		if (row->rtmr != rtmr)
			continue;
		if (!row->known)
			return gh_fail(err, GH_E_USAGE, "RTMR%u is not predicted: %s",
			    rtmr, row->words);
		memcpy(both + GH_RTMR_DIGEST, row->digest, GH_RTMR_DIGEST);
		if (gh_hash(GH_SHA384, both, sizeof(both), both, err) < 0)
			return -1;
	}
	memcpy(out, both, GH_RTMR_DIGEST);
	return 0;
}

/* ---- direct boot -------------------------------------------------------------------- */

/* The setup header of a bzImage (Linux, Documentation/arch/x86/boot.rst). */
#define HDR_MAGIC_AT    0x202
#define HDR_END         0x238
#define HDR_LOADED_HIGH 0x01
#define XLF_ABOVE_4G    0x02

#define CMDLINE_ADDR 0x20000u
#define REAL_ADDR    0x10000u
#define ACPI_DATA    0x28000u /* QEMU keeps it free below the end of low memory */
#define LOW_SPLIT    0xB0000000ull
#define LOW_END      0x80000000u /* of low memory, when there is more than that (q35) */

static void put_le(unsigned char *at, size_t len, uint32_t v)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (unsigned char)(v >> (8 * i));
}

struct setup {
	uint16_t protocol, xlf;
	uint8_t loadflags;
	uint32_t initrd_max;
};

static int read_setup(struct setup *s, struct gh_bytes kernel, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(kernel.p, kernel.len);
	uint32_t magic;

	gh_rd_skip(&r, HDR_MAGIC_AT);
	magic = gh_rd_u32le(&r);
	s->protocol = gh_rd_u16le(&r); /* 0x206 */
	gh_rd_skip(&r, 0x211 - 0x208);
	s->loadflags = gh_rd_u8(&r);
	gh_rd_skip(&r, 0x22c - 0x212);
	s->initrd_max = gh_rd_u32le(&r);
	gh_rd_skip(&r, 0x236 - 0x230);
	s->xlf = gh_rd_u16le(&r);
	if (gh_rd_ok(&r, "kernel", err) < 0)
		return -1;
	if (magic != 0x53726448) /* "HdrS" */
		return gh_fail(
		    err, GH_E_PARSE, "kernel: no setup header at offset 0x202");
	if (s->protocol < 0x203 || !(s->loadflags & HDR_LOADED_HIGH))
		return gh_fail(err, GH_E_USAGE,
		    "kernel: boot protocol 0x%x: too old to be predicted", s->protocol);
	return 0;
}

/* Where QEMU puts the initrd: as high as it can below the end of low memory. */
static int place_initrd(uint32_t *addr, const struct setup *s,
    const struct gh_rtmr_in *in, struct gh_err *err)
{
	bool above = s->protocol >= 0x20c && s->xlf & XLF_ABOVE_4G;
	uint64_t max = above ? UINT32_MAX : s->initrd_max;
	uint64_t low = in->ram && in->ram < LOW_SPLIT ? in->ram : LOW_END;

	if (low <= ACPI_DATA)
		return gh_fail(err, GH_E_USAGE, "%llu bytes of RAM start no TD",
		    (unsigned long long)in->ram);
	if (max >= low - ACPI_DATA)
		max = low - ACPI_DATA - 1;
	if (in->initrd.len >= max)
		return gh_fail(err, GH_E_USAGE,
		    "initrd: %zu bytes do not fit below 0x%llx", in->initrd.len,
		    (unsigned long long)max);
	*addr = (uint32_t)(max - in->initrd.len) & ~4095u;
	return 0;
}

int gh_rtmr_patch(struct gh_buf *out, const struct gh_rtmr_in *in, struct gh_err *err)
{
	size_t start = out->len;
	struct setup s = {0};
	uint32_t addr = 0;
	unsigned char *k;

	if (read_setup(&s, in->image, err) < 0)
		return -1;
	if (in->cmdline && strstr(in->cmdline, "vga="))
		return gh_fail(err, GH_E_USAGE,
		    "vga= on the command line changes the kernel's header: not "
		    "predicted");
	if (in->initrd.p && place_initrd(&addr, &s, in, err) < 0)
		return -1;
	gh_buf_add(out, in->image.p, in->image.len);
	if (gh_buf_ok(out, err) < 0)
		return -1;
	k = out->p + start;
	k[0x210] = 0xB0;                                        /* type_of_loader: QEMU */
	k[0x211] |= 0x80;                                       /* CAN_USE_HEAP */
	put_le(k + 0x224, 2, CMDLINE_ADDR - REAL_ADDR - 0x200); /* heap_end_ptr */
	put_le(k + 0x228, 4, CMDLINE_ADDR);
	if (in->initrd.p) {
		put_le(k + 0x218, 4, addr);
		put_le(k + 0x21c, 4, (uint32_t)in->initrd.len);
	}
	return 0;
}

static int add_kernel(
    struct gh_rtmr_log *log, const struct gh_rtmr_in *in, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) patched = {0};

	if (!(in->flags & GH_RTMR_PATCHED))
		return add_image(log, in->image, "kernel", err);
	if (gh_rtmr_patch(&patched, in, err) < 0)
		return -1;
	return add_image(log, gh_buf_view(&patched), "kernel, patched by QEMU", err);
}

/* The firmware widens each byte: only ASCII is the same everywhere. */
static int widen(struct gh_buf *out, const char *text, struct gh_err *err)
{
	for (; *text; text++) {
		if (*text & 0x80)
			return gh_fail(
			    err, GH_E_USAGE, "command line: only ASCII can be predicted");
		gh_buf_chr(out, *text);
		gh_buf_chr(out, 0);
	}
	return 0;
}

/* UTF-16LE with its NUL; the firmware appends where the initrd is. */
static int add_options(
    struct gh_rtmr_log *log, const struct gh_rtmr_in *in, struct gh_err *err)
{
	static const char words[] = "LOADED_IMAGE::LoadOptions (command line)";
	gh_auto(struct gh_buf, gh_buf_free) wide = {0};
	struct gh_rtmr_row *row;

	if (widen(&wide, in->cmdline ? in->cmdline : "", err) < 0 ||
	    widen(&wide, in->initrd.p ? " initrd=initrd" : "", err) < 0)
		return -1;
	if (!wide.len) {
		add_unknown(log, 2, EV_EVENT_TAG,
		    "an empty command line without initrd is not predicted");
		return 0;
	}
	gh_buf_add(&wide, "\0", 2);
	if (gh_buf_ok(&wide, err) < 0)
		return -1;
	row = add_row(log, 2, EV_EVENT_TAG, words);
	return gh_hash(GH_SHA384, wide.p, wide.len, row->digest, err);
}

int gh_rtmr_direct(
    struct gh_rtmr_log *out, const struct gh_rtmr_in *in, struct gh_err *err)
{
	struct gh_rtmr_row *row;

	out->n = 0;
	if (add_kernel(out, in, err) < 0 || add_start(out, in, err) < 0 ||
	    add_exit(out, err) < 0 || add_options(out, in, err) < 0)
		return -1;
	if (!in->initrd.p)
		return 0;
	row = add_row(out, 2, EV_EVENT_TAG, "Linux initrd");
	return gh_hash(GH_SHA384, in->initrd.p, in->initrd.len, row->digest, err);
}

/* ---- UKI ---------------------------------------------------------------------------- */

bool gh_rtmr_is_uki(const struct gh_pe *pe)
{
	return gh_pe_find(pe, ".linux", NULL) != NULL;
}

#define SECTOR    512
#define ENTRY_LEN 128
#define PARTS_MAX 256

/* *entries: all entries of the table, *header: 92 bytes. */
static int read_gpt(struct gh_bytes disk, struct gh_bytes *header,
    struct gh_bytes *entries, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(disk.p, disk.len), t = r;
	uint32_t count, each;
	uint64_t lba;

	gh_rd_skip(&r, SECTOR);
	*header = (struct gh_bytes){gh_rd_bytes(&r, 92), 92};
	if (gh_rd_ok(&r, "disk", err) < 0)
		return -1;
	if (memcmp(header->p, "EFI PART\0\0\1\0\x5c\0\0\0", 16) != 0)
		return gh_fail(
		    err, GH_E_PARSE, "disk: no GPT of version 1.0 at offset 0x200");
	r = gh_rd_of(header->p + 72, 20);
	lba = gh_rd_u64le(&r);
	count = gh_rd_u32le(&r);
	each = gh_rd_u32le(&r);
	if (each != ENTRY_LEN || !count || count > PARTS_MAX || lba < 2 ||
	    lba > disk.len / SECTOR)
		return gh_fail(err, GH_E_PARSE,
		    "disk: %u partitions of %u bytes at sector %llu: not in the %zu "
		    "bytes "
		    "given, or not a table we know",
		    count, each, (unsigned long long)lba, disk.len);
	gh_rd_skip(&t, (size_t)lba * SECTOR);
	*entries = (struct gh_bytes){NULL, (size_t)count * ENTRY_LEN};
	entries->p = gh_rd_bytes(&t, entries->len);
	return gh_rd_ok(&t, "disk: partition table", err);
}

int gh_rtmr_gpt(struct gh_buf *out, struct gh_bytes disk, struct gh_err *err)
{
	static const unsigned char unused[16];
	struct gh_bytes header = {0}, entries = {0};
	unsigned char count[8] = {0};
	uint32_t n = 0;
	size_t at;

	if (read_gpt(disk, &header, &entries, err) < 0)
		return -1;
	gh_buf_add(out, header.p, header.len);
	at = out->len;
	gh_buf_add(out, count, sizeof(count));
	for (size_t i = 0; i < entries.len; i += ENTRY_LEN) {
		if (!memcmp(entries.p + i, unused, sizeof(unused)))
			continue;
		gh_buf_add(out, entries.p + i, ENTRY_LEN);
		n++;
	}
	if (gh_buf_ok(out, err) < 0)
		return -1;
	put_le(out->p + at, 4, n);
	return 0;
}

static int add_gpt(
    struct gh_rtmr_log *log, const struct gh_rtmr_in *in, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) data = {0};

	if (!in->disk.p) {
		add_unknown(log, 1, EV_EFI_GPT,
		    "the partition table of the disk it boots from is not given");
		return 0;
	}
	if (gh_rtmr_gpt(&data, in->disk, err) < 0)
		return -1;
	return add_text(log, EV_EFI_GPT, data.p, data.len, "partition table (GPT)", err);
}

/* The section as it lies in memory: vsize bytes, zeros behind what the file has. */
static int hash_section(
    const struct gh_pe_section *s, uint8_t out[static 48], struct gh_err *err)
{
	gh_auto(struct gh_hash_run, gh_hash_run_free) run = {0};
	static const unsigned char zeros[4096];
	size_t have = s->raw.len < s->vsize ? s->raw.len : s->vsize;

	if (s->vsize - have > EMPTY_MAX)
		return gh_fail(err, GH_E_PARSE,
		    "UKI: section %.8s has %zu bytes and claims %u", s->name, s->raw.len,
		    s->vsize);
	if (gh_hash_run_begin(&run, GH_SHA384, err) < 0)
		return -1;
	gh_hash_run_add(&run, s->raw.p, have);
	for (size_t left = s->vsize - have; left;) {
		size_t n = left < sizeof(zeros) ? left : sizeof(zeros);

		gh_hash_run_add(&run, zeros, n);
		left -= n;
	}
	return gh_hash_run_end(&run, out, err);
}

/* The stub measures each section it knows, in this order: its name with the NUL, then its
 * content. .pcrsig is not measured: it signs the result. */
static const char *const measured[] = {".linux", ".osrel", ".cmdline", ".initrd",
    ".ucode", ".splash", ".dtb", ".uname", ".sbat", ".pcrpkey"};
/* Which of several the stub takes is decided at boot. */
static const char *const chosen[] = {".profile", ".dtbauto", ".hwids", ".efifw"};

static int add_section(struct gh_rtmr_log *log, const struct gh_pe_section *s,
    const char *name, struct gh_err *err)
{
	struct gh_rtmr_row *row = add_row(log, 2, EV_IPL, name);

	if (gh_hash(GH_SHA384, name, strlen(name) + 1, row->digest, err) < 0)
		return -1;
	row = add_row(log, 2, EV_IPL, name);
	snprintf(row->words, sizeof(row->words), "content of %s", name);
	return hash_section(s, row->digest, err);
}

static int add_sections(
    struct gh_rtmr_log *log, const struct gh_pe *pe, struct gh_err *err)
{
	bool open = false;

	for (size_t i = 0; i < GH_COUNT(measured); i++) {
		size_t n;
		const struct gh_pe_section *s = gh_pe_find(pe, measured[i], &n);

		open |= n > 1;
		/* a section of no bytes counts as absent */
		if (s && s->vsize && add_section(log, s, measured[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < GH_COUNT(chosen); i++)
		open |= gh_pe_find(pe, chosen[i], NULL) != NULL;
	if (open)
		add_unknown(log, 2, EV_IPL,
		    "this UKI has profiles or hardware choices, taken at boot");
	return 0;
}

/* The kernel inside, once more, as an image of its own. */
static int add_inner(struct gh_rtmr_log *log, const struct gh_pe *pe, struct gh_err *err)
{
	const struct gh_pe_section *s = gh_pe_find(pe, ".linux", NULL);
	struct gh_bytes kernel = s->raw;

	if (s->vsize > kernel.len)
		return gh_fail(err, GH_E_PARSE,
		    "UKI: .linux has %zu bytes in the file and %u in memory", kernel.len,
		    s->vsize);
	kernel.len = s->vsize;
	return add_image(log, kernel, "the kernel in the UKI", err);
}

int gh_rtmr_uki(struct gh_rtmr_log *out, const struct gh_rtmr_in *in, struct gh_err *err)
{
	struct gh_pe pe;

	out->n = 0;
	if (in->initrd.p || in->cmdline)
		return gh_fail(err, GH_E_USAGE,
		    "a UKI brings its own initrd and command line: give neither");
	if (gh_pe_parse(&pe, in->image.p, in->image.len, err) < 0)
		return gh_err_prefix(err, "UKI");
	if (!gh_rtmr_is_uki(&pe))
		return gh_fail(err, GH_E_PARSE, "UKI: no .linux section");
	if (add_start(out, in, err) < 0 || add_gpt(out, in, err) < 0 ||
	    add_image(out, in->image, "UKI", err) < 0 || add_sections(out, &pe, err) < 0)
		return -1;
	if (in->flags & GH_RTMR_INNER && add_inner(out, &pe, err) < 0)
		return -1;
	return add_exit(out, err);
}
