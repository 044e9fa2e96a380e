/* SPDX-License-Identifier: Apache-2.0
 * Evidence in every wrapping: what is found, what is refused, who gets which chain. */
#include <dirent.h>

#include "nvidia_vectors.h"

#define REPORT "vaultgenome-core/gpu0-attestation-report.bin"
#define CHAIN  "vaultgenome-core/gpu0-cert-chain.pem"

static void expect_one(
    struct gh_bytes b, enum gh_evidence_type want, struct gh_bytes bytes)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	assert_int_equal(gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, NULL), 0);
	assert_int_equal(set.n, 1);
	assert_int_equal(set.at[0].type, want);
	assert_int_equal(set.at[0].bytes.len, bytes.len);
	assert_memory_equal(set.at[0].bytes.p, bytes.p, bytes.len);
}

static void test_load_when_raw_hex_base64_then_same_bytes(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) raw = {0}, hex = {0}, b64 = {0};
	(void)state;
	need_vectors();
	read_vector(&raw, REPORT);
	gh_buf_str(&hex, " ");
	gh_buf_hex(&hex, raw.p, raw.len);
	gh_buf_str(&hex, "\n");
	gh_b64(&b64, raw.p, raw.len);
	gh_buf_str(&b64, "\n");
	expect_one(gh_buf_view(&raw), GH_EV_GPU, gh_buf_view(&raw));
	expect_one(gh_buf_view(&hex), GH_EV_GPU, gh_buf_view(&raw));
	expect_one(gh_buf_view(&b64), GH_EV_GPU, gh_buf_view(&raw));
}

static void test_load_when_file_of_any_kind_then_type(void **state)
{
	static const struct {
		const char *name;
		enum gh_evidence_type type;
		size_t n;
		bool chain;
	} cases[] = {
	    {REPORT, GH_EV_GPU, 1, false},
	    {CHAIN, GH_EV_CERTS, 1, false},
	    {"vaultgenome-core/gpu-evidence.json", GH_EV_GPU, 1, true},
	    {"vaultgenome-core/rim-NV_GPU_DRIVER_GH100_595.71.05.json", GH_EV_RIM, 1,
		false},
	    {"attestation-sdk/NV_GPU_DRIVER_GH100_550.144.03.xml", GH_EV_RIM, 1, false},
	    {"attestation-sdk/hopperAttestationReport.txt", GH_EV_GPU, 1, false},
	    {"attestation-sdk/switchAttestationReport.txt", GH_EV_SWITCH, 1, false},
	    {"attestation-sdk/switch_evidence_ls10.json", GH_EV_SWITCH, 1, true},
	    {"attestation-sdk/evidence_hopper_590_12.json", GH_EV_GPU, 1, true},
	    {"attestation-sdk/sample_nvdaod_transcript.txt", GH_EV_GPU, 1, false},
	    {"go-nvattest-tools/test_mpt_data.json", GH_EV_GPU, 8, true},
	    {"go-nvattest-tools/test_ppcie_data.json", GH_EV_GPU, 12, true},
	    {"teep/nearcloud_20260629_nras_request.json", GH_EV_GPU, 8, true},
	    {"nvtrust/verifier_RIM_root.pem", GH_EV_CERTS, 1, false},
	};
	(void)state;
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		load_set(&set, cases[i].name);
		assert_int_equal(set.n, cases[i].n);
		assert_int_equal(set.at[0].type, cases[i].type);
		for (size_t k = 0; k < set.n; k++)
			assert_int_equal(set.at[k].chain.len > 0, cases[i].chain);
	}
}

static void test_load_when_crl_then_der(void **state)
{
	static const char begin[] = "-----BEGIN X509 CRL-----\n";
	static const char end[] = "\n-----END X509 CRL-----\n";
	gh_auto(struct gh_buf, gh_buf_free) der = {0}, pem = {0};
	(void)state;
	need_vectors();
	read_vector(&der, "../snp/synthetic/crl-genoa-empty.der");
	gh_buf_str(&pem, begin);
	gh_b64(&pem, der.p, der.len);
	gh_buf_str(&pem, end);
	expect_one(gh_buf_view(&der), GH_EV_CRL, gh_buf_view(&der));
	expect_one(gh_buf_view(&pem), GH_EV_CRL, gh_buf_view(&der));
}

static void test_load_when_switches_among_gpus_then_labelled(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	(void)state;
	need_vectors();
	load_set(&set, "go-nvattest-tools/test_ppcie_data.json");
	assert_string_equal(set.at[7].label, "gpu 7");
	assert_string_equal(set.at[8].label, "switch 0");
	assert_int_equal(set.at[11].type, GH_EV_SWITCH);
}

static void test_load_when_nothing_known_then_error(void **state)
{
	static const char *const bad[] = {"", " ", "hello", "{}", "[]", "[1,2",
	    "{\"a\":\"b\"}", "<html/>", "11e001", "{\"evidence\":\"AAAA\"}",
	    "{\"req_body_base64\":\"!\"}"};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		struct gh_evidence_set set = {0};
		assert_int_equal(
		    gh_evidence_load(&set, bad[i], strlen(bad[i]), GH_EV_UNKNOWN, NULL),
		    -1);
		assert_int_equal(set.n, 0);
	}
}

static void test_load_when_hint_differs_then_error(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	(void)state;
	need_vectors();
	read_vector(&raw, REPORT);
	assert_int_equal(gh_evidence_load(&set, raw.p, raw.len, GH_EV_RIM, NULL), -1);
	assert_int_equal(gh_evidence_load(&set, raw.p, raw.len, GH_EV_GPU, NULL), 0);
}

/* Who says what it is gets a verdict, not a refusal to look. */
static void test_load_when_unknown_bytes_and_hint_then_judged(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_trust trust = {0};
	struct gh_context ctx = {.at = 0, .trust = &trust};
	(void)state;
	assert_int_equal(gh_evidence_load(&set, "garbage!", 8, GH_EV_GPU, NULL), 0);
	assert_int_equal(gh_evidence_verify(&r, "g", &set, NULL, &ctx, NULL), 0);
	assert_step(&r, "g", "gpu.spdm.parse", GH_FAIL);
	assert_int_equal(gh_result_verdict(&r), GH_FAIL);
}

static void test_load_when_deep_or_many_then_bounded(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_evidence_set set = {0};
	(void)state;
	for (int i = 0; i < 60; i++)
		gh_buf_str(&b, "[");
	gh_buf_str(&b, "{\"evidence\":\"EeAB/w==\"}");
	for (int i = 0; i < 60; i++)
		gh_buf_str(&b, "]");
	assert_int_equal(gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, NULL), -1);
	gh_buf_clear(&b);
	gh_buf_str(&b, "[");
	for (int i = 0; i < 1025; i++)
		gh_buf_fmt(&b, "%s{\"evidence\":\"EeAB/w==\"}", i > 0 ? "," : "");
	gh_buf_str(&b, "]");
	assert_int_equal(gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, NULL), -1);
	assert_int_equal(set.n, 0);
}

static void test_verify_when_several_chains_then_the_signer_is_taken(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, with = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_trust trust = {0};
	(void)state;
	need_vectors();
	builtin_trust(&trust);
	struct gh_context ctx = {.at = at_time("2026-11-23"), .trust = &trust};
	load_set(&set, REPORT);
	load_more(&with, "attestation-sdk/hopperCertChain.txt");
	load_more(&with, CHAIN);
	load_more(&with, "attestation-sdk/switchCertChain.txt");
	assert_int_equal(gh_evidence_verify(&r, "g", &set, &with, &ctx, NULL), 0);
	assert_step(&r, "g", "gpu.spdm.signature", GH_PASS);
	assert_int_equal(gh_result_verdict(&r), GH_UNKNOWN); /* no RIM */
}

static void test_verify_when_many_then_one_subject_each(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_trust trust = {0};
	(void)state;
	need_vectors();
	builtin_trust(&trust);
	struct gh_context ctx = {.at = at_time("2026-11-23"), .trust = &trust};
	load_set(&set, "go-nvattest-tools/test_ppcie_data.json");
	load_more(&set, "attestation-sdk/NV_GPU_DRIVER_GH100_550.144.03.xml");
	assert_int_equal(gh_evidence_verify(&r, "sys", &set, NULL, &ctx, NULL), 0);
	assert_int_equal(r.n_subjects, 14); /* and the fabric of the switches */
	assert_string_equal(r.subject[0].name, "sys:0");
	assert_string_equal(r.subject[8].kind, "switch");
	assert_string_equal(r.subject[12].kind, "rim");
	assert_step(&r, "sys:12", "rim.signature", GH_PASS);
	assert_step(&r, "sys:11", "gpu.distinct", GH_PASS);
	assert_null(gh_findings_get(&r.findings, "sys:11", "gpu.driver.rim"));
}

/* ---- every folder of vectors ---------------------------------------------------------- */

/* Files of a folder whose names end so, and what is in each: by suffix only to say what is
 * expected; the loader never sees a name. */
static const struct {
	const char *folder, *suffix;
	enum gh_evidence_type type;
	size_t n;       /* pieces in each file */
	size_t files;   /* at least so many */
	size_t unknown; /* at most so many are like nothing */
} folders[] = {
    {"attestation-sdk", ".xml", GH_EV_RIM, 1, 9, 0},
    {"attestation-sdk", "CertChain.txt", GH_EV_CERTS, 1, 4, 0},
    {"attestation-sdk", "_detached_eat.json", GH_EV_EAT, 1, 2, 0},
    {"go-nvattest-tools", "ocsp_response.dat", GH_EV_OCSP, 1, 7, 0},
    {"go-nvattest-tools", ".xml", GH_EV_RIM, 1, 7, 0},
    {"nvidia-attestation-runner", ".json", GH_EV_EAT, 1, 1, 0},
    {"nvtrust", ".swidtag", GH_EV_RIM, 1, 6, 0},
    {"teep", "_nras_response.json", GH_EV_EAT, 1, 3, 0},
    {"teep", "_nras_request.json", GH_EV_GPU, 0, 3, 0},
    {"../snp/real", ".report.bin", GH_EV_SNP, 1, 20, 0},
    {"../snp/real", ".vek.der", GH_EV_CERTS, 1, 20, 0},
    {"../snp/parse-only", ".report.bin", GH_EV_SNP, 1, 4, 0},
    {"../snp/chains", ".pem", GH_EV_CERTS, 1, 6, 0},
    {"../snp/chains", ".der", GH_EV_CERTS, 1, 9, 0},
    {"../snp/azure", ".json", GH_EV_HCL, 1, 2, 0},
    {"../snp/azure", ".bin", GH_EV_HCL, 1, 1, 0},
    {"../snp/measure", ".bin", GH_EV_FIRMWARE, 1, 2, 0},
    {"../tdx/real", ".quote.bin", GH_EV_TDX, 1, 12, 0},
    {"../tdx/real", ".quote.hex", GH_EV_TDX, 1, 3, 0},
    {"../tdx/real", "getquote.json", GH_EV_TDX, 2, 1, 0},
    {"../tdx/real/collateral", ".tcb_info.json", GH_EV_TCB_INFO, 1, 9, 0},
    {"../tdx/real/collateral", ".qe_identity.json", GH_EV_QE_IDENTITY, 1, 7, 0},
    {"../tdx/real/collateral", "_numbers.json", GH_EV_EVAL, 1, 2, 0},
    {"../tdx/real/collateral", "_crl.der", GH_EV_CRL, 1, 8, 0},
    {"../tdx/real/collateral", ".pem", GH_EV_CERTS, 1, 2, 0},
    {"../tdx/real/headers", ".txt", GH_EV_CERTS, 3, 1, 0},
    {"../tdx/real/intel-qvl-sample", ".pem", GH_EV_CERTS, 1, 4, 0},
    {"../tdx/real/intel-qvl-sample", ".der", GH_EV_CRL, 1, 2, 0},
    {"../tdx/real/intel-qvl-sample", "quote.dat", GH_EV_TDX, 1, 1, 0},
    {"../tdx/eventlog/real", ".bin", GH_EV_CCEL, 1, 10, 0},
    {"../tdx/eventlog/synthetic", ".bin", GH_EV_CCEL, 1, 29, 2}, /* empty, no header */
    {"../tdx/eventlog/synthetic", "rtmr3-json.json", GH_EV_RUNTIME_LOG, 1, 1, 0},
    {"../tdx/mrtd", ".fd", GH_EV_FIRMWARE, 1, 16, 1}, /* no footer */
    {"../tdx/tdreport", ".bin", GH_EV_TDREPORT, 1, 1, 0},
    {"../tdx/synthetic/pool", ".quote.bin", GH_EV_TDX, 1, 120, 6}, /* cut, other TEE */
    {"../tdx/synthetic/pool", ".pem", GH_EV_CERTS, 1, 6, 0},
    {"../tdx/synthetic/pool", ".crl.der", GH_EV_CRL, 1, 15, 0},
    {"../tdx/synthetic/pool", ".tcb_info.json", GH_EV_TCB_INFO, 1, 60, 2},
};

static bool ends(const char *s, const char *tail)
{
	size_t n = strlen(s), t = strlen(tail);
	return n >= t && strcmp(s + n - t, tail) == 0;
}

static bool as_expected(size_t row, const char *name)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", folders[row].folder, name);
	read_vector(&b, path);
	return gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, NULL) == 0 &&
	       (folders[row].n == 0 || set.n == folders[row].n) &&
	       set.at[0].type == folders[row].type;
}

static void test_load_when_any_vector_then_known(void **state)
{
	size_t all = 0;
	(void)state;
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(folders); i++) {
		char path[512];
		size_t n = 0, other = 0;
		DIR *d = opendir(nvidia_path(path, sizeof(path), folders[i].folder));
		assert_non_null(d);
		for (struct dirent *e; (e = readdir(d)) != NULL;) {
			if (!ends(e->d_name, folders[i].suffix))
				continue;
			n++;
			other += !as_expected(i, e->d_name);
		}
		closedir(d);
		all += n;
		if (n < folders[i].files || other > folders[i].unknown)
			fail_msg("%s/*%s: %zu files, %zu not %s", folders[i].folder,
			    folders[i].suffix, n, other,
			    gh_evidence_type_word(folders[i].type));
	}
	print_message("%zu vectors of %zu kinds of folder\n", all, GH_COUNT(folders));
}

/* ---- wrappings ------------------------------------------------------------------------ */

#define GCE       "../tdx/real/gce-cos113-v4.quote.bin"
#define PCK       "../tdx/real/collateral/automata-1025.pck_crl.der"
#define INFO      "../tdx/real/collateral/automata-1025.tcb_info.json"
#define QE        "../tdx/real/collateral/automata-1025.identity.qe_identity.json"
#define CHAIN_TCB "../tdx/real/collateral/intel.tcb_signing_chain.2032.pem"

static size_t count(const struct gh_evidence_set *s, enum gh_evidence_type t)
{
	size_t n = 0;
	for (size_t i = 0; i < s->n; i++)
		n += s->at[i].type == t;
	return n;
}

static const struct gh_evidence *first(
    const struct gh_evidence_set *s, enum gh_evidence_type t)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->at[i].type == t)
			return &s->at[i];
	fail_msg("no %s", gh_evidence_type_word(t));
	return NULL;
}

static void load_text(struct gh_evidence_set *out, struct gh_buf *text)
{
	struct gh_err e = {0};
	if (gh_evidence_load(out, text->p, text->len, GH_EV_UNKNOWN, &e) < 0)
		fail_msg("%s", e.what);
}

static void same_bytes(const struct gh_evidence *e, const struct gh_buf *want)
{
	assert_int_equal(e->bytes.len, want->len);
	assert_memory_equal(e->bytes.p, want->p, want->len);
}

/* "text" as a JSON string. */
static void put_string(struct gh_buf *out, const struct gh_buf *text)
{
	gh_auto(json_t *, gh_json_free) s =
	    json_stringn((const char *)text->p, text->len);
	gh_json_dump(out, s);
}

static void inner_of(struct gh_buf *out, const struct gh_buf *doc, char sig[129])
{
	const unsigned char *from = gh_text_find(gh_buf_view(doc), ":");
	const unsigned char *to = gh_text_find(gh_buf_view(doc), ",\"signature\":\"");
	assert_true(from != NULL && to != NULL);
	gh_buf_add(out, from + 1, (size_t)(to - from) - 1);
	memcpy(sig, to + 14, 128);
	sig[128] = '\0';
}

/* The names of vectors/tdx/real/collateral: objects, strings, hex, base64, numbers, PEM. */
static void test_json_when_tdx_collateral_then_exact_bytes(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_buf, gh_buf_free) info = {0}, qe = {0}, pck = {0}, root = {0},
					    pem = {0}, quote = {0}, j = {0};
	(void)state;
	need_vectors();
	read_vector(&info, INFO);
	read_vector(&qe, QE);
	read_vector(&pck, PCK);
	read_vector(&root, "../tdx/real/collateral/lunal.root_ca_crl.root_crl.der");
	read_vector(&pem, CHAIN_TCB);
	read_vector(&quote, GCE);
	gh_buf_str(&j, "{ \"tcb_info\" : ");
	gh_buf_add(&j, info.p, info.len);
	gh_buf_str(&j, ",\n\"tcb_chain\":");
	put_string(&j, &pem);
	gh_buf_str(&j, ",\"qe_identity\":");
	put_string(&j, &qe);
	gh_buf_str(&j, ",\"pck_crl\":\"");
	gh_buf_hex(&j, pck.p, pck.len);
	gh_buf_str(&j, "\",\"root_crl\":[");
	for (size_t i = 0; i < root.len; i++)
		gh_buf_fmt(&j, "%s%u", i > 0 ? ", " : "", root.p[i]);
	gh_buf_str(&j, "],\"quote\":\"");
	gh_b64(&j, quote.p, quote.len);
	gh_buf_str(&j, "\"}");
	load_text(&set, &j);
	assert_int_equal(set.n, 6);
	same_bytes(first(&set, GH_EV_TCB_INFO), &info);
	same_bytes(first(&set, GH_EV_QE_IDENTITY), &qe);
	same_bytes(first(&set, GH_EV_TDX), &quote);
	assert_int_equal(count(&set, GH_EV_CRL), 2);
	same_bytes(first(&set, GH_EV_CRL), &pck);
}

/* The bundle of dcap-qvl: the inner documents apart from their signatures. */
static void test_json_when_inner_and_signature_then_rebuilt(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) info = {0}, qe = {0}, ii = {0}, qi = {0},
					    j = {0};
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	char si[129], sq[129];
	(void)state;
	need_vectors();
	read_vector(&info, INFO);
	read_vector(&qe, QE);
	inner_of(&ii, &info, si);
	inner_of(&qi, &qe, sq);
	gh_buf_str(&j, "{\"tcb_info\":");
	put_string(&j, &ii);
	gh_buf_fmt(&j, ",\"tcb_info_signature\":\"%s\",\"qe_identity\":", si);
	gh_buf_add(&j, qi.p, qi.len); /* as an object */
	gh_buf_fmt(&j, ",\"qe_identity_signature\":\"%s\"}", sq);
	load_text(&set, &j);
	assert_int_equal(set.n, 2);
	same_bytes(first(&set, GH_EV_TCB_INFO), &info);
	same_bytes(first(&set, GH_EV_QE_IDENTITY), &qe);
}

/* What is no JSON but calls itself Intel's collateral is judged as that. */
static void test_json_when_broken_collateral_then_kept(void **state)
{
	static const struct {
		const char *text;
		enum gh_evidence_type type;
	} cases[] = {
	    {"{\"tcbInfo\":{\"id\":\"TDX\"", GH_EV_TCB_INFO},
	    {"{\"tcbInfo\":{},\"tcbInfo\":{}}", GH_EV_TCB_INFO},
	    {"{\"tcbInfo\":{}} {}", GH_EV_TCB_INFO},
	    {"{\"enclaveIdentity\":{}", GH_EV_QE_IDENTITY},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		gh_buf_str(&b, cases[i].text);
		expect_one(gh_buf_view(&b), cases[i].type, gh_buf_view(&b));
	}
}

/* Keys inside strings, in arrays, named twice: only what an object really has counts. */
static void test_json_when_names_hide_then_not_taken(void **state)
{
	static const struct {
		const char *text;
		size_t n; /* documents; 0: nothing is known */
	} cases[] = {
	    {"{\"note\":\"\\\"tcbInfo\\\":{\",\"a\":[{\"tcbInfo\":{}}]}", 1},
	    {"{\"note\":\"tcbInfo\",\"list\":[\"tcbInfo\"]}", 0},
	    {"[{\"tcbInfo\":{}},{\"tcbInfo\":{},\"x\":{\"y\":[1,{}]}},"
	     "{\"enclaveIdentity\":{}}]",
		3},
	    {"{\"tcb_info\":{\"a\":1}}", 0},
	    {"{\"tcb_info\":{\"a\":1},\"tcb_info_signature\":\"00\"}", 1},
	    {"{\"tcb_info\":[{\"a\":1}],\"tcb_info_signature\":\"00\"}", 0},
	    {"{\"\":{},\"signature\":\"00\"}", 0},
	    {"{\"a\\\\\":1,\"b\":{\"tcbInfo\":\"\\\"}\"}}", 1},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		const char *t = cases[i].text;
		int rc = gh_evidence_load(&set, t, strlen(t), GH_EV_UNKNOWN, NULL);
		if (rc != (cases[i].n > 0 ? 0 : -1) || set.n != cases[i].n)
			fail_msg("%s: %d, %zu", t, rc, set.n);
	}
}

static void put_crl_pem(struct gh_buf *out, const struct gh_buf *der)
{
	gh_buf_str(out, "-----BEGIN X509 CRL-----\n");
	gh_b64(out, der->p, der->len);
	gh_buf_str(out, "\n-----END X509 CRL-----\n");
}

static void test_pem_when_certificates_and_lists_mixed_then_apart(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) a = {0}, b = {0}, pem = {0}, text = {0};
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, bad = {0};
	(void)state;
	need_vectors();
	read_vector(&a, PCK);
	read_vector(&b, "../snp/synthetic/crl-genoa-empty.der");
	read_vector(&pem, CHAIN_TCB);
	put_crl_pem(&text, &a);
	gh_buf_add(&text, pem.p, pem.len);
	put_crl_pem(&text, &b);
	load_text(&set, &text);
	assert_int_equal(set.n, 3);
	assert_int_equal(count(&set, GH_EV_CERTS), 1);
	same_bytes(first(&set, GH_EV_CRL), &a);
	gh_buf_str(&text, "-----BEGIN X509 CRL-----\n!!\n-----END X509 CRL-----\n");
	assert_int_equal(
	    gh_evidence_load(&bad, text.p, text.len, GH_EV_UNKNOWN, NULL), -1);
}

static void test_der_when_one_behind_the_other_then_apart(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) all = {0}, crl = {0};
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, bad = {0};
	size_t one;
	(void)state;
	need_vectors();
	read_vector(&all, "../snp/chains/genoa_ark.der");
	one = all.len;
	read_vector(&crl, "../snp/synthetic/crl-genoa-empty.der");
	gh_buf_add(&all, crl.p, crl.len);
	read_vector(&all, "../snp/chains/genoa_ask.der");
	load_text(&set, &all);
	assert_int_equal(set.n, 2);
	same_bytes(first(&set, GH_EV_CRL), &crl);
	assert_int_equal(first(&set, GH_EV_CERTS)->bytes.len, all.len - crl.len);
	assert_true(one < first(&set, GH_EV_CERTS)->bytes.len);
	gh_buf_chr(&all, 'x');
	assert_int_equal(gh_evidence_load(&bad, all.p, all.len, GH_EV_UNKNOWN, NULL), -1);
}

static void test_http_when_saved_answer_then_headers_and_body(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0}, info = {0};
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	(void)state;
	need_vectors();
	read_vector(&b, "../tdx/real/headers/issuer_chains.txt");
	read_vector(&info, INFO);
	gh_buf_str(&b, "\r\n");
	gh_buf_add(&b, info.p, info.len);
	load_text(&set, &b);
	assert_int_equal(set.n, 4);
	assert_int_equal(count(&set, GH_EV_CERTS), 3);
	same_bytes(first(&set, GH_EV_TCB_INFO), &info);
	assert_non_null(gh_text_find(gh_buf_view(&set.at[0].bytes), "+"));
}

static void test_extended_report_when_table_behind_then_both(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0}, table = {0}, zeros = {0};
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	(void)state;
	need_vectors();
	read_vector(&b, "../snp/synthetic/report-genoa-v5-baseline.bin");
	read_vector(&table, "../snp/synthetic/certtable-full.bin");
	gh_buf_add(&b, table.p, table.len);
	load_text(&set, &b);
	assert_int_equal(set.n, 2);
	assert_int_equal(set.at[0].bytes.len, 1184);
	same_bytes(first(&set, GH_EV_SNP_CERTS), &table);
	read_vector(&zeros, "../snp/synthetic/certtable-zero-page.bin");
	expect_one(gh_buf_view(&zeros), GH_EV_SNP_CERTS, gh_buf_view(&zeros));
}

/* A quote that is none any more must not pass as the certificates inside it. */
static void test_load_when_quote_header_is_broken_then_not_its_certificates(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	(void)state;
	need_vectors();
	read_vector(&b, GCE);
	for (size_t i = 0; i < 8; i++) {
		gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
		b.p[i] ^= 0x40;
		if (gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, NULL) == 0)
			assert_int_equal(set.at[0].type, GH_EV_TDX);
		b.p[i] ^= 0x40;
	}
}

static void test_hint_when_container_holds_more_then_all_is_kept(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, log = {0},
							      no = {0};
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	(void)state;
	need_vectors();
	read_vector(&b, "../tdx/real/dstack-lite-getquote.json");
	assert_int_equal(gh_evidence_load(&set, b.p, b.len, GH_EV_TDX, NULL), 0);
	assert_int_equal(set.n, 2);
	assert_int_equal(gh_evidence_load(&log, b.p, b.len, GH_EV_CCEL, NULL), 0);
	assert_int_equal(gh_evidence_load(&no, b.p, b.len, GH_EV_SNP, NULL), -1);
	assert_int_equal(gh_evidence_load(&no, "{\"a", 3, GH_EV_EAT, NULL), 0);
	assert_int_equal(no.at[0].type, GH_EV_EAT);
}

static void fill(struct gh_buf *b, const char *with, size_t len)
{
	while (b->len < len)
		gh_buf_str(b, with);
}

/* What is broken inside a string is just a string; what is whole beside it still counts. */
static void test_json_when_a_string_is_broken_then_the_rest_counts(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) j = {0}, crl = {0};
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	(void)state;
	need_vectors();
	read_vector(&crl, PCK);
	gh_buf_str(&j, "{\"a\":\"{\\\"x\\\":");
	fill(&j, " ", 100);
	gh_buf_str(&j, "\",\"pem\":\"-----BEGIN X509 CRL-----!");
	fill(&j, "!", 300);
	gh_buf_str(&j, "-----END X509 CRL-----\",\"b\":[");
	for (int i = 0; i < 80; i++)
		gh_buf_fmt(&j, "%d,", i * 7 - 100);
	gh_buf_str(&j, "1],\"c\":\"");
	gh_b64(&j, crl.p, crl.len);
	gh_buf_str(&j, "\"}");
	load_text(&set, &j);
	assert_int_equal(set.n, 1);
	same_bytes(&set.at[0], &crl);
}

static void test_text_when_token_or_stray_percent_then_as_it_is(void **state)
{
	static const char token[] = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA";
	gh_auto(struct gh_buf, gh_buf_free) t = {0}, p = {0}, g = {0};
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, pem = {0},
							      as = {0};
	(void)state;
	gh_buf_fmt(&t, "\n  %s\n", token);
	load_text(&set, &t);
	assert_int_equal(set.at[0].type, GH_EV_EAT);
	assert_int_equal(set.at[0].bytes.len, strlen(token));
	gh_buf_str(&p, "x\nh: -----BEGIN%20CERTIFICATE-----%0Aa+b%zz%\n");
	load_text(&pem, &p);
	assert_non_null(gh_text_find(gh_buf_view(&pem.at[0].bytes), "a+b%zz%"));
	gh_b64(&g, "garbage that is nothing", 23); /* decoded for who knows what it is */
	assert_int_equal(gh_evidence_load(&as, g.p, g.len, GH_EV_SNP, NULL), 0);
	assert_int_equal(as.at[0].bytes.len, 23);
}

/* ---- hostile -------------------------------------------------------------------------- */

static void test_load_when_huge_or_nested_then_bounded(void **state)
{
	static const char *const patterns[] = {"0", "3", "30", "MDAw", "[",
	    "{\"a\":", "-----BEGIN CERTIFICATE-----\n", "-----BEGIN%20CERTIFICATE-----\n",
	    "0\x82\x01\x01", "\"\\", "HTTP/1.1 200 OK\r\n\r\n", "eyJ."};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(patterns); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		struct gh_evidence_set set = {0};
		fill(&b, patterns[i], GH_JSON_MAX_BYTES - 64);
		(void)!gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, NULL);
		assert_true(set.n <= GH_EVIDENCE_MAX);
		gh_evidence_set_free(&set);
		fill(&b, "x", GH_JSON_MAX_BYTES + 1);
		assert_int_equal(
		    gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, NULL), -1);
	}
}

/* JSON in base64 in JSON ..., beyond what anybody writes: no piece, no crash. */
static void test_load_when_wrapped_often_then_given_up(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_evidence_set set = {0};
	(void)state;
	need_vectors();
	read_vector(&b, "../snp/real/turin-v5-ms-tav.vek.der");
	for (int i = 0; i < 12; i++) {
		gh_auto(struct gh_buf, gh_buf_free) outer = {0};
		gh_buf_str(&outer, "{\"x\":\"");
		gh_b64(&outer, b.p, b.len);
		gh_buf_str(&outer, "\"}");
		gh_buf_free(&b);
		b = gh_take(outer);
		if (gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, NULL) == 0)
			assert_true(i < 4);
		gh_evidence_set_free(&set);
	}
}

static void test_load_when_cut_anywhere_then_no_crash(void **state)
{
	static const char *const names[] = {"../tdx/real/dstack-lite-getquote.json",
	    "../tdx/real/headers/issuer_chains.txt", "../snp/azure/evidence-v1.json",
	    "../snp/synthetic/certtable-full.bin", INFO, PCK};
	(void)state;
	need_vectors();
	for (size_t i = 0; i < GH_COUNT(names); i++) {
		gh_auto(struct gh_buf, gh_buf_free) b = {0};
		read_vector(&b, names[i]);
		for (size_t len = 0; len<b.len; len += b.len> 5000 ? 7 : 1) {
			struct gh_evidence_set set = {0};
			(void)!gh_evidence_load(&set, b.p, len, GH_EV_UNKNOWN, NULL);
			gh_evidence_set_free(&set);
		}
	}
}

static void test_type_words_when_parsed_then_back(void **state)
{
	static const char *const words[] = {"snp", "tdx", "gpu", "switch", "rim", "certs",
	    "crl", "snp-certs", "hcl", "tcb-info", "qe-identity", "ccel", "runtime-log",
	    "ocsp", "eat", "jwks", "firmware", "tdreport", "tcb-numbers"};
	enum gh_evidence_type t;
	(void)state;
	assert_int_equal(GH_COUNT(words), GH_EV_N - 1);
	for (size_t i = 0; i < GH_COUNT(words); i++) {
		assert_int_equal(gh_evidence_type_parse(words[i], &t), 0);
		assert_string_equal(gh_evidence_type_word(t), words[i]);
	}
	assert_string_equal(gh_evidence_type_word((enum gh_evidence_type)99), "unknown");
	assert_int_equal(gh_evidence_type_parse("unknown", &t), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_load_when_raw_hex_base64_then_same_bytes),
	    cmocka_unit_test(test_load_when_file_of_any_kind_then_type),
	    cmocka_unit_test(test_load_when_crl_then_der),
	    cmocka_unit_test(test_load_when_switches_among_gpus_then_labelled),
	    cmocka_unit_test(test_load_when_nothing_known_then_error),
	    cmocka_unit_test(test_load_when_hint_differs_then_error),
	    cmocka_unit_test(test_load_when_unknown_bytes_and_hint_then_judged),
	    cmocka_unit_test(test_load_when_deep_or_many_then_bounded),
	    cmocka_unit_test(test_verify_when_several_chains_then_the_signer_is_taken),
	    cmocka_unit_test(test_verify_when_many_then_one_subject_each),
	    cmocka_unit_test(test_load_when_any_vector_then_known),
	    cmocka_unit_test(test_json_when_tdx_collateral_then_exact_bytes),
	    cmocka_unit_test(test_json_when_inner_and_signature_then_rebuilt),
	    cmocka_unit_test(test_json_when_broken_collateral_then_kept),
	    cmocka_unit_test(test_json_when_names_hide_then_not_taken),
	    cmocka_unit_test(test_pem_when_certificates_and_lists_mixed_then_apart),
	    cmocka_unit_test(test_der_when_one_behind_the_other_then_apart),
	    cmocka_unit_test(test_http_when_saved_answer_then_headers_and_body),
	    cmocka_unit_test(test_extended_report_when_table_behind_then_both),
	    cmocka_unit_test(
		test_load_when_quote_header_is_broken_then_not_its_certificates),
	    cmocka_unit_test(test_hint_when_container_holds_more_then_all_is_kept),
	    cmocka_unit_test(test_json_when_a_string_is_broken_then_the_rest_counts),
	    cmocka_unit_test(test_text_when_token_or_stray_percent_then_as_it_is),
	    cmocka_unit_test(test_load_when_huge_or_nested_then_bounded),
	    cmocka_unit_test(test_load_when_wrapped_often_then_given_up),
	    cmocka_unit_test(test_load_when_cut_anywhere_then_no_crash),
	    cmocka_unit_test(test_type_words_when_parsed_then_back),
	};
	return cmocka_run_group_tests(tests, setup_rim, NULL);
}
