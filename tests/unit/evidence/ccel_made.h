/* SPDX-License-Identifier: Apache-2.0
 * Event logs made in a test, and a quote's registers to hold them against. */
#pragma once

#include "cpu_vectors.h"
#include "crypto/digest.h"
#include "evidence/ccel_event.h"
#include "evidence/ccel_judge.h"

static inline void put(struct gh_buf *b, uint64_t v, size_t len)
{
	for (size_t i = 0; i < len; i++)
		gh_buf_chr(b, (char)(v >> (8 * i)));
}

/* A header that declares SHA-384. */
static inline void put_header(struct gh_buf *b)
{
	static const unsigned char zeros[20];

	put(b, 1, 4);
	put(b, 3, 4);
	gh_buf_add(b, zeros, 20);
	put(b, 33, 4);
	gh_buf_add(b, "Spec ID Event03", 16);
	put(b, 0, 4);
	put(b, 0x02000200, 4);
	put(b, 1, 4);
	put(b, 0x000C, 2);
	put(b, 48, 2);
	put(b, 0, 1);
}

/* An event whose digest is of measured. */
static inline void put_event(struct gh_buf *b, uint32_t index, uint32_t type,
    struct gh_bytes measured, struct gh_bytes data)
{
	unsigned char digest[48];

	assert_int_equal(
	    gh_hash(GH_SHA384, measured.len ? measured.p : (const unsigned char *)"",
		measured.len, digest, NULL),
	    0);
	put(b, index, 4);
	put(b, type, 4);
	put(b, 1, 4);
	put(b, 0x000C, 2);
	gh_buf_add(b, digest, 48);
	put(b, data.len, 4);
	gh_buf_add(b, data.p, data.len);
}

/* An event of text: the digest is of the text as it stands. */
static inline void put_text(
    struct gh_buf *b, uint32_t index, uint32_t type, const char *text)
{
	put_event(b, index, type, gh_text_of(text), gh_text_of(text));
}

static inline void put_labelled(struct gh_buf *b, const char *label, const char *text)
{
	gh_auto(struct gh_buf, gh_buf_free) data = {0};

	gh_buf_fmt(&data, "%s%s", label, text);
	gh_buf_chr(&data, '\0');
	put_event(b, 3, GH_EV_IPL, gh_text_of(text), gh_buf_view(&data));
}

static inline void put_separator(struct gh_buf *b, uint32_t index, uint32_t value)
{
	unsigned char v[4] = {(unsigned char)value, (unsigned char)(value >> 8),
	    (unsigned char)(value >> 16), (unsigned char)(value >> 24)};

	put_event(
	    b, index, GH_EV_SEPARATOR, (struct gh_bytes){v, 4}, (struct gh_bytes){v, 4});
}

/* UEFI_VARIABLE_DATA of the firmware's own variables. */
static inline void make_var(
    struct gh_buf *out, const char *name, const void *p, size_t len)
{
	static const unsigned char guid[16] = {0x61, 0xDF, 0xE4, 0x8B, 0xCA, 0x93, 0xD2,
	    0x11, 0xAA, 0x0D, 0x00, 0xE0, 0x98, 0x03, 0x2B, 0x8C};

	gh_buf_add(out, guid, 16);
	put(out, strlen(name), 8);
	put(out, len, 8);
	for (const char *s = name; *s; s++)
		put(out, (unsigned char)*s, 2);
	gh_buf_add(out, p, len);
}

static inline void put_var(struct gh_buf *b, const char *name, const void *p, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) var = {0};

	make_var(&var, name, p, len);
	put_event(b, 1, GH_EV_VAR_CONFIG, gh_buf_view(&var), gh_buf_view(&var));
}

/* A boot that has something of everything; eleven events. */
static inline void make_log(struct gh_buf *b)
{
	static const unsigned char order[4] = {1, 0, 2, 0};
	gh_auto(struct gh_buf, gh_buf_free) var = {0};

	put_header(b);
	put_var(b, "SecureBoot", "\1", 1);
	put_var(b, "db", "xyzw", 4);
	make_var(&var, "BootOrder", order, 4);
	put_event(b, 1, GH_EV_VAR_BOOT, (struct gh_bytes){order, 4}, gh_buf_view(&var));
	put_separator(b, 1, 0);
	put_text(b, 2, GH_EV_ACTION, "Calling EFI Application from Boot Option");
	put_separator(b, 2, 0);
	put_event(b, 2, GH_EV_BOOT_APP, gh_text_of("image"), gh_text_of("device path"));
	put_labelled(b, "grub_cmd: ", "linux /vmlinuz ro");
	put_labelled(b, "kernel_cmdline: ", "/vmlinuz ro");
	put_event(b, 3, GH_EV_IPL, gh_text_of("initrd"), gh_text_of("/initrd.img"));
	put_text(b, 2, GH_EV_ACTION, "Exit Boot Services Invocation");
}

/* What the log replays to. */
static inline void replay_of(struct gh_replay *out, const struct gh_buf *log)
{
	gh_auto(struct gh_events, gh_events_free) es = {0};
	struct gh_err e = {0};
	struct gh_ccel c;

	if (gh_ccel_parse(&c, gh_buf_view(log), &e) || gh_ccel_events(&es, &c, &e) ||
	    gh_ccel_replay(out, &es, &e))
		fail_msg("%s", e.what);
}

/* Judges ctx's logs against these registers, below a signature that holds or not. */
static inline void judge_logs(struct gh_result *r, const struct gh_context *ctx,
    const struct gh_replay *quote, bool is_signed)
{
	const unsigned char *rtmr[4];
	struct gh_finding *f;
	struct gh_tee t;

	for (size_t i = 0; i < 4; i++)
		rtmr[i] = quote->rtmr[i];
	assert_int_equal(
	    gh_tee_begin(&t, r, "vm", (struct gh_bytes){rtmr[0], 48}, ctx, NULL), 0);
	(void)gh_result_subject(r, "vm", "cvm");
	f = gh_tee_step(&t, "tdx.signature", "", "quote signature");
	gh_tee_settle(&t, f, is_signed ? "" : "tdx.signature.bad");
	gh_ccel_judge(&t, "tdx.signature", rtmr);
	assert_tree(r);
}

static inline const struct gh_finding *step_of(
    const struct gh_result *r, const char *step)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, NULL, step);

	if (!f)
		fail_msg("no step %s", step);
	return f;
}

static inline void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}
