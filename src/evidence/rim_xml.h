/* SPDX-License-Identifier: Apache-2.0
 * The XML tree of a RIM with the few elements it may have, found by walking and not by
 * searching (spec/nvidia.md sections 3.3 and 3.4). */
#pragma once

#include <libxml/tree.h>

#include "crypto/memo.h"

#define GH_RIM_MAX_BYTES (256u << 10)
#define GH_RIM_CERTS_MIN 2
#define GH_RIM_CERTS_MAX 6
#define GH_NS_DSIG       "http://www.w3.org/2000/09/xmldsig#"

struct gh_rim_xml {
	xmlDoc *doc;
	xmlNode *meta, *payload, *signature; /* children of the root, borrowed */
	xmlNode *signed_info, *key_info;     /* children of signature, borrowed */
};

/* Why a RIM is refused: a stable code ("rim.parse.dtd"), and the words for people. */
struct gh_rim_fault {
	const char *code; /* static */
	struct gh_err err;
};
/* Fills *why (NULL is fine); returns -1. */
int gh_rim_refuse(struct gh_rim_fault *why, const char *code, const char *fmt, ...)
    GH_PRINTF(3, 4);

void gh_rim_xml_free(struct gh_rim_xml *x);
/* A well-formed document without DTD whose root is SoftwareIdentity. Nothing else is
 * promised. Codes: rim.parse.size .nul .dtd .xml .root */
GH_MUST_USE int gh_rim_xml_parse(
    struct gh_rim_xml *x, const void *p, size_t len, struct gh_rim_fault *why);
/* Fills the borrowed nodes: exactly one Meta, Payload and Signature in the whole document,
 * each a child of the root, the Signature last and of the three children that it must
 * have. Codes: rim.parse.meta .payload .signature .last .children */
GH_MUST_USE int gh_rim_xml_shape(struct gh_rim_xml *x, struct gh_rim_fault *why);
/* The certificates of KeyInfo, appended: one X509Data with nothing but certificates in it.
 * memo may be NULL. Codes: rim.parse.key-info .certificate .certificates */
GH_MUST_USE int gh_rim_xml_certs(const struct gh_rim_xml *x, struct gh_memo *memo,
    struct gh_certs *out, struct gh_rim_fault *why);

/* Next element at or after n, NULL at the end. */
xmlNode *gh_xml_element(xmlNode *n);
/* The node after n in document order below root, NULL at the end; without recursion. */
xmlNode *gh_xml_next(xmlNode *n, const xmlNode *root);
bool gh_xml_is(const xmlNode *n, const char *ns, const char *name);
/* Value of the attribute without namespace, cut to size; false when absent or cut. */
bool gh_xml_attr(const xmlNode *n, const char *name, char *out, size_t size);
size_t gh_xml_attr_count(const xmlNode *n);
