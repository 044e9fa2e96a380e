/* SPDX-License-Identifier: Apache-2.0
 * The files below evidence/: all there, none altered, none besides; then judged again. */
#include "proof/pieces.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "evidence/rim.h"
#include "evidence/selftest.h"

struct pieces {
	const struct gh_bundle *b;
	const struct gh_statement *s;
	const struct gh_bundle_opts *o;
	struct gh_trust trust; /* the client's, then the lab's of the bundle */
	struct gh_rims rims;
	struct gh_context ctx;
};

static struct gh_bytes get_evidence(const struct gh_bundle *b, const char *sha256)
{
	char name[96];
	snprintf(name, sizeof(name), "evidence/%s", sha256);
	return gh_is_hex_digest(sha256) ? gh_bundle_get(b, name) : (struct gh_bytes){0};
}

/* ---- the index --------------------------------------------------------------------- */

int gh_pieces_digest(const char *hex, struct gh_bytes bytes, struct gh_err *err)
{
	char name[GH_SHA256_NAME_LEN];
	if (gh_sha256_name(bytes.p, bytes.len, name, err))
		return -1;
	return strcmp(name + 7, hex) == 0
		   ? 0
		   : gh_fail(err, GH_E_CRYPTO, "a file has the digest %s", name + 7);
}

static int check_index_row(
    const struct pieces *v, const char *hex, const json_t *row, struct gh_err *err)
{
	struct gh_bytes file = get_evidence(v->b, hex);
	int64_t size = -1;
	if (!gh_is_hex_digest(hex) || !json_is_object(row))
		return gh_fail(err, GH_E_PARSE, "index.json: \"%s\" is no digest", hex);
	if (gh_json_int(row, "index.json", "size", &size, err))
		return -1;
	if (!file.p)
		return gh_fail(err, GH_E_CRYPTO, "evidence/%s is missing", hex);
	if (size < 0 || (uint64_t)size != file.len)
		return gh_fail(err, GH_E_CRYPTO, "evidence/%s: %zu bytes, not %" PRId64,
		    hex, file.len, size);
	return gh_pieces_digest(hex, file, err) ? gh_err_prefix(err, "evidence/%s", hex)
						: 0;
}

static int check_listed(
    const json_t *index, const char *where, const char *hex, struct gh_err *err)
{
	if (!hex || !gh_is_hex_digest(hex) || json_object_get(index, hex))
		return 0; /* "host/dmi.txt" and the like name a place, not a digest */
	return gh_fail(
	    err, GH_E_CRYPTO, "%s names %s, which is not in the index", where, hex);
}

/* Every digest that the report names is in the index. */
static int check_named(const struct pieces *v, const json_t *index, struct gh_err *err)
{
	const struct {
		const json_t *rows;
		const char *where, *key;
	} place[] = {
	    {v->s->checks, "checks[].evidence", "evidence"},
	    {v->s->devices, "devices[].evidence", "evidence"},
	    {v->s->devices, "devices[].chain", "chain"},
	    {v->s->collateral, "collateral[].sha256", "sha256"},
	};
	size_t i;
	json_t *row;
	for (size_t p = 0; p < GH_COUNT(place); p++)
		json_array_foreach(place[p].rows, i,
		    row) if (check_listed(index, place[p].where,
				 json_string_value(json_object_get(row, place[p].key)),
				 err)) return -1;
	return check_listed(index, "policy.blob", v->s->policy_blob, err);
}

/* Nothing lies in evidence/ that nobody signed for. */
static int check_unlisted(const struct pieces *v, const json_t *index, struct gh_err *err)
{
	for (size_t i = 0; i < v->b->n; i++) {
		const char *name = v->b->file[i].name;
		if (strncmp(name, "evidence/", 9) != 0 ||
		    strcmp(name, "evidence/index.json") == 0)
			continue;
		if (!json_object_get(index, name + 9))
			return gh_fail(err, GH_E_CRYPTO, "%s is not in the index", name);
	}
	return 0;
}

int gh_pieces_check(const struct gh_bundle *b, const struct gh_statement *s, size_t *n,
    struct gh_err *err)
{
	const struct pieces v = {.b = b, .s = s};
	struct gh_bytes raw = gh_bundle_get(b, "evidence/index.json");
	gh_auto(json_t *, gh_json_free) index = gh_json_parse(raw.p, raw.len, err);
	if (!index)
		return gh_err_prefix(err, "index.json");
	if (!json_is_object(index))
		return gh_fail(err, GH_E_PARSE, "index.json: no object");
	*n = json_object_size(index);
	for (void *it = json_object_iter(index); it;
	     it = json_object_iter_next(index, it))
		if (check_index_row(
			&v, json_object_iter_key(it), json_object_iter_value(it), err))
			return -1;
	return check_named(&v, index, err) || check_unlisted(&v, index, err) ? -1 : 0;
}

/* ---- judged again ------------------------------------------------------------------ */

static struct gh_bytes get_for_recheck(void *ctx, const char *sha256)
{
	return get_evidence(ctx, sha256);
}

/* Roots that the bundle brings are believed only as lab roots, and only with --lab. */
static int add_lab_trust(struct pieces *v, const char *hex, struct gh_err *err)
{
	struct gh_bytes bytes = get_evidence(v->b, hex);
	size_t before = v->trust.n;
	if (!v->o->rules.allow_lab || !bytes.p)
		return 0;
	if (gh_trust_add(&v->trust, bytes.p, bytes.len, err))
		return gh_err_prefix(err, "lab trust in the bundle");
	for (size_t i = before; i < v->trust.n; i++)
		if (!v->trust.at[i].lab)
			return gh_fail(err, GH_E_CRYPTO,
			    "the bundle brings a root that is not marked as lab");
	return 0;
}

static int add_rim(struct pieces *v, const char *hex, struct gh_err *err)
{
	struct gh_bytes bytes = get_evidence(v->b, hex);
	struct gh_rim *rim = NULL;
	if (!bytes.p)
		return 0;
	if (gh_rim_load(&rim, bytes.p, bytes.len, &v->ctx, err))
		return -1;
	return gh_rims_add(&v->rims, rim, err);
}

/* Every piece of collateral of one role. */
static int each_collateral(struct pieces *v, const char *role,
    int (*use)(struct pieces *v, const char *hex, struct gh_err *err), struct gh_err *err)
{
	size_t i;
	json_t *row;
	json_array_foreach(v->s->collateral, i, row)
	{
		const char *r = json_string_value(json_object_get(row, "role"));
		const char *hex = json_string_value(json_object_get(row, "sha256"));
		if (r && hex && strcmp(r, role) == 0 && use(v, hex, err))
			return -1;
	}
	return 0;
}

static int client_trust(struct pieces *v, struct gh_err *err)
{
	if (gh_trust_builtin(&v->trust, err))
		return -1;
	for (size_t i = 0; i < v->o->n_trust; i++)
		if (gh_trust_add(&v->trust, v->o->trust[i].p, v->o->trust[i].len, err)) {
			if (err)
				err->code = GH_E_CONFIG;
			return gh_err_prefix(err, "trust file");
		}
	return 0;
}

static void unreadable(struct gh_result *out, const struct gh_err *e)
{
	struct gh_finding *f =
	    gh_findings_add(&out->findings, GH_BUNDLE_SUBJECT, "bundle.collateral");
	gh_say(&f->parent, "bundle.evidence");
	gh_say(&f->title, "RIMs and roots in the bundle can be read");
	gh_say(&f->observed, "%s", e->what);
	f->assurance = GH_A3;
	gh_judge(f, GH_FAIL, "bundle.collateral");
}

int gh_pieces_recheck(struct gh_result *out, const struct gh_bundle *b,
    const struct gh_statement *s, const struct gh_bundle_opts *o, struct gh_err *err)
{
	struct pieces v = {.b = b, .s = s, .o = o};
	struct gh_err e = {0};
	if (gh_selftest(err) || client_trust(&v, err))
		return -1;
	gh_auto(struct gh_memo *, gh_memo_free) memo = gh_memo_new();
	v.ctx = (struct gh_context){.at = o->rules.at,
	    .trust = &v.trust,
	    .allow_lab = o->rules.allow_lab,
	    .rims = &v.rims,
	    .memo = memo};
	if (each_collateral(&v, "lab-trust", add_lab_trust, &e) ||
	    each_collateral(&v, "rim", add_rim, &e))
		unreadable(out, &e);
	const struct gh_recheck_source source = {get_for_recheck, (void *)(uintptr_t)b};
	int rc = gh_recheck_devices(out, s, &source, &v.ctx, err);
	gh_rims_free(&v.rims);
	return rc;
}
