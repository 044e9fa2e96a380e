/* SPDX-License-Identifier: Apache-2.0
 * What an SNP report states, as claims of its subject. */
#include "evidence/snp_policy.h"

static void claim_tcbs(struct gh_snp_job *j, struct gh_subject *s)
{
	char text[GH_SNP_TCB_TEXT];

	gh_claim_hex(s, "reported_tcb", j->r.reported_tcb, 8);
	gh_claim_hex(s, "current_tcb", j->r.current_tcb, 8);
	gh_claim_hex(s, "committed_tcb", j->r.committed_tcb, 8);
	gh_claim_hex(s, "launch_tcb", j->r.launch_tcb, 8);
	if (j->product != GH_SNP_NO_PRODUCT) {
		gh_snp_tcb_text(
		    text, gh_snp_tcb_of(j->r.reported_tcb, j->product), j->product);
		gh_claim(s, "tcb", "%s", text);
	}
	gh_claim(s, "firmware", "%u.%u.%u", j->r.current_version[2],
	    j->r.current_version[1], j->r.current_version[0]);
	gh_claim(s, "committed_firmware", "%u.%u.%u", j->r.committed_version[2],
	    j->r.committed_version[1], j->r.committed_version[0]);
}

void gh_snp_claims(struct gh_snp_job *j)
{
	struct gh_subject *s = gh_result_subject(j->tee.out, j->tee.subject, "cvm");
	const struct gh_snp_report *r = &j->r;
	bool vlek = gh_snp_report_key(r) == GH_SNP_VLEK;

	gh_claim(s, "product", "%s", gh_snp_product_name(j->product));
	gh_claim(s, "version", "%u", r->version);
	gh_claim(s, "vmpl", "%u", r->vmpl);
	gh_claim(s, "guest_svn", "%u", r->guest_svn);
	gh_claim(s, "policy", "0x%llx", (unsigned long long)r->policy);
	gh_claim(s, "platform_info", "0x%llx", (unsigned long long)r->platform_info);
	gh_claim(s, "signing_key", "%s", vlek ? "vlek" : "vcek");
	gh_claim_hex(s, "chip_id", r->chip_id, 64);
	gh_claim_hex(s, "measurement", r->measurement, 48);
	gh_claim_hex(s, "report_data", r->report_data, 64);
	gh_claim_hex(s, "host_data", r->host_data, 32);
	gh_claim_hex(s, "id_key_digest", r->id_key, 48);
	gh_claim_hex(s, "author_key_digest", r->author_key, 48);
	gh_claim_hex(s, "family_id", r->family_id, 16);
	gh_claim_hex(s, "image_id", r->image_id, 16);
	gh_claim_hex(s, "report_id", r->report_id, 32);
	claim_tcbs(j, s);
	if (r->version >= 3)
		gh_claim(s, "cpuid", "%02x/%02x/%u", r->cpu_family, r->cpu_model,
		    r->cpu_stepping);
	if (r->version >= 5) {
		gh_claim(
		    s, "launch_mit_vector", "0x%llx", (unsigned long long)r->launch_mit);
		gh_claim(s, "current_mit_vector", "0x%llx",
		    (unsigned long long)r->current_mit);
	}
}
