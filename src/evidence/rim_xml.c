/* SPDX-License-Identifier: Apache-2.0
 * The XML tree of a RIM: parsed with everything dangerous off, walked by hand. */
#include "evidence/rim_xml.h"

#include <libxml/parser.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define NS_SWID "http://standards.iso.org/iso/19770/-2/2015/schema.xsd"

int gh_rim_refuse(struct gh_rim_fault *why, const char *code, const char *fmt, ...)
{
	char text[sizeof(why->err.what)];
	va_list ap;
	if (why == NULL)
		return -1;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	why->code = code;
	return gh_fail(&why->err, GH_E_PARSE, "%s", text);
}

void gh_rim_xml_free(struct gh_rim_xml *x)
{
	if (x->doc != NULL)
		xmlFreeDoc(x->doc);
	*x = (struct gh_rim_xml){0};
}

xmlNode *gh_xml_element(xmlNode *n)
{
	while (n != NULL && n->type != XML_ELEMENT_NODE)
		n = n->next;
	return n;
}

bool gh_xml_is(const xmlNode *n, const char *ns, const char *name)
{
	return n != NULL && n->type == XML_ELEMENT_NODE && n->ns != NULL &&
	       strcmp((const char *)n->ns->href, ns) == 0 &&
	       strcmp((const char *)n->name, name) == 0;
}

static bool copy_value(const xmlNode *n, const xmlAttr *a, char *out, size_t size)
{
	xmlChar *value = xmlNodeListGetString(n->doc, a->children, 1);
	size_t len = value == NULL ? 0 : strlen((const char *)value);
	bool fits = len < size;
	if (fits) {
		memcpy(out, value == NULL ? (const xmlChar *)"" : value, len);
		out[len] = '\0';
	}
	xmlFree(value);
	return fits;
}

bool gh_xml_attr(const xmlNode *n, const char *name, char *out, size_t size)
{
	out[0] = '\0';
	for (const xmlAttr *a = n->properties; a != NULL; a = a->next)
		if (a->ns == NULL && strcmp((const char *)a->name, name) == 0)
			return copy_value(n, a, out, size);
	return false;
}

size_t gh_xml_attr_count(const xmlNode *n)
{
	size_t count = 0;
	for (const xmlAttr *a = n->properties; a != NULL; a = a->next)
		count++;
	return count;
}

/* A DTD can name files and grow without end, so it is refused before libxml2 sees it. A
 * NUL would mean UTF-16, in which the search below is blind; the encoding is fixed to
 * UTF-8 so that a declaration in the document cannot change it. */
static int refuse_dtd(struct gh_bytes in, struct gh_rim_fault *why)
{
	if (memchr(in.p, 0, in.len) != NULL)
		return gh_rim_refuse(why, "rim.parse.nul", "a NUL byte in the text");
	if (gh_text_find(in, "<!DOCTYPE") != NULL || gh_text_find(in, "<!ENTITY") != NULL)
		return gh_rim_refuse(
		    why, "rim.parse.dtd", "a document type definition is refused");
	return 0;
}

int gh_rim_xml_parse(
    struct gh_rim_xml *x, const void *p, size_t len, struct gh_rim_fault *why)
{
	*x = (struct gh_rim_xml){0};
	if (len == 0 || len > GH_RIM_MAX_BYTES)
		return gh_rim_refuse(why, "rim.parse.size", "%zu bytes, want 1 to %u",
		    len, GH_RIM_MAX_BYTES);
	if (refuse_dtd((struct gh_bytes){p, len}, why) < 0)
		return -1;
	/* without XML_PARSE_HUGE libxml2 stops at 256 levels by itself */
	xmlDoc *doc = xmlReadMemory(p, (int)len, NULL, "UTF-8",
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (doc == NULL)
		return gh_rim_refuse(
		    why, "rim.parse.xml", "not well-formed XML, or nested too deep");
	x->doc = doc;
	if (doc->intSubset == NULL && doc->extSubset == NULL &&
	    gh_xml_is(xmlDocGetRootElement(doc), NS_SWID, "SoftwareIdentity"))
		return 0;
	gh_rim_xml_free(x);
	return gh_rim_refuse(
	    why, "rim.parse.root", "the root is not a SWID SoftwareIdentity");
}

xmlNode *gh_xml_next(xmlNode *n, const xmlNode *root)
{
	if (n->type == XML_ELEMENT_NODE && n->children != NULL)
		return n->children;
	while (n != NULL && n != root && n->next == NULL)
		n = n->parent;
	return n == NULL || n == root ? NULL : n->next;
}

/* An element that must be there once, and its code when it is not. */
struct part {
	const char *ns, *name, *code;
};

/* The one element of that local name, whatever its namespace or depth: it must be a child
 * of the root and in the namespace. Duplicates elsewhere would be read by other tools. */
static int only_child(const struct gh_rim_xml *x, const struct part *part, xmlNode **out,
    struct gh_rim_fault *why)
{
	xmlNode *root = xmlDocGetRootElement(x->doc);
	size_t count = 0;
	for (xmlNode *n = root; n != NULL; n = gh_xml_next(n, root))
		if (n->type == XML_ELEMENT_NODE &&
		    strcmp((const char *)n->name, part->name) == 0) {
			*out = n;
			count++;
		}
	if (count != 1)
		return gh_rim_refuse(
		    why, part->code, "%zu elements %s, want one", count, part->name);
	if ((*out)->parent != root || !gh_xml_is(*out, part->ns, part->name))
		return gh_rim_refuse(why, part->code,
		    "%s is not a child of the root in its namespace", part->name);
	return 0;
}

int gh_rim_xml_shape(struct gh_rim_xml *x, struct gh_rim_fault *why)
{
	static const struct part meta = {NS_SWID, "Meta", "rim.parse.meta"},
				 payload = {NS_SWID, "Payload", "rim.parse.payload"},
				 signature = {
				     GH_NS_DSIG, "Signature", "rim.parse.signature"};
	if (only_child(x, &meta, &x->meta, why) < 0 ||
	    only_child(x, &payload, &x->payload, why) < 0 ||
	    only_child(x, &signature, &x->signature, why) < 0)
		return -1;
	if (gh_xml_element(x->signature->next) != NULL)
		return gh_rim_refuse(
		    why, "rim.parse.last", "Signature is not the last of the root");
	xmlNode *info = gh_xml_element(x->signature->children);
	xmlNode *value = info == NULL ? NULL : gh_xml_element(info->next);
	xmlNode *key = value == NULL ? NULL : gh_xml_element(value->next);
	if (!gh_xml_is(info, GH_NS_DSIG, "SignedInfo") ||
	    !gh_xml_is(value, GH_NS_DSIG, "SignatureValue") ||
	    !gh_xml_is(key, GH_NS_DSIG, "KeyInfo") || gh_xml_element(key->next) != NULL)
		return gh_rim_refuse(why, "rim.parse.children",
		    "Signature must hold SignedInfo, SignatureValue, KeyInfo and no "
		    "more");
	x->signed_info = info;
	x->key_info = key;
	return 0;
}

static int add_cert(
    struct gh_certs *out, xmlNode *n, struct gh_memo *memo, struct gh_rim_fault *why)
{
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	struct gh_cert *c = NULL;
	struct gh_err e = {0};
	xmlChar *text = xmlNodeGetContent(n);
	const char *b64 = text == NULL ? "" : (const char *)text;
	int rc = gh_unb64_loose(&der, b64, strlen(b64), &e);
	xmlFree(text);
	if (rc < 0 || gh_memo_cert(memo, &c, der.p, der.len, &e) < 0 ||
	    gh_certs_add(out, c, &e) < 0)
		return gh_rim_refuse(
		    why, "rim.parse.certificate", "certificate %zu: %s", out->n, e.what);
	return 0;
}

int gh_rim_xml_certs(const struct gh_rim_xml *x, struct gh_memo *memo,
    struct gh_certs *out, struct gh_rim_fault *why)
{
	xmlNode *data = gh_xml_element(x->key_info->children);
	if (!gh_xml_is(data, GH_NS_DSIG, "X509Data") ||
	    gh_xml_element(data->next) != NULL)
		return gh_rim_refuse(why, "rim.parse.key-info",
		    "KeyInfo must hold one X509Data and no more");
	for (xmlNode *n = gh_xml_element(data->children); n != NULL;
	     n = gh_xml_element(n->next)) {
		if (!gh_xml_is(n, GH_NS_DSIG, "X509Certificate"))
			return gh_rim_refuse(why, "rim.parse.key-info",
			    "X509Data holds %.40s", (const char *)n->name);
		if (out->n == GH_RIM_CERTS_MAX)
			return gh_rim_refuse(why, "rim.parse.certificates",
			    "more than %d certificates", GH_RIM_CERTS_MAX);
		if (add_cert(out, n, memo, why) < 0)
			return -1;
	}
	if (out->n < GH_RIM_CERTS_MIN)
		return gh_rim_refuse(why, "rim.parse.certificates",
		    "%zu certificates, want at least %d", out->n, GH_RIM_CERTS_MIN);
	return 0;
}
