/* SPDX-License-Identifier: Apache-2.0
 * Replays a TPM's event log: PCR = SHA-256(PCR, digest) for each event that was measured.
 * PCR 0 starts with the locality of the start as its last byte, which firmware reports in
 * an event of type EV_NO_ACTION (TCG PC Client firmware profile, section 10.4.5.3):
 *
 *   0 16 "StartupLocality\0"
 *  16  1 locality: 0, 3 (a dynamic root before the firmware) or 4 (H-CRTM) */
#include "evidence/tpm_log.h"

#include "crypto/digest.h"
#include "evidence/ccel.h"

#define ALG_SHA256 0x000Bu
#define LOCALITY   "StartupLocality" /* with its NUL */

/* The SHA-256 digest of an event, or NULL. */
static const unsigned char *sha256_of(const struct gh_ccel_event *ev)
{
	struct gh_rd r = gh_rd_of(ev->digests.p, ev->digests.len);

	for (uint32_t i = 0; i < ev->n_digests; i++) {
		size_t len;
		uint16_t alg = gh_rd_u16le(&r);
		const unsigned char *digest;

		(void)gh_ccel_alg(alg, &len);
		digest = gh_rd_bytes(&r, len);
		if (alg == ALG_SHA256)
			return digest;
	}
	return NULL;
}

static int start_at(
    struct gh_tpm_replay *out, const struct gh_ccel_event *ev, struct gh_err *err)
{
	uint8_t locality;

	if (ev->data.len != sizeof(LOCALITY) + 1 ||
	    memcmp(ev->data.p, LOCALITY, sizeof(LOCALITY)) != 0)
		return 0;
	locality = ev->data.p[sizeof(LOCALITY)];
	if (ev->index != 0 || out->n[0] || out->locality ||
	    (locality != 0 && locality != 3 && locality != 4))
		return gh_fail(err, GH_E_PARSE,
		    "event %zu: a start from locality %u in PCR %u is out of place",
		    ev->number, locality, ev->index);
	out->locality = locality;
	out->pcr[0][GH_PCR_LEN - 1] = locality;
	return 0;
}

static int extend(
    struct gh_tpm_replay *out, const struct gh_ccel_event *ev, struct gh_err *err)
{
	const unsigned char *digest = sha256_of(ev);
	unsigned char both[2 * GH_PCR_LEN];

	if (ev->index >= GH_PCRS)
		return gh_fail(err, GH_E_PARSE, "event %zu at offset 0x%zx: no PCR %u",
		    ev->number, ev->offset, ev->index);
	if (!digest)
		return gh_fail(err, GH_E_PARSE,
		    "event %zu at offset 0x%zx has no SHA-256 digest", ev->number,
		    ev->offset);
	memcpy(both, out->pcr[ev->index], GH_PCR_LEN);
	memcpy(both + GH_PCR_LEN, digest, GH_PCR_LEN);
	out->n[ev->index]++;
	return gh_sha256(both, sizeof(both), out->pcr[ev->index], err);
}

int gh_tpm_log_replay(struct gh_tpm_replay *out, struct gh_bytes log, struct gh_err *err)
{
	struct gh_ccel head;
	struct gh_ccel_cursor cur;
	struct gh_ccel_event ev;
	int got;

	*out = (struct gh_tpm_replay){0};
	if (gh_ccel_open(&head, log, err))
		return -1;
	cur = gh_ccel_begin(&head);
	while ((got = gh_ccel_next(&head, &cur, &ev, err)) > 0) {
		if (++out->n_events > GH_CCEL_EVENTS_MAX)
			return gh_fail(err, GH_E_PARSE, "event log: more than %u events",
			    GH_CCEL_EVENTS_MAX);
		if (ev.type == GH_EV_NO_ACTION ? start_at(out, &ev, err)
					       : extend(out, &ev, err))
			return -1;
	}
	return got;
}
