/* SPDX-License-Identifier: Apache-2.0
 * Typed readers for Intel's collateral; what does not fit exactly is refused. */
#include "evidence/tdx_json.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"

#define EVAL_MAX 1000000 /* it grows by two or three a year */

/* "YYYY-MM-DDTHH:MM:SSZ" and nothing else. */
static int read_time(const json_t *o, const char *key, int64_t *out, struct gh_err *err)
{
	static const char shape[] = "0000-00-00T00:00:00Z";
	const char *text = NULL;
	bool fits;

	if (gh_json_str(o, "collateral", key, &text, err) < 0)
		return -1;
	fits = strlen(text) == sizeof(shape) - 1;
	for (size_t i = 0; fits && shape[i]; i++)
		fits = shape[i] == '0' ? text[i] >= '0' && text[i] <= '9'
				       : text[i] == shape[i];
	if (!fits || gh_time_parse(text, out, NULL) < 0)
		return gh_fail(err, GH_E_PARSE,
		    "collateral: \"%s\" must be an instant YYYY-MM-DDTHH:MM:SSZ", key);
	return 0;
}

int gh_tcb_read_hex(
    const json_t *o, const char *key, void *out, size_t len, struct gh_err *err)
{
	const char *hex = NULL;

	if (gh_json_str(o, "collateral", key, &hex, err) < 0)
		return -1;
	if (gh_unhex(out, len, hex, NULL) < 0)
		return gh_fail(err, GH_E_PARSE,
		    "collateral: \"%s\" must be %zu bytes in hex", key, len);
	return 0;
}

int gh_tcb_read_uint(
    const json_t *o, const char *key, uint32_t max, uint32_t *out, struct gh_err *err)
{
	int64_t v = 0;

	if (gh_json_int(o, "collateral", key, &v, err) < 0)
		return -1;
	if (v < 0 || v > (int64_t)max)
		return gh_fail(err, GH_E_PARSE,
		    "collateral: \"%s\" is %lld, must be 0 to %u", key, (long long)v,
		    max);
	*out = (uint32_t)v;
	return 0;
}

int gh_tcb_read_head(const json_t *o, const char *id, int64_t version,
    struct gh_tcb_window *out, struct gh_err *err)
{
	const char *got = NULL;
	int64_t v = 0;
	uint32_t eval = 0;

	if (gh_json_str(o, "collateral", "id", &got, err) < 0 ||
	    gh_json_int(o, "collateral", "version", &v, err) < 0)
		return -1;
	if (strcmp(got, id) != 0 || v != version)
		return gh_fail(err, GH_E_PARSE,
		    "collateral: id \"%s\" version %lld, must be \"%s\" version %lld",
		    got, (long long)v, id, (long long)version);
	if (read_time(o, "issueDate", &out->issue, err) < 0 ||
	    read_time(o, "nextUpdate", &out->next, err) < 0 ||
	    gh_tcb_read_uint(o, "tcbEvaluationDataNumber", EVAL_MAX, &eval, err) < 0)
		return -1;
	out->eval = eval;
	return 0;
}

/* "INTEL-SA-00960": printable, no blank, no comma (claims join them with one). */
static bool advisory_fits(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n >= GH_TCB_ADVISORY_LEN)
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] <= ' ' || s[i] > '~' || s[i] == ',')
			return false;
	return true;
}

/* Its place among the document's advisories, put there when it is new; -1: no room. */
static int place_of(struct gh_tcb_advisories *names, const char *s)
{
	size_t i = 0;

	while (i < names->n && strcmp(names->at[i], s) != 0)
		i++;
	if (i == GH_TCB_ADVISORIES_MAX)
		return -1;
	if (i == names->n)
		memcpy(names->at[names->n++], s, strlen(s) + 1);
	return (int)i;
}

static int read_advisories(const json_t *level, struct gh_tcb_advisories *names,
    struct gh_tcb_bits *out, struct gh_err *err)
{
	const json_t *list = json_object_get(level, "advisoryIDs"), *v;
	size_t i;

	if (list == NULL)
		return 0;
	if (!json_is_array(list))
		return gh_fail(
		    err, GH_E_PARSE, "collateral: \"advisoryIDs\" must be an array");
	json_array_foreach(list, i, v)
	{
		const char *s = json_string_value(v);
		int at = s && advisory_fits(s) ? place_of(names, s) : -1;

		if (at < 0)
			return gh_fail(err, GH_E_PARSE,
			    "collateral: an advisory is not a short word, or there are "
			    "more than %d",
			    GH_TCB_ADVISORIES_MAX);
		out->word[at / 64] |= 1ull << (at % 64);
	}
	return 0;
}

static bool status_fits(enum gh_tdx_status s, bool simple)
{
	if (simple)
		return s == GH_TCB_UP_TO_DATE || s == GH_TCB_OUT_OF_DATE ||
		       s == GH_TCB_REVOKED;
	return s != GH_TCB_TD_RELAUNCH_ADVISED &&
	       s != GH_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
}

int gh_tcb_read_standing(const json_t *level, bool simple,
    struct gh_tcb_advisories *names, struct gh_tcb_standing *out, struct gh_err *err)
{
	const char *word = NULL;

	if (read_time(level, "tcbDate", &out->date, err) < 0 ||
	    gh_json_str(level, "collateral", "tcbStatus", &word, err) < 0)
		return -1;
	if (gh_tdx_status_parse(word, &out->status) < 0 ||
	    !status_fits(out->status, simple))
		return gh_fail(err, GH_E_PARSE,
		    "collateral: \"tcbStatus\" is \"%s\", which we do not know", word);
	return read_advisories(level, names, &out->advisories, err);
}

static int read_svn_level(const json_t *level, uint32_t svn_max,
    struct gh_tcb_advisories *names, struct gh_tcb_svn_level *out, struct gh_err *err)
{
	json_t *tcb = NULL;
	uint32_t svn = 0;

	if (gh_json_obj(level, "collateral level", "tcb", &tcb, err) < 0 ||
	    gh_tcb_read_uint(tcb, "isvsvn", svn_max, &svn, err) < 0)
		return -1;
	out->isvsvn = (uint16_t)svn;
	return gh_tcb_read_standing(level, true, names, &out->is, err);
}

static int by_svn_down(const void *a, const void *b)
{
	const struct gh_tcb_svn_level *x = a, *y = b;

	return (int)y->isvsvn - (int)x->isvsvn;
}

int gh_tcb_read_svn_levels(const json_t *o, uint32_t svn_max,
    struct gh_tcb_advisories *names, struct gh_tcb_svn_levels *out, struct gh_err *err)
{
	json_t *list = NULL;
	size_t n;

	if (gh_json_arr(o, "collateral", "tcbLevels", &list, err) < 0)
		return -1;
	n = json_array_size(list);
	if (n == 0 || n > GH_TCB_SVN_LEVELS_MAX)
		return gh_fail(err, GH_E_PARSE,
		    "collateral: \"tcbLevels\" has %zu levels, must be 1 to %d", n,
		    GH_TCB_SVN_LEVELS_MAX);
	for (out->n = 0; out->n < n; out->n++)
		if (read_svn_level(json_array_get(list, out->n), svn_max, names,
			&out->at[out->n], err) < 0)
			return -1;
	qsort(out->at, n, sizeof(out->at[0]), by_svn_down);
	for (size_t i = 1; i < n; i++)
		if (out->at[i - 1].isvsvn == out->at[i].isvsvn)
			return gh_fail(err, GH_E_PARSE,
			    "collateral: two levels for isvsvn %u", out->at[i].isvsvn);
	return 0;
}
