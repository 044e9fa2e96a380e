/* SPDX-License-Identifier: Apache-2.0
 * Reads a CCEL event log and replays it. Layout (spec/tdx.md section 5.1), little endian:
 *
 *  header, TCG_PCR_EVENT          its data                     events, TCG_PCR_EVENT2
 *    0  4 index 0 or 1              0 16 "Spec ID Event03\0"     u32 index: 1..4 RTMR0..3
 *    4  4 type 3, EV_NO_ACTION     16  4 platform class          u32 type
 *    8 20 zeros                    20  1 minor 0                 u32 n digests, 1..8
 *   28  4 size of the data         21  1 major 2                 n x {u16 alg, digest}
 *   32    data                     22  1 errata                  u32 size
 *                                  23  1 uintn 1 or 2            data
 *                                  24  4 n algorithms, 1..8
 *                                  28    n x {u16 alg, u16 size}
 *                                        u8 size, vendor info
 *  The events end at a record of index and type both 0xFFFFFFFF or both 0, which is padding
 *  and reaches to the end of the area, or at the end of the area.
 */
#include "evidence/ccel.h"

#include <stdlib.h>

#include "crypto/digest.h"

#define ALG_SHA384    0x000Cu
#define HEADER_DATA   32                /* offset */
#define SPEC_ID       "Spec ID Event03" /* with its NUL */
#define ACPI_LEN      56
#define SEARCH_MAX    128 /* events of a register that are searched for one misplaced */
#define INDEX_HIGHEST (GH_CCEL_RTMR0 + GH_RTMRS - 1)

static const struct {
	uint16_t id;
	uint8_t len;
	const char *name;
} algs[] = {
    {0x0004, 20, "SHA-1"},
    {0x000B, 32, "SHA-256"},
    {ALG_SHA384, 48, "SHA-384"},
    {0x000D, 64, "SHA-512"},
    {0x0012, 32, "SM3"},
    {0x0027, 32, "SHA3-256"},
    {0x0028, 48, "SHA3-384"},
    {0x0029, 64, "SHA3-512"},
};

const char *gh_ccel_alg(uint16_t id, size_t *len)
{
	for (size_t i = 0; i < GH_COUNT(algs); i++) {
		if (algs[i].id != id)
			continue;
		*len = algs[i].len;
		return algs[i].name;
	}
	*len = 0;
	return "?";
}

static bool is_acpi(struct gh_bytes raw)
{
	return raw.len >= 4 && raw.len <= ACPI_LEN && !memcmp(raw.p, "CCEL", 4);
}

bool gh_ccel_looks(struct gh_bytes raw)
{
	struct gh_rd r = gh_rd_of(raw.p, raw.len);
	const unsigned char *id;
	uint32_t type;

	gh_rd_skip(&r, 4);
	type = gh_rd_u32le(&r);
	gh_rd_skip(&r, 24);
	id = gh_rd_bytes(&r, 13);
	if (id && type == GH_EV_NO_ACTION && !memcmp(id, SPEC_ID, 13))
		return true;
	return is_acpi(raw);
}

static int judge_header(struct gh_ccel *c, uint32_t type, const unsigned char *digest,
    const unsigned char *id, struct gh_err *err)
{
	static const unsigned char zeros[20];

	c->fault = "header";
	if (type != GH_EV_NO_ACTION || c->index > 1 || memcmp(digest, zeros, 20) != 0)
		return gh_fail(err, GH_E_PARSE,
		    "event log: no Spec ID header at offset 0 (index %u, type 0x%x)",
		    c->index, type);
	if (memcmp(id, SPEC_ID, sizeof(SPEC_ID)) != 0)
		return gh_fail(err, GH_E_PARSE,
		    "event log: the header at offset 0x20 is not \"Spec ID Event03\"");
	c->fault = "version";
	if (c->major != 2 || c->minor != 0 || c->uintn < 1 || c->uintn > 2)
		return gh_fail(err, GH_E_PARSE,
		    "event log: version %u.%u, uintn %u at offset 0x34: must be 2.0, 1 "
		    "or 2",
		    c->major, c->minor, c->uintn);
	return 0;
}

static int judge_algs(struct gh_ccel *c, struct gh_err *err)
{
	c->fault = "algorithm";
	for (size_t i = 0; i < c->n_algs; i++) {
		size_t len;

		(void)gh_ccel_alg(c->alg[i].id, &len);
		if (!len)
			return gh_fail(err, GH_E_PARSE,
			    "event log: unknown algorithm 0x%04x in the header",
			    c->alg[i].id);
		if (len != c->alg[i].size)
			return gh_fail(err, GH_E_PARSE,
			    "event log: algorithm 0x%04x declared with %u bytes, has %zu",
			    c->alg[i].id, c->alg[i].size, len);
		for (size_t k = 0; k < i; k++)
			if (c->alg[k].id == c->alg[i].id)
				return gh_fail(err, GH_E_PARSE,
				    "event log: algorithm 0x%04x declared twice",
				    c->alg[i].id);
	}
	c->fault = NULL;
	return 0;
}

static int read_algs(struct gh_ccel *c, struct gh_rd *d, struct gh_err *err)
{
	uint32_t n = gh_rd_u32le(d);

	c->fault = "algorithm";
	if (!d->bad && (n < 1 || n > GH_CCEL_DIGESTS_MAX))
		return gh_fail(err, GH_E_PARSE,
		    "event log: %u algorithms in the header at offset 0x38, must be 1 "
		    "to %u",
		    n, GH_CCEL_DIGESTS_MAX);
	for (c->n_algs = 0; !d->bad && c->n_algs < n; c->n_algs++) {
		c->alg[c->n_algs].id = gh_rd_u16le(d);
		c->alg[c->n_algs].size = gh_rd_u16le(d);
	}
	c->vendor.len = gh_rd_u8(d);
	c->vendor.p = gh_rd_bytes(d, c->vendor.len);
	c->fault = "header";
	return gh_rd_end(d, "event log header", err);
}

static int refuse_size(struct gh_ccel *c, struct gh_err *err)
{
	c->fault = is_acpi(c->log) ? "acpi" : "size";
	if (is_acpi(c->log)) {
		(void)gh_fail(err, GH_E_PARSE,
		    "this is the ACPI table that points at the event log, not the log");
		return gh_err_hint(
		    err, "collect /sys/firmware/acpi/tables/data/CCEL in the guest");
	}
	return gh_fail(err, GH_E_PARSE, "event log: %zu bytes, at most %u are read",
	    c->log.len, GH_CCEL_MAX);
}

int gh_ccel_open(struct gh_ccel *out, struct gh_bytes log, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(log.p, log.len), d;
	const unsigned char *digest, *id;
	uint32_t type;

	*out = (struct gh_ccel){.log = log, .fault = "header"};
	if (log.len > GH_CCEL_MAX || is_acpi(log))
		return refuse_size(out, err);
	out->index = gh_rd_u32le(&r);
	type = gh_rd_u32le(&r);
	digest = gh_rd_bytes(&r, 20);
	d = gh_rd_sub(&r, gh_rd_u32le(&r));
	id = gh_rd_bytes(&d, sizeof(SPEC_ID));
	out->platform_class = gh_rd_u32le(&d);
	out->minor = gh_rd_u8(&d);
	out->major = gh_rd_u8(&d);
	out->errata = gh_rd_u8(&d);
	out->uintn = gh_rd_u8(&d);
	if (gh_rd_ok(&d, "event log header", err) ||
	    judge_header(out, type, digest, id, err) || read_algs(out, &d, err) ||
	    judge_algs(out, err))
		return -1;
	out->first = gh_rd_at(&r);
	return 0;
}

struct gh_ccel_cursor gh_ccel_begin(const struct gh_ccel *c)
{
	struct gh_ccel_cursor cur = {.r = gh_rd_of(c->log.p, c->log.len)};

	gh_rd_skip(&cur.r, c->first);
	return cur;
}

/* At padding: 1 when nothing but `fill` follows. */
static bool rest_is(const struct gh_rd *r, unsigned char fill)
{
	for (size_t i = r->pos; i < r->len; i++)
		if (r->p[i] != fill)
			return false;
	return true;
}

/* 1: an event begins here; 0: the log ends here; -1: padding with something in it. */
static int at_event(struct gh_ccel_cursor *cur, struct gh_err *err)
{
	struct gh_rd peek = cur->r;
	uint32_t index = gh_rd_u32le(&peek), type = gh_rd_u32le(&peek);
	bool ones = index == 0xFFFFFFFFu && type == 0xFFFFFFFFu, zeros = !index && !type;

	if (rest_is(&cur->r, 0xFF) || rest_is(&cur->r, 0))
		return 0;
	if (peek.bad || (!ones && !zeros))
		return 1;
	cur->fault = "padding";
	return gh_fail(err, GH_E_PARSE,
	    "event log: it ends at offset 0x%zx, but something stands behind it",
	    cur->r.pos);
}

static size_t declared_len(const struct gh_ccel *c, uint16_t alg)
{
	for (size_t i = 0; i < c->n_algs; i++)
		if (c->alg[i].id == alg)
			return c->alg[i].size;
	return 0;
}

/* Each digest of a declared algorithm, none twice: so at most as many as declared. */
static int read_digests(const struct gh_ccel *c, struct gh_ccel_cursor *cur,
    struct gh_ccel_event *ev, struct gh_err *err)
{
	struct gh_rd *r = &cur->r;
	uint16_t seen[GH_CCEL_DIGESTS_MAX];

	cur->fault = "digests";
	ev->n_digests = gh_rd_u32le(r);
	if (!r->bad && (ev->n_digests < 1 || ev->n_digests > c->n_algs))
		return gh_fail(err, GH_E_PARSE,
		    "event %zu at offset 0x%zx: %u digests, the header declares %zu "
		    "algorithms",
		    ev->number, ev->offset, ev->n_digests, c->n_algs);
	ev->digests.p = r->p + r->pos;
	for (uint32_t i = 0; !r->bad && i < ev->n_digests; i++) {
		const unsigned char *digest;
		size_t len;

		seen[i] = gh_rd_u16le(r);
		len = declared_len(c, seen[i]);
		for (uint32_t k = 0; k < i; k++)
			len = seen[k] == seen[i] ? 0 : len;
		if (!r->bad && !len)
			return gh_fail(err, GH_E_PARSE,
			    "event %zu at offset 0x%zx: digest algorithm 0x%04x is not "
			    "declared in the header, or stands twice",
			    ev->number, ev->offset, seen[i]);
		digest = gh_rd_bytes(r, len);
		if (seen[i] == ALG_SHA384)
			ev->sha384 = digest;
	}
	ev->digests.len = (size_t)(r->p + r->pos - ev->digests.p);
	return 0;
}

int gh_ccel_next(const struct gh_ccel *c, struct gh_ccel_cursor *cur,
    struct gh_ccel_event *ev, struct gh_err *err)
{
	struct gh_rd *r = &cur->r;
	int more = at_event(cur, err);

	*ev = (struct gh_ccel_event){.offset = r->pos, .name = ""};
	if (more <= 0)
		return more;
	ev->number = ++cur->number;
	ev->index = gh_rd_u32le(r);
	ev->type = gh_rd_u32le(r);
	if (read_digests(c, cur, ev, err))
		return -1;
	ev->data.len = gh_rd_u32le(r);
	ev->data.p = gh_rd_bytes(r, ev->data.len);
	cur->fault = "truncated";
	if (gh_rd_ok(r, "event", err)) {
		*ev = (struct gh_ccel_event){
		    .number = ev->number, .offset = ev->offset, .name = ""};
		return gh_err_prefix(
		    err, "event %zu at offset 0x%zx", ev->number, ev->offset);
	}
	cur->fault = NULL;
	return 1;
}

/* What a TD's log must be besides its layout. */
static int judge_event(
    struct gh_ccel *c, const struct gh_ccel_event *ev, struct gh_err *err)
{
	bool measured = ev->type != GH_EV_NO_ACTION;

	c->fault = "events";
	if (ev->number > GH_CCEL_EVENTS_MAX)
		return gh_fail(err, GH_E_PARSE, "event log: more than %u events",
		    GH_CCEL_EVENTS_MAX);
	c->fault = "index";
	if (ev->index > INDEX_HIGHEST && (measured || ev->index != GH_CCEL_NONE))
		return gh_fail(err, GH_E_PARSE,
		    "event %zu at offset 0x%zx: register index %u does not exist",
		    ev->number, ev->offset, ev->index);
	if (ev->index == GH_CCEL_MRTD && measured)
		return gh_fail(err, GH_E_PARSE,
		    "event %zu at offset 0x%zx: measured into MRTD, which nothing can "
		    "extend",
		    ev->number, ev->offset);
	c->fault = "sha384";
	if (!ev->sha384)
		return gh_fail(err, GH_E_PARSE,
		    "event %zu at offset 0x%zx: no SHA-384 digest, so it is not of a TD",
		    ev->number, ev->offset);
	c->fault = NULL;
	return 0;
}

int gh_ccel_parse(struct gh_ccel *out, struct gh_bytes log, struct gh_err *err)
{
	struct gh_ccel_cursor cur;
	struct gh_ccel_event ev;
	int got;

	if (gh_ccel_open(out, log, err))
		return -1;
	cur = gh_ccel_begin(out);
	while ((got = gh_ccel_next(out, &cur, &ev, err)) > 0)
		if (judge_event(out, &ev, err))
			return -1;
	out->fault = cur.fault;
	out->end = cur.r.pos;
	out->n_events = cur.number;
	return got;
}

void gh_events_free(struct gh_events *es)
{
	free(es->at);
	*es = (struct gh_events){0};
}

int gh_events_add(
    struct gh_events *es, const struct gh_ccel_event *ev, struct gh_err *err)
{
	if (es->n >= GH_CCEL_EVENTS_MAX)
		return gh_fail(err, GH_E_POLICY, "more than %u events in one log",
		    GH_CCEL_EVENTS_MAX);
	if (es->n == es->cap) {
		size_t cap = es->cap ? 2 * es->cap : 64;
		void *at = realloc(es->at, cap * sizeof(*es->at));

		if (!at)
			return gh_fail(err, GH_E_NOMEM, "out of memory");
		es->at = at;
		es->cap = cap;
	}
	es->at[es->n++] = *ev;
	return 0;
}

int gh_ccel_events(struct gh_events *out, const struct gh_ccel *c, struct gh_err *err)
{
	struct gh_ccel_cursor cur = gh_ccel_begin(c);
	struct gh_ccel_event ev;
	int got;

	*out = (struct gh_events){0};
	while (
	    (got = gh_ccel_next(c, &cur, &ev, err)) > 0 && !gh_events_add(out, &ev, err))
		continue;
	if (!got)
		return 0;
	gh_events_free(out);
	return -1;
}

bool gh_ccel_measured(const struct gh_ccel_event *ev, unsigned int rtmr)
{
	return ev->type != GH_EV_NO_ACTION && ev->index == GH_CCEL_RTMR0 + rtmr;
}

static int extend(unsigned char *rtmr, const unsigned char *digest, struct gh_err *err)
{
	unsigned char both[2 * GH_RTMR_LEN];

	memcpy(both, rtmr, GH_RTMR_LEN);
	memcpy(both + GH_RTMR_LEN, digest, GH_RTMR_LEN);
	return gh_hash(GH_SHA384, both, sizeof(both), rtmr, err);
}

int gh_ccel_replay(struct gh_replay *out, const struct gh_events *es, struct gh_err *err)
{
	*out = (struct gh_replay){0};
	for (size_t i = 0; i < es->n; i++) {
		const struct gh_ccel_event *ev = &es->at[i];

		for (unsigned int k = 0; k < GH_RTMRS; k++) {
			if (!gh_ccel_measured(ev, k))
				continue;
			out->n[k]++;
			if (extend(out->rtmr[k], ev->sha384, err))
				return -1;
		}
	}
	return 0;
}

/* The events of one register, and the value they should give. */
struct run {
	const struct gh_ccel_event **at;
	size_t n;
	const unsigned char *value;
};

static int fit_prefix(struct gh_rtmr_fit *out, const struct run *run, struct gh_err *err)
{
	for (size_t i = 0;; i++) {
		if (!memcmp(out->replayed, run->value, GH_RTMR_LEN)) {
			out->prefix = true;
			out->fits = i;
		}
		if (i == run->n)
			break;
		if (extend(out->replayed, run->at[i]->sha384, err))
			return -1;
	}
	out->n = run->n;
	out->equal = out->prefix && out->fits == run->n;
	out->next = out->fits < run->n ? run->at[out->fits] : NULL;
	return 0;
}

/* Extends state with the events from `from` on; true when it ends in the value. */
static bool ends_in(const struct run *run, unsigned char *state, size_t from)
{
	for (size_t i = from; i < run->n; i++)
		if (extend(state, run->at[i]->sha384, NULL))
			return false;
	return !memcmp(state, run->value, GH_RTMR_LEN);
}

/* Is it one event too many, or two neighbours the wrong way round? */
static int find_misplaced(
    struct gh_rtmr_fit *out, const struct run *run, struct gh_err *err)
{
	unsigned char head[GH_RTMR_LEN] = {0}, state[GH_RTMR_LEN];

	for (size_t i = 0; i < run->n && run->n <= SEARCH_MAX; i++) {
		memcpy(state, head, GH_RTMR_LEN);
		if (ends_in(run, state, i + 1)) {
			out->extra = run->at[i];
			return 0;
		}
		memcpy(state, head, GH_RTMR_LEN);
		if (i + 1 < run->n && !extend(state, run->at[i + 1]->sha384, err) &&
		    !extend(state, run->at[i]->sha384, err) &&
		    ends_in(run, state, i + 2)) {
			out->late = run->at[i + 1];
			return 0;
		}
		if (extend(head, run->at[i]->sha384, err))
			return -1;
	}
	return 0;
}

int gh_ccel_fit(struct gh_rtmr_fit *out, const struct gh_events *es, unsigned int rtmr,
    const unsigned char value[static GH_RTMR_LEN], struct gh_err *err)
{
	struct run run = {.value = value};
	int rc;

	*out = (struct gh_rtmr_fit){0};
	run.at = calloc(es->n ? es->n : 1, sizeof(*run.at));
	if (!run.at)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < es->n; i++)
		if (gh_ccel_measured(&es->at[i], rtmr))
			run.at[run.n++] = &es->at[i];
	rc = fit_prefix(out, &run, err);
	if (!rc && !out->prefix)
		rc = find_misplaced(out, &run, err);
	free(run.at);
	return rc;
}
