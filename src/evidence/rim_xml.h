/* SPDX-License-Identifier: Apache-2.0
 * The XML tree of a RIM with the few elements it may have, found by walking and not by
 * searching (spec/nvidia.md sections 3.3 and 3.4). */
#pragma once

#include <libxml/tree.h>

#include "crypto/cert.h"

#define GH_RIM_MAX_BYTES (256u << 10)
#define GH_RIM_CERTS_MIN 2
#define GH_RIM_CERTS_MAX 6
#define GH_NS_DSIG       "http://www.w3.org/2000/09/xmldsig#"

struct gh_rim_xml {
	xmlDoc *doc;
	xmlNode *meta, *payload, *signature; /* children of the root, borrowed */
	xmlNode *signed_info, *key_info;     /* children of signature, borrowed */
};

void gh_rim_xml_free(struct gh_rim_xml *x);
/* A well-formed document without DTD whose root is SoftwareIdentity. Nothing else is
 * promised; -1 means that this is not a RIM at all. */
GH_MUST_USE int gh_rim_xml_parse(
    struct gh_rim_xml *x, const void *p, size_t len, struct gh_err *err);
/* Fills the borrowed nodes: exactly one Meta, Payload and Signature in the whole document,
 * each a child of the root, and a Signature of the three children that it must have. */
GH_MUST_USE int gh_rim_xml_shape(struct gh_rim_xml *x, struct gh_err *err);
/* The certificates of KeyInfo: one X509Data with nothing but certificates in it. */
GH_MUST_USE int gh_rim_xml_certs(
    const struct gh_rim_xml *x, struct gh_certs *out, struct gh_err *err);

/* Next element at or after n, NULL at the end. */
xmlNode *gh_xml_element(xmlNode *n);
bool gh_xml_is(const xmlNode *n, const char *ns, const char *name);
/* Value of the attribute without namespace, cut to size; false when absent or cut. */
bool gh_xml_attr(const xmlNode *n, const char *name, char *out, size_t size);
size_t gh_xml_attr_count(const xmlNode *n);
