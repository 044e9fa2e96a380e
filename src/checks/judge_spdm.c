/* SPDX-License-Identifier: Apache-2.0
 * Judges of evidence that hardware signs and the BMC hands out: every root of trust of the
 * baseboard that the catalogue names (params "components") must sign for itself. */
#include <stdio.h>

#include "base/text.h"
#include "checks/judge.h"
#include "evidence/erot.h"
#include "net/redfish_measure.h"

#define COLLECTION     "/redfish/v1/ComponentIntegrity"
#define COMPONENTS_MAX 32
#define B64_MAX        0x20000

/* One root of trust after another: the first of each kind is named, all are counted. */
struct row {
	struct gh_judging *j;
	struct gh_memo *memo;
	unsigned char nonce[32];
	bool has_nonce;
	unsigned int n, n_absent, n_wrong, n_unknown;
	char wrong[320], unknown[320]; /* the first: "NAME: what" */
	const char *wrong_code, *unknown_code;
	struct gh_erot last; /* of those that pass, for words */
	uint8_t leaf[COMPONENTS_MAX][32];
	const char *name[COMPONENTS_MAX]; /* with a leaf */
	unsigned int n_leaves;
};

static void add_wrong(struct row *r, const char *name, const char *code, const char *what)
{
	if (r->n_wrong++ > 0)
		return;
	r->wrong_code = code;
	snprintf(r->wrong, sizeof(r->wrong), "%s: %s", name, what);
}

static void add_unknown(
    struct row *r, const char *name, const char *code, const char *what)
{
	if (r->n_unknown++ > 0)
		return;
	r->unknown_code = code;
	snprintf(r->unknown, sizeof(r->unknown), "%s: %s", name, what);
}

/* A BMC could show one good part in every place. */
static const char *twin_of(const struct row *r, const struct gh_erot *e)
{
	for (unsigned int i = 0; i < r->n_leaves; i++)
		if (memcmp(r->leaf[i], e->leaf, sizeof(e->leaf)) == 0)
			return r->name[i];
	return NULL;
}

static void add_verdict(struct row *r, const char *name, const struct gh_erot *e)
{
	const char *twin = e->chain_ok ? twin_of(r, e) : NULL;
	char text[128];

	r->j->f->lab |= e->lab;
	if (e->chain_ok && r->n_leaves < COMPONENTS_MAX) {
		memcpy(r->leaf[r->n_leaves], e->leaf, sizeof(e->leaf));
		r->name[r->n_leaves++] = name;
	}
	if (twin) {
		snprintf(text, sizeof(text), "it has the key of %.64s", twin);
		add_wrong(r, name, "same_device", text);
	} else if (e->verdict == GH_FAIL) {
		add_wrong(r, name, e->code, e->what);
	} else if (e->verdict != GH_PASS) {
		add_unknown(r, name, e->code, e->what);
	} else {
		r->last = *e;
	}
}

/* Why there is no signed answer, when the client knows. */
static void explain(
    struct gh_erot *e, const struct gh_redfish_tree *t, const char *measured)
{
	const struct gh_redfish_resource *m = gh_redfish_find(t, measured);

	if (strcmp(e->code, "no_measurements") == 0 && m && !m->body && m->err.what[0])
		snprintf(e->what, sizeof(e->what),
		    "the chain verifies, no signed measurements (%.150s)", m->err.what);
}

/* False when there is an answer that is no base64. */
static bool read_transcript(struct gh_buf *out, const struct gh_redfish_tree *t,
    const char *measured, struct gh_bytes *bytes)
{
	const char *text =
	    gh_json_text(gh_redfish_get(t, measured), "SignedMeasurements");
	size_t len = strlen(text);

	if (!len)
		return true;
	if (len > B64_MAX || gh_unb64_loose(out, text, len, NULL) < 0)
		return false;
	*bytes = gh_buf_view(out);
	return true;
}

static void judge_one(struct row *r, const char *name)
{
	const struct gh_redfish_tree *t = r->j->src->bmc;
	gh_auto(struct gh_buf, gh_buf_free) bytes = {0};
	char path[128], chain[GH_REDFISH_LINK_MAX], measured[160];
	const json_t *body;
	struct gh_erot e;
	struct gh_erot_in in = {.nonce = r->has_nonce ? r->nonce : NULL,
	    .at = r->j->at,
	    .trust = r->j->src->trust,
	    .memo = r->memo};

	snprintf(path, sizeof(path), COLLECTION "/%.64s", name);
	snprintf(measured, sizeof(measured), "%s/SignedMeasurements", path);
	body = gh_redfish_get(t, path);
	r->n++;
	if (!body) {
		r->n_absent++;
		add_unknown(r, name, "not_offered", "the BMC does not show it");
		return;
	}
	if (json_is_false(json_object_get(body, "ComponentIntegrityEnabled"))) {
		add_wrong(r, name, "disabled", "somebody switched its evidence off");
		return;
	}
	if (gh_redfish_measure_chain(chain, path, body))
		in.chain = gh_text_of(
		    gh_json_text(gh_redfish_get(t, chain), "CertificateString"));
	if (!in.chain.len)
		in.chain.p = NULL;
	if (!read_transcript(&bytes, t, measured, &in.transcript)) {
		add_wrong(r, name, "transcript", "its measurements are no base64");
		return;
	}
	gh_erot_verify(&e, &in);
	explain(&e, t, measured);
	add_verdict(r, name, &e);
}

static void conclude(struct row *r)
{
	struct gh_judging *j = r->j;

	if (r->n == 0) {
		gh_judge_unknown(j, "no_components", "the catalogue names no component");
	} else if (r->n_wrong > 0) {
		gh_judge_fail(
		    j, r->wrong_code, "%u of %u wrong: %s", r->n_wrong, r->n, r->wrong);
	} else if (r->n_absent == r->n) {
		gh_judge_unknown(j, "not_offered",
		    "this BMC offers no evidence of these roots of trust");
	} else if (r->n_unknown > 0) {
		gh_judge_unknown(j, r->unknown_code, "%u of %u not proven: %s",
		    r->n_unknown, r->n, r->unknown);
	} else {
		j->f->assurance = GH_A3;
		gh_judge_pass(j, "%u of %u signed over our nonce (SPDM %u.%u), up to %s",
		    r->n, r->n, r->last.version >> 4, r->last.version & 15, r->last.root);
	}
}

static void judge_erots(struct gh_judging *j)
{
	const json_t *names = json_object_get(j->check->params, "components");
	struct row r = {.j = j};

	if (!gh_judge_bmc(j, COLLECTION))
		return;
	r.has_nonce = gh_unhex(r.nonce, sizeof(r.nonce), j->src->bmc->nonce, NULL) == 0;
	r.memo = gh_memo_new();
	for (size_t i = 0; i < json_array_size(names) && i < COMPONENTS_MAX; i++) {
		const char *name = json_string_value(json_array_get(names, i));

		if (name)
			judge_one(&r, name);
	}
	gh_memo_free(&r.memo);
	conclude(&r);
}

const struct gh_judge gh_judges_spdm[] = {
    {"host.gpu.erot_attest", judge_erots},
    {"host.nvswitch.erot", judge_erots},
    {NULL, NULL},
};
