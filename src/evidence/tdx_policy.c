/* SPDX-License-Identifier: Apache-2.0
 * What a proven TDX quote says of the TD, judged by the default policy (spec/tdx.md
 * sections 1.2 and 3.3), and what stays open until Intel's collateral is at hand. */
#include "evidence/tdx_policy.h"

#include "base/text.h"

/* TDATTRIBUTES (section 1.2). */
#define ATTR_TUD             0xFFull /* any bit: debugged, profiled, or both */
#define ATTR_DEBUG           1ull
#define ATTR_SEPT_VE_DISABLE (1ull << 28)
#define ATTR_ALLOWED         (1ull << 27 | 1ull << 28 | 1ull << 30 | 1ull << 31)
#define ATTR_MIGRATABLE      (1ull << 29)
#define ATTR_PERFMON         (1ull << 63)

#define XFAM_FIXED1  0x3ull /* x87 and SSE */
#define XFAM_ALLOWED 0x6DBE7ull

/* Who signs Intel's TD quoting enclave, as its published identity says (section 3.3): a
 * hint for a person until the signed identity itself is at hand. */
static const unsigned char qe_mrsigner[32] = {0xdc, 0x9e, 0x2a, 0x7c, 0x6f, 0x94, 0x8f,
    0x17, 0x47, 0x4e, 0x34, 0xa7, 0xfc, 0x43, 0xed, 0x03, 0x0f, 0x7c, 0x15, 0x63, 0xf1,
    0xba, 0xbd, 0xdf, 0x63, 0x40, 0xc8, 0x2e, 0x0e, 0x54, 0xa8, 0xc5};
static const char *debug_fault(uint64_t attributes)
{
	if (attributes & ATTR_DEBUG)
		return "tdx.attributes.debug.on";
	return attributes & ATTR_TUD ? "tdx.attributes.debug.profiled" : "";
}

static void judge_debug(struct gh_tdx_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "tdx.attributes.debug", "tdx.signature", "no debugging");
	const char *code = debug_fault(j->q.td_attributes);

	gh_say(&f->expected, "TDATTRIBUTES bits 0 to 7 clear");
	gh_say(&f->observed, "TDATTRIBUTES 0x%016llx",
	    (unsigned long long)j->q.td_attributes);
	gh_say(&f->why, "the host reads every secret of a TD that may be debugged");
	if (*code)
		gh_say(
		    &f->remedy, "launch the TD without debug and profiling attributes");
	gh_tee_settle(&j->tee, f, code);
}

static const char *attributes_fault(uint64_t a)
{
	a &= ~ATTR_TUD; /* tdx.attributes.debug speaks of those */
	if (a & ATTR_MIGRATABLE)
		return "tdx.attributes.migratable";
	if (a & ATTR_PERFMON)
		return "tdx.attributes.perfmon";
	if (a & ~ATTR_ALLOWED)
		return "tdx.attributes.unknown";
	return a & ATTR_SEPT_VE_DISABLE ? "" : "tdx.attributes.sept_ve";
}

static void judge_attributes(struct gh_tdx_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "tdx.attributes", "tdx.signature", "TD attributes");

	gh_say(&f->expected, "SEPT_VE_DISABLE; besides it only LASS, PKS, KL");
	gh_say(&f->observed, "TDATTRIBUTES 0x%016llx",
	    (unsigned long long)j->q.td_attributes);
	gh_say(&f->why,
	    "each other attribute opens the TD to the host, or is unknown to us");
	gh_tee_settle(&j->tee, f, attributes_fault(j->q.td_attributes));
}

static void judge_xfam(struct gh_tdx_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "tdx.xfam", "tdx.signature", "CPU features of the TD");
	bool ok =
	    (j->q.xfam & XFAM_FIXED1) == XFAM_FIXED1 && !(j->q.xfam & ~XFAM_ALLOWED);

	gh_say(&f->expected, "bits 0 and 1 set, none outside 0x%llx", XFAM_ALLOWED);
	gh_say(&f->observed, "XFAM 0x%llx", (unsigned long long)j->q.xfam);
	gh_say(&f->why, "a TDX module that is honest reports no other state");
	gh_tee_settle(&j->tee, f, ok ? "" : "tdx.xfam.bits");
}

static void judge_servicetd(struct gh_tdx_job *j)
{
	struct gh_finding *f = gh_tee_step(
	    &j->tee, "tdx.servicetd", "tdx.signature", "no service TD attached");
	bool ok = !j->q.mrservicetd || gh_is_zero(j->q.mrservicetd, 48);

	gh_say(&f->expected, "MRSERVICETD zero");
	gh_say(&f->observed, "%s", ok ? "none" : "a service TD is bound");
	gh_say(&f->why, "a service TD may read and move the state of this one");
	gh_tee_settle(&j->tee, f, ok ? "" : "tdx.servicetd.bound");
}

void gh_tdx_judge_policy(struct gh_tdx_job *j)
{
	judge_debug(j);
	judge_attributes(j);
	judge_xfam(j);
	judge_servicetd(j);
}

/* An open question until collateral answers it. */
static void leave_open(struct gh_finding *f, const char *why, const char *remedy)
{
	gh_judge(f, GH_UNKNOWN, "tdx.collateral.missing");
	gh_say(&f->observed, "no collateral to check it with");
	gh_say(&f->why, "%s", why);
	gh_say(&f->remedy, "%s", remedy);
}

static void judge_qe_identity(struct gh_tdx_job *j)
{
	struct gh_finding *f = gh_tee_step(&j->tee, "tdx.qe.identity", "tdx.qe.signature",
	    "Intel's own quoting enclave");
	bool known = !memcmp(j->qe.mrsigner, qe_mrsigner, sizeof(qe_mrsigner));

	gh_say(&f->expected, "signer, product id and attributes of Intel's TD QE");
	leave_open(f,
	    "any enclave on the platform can make such a report: only Intel's signed QE "
	    "identity tells whether this is Intel's and good",
	    "needs the TD QE identity of Intel PCS (/tdx/certification/v4/qe/identity)");
	gh_say(&f->observed, "%s signer that Intel published; product id %u, ISVSVN %u",
	    known ? "the" : "NOT the", j->qe.isv_prod_id, j->qe.isv_svn);
}

static void judge_revocation(struct gh_tdx_job *j)
{
	struct gh_finding *f = gh_tee_step(&j->tee, "tdx.revocation", "tdx.chain.pck_ca",
	    "platform certificates not revoked");

	gh_say(&f->expected,
	    "PCK CRL and root CRL, in their windows, without these serials");
	leave_open(f, "Intel revokes platforms whose keys leaked",
	    "needs the PCK CRL and the root CRL of Intel PCS");
}

void gh_tdx_judge_tcb(struct gh_tdx_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "tdx.tcb", "tdx.signature", "platform security level");
	gh_auto(struct gh_buf, gh_buf_free) fmspc = {0};
	bool signed_ = gh_tee_holds(&j->tee, "tdx.signature");

	gh_say(&f->expected, "UpToDate by Intel's TCB info");
	leave_open(f,
	    "the signatures say who made the quote, not whether its firmware and TDX "
	    "module "
	    "are free of known holes",
	    "");
	gh_say(&f->observed, "%sIntel's collateral is not evaluated yet",
	    signed_ ? "the signatures are good up to Intel's root, but " : "");
	gh_buf_hex(&fmspc, j->pck.fmspc, sizeof(j->pck.fmspc));
	gh_say(&f->remedy,
	    "needs Intel's TCB info for FMSPC %s and the QE identity, both signed, and "
	    "the "
	    "CRLs",
	    j->has_pck ? gh_buf_cstr(&fmspc) : "(not readable)");
	judge_qe_identity(j);
	judge_revocation(j);
}

static void claim_pck(struct gh_tdx_job *j, struct gh_subject *s)
{
	if (!j->has_pck)
		return;
	gh_claim_hex(s, "fmspc", j->pck.fmspc, sizeof(j->pck.fmspc));
	gh_claim_hex(s, "ppid", j->pck.ppid, sizeof(j->pck.ppid));
	gh_claim_hex(s, "pce_id", j->pck.pce_id, sizeof(j->pck.pce_id));
	gh_claim(s, "pce_svn", "%u", j->pck.pce_svn);
	gh_claim_hex(s, "cpu_svn", j->pck.cpu_svn, sizeof(j->pck.cpu_svn));
	gh_claim_hex(s, "sgx_tcb", j->pck.comp, sizeof(j->pck.comp));
	if (j->pck.has_platform_instance)
		gh_claim_hex(s, "platform_instance_id", j->pck.platform_instance,
		    sizeof(j->pck.platform_instance));
}

/* As in the quote: the eight bytes in memory order, as other tools print them. */
static void claim_u64(struct gh_subject *s, const char *key, uint64_t v)
{
	unsigned char b[8];

	for (size_t i = 0; i < sizeof(b); i++)
		b[i] = (unsigned char)(v >> (8 * i));
	gh_claim_hex(s, key, b, sizeof(b));
}

void gh_tdx_claims(struct gh_tdx_job *j)
{
	static const char *const rtmr[] = {"rtmr0", "rtmr1", "rtmr2", "rtmr3"};
	struct gh_subject *s = gh_result_subject(j->tee.out, j->tee.subject, "cvm");
	const struct gh_tdx_quote *q = &j->q;

	gh_claim(s, "version", "%u", q->version);
	gh_claim(s, "body_type", "%u", q->body_type);
	gh_claim_hex(s, "mrtd", q->mrtd, 48);
	for (size_t i = 0; i < GH_COUNT(rtmr); i++)
		gh_claim_hex(s, rtmr[i], q->rtmr[i], 48);
	gh_claim_hex(s, "mrseam", q->mrseam, 48);
	gh_claim_hex(s, "mrsignerseam", q->mrsignerseam, 48);
	gh_claim_hex(s, "mrconfigid", q->mrconfigid, 48);
	gh_claim_hex(s, "mrowner", q->mrowner, 48);
	gh_claim_hex(s, "mrownerconfig", q->mrownerconfig, 48);
	gh_claim_hex(s, "report_data", q->report_data, 64);
	gh_claim_hex(s, "tee_tcb_svn", q->tee_tcb_svn, 16);
	if (q->tee_tcb_svn2) {
		gh_claim_hex(s, "tee_tcb_svn2", q->tee_tcb_svn2, 16);
		gh_claim_hex(s, "mrservicetd", q->mrservicetd, 48);
	}
	claim_u64(s, "td_attributes", q->td_attributes);
	claim_u64(s, "seam_attributes", q->seam_attributes);
	claim_u64(s, "xfam", q->xfam);
	gh_claim_hex(s, "qe_mrsigner", j->qe.mrsigner, 32);
	gh_claim(s, "qe_isv_svn", "%u", j->qe.isv_svn);
	claim_pck(j, s);
}
