/* SPDX-License-Identifier: Apache-2.0
 * The lab's own ARK and ASK in the shape of AMD's (spec/snp.md section 2), and the VCEKs that
 * they sign. The names are AMD's, since verifiers look for them; the organisation is the
 * lab's, and the pin of the ARK is in the lab's trust file alone. */
#pragma once

#include <openssl/x509.h>
#include <stdint.h>

#include "base/buf.h"

#define GH_LAB_KDS_PRODUCT "Genoa"

struct gh_lab_kds_ca {
	X509 *ark, *ask;
	EVP_PKEY *ask_key;
	EVP_PKEY *chip; /* what the chip signs with: one key, whatever its TCB */
};

/* Security patch levels, as they stand in a question. */
struct gh_lab_spl {
	uint8_t bl, tee, snp, ucode;
};

void gh_lab_kds_ca_free(struct gh_lab_kds_ca *ca);
GH_MUST_USE int gh_lab_kds_ca_make(
    struct gh_lab_kds_ca *out, int64_t now, struct gh_err *err);
/* Files in folder: chain.pem (ASK, ARK), ask.key and chip.key. */
GH_MUST_USE int gh_lab_kds_ca_save(
    const struct gh_lab_kds_ca *ca, const char *folder, struct gh_err *err);
GH_MUST_USE int gh_lab_kds_ca_load(
    struct gh_lab_kds_ca *out, const char *folder, struct gh_err *err);
/* SHA-256 of the ARK's SubjectPublicKeyInfo: the pin. */
GH_MUST_USE int gh_lab_kds_ca_pin(
    const struct gh_lab_kds_ca *ca, uint8_t out[static 32], struct gh_err *err);
/* Appends ASK and ARK as PEM. */
GH_MUST_USE int gh_lab_kds_chain(
    const struct gh_lab_kds_ca *ca, struct gh_buf *out, struct gh_err *err);
/* Appends a new certificate of that chip, DER: KDS signs one at each request. */
GH_MUST_USE int gh_lab_kds_vcek(const struct gh_lab_kds_ca *ca,
    const unsigned char hwid[static 64], const struct gh_lab_spl *spl, struct gh_buf *out,
    struct gh_err *err);
