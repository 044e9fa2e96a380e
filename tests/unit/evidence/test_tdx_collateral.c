/* SPDX-License-Identifier: Apache-2.0
 * Collateral, TCB levels and policy of TDX without vectors: every code that they give,
 * every limit of the readers. */
#include "evidence/tdx_tcb.h"
#include "tdx_world.h"

/* ---- editing documents -------------------------------------------------------------------- */

/* o["a"][0]["b"] = text, for the path "a/0/b"; text NULL removes, "+" as last part appends. */
static void edit(json_t *o, const char *path, const char *text)
{
	const char *slash = strchr(path, '/');
	char part[64];

	snprintf(part, sizeof(part), "%.*s",
	    slash ? (int)(slash - path) : (int)strlen(path), path);
	if (slash) {
		edit(json_is_array(o) ? json_array_get(o, strtoul(part, NULL, 10))
				      : json_object_get(o, part),
		    slash + 1, text);
	} else if (!text) {
		assert_int_equal(json_is_array(o)
				     ? json_array_remove(o, strtoul(part, NULL, 10))
				     : json_object_del(o, part),
		    0);
	} else if (!strcmp(part, "+")) {
		json_array_append_new(o, parse_text(text));
	} else if (json_is_array(o)) {
		json_array_set_new(o, strtoul(part, NULL, 10), parse_text(text));
	} else {
		json_object_set_new(o, part, parse_text(text));
	}
}

/* The good kit with one member of one document changed before signing. */
static void edited_kit(struct kit *k, char doc, const char *path, const char *text)
{
	gh_auto(json_t *, gh_json_free) info = good_info();
	gh_auto(json_t *, gh_json_free) qe = good_qe();

	good_kit(k);
	if (!path)
		return;
	edit(doc == 'i' ? info : qe, path, text);
	k->n_info = k->n_qe = 0;
	gh_buf_free(&k->info[0]);
	gh_buf_free(&k->qe[0]);
	add_info(k, info);
	add_qe(k, qe);
}

static const char *observed_of(const struct gh_result *r, const char *step)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, NULL, step);

	return f ? f->observed : "";
}

static const char *remedy_of(const struct gh_result *r, const char *step)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, NULL, step);

	return f ? f->remedy : "";
}

static const char *claim(const struct gh_result *r, const char *key)
{
	return gh_claim_get(gh_result_find(r, "vm"), key);
}

static void assert_code(const struct gh_result *r, const char *step, const char *code)
{
	if (strcmp(code_of(r, step), code) == 0)
		return;
	print_open(r);
	fail_msg("%s: \"%s\", want \"%s\"", step, code_of(r, step), code);
}

static void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" does not say \"%s\"", text, part);
}

static void test_quote_when_all_is_given_passes(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct kit, free_kit) k = {0};
	gh_auto(struct plan, free_plan) p;

	(void)state;
	good_plan(&p);
	good_kit(&k);
	run_kit(&r, &k, &p);
	if (gh_result_verdict(&r) != GH_PASS)
		print_open(&r);
	assert_int_equal(gh_result_verdict(&r), GH_PASS);
	assert_string_equal(claim(&r, "tcb_status"), "UpToDate");
	assert_string_equal(claim(&r, "platform_status"), "UpToDate");
	assert_string_equal(claim(&r, "module_status"), "UpToDate");
	assert_string_equal(claim(&r, "qe_status"), "UpToDate");
	assert_string_equal(claim(&r, "tcb_date"), "2025-01-01T00:00:00Z");
	assert_string_equal(claim(&r, "tcb_eval_number"), "20");
	assert_string_equal(claim(&r, "qe_eval_number"), "19");
	assert_string_equal(claim(&r, "collateral_next_update"), "2026-07-01T00:00:00Z");
	assert_string_equal(claim(&r, "advisories"), "");
	assert_string_equal(claim(&r, "module_svn"), "1.11");
	assert_says(observed_of(&r, "tdx.tcb"), "advisories: none");
	assert_says(observed_of(&r, "tdx.tcb"), "evaluation 20 of the TCB info, 19 of");
}

/* ---- documents -------------------------------------------------------------------------- */

static const struct {
	char doc;
	const char *path, *text, *step, *code;
} edits[] = {
    {'i', "id", "\"SGX\"", "tdx.collateral.tcb_info", "format"},
    {'i', "id", "7", "tdx.collateral.tcb_info", "format"},
    {'i', "version", "4", "tdx.collateral.tcb_info", "format"},
    {'i', "version", NULL, "tdx.collateral.tcb_info", "format"},
    {'i', "tcbType", "1", "tdx.collateral.tcb_info", "format"},
    {'i', "tcbType", NULL, "tdx.collateral.tcb_info", "format"},
    {'i', "issueDate", "\"2026-06-01 00:00:00Z\"", "tdx.collateral.tcb_info", "format"},
    {'i', "issueDate", "\"2026-02-30T00:00:00Z\"", "tdx.collateral.tcb_info", "format"},
    {'i', "issueDate", "\"2026-06-01T00:00:00Z0\"", "tdx.collateral.tcb_info", "format"},
    {'i', "nextUpdate", "1781481600", "tdx.collateral.tcb_info", "format"},
    {'i', "nextUpdate", "\"1781481600\"", "tdx.collateral.tcb_info", "format"},
    {'i', "tcbEvaluationDataNumber", "-1", "tdx.collateral.tcb_info", "format"},
    {'i', "tcbEvaluationDataNumber", "1000001", "tdx.collateral.tcb_info", "format"},
    {'i', "tcbEvaluationDataNumber", "\"20\"", "tdx.collateral.tcb_info", "format"},
    {'i', "fmspc", "\"90C06F0000\"", "tdx.collateral.tcb_info", "format"},
    {'i', "fmspc", "\"90C06F00000G\"", "tdx.collateral.tcb_info", "format"},
    {'i', "pceId", "\"00000\"", "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModule", NULL, "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModule", "[]", "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModule/mrsigner", "\"00\"", "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModule/attributes", NULL, "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModule/attributesMask", "\"FF\"", "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModuleIdentities", "{}", "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModuleIdentities/+", "7", "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModuleIdentities/0/id", "\"TDX_1\"", "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModuleIdentities/0/id", "\"TDX_001\"", "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModuleIdentities/0/id", "\"SGX_01\"", "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModuleIdentities/0/id", NULL, "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModuleIdentities/0/mrsigner", NULL, "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModuleIdentities/0/tcbLevels", "[]", "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModuleIdentities/0/tcbLevels", NULL, "tdx.collateral.tcb_info", "format"},
    {'i', "tdxModuleIdentities/0/tcbLevels/0/tcb", "11", "tdx.collateral.tcb_info",
	"format"},
    {'i', "tdxModuleIdentities/0/tcbLevels/0/tcb/isvsvn", "256",
	"tdx.collateral.tcb_info", "format"},
    {'i', "tdxModuleIdentities/0/tcbLevels/0/tcb/isvsvn", "4", "tdx.collateral.tcb_info",
	"format"},
    {'i', "tdxModuleIdentities/0/tcbLevels/0/tcbStatus", "\"SWHardeningNeeded\"",
	"tdx.collateral.tcb_info", "format"},
    {'i', "tcbLevels", "[]", "tdx.collateral.tcb_info", "format"},
    {'i', "tcbLevels", NULL, "tdx.collateral.tcb_info", "format"},
    {'i', "tcbLevels/0", "null", "tdx.collateral.tcb_info", "format"},
    {'i', "tcbLevels/0/tcb/pcesvn", "65536", "tdx.collateral.tcb_info", "format"},
    {'i', "tcbLevels/0/tcb/sgxtcbcomponents/15", NULL, "tdx.collateral.tcb_info",
	"format"},
    {'i', "tcbLevels/0/tcb/sgxtcbcomponents", NULL, "tdx.collateral.tcb_info", "format"},
    {'i', "tcbLevels/0/tcb/tdxtcbcomponents/+", "{\"svn\":0}", "tdx.collateral.tcb_info",
	"format"},
    {'i', "tcbLevels/0/tcb/tdxtcbcomponents/3/svn", "256", "tdx.collateral.tcb_info",
	"format"},
    {'i', "tcbLevels/0/tcb/tdxtcbcomponents/3/svn", "-1", "tdx.collateral.tcb_info",
	"format"},
    {'i', "tcbLevels/0/tcb/tdxtcbcomponents/3", "3", "tdx.collateral.tcb_info", "format"},
    {'i', "tcbLevels/0/tcbDate", "\"2025\"", "tdx.collateral.tcb_info", "format"},
    {'i', "tcbLevels/0/tcbStatus", "\"Fine\"", "tdx.collateral.tcb_info", "format"},
    {'i', "tcbLevels/0/tcbStatus", "\"TDRelaunchAdvised\"", "tdx.collateral.tcb_info",
	"format"},
    {'i', "tcbLevels/0/tcbStatus", NULL, "tdx.collateral.tcb_info", "format"},
    {'i', "tcbLevels/0/advisoryIDs", "\"INTEL-SA-1\"", "tdx.collateral.tcb_info",
	"format"},
    {'i', "tcbLevels/0/advisoryIDs", "[7]", "tdx.collateral.tcb_info", "format"},
    {'i', "tcbLevels/0/advisoryIDs", "[\"\"]", "tdx.collateral.tcb_info", "format"},
    {'i', "tcbLevels/0/advisoryIDs", "[\"a,b\"]", "tdx.collateral.tcb_info", "format"},
    {'i', "tcbLevels/0/advisoryIDs", "[\"a b\"]", "tdx.collateral.tcb_info", "format"},
    {'i', "tcbLevels/0/advisoryIDs", "[\"0123456789012345678901234\"]",
	"tdx.collateral.tcb_info", "format"},
    {'i', "fmspc", "\"90C06F000001\"", "tdx.collateral.tcb_info", "fmspc"},
    {'i', "pceId", "\"0001\"", "tdx.collateral.tcb_info", "pceid"},
    {'i', "issueDate", "\"2026-06-15T00:00:01Z\"", "tdx.collateral.tcb_info", "notyet"},
    {'i', "issueDate", "\"2026-06-15T00:00:00Z\"", "tdx.collateral.tcb_info", ""},
    {'i', "nextUpdate", "\"2026-06-15T00:00:00Z\"", "tdx.collateral.tcb_info", ""},
    {'i', "nextUpdate", "\"2026-06-14T23:59:59Z\"", "tdx.collateral.tcb_info", "expired"},
    {'i', "tcbLevels/0/tcb/sgxtcbcomponents/3/category", "\"BIOS\"",
	"tdx.collateral.tcb_info", ""},
    {'i', "tdxModuleIdentities/0/id", "\"tdx_01\"", "tdx.module", ""},
    {'q', "id", "\"QE\"", "tdx.collateral.qe_identity", "format"},
    {'q', "version", "1", "tdx.collateral.qe_identity", "format"},
    {'q', "miscselect", "\"0\"", "tdx.collateral.qe_identity", "format"},
    {'q', "miscselectMask", NULL, "tdx.collateral.qe_identity", "format"},
    {'q', "attributes", "\"11\"", "tdx.collateral.qe_identity", "format"},
    {'q', "attributesMask", "11", "tdx.collateral.qe_identity", "format"},
    {'q', "mrsigner", "\"51\"", "tdx.collateral.qe_identity", "format"},
    {'q', "isvprodid", "65536", "tdx.collateral.qe_identity", "format"},
    {'q', "tcbLevels", "[]", "tdx.collateral.qe_identity", "format"},
    {'q', "tcbLevels/1/tcb/isvsvn", "65536", "tdx.collateral.qe_identity", "format"},
    {'q', "tcbLevels/1/tcb/isvsvn", "65535", "tdx.collateral.qe_identity", ""},
    {'q', "nextUpdate", "\"2026-06-14T23:59:59Z\"", "tdx.collateral.qe_identity",
	"expired"},
    {'q', "issueDate", "\"2026-06-15T00:00:01Z\"", "tdx.collateral.qe_identity",
	"notyet"},
};

static void test_document_when_one_member_is_wrong_says_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(edits); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct kit, free_kit) k = {0};
		gh_auto(struct plan, free_plan) p;
		char code[64] = "";

		good_plan(&p);
		edited_kit(&k, edits[i].doc, edits[i].path, edits[i].text);
		run_kit(&r, &k, &p);
		if (*edits[i].code)
			snprintf(code, sizeof(code), "tdx.collateral.%s", edits[i].code);
		if (strcmp(code_of(&r, edits[i].step), code) != 0)
			fail_msg("%s = %s: \"%s\", want \"%s\"", edits[i].path,
			    edits[i].text ? edits[i].text : "(removed)",
			    code_of(&r, edits[i].step), code);
		assert_int_equal(gh_result_verdict(&r), *code ? GH_FAIL : GH_PASS);
		if (*code)
			assert_int_equal(verdict_of(&r, "tdx.tcb"), GH_SKIP);
	}
}

/* n copies of the first element, told apart by a number in the member at path. */
static void repeat(json_t *list, size_t n, const char *path, int from)
{
	gh_auto(json_t *, gh_json_free) first = json_deep_copy(json_array_get(list, 0));
	char number[32];

	json_array_clear(list);
	for (size_t i = 0; i < n; i++) {
		json_t *one = json_deep_copy(first);

		if (!strcmp(path, "id"))
			snprintf(number, sizeof(number), "\"TDX_%02zX\"", i + 1);
		else
			snprintf(number, sizeof(number), "%d", from - (int)i);
		edit(one, path, number);
		json_array_append_new(list, one);
	}
}

static void test_document_when_at_a_limit_is_read_and_beyond_is_not(void **state)
{
	static const struct {
		const char *list, *path;
		size_t max;
		int from;
	} t[] = {
	    {"tcbLevels", "tcb/sgxtcbcomponents/1/svn", GH_TCB_LEVELS_MAX, 255},
	    {"tdxModuleIdentities", "id", GH_TCB_MODULES_MAX, 0},
	    {"isv", "tcb/isvsvn", GH_TCB_SVN_LEVELS_MAX, 255},
	};

	(void)state;
	for (size_t i = 0; i < 2 * GH_COUNT(t); i++) {
		gh_auto(json_t *, gh_json_free) j = good_info();
		gh_auto(struct gh_buf, gh_buf_free) text = {0};
		struct gh_tcb_info info;
		size_t k = i / 2, n = t[k].max + i % 2;
		json_t *list = json_object_get(j, t[k].list);

		if (!list)
			list = json_object_get(
			    json_array_get(json_object_get(j, "tdxModuleIdentities"), 0),
			    "tcbLevels");
		repeat(list, n, t[k].path, t[k].from);
		gh_json_dump(&text, j);
		assert_int_equal(
		    gh_tcb_info_parse(&info, gh_buf_view(&text), NULL), i % 2 ? -1 : 0);
	}
}

static void test_document_when_advisories_are_many_is_read_up_to_the_limit(void **state)
{
	(void)state;
	for (size_t n = GH_TCB_ADVISORIES_MAX; n < GH_TCB_ADVISORIES_MAX + 2; n++) {
		gh_auto(json_t *, gh_json_free) j = good_info();
		gh_auto(struct gh_buf, gh_buf_free) text = {0};
		json_t *list = json_array();
		struct gh_tcb_info info;
		char name[24];

		for (size_t i = 2; i < n; i++) { /* the module names two more */
			snprintf(name, sizeof(name), "INTEL-SA-%05zu", i + 100);
			json_array_append_new(list, json_string(name));
			json_array_append_new(list, json_string(name)); /* once */
		}
		json_object_set_new(json_array_get(json_object_get(j, "tcbLevels"), 0),
		    "advisoryIDs", list);
		gh_json_dump(&text, j);
		assert_int_equal(gh_tcb_info_parse(&info, gh_buf_view(&text), NULL),
		    n <= GH_TCB_ADVISORIES_MAX ? 0 : -1);
	}
}

static void test_document_when_levels_or_modules_repeat_is_refused(void **state)
{
	static const char *const lists[] = {"tcbLevels", "tdxModuleIdentities"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(lists); i++) {
		gh_auto(json_t *, gh_json_free) j = good_info();
		gh_auto(struct gh_buf, gh_buf_free) text = {0};
		json_t *list = json_object_get(j, lists[i]);
		struct gh_tcb_info info;

		json_array_append_new(list, json_deep_copy(json_array_get(list, 0)));
		gh_json_dump(&text, j);
		assert_int_equal(gh_tcb_info_parse(&info, gh_buf_view(&text), NULL), -1);
	}
}

static void test_document_when_not_json_is_refused(void **state)
{
	static const char *const t[] = {
	    "{", "{\"id\":\"TDX\",\"id\":\"TDX\"}", "[]", "7"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		struct gh_bytes b = {(const unsigned char *)t[i], strlen(t[i])};
		struct gh_tcb_info info;
		struct gh_qe_identity qe;

		assert_int_equal(gh_tcb_info_parse(&info, b, NULL), -1);
		assert_int_equal(gh_qe_identity_parse(&qe, b, NULL), -1);
	}
}

static void flip_date(struct gh_buf *doc)
{
	const unsigned char *at = gh_text_find(gh_buf_view(doc), "2026-06-01");

	assert_non_null(at);
	doc->p[at - doc->p + 9] ^= 1;
}

/* A document that cannot be split, one with a broken signature, one signed by another. */
static void test_document_when_not_signed_by_the_tcb_signer_fails(void **state)
{
	gh_auto(json_t *, gh_json_free) info = good_info();
	gh_auto(json_t *, gh_json_free) qe = good_qe();

	(void)state;
	for (int how = 0; how < 4; how++) {
		static const char *const want[] = {"tdx.collateral.format",
		    "tdx.collateral.signature", "tdx.collateral.signer",
		    "tdx.collateral.signature"};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct kit, free_kit) k = {0};
		gh_auto(struct plan, free_plan) p;

		good_plan(&p);
		good_kit(&k);
		gh_buf_clear(&k.info[0]);
		gh_buf_clear(&k.qe[0]);
		if (how == 0) {
			gh_buf_str(&k.info[0], "{}");
			gh_buf_str(&k.qe[0], "{}");
		} else {
			const struct gh_signer *key = how == 1   ? w.tcb
						      : how == 2 ? w.pck
								 : w.attestation;

			sign_json(&k.info[0], "tcbInfo", info, key);
			sign_json(&k.qe[0], "enclaveIdentity", qe, key);
		}
		if (how == 1) {
			flip_date(&k.info[0]);
			flip_date(&k.qe[0]);
		}
		run_kit(&r, &k, &p);
		assert_code(&r, "tdx.collateral.tcb_info", want[how]);
		assert_code(&r, "tdx.collateral.qe_identity", want[how]);
		if (how == 2)
			assert_says(observed_of(&r, "tdx.collateral.tcb_info"),
			    "Intel SGX PCK Certificate");
		assert_int_equal(verdict_of(&r, "tdx.tcb"), GH_SKIP);
	}
}

static void test_documents_when_several_the_newest_good_one_wins(void **state)
{
	/* issueDate, nextUpdate, fmspc, evaluation of the others than the good one (20) */
	static const struct {
		const char *issue, *next, *fmspc;
		int eval;
		const char *wins;
	} t[] = {
	    {"2026-06-01", "2026-07-01", "90C06F000000", 21, "21"},
	    {"2026-06-01", "2026-07-01", "90C06F000000", 18, "20"},
	    {"2026-06-01", "2026-06-02", "90C06F000000", 21, "20"},
	    {"2026-06-01", "2026-07-01", "00A06D080000", 21, "20"},
	    {"2026-06-20", "2026-07-20", "90C06F000000", 21, "20"},
	};

	(void)state;
	for (size_t i = 0; i < 2 * GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct kit, free_kit) k = {0};
		gh_auto(struct plan, free_plan) p;
		gh_auto(json_t *, gh_json_free) one = good_info();
		gh_auto(json_t *, gh_json_free) two = good_info();
		gh_auto(json_t *, gh_json_free) q1 = good_qe();
		gh_auto(json_t *, gh_json_free) q2 = good_qe();
		gh_auto(struct gh_buf, gh_buf_free) text = {0};

		good_plan(&p);
		good_kit(&k);
		gh_buf_fmt(&text,
		    "{\"issueDate\":\"%sT00:00:00Z\",\"nextUpdate\":\"%sT00:00:00Z\","
		    "\"tcbEvaluationDataNumber\":%d}",
		    t[i / 2].issue, t[i / 2].next, t[i / 2].eval);
		json_t *change = parse_text(gh_buf_cstr(&text));
		json_object_update(two, change);
		json_object_update(q2, change);
		json_decref(change);
		json_object_set_new(two, "fmspc", json_string(t[i / 2].fmspc));
		k.n_info = k.n_qe = 0;
		gh_buf_free(&k.info[0]);
		gh_buf_free(&k.qe[0]);
		add_info(&k, i % 2 ? one : two);
		add_info(&k, i % 2 ? two : one);
		add_qe(&k, i % 2 ? q1 : q2);
		add_qe(&k, i % 2 ? q2 : q1);
		run_kit(&r, &k, &p);
		assert_int_equal(gh_result_verdict(&r), GH_PASS);
		assert_string_equal(claim(&r, "tcb_eval_number"), t[i / 2].wins);
	}
}

static void test_documents_when_missing_leave_the_question_open(void **state)
{
	(void)state;
	for (int what = 0; what < 4; what++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct kit, free_kit) k = {0};
		gh_auto(struct plan, free_plan) p;

		good_plan(&p);
		good_kit(&k);
		if (what == 0)
			k.n_info = 0;
		else if (what == 1)
			k.n_qe = 0;
		else if (what == 2)
			gh_certs_free(&k.certs);
		else
			k.n_crl = 0;
		run_kit(&r, &k, &p);
		assert_int_equal(gh_result_verdict(&r), GH_UNKNOWN);
		assert_code(&r, "tdx.collateral.tcb_info",
		    what == 0   ? "tdx.collateral.missing"
		    : what == 2 ? "parent.not.proven"
				: "");
		assert_code(&r, "tdx.collateral.qe_identity",
		    what == 1   ? "tdx.collateral.missing"
		    : what == 2 ? "parent.not.proven"
				: "");
		assert_code(&r, "tdx.collateral.signer",
		    what == 2 ? "tdx.collateral.signer.missing" : "");
		assert_code(&r, "tdx.revocation.pck",
		    what == 3 ? "tdx.revocation.pck.missing" : "");
		assert_code(&r, "tdx.revocation.ca",
		    what == 3 ? "tdx.revocation.ca.missing" : "");
		assert_int_equal(verdict_of(&r, "tdx.tcb"), what < 2    ? GH_UNKNOWN
							    : what == 2 ? GH_SKIP
									: GH_PASS);
	}
}

static void test_lists_when_missing_leave_the_question_open(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct kit, free_kit) k = {0};
	gh_auto(struct plan, free_plan) p;

	(void)state;
	good_plan(&p);
	good_kit(&k);
	k.n_crl = 0;
	run_kit(&r, &k, &p);
	assert_int_equal(gh_result_verdict(&r), GH_UNKNOWN);
	assert_int_equal(verdict_of(&r, "tdx.revocation.pck"), GH_UNKNOWN);
}

/* ---- the signer ----------------------------------------------------------------------- */

/* A TCB signing certificate with one thing wrong. */
static void odd_signer(struct made *m, const char *fault)
{
	EVP_PKEY *key = gh_signer_evp(w.tcb);
	gh_auto(struct made, free_made) root = {0};
	X509 *issuer = w.root.x509;

	if (!strcmp(fault, "root")) {
		make_ca(&root, "Intel SGX Root CA", NULL, false);
		make_leaf(m, "Intel SGX TCB Signing", &root, key, NULL, 0, false);
		return;
	}
	m->x509 = blank_cert("Intel SGX TCB Signing", issuer, key);
	add_conf_ext(m->x509, m->x509, NID_basic_constraints,
	    strcmp(fault, "role") ? "critical,CA:FALSE" : "critical,CA:TRUE");
	add_conf_ext(m->x509, m->x509, NID_key_usage,
	    strcmp(fault, "usage") ? "critical,digitalSignature"
				   : "critical,nonRepudiation");
	if (strcmp(fault, "path")) {
		add_conf_ext(m->x509, m->x509, NID_subject_key_identifier, "hash");
		add_conf_ext(m->x509, issuer, NID_authority_key_identifier, "keyid");
	}
	if (!strcmp(fault, "expired"))
		ASN1_TIME_set(X509_getm_notAfter(m->x509), PKI_AT - 1);
	if (!strcmp(fault, "notyet"))
		ASN1_TIME_set(X509_getm_notBefore(m->x509), PKI_AT + 1);
	sign_cert(m->x509, w.root.key, false);
}

static void test_signer_when_one_thing_is_wrong_fails(void **state)
{
	static const char *const t[] = {
	    "root", "role", "usage", "path", "expired", "notyet"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0}, both = {0};
		gh_auto(struct kit, free_kit) k = {0};
		gh_auto(struct plan, free_plan) p;
		gh_auto(struct made, free_made) odd = {0};
		char code[64];

		good_plan(&p);
		good_kit(&k);
		gh_certs_free(&k.certs);
		odd_signer(&odd, t[i]);
		add_made(&k.certs, &w.root);
		add_made(&k.certs, &odd);
		run_kit(&r, &k, &p);
		snprintf(code, sizeof(code), "tdx.collateral.signer.%s",
		    strcmp(t[i], "usage") ? t[i] : "role");
		assert_code(&r, "tdx.collateral.signer", code);
		assert_int_equal(verdict_of(&r, "tdx.collateral.tcb_info"), GH_SKIP);
		/* a good one beside it does */
		add_made(&k.certs, &w.signer);
		run_kit(&both, &k, &p);
		assert_int_equal(gh_result_verdict(&both), GH_PASS);
	}
}

static void test_signer_when_two_are_bad_the_nearer_is_named(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct kit, free_kit) k = {0};
	gh_auto(struct plan, free_plan) p;
	gh_auto(struct made, free_made) foreign = {0}, old = {0};

	(void)state;
	good_plan(&p);
	good_kit(&k);
	gh_certs_free(&k.certs);
	odd_signer(&foreign, "root");
	odd_signer(&old, "expired");
	add_made(&k.certs, &foreign);
	add_made(&k.certs, &old);
	add_made(&k.certs, &foreign);
	run_kit(&r, &k, &p);
	assert_code(&r, "tdx.collateral.signer", "tdx.collateral.signer.expired");
}

static void test_signer_when_given_many_times_is_held_a_few_times(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct kit, free_kit) k = {0};
	gh_auto(struct plan, free_plan) p;

	(void)state;
	good_plan(&p);
	good_kit(&k);
	for (int i = 0; i < 10; i++)
		add_made(&k.certs, &w.signer);
	run_kit(&r, &k, &p);
	assert_int_equal(gh_result_verdict(&r), GH_PASS);
}

/* ---- lists ------------------------------------------------------------------------------ */

static void test_lists_when_one_thing_is_wrong_fail(void **state)
{
	enum { HOUR = 3600 };
	static const struct {
		const char
		    *issuer; /* "ca", "root", "other": another PCK CA, "fake" key */
		struct crl_plan plan;
		const char *step, *code;
	} t[] = {
	    {"ca", {.from = PKI_AT + 1, .to = PKI_AT + HOUR}, "tdx.revocation.pck",
		"tdx.revocation.pck.notyet"},
	    {"ca", {.from = PKI_AT, .to = PKI_AT}, "tdx.revocation.pck", ""},
	    {"ca", {.from = PKI_AT - HOUR, .to = PKI_AT - 1}, "tdx.revocation.pck",
		"tdx.revocation.pck.expired"},
	    {"ca", {.from = PKI_AT - HOUR}, "tdx.revocation.pck",
		"tdx.revocation.pck.expired"},
	    {"ca", {.from = PKI_AT, .to = PKI_AT, .sha384 = true}, "tdx.revocation.pck",
		"tdx.revocation.pck.algorithm"},
	    {"ca", {.from = PKI_AT, .to = PKI_AT, .critical = true}, "tdx.revocation.pck",
		"tdx.revocation.pck.critical"},
	    {"ca", {.from = PKI_AT, .to = PKI_AT, .serials = {9, 7}},
		"tdx.revocation.pck", "tdx.revocation.pck.revoked"},
	    {"ca", {.from = PKI_AT - HOUR, .to = PKI_AT - 1, .serials = {7}},
		"tdx.revocation.pck", "tdx.revocation.pck.revoked"},
	    {"fake", {.from = PKI_AT, .to = PKI_AT, .serials = {7}}, "tdx.revocation.pck",
		"tdx.revocation.pck.signature"},
	    {"other", {.from = PKI_AT, .to = PKI_AT, .serials = {7}},
		"tdx.revocation.pck", "tdx.revocation.pck.issuer"},
	    {"none", {.from = 0}, "tdx.revocation.pck", "tdx.revocation.pck.format"},
	    {"root", {.from = PKI_AT, .to = PKI_AT, .serials = {100}},
		"tdx.revocation.ca", "tdx.revocation.ca.revoked"},
	    {"root", {.from = PKI_AT, .to = PKI_AT, .serials = {101}},
		"tdx.collateral.signer", "tdx.collateral.signer.revoked"},
	    {"root", {.from = PKI_AT + 1, .to = PKI_AT + HOUR}, "tdx.revocation.ca",
		"tdx.revocation.ca.notyet"},
	};
	gh_auto(struct made, free_made) fake = {0}, other = {0};

	(void)state;
	make_ca(&fake, "Intel SGX PCK Platform CA", &w.root, false);
	make_ca(&other, "Intel SGX PCK Processor CA", &w.root, false);
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct kit, free_kit) k = {0};
		gh_auto(struct plan, free_plan) p;
		bool root = !strcmp(t[i].issuer, "root");
		const struct made *by = root                            ? &w.root
					: !strcmp(t[i].issuer, "fake")  ? &fake
					: !strcmp(t[i].issuer, "other") ? &other
									: &w.ca;

		good_plan(&p);
		good_kit(&k);
		gh_buf_clear(&k.crl[root ? 1 : 0]);
		if (strcmp(t[i].issuer, "none"))
			make_crl(&k.crl[root ? 1 : 0], by, &t[i].plan);
		else
			gh_buf_str(&k.crl[0], "not a list");
		run_kit(&r, &k, &p);
		assert_code(&r, t[i].step, t[i].code);
		assert_int_equal(gh_result_verdict(&r), *t[i].code ? GH_FAIL : GH_PASS);
		if (*t[i].code)
			assert_int_equal(verdict_of(&r, "tdx.tcb"), GH_SKIP);
	}
}

/* An old list beside a good one hides nothing and harms nothing; lists of others neither. */
static void test_lists_when_several_the_fitting_one_decides(void **state)
{
	static const struct crl_plan old = {.from = PKI_AT - 99, .to = PKI_AT - 9},
				     old_hit = {.from = PKI_AT - 99,
					 .to = PKI_AT - 9,
					 .serials = {7}};
	gh_auto(struct made, free_made) stranger = {0};

	(void)state;
	make_ca(&stranger, "SEV-Genoa", NULL, false);
	for (int hit = 0; hit < 2; hit++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct kit, free_kit) k = {0};
		gh_auto(struct plan, free_plan) p;

		good_plan(&p);
		good_kit(&k);
		make_crl(&k.crl[k.n_crl++], &w.ca, hit ? &old_hit : &old);
		make_crl(&k.crl[k.n_crl++], &stranger, &old);
		run_kit(&r, &k, &p);
		assert_code(
		    &r, "tdx.revocation.pck", hit ? "tdx.revocation.pck.revoked" : "");
	}
}

static void test_lists_when_only_of_strangers_count_as_missing(void **state)
{
	static const struct crl_plan plain = {.from = PKI_AT, .to = PKI_AT};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct kit, free_kit) k = {0};
	gh_auto(struct plan, free_plan) p;
	gh_auto(struct made, free_made) stranger = {0};

	(void)state;
	good_plan(&p);
	good_kit(&k);
	make_ca(&stranger, "SEV-Genoa", NULL, false);
	gh_buf_clear(&k.crl[0]);
	make_crl(&k.crl[0], &stranger, &plain);
	run_kit(&r, &k, &p);
	assert_code(&r, "tdx.revocation.pck", "tdx.revocation.pck.missing");
	assert_code(&r, "tdx.revocation.ca", "");
}

/* ---- enclave and module ----------------------------------------------------------------- */

static void test_enclave_or_module_when_not_intels_fails(void **state)
{
	static const struct {
		char where; /* q: byte of the QE report, h: of the header and body */
		unsigned int off;
		unsigned char value;
		const char *step, *code;
	} t[] = {
	    {'q', 128, 0, "tdx.qe.identity", "tdx.qe.identity.mrsigner"},
	    {'q', 256, 1, "tdx.qe.identity", "tdx.qe.identity.prodid"},
	    {'q', 16, 1, "tdx.qe.identity", "tdx.qe.identity.miscselect"},
	    {'q', 48, 0x13, "tdx.qe.identity", "tdx.qe.identity.attributes"},
	    {'q', 48, 0x15, "tdx.qe.identity", ""}, /* outside the mask */
	    {'q', 60, 0xE7, "tdx.qe.identity", ""}, /* XFRM: outside the mask */
	    {'h', BODY + 64, 1, "tdx.module", "tdx.module.signer"},
	    {'h', BODY + 112, 1, "tdx.module", "tdx.module.attributes"},
	    {'h', BODY + 119, 1, "tdx.module", "tdx.module.attributes"},
	    {'h', BODY + 1, 2, "tdx.module", "tdx.module.identity"},
	    {'h', BODY + 1, 0, "tdx.module", ""}, /* tdxModule then */
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct kit, free_kit) k = {0};
		gh_auto(struct plan, free_plan) p;

		good_plan(&p);
		good_kit(&k);
		*(t[i].where == 'q' ? &p.qe[t[i].off] : &p.head[t[i].off]) = t[i].value;
		run_kit(&r, &k, &p);
		assert_code(&r, t[i].step, t[i].code);
		assert_int_equal(gh_result_verdict(&r), *t[i].code ? GH_FAIL : GH_PASS);
		if (*t[i].code)
			assert_int_equal(verdict_of(&r, "tdx.tcb"), GH_SKIP);
	}
}

/* A bit that the mask leaves open is still a bit that we do not know. */
static void test_module_when_an_unmasked_attribute_is_set_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct kit, free_kit) k = {0};
	gh_auto(struct plan, free_plan) p;

	(void)state;
	good_plan(&p);
	edited_kit(
	    &k, 'i', "tdxModuleIdentities/0/attributesMask", "\"00FFFFFFFFFFFFFF\"");
	p.head[BODY + 112] = 1;
	run_kit(&r, &k, &p);
	assert_code(&r, "tdx.module", "tdx.module.attributes");
}

/* ---- levels ------------------------------------------------------------------------------ */

static const struct {
	const char *path, *text; /* edit of the TCB info; NULL: none */
	int svn0, svn2, qe_svn;  /* -1: as in the good plan */
	const char *status, *code, *says, *remedy;
} levels[] = {
    {"tcbLevels/0/tcbStatus", "\"SWHardeningNeeded\"", -1, -1, -1, "SWHardeningNeeded",
	"tdx.tcb.swhardeningneeded", "SWHardeningNeeded of", "advisories"},
    {"tcbLevels/0/tcbStatus", "\"ConfigurationNeeded\"", -1, -1, -1,
	"ConfigurationNeeded", "tdx.tcb.configurationneeded", "", "advisories"},
    {"tcbLevels/0/tcbStatus", "\"ConfigurationAndSWHardeningNeeded\"", -1, -1, -1,
	"ConfigurationAndSWHardeningNeeded", "tdx.tcb.configurationandswhardeningneeded",
	"", ""},
    {"tcbLevels/0/tcbStatus", "\"OutOfDate\"", -1, -1, -1, "OutOfDate",
	"tdx.tcb.outofdate", "", ""},
    {"tcbLevels/0/tcbStatus", "\"OutOfDateConfigurationNeeded\"", -1, -1, -1,
	"OutOfDateConfigurationNeeded", "tdx.tcb.outofdateconfigurationneeded", "", ""},
    {"tcbLevels/0/tcbStatus", "\"Revoked\"", -1, -1, -1, "Revoked", "tdx.tcb.revoked", "",
	""},
    {"tcbLevels/0/tcb/sgxtcbcomponents/0/svn", "255", -1, -1, -1, "UpToDate", "", "", ""},
    {"tcbLevels/0/tcb/pcesvn", "14", -1, -1, -1, "OutOfDate", "tdx.tcb.outofdate",
	"you miss level 2025-05-14 by: PCESVN have 13 need 14 (SGX architectural "
	"enclave)",
	"SGX architectural enclaves"},
    {NULL, NULL, -1, 5, -1, "Revoked", "tdx.tcb.revoked",
	"TDX component 2 have 5 need 6 (OS/VMM: TDX Late Microcode Update)",
	"update microcode and SEAMLDR"},
    {NULL, NULL, -1, 4, -1, "", "tdx.tcb.unsupported", "below every level",
	"fetch its PCK certificate anew"},
    {NULL, NULL, 5, -1, -1, "OutOfDate", "tdx.tcb.outofdate",
	"TDX module ISVSVN have 5 need 11", "update the TDX module on the host"},
    {NULL, NULL, 3, -1, -1, "", "tdx.tcb.unsupported", "TDX module is below", ""},
    {NULL, NULL, -1, -1, 3, "OutOfDate", "tdx.tcb.outofdate",
	"quoting enclave ISVSVN have 3 need 4", "DCAP packages"},
    {NULL, NULL, -1, -1, 1, "", "tdx.tcb.unsupported", "quoting enclave is below", ""},
    {"tdxModuleIdentities/0/tcbLevels/1/tcbStatus", "\"Revoked\"", 5, -1, -1, "Revoked",
	"tdx.tcb.revoked", "", ""},
    {"tcbLevels/0/tcbStatus", "\"ConfigurationNeeded\"", 5, -1, -1,
	"OutOfDateConfigurationNeeded", "tdx.tcb.outofdateconfigurationneeded", "", ""},
    {"tcbLevels/0/tcbStatus", "\"OutOfDateConfigurationNeeded\"", 5, -1, -1,
	"OutOfDateConfigurationNeeded", "tdx.tcb.outofdateconfigurationneeded", "", ""},
    {"tcbLevels/0/tcbStatus", "\"Revoked\"", 5, -1, -1, "Revoked", "tdx.tcb.revoked", "",
	""},
    /* the module has levels of its own: components 0 and 1 do not count */
    {"tcbLevels/0/tcb/tdxtcbcomponents/0/svn", "200", -1, -1, -1, "UpToDate", "", "", ""},
    {"tcbLevels/0/tcb/tdxtcbcomponents/15/svn", "1", -1, -1, -1, "OutOfDate",
	"tdx.tcb.outofdate", "TDX component 15 have 0 need 1;", "BIOS"},
};

static void test_level_when_evaluated_says_status_and_shortfall(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(levels); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct kit, free_kit) k = {0};
		gh_auto(struct plan, free_plan) p;
		const char *says = levels[i].says;
		char text[128];
		size_t n;

		good_plan(&p);
		if (levels[i].svn0 >= 0)
			p.head[BODY] = (unsigned char)levels[i].svn0;
		if (levels[i].svn2 >= 0)
			p.head[BODY + 2] = (unsigned char)levels[i].svn2;
		if (levels[i].qe_svn >= 0)
			p.qe[258] = (unsigned char)levels[i].qe_svn;
		edited_kit(&k, 'i', levels[i].path, levels[i].text);
		run_kit(&r, &k, &p);
		assert_code(&r, "tdx.tcb", levels[i].code);
		assert_string_equal(claim(&r, "tcb_status"), levels[i].status);
		snprintf(text, sizeof(text), "%s", says);
		n = strlen(text); /* a final ';' stands for the end */
		if (n && text[n - 1] == ';') {
			text[n - 1] = '\0';
			assert_string_equal(observed_of(&r, "tdx.tcb") +
						strlen(observed_of(&r, "tdx.tcb")) -
						(n - 1),
			    text);
		}
		assert_says(observed_of(&r, "tdx.tcb"), text);
		assert_says(remedy_of(&r, "tdx.tcb"), levels[i].remedy);
	}
}

/* With major version 0 all components count, and there is no module level. */
static void test_level_when_module_is_1_0_compares_all_components(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct kit, free_kit) k = {0};
	gh_auto(struct plan, free_plan) p;

	(void)state;
	good_plan(&p);
	p.head[BODY] = 4;
	p.head[BODY + 1] = 0;
	edited_kit(&k, 'i', "tcbLevels/0/tcb/tdxtcbcomponents/0/svn", "5");
	run_kit(&r, &k, &p);
	assert_string_equal(claim(&r, "tcb_status"), "OutOfDate");
	assert_string_equal(claim(&r, "module_status"), "");
	assert_says(observed_of(&r, "tdx.tcb"), "TDX component 0 have 4 need 5");
}

static void test_advisories_when_of_three_parts_are_united(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct kit, free_kit) k = {0};
	gh_auto(struct plan, free_plan) p;

	(void)state;
	good_plan(&p);
	p.head[BODY] = 5;
	p.qe[258] = 3;
	edited_kit(&k, 'i', "tcbLevels/0/advisoryIDs", "[\"INTEL-SA-9\",\"INTEL-SA-1\"]");
	run_kit(&r, &k, &p);
	assert_string_equal(
	    claim(&r, "advisories"), "INTEL-SA-1,INTEL-SA-2,INTEL-SA-9,INTEL-SA-3");
	assert_string_equal(claim(&r, "tcb_date"), "2024-01-01T00:00:00Z");
	assert_says(observed_of(&r, "tdx.tcb"), "advisories: INTEL-SA-1, INTEL-SA-2");
}

static void test_relaunch_when_only_the_launch_is_old_is_advised(void **state)
{
	static const struct {
		int launch, current; /* module ISVSVN */
		const char *top;     /* platform status */
		const char *status, *now, *code;
	} t[] = {
	    {11, 11, "UpToDate", "UpToDate", "UpToDate", ""},
	    {5, 11, "UpToDate", "TDRelaunchAdvised", "UpToDate",
		"tdx.tcb.tdrelaunchadvised"},
	    {5, 11, "SWHardeningNeeded", "TDRelaunchAdvised", "SWHardeningNeeded",
		"tdx.tcb.tdrelaunchadvised"},
	    {5, 11, "ConfigurationNeeded", "TDRelaunchAdvisedConfigurationNeeded",
		"ConfigurationNeeded", "tdx.tcb.tdrelaunchadvisedconfigurationneeded"},
	    {5, 11, "ConfigurationAndSWHardeningNeeded",
		"TDRelaunchAdvisedConfigurationNeeded",
		"ConfigurationAndSWHardeningNeeded",
		"tdx.tcb.tdrelaunchadvisedconfigurationneeded"},
	    {5, 5, "UpToDate", "OutOfDate", "OutOfDate", "tdx.tcb.outofdate"},
	    {11, 5, "UpToDate", "UpToDate", "OutOfDate", ""},
	    {11, 3, "UpToDate", "", "", "tdx.tcb.unsupported"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct kit, free_kit) k = {0};
		gh_auto(struct plan, free_plan) p;
		char text[64];

		good_plan(&p);
		make_v5(&p);
		p.head[p.body] = (unsigned char)t[i].launch;
		p.head[p.body + 584] = (unsigned char)t[i].current;
		snprintf(text, sizeof(text), "\"%s\"", t[i].top);
		edited_kit(&k, 'i', "tcbLevels/0/tcbStatus", text);
		run_kit(&r, &k, &p);
		assert_code(&r, "tdx.tcb", t[i].code);
		assert_string_equal(claim(&r, "tcb_status"), t[i].status);
		assert_string_equal(claim(&r, "current_status"), t[i].now);
		if (strstr(t[i].status, "Relaunch"))
			assert_says(remedy_of(&r, "tdx.tcb"),
			    "relaunch this TD, the host is fine");
		if (!*t[i].now)
			assert_says(observed_of(&r, "tdx.tcb"), "now: ");
	}
}

/* A module that runs now and that Intel does not list: no status. */
static void test_relaunch_when_the_current_module_is_unlisted_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct kit, free_kit) k = {0};
	gh_auto(struct plan, free_plan) p;

	(void)state;
	good_plan(&p);
	make_v5(&p);
	p.head[p.body + 585] = 9;
	good_kit(&k);
	run_kit(&r, &k, &p);
	assert_code(&r, "tdx.tcb", "tdx.tcb.unsupported");
	assert_says(observed_of(&r, "tdx.tcb"), "no levels for a TDX module");
}

/* ---- policy ----------------------------------------------------------------------------- */

static void test_policy_when_a_status_is_accepted_passes_but_revoked_never(void **state)
{
	static const struct {
		const char *text;
		enum gh_tdx_status s;
	} t[] = {{"\"SWHardeningNeeded\"", GH_TCB_SW_HARDENING_NEEDED},
	    {"\"OutOfDate\"", GH_TCB_OUT_OF_DATE}, {"\"Revoked\"", GH_TCB_REVOKED}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct kit, free_kit) k = {0};
		gh_auto(struct plan, free_plan) p;
		bool never = t[i].s == GH_TCB_REVOKED;

		good_plan(&p);
		edited_kit(&k, 'i', "tcbLevels/0/tcbStatus", t[i].text);
		k.policy.tdx.accept |= 1u << t[i].s;
		run_kit(&r, &k, &p);
		assert_code(&r, "tdx.tcb", never ? "tdx.tcb.revoked" : "");
		assert_int_equal(gh_result_verdict(&r), never ? GH_FAIL : GH_PASS);
	}
}

static void test_policy_when_nothing_is_accepted_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct kit, free_kit) k = {0};
	gh_auto(struct plan, free_plan) p;

	(void)state;
	good_plan(&p);
	good_kit(&k);
	k.policy.tdx.accept = 0;
	run_kit(&r, &k, &p);
	assert_code(&r, "tdx.tcb", "tdx.tcb.uptodate");
}

static void test_policy_when_the_evaluation_is_old_fails(void **state)
{
	(void)state;
	for (int min = 18; min < 21; min++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct kit, free_kit) k = {0};
		gh_auto(struct plan, free_plan) p;

		good_plan(&p);
		good_kit(&k);
		k.policy.tdx.min_eval = min; /* the QE identity has 19 */
		run_kit(&r, &k, &p);
		assert_code(
		    &r, "tdx.tcb.evaluation", min > 19 ? "tdx.tcb.evaluation.old" : "");
	}
}

/* Each knob lets one thing through that is refused without it. */
static void test_policy_when_a_knob_is_open_lets_one_thing_through(void **state)
{
	(void)state;
	for (int i = 0; i < 2 * 6; i++) {
		static const char *const steps[] = {"tdx.attributes", "tdx.attributes",
		    "tdx.attributes", "tdx.xfam", "tdx.servicetd", "tdx.trailing"};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct gh_buf, gh_buf_free) quote = {0};
		gh_auto(struct kit, free_kit) k = {0};
		gh_auto(struct plan, free_plan) p;
		struct gh_tdx_policy *t = &k.policy.tdx;
		bool open = i % 2;

		good_plan(&p);
		make_v5(&p);
		good_kit(&k);
		switch (i / 2) {
		case 0:
			p.head[p.body + 123] = 0;
			t->sept_ve_disable = !open;
			break;
		case 1:
			p.head[p.body + 123] |= 0x20; /* MIGRATABLE */
			t->attributes_allowed |= open ? 1ull << 29 : 0;
			break;
		case 2:
			p.head[p.body + 127] = 0x80; /* PERFMON */
			t->attributes_allowed |= open ? 1ull << 63 : 0;
			break;
		case 3:
			p.head[p.body + 135] = 0x01;
			t->xfam_allowed |= open ? 1ull << 56 : 0;
			break;
		case 4:
			p.head[p.body + 600] = 1;
			t->service_td = open;
			break;
		default:
			t->trailing = open;
		}
		make_quote(&quote, &p);
		if (i / 2 == 5)
			gh_buf_str(&quote, "behind");
		k.ctx.policy = &k.policy;
		run_bytes(&r, &quote, &k.ctx);
		assert_int_equal(verdict_of(&r, steps[i / 2]), open ? GH_PASS : GH_FAIL);
	}
}

static void pin(struct gh_pins *pins, const void *value, size_t len)
{
	pins->len = len;
	memcpy(pins->at[pins->n++], value, len);
}

static void test_pins_when_they_differ_fail(void **state)
{
	static const char *const steps[] = {"mrtd", "mrseam", "mrconfigid", "mrowner",
	    "mrownerconfig", "rtmr0", "rtmr3", "ppid", "fmspc"};
	unsigned char zero[48] = {0}, mrtd[48], ppid[16] = {1},
		      fmspc[6] = {0x90, 0xC0, 0x6F};

	(void)state;
	memset(mrtd, 0x4D, sizeof(mrtd));
	for (int bad = 0; bad < 2; bad++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct kit, free_kit) k = {0};
		gh_auto(struct plan, free_plan) p;
		struct gh_tdx_policy *t = &k.policy.tdx;
		char step[32], code[48];

		good_plan(&p);
		good_kit(&k);
		zero[47] = ppid[15] = fmspc[5] = (unsigned char)bad;
		mrtd[47] = (unsigned char)(0x4D + bad);
		pin(&t->mrtd, zero, 48);
		if (bad)
			t->mrtd.n = 0;
		pin(&t->mrtd, mrtd, 48);
		pin(&t->mrseam, zero, 48);
		pin(&t->mrconfigid, zero, 48);
		pin(&t->mrowner, zero, 48);
		pin(&t->mrownerconfig, zero, 48);
		pin(&t->rtmr[0], zero, 48);
		pin(&t->rtmr[3], zero, 48);
		pin(&t->ppid, ppid, 16);
		pin(&t->fmspc, fmspc, 6);
		run_kit(&r, &k, &p);
		for (size_t i = 0; i < GH_COUNT(steps); i++) {
			snprintf(step, sizeof(step), "tdx.pin.%s", steps[i]);
			snprintf(code, sizeof(code), "%s.mismatch", step);
			assert_code(&r, step, bad ? code : "");
		}
		assert_null(gh_findings_get(&r.findings, NULL, "tdx.pin.rtmr1"));
		assert_int_equal(gh_result_verdict(&r), bad ? GH_FAIL : GH_PASS);
	}
}

/* The PCK of our world names no platform instance. */
static void test_pins_when_the_quote_does_not_say_fail(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct kit, free_kit) k = {0};
	gh_auto(struct plan, free_plan) p;

	(void)state;
	good_plan(&p);
	good_kit(&k);
	pin(&k.policy.tdx.platform_instance, "0123456789abcdef", 16);
	run_kit(&r, &k, &p);
	assert_code(
	    &r, "tdx.pin.platform_instance", "tdx.pin.platform_instance.mismatch");
}

/* ---- below a chain that does not hold ---------------------------------------------------- */

static void test_collateral_when_the_root_is_foreign_is_not_judged(void **state)
{
	static const char *const steps[] = {"tdx.collateral.signer",
	    "tdx.collateral.tcb_info", "tdx.collateral.qe_identity", "tdx.revocation.ca",
	    "tdx.revocation.pck", "tdx.qe.identity", "tdx.module", "tdx.tcb",
	    "tdx.tcb.evaluation"};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct kit, free_kit) k = {0};
	gh_auto(struct plan, free_plan) p;
	struct gh_trust kept = w.trust;

	(void)state;
	good_plan(&p);
	good_kit(&k);
	w.trust.n = 0;
	run_kit(&r, &k, &p);
	w.trust = kept;
	for (size_t i = 0; i < GH_COUNT(steps); i++)
		assert_int_equal(verdict_of(&r, steps[i]), GH_SKIP);
	assert_string_equal(claim(&r, "tcb_status"), "");
}

static void test_collateral_when_the_extension_is_unreadable_is_not_judged(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0}, none = {0};
	gh_auto(struct kit, free_kit) k = {0};
	gh_auto(struct plan, free_plan) p;

	(void)state;
	good_plan(&p);
	good_kit(&k);
	p.sgx.len = 0;
	pin(&k.policy.tdx.ppid, "0123456789abcdef", 16);
	run_kit(&r, &k, &p);
	assert_code(&r, "tdx.collateral.tcb_info", "parent.not.proven");
	assert_code(&r, "tdx.pin.ppid", "tdx.pin.ppid.mismatch");
	k.n_info = k.n_qe = 0;
	run_kit(&none, &k, &p);
	assert_code(&none, "tdx.collateral.tcb_info", "tdx.collateral.missing");
	assert_says(remedy_of(&none, "tdx.collateral.tcb_info"), "unreadable");
	assert_int_equal(verdict_of(&none, "tdx.tcb"), GH_SKIP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_quote_when_all_is_given_passes),
	    cmocka_unit_test(test_document_when_one_member_is_wrong_says_so),
	    cmocka_unit_test(test_document_when_at_a_limit_is_read_and_beyond_is_not),
	    cmocka_unit_test(
		test_document_when_advisories_are_many_is_read_up_to_the_limit),
	    cmocka_unit_test(test_document_when_levels_or_modules_repeat_is_refused),
	    cmocka_unit_test(test_document_when_not_json_is_refused),
	    cmocka_unit_test(test_document_when_not_signed_by_the_tcb_signer_fails),
	    cmocka_unit_test(test_documents_when_several_the_newest_good_one_wins),
	    cmocka_unit_test(test_documents_when_missing_leave_the_question_open),
	    cmocka_unit_test(test_lists_when_missing_leave_the_question_open),
	    cmocka_unit_test(test_signer_when_one_thing_is_wrong_fails),
	    cmocka_unit_test(test_signer_when_two_are_bad_the_nearer_is_named),
	    cmocka_unit_test(test_signer_when_given_many_times_is_held_a_few_times),
	    cmocka_unit_test(test_lists_when_one_thing_is_wrong_fail),
	    cmocka_unit_test(test_lists_when_several_the_fitting_one_decides),
	    cmocka_unit_test(test_lists_when_only_of_strangers_count_as_missing),
	    cmocka_unit_test(test_enclave_or_module_when_not_intels_fails),
	    cmocka_unit_test(test_module_when_an_unmasked_attribute_is_set_fails),
	    cmocka_unit_test(test_level_when_evaluated_says_status_and_shortfall),
	    cmocka_unit_test(test_level_when_module_is_1_0_compares_all_components),
	    cmocka_unit_test(test_advisories_when_of_three_parts_are_united),
	    cmocka_unit_test(test_relaunch_when_only_the_launch_is_old_is_advised),
	    cmocka_unit_test(test_relaunch_when_the_current_module_is_unlisted_fails),
	    cmocka_unit_test(
		test_policy_when_a_status_is_accepted_passes_but_revoked_never),
	    cmocka_unit_test(test_policy_when_nothing_is_accepted_fails),
	    cmocka_unit_test(test_policy_when_the_evaluation_is_old_fails),
	    cmocka_unit_test(test_policy_when_a_knob_is_open_lets_one_thing_through),
	    cmocka_unit_test(test_pins_when_they_differ_fail),
	    cmocka_unit_test(test_pins_when_the_quote_does_not_say_fail),
	    cmocka_unit_test(test_collateral_when_the_root_is_foreign_is_not_judged),
	    cmocka_unit_test(
		test_collateral_when_the_extension_is_unreadable_is_not_judged),
	};

	return cmocka_run_group_tests(tests, make_world, drop_world);
}
