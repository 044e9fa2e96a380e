/* SPDX-License-Identifier: Apache-2.0
 * Prints the tree of a RIM in its order; never a verdict. */
#include "evidence/rim_show.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "evidence/rim_payload.h"

#define ATTRIBUTES_MAX 40
#define TEXT_MAX       512

static void show_attributes(struct gh_fields *out, const xmlNode *n)
{
	char value[TEXT_MAX];
	size_t count = 0;
	for (const xmlAttr *a = n->properties; a != NULL && count < ATTRIBUTES_MAX;
	     a = a->next, count++) {
		xmlChar *text = xmlNodeListGetString(n->doc, a->children, 1);
		gh_text_clean_into(
		    value, sizeof(value), text == NULL ? "" : (const char *)text);
		xmlFree(text);
		gh_fields_add(out, (const char *)a->name, NULL, 0, "%s", value);
	}
}

/* Entity and Meta, which hold nothing but attributes. */
static void show_head(struct gh_fields *out, xmlNode *root)
{
	show_attributes(out, root);
	for (xmlNode *n = gh_xml_element(root->children); n != NULL;
	     n = gh_xml_element(n->next)) {
		if (strcmp((const char *)n->name, "Entity") != 0 &&
		    strcmp((const char *)n->name, "Meta") != 0)
			continue;
		gh_fields_open(out, "%.40s", (const char *)n->name);
		show_attributes(out, n);
		gh_fields_close(out);
	}
}

static void show_entries(struct gh_fields *out, const struct gh_rim *rim)
{
	gh_fields_open(out, "Payload");
	for (size_t i = 0; i < GH_RIM_INDEXES; i++) {
		const struct gh_rim_entry *e = &rim->entry[i];
		if (!e->present)
			continue;
		gh_fields_open(out, "index %zu %s", i, e->name);
		gh_fields_add(out, "active", NULL, 0, "%s",
		    e->active ? "True: compared" : "False: for information");
		for (size_t k = 0; k < e->n_alternatives; k++) {
			char name[40], hex[97];
			snprintf(name, sizeof(name), "Hash%zu", k);
			gh_hex(hex, e->hash[k], 48);
			gh_fields_add(out, name, NULL, 0, "%s", hex);
		}
		gh_fields_close(out);
	}
	gh_fields_close(out);
}

/* Algorithms, URIs and values of the signature, in document order. */
static void show_signature(struct gh_fields *out, const struct gh_rim_xml *x)
{
	gh_fields_open(out, "Signature");
	for (xmlNode *n = x->signature; n != NULL; n = gh_xml_next(n, x->signature)) {
		if (n->type != XML_ELEMENT_NODE)
			continue;
		if (n == x->key_info)
			break;
		const char *name = (const char *)n->name;
		if (strstr(name, "Value") != NULL) {
			xmlChar *text = xmlNodeGetContent(n);
			gh_fields_add(out, name, NULL, 0, "%.400s",
			    text == NULL ? "" : (const char *)text);
			xmlFree(text);
			continue;
		}
		if (n->properties == NULL)
			continue;
		gh_fields_open(out, "%.40s", name);
		show_attributes(out, n);
		gh_fields_close(out);
	}
	gh_fields_close(out);
}

static void show_certs(struct gh_fields *out, const struct gh_certs *cs)
{
	char from[GH_TIME_LEN], until[GH_TIME_LEN], hex[65];
	for (size_t i = 0; i < cs->n; i++) {
		const struct gh_cert *c = cs->at[i];
		gh_auto(struct gh_buf, gh_buf_free) serial = {0};
		gh_fields_open(out, "certificate %zu", i);
		gh_buf_hex(&serial, gh_cert_serial(c).p, gh_cert_serial(c).len);
		gh_time_text(from, gh_cert_not_before(c));
		gh_time_text(until, gh_cert_not_after(c));
		gh_hex(hex, gh_cert_spki_sha256(c), 32);
		gh_fields_add(out, "subject", NULL, 0, "%s", gh_cert_cn(c));
		gh_fields_add(out, "issuer", NULL, 0, "%s", gh_cert_issuer_cn(c));
		gh_fields_add(out, "serial", NULL, 0, "%s", gh_buf_cstr(&serial));
		gh_fields_add(out, "not before", NULL, 0, "%s", from);
		gh_fields_add(out, "not after", NULL, 0, "%s", until);
		gh_fields_add(out, "key", NULL, 0, "%s", gh_pubkey_kind(gh_cert_key(c)));
		gh_fields_add(out, "key sha256", NULL, 0, "%s", hex);
		gh_fields_add(
		    out, "signature algorithm", NULL, 0, "%s", gh_cert_sigalg(c));
		gh_fields_add(out, "CA", NULL, 0, "%s", gh_cert_is_ca(c) ? "yes" : "no");
		gh_fields_close(out);
	}
}

static void show_error(struct gh_fields *out, const struct gh_rim_fault *why)
{
	gh_fields_add(out, "error", NULL, 0, "%s (%s)", why->err.what, why->code);
}

static void show_parts(struct gh_fields *out, struct gh_rim *rim, struct gh_rim_xml *x)
{
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	struct gh_rim_fault why = {0};
	bool shaped = gh_rim_xml_shape(x, &why) == 0;
	show_head(out, xmlDocGetRootElement(x->doc));
	if (!shaped) {
		show_error(out, &why);
		return;
	}
	bool good = gh_rim_meta(rim, x, &why) == 0 && gh_rim_payload(rim, x, &why) == 0;
	gh_fields_add(out, "id", NULL, 0, "%s", rim->id);
	show_entries(out, rim);
	show_signature(out, x);
	if (gh_rim_xml_certs(x, NULL, &certs, good ? &why : NULL) < 0)
		good = false;
	show_certs(out, &certs);
	if (!good)
		show_error(out, &why);
}

static void show_xml(struct gh_fields *out, struct gh_bytes xml)
{
	gh_auto(struct gh_rim_xml, gh_rim_xml_free) x = {0};
	gh_auto(struct gh_rim *, gh_rim_free) rim = calloc(1, sizeof(*rim));
	struct gh_rim_fault why = {0};
	uint8_t digest[32];
	char hex[65];
	if (rim == NULL) {
		out->oom = true;
		return;
	}
	gh_fields_open(out, "RIM, %zu bytes of XML", xml.len);
	if (gh_sha256(xml.p, xml.len, digest, NULL) == 0) {
		gh_hex(hex, digest, sizeof(digest));
		gh_fields_add(out, "sha256", NULL, 0, "%s", hex);
	}
	if (gh_rim_xml_parse(&x, xml.p, xml.len, &why) < 0)
		show_error(out, &why);
	else
		show_parts(out, rim, &x);
	gh_fields_close(out);
}

/* The answer of the RIM service: what it says, then the XML that it carries. */
static void show_service(struct gh_fields *out, struct gh_bytes b)
{
	static const char *const said[] = {
	    "id", "sha256", "rim_format", "last_updated", "request_id"};
	gh_auto(struct gh_buf, gh_buf_free) xml = {0};
	struct gh_err e = {0};
	const char *text = NULL;
	gh_auto(json_t *, gh_json_free) o = gh_json_parse(b.p, b.len, &e);
	gh_fields_open(out, "answer of the RIM service, %zu bytes", b.len);
	for (size_t i = 0; i < GH_COUNT(said); i++) {
		const char *v = NULL;
		if (gh_json_str_opt(o, "answer", said[i], &v, NULL) == 0 && v != NULL)
			gh_fields_add(out, said[i], NULL, 0, "%s", v);
	}
	if (o == NULL || gh_json_str(o, "answer", "rim", &text, &e) < 0 ||
	    gh_unb64_loose(&xml, text, strlen(text), &e) < 0)
		gh_fields_add(out, "error", NULL, 0, "%s", e.what);
	else
		show_xml(out, gh_buf_view(&xml));
	gh_fields_close(out);
}

int gh_rim_show(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	struct gh_bytes text = gh_text_trim(b);
	if (text.len > 0 && text.p[0] == '{')
		show_service(out, b);
	else
		show_xml(out, b);
	return gh_fields_ok(out, err);
}
