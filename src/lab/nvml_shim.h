/* SPDX-License-Identifier: Apache-2.0
 * The part of NVML that the lab's stand-in exports (spec/nvidia.md section 6). Declared
 * here from the vendor's layout and not shared with the agent: a slip in one of the two
 * shows as a failing test instead of cancelling out. */
#pragma once

#include <stdint.h>

typedef struct nvmlDevice_st *nvmlDevice_t; /* the vendor's name for its opaque handle */

struct nvml_cc_state {
	uint32_t environment, ccFeature, devToolsMode;
};

struct nvml_cc_settings {
	uint32_t version, environment, ccFeature, devToolsMode, multiGpuMode;
};

struct nvml_pdi {
	uint32_t version;
	uint64_t value;
};

struct nvml_certificate {
	uint32_t certChainSize, attestationCertChainSize;
	uint8_t certChain[0x1000];
	uint8_t attestationCertChain[0x1400];
};

struct nvml_report {
	uint32_t isCecAttestationReportPresent, attestationReportSize,
	    cecAttestationReportSize;
	uint8_t nonce[32];
	uint8_t attestationReport[0x2000];
	uint8_t cecAttestationReport[0x1000];
};

int nvmlInit_v2(void);
int nvmlShutdown(void);
const char *nvmlErrorString(int rc);
int nvmlSystemGetDriverVersion(char *out, unsigned int size);
int nvmlSystemGetConfComputeState(struct nvml_cc_state *out);
int nvmlSystemGetConfComputeSettings(struct nvml_cc_settings *io);
int nvmlDeviceGetCount_v2(unsigned int *n);
int nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *out);
int nvmlDeviceGetUUID(nvmlDevice_t d, char *out, unsigned int size);
int nvmlDeviceGetVbiosVersion(nvmlDevice_t d, char *out, unsigned int size);
int nvmlDeviceGetArchitecture(nvmlDevice_t d, unsigned int *out);
int nvmlDeviceGetPdi(nvmlDevice_t d, struct nvml_pdi *io);
int nvmlDeviceGetConfComputeGpuCertificate(nvmlDevice_t d, struct nvml_certificate *out);
int nvmlDeviceGetConfComputeGpuAttestationReport(nvmlDevice_t d, struct nvml_report *io);
