/* SPDX-License-Identifier: Apache-2.0
 * A folder of certificates for sites that cannot reach AMD: told apart by content. */
#pragma once

#include "evidence/snp_vcek.h"

#define GH_KDS_FILES_MAX 4096 /* looked at in one folder */

/* The VCEKs that fit, and every CA certificate of the folder (PEM or DER, in files of at
 * most 64 KiB; hidden ones, and what is no certificate, are passed over). CONFIG when the
 * folder cannot be read. */
GH_MUST_USE int gh_kds_folder(struct gh_certs *out, const char *folder,
    const struct gh_snp_vcek_ask *ask, struct gh_err *err);
