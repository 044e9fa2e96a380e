/* SPDX-License-Identifier: Apache-2.0
 * RIMs that were tampered with: which step refuses, and for which reason. */
#include "evidence/rim_payload.h"
#include "evidence/rim_xml.h"
#include "evidence/rim_xmldsig.h"
#include "nvidia_vectors.h"

#define DRIVER "vaultgenome-core/rim-NV_GPU_DRIVER_GH100_595.71.05.json"
#define NOW    "2026-11-23"

struct kit {
	struct gh_buf xml;
	struct gh_trust trust;
	struct gh_context ctx;
	struct gh_rim *rim;
};

/* The XML inside the answer of the RIM service. */
static void kit_open(struct kit *k)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	const char *text = NULL;
	need_vectors();
	*k = (struct kit){0};
	builtin_trust(&k->trust);
	k->ctx = (struct gh_context){.at = at_time(NOW), .trust = &k->trust};
	read_vector(&b, DRIVER);
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(b.p, b.len, NULL);
	assert_int_equal(gh_json_str(j, "", "rim", &text, NULL), 0);
	assert_int_equal(gh_unb64(&k->xml, text, strlen(text), NULL), 0);
}

static void kit_free(struct kit *k)
{
	gh_buf_free(&k->xml);
	gh_rim_free(&k->rim);
}

/* Replaces the first `from` after the first `after` ("" = from the start). */
static void edit(struct kit *k, const char *after, const char *from, const char *to)
{
	gh_auto(struct gh_buf, gh_buf_free) out = {0};
	const char *start = gh_buf_cstr(&k->xml);
	const char *mark = strstr(start, after);
	assert_non_null(mark);
	const char *at = strstr(mark, from);
	assert_non_null(at);
	gh_buf_add(&out, start, (size_t)(at - start));
	gh_buf_str(&out, to);
	gh_buf_str(&out, at + strlen(from));
	gh_buf_free(&k->xml);
	k->xml = gh_take(out);
}

static int load(struct kit *k)
{
	gh_rim_free(&k->rim);
	return gh_rim_load(&k->rim, k->xml.p, k->xml.len, &k->ctx, NULL);
}

static const char *verdict(const struct kit *k, const char *step)
{
	const struct gh_finding *f = gh_findings_get(&k->rim->findings, NULL, step);
	assert_non_null(f);
	return gh_verdict_word(f->verdict);
}

static void test_rim_when_genuine_then_trusted(void **state)
{
	static const char *const steps[] = {"rim.parse", "rim.chain.root", "rim.chain",
	    "rim.time", "rim.signature", "rim.schema"};
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	assert_int_equal(load(&k), 0);
	assert_true(k.rim->trusted);
	assert_string_equal(k.rim->id, "NV_GPU_DRIVER_GH100_595.71.05");
	assert_int_equal(k.rim->kind, GH_RIM_DRIVER);
	assert_string_equal(k.rim->sha256,
	    "143005c060a5eb2866f7db046c234d27f87ae386cab20ab40d9daa706be46ea4");
	for (size_t i = 0; i < GH_COUNT(steps); i++)
		assert_string_equal(verdict(&k, steps[i]), "PASS");
	assert_int_equal(k.rim->entry[35].n_alternatives, 4);
	assert_true(k.rim->entry[28].active);
	assert_false(k.rim->entry[0].active);
	assert_int_equal(k.rim->chain.n, 4);
	assert_string_equal(gh_cert_cn(k.rim->chain.at[0]), "HCC RIM L4 Signer");
}

/* Every edit of the document must be refused by the step named. */
static void test_rim_when_edited_then_step_refuses(void **state)
{
	static const char x509[] = "<ds:X509Data><ds:X509Certificate>";
	static const struct {
		const char *after, *from, *to, *step;
	} edits[] = {
	    {"index=\"21\"", "Hash0=\"", "Hash0=\"0", "rim.signature"},
	    {"index=\"7\"", "active=\"True\"", "active=\"False\"", "rim.signature"},
	    {"<ns0:Meta", "595.71.05", "595.71.06", "rim.signature"},
	    {"<ds:SignatureValue>", "QUX2", "QUX3", "rim.signature"},
	    {"<ds:DigestValue>", "y+As", "y+At", "rim.signature"},
	    {"", "<ds:Reference URI=\"\">", "<ds:Reference URI=\"#x\">", "rim.signature"},
	    {"", "<ds:Reference URI=\"\">", "<ds:Reference>", "rim.signature"},
	    {"", "<ds:Reference URI=\"\">", "<ds:Reference URI=\"\" Type=\"x\">",
		"rim.signature"},
	    {"CanonicalizationMethod", "2006/12/xml-c14n11",
		"TR/2001/REC-xml-c14n-20010315", "rim.signature"},
	    {"", "ecdsa-sha384", "hmac-sha384", "rim.signature"},
	    {"DigestMethod", "sha384", "sha224", "rim.signature"},
	    {"", "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
		"http://www.w3.org/TR/1999/REC-xslt-19991116", "rim.signature"},
	    {"", "</ds:Reference>", "</ds:Reference><ds:Reference URI=\"\"/>",
		"rim.signature"},
	    {"", x509, "<ds:KeyValue/><ds:X509Data><ds:X509Certificate>", "rim.parse"},
	    {"", x509, "<ds:X509Data><ds:X509CRL/><ds:X509Certificate>", "rim.parse"},
	    {"", x509, "<ds:X509Data/><ds:X509Data><ds:X509Certificate>", "rim.parse"},
	    {"", "</ds:KeyInfo>", "</ds:KeyInfo><ds:Object/>", "rim.parse"},
	    {"", "</ds:Signature>",
		"</ds:Signature><ds:Signature xmlns:ds=\"" GH_NS_DSIG "\"/>",
		"rim.parse"},
	    {"", "<ns0:Payload", "<ns0:Meta/><ns0:Payload", "rim.parse"},
	    {"", "<ns0:Payload", "<x><ns0:Payload/></x><ns0:Payload", "rim.parse"},
	    {"", "edition=\"GPU\"", "edition=\"CPU\"", "rim.parse"},
	    {"", "595.71.05", "595/../05", "rim.parse"},
	    {"<ds:X509Certificate>", "MIIC", "MIID", "rim.parse"},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(edits); i++) {
		gh_auto(struct kit, kit_free) k;
		kit_open(&k);
		edit(&k, edits[i].after, edits[i].from, edits[i].to);
		assert_int_equal(load(&k), 0);
		assert_false(k.rim->trusted);
		/* a SignedInfo of another form falls before any arithmetic */
		if (strstr(edits[i].from, "sha384") != NULL ||
		    strstr(edits[i].from, "ds:Ref"))
			assert_null(strstr(
			    gh_findings_get(&k.rim->findings, NULL, "rim.signature")
				->observed,
			    "not made by"));
		if (strcmp(verdict(&k, edits[i].step), "FAIL") != 0)
			fail_msg("edit %zu: %s is %s", i, edits[i].step,
			    verdict(&k, edits[i].step));
	}
}

/* What names itself a RIM and cannot be read: a verdict with its own code, no crash. */
static void test_rim_when_unreadable_then_refused(void **state)
{
	static const struct {
		const char *from, *to, *code;
	} edits[] = {
	    {"<SoftwareIdentity", "<!DOCTYPE x []><SoftwareIdentity", "rim.parse.dtd"},
	    {"<SoftwareIdentity",
		"<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
		"<SoftwareIdentity",
		"rim.parse.dtd"},
	    {"2015/schema.xsd", "2014/schema.xsd", "rim.parse.root"},
	    {"</SoftwareIdentity>", "", "rim.parse.xml"},
	    {"</SoftwareIdentity>", "</SoftwareIdentity><x/>", "rim.parse.xml"},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(edits); i++) {
		gh_auto(struct kit, kit_free) k;
		kit_open(&k);
		edit(&k, "", edits[i].from, edits[i].to);
		assert_int_equal(load(&k), 0);
		assert_false(k.rim->trusted);
		assert_string_equal(k.rim->id, "");
		assert_int_equal(k.rim->chain.n, 0);
		assert_string_equal(
		    gh_findings_get(&k.rim->findings, NULL, "rim.parse")->code,
		    edits[i].code);
		for (size_t n = 1; n < k.rim->findings.n; n++)
			assert_int_equal(k.rim->findings.at[n].verdict, GH_SKIP);
	}
}

static void test_rim_when_utf16_then_error(void **state)
{
	gh_auto(struct kit, kit_free) k;
	gh_auto(struct gh_buf, gh_buf_free) wide = {0};
	(void)state;
	kit_open(&k);
	gh_buf_add(&wide, "\xff\xfe", 2);
	for (size_t i = 0; i < k.xml.len; i++) {
		gh_buf_chr(&wide, (char)k.xml.p[i]);
		gh_buf_chr(&wide, 0);
	}
	assert_int_equal(gh_rim_load(&k.rim, wide.p, wide.len, &k.ctx, NULL), -1);
}

static void test_rim_when_larger_than_cap_then_refused(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	while (k.xml.len <= GH_RIM_MAX_BYTES)
		gh_buf_chr(&k.xml, '\n');
	assert_int_equal(load(&k), 0);
	assert_string_equal(k.rim->findings.at[0].code, "rim.parse.size");
	while (k.xml.len <= 2 * GH_RIM_MAX_BYTES)
		gh_buf_chr(&k.xml, '\n');
	assert_int_equal(load(&k), -1);
}

static void test_rim_when_lab_root_then_refused_unless_allowed(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	k.trust.at[1].lab = true;
	assert_int_equal(load(&k), 0);
	assert_false(k.rim->trusted);
	assert_string_equal(
	    gh_findings_get(&k.rim->findings, NULL, "rim.chain.root")->code,
	    "trust.lab-root");
	k.ctx.allow_lab = true;
	assert_int_equal(load(&k), 0);
	assert_true(k.rim->trusted);
	assert_true(k.rim->lab);
	for (size_t i = 0; i < k.rim->findings.n; i++)
		assert_true(k.rim->findings.at[i].lab);
}

static void test_service_when_id_or_digest_differs_then_refused(void **state)
{
	static const char *const formats[] = {
	    "{\"id\":\"NV_GPU_DRIVER_GH100_595.71.05\",\"rim\":\"%s\",\"sha256\":"
	    "\"143005c060a5"
	    "eb2866f7db046c234d27f87ae386cab20ab40d9daa706be46ea4\",\"rim_format\":"
	    "\"TCG\"}",
	    "{\"id\":\"NV_GPU_DRIVER_GH100_595.71.06\",\"rim\":\"%s\",\"sha256\":"
	    "\"143005c060a5"
	    "eb2866f7db046c234d27f87ae386cab20ab40d9daa706be46ea4\",\"rim_format\":"
	    "\"TCG\"}",
	    "{\"id\":\"NV_GPU_DRIVER_GH100_595.71.05\",\"rim\":\"%s\",\"sha256\":"
	    "\"043005c060a5"
	    "eb2866f7db046c234d27f87ae386cab20ab40d9daa706be46ea4\",\"rim_format\":"
	    "\"TCG\"}",
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(formats); i++) {
		gh_auto(struct kit, kit_free) k;
		gh_auto(struct gh_buf, gh_buf_free) b64 = {0}, j = {0};
		kit_open(&k);
		gh_b64(&b64, k.xml.p, k.xml.len);
		const char *cut = strstr(formats[i], "%s");
		gh_buf_add(&j, formats[i], (size_t)(cut - formats[i]));
		gh_buf_add(&j, b64.p, b64.len);
		gh_buf_str(&j, cut + 2);
		assert_int_equal(gh_rim_load(&k.rim, j.p, j.len, &k.ctx, NULL), 0);
		assert_int_equal(k.rim->trusted, i == 0);
		assert_string_equal(verdict(&k, "rim.schema"), i == 0 ? "PASS" : "FAIL");
	}
}

/* The payload parser by itself, past the signature that would refuse the edit. */
static void test_payload_when_not_understood_then_refused(void **state)
{
	static const struct {
		const char *after, *from, *to;
	} edits[] = {
	    {"", "index=\"63\"", "index=\"64\""},
	    {"", "index=\"63\"", "index=\"62\""},
	    {"", "index=\"63\"", "index=\"+6\""},
	    {"", "index=\"63\"", "index=\"0x1\""},
	    {"", "index=\"63\"", "index=\"\""},
	    {"index=\"63\"", "alternatives=\"1\"", "alternatives=\"2\""},
	    {"index=\"63\"", "alternatives=\"1\"", "alternatives=\"0\""},
	    {"index=\"63\"", "alternatives=\"1\"", "alternatives=\"17\""},
	    {"index=\"35\"", "alternatives=\"4\"", "alternatives=\"3\""},
	    {"index=\"63\"", "size=\"48\"", "size=\"32\""},
	    {"index=\"63\"", "size=\"48\"", "size=\"48\" more=\"1\""},
	    {"index=\"63\"", "active=\"False\"", "active=\"false\""},
	    {"index=\"63\"", "Hash0=\"00", "Hash0=\"0g"},
	    {"index=\"63\"", "Hash0=\"00", "Hash0=\""},
	    {"index=\"63\"", "ns2:Hash0", "Hash0"},
	    {"index=\"63\"", "/>", "><x/></ns0:Resource>"},
	    {"", "type=\"Measurement\" index=\"63\"", "type=\"Other\" index=\"63\""},
	    {"", "</ns0:Payload>", "<ns0:More/></ns0:Payload>"},
	};
	(void)state;
	for (size_t i = 0; i <= GH_COUNT(edits); i++) {
		gh_auto(struct kit, kit_free) k;
		gh_auto(struct gh_rim_xml, gh_rim_xml_free) x = {0};
		struct gh_rim *rim = calloc(1, sizeof(*rim));
		assert_non_null(rim);
		kit_open(&k);
		if (i < GH_COUNT(edits))
			edit(&k, edits[i].after, edits[i].from, edits[i].to);
		assert_int_equal(gh_rim_xml_parse(&x, k.xml.p, k.xml.len, NULL), 0);
		assert_int_equal(gh_rim_xml_shape(&x, NULL), 0);
		int rc = gh_rim_payload(rim, &x, NULL);
		gh_rim_free(&rim);
		if (rc != (i < GH_COUNT(edits) ? -1 : 0))
			fail_msg("edit %zu", i);
	}
}

/* The signature counts under the signer's key only, whatever the document offers. */
static void test_signature_when_other_key_then_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < 4; i++) {
		gh_auto(struct kit, kit_free) k;
		gh_auto(struct gh_rim_xml, gh_rim_xml_free) x = {0};
		gh_auto(struct gh_certs, gh_certs_free) cs = {0};
		kit_open(&k);
		assert_int_equal(gh_rim_xml_parse(&x, k.xml.p, k.xml.len, NULL), 0);
		assert_int_equal(gh_rim_xml_shape(&x, NULL), 0);
		assert_int_equal(gh_rim_xml_certs(&x, NULL, &cs, NULL), 0);
		assert_int_equal(cs.n, 4);
		assert_int_equal(
		    gh_rim_xmldsig_verify(&x, cs.at[i], NULL), i == 0 ? 0 : -1);
	}
}

static void test_id_when_board_unnamed_then_fits_kind_and_version(void **state)
{
	static const struct {
		const char *id;
		bool fits;
	} cases[] = {
	    {"NV_GPU_VBIOS_1010_0210_886_96009F0004", true},
	    {"nv_gpu_vbios_1010_0210_886_96009f0004", true},
	    {"NV_GPU_VBIOS_1010_0210_886_96009F0005", false},
	    {"NV_SWITCH_BIOS_5612_0002_890_96009F0004", false},
	    {"NV_GPU_VBIOS__96009F0004", false},
	    {"NV_GPU_VBIOS_../x_96009F0004", false},
	};
	struct gh_rim *rim = calloc(1, sizeof(*rim));
	struct gh_rims rims = {0};
	(void)state;
	assert_non_null(rim);
	snprintf(rim->version, sizeof(rim->version), "96.00.9F.00.04");
	snprintf(rim->product, sizeof(rim->product), "GH100");
	snprintf(rim->id, sizeof(rim->id), "NV_GPU_VBIOS_*_96009F0004");
	rim->kind = GH_RIM_VBIOS;
	assert_int_equal(gh_rims_add(&rims, rim, NULL), 0);
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		assert_int_equal(gh_rim_id_fits(rim, cases[i].id), cases[i].fits);
		assert_int_equal(gh_rims_find(&rims, cases[i].id) != NULL, cases[i].fits);
	}
	gh_rims_free(&rims);
}

static void test_find_when_several_then_trusted_and_longest(void **state)
{
	struct gh_rims rims = {0};
	(void)state;
	for (int i = 0; i < 3; i++) {
		struct gh_rim *rim = calloc(1, sizeof(*rim));
		assert_non_null(rim);
		snprintf(rim->id, sizeof(rim->id), "NV_GPU_DRIVER_GH100_1.2");
		rim->trusted = i < 2;
		rim->not_after = i == 2 ? 900 : 100 + i;
		assert_int_equal(gh_rims_add(&rims, rim, NULL), 0);
	}
	assert_int_equal(gh_rims_find(&rims, "nv_gpu_driver_gh100_1.2")->not_after, 101);
	assert_null(gh_rims_find(&rims, "NV_GPU_DRIVER_GH100_1.3"));
	assert_null(gh_rims_find(NULL, "x"));
	gh_rims_free(&rims);
}

static void test_rim_when_truncated_or_flipped_then_never_trusted(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_open(&k);
	for (size_t n = 0; n < k.xml.len - 1; n += n < 600 ? 1 : 101) {
		gh_rim_free(&k.rim);
		if (gh_rim_load(&k.rim, k.xml.p, n, &k.ctx, NULL) == 0)
			assert_false(k.rim->trusted);
	}
	for (size_t i = 0; i<k.xml.len; i += i> k.xml.len - 800 ? 13 : 53) {
		k.xml.p[i] ^= 1;
		if (load(&k) == 0 &&
		    k.rim->trusted) /* only white space may differ unseen */
			assert_non_null(strchr(" \n\t\v\b!", (char)(k.xml.p[i] ^ 1)));
		k.xml.p[i] ^= 1;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rim_when_genuine_then_trusted),
	    cmocka_unit_test(test_rim_when_edited_then_step_refuses),
	    cmocka_unit_test(test_rim_when_unreadable_then_refused),
	    cmocka_unit_test(test_rim_when_utf16_then_error),
	    cmocka_unit_test(test_rim_when_larger_than_cap_then_refused),
	    cmocka_unit_test(test_rim_when_lab_root_then_refused_unless_allowed),
	    cmocka_unit_test(test_service_when_id_or_digest_differs_then_refused),
	    cmocka_unit_test(test_payload_when_not_understood_then_refused),
	    cmocka_unit_test(test_signature_when_other_key_then_refused),
	    cmocka_unit_test(test_id_when_board_unnamed_then_fits_kind_and_version),
	    cmocka_unit_test(test_find_when_several_then_trusted_and_longest),
	    cmocka_unit_test(test_rim_when_truncated_or_flipped_then_never_trusted),
	};
	return cmocka_run_group_tests(tests, setup_rim, NULL);
}
