/* SPDX-License-Identifier: Apache-2.0
 * The catalogue of host checks, for reading. */
#include "ops/catalogue.h"

#include "checks/checks.h"

static json_t *check_json(const struct gh_check *c)
{
	bool judged = gh_check_judged(c);

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:s, s:s}", "id",
	    c->id, "group", c->group, "title", c->title, "severity",
	    gh_severity_word(c->severity), "platform", c->platform, "channel", c->channel,
	    "root", c->root ? 1 : 0, "judged", judged ? 1 : 0, "expect", c->expect, "why",
	    c->why, "remedy", c->remedy);
}

int gh_op_catalogue(const char *id, json_t **out, struct gh_err *err)
{
	gh_auto(struct gh_catalogue *, gh_catalogue_free) cat = NULL;
	gh_auto(json_t *, gh_json_free) rows = json_array();

	if (gh_catalogue_load(&cat, err) < 0)
		return -1;
	if (id != NULL && gh_catalogue_get(cat, id) == NULL) {
		gh_fail(err, GH_E_USAGE, "there is no check '%s'", id);
		return gh_err_hint(err, "gatehouse checks lists them");
	}
	for (size_t i = 0; i < gh_catalogue_count(cat); i++) {
		const struct gh_check *c = gh_catalogue_at(cat, i);

		if (id == NULL || strcmp(c->id, id) == 0)
			json_array_append_new(rows, check_json(c));
	}
	*out = gh_take(rows);
	return 0;
}
