/* SPDX-License-Identifier: Apache-2.0
 * The roots of trust of a healthy HGX baseboard, as its BMC hands their evidence over. */
#pragma once

#include "bmc_host.h"
#include "tests/unit/evidence/erot_kit.h"

#define EROT_CI "/redfish/v1/ComponentIntegrity"
#define EROTS   15

static const char *const erot_names[EROTS] = {"HGX_ERoT_GPU_SXM_1", "HGX_ERoT_GPU_SXM_2",
    "HGX_ERoT_GPU_SXM_3", "HGX_ERoT_GPU_SXM_4", "HGX_ERoT_GPU_SXM_5",
    "HGX_ERoT_GPU_SXM_6", "HGX_ERoT_GPU_SXM_7", "HGX_ERoT_GPU_SXM_8",
    "HGX_ERoT_NVSwitch_0", "HGX_ERoT_NVSwitch_1", "HGX_ERoT_NVSwitch_2",
    "HGX_ERoT_NVSwitch_3", "HGX_ERoT_FPGA_0", "HGX_ERoT_BMC_0", "HGX_ERoT_PCIeSwitch_0"};

static const unsigned char erot_nonce[32] = "what we asked with, 32 bytes....";

static inline void erot_put_chain(
    struct gh_redfish_tree *t, const char *name, const struct erot *e)
{
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	char path[200];

	erot_chain(&pem, e);
	snprintf(
	    path, sizeof(path), "/redfish/v1/Chassis/%s/Certificates/CertChain", name);
	assert_int_equal(
	    gh_redfish_tree_put(t, path, 200,
		json_pack("{s:s}", "CertificateString", gh_buf_cstr(&pem)), NULL, NULL),
	    0);
}

static inline void erot_put_text(
    struct gh_redfish_tree *t, const char *name, const char *text)
{
	char path[200];

	snprintf(path, sizeof(path), EROT_CI "/%s/SignedMeasurements", name);
	assert_int_equal(gh_redfish_tree_put(t, path, 200,
			     json_pack("{s:s}", "SignedMeasurements", text), NULL, NULL),
	    0);
}

static inline void erot_put_signed(struct gh_redfish_tree *t, const char *name,
    const struct erot *e, const unsigned char *over)
{
	const struct erot_say say = {0x11, GH_SHA384, 0, over, 5};
	gh_auto(struct gh_buf, gh_buf_free) bytes = {0}, b64 = {0};

	erot_transcript(&bytes, &say, e->key[EROT_LEAF]);
	gh_b64(&b64, bytes.p, bytes.len);
	erot_put_text(t, name, gh_buf_cstr(&b64));
}

static inline void erot_put(
    struct gh_redfish_tree *t, const char *name, const struct erot *e)
{
	char path[200];

	snprintf(path, sizeof(path), EROT_CI "/%s", name);
	bmc_put(t, path, "{'ComponentIntegrityType':'SPDM'}");
	erot_put_chain(t, name, e);
	erot_put_signed(t, name, e, erot_nonce);
}

/* All of them, and the nonce that they were asked with. */
static inline void erot_put_all(struct gh_redfish_tree *t, const struct erot *e)
{
	bmc_put(t, EROT_CI, "{}");
	for (int i = 0; i < EROTS; i++)
		erot_put(t, erot_names[i], &e[i]);
	gh_hex(t->nonce, erot_nonce, sizeof(erot_nonce));
}
