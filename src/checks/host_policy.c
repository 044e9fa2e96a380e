/* SPDX-License-Identifier: Apache-2.0
 * Loads a policy and what it extends, from files or from what is compiled in. */
#include "checks/host_policy.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/file.h"
#include "base/text.h"
#include "checks/policy_read.h"
#include "crypto/digest.h"

GH_EMBED(h100_tdx_json, "inventory/policies/h100-tdx-production.json");
GH_EMBED(snp_poc_json, "inventory/policies/snp-poc.json");

static const struct {
	const char *name;
	const unsigned char *from, *to;
} shipped[] = {
    {"h100-tdx-production", h100_tdx_json, h100_tdx_json_end},
    {"snp-poc", snp_poc_json, snp_poc_json_end},
};

/* A policy being loaded: the texts of its files are needed until all is read. */
struct loading {
	struct gh_policy_reader r;
	struct gh_buf text[GH_POLICY_DEPTH_MAX];
};

static void loading_free(struct loading *l)
{
	gh_host_policy_free(&l->r.p);
	gh_catalogue_free(&l->r.catalogue);
	for (size_t i = 0; i < GH_COUNT(l->text); i++)
		gh_buf_free(&l->text[i]);
}

const char *gh_policy_shipped(size_t i)
{
	return i < GH_COUNT(shipped) ? shipped[i].name : NULL;
}

/* A bare word names what is compiled in; a path has a slash or ends in .json. */
static bool is_bare(const char *name)
{
	size_t n = strlen(name);

	return !strchr(name, '/') && (n < 5 || strcmp(name + n - 5, ".json") != 0);
}

static int read_shipped(struct gh_buf *out, const char *name, struct gh_err *err)
{
	for (size_t i = 0; i < GH_COUNT(shipped); i++) {
		if (strcmp(shipped[i].name, name) != 0)
			continue;
		gh_buf_add(
		    out, shipped[i].from, (size_t)(shipped[i].to - shipped[i].from));
		return gh_buf_ok(out, err);
	}
	gh_fail(err, GH_E_CONFIG, "no policy '%.64s' is shipped", name);
	return gh_err_hint(err, "shipped are %s and %s; a file is named by its path",
	    shipped[0].name, shipped[1].name);
}

static int read_text(struct gh_buf *out, const char *name, struct gh_err *err)
{
	return is_bare(name) ? read_shipped(out, name, err)
			     : gh_file_read(out, name, GH_POLICY_MAX_BYTES, err);
}

/* Parses text[n_files] into the next file. */
static int add_file(struct loading *l, const char *name)
{
	struct gh_host_policy *p = l->r.p;
	struct gh_policy_file *f = &p->file[p->n_files];
	struct gh_bytes text = gh_buf_view(&l->text[p->n_files]);
	struct gh_json_place at;
	unsigned char sum[32];
	struct gh_err why = {0};

	f->name = strdup(name);
	if (!f->name)
		return gh_fail(l->r.err, GH_E_NOMEM, "out of memory");
	l->r.file = p->n_files++;
	l->r.text = text;
	if (gh_sha256(text.p, text.len, sum, l->r.err) != 0)
		return -1;
	gh_hex(f->sha256, sum, sizeof(sum));
	f->doc = gh_json_parse_placed(text, &at, &why);
	if (!f->doc)
		return gh_fail(l->r.err, why.code == GH_E_NOMEM ? why.code : GH_E_CONFIG,
		    "%s:%u:%u: %s", gh_policy_name(name), at.line, at.column, why.what);
	return json_is_object(f->doc)
		   ? 0
		   : gh_policy_refuse(&l->r, NULL, false, "a policy is one JSON object");
}

/* The name that "extends" means: a bare word, or a path from the folder of its file. */
static int resolve(
    const char *from, const char *name, char out[static PATH_MAX], struct gh_err *err)
{
	const char *slash = strrchr(from, '/');
	int n;

	if (is_bare(from) && !is_bare(name))
		return gh_fail(
		    err, GH_E_CONFIG, "a shipped policy can extend shipped ones only");
	if (is_bare(name) || name[0] == '/' || !slash)
		n = snprintf(out, PATH_MAX, "%s", name);
	else
		n = snprintf(out, PATH_MAX, "%.*s/%s", (int)(slash - from), from, name);
	return n > 0 && n < PATH_MAX
		   ? 0
		   : gh_fail(err, GH_E_CONFIG, "%.60s: the path is too long", name);
}

/* Two names of one file: "a.json" and "./a.json". */
static bool same_file(const char *a, const char *b)
{
	char real_a[PATH_MAX], real_b[PATH_MAX];

	if (strcmp(a, b) == 0)
		return true;
	return !is_bare(a) && !is_bare(b) && realpath(a, real_a) && realpath(b, real_b) &&
	       strcmp(real_a, real_b) == 0;
}

/* Reads the file that the newest one extends; 0 done (none), 1 one more, -1 error. */
static int add_base(struct loading *l)
{
	struct gh_host_policy *p = l->r.p;
	const json_t *v = json_object_get(p->file[p->n_files - 1].doc, "extends");
	struct gh_json_at at = {NULL, "extends", 0};
	struct gh_err why = {0};
	char name[PATH_MAX];

	if (!v || json_is_null(v))
		return 0;
	if (!json_is_string(v) || json_string_length(v) == 0)
		return gh_policy_refuse(&l->r, &at, false,
		    "this must be the name of a shipped policy, a file, or null");
	if (resolve(p->file[p->n_files - 1].name, json_string_value(v), name, &why) != 0)
		return gh_policy_refuse(&l->r, &at, false, "%s", why.what);
	for (size_t i = 0; i < p->n_files; i++)
		if (same_file(p->file[i].name, name))
			return gh_policy_refuse(
			    &l->r, &at, false, "%.100s extends itself in the end", name);
	if (p->n_files == GH_POLICY_DEPTH_MAX)
		return gh_policy_refuse(&l->r, &at, false,
		    "more than %d policies extend one another", GH_POLICY_DEPTH_MAX);
	if (read_text(&l->text[p->n_files], name, &why) != 0)
		return gh_policy_refuse(&l->r, &at, false, "%s", why.what);
	return add_file(l, name) == 0 ? 1 : -1;
}

static struct gh_host_policy *new_policy(void)
{
	struct gh_host_policy *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->id = p->ack = p->override = p->physical = "";
	p->matrix_sha256 = p->matrix_require = "";
	p->applies.gpus = p->applies.switches = -1;
	return p;
}

/* text[0] is there: reads the rest. */
static int load(struct loading *l, const char *name)
{
	struct gh_policy_reader *r = &l->r;
	int more;

	if (add_file(l, name) != 0)
		return -1;
	do
		more = add_base(l);
	while (more == 1);
	if (more < 0)
		return -1;
	for (size_t i = r->p->n_files; i-- > 0;) {
		r->file = i;
		r->text = gh_buf_view(&l->text[i]);
		if (gh_policy_read(r, r->p->file[i].doc) != 0)
			return -1;
	}
	return gh_policy_read_tests(r, r->p->file[0].doc);
}

static int finish(struct loading *l, const char *name, struct gh_host_policy **out)
{
	if (load(l, name) != 0)
		return -1;
	*out = gh_take(l->r.p);
	return 0;
}

int gh_host_policy_load(struct gh_host_policy **out, const char *name, struct gh_err *err)
{
	gh_auto(struct loading, loading_free) l = {.r = {.p = new_policy(), .err = err}};

	if (!l.r.p)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	if (read_text(&l.text[0], name, err) != 0)
		return gh_err_prefix(err, "policy");
	return finish(&l, name, out);
}

int gh_host_policy_parse(struct gh_host_policy **out, struct gh_bytes text,
    const char *file, struct gh_err *err)
{
	gh_auto(struct loading, loading_free) l = {.r = {.p = new_policy(), .err = err}};

	if (!l.r.p)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	if (text.len > GH_POLICY_MAX_BYTES)
		return gh_fail(err, GH_E_CONFIG, "%s: %zu bytes, at most %u", file,
		    text.len, GH_POLICY_MAX_BYTES);
	gh_buf_add(&l.text[0], text.p, text.len);
	if (gh_buf_ok(&l.text[0], err) != 0)
		return -1;
	return finish(&l, file, out);
}

void gh_host_policy_free(struct gh_host_policy **pp)
{
	struct gh_host_policy *p = *pp;

	if (!p)
		return;
	for (size_t i = 0; i < p->n_rules; i++)
		free(p->rule[i].when);
	for (size_t i = 0; i < GH_POLICY_DEPTH_MAX; i++) {
		free(p->file[i].name);
		json_decref(p->file[i].doc);
	}
	free(p->rule);
	free(p->change);
	free(p->test);
	free(p);
	*pp = NULL;
}

int gh_policy_for_host(const char *name, struct gh_host_policy **out, struct gh_err *err)
{
	*out = NULL;
	return name && name[0] ? gh_host_policy_load(out, name, err) : 0;
}

const struct gh_rule *gh_policy_rule(const struct gh_host_policy *p, const char *id)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (strcmp(p->rule[i].id, id) == 0)
			return &p->rule[i];
	return NULL;
}

const struct gh_check_change *gh_policy_change(
    const struct gh_host_policy *p, const char *check_id)
{
	for (size_t i = 0; p && i < p->n_changes; i++)
		if (strcmp(p->change[i].id, check_id) == 0)
			return &p->change[i];
	return NULL;
}
