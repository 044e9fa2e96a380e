/* SPDX-License-Identifier: Apache-2.0
 * `gatehouse-verify bundle`: files in, verdict out. */
#include "verify/verify_bundle.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "verify/files.h"

struct trust_files {
	struct gh_keys keys;
	struct gh_buf anchors[GH_VERIFY_FILES_MAX]; /* {"anchors":[...]} each */
	struct gh_bytes view[GH_VERIFY_FILES_MAX];
	size_t n;
};

static void trust_files_free(struct trust_files *t)
{
	gh_keys_free(&t->keys);
	for (size_t i = 0; i < t->n; i++)
		gh_buf_free(&t->anchors[i]);
}

/* A PEM key, or JSON with report_keys, anchors or both. */
static int add_trust(struct trust_files *t, struct gh_bytes bytes, struct gh_err *err)
{
	struct gh_bytes text = gh_text_trim(bytes);
	if (gh_text_starts(text, "-----BEGIN"))
		return gh_keys_load(&t->keys, text.p, text.len, err);
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(bytes.p, bytes.len, err);
	if (!j)
		return gh_err_prefix(err, "neither a PEM public key nor trust.json");
	json_t *anchors = json_object_get(j, "anchors");
	if (!anchors || json_object_get(j, "report_keys"))
		if (gh_keys_load(&t->keys, bytes.p, bytes.len, err))
			return -1;
	if (!anchors)
		return 0;
	gh_auto(json_t *, gh_json_free) only = json_pack("{s:O}", "anchors", anchors);
	gh_json_dump(&t->anchors[t->n], only);
	if (gh_buf_ok(&t->anchors[t->n], err))
		return -1;
	t->view[t->n] = gh_buf_view(&t->anchors[t->n]);
	t->n++;
	return 0;
}

static int read_trust(struct trust_files *t, struct gh_files *files,
    const struct gh_verify_opts *o, struct gh_err *err)
{
	for (size_t i = 0; i < o->n_trust; i++) {
		struct gh_bytes bytes = {0};
		if (gh_files_read(files, o->trust[i], &bytes, err) ||
		    add_trust(t, bytes, err)) {
			if (err)
				err->code = GH_E_CONFIG;
			return gh_err_prefix(err, "--trust %s", o->trust[i]);
		}
	}
	return 0;
}

static void say_since(struct gh_result *out, const struct gh_verify_opts *o)
{
	if (!o->since)
		return;
	struct gh_finding *f = gh_findings_add(&out->findings, "report", "bundle.log");
	gh_say(&f->title, "the log that holds this report continues %s", o->since);
	gh_say(&f->why, "bundles of this version carry no log proof");
	gh_judge(f, GH_UNKNOWN, "bundle.log.absent");
}

int gh_verify_bundle(struct gh_result *out, int *exit_code,
    const struct gh_verify_opts *o, struct gh_err *err)
{
	gh_auto(struct gh_files, gh_files_free) files = {0};
	gh_auto(struct gh_bundle, gh_bundle_free) b = {0};
	gh_auto(struct trust_files, trust_files_free) trust = {0};
	char nonce[65] = "";
	for (size_t i = 0; o->nonce && i < 64; i++)
		nonce[i] = (char)tolower((unsigned char)o->nonce[i]);
	if (read_trust(&trust, &files, o, err) ||
	    gh_files_bundle(&files, o->file, &b, err))
		return -1;
	const struct gh_bundle_opts opts = {
	    .rules = {.at = o->at,
		.audience = o->audience,
		.nonce = o->nonce ? nonce : NULL,
		.allow_lab = o->lab},
	    .keys = &trust.keys,
	    .trust = trust.view,
	    .n_trust = trust.n,
	};
	if (gh_bundle_verify(out, &b, &opts, err))
		return -1;
	say_since(out, o);
	*exit_code = gh_bundle_exit(out);
	return 0;
}
