/* SPDX-License-Identifier: Apache-2.0
 * Pins and the newest reading, fact by fact. */
#include "ops/enrol_now.h"

#include <stdlib.h>
#include <string.h>

#include "checks/pinned.h"
#include "ops/stored.h"

void gh_enrol_chain_free(struct gh_enrol_chain *c)
{
	for (size_t i = 0; c->doc != NULL && i < c->n; i++)
		gh_enrolment_free(&c->doc[i]);
	free(c->doc);
	gh_enrolment_rows_free(c->row, c->n);
}

int gh_enrol_chain_load(struct gh_enrol_chain *c, struct gh_store *store,
    const char *host, struct gh_err *err)
{
	if (gh_store_enrolments(store, host, &c->row, &c->n, err) < 0)
		return -1;
	c->doc = calloc(c->n + 1, sizeof *c->doc);
	if (c->doc == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < c->n; i++)
		if (gh_enrolment_parse(&c->doc[i], c->row[i].document,
			strlen(c->row[i].document), err) < 0)
			return gh_err_prefix(
			    err, "enrolment %lld of %s", (long long)c->row[i].seq, host);
	return 0;
}

int gh_enrol_changes(struct gh_fact_pins *out, const struct gh_enrol_chain *c, size_t i,
    struct gh_err *err)
{
	return gh_enrolment_compare(out, i + 1 < c->n ? &c->doc[i + 1] : NULL,
	    gh_enrolment_facts(&c->doc[i]), err);
}

/* Which row gave a fact the value that is pinned: the newest one that changed it. */
static int find_origins(
    json_t *row_of, const struct gh_enrol_chain *c, struct gh_err *err)
{
	for (size_t i = 0; i < c->n; i++) {
		gh_auto(struct gh_fact_pins, gh_fact_pins_free) pins = {0};

		if (gh_enrol_changes(&pins, c, i, err) < 0)
			return -1;
		for (size_t k = 0; k < pins.n; k++)
			if (pins.at[k].state != GH_PIN_SAME &&
			    json_object_get(row_of, pins.at[k].fact) == NULL)
				json_object_set_new(
				    row_of, pins.at[k].fact, json_integer((json_int_t)i));
	}
	return 0;
}

/* ---- the reading ----------------------------------------------------------------------- */

/* The key that was pinned when the host was read: it would not have been logged in to on
 * another one. */
static const char *key_then(const struct gh_enrol_chain *c, int64_t read_at)
{
	size_t i = 0;

	while (i < c->n && c->row[i].at > read_at)
		i++;
	return i < c->n ? gh_enrolment_text(&c->doc[i], "id.host_key") : "";
}

/* The pinned facts as they were last read; an empty object when nothing was. */
static json_t *read_now(const struct gh_stored *st, const struct gh_enrol_chain *c)
{
	json_t *now = gh_pinned_now(&st->facts);

	if (now != NULL && st->src.probe != NULL &&
	    json_object_get(now, "id.host_key") == NULL && key_then(c, st->ssh_at)[0])
		json_object_set_new(
		    now, "id.host_key", json_string(key_then(c, st->ssh_at)));
	return now;
}

/* ---- in words ---------------------------------------------------------------------------- */

static void set_value(json_t *o, const char *key, const char *fact, const json_t *value)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	if (value != NULL)
		gh_pinned_text(&text, fact, value);
	gh_json_set_str(o, key, gh_buf_cstr(&text));
}

static json_t *pin_json(const struct gh_fact_pin *pin, const struct gh_enrolment_row *row)
{
	static const char *const word[] = {[GH_PIN_SAME] = "same",
	    [GH_PIN_DIFFERS] = "differs",
	    [GH_PIN_UNREAD] = "unread",
	    [GH_PIN_NEW] = "new"};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	json_t *o = json_pack("{s:s, s:s}", "fact", pin->fact, "state", word[pin->state]);

	set_value(o, "pinned", pin->fact, pin->pinned);
	set_value(o, "now", pin->fact, pin->now);
	if (pin->state == GH_PIN_DIFFERS)
		gh_pinned_difference(&text, pin);
	gh_json_set_str(o, "difference", gh_buf_cstr(&text));
	if (row == NULL)
		return o;
	json_object_set_new(o, "since", json_integer(row->at));
	json_object_set_new(o, "seq", json_integer((json_int_t)row->seq));
	gh_json_set_str(o, "by", row->by);
	gh_json_set_str(o, "reason", row->reason);
	return o;
}

static int pins_json(
    json_t *list, const struct gh_enrol_chain *c, const json_t *now, struct gh_err *err)
{
	gh_auto(struct gh_fact_pins, gh_fact_pins_free) pins = {0};
	gh_auto(json_t *, gh_json_free) row_of = json_object();

	if (find_origins(row_of, c, err) < 0 ||
	    gh_enrolment_compare(&pins, c->n > 0 ? &c->doc[0] : NULL, now, err) < 0)
		return -1;
	for (size_t i = 0; i < pins.n; i++) {
		const struct gh_fact_pin *pin = &pins.at[i];
		const json_t *at = json_object_get(row_of, pin->fact);
		bool pinned = pin->pinned != NULL && at != NULL;

		json_array_append_new(
		    list, pin_json(pin, pinned ? &c->row[json_integer_value(at)] : NULL));
	}
	return 0;
}

static json_t *time_or_null(int64_t at)
{
	return at > 0 ? json_integer(at) : json_null();
}

int gh_enrol_now(json_t **out, struct gh_session *s, const char *host,
    const struct gh_enrol_chain *c, struct gh_err *err)
{
	gh_auto(struct gh_stored, gh_stored_free) st = {.ssh_at = 0};
	gh_auto(json_t *, gh_json_free) now = NULL;
	json_t *list;
	int64_t newest;

	if (s->fleet != NULL && gh_fleet_host(s->fleet, host) != NULL &&
	    gh_stored_load(s, host, &st, err) < 0)
		return -1;
	now = st.facts.ssh != NULL ? read_now(&st, c) : json_object();
	list = json_array();
	newest = st.ssh_at > st.bmc_at ? st.ssh_at : st.bmc_at;
	*out = json_pack("{s:o, s:o, s:b, s:o}", "ssh_read_at", time_or_null(st.ssh_at),
	    "bmc_read_at", time_or_null(st.bmc_at), "before",
	    newest > 0 && c->n > 0 && newest < c->row[0].at, "pins", list);
	if (*out == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	if (pins_json(list, c, now, err) == 0)
		return 0;
	gh_json_free(out);
	return -1;
}
