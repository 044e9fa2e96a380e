/* SPDX-License-Identifier: Apache-2.0
 * Event logs as fields. Names are those of the TCG's structures. */
#include "evidence/ccel_show.h"

#include <stdio.h>

#include "base/text.h"
#include "evidence/ccel_text.h"
#include "evidence/runtime_log.h"

static void describe_index(char out[static 16], uint32_t index)
{
	if (index == GH_CCEL_MRTD)
		snprintf(out, 16, "MRTD");
	else if (index < GH_CCEL_RTMR0 + GH_RTMRS)
		snprintf(out, 16, "RTMR%u", index - GH_CCEL_RTMR0);
	else
		snprintf(out, 16, "%s", index == GH_CCEL_NONE ? "none" : "unknown");
}

static void show_mark(struct gh_fields *out, const struct gh_ccel_event *ev)
{
	struct gh_ccel_reading r = gh_ccel_read(ev);

	if (ev->type == GH_EV_NO_ACTION)
		gh_fields_add(out, "mark", NULL, 0, "not measured");
	else if (!ev->sha384)
		gh_fields_add(out, "mark", NULL, 0, "no SHA-384 digest to compare with");
	else if (*r.covers)
		gh_fields_add(out, "mark", NULL, 0, "%s: the digest is of the %s",
		    gh_ccel_mark_word(r.mark), r.covers);
	else
		gh_fields_add(out, "mark", NULL, 0, "%s", gh_ccel_mark_word(r.mark));
}

static void show_digests(struct gh_fields *out, struct gh_bytes digests)
{
	struct gh_rd r = gh_rd_of(digests.p, digests.len);

	while (gh_rd_left(&r)) {
		uint16_t id = gh_rd_u16le(&r);
		const unsigned char *digest;
		const char *name;
		size_t len;

		name = gh_ccel_alg(id, &len);
		digest = gh_rd_bytes(&r, len);
		if (!digest || !len)
			return;
		gh_fields_raw(out, name, digest, len);
	}
}

/* Where the parts of a record lie: index 4, type 4, count 4, digests, size 4, data. */
static void show_event(
    struct gh_fields *out, const struct gh_ccel *c, const struct gh_ccel_event *ev)
{
	const unsigned char *p = c->log.p + ev->offset;
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	char index[16];

	describe_index(index, ev->index);
	gh_ccel_describe(&text, ev);
	gh_fields_open(out, "event %zu at offset 0x%zx", ev->number, ev->offset);
	gh_fields_add(out, "MRIndex", p, 4, "%s", index);
	gh_fields_add(out, "EventType", p + 4, 4, "%s", gh_ccel_type_name(ev->type));
	gh_fields_add(out, "DigestCount", p + 8, 4, "%u", ev->n_digests);
	show_digests(out, ev->digests);
	gh_fields_add(out, "EventSize", p + 12 + ev->digests.len, 4, "%zu", ev->data.len);
	gh_fields_add(out, "Event", ev->data.p, ev->data.len, "%s", gh_buf_cstr(&text));
	show_mark(out, ev);
	gh_fields_close(out);
}

static void show_header(struct gh_fields *out, const struct gh_ccel *c)
{
	const unsigned char *p = c->log.p;
	size_t len;

	gh_fields_open(out, "TCG_EfiSpecIDEvent");
	gh_fields_add(out, "PCRIndex", p, 4, "%u", c->index);
	gh_fields_add(out, "EventType", p + 4, 4, "%s", "EV_NO_ACTION");
	gh_fields_add(out, "Digest", p + 8, 20, "zeros");
	gh_fields_add(out, "EventSize", p + 28, 4, "%zu", c->first - 32);
	gh_fields_add(out, "signature", p + 32, 16, "Spec ID Event03");
	gh_fields_add(out, "platformClass", p + 48, 4, "%u", c->platform_class);
	gh_fields_add(out, "specVersion", p + 52, 3, "%u.%u, errata %u", c->major,
	    c->minor, c->errata);
	gh_fields_add(out, "uintnSize", p + 55, 1, "%u bytes", 4 * c->uintn);
	gh_fields_add(out, "numberOfAlgorithms", p + 56, 4, "%zu", c->n_algs);
	for (size_t i = 0; i < c->n_algs; i++)
		gh_fields_add(out, "algorithm", p + 60 + 4 * i, 4, "%s, %u bytes",
		    gh_ccel_alg(c->alg[i].id, &len), c->alg[i].size);
	gh_fields_add(
	    out, "vendorInfo", c->vendor.p, c->vendor.len, "%zu bytes", c->vendor.len);
	gh_fields_close(out);
}

static void show_replay(struct gh_fields *out, const struct gh_events *es)
{
	struct gh_replay replay;
	char hex[2 * GH_RTMR_LEN + 1], name[8];

	if (gh_ccel_replay(&replay, es, NULL))
		return;
	gh_fields_open(out, "replayed from these events");
	for (unsigned int i = 0; i < GH_RTMRS; i++) {
		snprintf(name, sizeof(name), "RTMR%u", i);
		gh_hex(hex, replay.rtmr[i], GH_RTMR_LEN);
		gh_fields_add(out, name, NULL, 0, "%s from %zu events", hex, replay.n[i]);
	}
	gh_fields_close(out);
}

/* The 56 bytes of the ACPI table CCEL (spec/tdx.md section 4). */
static void show_acpi(struct gh_fields *out, struct gh_bytes b)
{
	struct gh_rd r = gh_rd_of(b.p, b.len);
	unsigned int sum = 0;

	for (size_t i = 0; i < b.len; i++)
		sum += b.p[i];
	gh_fields_add(out, "Signature", gh_rd_bytes(&r, 4), 4, "CCEL");
	if (b.len < 56)
		return;
	gh_fields_raw(out, "Length", b.p + 4, 4);
	gh_fields_add(out, "Checksum", b.p + 9, 1, "%s", sum & 0xFF ? "wrong" : "good");
	gh_fields_add(
	    out, "CC Type", b.p + 36, 1, "%s", b.p[36] == 2 ? "TDX" : "unknown");
	gh_fields_add(out, "CC Subtype", b.p + 37, 1, "%u", b.p[37]);
	gh_rd_skip(&r, 36);
	gh_fields_add(out, "Log Area Minimum Length", b.p + 40, 8, "%llu bytes",
	    (unsigned long long)gh_rd_u64le(&r));
	gh_fields_add(out, "Log Area Start Address", b.p + 48, 8, "0x%llx",
	    (unsigned long long)gh_rd_u64le(&r));
}

static void show_events(struct gh_fields *out, const struct gh_ccel *c)
{
	struct gh_ccel_cursor cur = gh_ccel_begin(c);
	struct gh_ccel_event ev;

	while (cur.number < GH_CCEL_EVENTS_MAX && gh_ccel_next(c, &cur, &ev, NULL) > 0)
		show_event(out, c, &ev);
	if (!cur.fault && gh_rd_left(&cur.r))
		gh_fields_add(out, "padding", NULL, 0, "%zu bytes of 0x%02x",
		    gh_rd_left(&cur.r), c->log.p[cur.r.pos]);
}

static void show_log(struct gh_fields *out, struct gh_bytes log)
{
	gh_auto(struct gh_events, gh_events_free) es = {0};
	struct gh_err e = {0};
	struct gh_ccel c;

	if (!gh_ccel_open(&c, log, &e)) {
		show_header(out, &c);
		show_events(out, &c);
	} else if (c.fault && !strcmp(c.fault, "acpi")) {
		show_acpi(out, log);
	}
	if (gh_ccel_parse(&c, log, &e))
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	else if (!gh_ccel_events(&es, &c, &e))
		show_replay(out, &es);
}

int gh_ccel_show(struct gh_fields *out, struct gh_bytes log, struct gh_err *err)
{
	struct gh_bytes before = out->whole;

	out->whole = log;
	gh_fields_open(out, "event log (CCEL), %zu bytes", log.len);
	show_log(out, log);
	gh_fields_close(out);
	out->whole = before;
	return gh_fields_ok(out, err);
}

static void show_json_event(struct gh_fields *out, const struct gh_ccel_event *ev)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0}, hex = {0};
	char index[16];

	describe_index(index, ev->index);
	gh_ccel_describe(&text, ev);
	gh_fields_open(out, "event %zu", ev->number);
	gh_fields_add(out, "imr", NULL, 0, "%u, %s", ev->index - GH_CCEL_RTMR0, index);
	gh_fields_add(out, "event_type", NULL, 0, "0x%08x, %s", ev->type,
	    gh_ccel_type_name(ev->type));
	gh_buf_hex(&hex, ev->sha384, GH_RTMR_LEN);
	gh_fields_add(out, "digest", NULL, 0, "%s%s", gh_buf_cstr(&hex),
	    ev->n_digests ? "" : ", computed: the log leaves it out");
	gh_fields_add(out, "event", NULL, 0, "%s", ev->name);
	gh_buf_clear(&hex);
	gh_buf_hex(&hex, ev->data.p, ev->data.len);
	gh_fields_add(out, "event_payload", NULL, 0, "%s", gh_buf_cstr(&hex));
	gh_fields_add(out, "says", NULL, 0, "%s", gh_buf_cstr(&text));
	show_mark(out, ev);
	gh_fields_close(out);
}

int gh_runtime_log_show(struct gh_fields *out, struct gh_bytes json, struct gh_err *err)
{
	gh_auto(struct gh_runtime_log, gh_runtime_log_free) l;
	struct gh_bytes before = out->whole;
	struct gh_err e = {0};
	int rc = gh_runtime_log_parse(&l, json, &e);

	out->whole = json;
	gh_fields_open(out, "event log (JSON), %zu bytes", json.len);
	for (size_t i = 0; i < l.events.n; i++)
		show_json_event(out, &l.events.at[i]);
	if (rc)
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	else
		show_replay(out, &l.events);
	gh_fields_close(out);
	out->whole = before;
	return gh_fields_ok(out, err);
}
