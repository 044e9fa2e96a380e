/* SPDX-License-Identifier: Apache-2.0
 * Which kind of evidence is taken apart by whom. */
#include "evidence/show.h"

#include <stdio.h>

#include "crypto/digest.h"
#include "evidence/ccel_show.h"
#include "evidence/eat_show.h"
#include "evidence/firmware.h"
#include "evidence/gpu_show.h"
#include "evidence/hcl.h"
#include "evidence/load_pem.h"
#include "evidence/ocsp_show.h"
#include "evidence/rim_show.h"
#include "evidence/show_certs.h"
#include "evidence/snp.h"
#include "evidence/tdx_show.h"

#define CERTS_MAX 256
#define DEPTH_MAX 12 /* brackets of JSON */

typedef int (*show_fn)(struct gh_fields *out, struct gh_bytes b, struct gh_err *err);

static int show_certs(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_err why = {0};

	if (gh_evidence_certs(&cs, b, CERTS_MAX, NULL, &why) < 0) {
		if (why.code == GH_E_NOMEM)
			return gh_fail(err, GH_E_NOMEM, "out of memory");
		gh_fields_add(out, "error", NULL, 0, "%s", why.what);
	}
	gh_certs_show(out, &cs);
	return gh_fields_ok(out, err);
}

/* ---- JSON that no reader of its own takes apart ---------------------------------------- */

static void show_value(
    struct gh_fields *out, const char *name, const json_t *v, int depth)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	const char *key;
	json_t *child;
	size_t i;
	bool group = json_typeof(v) == JSON_OBJECT || json_typeof(v) == JSON_ARRAY;

	if (depth > DEPTH_MAX || !group) {
		gh_json_dump(&text, v);
		gh_fields_add(out, name, NULL, 0, "%s", gh_buf_cstr(&text));
		return;
	}
	gh_fields_open(out, "%s", name);
	json_array_foreach(v, i, child)
	{
		char index[32];

		snprintf(index, sizeof(index), "%zu", i);
		show_value(out, index, child, depth + 1);
	}
	json_object_foreach((json_t *)(uintptr_t)v, key, child)
	{
		show_value(out, key, child, depth + 1);
	}
	gh_fields_close(out);
}

static int show_json(struct gh_fields *out, struct gh_bytes b, struct gh_err *err)
{
	struct gh_err why = {0};
	gh_auto(json_t *, gh_json_free) v = gh_json_parse(b.p, b.len, &why);

	if (v == NULL)
		gh_fields_add(out, "error", NULL, 0, "%s", why.what);
	else
		show_value(out, "document", v, 0);
	return gh_fields_ok(out, err);
}

static const struct {
	const char *words;
	show_fn show;
} kinds[GH_EV_N] = {
    [GH_EV_UNKNOWN] = {"not recognised", show_json},
    [GH_EV_SNP] = {"AMD SEV-SNP attestation report", gh_snp_show},
    [GH_EV_SNP_CERTS] = {"certificate table of an SNP report", gh_snp_table_show},
    [GH_EV_HCL] = {"Azure HCL report", gh_hcl_show},
    [GH_EV_CRL] = {"certificate revocation list", gh_crl_show},
    [GH_EV_FIRMWARE] = {"guest firmware", gh_firmware_show},
    [GH_EV_GPU] = {"NVIDIA GPU measurement report", gh_spdm_show},
    [GH_EV_SWITCH] = {"NVIDIA switch measurement report", gh_spdm_show},
    [GH_EV_RIM] = {"reference manifest", gh_rim_show},
    [GH_EV_CCEL] = {"event log of a TD", gh_ccel_show},
    [GH_EV_RUNTIME_LOG] = {"event log as JSON", gh_runtime_log_show},
    [GH_EV_OCSP] = {"OCSP response", gh_ocsp_show},
    [GH_EV_EAT] = {"attestation token", gh_eat_show},
    [GH_EV_JWKS] = {"JSON web keys", gh_jwks_show},
    [GH_EV_TDX] = {"TDX quote", gh_tdx_show},
    [GH_EV_TDREPORT] = {"TD report", gh_tdreport_show},
    [GH_EV_TCB_INFO] = {"Intel TCB info", gh_tdx_collateral_show},
    [GH_EV_QE_IDENTITY] = {"Intel QE identity", gh_tdx_collateral_show},
    [GH_EV_EVAL] = {"Intel TCB evaluation numbers", show_json},
    [GH_EV_CERTS] = {"X.509 certificates", show_certs},
};

int gh_evidence_show(
    struct gh_fields *out, const struct gh_evidence *e, struct gh_err *err)
{
	struct gh_bytes b = gh_buf_view(&e->bytes), whole = out->whole;
	char name[GH_SHA256_NAME_LEN];
	int rc;

	if (gh_sha256_name(b.p, b.len, name, err) < 0)
		return -1;
	gh_fields_open(
	    out, "%s: %s, %zu bytes, %s", e->label, kinds[e->type].words, b.len, name);
	out->whole = b;
	if (e->nonce_hex[0] != '\0')
		gh_fields_add(out, "nonce of the container", NULL, 0, "%s", e->nonce_hex);
	rc = kinds[e->type].show(out, b, err);
	if (rc == 0 && e->chain.len > 0)
		rc = show_certs(out, gh_buf_view(&e->chain), err);
	out->whole = whole;
	gh_fields_close(out);
	return rc < 0 ? -1 : gh_fields_ok(out, err);
}
