/* SPDX-License-Identifier: Apache-2.0
 * Keys and certificate chains of the lab's ERoTs: five certificates under the lab's device
 * root, in the shape of the captured ones of an HGX H100. */
#pragma once

#include "base/env.h"
#include "base/json.h"
#include "lab/gpus_pki.h"

struct gh_lab_erots_in {
	const char *dir; /* of the lab */
	const struct gh_lab_cert *root;
	const struct gh_env *env;
	int64_t now;
};

/* Makes dir/erot/HOST.json, {NAME: {"chain": PEM root first, "key": PKCS#8}}, for each host,
 * and dir/erot/foreign.json, one of the same under a root that nobody pinned. */
GH_MUST_USE int gh_lab_erots_make(const struct gh_lab_erots_in *in,
    const char *const *hosts, size_t n, struct gh_err *err);
/* Reads such a file; which is the host's name or "foreign". New reference, NULL on error. */
json_t *gh_lab_erots_load(const char *dir, const char *which, struct gh_err *err);
