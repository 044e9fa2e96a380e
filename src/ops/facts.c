/* SPDX-License-Identifier: Apache-2.0
 * Facts by name, from what the store holds of a host. */
#include "ops/facts.h"

#include "ops/stored.h"

static const char *type_word(enum gh_fact_type t)
{
	static const char *const word[] = {[GH_FACT_TEXT] = "text",
	    [GH_FACT_INT] = "number",
	    [GH_FACT_BOOL] = "yes or no",
	    [GH_FACT_VERSION] = "version",
	    [GH_FACT_SET] = "set"};

	return word[t];
}

static json_t *row_of(
    const struct gh_fact_def *def, const struct gh_stored *st, int64_t now)
{
	const struct gh_facts *f = &st->facts;
	json_t *ssh = json_object_get(f->ssh, def->name),
	       *bmc = json_object_get(f->bmc, def->name);
	int agree = gh_facts_agree(f, def->name);
	int64_t at = ssh ? st->ssh_at : st->bmc_at;

	return json_pack("{s:s, s:O?, s:O?, s:o, s:o, s:s, s:s, s:s, s:s}", "name",
	    def->name, "ssh", ssh, "bmc", bmc, "agree",
	    agree == 0 ? json_null() : json_boolean(agree > 0), "age_s",
	    at > 0 ? json_integer(now - at) : json_null(), "unit", def->unit, "type",
	    type_word(def->type), "help", def->help, "assurance",
	    agree > 0 ? "A1" : "A0");
}

static json_t *rows_of(const struct gh_stored *st, int64_t now)
{
	json_t *rows = json_array();
	size_t n;
	const struct gh_fact_def *def = gh_fact_defs(&n);

	for (size_t i = 0; i < n; i++)
		if (gh_facts_get(&st->facts, def[i].name) &&
		    json_array_append_new(rows, row_of(&def[i], st, now)) != 0)
			gh_json_free(&rows);
	return rows;
}

static json_t *time_or_null(int64_t at)
{
	return at > 0 ? json_integer(at) : json_null();
}

int gh_op_facts(struct gh_session *s, const char *host, json_t **out, struct gh_err *err)
{
	gh_auto(struct gh_stored, gh_stored_free) st = {.ssh_at = 0};

	if (gh_session_need_fleet(s, err) < 0 || gh_stored_load(s, host, &st, err) < 0)
		return -1;
	*out = json_pack("{s:s, s:o, s:o, s:o}", "host", host, "ssh_read_at",
	    time_or_null(st.ssh_at), "bmc_read_at", time_or_null(st.bmc_at), "facts",
	    rows_of(&st, gh_now(s->env)));
	return *out ? 0 : gh_fail(err, GH_E_NOMEM, "out of memory");
}

void gh_facts_words(struct gh_buf *out, const json_t *value)
{
	gh_fact_text(out, value);
}
