/* SPDX-License-Identifier: Apache-2.0
 * Intel's word at a stated time: whether the quoting enclave and the TDX module are
 * Intel's, and what the platform's security level is called (spec/tdx.md sections 3.3 and
 * 3.4). */
#include "evidence/tdx_platform.h"

#include <ctype.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "evidence/tdx_job.h"

/* ---- the quoting enclave ------------------------------------------------------------------ */

static void judge_qe(struct gh_tdx_job *j)
{
	struct gh_finding *f = gh_tee_step(&j->tee, "tdx.qe.identity", "tdx.qe.signature",
	    "Intel's own quoting enclave");
	const struct gh_qe_identity *id = &j->collateral.qe;
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};

	gh_say(&f->expected, "signer, product id and attributes of Intel's TD QE");
	gh_say(&f->why,
	    "any enclave on the platform can make such a report: only Intel's "
	    "signed identity tells whether this is Intel's");
	gh_say(&f->remedy,
	    "do not trust this quote: the enclave that made it is not Intel's TD QE");
	gh_buf_hex(&hex, j->qe.mrsigner, 32);
	gh_say(&f->observed, "MRSIGNER %s, product id %u, ISVSVN %u", gh_buf_cstr(&hex),
	    j->qe.isv_prod_id, j->qe.isv_svn);
	if (gh_tdx_lacks(j, f, "tdx.collateral.qe_identity"))
		return;
	gh_tdx_settle(j, f, "qe.identity", gh_qe_identity_fault(id, &j->qe));
}

/* ---- the TDX module ----------------------------------------------------------------------- */

/* Published modules (section 3.5), by the first 16 bytes of their MRSEAM. */
static const struct {
	const char *version;
	unsigned char mrseam[16];
} modules[] = {
    {"1.0", {0x2f, 0xd2, 0x79, 0xc1, 0x61, 0x64, 0xa9, 0x3d, 0xd5, 0xbf, 0x37, 0x3d, 0x83,
		0x43, 0x28, 0xd4}},
    {"1.5.01", {0x97, 0x90, 0xd8, 0x9a, 0x10, 0x21, 0x0e, 0xc6, 0x96, 0x8a, 0x77, 0x3c,
		   0xee, 0x2c, 0xa0, 0x5b}},
    {"1.5.05", {0x1c, 0xc6, 0xa1, 0x7a, 0xb7, 0x99, 0xe9, 0xa6, 0x93, 0xfa, 0xc7, 0x53,
		   0x6b, 0xe6, 0x1c, 0x12}},
    {"1.5.06", {0x5b, 0x38, 0xe3, 0x3a, 0x64, 0x87, 0x95, 0x8b, 0x72, 0xc3, 0xc1, 0x2a,
		   0x93, 0x8e, 0xaa, 0x5e}},
    {"1.5.08", {0x49, 0xb6, 0x6f, 0xaa, 0x45, 0x1d, 0x19, 0xeb, 0xbd, 0xbe, 0x89, 0x37,
		   0x1b, 0x8d, 0xaf, 0x2b}},
    {"1.5.09", {0xbf, 0xb3, 0x60, 0xac, 0x8e, 0x62, 0x33, 0xa1, 0xbc, 0xa1, 0x43, 0x3c,
		   0xaf, 0x73, 0x82, 0xd9}},
    {"1.5.13", {0x27, 0xb6, 0x7e, 0x0b, 0x20, 0x50, 0x8f, 0x0a, 0xcf, 0xb8, 0xa9, 0x9d,
		   0xf4, 0x28, 0x3a, 0x7c}},
    {"1.5.16", {0x7b, 0xf0, 0x63, 0x28, 0x0e, 0x94, 0xfb, 0x05, 0x1f, 0x5d, 0xd7, 0xb1,
		   0xfc, 0x59, 0xce, 0x9a}},
    {"2.0.02", {0x68, 0x5f, 0x89, 0x1e, 0xa5, 0xc2, 0x0e, 0x8f, 0xa2, 0x7b, 0x15, 0x1b,
		   0xf3, 0x4b, 0xf3, 0xb5}},
    {"2.0.04", {0x64, 0xca, 0xe4, 0x97, 0xe0, 0xc6, 0x22, 0x11, 0x76, 0xfe, 0x8d, 0x3b,
		   0xc9, 0xd0, 0xcf, 0x25}},
    {"2.0.05", {0x6f, 0x65, 0xe5, 0x70, 0xe3, 0xbc, 0x41, 0x8d, 0x25, 0x76, 0xf3, 0x1a,
		   0xad, 0xa4, 0x0f, 0x7f}},
    {"2.0.08", {0x47, 0x6a, 0x29, 0x97, 0xc6, 0x2b, 0xcc, 0xc7, 0x83, 0x70, 0x91, 0x3d,
		   0x0a, 0x80, 0xb9, 0x56}},
    {"2.0.14", {0xae, 0xf4, 0xed, 0x3e, 0x68, 0x6f, 0xe6, 0xcf, 0x44, 0xc9, 0xa8, 0xd1,
		   0xcc, 0x63, 0x10, 0x54}},
    {"2.0.16", {0xf4, 0x07, 0x72, 0xd8, 0x26, 0x08, 0xda, 0x54, 0x43, 0x88, 0x7d, 0xd7,
		   0x24, 0x7b, 0xe3, 0xe0}},
};

const char *gh_tdx_module_name(const unsigned char mrseam[static 48])
{
	for (size_t i = 0; i < GH_COUNT(modules); i++)
		if (memcmp(modules[i].mrseam, mrseam, sizeof(modules[i].mrseam)) == 0)
			return modules[i].version;
	return "";
}

/* Who may have signed the module that runs: by its major version; NULL: Intel does not
 * say. */
static const struct gh_tcb_module_id *module_id(const struct gh_tdx_job *j)
{
	const struct gh_tcb_module *m;

	if (j->q.tee_tcb_svn[1] == 0)
		return &j->collateral.info.module;
	m = gh_tcb_info_module(&j->collateral.info, j->q.tee_tcb_svn[1]);
	return m ? &m->id : NULL;
}

/* A bit that the mask leaves open must be clear: we do not know what it would mean. */
static const char *module_fault(const struct gh_tdx_job *j)
{
	const struct gh_tcb_module_id *id = module_id(j);

	if (!id)
		return "identity";
	if (memcmp(j->q.mrsignerseam, id->mrsigner, 48) != 0)
		return "signer";
	for (size_t i = 0; i < 8; i++) {
		unsigned int have = j->q.seam_attributes >> (8 * i) & 0xFF;

		if (have != id->attributes[i] || have & ~(unsigned int)id->mask[i])
			return "attributes";
	}
	return "";
}

static void judge_module(struct gh_tdx_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "tdx.module", "tdx.signature", "Intel's own TDX module");
	const uint8_t *svn = j->q.tee_tcb_svn;
	const char *name = gh_tdx_module_name(j->q.mrseam);

	if (svn[1])
		gh_say(&f->expected,
		    "MRSIGNERSEAM and SEAMATTRIBUTES of TDX_%02X in Intel's TCB info",
		    svn[1]);
	else
		gh_say(&f->expected,
		    "MRSIGNERSEAM and SEAMATTRIBUTES of tdxModule in Intel's TCB info");
	gh_say(&f->observed, "module %s, security version %u.%u, SEAMATTRIBUTES 0x%llx",
	    *name ? name : "(version not in our table)", svn[1], svn[0],
	    (unsigned long long)j->q.seam_attributes);
	gh_say(&f->why, "the module is what keeps the host out of the TD");
	gh_say(&f->remedy, "start the host with a TDX module that Intel published");
	if (gh_tdx_lacks(j, f, "tdx.collateral.tcb_info"))
		return;
	gh_tdx_settle(j, f, "module", module_fault(j));
}

/* ---- the level -------------------------------------------------------------------------- */

struct level {
	struct gh_tcb_input in;
	struct gh_tcb_eval launch, current;
	bool has_current;
	enum gh_tdx_status status;
};

static void evaluate(struct gh_tdx_job *j, struct level *l)
{
	l->in = (struct gh_tcb_input){
	    &j->collateral.info, &j->collateral.qe, &j->pck, j->qe.isv_svn};
	gh_tcb_evaluate(&l->launch, &l->in, j->q.tee_tcb_svn);
	l->has_current = j->q.tee_tcb_svn2 != NULL;
	if (l->has_current)
		gh_tcb_evaluate(&l->current, &l->in, j->q.tee_tcb_svn2);
	l->status = gh_tcb_status(&l->launch, l->has_current ? &l->current : NULL);
}

/* The word of a status in a code: "tdx.tcb.outofdate". */
static void status_code(char out[static 64], enum gh_tdx_status s)
{
	const char *word = gh_tdx_status_word(s);
	size_t n = (size_t)snprintf(out, 64, "tdx.tcb.");

	for (size_t i = 0; word[i] && n < 63; i++)
		out[n++] = (char)tolower((unsigned char)word[i]);
	out[n] = '\0';
}

static void say_accepted(struct gh_finding *f, const struct gh_policy *policy)
{
	gh_auto(struct gh_buf, gh_buf_free) words = {0};

	for (int s = GH_TCB_UP_TO_DATE; s < GH_TCB_N; s++)
		if (policy->tdx.accept >> s & 1 && s != GH_TCB_REVOKED)
			gh_buf_fmt(&words, "%s%s", words.len ? " or " : "",
			    gh_tdx_status_word((enum gh_tdx_status)s));
	gh_say(&f->expected, "%s by Intel's TCB info (policy %s)",
	    words.len ? gh_buf_cstr(&words) : "nothing", policy->id);
}

static int64_t next_update(const struct gh_tdx_collateral *c)
{
	return c->info.window.next < c->qe.window.next ? c->info.window.next
						       : c->qe.window.next;
}

/* Status, since when, from which publications, until when. */
static void say_level(struct gh_tdx_job *j, struct gh_finding *f, const struct level *l)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	char date[GH_TIME_LEN], at[GH_TIME_LEN], next[GH_TIME_LEN];
	size_t before;

	gh_time_text(date, l->launch.date);
	gh_time_text(at, j->tee.ctx->at);
	gh_time_text(next, next_update(&j->collateral));
	gh_buf_fmt(&text,
	    "%s of %.10s, as Intel said at %s (evaluation %lld of the TCB info, %lld of "
	    "the "
	    "QE identity; next update %s)",
	    gh_tdx_status_word(l->status), date, at,
	    (long long)j->collateral.info.window.eval,
	    (long long)j->collateral.qe.window.eval, next);
	if (l->has_current)
		gh_buf_fmt(&text, "; the module that runs now: %s",
		    gh_tdx_status_word(l->current.status));
	gh_buf_str(&text, "; advisories: ");
	before = text.len;
	{
		gh_auto(struct gh_buf, gh_buf_free) list = {0};

		gh_tcb_list_advisories(&list, &l->in, &l->launch, " ");
		gh_buf_add(&text, list.p, list.len);
	}
	if (text.len == before)
		gh_buf_str(&text, "none");
	gh_say_bytes(&f->observed, text.p, text.len);
}

/* Who has to do what, for each bit of gh_tcb_shortfall. */
static const struct {
	unsigned int by;
	const char *what;
} mends[] = {
    {GH_TCB_BY_BIOS, "update the host's BIOS"},
    {GH_TCB_BY_VMM, "update microcode and SEAMLDR on the host"},
    {GH_TCB_BY_MODULE, "update the TDX module on the host"},
    {GH_TCB_BY_PCE, "update the SGX architectural enclaves on the host"},
    {GH_TCB_BY_QE, "update the DCAP packages (quoting enclave) on the host"},
};

static void add_mends(struct gh_buf *out, unsigned int by)
{
	size_t start = out->len;

	for (size_t i = 0; i < GH_COUNT(mends); i++)
		if (by & mends[i].by)
			gh_buf_fmt(
			    out, "%s%s", out->len > start ? ", " : "", mends[i].what);
	if (by & ~(unsigned int)(GH_TCB_BY_QE | GH_TCB_BY_MODULE))
		gh_buf_str(out, "; then fetch its PCK certificate anew (PCCS)");
}

static bool relaunch_mends(enum gh_tdx_status s)
{
	return s == GH_TCB_TD_RELAUNCH_ADVISED ||
	       s == GH_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
}

/* What is lacking goes behind what was observed, what to do into the remedy. */
static void say_shortfall(struct gh_tdx_job *j, struct gh_finding *f,
    const struct level *l, const uint8_t svn[static 16])
{
	gh_auto(struct gh_buf, gh_buf_free) gap = {0}, text = {0}, todo = {0};
	unsigned int accept = j->policy->tdx.accept | 1u << GH_TCB_UP_TO_DATE;
	unsigned int by = gh_tcb_shortfall(&gap, &l->in, svn, accept);

	if (by) {
		gh_buf_fmt(&text, "%s; you miss %s", f->observed, gh_buf_cstr(&gap));
		gh_say_bytes(&f->observed, text.p, text.len);
		add_mends(&todo, by);
	} else {
		gh_buf_str(&todo,
		    "follow the advisories: this level needs a BIOS setting or hardened "
		    "software; or accept the status in the policy");
	}
	gh_say_bytes(&f->remedy, todo.p, todo.len);
}

static const char *miss_text(enum gh_tcb_miss miss)
{
	switch (miss) {
	case GH_TCB_MISS_IDENTITY:
		return "Intel publishes no levels for a TDX module of this major version";
	case GH_TCB_MISS_MODULE:
		return "the TDX module is below every level that Intel lists";
	case GH_TCB_MISS_QE:
		return "the quoting enclave is below every level that Intel lists";
	default:
		return "the platform is below every level that Intel lists";
	}
}

static void settle_level(
    struct gh_tdx_job *j, struct gh_finding *f, const struct level *l)
{
	const struct gh_tcb_eval *missed = l->launch.miss ? &l->launch
					   : l->has_current && l->current.miss
					       ? &l->current
					       : NULL;
	bool accepted =
	    l->status != GH_TCB_REVOKED && j->policy->tdx.accept >> l->status & 1;
	char code[64] = "";

	if (missed) {
		gh_say(&f->observed, "%s%s", missed == &l->current ? "now: " : "",
		    miss_text(missed->miss));
		say_shortfall(j, f, l,
		    missed == &l->current ? j->q.tee_tcb_svn2 : j->q.tee_tcb_svn);
		gh_tee_settle(&j->tee, f, "tdx.tcb.unsupported");
		return;
	}
	say_level(j, f, l);
	if (!accepted)
		status_code(code, l->status);
	if (relaunch_mends(l->status))
		gh_say(&f->remedy, "relaunch this TD, the host is fine%s",
		    l->status == GH_TCB_TD_RELAUNCH_ADVISED
			? ""
			: " but for its configuration: follow the advisories");
	else if (l->status != GH_TCB_UP_TO_DATE)
		say_shortfall(j, f, l, j->q.tee_tcb_svn);
	gh_tee_settle(&j->tee, f, code);
}

/* ---- claims ------------------------------------------------------------------------------- */

static void claim_level(struct gh_tdx_job *j, const struct level *l)
{
	struct gh_subject *s = gh_result_subject(j->tee.out, j->tee.subject, "cvm");
	const struct gh_tcb_eval *e = &l->launch;
	gh_auto(struct gh_buf, gh_buf_free) list = {0};
	char text[GH_TIME_LEN];

	gh_claim(s, "tcb_eval_number", "%lld", (long long)j->collateral.info.window.eval);
	gh_claim(s, "qe_eval_number", "%lld", (long long)j->collateral.qe.window.eval);
	gh_time_text(text, next_update(&j->collateral));
	gh_claim(s, "collateral_next_update", "%s", text);
	if (e->platform)
		gh_claim(s, "platform_status", "%s",
		    gh_tdx_status_word(e->platform->is.status));
	if (e->module)
		gh_claim(
		    s, "module_status", "%s", gh_tdx_status_word(e->module->is.status));
	if (e->qe)
		gh_claim(s, "qe_status", "%s", gh_tdx_status_word(e->qe->is.status));
	if (e->miss || (l->has_current && l->current.miss))
		return;
	gh_time_text(text, e->date);
	gh_claim(s, "tcb_status", "%s", gh_tdx_status_word(l->status));
	gh_claim(s, "tcb_date", "%s", text);
	if (l->has_current)
		gh_claim(
		    s, "current_status", "%s", gh_tdx_status_word(l->current.status));
	gh_tcb_list_advisories(&list, &l->in, e, "");
	gh_claim(s, "advisories", "%s", gh_buf_cstr(&list));
}

/* Without documents the question stays open; below one that failed it is not asked. */
static bool can_evaluate(struct gh_tdx_job *j, struct gh_finding *f)
{
	static const char *const needs[] = {"tdx.signature", "tdx.collateral.tcb_info",
	    "tdx.collateral.qe_identity", "tdx.qe.identity", "tdx.module"};
	const struct gh_context *ctx = j->tee.ctx;

	if ((!ctx->tcb_infos.n || !ctx->qe_identities.n) &&
	    gh_tee_holds(&j->tee, "tdx.signature")) {
		gh_judge(f, GH_UNKNOWN, "tdx.collateral.missing");
		gh_say(&f->observed, "the signatures are good up to Intel's root, but "
				     "there is no collateral "
				     "to ask");
		return false;
	}
	for (size_t i = 0; i < GH_COUNT(needs); i++)
		if (gh_tdx_lacks(j, f, needs[i]))
			return false;
	if (!j->crl_failed)
		return true;
	gh_judge(f, GH_SKIP, "parent.not.proven");
	gh_say(&f->why, "a level says nothing of a platform that may be revoked");
	return false;
}

static void judge_tcb(struct gh_tdx_job *j)
{
	struct gh_finding *f =
	    gh_tee_step(&j->tee, "tdx.tcb", "tdx.signature", "platform security level");
	gh_auto(struct gh_buf, gh_buf_free) fmspc = {0};
	struct level l = {0};

	say_accepted(f, j->policy);
	gh_say(&f->why, "the signatures say who made the quote, not whether its firmware "
			"and TDX module are free of known holes");
	gh_buf_hex(&fmspc, j->pck.fmspc, sizeof(j->pck.fmspc));
	gh_say(&f->remedy,
	    "needs Intel's TCB info for FMSPC %s and the QE identity, both signed, their "
	    "signing certificate, and the CRLs",
	    j->has_pck ? gh_buf_cstr(&fmspc) : "(not readable)");
	if (!can_evaluate(j, f))
		return;
	gh_say(&f->remedy, "%s", "");
	evaluate(j, &l);
	settle_level(j, f, &l);
	claim_level(j, &l);
}

void gh_tdx_judge_platform(struct gh_tdx_job *j)
{
	judge_qe(j);
	judge_module(j);
	judge_tcb(j);
}
