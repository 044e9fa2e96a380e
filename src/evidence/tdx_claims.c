/* SPDX-License-Identifier: Apache-2.0
 * What a TDX quote states, as claims of its subject. */
#include "evidence/tdx_job.h"
#include "evidence/tdx_platform.h"

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

/* Major and minor security version of the TDX module, as in Intel's TDX_01 and isvsvn. */
static void claim_module(
    struct gh_subject *s, const char *key, const uint8_t svn[static 16])
{
	gh_claim(s, key, "%u.%u", svn[1], svn[0]);
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
	claim_module(s, "module_svn", q->tee_tcb_svn);
	if (q->tee_tcb_svn2)
		claim_module(s, "module_svn_current", q->tee_tcb_svn2);
	if (*gh_tdx_module_name(q->mrseam))
		gh_claim(s, "tdx_module", "%s", gh_tdx_module_name(q->mrseam));
	claim_pck(j, s);
}
