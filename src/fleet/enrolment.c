/* SPDX-License-Identifier: Apache-2.0
 * The pinned facts of one host. */
#include "fleet/enrolment.h"

#define FORMAT "gatehouse-enrolment/1"

void gh_enrolment_free(struct gh_enrolment *p)
{
	gh_json_free(&p->doc);
}

const json_t *gh_enrolment_get(const struct gh_enrolment *p, const char *fact)
{
	return p ? json_object_get(json_object_get(p->doc, "facts"), fact) : NULL;
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

int gh_enrolment_load(struct gh_enrolment *p, json_t *doc, struct gh_err *err)
{
	const char *format;
	json_t *facts;

	if (gh_json_str(doc, "enrolment", "format", &format, err) != 0 ||
	    gh_json_obj(doc, "enrolment", "facts", &facts, err) != 0)
		return -1;
	if (strcmp(format, FORMAT) != 0)
		return gh_fail(
		    err, GH_E_CONFIG, "enrolment: format %.40s, need %s", format, FORMAT);
	p->doc = json_incref(doc);
	return 0;
}
