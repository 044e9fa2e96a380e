/* SPDX-License-Identifier: Apache-2.0
 * Judges of what the TPM measured (G09): the log replays, the values are known, and the
 * TPM itself says so in a signature over this run's nonce. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"
#include "checks/tpm.h"
#include "evidence/hcl_tpm.h"
#include "evidence/tpm_log.h"

#define PCR_PATH  "/sys/class/tpm/tpm0/pcr-sha256"
#define NONCE_LEN 16

/* ---- values in sysfs ---- */

/* PCR n as the host shows it; false when it does not. */
static bool shown(
    const struct gh_probe_item *sys, unsigned int n, unsigned char out[static GH_PCR_LEN])
{
	char path[64], hex[2 * GH_PCR_LEN + 1];
	struct gh_bytes v;

	snprintf(path, sizeof(path), PCR_PATH "/%u", n);
	if (!gh_item_value(sys, path, &v) || v.len != 2 * GH_PCR_LEN)
		return false;
	memcpy(hex, v.p, v.len);
	hex[v.len] = '\0';
	return gh_unhex(out, GH_PCR_LEN, hex, NULL) == 0;
}

/* The same; UNKNOWN when it does not. */
static bool must_show(struct gh_judging *j, const struct gh_probe_item *sys,
    unsigned int n, unsigned char out[static GH_PCR_LEN])
{
	if (shown(sys, n, out))
		return true;
	gh_say(&j->f->source, PCR_PATH "/%u", n);
	gh_judge_unknown(j, "absent", "the host does not show PCR %u of SHA-256", n);
	return false;
}

/* ---- replay ---- */

/* The static PCRs of the firmware must be there; those of boot loader and shim may. */
static const struct {
	unsigned int pcr;
	bool must;
} replayed[] = {{0, true}, {1, true}, {2, true}, {3, true}, {4, true}, {5, true},
    {6, true}, {7, true}, {8, false}, {9, false}, {14, false}};

static void compare_replay(struct gh_judging *j, const struct gh_tpm_replay *r)
{
	const struct gh_probe_item *sys = gh_judge_item(j, "sys");
	gh_auto(struct gh_buf, gh_buf_free) bad = {0};
	unsigned char v[GH_PCR_LEN];
	unsigned int n = 0;

	if (!sys)
		return;
	for (size_t i = 0; i < GH_COUNT(replayed); i++) {
		unsigned int pcr = replayed[i].pcr;

		if (replayed[i].must ? !must_show(j, sys, pcr, v) : !shown(sys, pcr, v)) {
			if (replayed[i].must)
				return;
			continue;
		}
		n++;
		if (memcmp(v, r->pcr[pcr], GH_PCR_LEN) != 0)
			gh_buf_fmt(&bad, "%s%u", bad.len ? ", " : "", pcr);
	}
	gh_say(&j->f->source,
	    "/sys/kernel/security/tpm0/binary_bios_measurements, " PCR_PATH);
	if (bad.len)
		gh_judge_fail(j, "mismatch", "PCR %s: not what the log's %zu events give",
		    gh_buf_cstr(&bad), r->n_events);
	else if (!r->n[0])
		gh_judge_fail(j, "empty", "the log has no event of PCR 0");
	else
		gh_judge_pass(j, "%zu events give the %u PCRs", r->n_events, n);
}

static void pcr0_replay(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "tpm.log");
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	struct gh_tpm_replay r;
	struct gh_err e = {0};

	if (!it)
		return;
	if (it->data.len == 0)
		gh_judge_unknown(j, "empty", "the event log came without a byte");
	else if (gh_probe_bytes(&log, it, &e) ||
		 gh_tpm_log_replay(&r, gh_buf_view(&log), &e))
		gh_judge_unknown(j, "malformed", "%s", e.what);
	else
		compare_replay(j, &r);
}

/* ---- golden values ---- */

/* True when the list has "N:HEX" with that value. */
static bool list_has(const json_t *list, unsigned int n, const unsigned char *value)
{
	char want[8 + 2 * GH_PCR_LEN];
	int at = snprintf(want, sizeof(want), "%u:", n);

	gh_hex(want + at, value, GH_PCR_LEN);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *one = json_string_value(json_array_get(list, i));

		if (one && strcmp(one, want) == 0)
			return true;
	}
	return false;
}

/* The list of params.golden for the BIOS that runs, or NULL. */
static const json_t *golden_of(
    const struct gh_judging *j, const struct gh_probe_item *sys)
{
	const json_t *all = json_object_get(j->check->params, "golden");
	struct gh_bytes v;
	char bios[64];

	if (!gh_item_value(sys, "/sys/class/dmi/id/bios_version", &v) ||
	    v.len >= sizeof(bios))
		return NULL;
	memcpy(bios, v.p, v.len);
	bios[v.len] = '\0';
	return json_object_get(all, bios);
}

static void pcr_golden(struct gh_judging *j)
{
	static const unsigned int golden[] = {0, 2, 4, 7};
	const struct gh_probe_item *sys = gh_judge_item(j, "sys");
	gh_auto(struct gh_buf, gh_buf_free) bad = {0};
	const json_t *pinned, *listed;
	unsigned char v[GH_PCR_LEN];

	if (!sys)
		return;
	gh_say(&j->f->source, PCR_PATH);
	pinned = gh_enrolment_get(j->src->enrolled, "tpm.pcrs");
	listed = golden_of(j, sys);
	if (!pinned && !listed) {
		(void)gh_judge_pin(j, "tpm.pcrs");
		return;
	}
	for (size_t i = 0; i < GH_COUNT(golden); i++) {
		if (!must_show(j, sys, golden[i], v))
			return;
		if (!list_has(pinned, golden[i], v) && !list_has(listed, golden[i], v))
			gh_buf_fmt(&bad, "%s%u", bad.len ? ", " : "", golden[i]);
	}
	if (bad.len)
		gh_judge_fail(
		    j, "changed", "PCR %s: not a known value", gh_buf_cstr(&bad));
	else
		gh_judge_pass(j, "PCRs 0, 2, 4, 7 as %s",
		    pinned ? "enrolled" : "listed for this BIOS");
}

/* ---- quote ---- */

struct quoting {
	struct gh_tpm_answer answer;
	struct gh_tpm_key ak;
	struct gh_tpm_quote quote;
};

static void quoting_free(struct quoting *q)
{
	gh_tpm_answer_free(&q->answer);
	gh_tpm_key_free(&q->ak);
}

static bool read_quote(struct gh_judging *j, struct quoting *q)
{
	const struct gh_probe_item *it = gh_judge_item(j, "tpm.quote");
	struct gh_err e = {0};

	if (!it) {
		const struct gh_probe_item *raw = gh_probe_get(j->probe, "tpm.quote");

		if (raw && raw->rc == 1)
			gh_judge_unknown(j, "no_ak",
			    "tpm2_quote has no attestation key at that handle");
		return false;
	}
	if (gh_tpm_answer_parse(&q->answer, it->data, &e) == 0 &&
	    gh_tpm_key_parse(&q->ak, gh_buf_view(&q->answer.public), &e) == 0 &&
	    gh_tpm_quote_parse(&q->quote, gh_buf_view(&q->answer.quote), &e) == 0)
		return true;
	gh_judge_unknown(j, "malformed", "%s", e.what);
	return false;
}

/* Signed, by a key that signs nothing but what its TPM made, over our nonce. */
static bool quote_is_fresh(struct gh_judging *j, const struct quoting *q)
{
	unsigned char nonce[NONCE_LEN];
	struct gh_err e = {0};

	if (!gh_tpm_key_attests(&q->ak)) {
		gh_judge_fail(j, "not_restricted",
		    "the key (attributes 0x%x) may sign anything, also a forged quote",
		    q->ak.attributes);
		return false;
	}
	if (gh_tpm_key_verify(
		&q->ak, gh_buf_view(&q->answer.quote), gh_buf_view(&q->answer.sig), &e)) {
		gh_judge_fail(j, "signature", "%s", e.what);
		return false;
	}
	if (!j->src->nonce || gh_unhex(nonce, sizeof(nonce), j->src->nonce, NULL)) {
		gh_judge_unknown(j, "no_nonce", "the nonce of this run is not at hand");
		return false;
	}
	if (q->quote.extra.len != sizeof(nonce) ||
	    memcmp(q->quote.extra.p, nonce, sizeof(nonce)) != 0) {
		gh_judge_fail(j, "nonce", "a quote over another nonce: replayed");
		return false;
	}
	return true;
}

/* The digest in the quote is over the PCRs that the host shows. */
static bool quote_holds(struct gh_judging *j, const struct quoting *q)
{
	const struct gh_probe_item *sys = gh_judge_item(j, "sys");
	unsigned char pcr[GH_PCRS][GH_PCR_LEN] = {{0}}, digest[GH_PCR_LEN];
	struct gh_err e = {0};

	if (!sys)
		return false;
	gh_say(&j->f->source, "tpm2_quote, " PCR_PATH);
	if ((q->quote.pcrs & 0xff) != 0xff) {
		gh_judge_fail(j, "selection", "PCRs 0-7 are not all in the quote (0x%x)",
		    q->quote.pcrs);
		return false;
	}
	for (unsigned int i = 0; i < GH_PCRS; i++)
		if ((q->quote.pcrs >> i & 1) && !must_show(j, sys, i, pcr[i]))
			return false;
	if (gh_tpm_quote_digest(&q->quote, pcr, GH_PCRS, digest, &e)) {
		gh_judge_unknown(j, "malformed", "%s", e.what);
		return false;
	}
	if (memcmp(digest, q->quote.digest.p, sizeof(digest)) != 0) {
		gh_judge_fail(j, "pcrs", "the TPM signed other PCRs than the host shows");
		return false;
	}
	return true;
}

/* True when that digest is the pinned one. */
static bool is_pinned(const char *pin, const unsigned char digest[static 32])
{
	char hex[65];

	gh_hex(hex, digest, 32);
	return strcmp(hex, pin) == 0;
}

/* Is it our TPM? A good quote of another one proves nothing about this host. */
static bool quote_is_ours(struct gh_judging *j, const struct quoting *q)
{
	const char *ek = gh_enrolment_text(j->src->enrolled, "tpm.ek_sha256");
	unsigned char digest[32];
	char hex[65];

	if (!gh_judge_pin(j, "tpm.ak_sha256"))
		return false;
	gh_hex(hex, q->ak.sha256, 32);
	if (!is_pinned(
		gh_enrolment_text(j->src->enrolled, "tpm.ak_sha256"), q->ak.sha256)) {
		gh_judge_fail(
		    j, "ak", "attestation key %.16s..., not the enrolled one", hex);
		return false;
	}
	if (!*ek)
		return true;
	if (!q->answer.ek.len ||
	    gh_sha256(q->answer.ek.p, q->answer.ek.len, digest, NULL) ||
	    !is_pinned(ek, digest)) {
		gh_judge_fail(j, "ek", "%s",
		    q->answer.ek.len ? "another endorsement key certificate than enrolled"
				     : "the endorsement key certificate is gone");
		return false;
	}
	return true;
}

static void tpm_quote(struct gh_judging *j)
{
	gh_auto(struct quoting, quoting_free) q = {.quote = {.magic = 0}};
	char hex[65];

	if (!read_quote(j, &q) || !quote_is_fresh(j, &q) || !quote_holds(j, &q) ||
	    !quote_is_ours(j, &q))
		return;
	gh_hex(hex, q.ak.sha256, 32);
	j->f->assurance = GH_A2;
	gh_judge_pass(j, "signed by the enrolled key %.16s... (%s), reset %u", hex,
	    gh_pubkey_kind(q.ak.key), q.quote.resets);
}

void gh_tpm_lift(struct gh_findings *fs, const char *host)
{
	static const char *const steps[] = {
	    "host.boot.tpm_empty_pcr", "host.boot.pcr0_replay", "host.boot.pcr_golden"};
	const struct gh_finding *quote = gh_findings_get(fs, host, "host.boot.tpm_quote");

	if (!quote || quote->verdict != GH_PASS)
		return;
	for (size_t i = 0; i < fs->n; i++)
		for (size_t k = 0; k < GH_COUNT(steps); k++)
			if (!strcmp(fs->at[i].step, steps[k]) &&
			    !strcmp(fs->at[i].subject, host) &&
			    fs->at[i].verdict != GH_UNKNOWN &&
			    fs->at[i].assurance < GH_A2)
				fs->at[i].assurance = GH_A2;
}

const struct gh_judge gh_judges_tpm[] = {
    {"host.boot.pcr0_replay", pcr0_replay},
    {"host.boot.pcr_golden", pcr_golden},
    {"host.boot.tpm_quote", tpm_quote},
    {NULL, NULL},
};
