/* SPDX-License-Identifier: Apache-2.0
 * RIMs that a real signer signed and that lie in one thing: each has its own code. */
#include "rim_kit.h"

static void test_rim_when_signed_by_our_root_then_trusted(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_make(&k, NULL, NULL);
	assert_true(nv_sign(&k.text, &k.pki.signer));
	assert_int_equal(load(&k), 0);
	for (size_t i = 0; i < k.rim->findings.n; i++)
		assert_string_equal(k.rim->findings.at[i].code, "");
	assert_true(k.rim->trusted);
	assert_int_equal(k.rim->chain.n, 4);
	assert_string_equal(gh_cert_cn(k.rim->chain.at[3]), "Test CoRIM root");
	assert_int_equal(k.rim->entry[23].n_alternatives, 2);
	show(&k);
}

/* A lie that was there when the signer signed. */
static const struct lie {
	const char *after, *from, *to, *step, *code;
} lies[] = {
    {"", "<ds:X509Data>", "<ds:KeyValue/><ds:X509Data>", "rim.parse",
	"rim.parse.key-info"},
    {"", "<ds:X509Data>", "<ds:KeyName>k</ds:KeyName><ds:X509Data>", "rim.parse",
	"rim.parse.key-info"},
    {"", "<ds:X509Data>", "<ds:X509Data></ds:X509Data><ds:X509Data>", "rim.parse",
	"rim.parse.key-info"},
    {"", "</ds:X509Data>", "</ds:X509Data><ds:X509Data/>", "rim.parse",
	"rim.parse.key-info"},
    {"", "<ds:X509Data>", "<ds:X509Data><ds:X509CRL/>", "rim.parse",
	"rim.parse.key-info"},
    {"<ds:X509Data>", "<ds:X509Certificate>", "<ds:X509Certificate>%", "rim.parse",
	"rim.parse.certificate"},
    {"<ds:X509Data>", "<ds:X509Certificate>",
	"<ds:X509Certificate>MAA=</ds:X509Certificate><ds:X509Certificate>", "rim.parse",
	"rim.parse.certificate"},
    {"", "</ds:KeyInfo>", "</ds:KeyInfo><ds:Object/>", "rim.parse", "rim.parse.children"},
    {"", "<ds:SignedInfo>", "<ds:Object/><ds:SignedInfo>", "rim.parse",
	"rim.parse.children"},
    {"", "</ds:Signature>", "</ds:Signature><ds:Signature xmlns:ds=\"" NV_DSIG "\"/>",
	"rim.parse", "rim.parse.signature"},
    {"", "</ns0:Payload>", "<Signature/></ns0:Payload>", "rim.parse",
	"rim.parse.signature"},
    {"", "</ds:Signature>", "</ds:Signature><ns0:Link/>", "rim.parse", "rim.parse.last"},
    {"", "<ns0:Payload>", "<ns0:Meta colloquialVersion=\"1\"/><ns0:Payload>", "rim.parse",
	"rim.parse.meta"},
    {"", "<ns0:Meta ", "<x:Meta xmlns:x=\"urn:x\" ", "rim.parse", "rim.parse.meta"},
    {"", "</ns0:Payload>", "<ns0:Payload/></ns0:Payload>", "rim.parse",
	"rim.parse.payload"},
    {"", "595.71.05", "595/../../etc", "rim.parse", "rim.parse.version"},
    {"", "colloquialVersion", "colloquial", "rim.parse", "rim.parse.version"},
    {"", "<ns0:Meta ", "<Meta xmlns=\"\" ", "rim.parse", "rim.parse.meta"},
    {"", "edition=\"GPU\"", "edition=\"\"", "rim.parse", "rim.parse.edition"},
    {"", "<ns0:Payload>", "<ns0:Payload><!-- <!ENTITY -->", "rim.parse", "rim.parse.dtd"},
    {"", "edition=\"GPU\"", "edition=\"NIC\"", "rim.parse", "rim.parse.edition"},
    {"", "<SoftwareIdentity", "<!DOCTYPE SoftwareIdentity><SoftwareIdentity", "rim.parse",
	"rim.parse.dtd"},
    {"", "<ds:Transform Algorithm=\"" NV_C14N11 "\"/>",
	"<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\">"
	"<xsl:stylesheet version=\"1.0\" "
	"xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\"/></ds:Transform>",
	"rim.signature", "rim.signature.transforms"},
    {"", "<ds:Transform Algorithm=\"" NV_C14N11 "\"/>",
	"<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xpath-19991116\">"
	"<ds:XPath>not(ancestor-or-self::*[local-name()='Payload'])</ds:XPath>"
	"</ds:Transform>",
	"rim.signature", "rim.signature.transforms"},
    {"", "<ds:Transform Algorithm=\"" NV_C14N11 "\"/>", "", "rim.signature",
	"rim.signature.transforms"},
    {"", "<ds:Transform Algorithm=\"" NV_C14N11 "\"/>",
	"<ds:Transform Algorithm=\"" NV_C14N11 "#WithComments\"/>", "rim.signature",
	"rim.signature.transforms"},
    {"", "<ds:CanonicalizationMethod Algorithm=\"" NV_C14N11 "\"/>",
	"<ds:CanonicalizationMethod Algorithm=\"" NV_C14N11 "#WithComments\"/>",
	"rim.signature", "rim.signature.c14n"},
    {"", "<ds:CanonicalizationMethod Algorithm=\"" NV_C14N11 "\"/>",
	"<ds:CanonicalizationMethod "
	"Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315\"/>",
	"rim.signature", "rim.signature.c14n"},
    {"", "xmldsig-more#ecdsa-sha384", "xmldsig-more#ecdsa-sha256", "rim.signature",
	"rim.signature.method"},
    {"", "</ds:Reference>",
	"</ds:Reference><ds:Reference URI=\"\"><ds:Transforms><ds:Transform "
	"Algorithm=\"" NV_DSIG "enveloped-signature\"/></ds:Transforms><ds:DigestMethod "
	"Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#sha384\"/><ds:DigestValue/>"
	"</ds:Reference>",
	"rim.signature", "rim.signature.reference"},
    {"", "<ds:Reference URI=\"\">", "<ds:Reference URI=\"\" Type=\"urn:x\">",
	"rim.signature", "rim.signature.uri"},
    {"", "DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#sha384",
	"DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256",
	"rim.signature", "rim.signature.digest-method"},
    {"", "index=\"63\"", "index=\"62\"", "rim.schema", "rim.schema.duplicate"},
    {"", "index=\"63\"", "index=\"64\"", "rim.schema", "rim.schema.not-understood"},
    {"", "index=\"63\"", "index=\"0x3f\"", "rim.schema", "rim.schema.index"},
    {"", "index=\"63\"", "index=\"18446744073709551616\"", "rim.schema",
	"rim.schema.index"},
    {"index=\"23\"", "alternatives=\"2\"", "alternatives=\"1\"", "rim.schema",
	"rim.schema.attributes"},
    {"index=\"23\"", "alternatives=\"2\"", "alternatives=\"3\"", "rim.schema",
	"rim.schema.attributes"},
    {"index=\"23\"", "alternatives=\"2\"", "alternatives=\"0\"", "rim.schema",
	"rim.schema.alternatives"},
    {"index=\"23\"", "alternatives=\"2\"", "alternatives=\"17\"", "rim.schema",
	"rim.schema.alternatives"},
    {"index=\"23\"", "Hash1=", "Hash2=", "rim.schema", "rim.schema.hash"},
    {"index=\"21\"", "Hash0=\"00", "Hash0=\"", "rim.schema", "rim.schema.hash"},
    {"index=\"21\"", "Hash0=\"00", "Hash0=\"000", "rim.schema", "rim.schema.hash"},
    {"index=\"21\"", "Hash0=\"00", "Hash0=\"zz", "rim.schema", "rim.schema.hash"},
    {"index=\"21\"", "size=\"48\"", "size=\"32\"", "rim.schema", "rim.schema.size"},
    {"index=\"21\"", "active=\"True\"", "active=\"yes\"", "rim.schema",
	"rim.schema.active"},
    {"index=\"21\"", " name=\"", " title=\"", "rim.schema", "rim.schema.name"},
    {"index=\"20\"", "type=\"Measurement\"", "type=\"Record\"", "rim.schema",
	"rim.schema.resource"},
    {"", "</ns0:Payload>", "<ns0:File/></ns0:Payload>", "rim.schema",
	"rim.schema.resource"},
    {"index=\"63\"", "size=\"48\"/>", "size=\"48\"><ns0:x/></ns0:Resource>", "rim.schema",
	"rim.schema.resource"},
};

#define DIGEST                                                                           \
	"<ds:DigestMethod "                                                              \
	"Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#sha384\"/>"

/* SignedInfo in forms that the white list does not know. They stay unsigned: the list is
 * asked before any arithmetic, and xmlsec itself loses memory on some of them. */
static const struct lie forms_of_info[] = {
    {"", "<ds:Reference URI=\"\">", "<ds:Reference>", "rim.signature",
	"rim.signature.uri"},
    {"", "<ds:Reference URI=\"\">",
	"<ds:Reference URI=\"http://169.254.169.254/latest/meta-data\">", "rim.signature",
	"rim.signature.uri"},
    {"", "<ds:Reference URI=\"\">", "<ds:Reference Id=\"a\">", "rim.signature",
	"rim.signature.uri"},
    {"", "<ds:Reference URI=\"\">", "<ds:Manifest/><ds:Reference URI=\"\">",
	"rim.signature", "rim.signature.reference"},
    {"", "<ds:Transforms>", "<ds:Other/><ds:Transforms>", "rim.signature",
	"rim.signature.transforms"},
    {"", "<ds:Transforms>", "<ds:Transforms><ds:Transform Algorithm=\"" NV_C14N11 "\"/>",
	"rim.signature", "rim.signature.transforms"},
    {"", "<ds:Transform Algorithm=\"" NV_DSIG "enveloped-signature\"/>", "",
	"rim.signature", "rim.signature.transforms"},
    {"", "</ds:Transforms>",
	"<ds:Transform Algorithm=\"" NV_C14N11 "\"/></ds:Transforms>", "rim.signature",
	"rim.signature.transforms"},
    {"", "<ds:Transform Algorithm=\"" NV_DSIG "enveloped-signature\"/>",
	"<ds:Transform Algorithm=\"" NV_DSIG
	"enveloped-signature\"><ds:p/></ds:Transform>",
	"rim.signature", "rim.signature.transforms"},
    {"", "<ds:CanonicalizationMethod Algorithm",
	"<ds:CanonicalizationMethod Id=\"c\" Algorithm", "rim.signature",
	"rim.signature.c14n"},
    {"", "<ds:CanonicalizationMethod Algorithm", "<ds:CanonicalizationMethod Algo",
	"rim.signature", "rim.signature.c14n"},
    {"", DIGEST, "", "rim.signature", "rim.signature.digest-method"},
    {"", "<ds:DigestValue></ds:DigestValue>", "", "rim.signature",
	"rim.signature.digest-value"},
    {"", "<ds:DigestValue></ds:DigestValue>",
	"<ds:DigestValue></ds:DigestValue><ds:DigestValue></ds:DigestValue>",
	"rim.signature", "rim.signature.digest-value"},
    {"", "<ds:SignatureMethod ", "<ds:SignatureMode ", "rim.signature",
	"rim.signature.method"},
    {"", "<ds:SignatureValue></ds:SignatureValue>", "", "rim.parse",
	"rim.parse.children"},
};

static void test_rim_when_signed_info_odd_then_its_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(forms_of_info); i++) {
		const struct lie *l = &forms_of_info[i];
		gh_auto(struct kit, kit_free) k;
		kit_make(&k, NULL, NULL);
		nv_edit(&k.text, l->after, l->from, l->to);
		assert_refused(&k, l->step, l->code);
	}
}

/* An element of the signature emptied, or cut off behind one of its children. */
static void test_rim_when_signature_hollow_then_refused(void **state)
{
	static const struct {
		const char *from, *until, *step, *code;
	} cases[] = {
	    {"<ds:SignedInfo>", "</ds:SignedInfo>", "rim.signature",
		"rim.signature.c14n"},
	    {"<ds:Reference URI=\"\">", "</ds:Reference>", "rim.signature",
		"rim.signature.transforms"},
	    {"ecdsa-sha384\"/>", "</ds:SignedInfo>", "rim.signature",
		"rim.signature.reference"},
	    {"<ds:Transforms>", "</ds:Transforms>", "rim.signature",
		"rim.signature.transforms"},
	    {"</ds:Transforms>", "</ds:Reference>", "rim.signature",
		"rim.signature.digest-method"},
	    {"xmlns:ds=\"" NV_DSIG "\">", "</ds:Signature>", "rim.parse",
		"rim.parse.children"},
	    {"</ds:SignedInfo>", "</ds:Signature>", "rim.parse", "rim.parse.children"},
	    {"</ds:SignatureValue>", "</ds:Signature>", "rim.parse",
		"rim.parse.children"},
	    {"<ds:KeyInfo>", "</ds:KeyInfo>", "rim.parse", "rim.parse.key-info"},
	    {"<ds:X509Data>", "</ds:X509Data>", "rim.parse", "rim.parse.certificates"},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct kit, kit_free) k;
		gh_auto(struct gh_buf, gh_buf_free) out = {0};
		kit_make(&k, NULL, NULL);
		const char *text = gh_buf_cstr(&k.text);
		const char *a = strstr(text, cases[i].from);
		assert_non_null(a);
		a += strlen(cases[i].from);
		gh_buf_add(&out, text, (size_t)(a - text));
		gh_buf_str(&out, strstr(a, cases[i].until));
		gh_buf_free(&k.text);
		k.text = gh_take(out);
		assert_refused(&k, cases[i].step, cases[i].code);
	}
}

static void test_rim_when_signer_signed_a_lie_then_its_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(lies); i++) {
		gh_auto(struct kit, kit_free) k;
		kit_make(&k, NULL, NULL);
		nv_edit(&k.text, lies[i].after, lies[i].from, lies[i].to);
		(void)nv_sign(&k.text, &k.pki.signer);
		assert_refused(&k, lies[i].step, lies[i].code);
	}
}

/* A Reference to one element only, which the signer signed and the rest rides along. */
static void test_rim_when_reference_names_a_part_then_refused(void **state)
{
	gh_auto(struct kit, kit_free) k;
	(void)state;
	kit_make(&k, NULL, NULL);
	nv_edit(&k.text, "", "<ns0:Entity ", "<ns0:Entity Id=\"x\" ");
	nv_edit(&k.text, "", "<ds:Reference URI=\"\">", "<ds:Reference URI=\"#x\">");
	assert_true(nv_sign(&k.text, &k.pki.signer));
	assert_refused(&k, "rim.signature", "rim.signature.uri");
}

/* A lie told after the signer signed. */
static void test_rim_when_changed_after_signing_then_refused(void **state)
{
	static const struct lie after[] = {
	    {"index=\"21\"", "Hash0=\"00", "Hash0=\"01", "rim.signature",
		"rim.signature.digest"},
	    {"index=\"21\"", "active=\"True\"", "active=\"False\"", "rim.signature",
		"rim.signature.digest"},
	    {"", "colloquialVersion=\"595.71.05", "colloquialVersion=\"595.71.06",
		"rim.signature", "rim.signature.digest"},
	    {"", "<ds:DigestValue>", "<ds:DigestValue>AAAA", "rim.signature",
		"rim.signature.digest"},
	    {"", "<ds:SignatureValue>", "<ds:SignatureValue>AAAA", "rim.signature",
		"rim.signature.engine"},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(after); i++) {
		gh_auto(struct kit, kit_free) k;
		kit_make(&k, NULL, NULL);
		assert_true(nv_sign(&k.text, &k.pki.signer));
		nv_edit(&k.text, after[i].after, after[i].from, after[i].to);
		assert_int_equal(load(&k), 0);
		assert_false(k.rim->trusted);
		const struct gh_finding *f =
		    gh_findings_get(&k.rim->findings, NULL, "rim.signature");
		assert_int_equal(f->verdict, GH_FAIL);
		if (strcmp(after[i].code, "rim.signature.engine") != 0)
			assert_string_equal(f->code, after[i].code);
		else
			assert_int_equal(strncmp(f->code, "rim.signature.", 14), 0);
	}
}

static int setup(void **state)
{
	(void)state;
	return gh_rim_setup(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_rim_when_signed_by_our_root_then_trusted),
	    cmocka_unit_test(test_rim_when_signed_info_odd_then_its_code),
	    cmocka_unit_test(test_rim_when_signature_hollow_then_refused),
	    cmocka_unit_test(test_rim_when_signer_signed_a_lie_then_its_code),
	    cmocka_unit_test(test_rim_when_reference_names_a_part_then_refused),
	    cmocka_unit_test(test_rim_when_changed_after_signing_then_refused),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
