/* SPDX-License-Identifier: Apache-2.0
 * Makes the lab's X.509 certificates in the shape of NVIDIA's device and RIM chains
 * (spec/nvidia.md sections 2 and 3.3). Nothing made here is vendor material: every name
 * of an authority begins with LAB. */
#pragma once

#include <openssl/x509.h>
#include <stdint.h>

#include "crypto/key.h"

/* A certificate and the key it is about. */
struct gh_lab_cert {
	X509 *x;
	struct gh_signer *key;
};

/* OpenSSL's words for why something failed, in ours: "OF: WHAT: ...". -1. */
int gh_lab_ssl_fail(struct gh_err *err, const char *of, const char *what);
void gh_lab_cert_free(struct gh_lab_cert *c);
/* Appends the certificate as PEM. */
GH_MUST_USE int gh_lab_cert_pem(
    const struct gh_lab_cert *c, struct gh_buf *out, struct gh_err *err);
/* Appends the certificate as DER. */
GH_MUST_USE int gh_lab_cert_der(
    const struct gh_lab_cert *c, struct gh_buf *out, struct gh_err *err);

/* "LAB NVIDIA Device Identity CA" > "LAB NVIDIA GH100 Identity" > "... ICA 1". */
struct gh_lab_device_ca {
	struct gh_lab_cert root, identity, ica;
};
void gh_lab_device_ca_free(struct gh_lab_device_ca *ca);
GH_MUST_USE int gh_lab_device_ca_make(
    struct gh_lab_device_ca *out, int64_t now, struct gh_err *err);

/* One GPU: BROM and attestation key under an ICA. */
struct gh_lab_identity {
	struct gh_lab_cert brom, leaf;
};
void gh_lab_identity_free(struct gh_lab_identity *id);
GH_MUST_USE int gh_lab_identity_make(struct gh_lab_identity *out,
    const struct gh_lab_device_ca *ca, const uint8_t pdi[static 8],
    const uint8_t fwid[static 48], int64_t now, struct gh_err *err);
/* Appends the five certificates, leaf first. */
GH_MUST_USE int gh_lab_chain_pem(const struct gh_lab_identity *id,
    const struct gh_lab_device_ca *ca, struct gh_buf *out, struct gh_err *err);

/* Under the root of a device CA: "LAB NVIDIA eROT Identity CA 01" > "LAB CEC173x pCA01". */
struct gh_lab_erot_ca {
	struct gh_lab_cert identity, ica;
};
void gh_lab_erot_ca_free(struct gh_lab_erot_ca *ca);
GH_MUST_USE int gh_lab_erot_ca_make(struct gh_lab_erot_ca *out,
    const struct gh_lab_cert *root, int64_t now, struct gh_err *err);
/* The last authority, and the key that signs measurements under it. */
GH_MUST_USE int gh_lab_erot_brom_make(struct gh_lab_cert *out,
    const struct gh_lab_erot_ca *ca, const uint8_t serial[static 8], int64_t now,
    struct gh_err *err);
GH_MUST_USE int gh_lab_erot_leaf_make(struct gh_lab_cert *out,
    const struct gh_lab_cert *brom, const uint8_t serial[static 8], int64_t now,
    struct gh_err *err);

/* "LAB NVIDIA CoRIM signing Root CA" > L2 > L3 > "LAB HCC RIM L4 Signer" (two years). */
struct gh_lab_rim_ca {
	struct gh_lab_cert root, l2, l3, signer;
};
void gh_lab_rim_ca_free(struct gh_lab_rim_ca *ca);
GH_MUST_USE int gh_lab_rim_ca_make(
    struct gh_lab_rim_ca *out, int64_t now, struct gh_err *err);
