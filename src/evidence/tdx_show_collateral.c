/* SPDX-License-Identifier: Apache-2.0
 * Intel's signed documents as fields: every member, in the order Intel wrote them. */
#include "base/text.h"
#include "evidence/signed_json.h"
#include "evidence/tdx_qe_identity.h"
#include "evidence/tdx_show.h"
#include "evidence/tdx_tcb_info.h"

#define FIELDS_MAX 4096 /* more are not shown */

/* Where the fields go, and how many may be there in the end. */
struct sink {
	struct gh_fields *out;
	size_t limit;
};

static void show_json(struct sink *to, const char *name, const json_t *v);

/* [{"svn":7,..},..] on one line: 7 7 2 2 .. */
static bool show_components(struct gh_fields *out, const char *name, const json_t *list)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
	{
		const json_t *svn = json_object_get(v, "svn");

		if (!json_is_integer(svn) || i >= 64)
			return false;
		gh_buf_fmt(
		    &text, "%s%lld", i ? " " : "", (long long)json_integer_value(svn));
	}
	if (!text.len)
		return false;
	gh_fields_add(out, name, NULL, 0, "%s", gh_buf_cstr(&text));
	return true;
}

static void show_list(struct sink *to, const char *name, const json_t *list)
{
	const json_t *v;
	size_t i;

	if (show_components(to->out, name, list))
		return;
	gh_fields_open(to->out, "%s: %zu", name, json_array_size(list));
	json_array_foreach(list, i, v)
	{
		gh_auto(struct gh_buf, gh_buf_free) at = {0};

		gh_buf_fmt(&at, "%zu", i);
		show_json(to, gh_buf_cstr(&at), v);
	}
	gh_fields_close(to->out);
}

static void show_object(struct sink *to, const char *name, const json_t *o)
{
	const char *key;
	json_t *v;

	gh_fields_open(to->out, "%s", name);
	json_object_foreach((json_t *)(uintptr_t)o, key, v)
	{
		show_json(to, key, v);
	}
	gh_fields_close(to->out);
}

/* As deep as the document, which the scanner has capped at GH_SIGNED_JSON_DEPTH. */
static void show_json(struct sink *to, const char *name, const json_t *v)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	if (to->out->n >= to->limit)
		return;
	if (json_is_object(v)) {
		show_object(to, name, v);
	} else if (json_is_array(v)) {
		show_list(to, name, v);
	} else if (json_is_string(v)) {
		gh_fields_add(to->out, name, NULL, 0, "%s", json_string_value(v));
	} else {
		gh_json_dump(&text, v);
		gh_fields_add(to->out, name, NULL, 0, "%s", gh_buf_cstr(&text));
	}
}

/* Both structures are large: one of them at a time on the stack. */
static int check_info(struct gh_bytes value, struct gh_err *err)
{
	struct gh_tcb_info info;

	return gh_tcb_info_parse(&info, value, err);
}

static int check_qe(struct gh_bytes value, struct gh_err *err)
{
	struct gh_qe_identity qe;

	return gh_qe_identity_parse(&qe, value, err);
}

static void show_document(
    struct gh_fields *out, const struct gh_signed_json *s, bool info)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};
	struct sink to = {out, out->n + FIELDS_MAX};
	struct gh_err e = {0};

	gh_fields_add(out, "signed bytes", NULL, 0, "%zu", s->value.len);
	gh_buf_hex(&hex, s->signature, sizeof(s->signature));
	gh_fields_add(out, "signature", NULL, 0, "%s", gh_buf_cstr(&hex));
	j = gh_json_parse(s->value.p, s->value.len, &e);
	if (j)
		show_json(&to, info ? "tcbInfo" : "enclaveIdentity", j);
	if (!j || (info ? check_info(s->value, &e) : check_qe(s->value, &e)) < 0)
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	if (out->n >= to.limit)
		gh_fields_add(out, "error", NULL, 0, "the rest is not shown");
}

int gh_tdx_collateral_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	struct gh_bytes kept = out->whole;
	struct gh_signed_json s;
	struct gh_err e = {0}, other = {0};
	bool info = gh_signed_json_split(&s, b, "tcbInfo", &e) == 0;
	bool known = info || gh_signed_json_split(&s, b, "enclaveIdentity", &other) == 0;

	out->whole = b;
	gh_fields_open(out, "%s",
	    info    ? "Intel TCB info"
	    : known ? "Intel QE identity"
		    : "Intel collateral");
	if (known)
		show_document(out, &s, info);
	else
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	gh_fields_close(out);
	out->whole = kept;
	return gh_fields_ok(out, err);
}
