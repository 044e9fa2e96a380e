/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes what reads Intel's signed documents: the scanner, both typed readers (as if the
 * signature had been good), the evaluation by what they read, and what shows them. The
 * input is a document as delivered. */
#include "evidence/signed_json.h"
#include "evidence/tdx_show.h"
#include "evidence/tdx_tcb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct gh_tcb_info info;
static struct gh_qe_identity qe;

/* Some platform against whatever was read. */
static void evaluate(void)
{
	static const struct gh_tdx_pck pck = {.comp = {7, 7, 2, 2, 4, 1}, .pce_svn = 11};
	static const uint8_t svn[16] = {5, 1, 7};
	struct gh_tcb_input in = {&info, &qe, &pck, 4};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_tcb_eval e;

	gh_tcb_evaluate(&e, &in, svn);
	if ((e.status == GH_TCB_UNKNOWN) != (e.miss != GH_TCB_MISS_NONE))
		__builtin_trap();
	(void)gh_tcb_status(&e, &e);
	gh_tcb_list_advisories(&text, &in, &e, " ");
	(void)gh_tcb_shortfall(&text, &in, svn, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	struct gh_bytes doc = {data, size};
	struct gh_signed_json s;
	bool read = false;

	if (!gh_signed_json_split(&s, doc, "tcbInfo", NULL))
		read = !gh_tcb_info_parse(&info, s.value, NULL);
	if (!gh_signed_json_split(&s, doc, "enclaveIdentity", NULL))
		read = !gh_qe_identity_parse(&qe, s.value, NULL) || read;
	if (read)
		evaluate();
	if (gh_tdx_collateral_show(&fs, doc, NULL))
		__builtin_trap();
	return 0;
}
