/* SPDX-License-Identifier: Apache-2.0
 * What libxml2 and xmlsec are told once for the process, and a signed RIM while memory
 * runs out inside them. */
#include <libxml/parser.h>
#include <unistd.h>

#include "evidence/rim_xmldsig.h"
#include "rim_kit.h"
#include "tests/unit/starve.h"
/* clang-format off: errors.h does not compile before xmlsec.h */
#include <xmlsec/errors.h>
/* clang-format on */

/* A file that another reader would take in; nothing is read, whatever the options say. */
static void test_entity_when_outside_then_never_read(void **state)
{
	static const char text[] =
	    "<!DOCTYPE a SYSTEM \"file:///etc/passwd\" [<!ENTITY e SYSTEM "
	    "\"file:///etc/hostname\"><!ENTITY n SYSTEM \"http://127.0.0.1:9/\">]>"
	    "<a>before &e; &n; behind</a>";
	xmlDoc *doc;
	xmlChar *content;

	(void)state;
	doc = xmlReadMemory(text, sizeof text - 1, NULL, "UTF-8",
	    XML_PARSE_DTDLOAD | XML_PARSE_NOENT | XML_PARSE_RECOVER);
	assert_non_null(doc);
	content = xmlNodeGetContent(xmlDocGetRootElement(doc));
	if (content != NULL)
		assert_int_equal(strlen((char *)content), strlen("before   behind"));
	xmlFree(content);
	xmlFreeDoc(doc);
}

/* Neither of the two writes on our error output. */
static void test_errors_when_any_then_not_printed(void **state)
{
	char file[] = "/tmp/gh-silent-XXXXXX", got[8];
	int fd = mkstemp(file), kept = dup(STDERR_FILENO);
	xmlDoc *doc;

	(void)state;
	assert_true(fd >= 0 && kept >= 0);
	unlink(file);
	fflush(stderr);
	dup2(fd, STDERR_FILENO);
	doc = xmlReadMemory("<a", 2, NULL, NULL, 0);
	xmlSecError(
	    __FILE__, __LINE__, __func__, "x", "y", XMLSEC_ERRORS_R_XMLSEC_FAILED, " ");
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	assert_null(doc);
	assert_int_equal(pread(fd, got, sizeof got, 0), 0);
	close(fd);
	close(kept);
}

/* Parsed with all the memory that libxml2 wants: it does not survive without. */
static int verify(void *arg, struct gh_err *err)
{
	const struct kit *k = arg;
	gh_auto(struct gh_rim_xml, gh_rim_xml_free) x = {0};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_rim_fault why = {0};
	long left = starve_at;
	int rc;

	starve_at = -1;
	assert_int_equal(gh_rim_xml_parse(&x, k->text.p, k->text.len, NULL), 0);
	assert_int_equal(gh_rim_xml_shape(&x, NULL), 0);
	assert_int_equal(gh_rim_xml_certs(&x, NULL, &cs, NULL), 0);
	starve_at = left;
	rc = gh_rim_xmldsig_verify(&x, cs.at[0], &why);
	if (rc == 0 && left < 0) /* and again, now that KeyInfo is out of the tree */
		rc = gh_rim_xmldsig_verify(&x, cs.at[0], &why);
	left = starve_at;
	starve_at = -1;
	gh_rim_xml_free(&x);
	starve_at = left;
	if (rc < 0)
		assert_memory_equal(why.code, "rim.signature.", 14);
	*err = why.err;
	return rc;
}

/* Changed after it was signed: no lack of memory makes it good. */
static int verify_false(void *arg, struct gh_err *err)
{
	struct gh_err why = {0};

	(void)err;
	assert_int_equal(verify(arg, &why), -1);
	return 0;
}

static void test_signature_when_memory_ends_then_refused(void **state)
{
	gh_auto(struct kit, kit_free) k;

	(void)state;
	need_starving();
	kit_make(&k, NULL, NULL);
	assert_true(nv_sign(&k.text, &k.pki.signer));
	assert_true(starve("a RIM's signature", verify, &k) > 0);
	nv_edit(&k.text, "", "595.71.05", "595.71.06");
	starve("a RIM that was changed", verify_false, &k);
}

static int set_up(void **state)
{
	(void)state;
	return gh_rim_setup(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_entity_when_outside_then_never_read),
	    cmocka_unit_test(test_errors_when_any_then_not_printed),
	    cmocka_unit_test(test_signature_when_memory_ends_then_refused),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
