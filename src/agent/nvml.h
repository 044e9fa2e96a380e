/* SPDX-License-Identifier: Apache-2.0
 * NVML as the agent uses it: opened at run time, so that the program starts and says what
 * is missing on a machine without the driver (spec/nvidia.md section 6). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* NVML's own return codes that we tell apart. */
enum gh_nvml_rc {
	GH_NVML_SUCCESS = 0,
	GH_NVML_NOT_SUPPORTED = 3,
	GH_NVML_FUNCTION_NOT_FOUND = 13,
};

/* nvmlConfComputeSystemState_t */
struct gh_nvml_cc_state {
	uint32_t environment; /* 0 none, 1 simulation, 2 production */
	uint32_t feature;     /* 0 off, 1 on */
	uint32_t devtools;    /* 0 off, 1 on */
};

#define GH_NVML_CC_SETTINGS_V1 0x01000014u
/* nvmlSystemConfComputeSettings_v1_t */
struct gh_nvml_cc_settings {
	uint32_t version; /* IN: GH_NVML_CC_SETTINGS_V1 */
	uint32_t environment, feature, devtools;
	uint32_t multi_gpu_mode; /* 0 none, 1 protected PCIe, 2 NVLE */
};

#define GH_NVML_PDI_V1 0x01000010u
/* nvmlPdi_v1_t */
struct gh_nvml_pdi {
	uint32_t version; /* IN: GH_NVML_PDI_V1 */
	uint64_t value;
};

#define GH_NVML_CHAIN_MAX  0x1400u
#define GH_NVML_REPORT_MAX 0x2000u
/* nvmlConfComputeGpuCertificate_t */
struct gh_nvml_certificate {
	uint32_t chain_size, attestation_chain_size;
	uint8_t chain[0x1000];
	uint8_t attestation_chain[GH_NVML_CHAIN_MAX]; /* PEM, leaf first */
};

/* nvmlConfComputeGpuAttestationReport_t */
struct gh_nvml_report {
	uint32_t cec_present, size, cec_size;
	uint8_t nonce[32]; /* IN */
	uint8_t report[GH_NVML_REPORT_MAX];
	uint8_t cec_report[0x1000];
};

_Static_assert(sizeof(struct gh_nvml_cc_state) == 12, "NVML layout");
_Static_assert(sizeof(struct gh_nvml_cc_settings) == 20, "NVML layout");
_Static_assert(sizeof(struct gh_nvml_pdi) == 16, "NVML layout");
_Static_assert(sizeof(struct gh_nvml_certificate) == 8 + 0x1000 + 0x1400, "NVML layout");
_Static_assert(sizeof(struct gh_nvml_report) == 12 + 32 + 0x3000, "NVML layout");

struct gh_nvml_device; /* NVML's own handle */

/* The entry points; a NULL one is absent in this driver. The required ones never are. */
struct gh_nvml {
	int (*init)(void);
	int (*shutdown)(void);
	const char *(*error_string)(int rc); /* may be NULL */
	int (*driver_version)(char *out, unsigned int size);
	int (*count)(unsigned int *n);
	int (*handle)(unsigned int index, struct gh_nvml_device **out);
	int (*uuid)(struct gh_nvml_device *d, char *out, unsigned int size);
	int (*vbios)(struct gh_nvml_device *d, char *out, unsigned int size);
	int (*arch)(struct gh_nvml_device *d, unsigned int *out);
	int (*certificate)(struct gh_nvml_device *d, struct gh_nvml_certificate *out);
	int (*report)(struct gh_nvml_device *d, struct gh_nvml_report *io);
	int (*pdi)(struct gh_nvml_device *d, struct gh_nvml_pdi *io); /* may be NULL */
	int (*cc_state)(struct gh_nvml_cc_state *out);                /* may be NULL */
	int (*cc_settings)(struct gh_nvml_cc_settings *io);           /* may be NULL */
};

/* Loads libnvidia-ml.so.1 and finds the functions; IO with what is missing otherwise.
 * Nothing of NVML has been called yet. */
GH_MUST_USE int gh_nvml_open(struct gh_nvml *out, struct gh_err *err);
/* NVML's own words for a return code; never NULL. */
const char *gh_nvml_text(const struct gh_nvml *n, int rc);
/* "HOPPER", "BLACKWELL"; NULL for a generation that does not attest. */
const char *gh_nvml_arch_word(unsigned int arch);
