/* SPDX-License-Identifier: Apache-2.0
 * The pinned facts of one host. */
#include "fleet/enrolment.h"

#include <stdlib.h>

#define FORMAT   "gatehouse-enrolment/1"
#define NAME_MAX 63 /* bytes of a fact's name */

void gh_enrolment_free(struct gh_enrolment *p)
{
	gh_json_free(&p->doc);
}

const json_t *gh_enrolment_facts(const struct gh_enrolment *p)
{
	return p ? json_object_get(p->doc, "facts") : NULL;
}

const json_t *gh_enrolment_get(const struct gh_enrolment *p, const char *fact)
{
	return json_object_get(gh_enrolment_facts(p), fact);
}

const char *gh_enrolment_text(const struct gh_enrolment *p, const char *fact)
{
	const char *s = json_string_value(gh_enrolment_get(p, fact));

	return s ? s : "";
}

bool gh_enrolment_any(const struct gh_enrolment *p)
{
	return p && p->doc;
}

const char *gh_enrolment_by(const struct gh_enrolment *p)
{
	return p ? gh_json_text(p->doc, "by") : "";
}

int64_t gh_enrolment_at(const struct gh_enrolment *p)
{
	return p ? json_integer_value(json_object_get(p->doc, "at")) : 0;
}

/* ---- form ------------------------------------------------------------------------------ */

static int check_name(const char *name, struct gh_err *err)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.");

	if (n > 0 && n <= NAME_MAX && name[n] == '\0')
		return 0;
	return gh_fail(err, GH_E_PARSE, "enrolment: %.70s is no name of a fact", name);
}

static bool is_text(const json_t *v)
{
	return json_is_string(v) && json_string_length(v) <= GH_ENROLMENT_TEXT_MAX;
}

/* Sorted without doubles, so that equal sets are equal arrays. */
static bool is_set(const json_t *v)
{
	size_t n = json_array_size(v);

	if (!json_is_array(v) || n > GH_ENROLMENT_SET_MAX)
		return false;
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_array_get(v, i);

		if (!is_text(one) ||
		    (i > 0 && strcmp(json_string_value(json_array_get(v, i - 1)),
				  json_string_value(one)) >= 0))
			return false;
	}
	return true;
}

static int check_facts(json_t *facts, struct gh_err *err)
{
	const char *name;
	json_t *v;

	if (json_object_size(facts) > GH_ENROLMENT_FACTS_MAX)
		return gh_fail(err, GH_E_PARSE, "enrolment: more than %d facts",
		    GH_ENROLMENT_FACTS_MAX);
	json_object_foreach(facts, name, v)
	{
		if (check_name(name, err) != 0)
			return -1;
		if (!is_text(v) && !is_set(v) && !json_is_integer(v) &&
		    !json_is_boolean(v))
			return gh_fail(err, GH_E_PARSE,
			    "enrolment: %s is no text, whole number, truth value or "
			    "sorted set of texts, or is too large",
			    name);
	}
	return 0;
}

int gh_enrolment_load(struct gh_enrolment *p, json_t *doc, struct gh_err *err)
{
	const char *format, *host, *by;
	json_t *facts;
	int64_t at;

	if (gh_json_str(doc, "enrolment", "format", &format, err) != 0 ||
	    gh_json_obj(doc, "enrolment", "facts", &facts, err) != 0)
		return -1;
	if (strcmp(format, FORMAT) != 0)
		return gh_fail(
		    err, GH_E_CONFIG, "enrolment: format %.40s, need %s", format, FORMAT);
	if (gh_json_str(doc, "enrolment", "host", &host, err) != 0 ||
	    gh_json_str(doc, "enrolment", "by", &by, err) != 0 ||
	    gh_json_int(doc, "enrolment", "at", &at, err) != 0 ||
	    check_facts(facts, err) != 0)
		return -1;
	p->doc = json_incref(doc);
	return 0;
}

int gh_enrolment_parse(
    struct gh_enrolment *p, const char *text, size_t len, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) doc = NULL;

	if (len > GH_ENROLMENT_MAX)
		return gh_fail(
		    err, GH_E_PARSE, "enrolment: more than %u bytes", GH_ENROLMENT_MAX);
	doc = gh_json_parse(text, len, err);
	return doc ? gh_enrolment_load(p, doc, err) : -1;
}

int gh_enrolment_make(struct gh_enrolment *p, const struct gh_enrolling *of,
    const json_t *facts, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) copy = json_deep_copy(facts);
	gh_auto(json_t *, gh_json_free) doc =
	    json_pack("{s:s, s:s, s:s, s:I, s:O}", "format", FORMAT, "host", of->host,
		"by", of->by, "at", (json_int_t)of->at, "facts", copy);

	if (!copy || !doc)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	return gh_enrolment_load(p, doc, err);
}

/* ---- what differs ---------------------------------------------------------------------- */

void gh_fact_pins_free(struct gh_fact_pins *pins)
{
	free(pins->at);
	*pins = (struct gh_fact_pins){0};
}

static int by_fact(const void *a, const void *b)
{
	return strcmp(
	    ((const struct gh_fact_pin *)a)->fact, ((const struct gh_fact_pin *)b)->fact);
}

static void add(
    struct gh_fact_pins *out, const char *fact, const json_t *pinned, const json_t *now)
{
	enum gh_pin_state st = !pinned                   ? GH_PIN_NEW
			       : !now                    ? GH_PIN_UNREAD
			       : json_equal(pinned, now) ? GH_PIN_SAME
							 : GH_PIN_DIFFERS;

	out->at[out->n++] = (struct gh_fact_pin){fact, pinned, now, st};
	out->count[st]++;
}

int gh_enrolment_compare(struct gh_fact_pins *out, const struct gh_enrolment *p,
    const json_t *now, struct gh_err *err)
{
	const json_t *pinned = gh_enrolment_facts(p);
	const char *fact;
	json_t *v;

	*out = (struct gh_fact_pins){0};
	out->at = calloc(
	    json_object_size(pinned) + json_object_size(now) + 1, sizeof(*out->at));
	if (!out->at)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	json_object_foreach((json_t *)(uintptr_t)pinned, fact, v)
	{
		add(out, fact, v, json_object_get(now, fact));
	}
	json_object_foreach((json_t *)(uintptr_t)now, fact, v)
	{
		if (!json_object_get(pinned, fact))
			add(out, fact, NULL, v);
	}
	qsort(out->at, out->n, sizeof(*out->at), by_fact);
	return 0;
}
