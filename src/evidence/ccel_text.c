/* SPDX-License-Identifier: Apache-2.0
 * An event in words: variables, boot options, device paths, tables, labelled text. */
#include "evidence/ccel_text.h"

#include "base/text.h"

#define TEXT_MAX 480 /* bytes of text in one description */

void gh_guid_text(struct gh_buf *out, const unsigned char guid[static 16])
{
	/* The first three groups are little-endian numbers; 16 marks a dash. */
	static const unsigned char order[] = {
	    3, 2, 1, 0, 16, 5, 4, 16, 7, 6, 16, 8, 9, 16, 10, 11, 12, 13, 14, 15};

	for (size_t i = 0; i < sizeof(order); i++) {
		if (order[i] == 16)
			gh_buf_chr(out, '-');
		else
			gh_buf_hex(out, guid + order[i], 1);
	}
}

static void add_utf8(struct gh_buf *out, uint32_t c)
{
	if (c < 0x80) {
		gh_buf_chr(out, (char)c);
	} else if (c < 0x800) {
		gh_buf_chr(out, (char)(0xC0 | c >> 6));
		gh_buf_chr(out, (char)(0x80 | (c & 0x3F)));
	} else if (c < 0x10000) {
		gh_buf_chr(out, (char)(0xE0 | c >> 12));
		gh_buf_chr(out, (char)(0x80 | (c >> 6 & 0x3F)));
		gh_buf_chr(out, (char)(0x80 | (c & 0x3F)));
	} else {
		gh_buf_chr(out, (char)(0xF0 | c >> 18));
		gh_buf_chr(out, (char)(0x80 | (c >> 12 & 0x3F)));
		gh_buf_chr(out, (char)(0x80 | (c >> 6 & 0x3F)));
		gh_buf_chr(out, (char)(0x80 | (c & 0x3F)));
	}
}

void gh_utf16_text(struct gh_buf *out, struct gh_bytes utf16)
{
	struct gh_rd r = gh_rd_of(utf16.p, utf16.len);

	while (gh_rd_left(&r) >= 2) {
		uint32_t c = gh_rd_u16le(&r);

		if (!c)
			return;
		if ((c & 0xFC00) == 0xD800 && gh_rd_left(&r) >= 2) {
			struct gh_rd ahead = r;
			uint32_t low = gh_rd_u16le(&ahead);

			if ((low & 0xFC00) == 0xDC00) {
				c = 0x10000 + ((c & 0x3FF) << 10 | (low & 0x3FF));
				r = ahead;
			}
		}
		add_utf8(out, (c & 0xFFFFF800) == 0xD800 ? '?' : c);
	}
}

static void add_utf16(struct gh_buf *out, struct gh_bytes utf16)
{
	utf16.len = utf16.len > 2 * TEXT_MAX ? 2 * TEXT_MAX : utf16.len;
	gh_utf16_text(out, utf16);
}

static void add_text(struct gh_buf *out, struct gh_bytes text)
{
	while (text.len && !text.p[text.len - 1])
		text.len--;
	gh_buf_add(out, text.p, text.len > TEXT_MAX ? TEXT_MAX : text.len);
	if (text.len > TEXT_MAX)
		gh_buf_str(out, "...");
}

static bool is_text(struct gh_bytes b)
{
	while (b.len && !b.p[b.len - 1])
		b.len--;
	for (size_t i = 0; i < b.len; i++)
		if (b.p[i] < 0x20 && b.p[i] != '\n' && b.p[i] != '\t')
			return false;
	return b.len > 0;
}

/* ASCII text in UTF-16: every other byte is zero. */
static bool is_wide(struct gh_bytes b)
{
	if (b.len < 4 || b.len % 2)
		return false;
	for (size_t i = 0; i < b.len; i += 2)
		if (b.p[i + 1] || (i + 2 < b.len && b.p[i] < 0x20))
			return false;
	return true;
}

static void tell_any(struct gh_buf *out, struct gh_bytes data)
{
	if (is_wide(data))
		add_utf16(out, data);
	else if (is_text(data))
		add_text(out, data);
	else if (data.len && data.len <= 32)
		gh_buf_hex(out, data.p, data.len);
	else
		gh_buf_fmt(out, "%zu bytes", data.len);
}

/* EFI_LOAD_OPTION: attributes, length of the path, description. */
static void tell_boot_option(struct gh_buf *out, struct gh_bytes data)
{
	struct gh_bytes text = {data.p + 6, data.len - 6};

	gh_buf_chr(out, '"');
	add_utf16(out, text);
	gh_buf_chr(out, '"');
}

static void tell_boot_order(struct gh_buf *out, struct gh_bytes data)
{
	for (size_t i = 0; i + 1 < data.len && i < 64; i += 2)
		gh_buf_fmt(out, "%s%02X%02X", i ? " " : "", data.p[i + 1], data.p[i]);
}

static void tell_variable(struct gh_buf *out, struct gh_bytes data)
{
	struct gh_uefi_var var;

	if (!gh_uefi_var_read(&var, data)) {
		gh_buf_fmt(
		    out, "a variable whose lengths do not fit its %zu bytes", data.len);
		return;
	}
	add_utf16(out, var.name);
	gh_buf_str(out, " = ");
	if (!var.data.len)
		gh_buf_str(out, "(absent)");
	else if (gh_utf16_is(var.name, "BootOrder"))
		tell_boot_order(out, var.data);
	else if (var.name.len == 16 && !memcmp(var.name.p, "B\0o\0o\0t\0", 8) &&
		 var.data.len > 6)
		tell_boot_option(out, var.data);
	else if (var.data.len == 1)
		gh_buf_fmt(out, "%u", var.data.p[0]);
	else
		tell_any(out, var.data);
}

/* EFI device path nodes: u8 type, u8 subtype, u16 length with these four. Told are the file
 * names (4, 4), files of a firmware volume (4, 6) and vendor media (4, 3). */
static bool tell_path(struct gh_buf *out, struct gh_rd r)
{
	bool told = false;

	while (gh_rd_left(&r) >= 4) {
		uint8_t type = gh_rd_u8(&r), subtype = gh_rd_u8(&r);
		size_t len = gh_rd_u16le(&r);
		struct gh_bytes body = {NULL, len < 4 ? 0 : len - 4};

		body.p = gh_rd_bytes(&r, body.len);
		if (type == 0x7F || !body.p)
			break;
		if (type != 4 || (subtype != 3 && subtype != 4 && subtype != 6))
			continue;
		if (subtype != 4 && body.len < 16)
			continue;
		if (told)
			gh_buf_chr(out, ' ');
		told = true;
		if (subtype == 4)
			add_utf16(out, body);
		else
			gh_guid_text(out, body.p);
	}
	return told;
}

/* EFI_IMAGE_LOAD_EVENT: u64 address, length, link address, length of the device path. */
static void tell_image(struct gh_buf *out, struct gh_bytes data)
{
	struct gh_rd r = gh_rd_of(data.p, data.len);
	uint64_t len, path;

	gh_rd_skip(&r, 8);
	len = gh_rd_u64le(&r);
	gh_rd_skip(&r, 8);
	path = gh_rd_u64le(&r);
	if (r.bad || path > gh_rd_left(&r)) {
		tell_any(out, data);
		return;
	}
	if (!tell_path(out, gh_rd_sub(&r, (size_t)path)))
		gh_buf_str(out, "an image without a file name");
	gh_buf_fmt(out, ", %llu bytes", (unsigned long long)len);
}

/* UEFI_GPT_DATA: the 92-byte header, u64 partitions. */
static void tell_gpt(struct gh_buf *out, struct gh_bytes data)
{
	struct gh_rd r = gh_rd_of(data.p, data.len);
	const unsigned char *magic = gh_rd_bytes(&r, 56), *disk = gh_rd_bytes(&r, 16);
	uint64_t n;

	gh_rd_skip(&r, 20);
	n = gh_rd_u64le(&r);
	if (r.bad || memcmp(magic, "EFI PART", 8) != 0) {
		tell_any(out, data);
		return;
	}
	gh_buf_str(out, "disk ");
	gh_guid_text(out, disk);
	gh_buf_fmt(out, ", %llu partitions", (unsigned long long)n);
}

/* A name behind its length byte, as firmware blobs and hand-off tables carry. */
static void tell_named(struct gh_buf *out, struct gh_bytes data)
{
	struct gh_rd r = gh_rd_of(data.p, data.len);
	struct gh_bytes name = {NULL, gh_rd_u8(&r)};

	name.p = gh_rd_bytes(&r, name.len);
	tell_any(out, name.p && name.len ? name : data);
}

static void tell_tagged(struct gh_buf *out, struct gh_bytes data)
{
	struct gh_rd r = gh_rd_of(data.p, data.len);
	uint32_t id = gh_rd_u32le(&r);
	struct gh_bytes payload = {NULL, gh_rd_u32le(&r)};

	payload.p = gh_rd_bytes(&r, payload.len);
	if (!payload.p) {
		tell_any(out, data);
		return;
	}
	gh_buf_fmt(out, "%s: ",
	    id == GH_TAG_LOAD_OPTIONS ? "command line"
	    : id == GH_TAG_INITRD     ? "initrd"
	    : id == GH_TAG_AAEL       ? "attestation agent"
				      : "tag");
	tell_any(out, payload);
}

static void tell_separator(struct gh_buf *out, struct gh_bytes data)
{
	static const unsigned char fine[2][4] = {{0}, {0xFF, 0xFF, 0xFF, 0xFF}};

	if (data.len == 4 &&
	    (!memcmp(data.p, fine[0], 4) || !memcmp(data.p, fine[1], 4))) {
		gh_buf_str(out, "separator");
		return;
	}
	gh_buf_str(out, "separator with an error: ");
	tell_any(out, data);
}

static const struct {
	uint32_t type;
	void (*tell)(struct gh_buf *out, struct gh_bytes data);
} tellers[] = {
    {GH_EV_VAR_CONFIG, tell_variable},
    {GH_EV_VAR_BOOT, tell_variable},
    {GH_EV_VAR_BOOT2, tell_variable},
    {GH_EV_VAR_AUTHORITY, tell_variable},
    {GH_EV_SEPARATOR, tell_separator},
    {GH_EV_BOOT_APP, tell_image},
    {GH_EV_GPT, tell_gpt},
    {GH_EV_FIRMWARE_BLOB2, tell_named},
    {GH_EV_HANDOFF_TABLES2, tell_named},
    {GH_EV_TAG, tell_tagged},
};

void gh_ccel_describe(struct gh_buf *out, const struct gh_ccel_event *ev)
{
	void (*tell)(struct gh_buf *, struct gh_bytes) = tell_any;

	if (*ev->name)
		gh_buf_fmt(out, "%s%s", ev->name, ev->data.len ? " = " : "");
	if (!ev->data.len) {
		if (!*ev->name)
			gh_buf_str(out, "no data in the log");
		return;
	}
	for (size_t i = 0; i < GH_COUNT(tellers); i++)
		if (tellers[i].type == ev->type)
			tell = tellers[i].tell;
	tell(out, ev->data);
}

void gh_ccel_place(struct gh_buf *out, const struct gh_ccel_event *ev)
{
	gh_buf_fmt(out, "event %zu", ev->number);
	if (ev->offset != SIZE_MAX)
		gh_buf_fmt(out, " at offset 0x%zx", ev->offset);
	gh_buf_fmt(out, " (%s, ", gh_ccel_type_name(ev->type));
	if (ev->index >= GH_CCEL_RTMR0 && ev->index < GH_CCEL_RTMR0 + GH_RTMRS)
		gh_buf_fmt(out, "RTMR%u)", ev->index - GH_CCEL_RTMR0);
	else
		gh_buf_str(out, "no register)");
}
