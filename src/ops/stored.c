/* SPDX-License-Identifier: Apache-2.0
 * The newest reading of each source, out of the store and parsed again. */
#include "ops/stored.h"

#include <stdlib.h>

#include "base/text.h"
#include "ops/bmc.h"

#define LOOK_BACK 64 /* runs: a host may have been silent for a while */

void gh_stored_free(struct gh_stored *st)
{
	gh_probe_free(&st->probe);
	gh_redfish_tree_free(&st->tree);
	gh_buf_free(&st->text);
}

/* The nonce of a stored answer, out of the header of its first frame. */
static bool nonce_of(struct gh_bytes text, char out[static 33])
{
	struct gh_bytes line, word;

	if (!gh_text_line(&text, &line) || !gh_text_word(&line, &word) ||
	    !gh_text_is(word, "GH1") || !gh_text_word(&line, &word) || word.len != 32)
		return false;
	memcpy(out, word.p, 32);
	out[32] = '\0';
	return true;
}

/* The bytes of role "probe" of one run: 1, 0, -1. */
static int probe_blob(
    struct gh_session *s, const char *run_id, struct gh_buf *out, struct gh_err *err)
{
	struct gh_blob_info *info = NULL;
	char sha256[65] = "";
	size_t n = 0;

	if (gh_store_blobs(s->store, run_id, &info, &n, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (strcmp(info[i].role, "probe") == 0)
			memcpy(sha256, info[i].sha256, sizeof(sha256));
	free(info);
	return sha256[0] ? gh_store_blob(s->store, sha256, out, err) : 0;
}

static int load_probe(struct gh_session *s, const struct gh_host *h, struct gh_stored *st,
    struct gh_err *err)
{
	gh_auto(struct gh_runs, gh_runs_free) runs = {0};
	char nonce[33] = "";
	int rc = 0;

	if (gh_store_runs(s->store, h->name, "validate", LOOK_BACK, &runs, err) < 0)
		return -1;
	for (size_t i = 0; rc == 0 && i < runs.n; i++) {
		rc = probe_blob(s, runs.at[i].id, &st->text, err);
		st->ssh_at = rc == 1 ? runs.at[i].started : 0;
		st->src.ssh_ms = runs.at[i].took_ms;
	}
	if (rc != 1)
		return rc;
	if (!nonce_of(gh_buf_view(&st->text), nonce))
		return 0; /* an answer without one good frame says nothing */
	if (gh_probe_parse(&st->probe, gh_buf_view(&st->text), nonce, err) < 0)
		return -1;
	st->src.probe = &st->probe;
	return 0;
}

int gh_stored_load(struct gh_session *s, const struct gh_host *h, struct gh_stored *st,
    struct gh_err *err)
{
	int rc;

	*st = (struct gh_stored){.src = {.host = h, .trust = &s->trust}};
	if (load_probe(s, h, st, err) < 0)
		return -1;
	rc = gh_bmc_last(s, h->name, &st->tree, err);
	if (rc < 0)
		return -1;
	if (rc == 1) {
		st->src.bmc = &st->tree;
		st->bmc_at = st->tree.read_at;
	}
	if (st->src.probe)
		st->src.host_key = h->host_key;
	st->src.at = st->ssh_at ? st->ssh_at : st->bmc_at;
	return 0;
}
