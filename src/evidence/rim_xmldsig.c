/* SPDX-License-Identifier: Apache-2.0
 * The enveloped XML signature of a RIM: SignedInfo checked by hand, arithmetic by xmlsec
 * with the key of the chain-verified signer and no other. */
#include "evidence/rim_xmldsig.h"

#include <libxml/parser.h>
#include <stdlib.h>
#include <string.h>
#include <xmlsec/keys.h>
#include <xmlsec/openssl/app.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmlsec.h>
/* clang-format off: errors.h does not compile before xmlsec.h */
#include <xmlsec/errors.h>
/* clang-format on */

#include "evidence/rim.h"

#define ALG_C14N11    "http://www.w3.org/2006/12/xml-c14n11"
#define ALG_ENVELOPED "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
#define ALG_ECDSA     "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384"
#define ALG_SHA384    "http://www.w3.org/2001/04/xmldsig-more#sha384"

static xmlParserInput *no_entity(const char *url, const char *id, xmlParserCtxt *ctxt)
{
	(void)url;
	(void)id;
	(void)ctxt;
	return NULL;
}

static void silent_xml(void *ctx, const char *fmt, ...)
{
	(void)ctx;
	(void)fmt;
}

int gh_rim_setup(struct gh_err *err)
{
	xmlInitParser();
	xmlSetGenericErrorFunc(NULL, silent_xml);
	xmlThrDefSetGenericErrorFunc(NULL, silent_xml);
	if (xmlSecInit() < 0 || xmlSecCheckVersion() != 1 || xmlSecOpenSSLInit() < 0)
		return gh_fail(err, GH_E_INTERNAL, "xmlsec does not start");
	xmlSetExternalEntityLoader(no_entity); /* behind xmlSecInit, which sets its own */
	xmlSecErrorsSetCallback(NULL);         /* nothing to stderr */
	return 0;
}

/* An element of that name whose one attribute is Algorithm = alg and which has no
 * children: no parameter can change what the algorithm does. */
static bool is_algorithm(const xmlNode *n, const char *name, const char *alg)
{
	char value[96];
	return gh_xml_is(n, GH_NS_DSIG, name) && gh_xml_attr_count(n) == 1 &&
	       gh_xml_attr(n, "Algorithm", value, sizeof(value)) &&
	       strcmp(value, alg) == 0 && gh_xml_element(n->children) == NULL;
}

static int check_transforms(xmlNode *n, struct gh_rim_fault *why)
{
	xmlNode *first = gh_xml_element(n->children);
	xmlNode *second = first == NULL ? NULL : gh_xml_element(first->next);
	if (!gh_xml_is(n, GH_NS_DSIG, "Transforms") ||
	    !is_algorithm(first, "Transform", ALG_ENVELOPED) ||
	    !is_algorithm(second, "Transform", ALG_C14N11) ||
	    gh_xml_element(second->next) != NULL)
		return gh_rim_refuse(why, "rim.signature.transforms",
		    "transforms are not enveloped-signature, xml-c14n11");
	return 0;
}

static int check_reference(xmlNode *ref, struct gh_rim_fault *why)
{
	char uri[8];
	if (!gh_xml_is(ref, GH_NS_DSIG, "Reference") || gh_xml_element(ref->next) != NULL)
		return gh_rim_refuse(
		    why, "rim.signature.reference", "want exactly one Reference");
	if (gh_xml_attr_count(ref) != 1 || !gh_xml_attr(ref, "URI", uri, sizeof(uri)) ||
	    uri[0] != '\0')
		return gh_rim_refuse(why, "rim.signature.uri",
		    "the Reference does not mean the whole document (URI=\"\")");
	xmlNode *transforms = gh_xml_element(ref->children);
	if (transforms == NULL)
		return gh_rim_refuse(
		    why, "rim.signature.transforms", "the Reference is empty");
	if (check_transforms(transforms, why) < 0)
		return -1;
	xmlNode *method = gh_xml_element(transforms->next);
	xmlNode *value = method == NULL ? NULL : gh_xml_element(method->next);
	if (!is_algorithm(method, "DigestMethod", ALG_SHA384))
		return gh_rim_refuse(why, "rim.signature.digest-method",
		    "the digest method is not SHA-384");
	if (!gh_xml_is(value, GH_NS_DSIG, "DigestValue") ||
	    gh_xml_element(value->next) != NULL)
		return gh_rim_refuse(
		    why, "rim.signature.digest-value", "want exactly one DigestValue");
	return 0;
}

static int check_signed_info(const struct gh_rim_xml *x, struct gh_rim_fault *why)
{
	xmlNode *c14n = gh_xml_element(x->signed_info->children);
	xmlNode *method = c14n == NULL ? NULL : gh_xml_element(c14n->next);
	xmlNode *ref = method == NULL ? NULL : gh_xml_element(method->next);
	if (!is_algorithm(c14n, "CanonicalizationMethod", ALG_C14N11))
		return gh_rim_refuse(
		    why, "rim.signature.c14n", "canonicalization is not C14N 1.1");
	if (!is_algorithm(method, "SignatureMethod", ALG_ECDSA))
		return gh_rim_refuse(
		    why, "rim.signature.method", "the method is not ECDSA with SHA-384");
	return check_reference(ref, why);
}

static void free_ctx(xmlSecDSigCtx **ctx)
{
	if (*ctx != NULL)
		xmlSecDSigCtxDestroy(*ctx);
}

/* The key object takes over one reference to the EVP_PKEY. */
static xmlSecKey *key_of(const struct gh_cert *signer)
{
	EVP_PKEY *pkey = gh_pubkey_evp(gh_cert_key(signer));
	if (EVP_PKEY_up_ref(pkey) != 1)
		return NULL;
	xmlSecKeyData *data = xmlSecOpenSSLEvpKeyAdopt(pkey);
	if (data == NULL) {
		EVP_PKEY_free(pkey);
		return NULL;
	}
	xmlSecKey *key = xmlSecKeyCreate();
	if (key != NULL && xmlSecKeySetValue(key, data) < 0) {
		xmlSecKeyDestroy(key);
		key = NULL;
	}
	if (key == NULL)
		xmlSecKeyDataDestroy(data);
	return key;
}

/* The same white list as check_signed_info, told to xmlsec. */
static bool restrict_ctx(xmlSecDSigCtx *ctx)
{
	ctx->flags |= XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES;
	ctx->enabledReferenceUris = xmlSecTransformUriTypeEmpty;
	return xmlSecDSigCtxEnableReferenceTransform(ctx, xmlSecTransformEnvelopedId) ==
		   0 &&
	       xmlSecDSigCtxEnableReferenceTransform(ctx, xmlSecTransformInclC14N11Id) ==
		   0 &&
	       xmlSecDSigCtxEnableReferenceTransform(
		   ctx, xmlSecOpenSSLTransformSha384Id) == 0 &&
	       xmlSecDSigCtxEnableSignatureTransform(ctx, xmlSecTransformInclC14N11Id) ==
		   0 &&
	       xmlSecDSigCtxEnableSignatureTransform(
		   ctx, xmlSecOpenSSLTransformEcdsaSha384Id) == 0;
}

/* What xmlsec found, in the order in which it proves something. */
static int check_outcome(xmlSecDSigCtx *ctx, struct gh_rim_fault *why)
{
	if (xmlSecPtrListGetSize(&ctx->signedInfoReferences) != 1)
		return gh_rim_refuse(
		    why, "rim.signature.reference", "want exactly one Reference");
	xmlSecDSigReferenceCtx *ref = xmlSecPtrListGetItem(&ctx->signedInfoReferences, 0);
	if (ref->status != xmlSecDSigStatusSucceeded)
		return gh_rim_refuse(why, "rim.signature.digest",
		    "the document is not the one that was signed (digest differs)");
	if (ctx->status != xmlSecDSigStatusSucceeded)
		return gh_rim_refuse(why, "rim.signature.value",
		    "not made by the signer's key over this SignedInfo");
	return 0;
}

int gh_rim_xmldsig_verify(
    struct gh_rim_xml *x, const struct gh_cert *signer, struct gh_rim_fault *why)
{
	if (check_signed_info(x, why) < 0)
		return -1;
	if (x->key_info != NULL) {
		xmlUnlinkNode(
		    x->key_info); /* inside Signature, so not part of what is signed */
		xmlFreeNode(x->key_info);
		x->key_info = NULL;
	}
	gh_auto(xmlSecDSigCtx *, free_ctx) ctx = xmlSecDSigCtxCreate(NULL);
	if (ctx == NULL || !restrict_ctx(ctx))
		return gh_rim_refuse(why, "rim.signature.engine", "xmlsec has no memory");
	ctx->signKey = key_of(signer);
	if (ctx->signKey == NULL)
		return gh_rim_refuse(
		    why, "rim.signature.engine", "the signer's key is of no use");
	if (xmlSecDSigCtxVerify(ctx, x->signature) < 0)
		return gh_rim_refuse(
		    why, "rim.signature.engine", "the signature cannot be evaluated");
	return check_outcome(ctx, why);
}
