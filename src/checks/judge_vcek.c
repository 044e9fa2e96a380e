/* SPDX-License-Identifier: Apache-2.0
 * Is there a certificate of AMD's for this chip at this TCB (G06): without one no report of
 * its guests can be verified. Who was asked, and when, is not known here. */
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"
#include "checks/snp_status.h"
#include "evidence/load_pem.h"

#define CERTS_MAX 16

static bool masked(const struct gh_snp_status *s)
{
	return gh_is_zero(s->chip_id, sizeof(s->chip_id));
}

static void fill(struct gh_snp_vcek_ask *out, enum gh_snp_product product,
    const struct gh_snp_status *s)
{
	*out = (struct gh_snp_vcek_ask){.product = product, .tcb = s->reported};
	memcpy(out->chip_id, s->chip_id, sizeof(out->chip_id));
}

bool gh_checks_vcek(struct gh_snp_vcek_ask *out, const struct gh_probe *probe)
{
	const struct gh_probe_item *status = gh_probe_get(probe, "snp.status");
	const struct gh_probe_item *cpuinfo = gh_probe_get(probe, "cpu");
	enum gh_snp_product product;
	struct gh_snp_status s;
	struct gh_cpu cpu;

	if (!status || status->rc != 0 || !cpuinfo || cpuinfo->rc != 0 ||
	    !gh_cpu_read(&cpu, cpuinfo))
		return false;
	product = gh_cpu_snp_product(&cpu);
	if (product == GH_SNP_NO_PRODUCT ||
	    gh_snp_status_parse(&s, status->data, product, NULL) || !s.has_tcb ||
	    !s.has_chip || masked(&s))
		return false;
	fill(out, product, &s);
	return true;
}

/* Why it cannot even be asked for; false when it can, for which one then stands in ask. */
static bool cannot_ask(struct gh_judging *j, struct gh_snp_vcek_ask *ask)
{
	enum gh_snp_product product;
	struct gh_snp_status s;

	if (!gh_judge_snp_status(j, &s, &product))
		return true;
	if (product == GH_SNP_NO_PRODUCT) {
		gh_judge_unknown(j, "product", "no AMD root is known for this processor");
		gh_say(&j->f->remedy, "Look for a gatehouse that knows this processor.");
		return true;
	}
	if (!s.has_tcb || !s.has_chip) {
		gh_judge_unknown(
		    j, "absent", "the answer names no %s", s.has_tcb ? "chip id" : "TCB");
		gh_say(&j->f->remedy,
		    "Install snphost on the host, so that it can be asked for both.");
		return true;
	}
	if (!masked(&s)) {
		fill(ask, product, &s);
		return false;
	}
	gh_judge_unknown(j, "masked", "the chip id is masked: all of it is zero");
	gh_say(&j->f->remedy,
	    "Turn MASK_CHIP_ID off (snphost config set), or give guests a VLEK.");
	return true;
}

/* Nobody has answered. */
static void no_answer(struct gh_judging *j, const struct gh_kds_answer *a)
{
	if (!a || a->state == GH_KDS_NOT_ASKED) {
		gh_judge_unknown(
		    j, "not_configured", "the fleet file names no certificate service");
		gh_say(&j->f->remedy,
		    "Name it in the fleet file: kds: https://kdsintf.amd.com, or a "
		    "folder of certificates.");
	} else if (a->state == GH_KDS_PENDING) {
		gh_judge_unknown(j, "pending", "the service has not answered yet");
		gh_say(&j->f->remedy, "Wait for the end of this run.");
	} else if (a->state == GH_KDS_LIMITED) {
		gh_judge_unknown(j, "limited",
		    "the service may not be asked for another %lld s: it gives about one "
		    "certificate in %d s",
		    (long long)a->wait_s, GH_KDS_GAP_S);
		gh_say(&j->f->remedy,
		    "Validate again then; what it has given once is not asked again.");
	} else {
		gh_judge_unknown(j,
		    a->err.code == GH_E_TIMEOUT  ? "timeout"
		    : a->err.code == GH_E_CONFIG ? "config"
						 : "unreachable",
		    "%s", a->err.what);
		if (a->err.hint[0])
			gh_say(&j->f->remedy, "%s", a->err.hint);
	}
}

static void absent(struct gh_judging *j, const struct gh_kds_answer *a,
    const struct gh_snp_vcek_ask *ask)
{
	char chip[17], tcb[GH_SNP_TCB_TEXT];

	gh_hex(chip, ask->chip_id, 8);
	gh_snp_tcb_text(tcb, ask->tcb, ask->product);
	if (a->folder) {
		gh_judge_unknown(j, "not_in_folder",
		    "none of the folder is of chip %s... at %s", chip, tcb);
		gh_say(&j->f->remedy,
		    "Fetch it where AMD can be reached, and put it into the folder.");
		return;
	}
	gh_judge_fail(j, "not_found", "AMD has no certificate of %s chip %s... at %s",
	    gh_snp_product_name(ask->product), chip, tcb);
	gh_say(&j->f->remedy,
	    "Compare chip id and reported TCB with snphost show; a TCB that AMD never "
	    "released, or a part that is not for sale, has no certificate.");
}

/* It answers, and not with the certificate that it should be. */
static void refuse(struct gh_judging *j, const char *reason, const char *what)
{
	gh_judge_fail(j, reason, "%s", what);
	gh_say(&j->f->remedy,
	    "Use no certificate of this source. Ask AMD itself (kds in the fleet file), "
	    "and find out who answers in its place.");
}

static void verify(struct gh_judging *j, const struct gh_kds_answer *a,
    const struct gh_snp_vcek_ask *ask)
{
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	gh_auto(struct gh_snp_vcek, gh_snp_vcek_free) v = {0};
	const struct gh_context ctx = {
	    .at = j->at, .trust = j->src->trust, .allow_lab = j->src->allow_lab};
	struct gh_err e = {0};

	if (gh_evidence_certs(&certs, gh_buf_view(&a->certs), CERTS_MAX, NULL, &e)) {
		refuse(j, "malformed", "the answer is no certificate");
		return;
	}
	if (gh_snp_vcek_verify(&v, ask, &certs, &ctx, &e)) {
		gh_judge_unknown(j, "error", "%s", e.what);
		return;
	}
	j->f->lab |= v.lab;
	if (v.proven)
		gh_judge_pass(j, "%s%s", v.what, a->kept ? ", kept from before" : "");
	else
		refuse(j, strcmp(v.fault, "absent") ? v.fault : "no_vcek", v.what);
}

static void vlek_vcek(struct gh_judging *j)
{
	const struct gh_kds_answer *a = j->src->vcek;
	struct gh_snp_vcek_ask ask;

	if (cannot_ask(j, &ask))
		return;
	if (a && a->where[0])
		gh_say(&j->f->source, "%s", a->where);
	if (!a || (a->state != GH_KDS_GIVEN && a->state != GH_KDS_ABSENT))
		no_answer(j, a);
	else if (a->state == GH_KDS_ABSENT)
		absent(j, a, &ask);
	else
		verify(j, a, &ask);
}

const struct gh_judge gh_judges_vcek[] = {
    {"host.snp.vlek_vcek", vlek_vcek},
    {NULL, NULL},
};
