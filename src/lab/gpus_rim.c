/* SPDX-License-Identifier: Apache-2.0
 * RIM documents: the text is written as it will be read, libxml2 canonicalises it, the
 * signer's key signs. */
#include "lab/gpus_rim.h"

#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <stdio.h>

#include "base/text.h"
#include "lab/gpus_report.h"

#define NS_SWID "http://standards.iso.org/iso/19770/-2/2015/schema.xsd"
#define NS_TCG                                                                           \
	"https://trustedcomputinggroup.org/resource/"                                    \
	"tcg-reference-integrity-manifest-rim-information-model/"
#define NS_SHA384 "http://www.w3.org/2001/04/xmlenc#sha384"
#define NS_DSIG   "http://www.w3.org/2000/09/xmldsig#"

#define C14N11 "http://www.w3.org/2006/12/xml-c14n11"

#define END "</SoftwareIdentity>"

#define XML(s) ((const xmlChar *)(s))

static void free_doc(xmlDocPtr *d)
{
	xmlFreeDoc(*d);
}

static void free_xpath(xmlXPathContextPtr *c)
{
	xmlXPathFreeContext(*c);
}

static void free_found(xmlXPathObjectPtr *o)
{
	xmlXPathFreeObject(*o);
}

/* What tells the three apart. A switch RIM has the entries of a VBIOS RIM. */
static const struct {
	const char *tag, *version, *edition, *product;
	bool vbios;
} kinds[] = {
    [GH_LAB_RIM_DRIVER] = {"tag driver", GH_LAB_DRIVER, "GPU", "GH100", false},
    [GH_LAB_RIM_VBIOS] = {"tag vbios", GH_LAB_VBIOS, "GPU", "GH100", true},
    [GH_LAB_RIM_SWITCH] = {"tag switch", GH_LAB_SWITCH_BIOS, "SWITCH", "LS10", true},
};

static int add_resource(struct gh_buf *out, unsigned int index, bool vbios,
    const uint8_t seed[static 32], struct gh_err *err)
{
	static const struct gh_lab_entry idle = {.n = 1, .zero = 1};
	const struct gh_lab_entry *e = gh_lab_entry(index);
	bool active = e && e->vbios == vbios;

	if (!active)
		e = &idle;
	gh_buf_fmt(out,
	    "        <ns0:Resource type=\"Measurement\" index=\"%u\" active=\"%s\" "
	    "alternatives=\"%u\"",
	    index, active ? "True" : "False", e->n);
	for (unsigned int i = 0; i < e->n; i++) {
		uint8_t value[48];

		if (gh_lab_golden(value, seed, e, i, err) < 0)
			return -1;
		gh_buf_fmt(out, " ns2:Hash%u=\"", i);
		gh_buf_hex(out, value, sizeof(value));
		gh_buf_str(out, "\"");
	}
	if (e->name)
		gh_buf_fmt(out, " name=\"%s\"", e->name);
	else
		gh_buf_fmt(out, " name=\"Measurement_%u\"", index);
	gh_buf_str(out, " size=\"48\"/>\n");
	return 0;
}

/* Everything before the signature. */
static int add_body(struct gh_buf *out, enum gh_lab_rim kind,
    const uint8_t seed[static 32], struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) tagged = {0};
	uint8_t tag[48];

	gh_buf_add(&tagged, seed, 32);
	gh_buf_str(&tagged, kinds[kind].tag);
	if (gh_buf_ok(&tagged, err) < 0 ||
	    gh_hash(GH_SHA384, tagged.p, tagged.len, tag, err) < 0)
		return -1;
	gh_buf_fmt(out,
	    "<SoftwareIdentity xmlns=\"" NS_SWID "\" xmlns:ns0=\"" NS_SWID
	    "\" xmlns:ns2=\"" NS_SHA384 "\" corpus=\"false\" name=\"%s\" "
	    "patch=\"false\" supplemental=\"false\" tagId=\"",
	    kinds[kind].product);
	gh_buf_hex(out, tag, sizeof(tag));
	gh_buf_fmt(out,
	    "\" version=\"1.0\" tagVersion=\"0\">\n"
	    "    <ns0:Entity name=\"NVIDIA Corporation\" "
	    "role=\"softwareCreator tagCreator\"/>\n"
	    "    <ns0:Meta xmlns:ns1=\"" NS_TCG "\" colloquialVersion=\"%s\" "
	    "edition=\"%s\" product=\"%s\" revision=\"r1\" PayloadType=\"direct\" "
	    "ns1:BindingSpec=\"RIMIM\" ns1:BindingSpecVersion=\"1.01\" "
	    "ns1:PlatformManufacturerId=\"5703\" "
	    "ns1:PlatformManufacturerStr=\"NVIDIA Corporation\" "
	    "ns1:PlatformModel=\"%s\" "
	    "ns1:FirmwareManufacturer=\"NVIDIA Corporation\" "
	    "ns1:FirmwareManufacturerId=\"5703\"/>\n"
	    "    <ns0:Payload xmlns:SHA384=\"" NS_SHA384 "\">\n",
	    kinds[kind].version, kinds[kind].edition, kinds[kind].product,
	    kinds[kind].product);
	for (unsigned int i = 0; i < GH_LAB_BLOCKS; i++)
		if (add_resource(out, i, kinds[kind].vbios, seed, err) < 0)
			return -1;
	gh_buf_str(out, "    </ns0:Payload>\n");
	return gh_buf_ok(out, err);
}

static void add_signed_info(struct gh_buf *out, const uint8_t digest[static 48])
{
	gh_buf_str(out,
	    "<ds:Signature xmlns:ds=\"" NS_DSIG "\"><ds:SignedInfo>"
	    "<ds:CanonicalizationMethod Algorithm=\"" C14N11 "\"/>"
	    "<ds:SignatureMethod "
	    "Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384\"/>"
	    "<ds:Reference URI=\"\"><ds:Transforms>"
	    "<ds:Transform Algorithm=\"" NS_DSIG "enveloped-signature\"/>"
	    "<ds:Transform Algorithm=\"" C14N11 "\"/></ds:Transforms>"
	    "<ds:DigestMethod "
	    "Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#sha384\"/>"
	    "<ds:DigestValue>");
	gh_b64(out, digest, 48);
	gh_buf_str(out, "</ds:DigestValue></ds:Reference></ds:SignedInfo>");
}

static int add_key_info(
    struct gh_buf *out, const struct gh_lab_rim_ca *ca, struct gh_err *err)
{
	const struct gh_lab_cert *const chain[] = {
	    &ca->signer, &ca->l3, &ca->l2, &ca->root};

	gh_buf_str(out, "<ds:KeyInfo><ds:X509Data>");
	for (size_t i = 0; i < GH_COUNT(chain); i++) {
		gh_auto(struct gh_buf, gh_buf_free) der = {0};
		gh_auto(struct gh_buf, gh_buf_free) b64 = {0};

		if (gh_lab_cert_der(chain[i], &der, err) < 0)
			return -1;
		gh_b64(&b64, der.p, der.len);
		gh_buf_str(out, "<ds:X509Certificate>");
		for (size_t at = 0; at < b64.len; at += 64) {
			gh_buf_add(
			    out, b64.p + at, b64.len - at < 64 ? b64.len - at : 64);
			gh_buf_str(out, "\n");
		}
		gh_buf_str(out, "</ds:X509Certificate>");
	}
	gh_buf_str(out, "</ds:X509Data></ds:KeyInfo></ds:Signature>" END);
	return gh_buf_ok(out, err);
}

/* Canonical form 1.1 of the nodes, or of the whole document for NULL, appended. */
static int canonical(
    struct gh_buf *out, xmlDocPtr doc, xmlNodeSetPtr nodes, struct gh_err *err)
{
	xmlChar *text = NULL;
	int n = xmlC14NDocDumpMemory(doc, nodes, XML_C14N_1_1, NULL, 0, &text);

	if (n > 0)
		gh_buf_add(out, text, (size_t)n);
	xmlFree(text);
	return n > 0 ? gh_buf_ok(out, err)
		     : gh_fail(err, GH_E_INTERNAL, "lab RIM cannot be canonicalised");
}

static xmlDocPtr read_doc(const struct gh_buf *text)
{
	return xmlReadMemory((const char *)text->p, (int)text->len, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}

/* The digest of the document as it is without its signature. */
static int body_digest(
    uint8_t out[static 48], const struct gh_buf *body, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) whole = {0};
	gh_auto(struct gh_buf, gh_buf_free) c14n = {0};

	gh_buf_add(&whole, body->p, body->len);
	gh_buf_str(&whole, END);
	gh_auto(xmlDocPtr, free_doc) doc = read_doc(&whole);
	if (!doc)
		return gh_fail(err, GH_E_INTERNAL, "lab RIM is not well-formed");
	if (canonical(&c14n, doc, NULL, err) < 0)
		return -1;
	return gh_hash(GH_SHA384, c14n.p, c14n.len, out, err);
}

/* SignedInfo in canonical form, where it stands: it inherits the root's namespaces. */
static int signed_info(struct gh_buf *out, const struct gh_buf *open, struct gh_err *err)
{
	static const char subset[] = "(//. | //@* | //namespace::*)"
				     "[ancestor-or-self::ds:SignedInfo]";
	gh_auto(struct gh_buf, gh_buf_free) whole = {0};

	gh_buf_add(&whole, open->p, open->len);
	gh_buf_str(&whole, "</ds:Signature>" END);
	gh_auto(xmlDocPtr, free_doc) doc = read_doc(&whole);
	gh_auto(xmlXPathContextPtr, free_xpath) xpath =
	    doc ? xmlXPathNewContext(doc) : NULL;
	if (!xpath || xmlXPathRegisterNs(xpath, XML("ds"), XML(NS_DSIG)) != 0)
		return gh_fail(err, GH_E_INTERNAL, "lab RIM is not well-formed");
	gh_auto(xmlXPathObjectPtr, free_found) found =
	    xmlXPathEvalExpression(XML(subset), xpath);
	if (!found || !found->nodesetval)
		return gh_fail(err, GH_E_INTERNAL, "lab RIM has no SignedInfo");
	return canonical(out, doc, found->nodesetval, err);
}

int gh_lab_rim_make(struct gh_buf *out, enum gh_lab_rim kind,
    const struct gh_lab_rim_ca *ca, const uint8_t seed[static 32], struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_auto(struct gh_buf, gh_buf_free) info = {0};
	gh_auto(struct gh_buf, gh_buf_free) sig = {0};
	uint8_t digest[48];

	if (add_body(&text, kind, seed, err) < 0 || body_digest(digest, &text, err) < 0)
		return -1;
	add_signed_info(&text, digest);
	if (signed_info(&info, &text, err) < 0 ||
	    gh_sign_raw(ca->signer.key, GH_SHA384, gh_buf_view(&info), &sig, err) < 0)
		return -1;
	gh_buf_str(&text, "<ds:SignatureValue>");
	gh_b64(&text, sig.p, sig.len);
	gh_buf_str(&text, "</ds:SignatureValue>");
	if (add_key_info(&text, ca, err) < 0)
		return -1;
	gh_buf_add(out, text.p, text.len);
	return gh_buf_ok(out, err);
}
