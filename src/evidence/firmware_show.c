/* SPDX-License-Identifier: Apache-2.0
 * A firmware image taken apart for a reader (firmware.h). */
#include "base/rd.h"
#include "base/text.h"
#include "evidence/ccel_text.h"
#include "evidence/firmware.h"
#include "evidence/tdx_mrtd.h"

/* What the well-known entries of the table are called. */
static const struct {
	const char *guid, *name;
} known[] = {
    {"dc886566-984a-4798-a75e-5585a7bf67cc", "SEV metadata: distance from the end"},
    {"7255371f-3a3b-4b04-927b-1da6efa8d454", "SEV kernel hash area: gpa, size"},
    {"00f771de-1a7e-4fcb-890e-68c77e2fb44e", "SEV-ES reset block: address"},
    {"4c2eb361-7d9b-4cc3-8081-127c90d3d294", "SEV secret block: gpa, size"},
    {"e47a6535-984a-4798-865e-4685a7bf8ec2", "TDVF descriptor: distance from the end"},
};

static const char *item_name(const char *guid)
{
	for (size_t i = 0; i < GH_COUNT(known); i++) {
		if (!strcmp(guid, known[i].guid))
			return known[i].name;
	}
	return "unknown to us";
}

static void say_error(struct gh_fields *out, const struct gh_err *e)
{
	gh_fields_add(out, "error", NULL, 0, "%s", e->what);
}

static void show_items(struct gh_fields *out, const struct gh_firmware *fw)
{
	gh_fields_open(out, "table of %zu entries", fw->n);
	for (size_t i = 0; i < fw->n; i++) {
		const struct gh_fw_item *it = &fw->item[i];
		gh_auto(struct gh_buf, gh_buf_free) text = {0};
		const char *guid;

		gh_guid_text(&text, it->guid);
		guid = gh_buf_cstr(&text);
		gh_fields_add(out, guid, it->data.p, it->data.len, "%s", item_name(guid));
	}
	gh_fields_close(out);
}

static void show_head(
    struct gh_fields *out, struct gh_bytes raw, const char *section_bytes)
{
	gh_fields_add(out, "signature", raw.p, 4, "%.4s", (const char *)raw.p);
	gh_fields_add(out, "length", raw.p + 4, 4, "%zu bytes", raw.len);
	gh_fields_add(out, "version", raw.p + 8, 4, "1");
	gh_fields_add(out, "number of sections", raw.p + 12, 4, "of %s", section_bytes);
}

static void show_sev_section(struct gh_fields *out, const struct gh_sev_list *l, size_t i)
{
	const struct gh_sev_section *s = &l->at[i];
	const unsigned char *p = l->raw.p + 16 + 12 * i;

	gh_fields_open(out, "section %zu: %s", i, gh_sev_type_word(s->type));
	gh_fields_add(out, "gpa", p, 4, "0x%x", s->gpa);
	gh_fields_add(
	    out, "size", p + 4, 4, "0x%x: %u pages", s->size, s->size / GH_FW_PAGE);
	gh_fields_add(out, "type", p + 8, 4, "%u: %s", (unsigned int)s->type,
	    gh_sev_type_word(s->type));
	gh_fields_close(out);
}

static void show_sev(struct gh_fields *out, const struct gh_firmware *fw)
{
	struct gh_sev_list l;
	struct gh_err e = {0};

	gh_fields_open(out, "SEV metadata");
	if (gh_firmware_sev(&l, fw, &e) < 0) {
		say_error(out, &e);
		gh_fields_close(out);
		return;
	}
	show_head(out, l.raw, "12 bytes");
	for (size_t i = 0; i < l.n; i++)
		show_sev_section(out, &l, i);
	if (l.has_hashes)
		gh_fields_add(out, "kernel hash area", NULL, 0, "gpa 0x%x, %u bytes",
		    l.hash_gpa, l.hash_size);
	if (l.has_reset)
		gh_fields_add(
		    out, "application processors start at", NULL, 0, "0x%x", l.reset_eip);
	gh_fields_close(out);
}

static void show_tdvf_section(struct gh_fields *out, const struct gh_tdvf *t, size_t i)
{
	const struct gh_tdvf_section *s = &t->at[i];
	const unsigned char *p = t->raw.p + 16 + 32 * i;
	const char *attr = s->attr == GH_TDVF_EXTEND ? "MR.EXTEND: content measured"
			   : s->attr == GH_TDVF_AUG  ? "PAGE_AUG: not added at launch"
						     : "added, content not measured";

	gh_fields_open(out, "section %zu: %s", i, gh_tdvf_type_word(s->type));
	gh_fields_raw(out, "data offset", p, 4);
	gh_fields_add(out, "raw size", p + 4, 4, "%zu bytes", s->raw.len);
	gh_fields_add(out, "gpa", p + 8, 8, "0x%llx", (unsigned long long)s->gpa);
	gh_fields_add(out, "memory size", p + 16, 8, "0x%llx: %llu pages",
	    (unsigned long long)s->mem, (unsigned long long)(s->mem / GH_FW_PAGE));
	gh_fields_add(out, "type", p + 24, 4, "%u: %s", (unsigned int)s->type,
	    gh_tdvf_type_word(s->type));
	gh_fields_add(out, "attributes", p + 28, 4, "%s", attr);
	gh_fields_close(out);
}

static void show_mrtd(struct gh_fields *out, const struct gh_tdvf *t,
    enum gh_mrtd_mode mode, const char *name)
{
	uint8_t mrtd[GH_MRTD_LEN];
	char hex[2 * GH_MRTD_LEN + 1];
	struct gh_err e = {0};

	if (gh_tdx_mrtd(t, mode, mrtd, &e) < 0) {
		say_error(out, &e);
		return;
	}
	gh_hex(hex, mrtd, sizeof(mrtd));
	gh_fields_add(out, name, NULL, 0, "%s", hex);
}

static void show_tdvf(struct gh_fields *out, const struct gh_firmware *fw)
{
	struct gh_tdvf t;
	struct gh_err e = {0};

	gh_fields_open(out, "TDVF descriptor");
	if (gh_firmware_tdvf(&t, fw, &e) < 0) {
		say_error(out, &e);
		gh_fields_close(out);
		return;
	}
	show_head(out, t.raw, "32 bytes");
	for (size_t i = 0; i < t.n; i++)
		show_tdvf_section(out, &t, i);
	show_mrtd(out, &t, GH_MRTD_SINGLE, "MRTD, page by page");
	show_mrtd(out, &t, GH_MRTD_TWO_PASS, "MRTD, in two passes");
	gh_fields_close(out);
}

int gh_firmware_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	struct gh_bytes before = out->whole;
	struct gh_firmware fw;
	struct gh_err e = {0};

	out->whole = b;
	gh_fields_open(out, "guest firmware, %zu bytes", b.len);
	if (gh_firmware_parse(&fw, b.p, b.len, &e) < 0) {
		say_error(out, &e);
	} else {
		show_items(out, &fw);
		show_sev(out, &fw);
		show_tdvf(out, &fw);
	}
	gh_fields_close(out);
	out->whole = before;
	return gh_fields_ok(out, err);
}
