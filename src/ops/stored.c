/* SPDX-License-Identifier: Apache-2.0
 * The newest reading of each source, out of the store and parsed again. */
#include "ops/stored.h"

#include "base/text.h"
#include "ops/bmc.h"

void gh_stored_free(struct gh_stored *st)
{
	gh_probe_free(&st->probe);
	gh_redfish_tree_free(&st->tree);
	gh_buf_free(&st->text);
	gh_facts_free(&st->facts);
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

static int load_probe(struct gh_session *s, const struct gh_host *h, struct gh_stored *st,
    struct gh_err *err)
{
	char nonce[33] = "";
	struct gh_run run;
	int rc = gh_store_last_blob(s->store, h->name, "probe", &run, &st->text, err);

	if (rc != 1)
		return rc;
	st->ssh_at = run.started;
	st->src.ssh_ms = run.took_ms;
	if (!nonce_of(gh_buf_view(&st->text), nonce))
		return 0; /* an answer without one good frame says nothing */
	if (gh_probe_parse(&st->probe, gh_buf_view(&st->text), nonce, err) < 0)
		return -1;
	st->src.probe = &st->probe;
	return 0;
}

int gh_stored_load(
    struct gh_session *s, const char *host, struct gh_stored *st, struct gh_err *err)
{
	const struct gh_host *h = gh_fleet_host(s->fleet, host);
	int rc;

	if (!h)
		return gh_fail(
		    err, GH_E_USAGE, "there is no host '%s' in the fleet", host);
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
	return gh_facts_read(&st->facts, &st->src, err) != 0 ? -1 : 0;
}
