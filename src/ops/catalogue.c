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

static bool shares(const json_t *a, const json_t *b)
{
	for (size_t i = 0; i < json_array_size(a); i++)
		for (size_t k = 0; k < json_array_size(b); k++)
			if (json_equal(json_array_get(a, i), json_array_get(b, k)))
				return true;
	return false;
}

int gh_op_coverage(json_t **out, struct gh_err *err)
{
	gh_auto(struct gh_catalogue *, gh_catalogue_free) cat = NULL;
	gh_auto(json_t *, gh_json_free) cov = gh_coverage(err);
	json_t *checks = json_object_get(cov, "checks"), *row, *peers;
	const char *id;
	size_t i;

	if (cov == NULL || gh_catalogue_load(&cat, err) < 0)
		return -1;
	json_array_foreach(json_object_get(cov, "tools"), i, row)
	{
		json_int_t ours = 0;

		json_object_foreach(checks, id, peers) ours +=
		    shares(peers, json_object_get(row, "peers"));
		json_object_set_new(row, "ours", json_integer(ours));
	}
	json_object_set_new(cov, "only_ours",
	    json_integer(
		(json_int_t)(gh_catalogue_count(cat) - json_object_size(checks))));
	json_object_del(cov, "checks");
	*out = gh_take(cov);
	return 0;
}
