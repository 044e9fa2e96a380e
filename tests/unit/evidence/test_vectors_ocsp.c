/* SPDX-License-Identifier: Apache-2.0
 * The real OCSP responses of NVIDIA's service against the facts of their manifest. */
#include "evidence/gpu_revocation.h"
#include "evidence/ocsp.h"
#include "evidence/ocsp_show.h"
#include "nvidia_vectors.h"

#define CERTS_MAX 8

static struct {
	unsigned int responses, stale, early, other_certificates, flips, prefixes;
} total;

static struct gh_trust trust;

/* One response and the chain that it speaks about. */
struct real {
	char name[128];
	struct gh_buf der;
	struct gh_certs chain;
	const json_t *facts;
	int64_t from, to;
};

static void real_free(struct real *r)
{
	gh_buf_free(&r->der);
	gh_certs_free(&r->chain);
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s == NULL ? "" : s;
}

/* A device chain as PEM, or the signers of a RIM. */
static void read_chain(struct gh_certs *out, const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_context ctx = {.at = 0, .trust = &trust};
	struct gh_rim *rim = NULL;

	read_vector(&b, name);
	if (strstr(name, ".xml") == NULL) {
		assert_int_equal(gh_certs_from_pem(out, b.p, b.len, CERTS_MAX, NULL), 0);
		return;
	}
	assert_int_equal(gh_rim_load(&rim, b.p, b.len, &ctx, NULL), 0);
	*out = gh_take(rim->chain);
	gh_rim_free(&rim);
}

static void read_real(struct real *r, const json_t *file)
{
	const json_t *expected = json_object_get(file, "expected");
	const char *at = text_of(expected, "at"), *to = strstr(at, " .. ");
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	char end[32];

	*r = (struct real){.facts = json_object_get(expected, "facts")};
	snprintf(r->name, sizeof r->name, "%s", text_of(file, "name"));
	read_vector(&text, r->name);
	assert_int_equal(
	    gh_unb64_loose(&r->der, (const char *)text.p, text.len, NULL), 0);
	assert_non_null(to);
	snprintf(end, sizeof end, "%.20s", to + 4);
	r->from = at_time(at);
	r->to = at_time(end);
	read_chain(&r->chain,
	    json_string_value(json_array_get(json_object_get(file, "related"), 0)));
}

static bool is_response(const json_t *file)
{
	return strstr(text_of(file, "name"), "ocsp_response") != NULL;
}

static json_t *manifest(void)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	json_t *j;

	need_vectors();
	read_vector(&b, "MANIFEST.json");
	j = gh_json_parse(b.p, b.len, NULL);
	assert_non_null(j);
	return j;
}

static void for_each(void (*fn)(struct real *))
{
	gh_auto(json_t *, gh_json_free) m = manifest();
	json_t *file;
	size_t i;

	json_array_foreach(json_object_get(m, "files"), i, file)
	{
		gh_auto(struct real, real_free) r = {0};

		if (!is_response(file))
			continue;
		read_real(&r, file);
		fn(&r);
	}
}

static struct gh_context context_of(
    const struct real *r, int64_t at, struct gh_memo *memo)
{
	return (struct gh_context){
	    .at = at, .trust = &trust, .certs = &r->chain, .memo = memo};
}

static enum gh_verdict verdict_at(const struct real *r, int64_t at, const char *code)
{
	struct gh_context ctx = context_of(r, at, NULL);
	gh_auto(struct gh_result, gh_result_free) out = {0};
	const struct gh_finding *f;

	assert_int_equal(gh_ocsp_verify(&out, "r", gh_buf_view(&r->der), &ctx, NULL), 0);
	assert_tree(&out);
	f = step_of(&out, "r", "ocsp.time");
	assert_string_equal(f->code, code);
	return gh_result_verdict(&out);
}

/* The index in the chain of the one certificate that it is about. */
static size_t subject_of(const struct real *r, const struct gh_ocsp *resp)
{
	size_t found = SIZE_MAX;

	for (size_t i = 0; i + 1 < r->chain.n; i++) {
		if (gh_ocsp_about(resp, r->chain.at[i], r->chain.at[i + 1], 0) < 0) {
			total.other_certificates++;
			continue;
		}
		assert_true(found == SIZE_MAX);
		found = i;
	}
	assert_true(found != SIZE_MAX);
	return found;
}

static void check_facts(struct real *r)
{
	struct gh_context ctx = context_of(r, r->from, NULL);
	gh_auto(struct gh_result, gh_result_free) out = {0};
	gh_auto(struct gh_ocsp *, gh_ocsp_free) resp = NULL;
	gh_auto(struct gh_cert *, gh_cert_free) responder = NULL;
	const struct gh_subject *s;
	char end[GH_TIME_LEN];

	assert_true(gh_ocsp_looks(gh_buf_view(&r->der)));
	assert_int_equal(gh_ocsp_from_der(&resp, r->der.p, r->der.len, NULL), 0);
	assert_int_equal(gh_ocsp_verify(&out, "r", gh_buf_view(&r->der), &ctx, NULL), 0);
	s = gh_result_find(&out, "r");
	assert_string_equal(gh_claim_get(s, "serial"), text_of(r->facts, "serial"));
	assert_string_equal(gh_claim_get(s, "status"), text_of(r->facts, "cert_status"));
	assert_string_equal(gh_claim_get(s, "nonce"), "none");
	assert_string_equal(
	    gh_ocsp_single(resp, 0)->hash, text_of(r->facts, "cert_id_hash"));
	assert_int_equal(gh_ocsp_single(resp, 0)->this_update, r->from);
	assert_int_equal(gh_ocsp_single(resp, 0)->next_update, r->to);
	assert_int_equal(gh_ocsp_responder(resp, NULL, NULL, &responder, NULL), 0);
	assert_non_null(strstr(text_of(r->facts, "responder"), gh_cert_cn(responder)));
	gh_time_text(end, gh_cert_not_after(responder));
	assert_string_equal(end, text_of(r->facts, "responder_not_after"));
	(void)subject_of(r, resp);
}

static void check_window(struct real *r)
{
	assert_int_equal(verdict_at(r, r->from, ""), GH_PASS);
	assert_int_equal(verdict_at(r, (r->from + r->to) / 2, ""), GH_PASS);
	assert_int_equal(verdict_at(r, r->to, ""), GH_PASS);
	assert_int_equal(verdict_at(r, r->to + 301, "ocsp.time.stale"), GH_STALE);
	assert_int_equal(verdict_at(r, r->to + 90000000, "ocsp.time.stale"), GH_STALE);
	assert_int_equal(verdict_at(r, r->from - 301, "ocsp.time.not-yet"), GH_FAIL);
	total.responses++;
	total.stale += 2;
	total.early++;
}

static enum gh_revocation word_of(
    const struct real *r, size_t cert, struct gh_bytes der, struct gh_memo *memo)
{
	struct gh_context ctx = context_of(r, r->from + 3600, memo);
	struct gh_ocsp_ask ask = {.chain = &r->chain, .cert = cert, .ctx = &ctx};
	struct gh_ocsp_answer a;

	ctx.ocsps = (struct gh_docs){&der, 1};
	gh_ocsp_judge(&a, &ask);
	return a.word;
}

static void check_bytes(struct real *r)
{
	gh_auto(struct gh_memo *, gh_memo_free) memo = gh_memo_new();
	gh_auto(struct gh_ocsp *, gh_ocsp_free) resp = NULL;
	struct gh_bytes der = gh_buf_view(&r->der);
	size_t cert;

	assert_int_equal(gh_ocsp_from_der(&resp, der.p, der.len, NULL), 0);
	cert = subject_of(r, resp);
	assert_int_equal(word_of(r, cert, der, memo), GH_REV_CACHED);
	for (size_t i = 0; i + 1 < r->chain.n; i++)
		if (i != cert)
			assert_int_equal(word_of(r, i, der, memo), GH_REV_NONE);
	for (size_t n = 0; n < der.len; n++, total.prefixes++)
		assert_int_equal(
		    word_of(r, cert, (struct gh_bytes){der.p, n}, memo), GH_REV_NONE);
	for (size_t i = 0; i < der.len; i++, total.flips++) {
		r->der.p[i] ^= (unsigned char)(1u << i % 8);
		if (gh_revocation_good(word_of(r, cert, der, memo)))
			fail_msg("%s: byte %zu does not matter", r->name, i);
		r->der.p[i] ^= (unsigned char)(1u << i % 8);
	}
}

static void check_show(struct real *r)
{
	gh_auto(struct gh_fields, gh_fields_free) fs = {0};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	assert_int_equal(gh_ocsp_show(&fs, gh_buf_view(&r->der), NULL), 0);
	for (size_t i = 0; i < fs.n; i++)
		assert_string_not_equal(fs.at[i].name, "error");
	gh_fields_plain(&text, &fs);
	assert_non_null(strstr(gh_buf_cstr(&text), text_of(r->facts, "serial")));
}

static void test_facts(void **state)
{
	(void)state;
	for_each(check_facts);
}

static void test_windows(void **state)
{
	(void)state;
	for_each(check_window);
}

static void test_bytes(void **state)
{
	(void)state;
	for_each(check_bytes);
}

static void test_shown_whole(void **state)
{
	(void)state;
	for_each(check_show);
}

/* Every response that holds then, as one pile. */
static size_t pile_of(struct real *all, struct gh_bytes *docs, int64_t at, size_t max)
{
	gh_auto(json_t *, gh_json_free) m = manifest();
	json_t *file;
	size_t i, n = 0;

	json_array_foreach(json_object_get(m, "files"), i, file)
	{
		if (!is_response(file))
			continue;
		assert_true(n < max);
		read_real(&all[n], file);
		all[n].facts = NULL; /* dies with the manifest */
		docs[n] = gh_buf_view(&all[n].der);
		if (all[n].from - 300 <= at && at <= all[n].to + 300)
			n++;
		else
			real_free(&all[n]);
	}
	return n;
}

/* The device of the captures with the three answers about it. */
static void test_device_whole(void **state)
{
	struct real all[8];
	struct gh_bytes docs[8];
	int64_t at = at_time("2025-08-21T12:00:00Z");
	gh_auto(struct gh_memo *, gh_memo_free) memo = NULL;
	gh_auto(struct gh_result, gh_result_free) out = {0};
	struct gh_context ctx = {.at = at, .trust = &trust};
	struct gh_gpu_case c = {.out = &out, .subject = "gpu", .ctx = &ctx};
	const struct gh_finding *f;
	size_t n;

	(void)state;
	need_vectors();
	memo = gh_memo_new();
	ctx.memo = memo;
	n = pile_of(all, docs, at, GH_COUNT(all));
	assert_int_equal(n, 3);
	ctx.ocsps = (struct gh_docs){docs, n};
	c.certs = all[0].chain;
	c.have_chain = c.chain_ok = true;
	gh_gpu_revocation_judge(&c);
	f = step_of(&out, "gpu", "gpu.revocation");
	assert_int_equal(f->verdict, GH_PASS);
	print_message("device: %s\n", f->observed);
	ctx.ocsps.n = 2;
	gh_gpu_revocation_judge(&c);
	assert_string_equal(out.findings.at[1].code, "gpu.revocation.missing");
	ctx.ocsps.n = 3;
	ctx.at += 86400;
	gh_gpu_revocation_judge(&c);
	assert_int_equal(out.findings.at[2].verdict, GH_STALE);
	for (size_t i = 0; i < n; i++)
		real_free(&all[i]);
}

/* Both RIMs of the captures: two answers are shared, one per signer. */
static void test_rims_whole(void **state)
{
	static const char *const rim[] = {
	    "go-nvattest-tools/NV_GPU_DRIVER_GH100_550.90.07.xml",
	    "go-nvattest-tools/NV_GPU_VBIOS_1010_0200_882_96009F0001.xml"};
	struct real all[8];
	struct gh_bytes docs[8];
	int64_t at = at_time("2025-10-24T18:00:00Z");
	gh_auto(struct gh_result, gh_result_free) out = {0};
	gh_auto(struct gh_memo *, gh_memo_free) memo = NULL;
	struct gh_context ctx = {.at = at, .trust = &trust};
	size_t n;

	(void)state;
	need_vectors();
	memo = gh_memo_new();
	ctx.memo = memo;
	n = pile_of(all, docs, at, GH_COUNT(all));
	assert_int_equal(n, 4);
	ctx.ocsps = (struct gh_docs){docs, n};
	for (size_t i = 0; i < GH_COUNT(rim); i++) {
		gh_auto(struct gh_certs, gh_certs_free) chain = {0};
		struct gh_rim_revocation r = {.subject = rim[i],
		    .step = "gpu.driver.rim.revocation",
		    .parent = "gpu.driver.rim.signature",
		    .chain = &chain};
		const struct gh_finding *f;

		read_chain(&chain, rim[i]);
		gh_judge(gh_findings_add(&out.findings, rim[i], r.parent), GH_PASS, "");
		gh_rim_revocation_judge(&out.findings, &r, &ctx);
		f = step_of(&out, rim[i], r.step);
		assert_int_equal(f->verdict, GH_PASS);
		print_message("RIM: %s\n", f->observed);
	}
	for (size_t i = 0; i < n; i++)
		real_free(&all[i]);
}

static void test_totals(void **state)
{
	(void)state;
	need_vectors();
	assert_int_equal(total.responses, 7);
	print_message(
	    "go-nvattest-tools: %u OCSP responses good in their window, %u too "
	    "old, %u too early, %u other certificates not meant, %u flips and %u "
	    "prefixes refused\n",
	    total.responses, total.stale, total.early, total.other_certificates,
	    total.flips, total.prefixes);
}

static int setup(void **state)
{
	builtin_trust(&trust);
	return setup_rim(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_facts),
	    cmocka_unit_test(test_windows),
	    cmocka_unit_test(test_bytes),
	    cmocka_unit_test(test_shown_whole),
	    cmocka_unit_test(test_device_whole),
	    cmocka_unit_test(test_rims_whole),
	    cmocka_unit_test(test_totals),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
