/* SPDX-License-Identifier: Apache-2.0
 * Who signed a RIM, through which chain, and how it came: odd certificates, other keys,
 * the RIM service's answer, documents out of all proportion. */
#include "rim_kit.h"

/* The chain is NVIDIA's (here: ours), the signature is somebody else's. */
static void test_rim_when_other_key_signed_then_refused(void **state)
{
	gh_auto(struct kit, kit_free) k;
	gh_auto(struct nv_cert, nv_cert_free) other = {0};
	(void)state;
	kit_make(&k, NULL, NULL);
	nv_make(&other, "Other", NULL, true, NULL);
	assert_true(nv_sign(&k.text, &other));
	assert_refused(&k, "rim.signature", "rim.signature.value");
}

static void test_rim_when_foreign_certificate_first_then_refused(void **state)
{
	gh_auto(struct kit, kit_free) k;
	gh_auto(struct nv_cert, nv_cert_free) other = {0};
	gh_auto(struct gh_buf, gh_buf_free) more = {0};
	(void)state;
	kit_make(&k, NULL, NULL);
	nv_make(&other, "Other", NULL, false, NULL);
	gh_buf_str(&more, "<ds:X509Data>");
	nv_add_cert(&more, &other);
	nv_edit(&k.text, "", "<ds:X509Data>", gh_buf_cstr(&more));
	assert_true(nv_sign(&k.text, &other));
	assert_refused(&k, "rim.chain", "rim.chain.issuer");
}

static void test_rim_when_certificates_odd_then_its_code(void **state)
{
	static const struct {
		struct nv_kind l3, signer;
		const char *step, *code;
	} odd[] = {
	    {{.not_ca = true}, {0}, "rim.chain", "rim.chain.role"},
	    {{0}, {.as_ca = true}, "rim.chain", "rim.chain.role"},
	    {{0}, {.curve = "P-256"}, "rim.chain", "rim.chain.algorithm"},
	    {{0}, {.curve = "RSA"}, "rim.chain", "rim.chain.algorithm"},
	    {{.curve = "P-521"}, {0}, "rim.chain", "rim.chain.algorithm"},
	    {{0}, {.until = NV_AT - 100}, "rim.time", "rim.expired"},
	    {{.until = NV_AT - 100}, {0}, "rim.time", "rim.expired"},
	    {{0}, {.from = NV_AT + 100}, "rim.time", "rim.not-yet-valid"},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(odd); i++) {
		gh_auto(struct kit, kit_free) k;
		kit_make(&k, &odd[i].l3, &odd[i].signer);
		(void)nv_sign(&k.text, &k.pki.signer);
		assert_refused(&k, odd[i].step, odd[i].code);
		/* expired is a state of its own, not a failure */
		assert_int_equal(gh_findings_verdict(&k.rim->findings, NULL),
		    strcmp(odd[i].code, "rim.expired") == 0 ? GH_STALE : GH_FAIL);
	}
}

static void test_rim_when_signer_ends_at_this_second_then_still_trusted(void **state)
{
	static const struct nv_kind ends = {.from = NV_AT, .until = NV_AT};
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_make(&k, NULL, &ends);
	assert_true(nv_sign(&k.text, &k.pki.signer));
	for (int64_t at = NV_AT - 1; at <= NV_AT + 1; at++) {
		k.ctx.at = at;
		assert_int_equal(load(&k), 0);
		/* from = until leaves no instant at which OpenSSL accepts the path */
		if (at != NV_AT)
			assert_false(k.rim->trusted);
	}
}

static void test_rim_when_root_foreign_or_lab_then_its_code(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_make(&k, NULL, NULL);
	assert_true(nv_sign(&k.text, &k.pki.signer));
	nv_trust(&k.trust, &k.pki.l2, false);
	assert_refused(&k, "rim.chain.root", "rim.root.foreign");
	nv_trust(&k.trust, &k.pki.root, true);
	assert_refused(&k, "rim.chain.root", "trust.lab-root");
	k.ctx.allow_lab = true;
	assert_int_equal(load(&k), 0);
	assert_true(k.rim->trusted && k.rim->lab);
	/* the same key as a device root is no RIM root */
	nv_trust(&k.trust, &k.pki.root, false);
	k.trust.at[0].root = GH_ROOT_NVIDIA_DEVICE;
	assert_refused(&k, "rim.chain.root", "rim.root.foreign");
}

static void test_rim_when_chain_shorter_or_longer_then_counted(void **state)
{
	static const struct {
		size_t n;
		const char *code; /* NULL: trusted */
	} cases[] = {{1, "rim.parse.certificates"}, {7, "rim.parse.certificates"},
	    {0, "rim.parse.certificates"}};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct kit, kit_free) k;
		const struct nv_cert *chain[7];
		kit_make(&k, NULL, NULL);
		for (size_t c = 0; c < GH_COUNT(chain); c++)
			chain[c] = &k.pki.signer;
		gh_buf_clear(&k.text);
		nv_draft(&k.text, chain, cases[i].n);
		(void)nv_sign(&k.text, &k.pki.signer);
		assert_refused(&k, "rim.parse", cases[i].code);
	}
	gh_auto(struct kit, kit_free) two;
	kit_make(&two, NULL, NULL);
	nv_cert_free(&two.pki.signer);
	nv_make(&two.pki.signer, "Signer of two", &two.pki.root, false, NULL);
	const struct nv_cert *const chain[] = {&two.pki.signer, &two.pki.root};
	gh_buf_clear(&two.text);
	nv_draft(&two.text, chain, 2);
	assert_true(nv_sign(&two.text, &two.pki.signer));
	assert_int_equal(load(&two), 0);
	assert_true(two.rim->trusted);
}

/* What C14N does not see may differ, and the RIM is the same RIM. */
static void test_rim_when_only_its_form_differs_then_trusted(void **state)
{
	static const struct {
		const char *from, *to;
	} forms[] = {
	    {"<ns0:Entity ", "<!-- seen by nobody --><ns0:Entity "},
	    {"edition=\"GPU\" product=\"GH100\"", "product='GH100'   edition='GPU'"},
	    {"595.71.05", "595&#46;71.05"},
	    {"<ds:DigestValue>", "<ds:DigestValue>\n  "},
	    {"name=\"NVIDIA Corporation\"/>",
		"name=\"NVIDIA Corporation\"></ns0:Entity>"},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(forms); i++) {
		gh_auto(struct kit, kit_free) k;
		kit_make(&k, NULL, NULL);
		/* white space inside SignedInfo counts: that one is there when signed */
		bool before = strstr(forms[i].from, "ds:") != NULL;
		if (before)
			nv_edit(&k.text, "", forms[i].from, forms[i].to);
		assert_true(nv_sign(&k.text, &k.pki.signer));
		if (!before)
			nv_edit(&k.text, "", forms[i].from, forms[i].to);
		assert_int_equal(load(&k), 0);
		if (!k.rim->trusted)
			fail_msg("form %zu is refused", i);
	}
}

static void service(struct gh_buf *out, const struct kit *k, const char *id,
    const char *sha256, const char *format)
{
	gh_auto(struct gh_buf, gh_buf_free) b64 = {0};
	char name[GH_SHA256_NAME_LEN];

	gh_b64(&b64, k->text.p, k->text.len);
	assert_int_equal(gh_sha256_name(k->text.p, k->text.len, name, NULL), 0);
	gh_buf_fmt(out, "{\"id\":\"%s\",\"sha256\":\"%s\",", id,
	    sha256 == NULL ? name + 7 : sha256);
	if (format != NULL)
		gh_buf_fmt(out, "\"rim_format\":%s,", format);
	gh_buf_str(out, "\"rim\":\"");
	gh_buf_add(out, b64.p, b64.len);
	gh_buf_str(out, "\"}");
}

static void test_service_when_answer_wrong_then_its_code(void **state)
{
	static const struct {
		const char *id, *sha256, *format, *step, *code;
	} cases[] = {
	    {"NV_GPU_DRIVER_GH100_595.71.05", NULL, "\"TCG\"", "rim.schema", ""},
	    {"NV_GPU_DRIVER_GH100_595.71.05", NULL, NULL, "rim.schema", ""},
	    {"nv_gpu_driver_gh100_595.71.05", NULL, "\"TCG\"", "rim.schema", ""},
	    {"NV_GPU_DRIVER_GH100_595.71.06", NULL, "\"TCG\"", "rim.schema",
		"rim.schema.id"},
	    {"NV_GPU_VBIOS_1_2_3_9600000000", NULL, "\"TCG\"", "rim.schema",
		"rim.schema.id"},
	    {"../../etc/passwd", NULL, "\"TCG\"", "rim.schema", "rim.schema.id"},
	    {"NV_GPU_DRIVER_GH100_595.71.05", "00", "\"TCG\"", "rim.schema",
		"rim.schema.sha256"},
	    {"NV_GPU_DRIVER_GH100_595.71.05", NULL, "\"CORIM\"", "rim.parse",
		"rim.parse.format"},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct kit, kit_free) k;
		gh_auto(struct gh_buf, gh_buf_free) j = {0};
		kit_make(&k, NULL, NULL);
		assert_true(nv_sign(&k.text, &k.pki.signer));
		service(&j, &k, cases[i].id, cases[i].sha256, cases[i].format);
		gh_buf_free(&k.text);
		k.text = gh_take(j);
		if (cases[i].code[0] != '\0') {
			assert_refused(&k, cases[i].step, cases[i].code);
			continue;
		}
		assert_int_equal(load(&k), 0);
		assert_true(k.rim->trusted);
		show(&k);
	}
}

static void test_service_when_not_an_answer_then_error(void **state)
{
	static const char *const texts[] = {"{", "{}", "{\"rim\":1}",
	    "{\"rim\":\"\",\"id\":\"x\"}", "{\"rim\":\"%\",\"id\":\"x\",\"sha256\":\"\"}",
	    "{\"rim\":\"AAAA\",\"id\":\"x\",\"sha256\":\"\",\"rim_format\":1}",
	    "{\"rim\":\"AAAA\",\"id\":\"x\",\"sha256\":\"\"}", "", "<x/>", "x"};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(texts); i++) {
		gh_auto(struct kit, kit_free) k;
		kit_make(&k, NULL, NULL);
		gh_buf_clear(&k.text);
		gh_buf_str(&k.text, texts[i]);
		assert_int_equal(load(&k), -1);
		assert_null(k.rim);
		show(&k);
	}
}

static void test_rim_when_monstrous_then_refused(void **state)
{
	gh_auto(struct kit, kit_free) nul, big, deep;
	(void)state;
	kit_make(&nul, NULL, NULL);
	assert_true(nv_sign(&nul.text, &nul.pki.signer));
	gh_buf_add(&nul.text, "\0", 1);
	assert_refused(&nul, "rim.parse", "rim.parse.nul");
	kit_make(&big, NULL, NULL);
	assert_true(nv_sign(&big.text, &big.pki.signer));
	while (big.text.len < 300 * 1024)
		gh_buf_chr(&big.text, '\n');
	assert_refused(&big, "rim.parse", "rim.parse.size");
	kit_make(&deep, NULL, NULL);
	gh_buf_clear(&deep.text);
	gh_buf_str(&deep.text,
	    "<SoftwareIdentity "
	    "xmlns=\"http://standards.iso.org/iso/19770/-2/2015/schema.xsd\">");
	for (size_t i = 0; i < 20000; i++)
		gh_buf_str(&deep.text, "<a>");
	for (size_t i = 0; i < 20000; i++)
		gh_buf_str(&deep.text, "</a>");
	gh_buf_str(&deep.text, "</SoftwareIdentity>");
	assert_refused(&deep, "rim.parse", "rim.parse.xml");
}

/* A second tool agrees with what we built: the tests would be worth little otherwise. */
static void test_rim_when_ours_then_xmlsec_tool_agrees(void **state)
{
	gh_auto(struct kit, kit_free) k;
	char dir[] = "/tmp/gh-rim-XXXXXX", path[64], pem[64], cmd[400];
	FILE *f;
	(void)state;
	if (system("command -v xmlsec1 >/dev/null 2>&1") != 0)
		skip();
	kit_make(&k, NULL, NULL);
	assert_true(nv_sign(&k.text, &k.pki.signer));
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/r.xml", dir);
	snprintf(pem, sizeof(pem), "%s/root.pem", dir);
	f = fopen(path, "w");
	assert_int_equal(fwrite(k.text.p, 1, k.text.len, f), k.text.len);
	fclose(f);
	f = fopen(pem, "w");
	BIO *b = BIO_new_fp(f, BIO_NOCLOSE);
	assert_int_equal(PEM_write_bio_X509(b, k.pki.root.x509), 1);
	BIO_free(b);
	fclose(f);
	snprintf(cmd, sizeof(cmd),
	    "xmlsec1 --verify --enabled-key-data x509 --trusted-pem %s "
	    "--verification-gmt-time '2026-06-15 00:00:00' %s >/dev/null 2>&1",
	    pem, path);
	int good = system(cmd);
	nv_edit(&k.text, "index=\"21\"", "Hash0=\"00", "Hash0=\"01");
	f = fopen(path, "w");
	assert_int_equal(fwrite(k.text.p, 1, k.text.len, f), k.text.len);
	fclose(f);
	int bad = system(cmd);
	remove(path);
	remove(pem);
	remove(dir);
	assert_int_equal(good, 0);
	assert_int_not_equal(bad, 0);
}

static int setup(void **state)
{
	(void)state;
	return gh_rim_setup(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rim_when_other_key_signed_then_refused),
	    cmocka_unit_test(test_rim_when_foreign_certificate_first_then_refused),
	    cmocka_unit_test(test_rim_when_certificates_odd_then_its_code),
	    cmocka_unit_test(test_rim_when_signer_ends_at_this_second_then_still_trusted),
	    cmocka_unit_test(test_rim_when_root_foreign_or_lab_then_its_code),
	    cmocka_unit_test(test_rim_when_chain_shorter_or_longer_then_counted),
	    cmocka_unit_test(test_rim_when_only_its_form_differs_then_trusted),
	    cmocka_unit_test(test_service_when_answer_wrong_then_its_code),
	    cmocka_unit_test(test_service_when_not_an_answer_then_error),
	    cmocka_unit_test(test_rim_when_monstrous_then_refused),
	    cmocka_unit_test(test_rim_when_ours_then_xmlsec_tool_agrees),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
