/* SPDX-License-Identifier: Apache-2.0
 * What we accept of a TD whose quote is proven: attributes, features, service TDs, pinned
 * measurements and platforms (spec/tdx.md section 1.2), by the policy of the context. */
#include <stdio.h>

#include "base/text.h"
#include "evidence/tdx_job.h"

/* TDATTRIBUTES (section 1.2). */
#define ATTR_TUD             0xFFull /* any bit: debugged, profiled, or both */
#define ATTR_DEBUG           1ull
#define ATTR_SEPT_VE_DISABLE (1ull << 28)
#define ATTR_MIGRATABLE      (1ull << 29)
#define ATTR_PERFMON         (1ull << 63)

#define XFAM_FIXED1 0x3ull /* x87 and SSE */

static void judge_trailing(struct gh_tdx_job *j)
{
	bool clean = gh_is_zero(j->q.trailing.p, j->q.trailing.len);
	bool allowed = j->policy->tdx.trailing;
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "tdx.trailing", "tdx.parse", "nothing behind the quote");

	gh_say(&f->expected, "%s", allowed ? "anything (policy)" : "nothing, or zeros");
	gh_say(&f->observed, "%zu bytes%s", j->q.trailing.len,
	    clean ? (j->q.trailing.len ? ", all zero" : "") : ", not zero");
	gh_say(&f->why, "no signature covers bytes behind the quote");
	if (!clean)
		gh_say(&f->remedy, "cut the file behind the quote");
	gh_tdx_settle(j, f, "trailing", clean || allowed ? "" : "present");
}

static const char *debug_fault(uint64_t attributes)
{
	if (attributes & ATTR_DEBUG)
		return "on";
	return attributes & ATTR_TUD ? "profiled" : "";
}

static void judge_debug(struct gh_tdx_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "tdx.attributes.debug", "tdx.signature", "no debugging");
	const char *fault = debug_fault(j->q.td_attributes);

	gh_say(&f->expected, "TDATTRIBUTES bits 0 to 7 clear");
	gh_say(&f->observed, "TDATTRIBUTES 0x%016llx",
	    (unsigned long long)j->q.td_attributes);
	gh_say(&f->why, "the host reads every secret of a TD that may be debugged");
	if (*fault)
		gh_say(
		    &f->remedy, "launch the TD without debug and profiling attributes");
	gh_tdx_settle(j, f, "attributes.debug", fault);
}

static const char *attributes_fault(uint64_t a, const struct gh_tdx_policy *p)
{
	uint64_t extra = a & ~p->attributes_allowed & ~ATTR_TUD & ~ATTR_SEPT_VE_DISABLE;

	if (extra & ATTR_MIGRATABLE)
		return "migratable";
	if (extra & ATTR_PERFMON)
		return "perfmon";
	if (extra)
		return "unknown";
	return p->sept_ve_disable && !(a & ATTR_SEPT_VE_DISABLE) ? "sept_ve" : "";
}

static void judge_attributes(struct gh_tdx_job *j)
{
	const struct gh_tdx_policy *p = &j->policy->tdx;
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "tdx.attributes", "tdx.signature", "TD attributes");
	const char *fault = attributes_fault(j->q.td_attributes, p);

	gh_say(&f->expected, "none outside 0x%016llx%s",
	    (unsigned long long)(p->attributes_allowed | ATTR_SEPT_VE_DISABLE),
	    p->sept_ve_disable ? ", and SEPT_VE_DISABLE (bit 28) set" : "");
	gh_say(&f->observed, "TDATTRIBUTES 0x%016llx",
	    (unsigned long long)j->q.td_attributes);
	gh_say(&f->why,
	    "each other attribute opens the TD to the host, or is unknown to us");
	if (*fault)
		gh_say(&f->remedy,
		    "launch the TD with attributes 0x10000000, or loosen the policy "
		    "(tdx.attributes_allowed, tdx.sept_ve_disable)");
	gh_tdx_settle(j, f, "attributes", fault);
}

static void judge_xfam(struct gh_tdx_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "tdx.xfam", "tdx.signature", "CPU features of the TD");
	uint64_t allowed = j->policy->tdx.xfam_allowed;
	bool ok = (j->q.xfam & XFAM_FIXED1) == XFAM_FIXED1 && !(j->q.xfam & ~allowed);

	gh_say(&f->expected, "bits 0 and 1 set, none outside 0x%llx",
	    (unsigned long long)allowed);
	gh_say(&f->observed, "XFAM 0x%llx", (unsigned long long)j->q.xfam);
	gh_say(&f->why, "a TDX module that is honest reports no other state");
	gh_tdx_settle(j, f, "xfam", ok ? "" : "bits");
}

static void judge_servicetd(struct gh_tdx_job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "tdx.servicetd", "tdx.signature", "no service TD attached");
	bool none = !j->q.mrservicetd || gh_is_zero(j->q.mrservicetd, 48);
	bool allowed = j->policy->tdx.service_td;

	gh_say(&f->expected, "%s",
	    allowed ? "any MRSERVICETD (policy)" : "MRSERVICETD zero");
	gh_say(&f->observed, "%s", none ? "none" : "a service TD is bound");
	gh_say(&f->why, "a service TD may read and move the state of this one");
	gh_tdx_settle(j, f, "servicetd", none || allowed ? "" : "bound");
}

/* The smaller number of the two documents counts: the older one may hide a hole. */
static void judge_evaluation(struct gh_tdx_job *j)
{
	struct gh_finding *f = gh_tee_step(&j->tee, "tdx.tcb.evaluation",
	    "tdx.collateral.tcb_info", "recent enough an evaluation");
	const struct gh_tdx_collateral *c = &j->collateral;
	int64_t least = c->info.window.eval < c->qe.window.eval ? c->info.window.eval
								: c->qe.window.eval;
	int64_t min = j->policy->tdx.min_eval;

	gh_say(&f->expected, "tcbEvaluationDataNumber %lld or higher", (long long)min);
	gh_say(&f->why, "an older evaluation does not know the newer holes");
	if (gh_tdx_lacks(j, f, "tdx.collateral.tcb_info") ||
	    gh_tdx_lacks(j, f, "tdx.collateral.qe_identity"))
		return;
	gh_say(&f->observed, "TCB info %lld, QE identity %lld",
	    (long long)c->info.window.eval, (long long)c->qe.window.eval);
	if (least < min)
		gh_say(&f->remedy,
		    "fetch the collateral with update=early, or with "
		    "tcbEvaluationDataNumber=%lld",
		    (long long)min);
	gh_tdx_settle(j, f, "tcb.evaluation", least < min ? "old" : "");
}

/* ---- pins ------------------------------------------------------------------------------- */

struct pin {
	const char *name, *parent;
	const struct gh_pins *pins;
	const unsigned char *have; /* NULL: the evidence does not say */
	const char *remedy;
};

static void judge_pin(struct gh_tdx_job *j, const struct pin *p)
{
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};
	struct gh_finding *f;
	char step[48], name[48];
	bool fits = p->have && gh_pins_fit(p->pins, p->have);

	if (!p->pins->n)
		return;
	snprintf(step, sizeof(step), "tdx.pin.%s", p->name);
	snprintf(name, sizeof(name), "pin.%s", p->name);
	f = gh_tee_step(&j->tee, step, p->parent, "as pinned");
	gh_say(&f->title, "%s as pinned", p->name);
	gh_buf_hex(&hex, p->pins->at[0], p->pins->len);
	gh_say(&f->expected, "%s%s", gh_buf_cstr(&hex),
	    p->pins->n > 1 ? " or another of the pinned values" : "");
	gh_buf_clear(&hex);
	if (p->have)
		gh_buf_hex(&hex, p->have, p->pins->len);
	gh_say(&f->observed, "%s", p->have ? gh_buf_cstr(&hex) : "not stated");
	gh_say(&f->why, "policy %s pins it", j->policy->id);
	if (!fits)
		gh_say(&f->remedy, "%s", p->remedy);
	gh_tdx_settle(j, f, name, fits ? "" : "mismatch");
}

static void judge_pins(struct gh_tdx_job *j)
{
	static const char image[] = "find out which image was launched, and how: the pin "
				    "is of another",
			  place[] = "this quote was made on another machine than pinned";
	static const char *const rtmr[] = {"rtmr0", "rtmr1", "rtmr2", "rtmr3"};
	const struct gh_tdx_policy *t = &j->policy->tdx;
	const struct gh_tdx_quote *q = &j->q;
	const struct gh_tdx_pck *k = &j->pck;
	const char *td = "tdx.signature", *pck = "tdx.chain.pck";
	const struct pin pins[] = {
	    {"mrtd", td, &t->mrtd, q->mrtd, image},
	    {"mrseam", td, &t->mrseam, q->mrseam,
		"start the host with the pinned module"},
	    {"mrconfigid", td, &t->mrconfigid, q->mrconfigid, image},
	    {"mrowner", td, &t->mrowner, q->mrowner, image},
	    {"mrownerconfig", td, &t->mrownerconfig, q->mrownerconfig, image},
	    {"ppid", pck, &t->ppid, j->has_pck ? k->ppid : NULL, place},
	    {"platform_instance", pck, &t->platform_instance,
		k->has_platform_instance ? k->platform_instance : NULL, place},
	    {"fmspc", pck, &t->fmspc, j->has_pck ? k->fmspc : NULL, place},
	};

	for (size_t i = 0; i < GH_COUNT(rtmr); i++)
		judge_pin(j, &(struct pin){rtmr[i], td, &t->rtmr[i], q->rtmr[i], image});
	for (size_t i = 0; i < GH_COUNT(pins); i++)
		judge_pin(j, &pins[i]);
}

void gh_tdx_judge_policy(struct gh_tdx_job *j)
{
	judge_trailing(j);
	judge_debug(j);
	judge_attributes(j);
	judge_xfam(j);
	judge_servicetd(j);
	judge_evaluation(j);
	judge_pins(j);
}
