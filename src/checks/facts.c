/* SPDX-License-Identifier: Apache-2.0
 * Facts of one host: putting them, asking for them, saying them. */
#include "checks/facts.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "checks/facts_read.h"
#include "checks/judge.h"
#include "firmware/version.h"

/* ---- putting ------------------------------------------------------------------------- */

static void put(struct gh_fact_sink *s, const char *name, json_t *value)
{
	if (!value || json_object_set_new(s->to, name, value) != 0)
		s->oom = true;
}

/* Cleaned text, or NULL for a placeholder and for nothing. */
static json_t *text_of(struct gh_fact_sink *s, struct gh_bytes v)
{
	gh_auto(struct gh_buf, gh_buf_free) clean = {0};
	json_t *j;

	v = gh_text_trim(v);
	gh_text_clean(&clean, v.p, v.len, GH_FACT_TEXT_MAX);
	s->oom |= clean.oom;
	if (gh_bmc_placeholder(gh_buf_cstr(&clean)))
		return NULL;
	j = json_string(gh_buf_cstr(&clean));
	s->oom |= j == NULL;
	return j;
}

void gh_fact_put(struct gh_fact_sink *s, const char *name, struct gh_bytes v)
{
	json_t *j = text_of(s, v);

	if (j)
		put(s, name, j);
}

void gh_fact_put_word(struct gh_fact_sink *s, const char *name, const char *word)
{
	put(s, name, json_string(word));
}

void gh_fact_put_int(struct gh_fact_sink *s, const char *name, int64_t v)
{
	put(s, name, json_integer(v));
}

void gh_fact_put_bool(struct gh_fact_sink *s, const char *name, bool v)
{
	put(s, name, json_boolean(v));
}

void gh_fact_set(struct gh_fact_sink *s, const char *name)
{
	if (!json_object_get(s->to, name))
		put(s, name, json_array());
}

void gh_fact_add(struct gh_fact_sink *s, const char *name, struct gh_bytes v)
{
	json_t *j = text_of(s, v), *set;

	if (!j)
		return;
	gh_fact_set(s, name);
	set = json_object_get(s->to, name);
	if (json_array_size(set) >= GH_FACT_SET_MAX)
		json_decref(j);
	else if (json_array_append_new(set, j) != 0)
		s->oom = true;
}

/* MM/DD/YYYY, as SMBIOS and Supermicro write it, as YYYY-MM-DD. */
static bool iso_of_us(struct gh_bytes v, char out[static 11])
{
	if (v.len != 10 || v.p[2] != '/' || v.p[5] != '/')
		return false;
	memcpy(out, v.p + 6, 4);
	memcpy(out + 5, v.p, 2);
	memcpy(out + 8, v.p + 3, 2);
	out[4] = out[7] = '-';
	out[10] = '\0';
	return true;
}

void gh_fact_put_date(struct gh_fact_sink *s, const char *name, struct gh_bytes v)
{
	char text[GH_TIME_LEN];
	int64_t at;

	v = gh_text_trim(v);
	if (!iso_of_us(v, text)) {
		if (v.len < 10 || v.len >= sizeof(text) || v.p[4] != '-')
			return;
		memcpy(text, v.p, v.len);
		text[v.len] = '\0';
	}
	if (gh_time_parse(text, &at, NULL) != 0)
		return;
	gh_time_text(text, at);
	gh_fact_put(s, name, (struct gh_bytes){(const unsigned char *)text, 10});
}

void gh_fact_put_cased(
    struct gh_fact_sink *s, const char *name, struct gh_bytes v, bool upper)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	for (size_t i = 0; i < v.len; i++)
		gh_buf_chr(&b, (char)(upper ? toupper(v.p[i]) : tolower(v.p[i])));
	s->oom |= b.oom;
	gh_fact_put(s, name, gh_buf_view(&b));
}

void gh_fact_put_same(struct gh_fact_sink *s, const char *name, const char *word)
{
	const char *had = json_string_value(json_object_get(s->to, name));
	char clean[160];

	gh_text_clean_into(clean, sizeof(clean), word);
	if (!had || strcmp(had, clean) != 0)
		put(s, name, json_string(had ? "mixed" : clean));
}

const struct gh_probe_item *gh_fact_item(const struct gh_probe *p, const char *id)
{
	const struct gh_probe_item *it = gh_probe_get(p, id);

	return it && it->rc == 0 ? it : NULL;
}

/* ---- reading ------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	const json_t *const *x = a, *const *y = b;

	return strcmp(json_string_value(*x), json_string_value(*y));
}

/* The set sorted, each member once; NULL when out of memory. */
static json_t *tidy(const json_t *set)
{
	size_t n = json_array_size(set);
	json_t **at = calloc(n + 1, sizeof(json_t *)), *out = json_array();

	for (size_t i = 0; at && i < n; i++)
		at[i] = json_array_get(set, i);
	if (at && n)
		qsort(at, n, sizeof(json_t *), by_text);
	for (size_t i = 0; at && out && i < n; i++)
		if ((i == 0 || by_text(&at[i - 1], &at[i]) != 0) &&
		    json_array_append(out, at[i]) != 0)
			gh_json_free(&out);
	if (!at)
		gh_json_free(&out);
	free(at);
	return out;
}

static int finish(struct gh_fact_sink *s, struct gh_err *err)
{
	size_t n;
	const struct gh_fact_def *def = gh_fact_defs(&n);

	for (size_t i = 0; i < n; i++) {
		json_t *set = json_object_get(s->to, def[i].name);

		if (json_is_array(set))
			put(s, def[i].name, tidy(set));
	}
	return s->oom ? gh_fail(err, GH_E_NOMEM, "out of memory") : 0;
}

int gh_facts_read(struct gh_facts *out, const struct gh_sources *src, struct gh_err *err)
{
	struct gh_fact_sink ssh = {.to = json_object()}, bmc = {.to = json_object()};

	*out = (struct gh_facts){ssh.to, bmc.to};
	if (!ssh.to || !bmc.to) {
		gh_facts_free(out);
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	}
	gh_facts_read_ssh(&ssh, src);
	if (src->bmc)
		gh_facts_read_bmc(&bmc, src->bmc);
	if (finish(&ssh, err) == 0 && finish(&bmc, err) == 0)
		return 0;
	gh_facts_free(out);
	return -1;
}

void gh_facts_free(struct gh_facts *f)
{
	gh_json_free(&f->ssh);
	gh_json_free(&f->bmc);
}

/* ---- asking -------------------------------------------------------------------------- */

const json_t *gh_facts_get(const struct gh_facts *f, const char *name)
{
	const json_t *v = f ? json_object_get(f->ssh, name) : NULL;

	return v || !f ? v : json_object_get(f->bmc, name);
}

int gh_facts_agree(const struct gh_facts *f, const char *name)
{
	const json_t *a = json_object_get(f->ssh, name),
		     *b = json_object_get(f->bmc, name);

	const struct gh_fact_def *def = gh_fact_def(name);

	if (!a || !b)
		return 0;
	if (json_equal(a, b))
		return 1;
	/* one version may be written in two ways */
	return def && def->type == GH_FACT_VERSION &&
		       gh_version_compare(def->scheme, json_string_value(a),
			   json_string_value(b)) == GH_VERSION_EQUAL
		   ? 1
		   : -1;
}

void gh_fact_text(struct gh_buf *out, const json_t *value)
{
	if (json_is_string(value))
		gh_buf_str(out, json_string_value(value));
	else if (json_is_integer(value))
		gh_buf_fmt(out, "%lld", (long long)json_integer_value(value));
	else if (json_is_boolean(value))
		gh_buf_str(out, json_is_true(value) ? "yes" : "no");
	else if (json_is_array(value) && json_array_size(value) == 0)
		gh_buf_str(out, "none");
	for (size_t i = 0; i < json_array_size(value); i++) {
		gh_buf_str(out, i ? ", " : "");
		gh_fact_text(out, json_array_get(value, i));
	}
}
