/* SPDX-License-Identifier: Apache-2.0
 * What is pinned of a host, and how it came to be (declared in enrol.h). */
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "checks/pinned.h"
#include "ops/enrol.h"
#include "ops/enrol_now.h"

#define VALUE_MAX 1000 /* bytes of one value in a line */

/* ---- text ------------------------------------------------------------------------------ */

static void put_clean(struct gh_buf *out, const struct gh_buf *text)
{
	gh_text_clean(out, text->p, text->len, VALUE_MAX);
	gh_buf_chr(out, '\n');
}

static void put_fact(struct gh_buf *out, const char *fact, const json_t *value)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	gh_pinned_text(&text, fact, value);
	gh_buf_fmt(out, "  %-26s ", fact);
	put_clean(out, &text);
}

static const char *change_word(const struct gh_fact_pin *pin)
{
	return pin->state == GH_PIN_DIFFERS  ? "replaced"
	       : pin->state == GH_PIN_UNREAD ? "dropped"
					     : "added";
}

static void put_change(struct gh_buf *out, const struct gh_fact_pin *pin)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	if (pin->state == GH_PIN_SAME)
		return;
	if (pin->state == GH_PIN_DIFFERS)
		gh_pinned_was(&text, pin);
	else
		gh_pinned_text(
		    &text, pin->fact, pin->now != NULL ? pin->now : pin->pinned);
	gh_buf_fmt(out, "      %-8s %-26s ", change_word(pin), pin->fact);
	put_clean(out, &text);
}

static int put_row(
    struct gh_buf *out, const struct gh_enrol_chain *c, size_t i, struct gh_err *err)
{
	gh_auto(struct gh_fact_pins, gh_fact_pins_free) pins = {0};
	const struct gh_enrolment_row *row = &c->row[i];
	char at[GH_TIME_LEN];

	if (gh_enrol_changes(&pins, c, i, err) < 0)
		return -1;
	gh_time_text(at, row->at);
	gh_buf_fmt(out, "  %-4lld %s by %s%s%s\n", (long long)row->seq, at, row->by,
	    row->reason[0] != '\0' ? ": " : "", row->reason);
	if (row->replaces == 0) {
		gh_buf_fmt(out, "      the first: %zu facts\n", pins.n);
		return 0;
	}
	for (size_t k = 0; k < pins.n; k++)
		put_change(out, &pins.at[k]);
	return 0;
}

/* "2026-..Z", "never" */
static const char *read_word(char out[static GH_TIME_LEN], const json_t *at)
{
	if (!json_is_integer(at))
		return "never";
	gh_time_text(out, json_integer_value(at));
	return out;
}

/* What the newest reading says otherwise than the pins; a line when it says the same. */
static void put_now(struct gh_buf *out, const json_t *now)
{
	const json_t *pins = json_object_get(now, "pins");
	char ssh[GH_TIME_LEN], bmc[GH_TIME_LEN];
	size_t n_other = 0;

	gh_buf_fmt(out, "now, read by SSH %s, from the BMC %s%s\n",
	    read_word(ssh, json_object_get(now, "ssh_read_at")),
	    read_word(bmc, json_object_get(now, "bmc_read_at")),
	    json_is_true(json_object_get(now, "before")) ? ", before it was enrolled"
							 : "");
	for (size_t i = 0; i < json_array_size(pins); i++) {
		const json_t *p = json_array_get(pins, i);
		const char *state = gh_json_text(p, "state");

		if (strcmp(state, "same") == 0)
			continue;
		n_other++;
		gh_buf_fmt(out, "      %-8s %-26s %s\n", state, gh_json_text(p, "fact"),
		    gh_json_text(p, strcmp(state, "differs") == 0  ? "difference"
				    : strcmp(state, "unread") == 0 ? "pinned"
								   : "now"));
	}
	if (n_other == 0)
		gh_buf_str(out, "      as pinned\n");
}

static int put_chain(struct gh_buf *out, const char *host, const struct gh_enrol_chain *c,
    const json_t *now, struct gh_err *err)
{
	struct gh_fact_pins pins = {0};
	char at[GH_TIME_LEN];

	if (c->n == 0) {
		gh_buf_fmt(
		    out, "%s was never enrolled: gatehouse enrol %s\n", host, host);
		return gh_buf_ok(out, err);
	}
	gh_time_text(at, c->row[0].at);
	gh_buf_fmt(out, "%s, enrolled %s by %s, document sha256 %s\n", host, at,
	    c->row[0].by, c->row[0].sha256);
	if (gh_enrolment_compare(&pins, &c->doc[0], NULL, err) < 0)
		return -1;
	for (size_t i = 0; i < pins.n; i++)
		put_fact(out, pins.at[i].fact, pins.at[i].pinned);
	gh_fact_pins_free(&pins);
	put_now(out, now);
	gh_buf_str(out, "history, newest first\n");
	for (size_t i = 0; i < c->n; i++)
		if (put_row(out, c, i, err) < 0)
			return -1;
	return gh_buf_ok(out, err);
}

/* ---- JSON ------------------------------------------------------------------------------ */

static json_t *row_json(const struct gh_enrolment_row *row)
{
	return json_pack("{s:I, s:I, s:s, s:s, s:s, s:I}", "seq", (json_int_t)row->seq,
	    "at", (json_int_t)row->at, "by", row->by, "reason", row->reason, "sha256",
	    row->sha256, "replaces", (json_int_t)row->replaces);
}

static json_t *null_or(const json_t *v)
{
	return v != NULL ? json_deep_copy(v) : json_null();
}

static json_t *change_json(const struct gh_fact_pin *pin)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	json_t *o = json_pack("{s:s, s:o, s:o, s:s}", "fact", pin->fact, "was",
	    null_or(pin->pinned), "now", null_or(pin->now), "what", change_word(pin));

	if (pin->state == GH_PIN_DIFFERS)
		gh_pinned_was(&text, pin);
	else
		gh_pinned_text(
		    &text, pin->fact, pin->now != NULL ? pin->now : pin->pinned);
	gh_json_set_str(o, "words", gh_buf_cstr(&text));
	return o;
}

static int chain_json(json_t **out, const char *host, const struct gh_enrol_chain *c,
    json_t *now, struct gh_err *err)
{
	json_t *history = json_array();

	*out = json_pack("{s:s, s:b, s:o, s:O}", "host", host, "enrolled", c->n > 0,
	    "history", history, "now", now);
	if (c->n > 0)
		json_object_set_new(
		    *out, "facts", json_deep_copy(gh_enrolment_facts(&c->doc[0])));
	for (size_t i = 0; i < c->n; i++) {
		gh_auto(struct gh_fact_pins, gh_fact_pins_free) pins = {0};
		json_t *row = row_json(&c->row[i]), *list = json_array();

		json_object_set_new(row, "changes", list);
		json_array_append_new(history, row);
		if (gh_enrol_changes(&pins, c, i, err) < 0) {
			gh_json_free(out);
			return -1;
		}
		for (size_t k = 0; k < pins.n; k++)
			if (pins.at[k].state != GH_PIN_SAME)
				json_array_append_new(list, change_json(&pins.at[k]));
	}
	return *out != NULL ? 0 : gh_fail(err, GH_E_NOMEM, "out of memory");
}

int gh_op_enrol_show(struct gh_session *s, const char *host, struct gh_buf *text,
    json_t **json, bool *enrolled, struct gh_err *err)
{
	gh_auto(struct gh_enrol_chain, gh_enrol_chain_free) c = {0};
	gh_auto(json_t *, gh_json_free) now = NULL;
	bool known = s->fleet != NULL && gh_fleet_host(s->fleet, host) != NULL;

	if (gh_enrol_chain_load(&c, s->store, host, err) < 0)
		return -1;
	if (c.n == 0 && !known) {
		gh_fail(err, GH_E_USAGE,
		    "there is no host '%.64s', in the fleet file or "
		    "among what was enrolled",
		    host);
		return gh_err_hint(err, "gatehouse fleet lists the hosts");
	}
	*enrolled = c.n > 0;
	if (gh_enrol_now(&now, s, host, &c, err) < 0 ||
	    (json != NULL && chain_json(json, host, &c, now, err) < 0))
		return -1;
	return text != NULL ? put_chain(text, host, &c, now, err) : 0;
}

int gh_op_enrol_missing(
    struct gh_session *s, size_t *n, char first[static 64], struct gh_err *err)
{
	gh_auto(struct gh_enrolled *, gh_enrolled_free) e = NULL;

	*n = 0;
	first[0] = '\0';
	if (gh_session_need_fleet(s, err) < 0 || gh_enrolled_load(&e, s, err) < 0)
		return -1;
	for (size_t i = 0; i < gh_enrolled_count(e); i++) {
		const struct gh_host *h = gh_enrolled_host(e, i);

		if (gh_enrolment_any(gh_enrolled_of(e, h)))
			continue;
		if ((*n)++ == 0)
			snprintf(first, 64, "%s", h->name);
	}
	return 0;
}
