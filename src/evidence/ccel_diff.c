/* SPDX-License-Identifier: Apache-2.0
 * The differences between two event logs, in words. */
#include "evidence/ccel_diff.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "evidence/ccel_text.h"
#include "evidence/runtime_log.h"

#define LINES_MAX 16 /* events named per register and log */
#define LINE_MAX  1000

/* One register's events of one log. */
struct side {
	const char *name; /* "A" */
	const struct gh_ccel_event **at;
	bool *paired; /* the other log has this one too */
	size_t n;
};

static void side_free(struct side *s)
{
	free(s->at);
	free(s->paired);
}

static int take_side(struct side *s, const char *name, const struct gh_events *es,
    unsigned int rtmr, struct gh_err *err)
{
	*s = (struct side){.name = name};
	s->at = calloc(es->n + 1, sizeof(*s->at));
	s->paired = calloc(es->n + 1, sizeof(*s->paired));
	if (!s->at || !s->paired) {
		side_free(s);
		*s = (struct side){0};
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	}
	for (size_t i = 0; i < es->n; i++)
		if (gh_ccel_measured(&es->at[i], rtmr))
			s->at[s->n++] = &es->at[i];
	return 0;
}

static bool same(const struct gh_ccel_event *a, const struct gh_ccel_event *b)
{
	return !memcmp(a->sha384, b->sha384, GH_RTMR_LEN);
}

static size_t common_start(const struct side *a, const struct side *b)
{
	size_t i = 0;

	while (i < a->n && i < b->n && same(a->at[i], b->at[i]))
		i++;
	return i;
}

/* Pairs equal events, each with one, whatever their order. */
static void pair(struct side *a, struct side *b, size_t from)
{
	for (size_t i = 0; i < from; i++)
		a->paired[i] = b->paired[i] = true;
	for (size_t i = from; i < a->n; i++) {
		for (size_t k = from; k < b->n && !a->paired[i]; k++)
			if (!b->paired[k] && same(a->at[i], b->at[k]))
				a->paired[i] = b->paired[k] = true;
	}
}

static void add_line(struct gh_buf *out, struct gh_buf *line)
{
	gh_text_clean(out, line->p, line->len, LINE_MAX);
	gh_buf_chr(out, '\n');
	out->oom = out->oom || line->oom;
	gh_buf_clear(line);
}

static void tell_event(
    struct gh_buf *out, const char *lead, const struct gh_ccel_event *ev)
{
	gh_auto(struct gh_buf, gh_buf_free) line = {0};
	struct gh_ccel_reading r = gh_ccel_read(ev);

	gh_buf_fmt(&line, "%s ", lead);
	gh_ccel_place(&line, ev);
	gh_buf_str(&line, ": ");
	gh_ccel_describe(&line, ev);
	gh_buf_fmt(&line, " [%s", gh_ccel_mark_word(r.mark));
	/* Two names may be equal where what was measured is not. */
	if (r.mark != GH_CCEL_PROVEN) {
		gh_buf_str(&line, ", digest ");
		gh_buf_hex(&line, ev->sha384, 8);
		gh_buf_str(&line, "..");
	}
	gh_buf_chr(&line, ']');
	add_line(out, &line);
}

/* How many the other log has not; the one at `told` was named already. */
static size_t tell_only(struct gh_buf *out, const struct side *s, size_t told)
{
	gh_auto(struct gh_buf, gh_buf_free) line = {0};
	size_t n = 0;
	char lead[32];

	snprintf(lead, sizeof(lead), "  only in %s:", s->name);
	for (size_t i = 0; i < s->n; i++) {
		if (s->paired[i])
			continue;
		if (n++ < LINES_MAX && i != told)
			tell_event(out, lead, s->at[i]);
	}
	if (n > LINES_MAX) {
		gh_buf_fmt(&line, "%s and %zu more", lead, n - LINES_MAX);
		add_line(out, &line);
	}
	return n;
}

static void tell_first(struct gh_buf *out, const struct side *s, size_t at)
{
	char lead[32];

	snprintf(lead, sizeof(lead), "  %s has", s->name);
	if (at < s->n)
		tell_event(out, lead, s->at[at]);
	else
		gh_buf_fmt(out, "%s ended there\n", lead);
}

/* Equal digests, but the text of one is not what was measured. */
static void tell_doubtful(
    struct gh_buf *out, const struct side *a, const struct side *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (gh_ccel_read(a->at[i]).mark == gh_ccel_read(b->at[i]).mark)
			continue;
		tell_event(out, "  A says", a->at[i]);
		tell_event(out, "  B says", b->at[i]);
	}
}

static void diff_sides(
    struct gh_buf *out, struct side *a, struct side *b, unsigned int rtmr)
{
	size_t start = common_start(a, b);

	if (start == a->n && start == b->n) {
		gh_buf_fmt(out, "RTMR%u: equal, %zu events\n", rtmr, start);
		tell_doubtful(out, a, b, start);
		return;
	}
	gh_buf_fmt(out,
	    "RTMR%u: %zu events in A, %zu in B; the first %zu are equal, then\n", rtmr,
	    a->n, b->n, start);
	tell_first(out, a, start);
	tell_first(out, b, start);
	pair(a, b, start);
	if (tell_only(out, a, start) + tell_only(out, b, start) == 0)
		gh_buf_str(out, "  the same events in another order\n");
}

static int diff_register(struct gh_buf *out, const struct gh_events *ea,
    const struct gh_events *eb, unsigned int rtmr, struct gh_err *err)
{
	gh_auto(struct side, side_free) a = {0}, b = {0};

	if (take_side(&a, "A", ea, rtmr, err) || take_side(&b, "B", eb, rtmr, err))
		return -1;
	diff_sides(out, &a, &b, rtmr);
	return 0;
}

/* The last event labelled as the command line, proven or not; NULL. */
static const struct gh_ccel_event *find_cmdline(
    const struct gh_events *es, struct gh_ccel_reading *r)
{
	for (size_t i = es->n; i > 0; i--) {
		*r = gh_ccel_read(&es->at[i - 1]);
		if (r->cmdline && gh_ccel_measured(&es->at[i - 1], 2))
			return &es->at[i - 1];
	}
	return NULL;
}

static void tell_cmdline(struct gh_buf *out, const char *name, const struct gh_events *es)
{
	gh_auto(struct gh_buf, gh_buf_free) line = {0};
	struct gh_ccel_reading r;

	gh_buf_fmt(&line, "command line in %s: ", name);
	if (!find_cmdline(es, &r)) {
		gh_buf_str(&line, "not in the log");
	} else {
		if (r.utf16)
			gh_utf16_text(&line, r.text);
		else
			gh_buf_add(&line, r.text.p, r.text.len);
		gh_buf_fmt(&line, " [%s]", gh_ccel_mark_word(r.mark));
	}
	add_line(out, &line);
}

static void diff_cmdline(
    struct gh_buf *out, const struct gh_events *a, const struct gh_events *b)
{
	struct gh_ccel_reading ra, rb;
	const struct gh_ccel_event *ea = find_cmdline(a, &ra), *eb = find_cmdline(b, &rb);

	if ((!ea && !eb) || (ea && eb && same(ea, eb) && ra.mark == rb.mark))
		return;
	tell_cmdline(out, "A", a);
	tell_cmdline(out, "B", b);
}

int gh_events_diff(struct gh_buf *out, const struct gh_events *a,
    const struct gh_events *b, struct gh_err *err)
{
	for (unsigned int i = 0; i < GH_RTMRS; i++)
		if (diff_register(out, a, b, i, err))
			return -1;
	diff_cmdline(out, a, b);
	return gh_buf_ok(out, err);
}

static int load_any(struct gh_runtime_log *json, struct gh_events *es,
    struct gh_bytes raw, struct gh_err *err)
{
	struct gh_ccel c;

	if (gh_ccel_looks(raw))
		return gh_ccel_parse(&c, raw, err) || gh_ccel_events(es, &c, err) ? -1
										  : 0;
	if (gh_runtime_log_parse(json, raw, err))
		return -1;
	*es = gh_take(json->events);
	return 0;
}

int gh_ccel_diff(
    struct gh_buf *out, struct gh_bytes a, struct gh_bytes b, struct gh_err *err)
{
	gh_auto(struct gh_runtime_log, gh_runtime_log_free) ja = {0}, jb = {0};
	gh_auto(struct gh_events, gh_events_free) ea = {0}, eb = {0};

	if (load_any(&ja, &ea, a, err))
		return gh_err_prefix(err, "log A");
	if (load_any(&jb, &eb, b, err))
		return gh_err_prefix(err, "log B");
	return gh_events_diff(out, &ea, &eb, err);
}
