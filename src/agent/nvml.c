/* SPDX-License-Identifier: Apache-2.0
 * Loading NVML: one table of names, required or optional. */
#include "agent/nvml.h"

#include <dlfcn.h>
#include <stddef.h>

#define LIBRARY "libnvidia-ml.so.1"

struct symbol {
	const char *name;
	size_t offset; /* of the pointer in struct gh_nvml */
	bool required;
};

#define AT(member) offsetof(struct gh_nvml, member)
static const struct symbol symbols[] = {
    {"nvmlInit_v2", AT(init), true},
    {"nvmlShutdown", AT(shutdown), true},
    {"nvmlErrorString", AT(error_string), false},
    {"nvmlSystemGetDriverVersion", AT(driver_version), true},
    {"nvmlDeviceGetCount_v2", AT(count), true},
    {"nvmlDeviceGetHandleByIndex_v2", AT(handle), true},
    {"nvmlDeviceGetUUID", AT(uuid), true},
    {"nvmlDeviceGetVbiosVersion", AT(vbios), true},
    {"nvmlDeviceGetArchitecture", AT(arch), true},
    {"nvmlDeviceGetConfComputeGpuCertificate", AT(certificate), true},
    {"nvmlDeviceGetConfComputeGpuAttestationReport", AT(report), true},
    {"nvmlDeviceGetPdi", AT(pdi), false},
    {"nvmlSystemGetConfComputeState", AT(cc_state), false},
    {"nvmlSystemGetConfComputeSettings", AT(cc_settings), false},
};

/* Never unloaded: the driver's library keeps state and threads of its own, and unmapping it
 * under them gains a program that is about to end nothing. */
int gh_nvml_open(struct gh_nvml *out, struct gh_err *err)
{
	void *lib = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	memset(out, 0, sizeof(*out));
	if (!lib) {
		const char *why = dlerror();

		gh_fail(err, GH_E_IO, "%s cannot be loaded: %s", LIBRARY,
		    why ? why : "no reason given");
		return gh_err_hint(err,
		    "install the NVIDIA driver of the image, or add its folder to "
		    "LD_LIBRARY_PATH");
	}
	for (size_t i = 0; i < GH_COUNT(symbols); i++) {
		void *found = dlsym(lib, symbols[i].name);

		if (!found && symbols[i].required) {
			gh_fail(err, GH_E_IO, "%s has no %s", LIBRARY, symbols[i].name);
			return gh_err_hint(err, "a driver with confidential computing is "
						"needed (535 or later)");
		}
		memcpy((char *)out + symbols[i].offset, &found, sizeof(found));
	}
	return 0;
}

const char *gh_nvml_text(const struct gh_nvml *n, int rc)
{
	const char *text = n->error_string ? n->error_string(rc) : NULL;

	return text ? text : "no text for this code";
}

const char *gh_nvml_arch_word(unsigned int arch)
{
	switch (arch) {
	case 9:
		return "HOPPER";
	case 10:
		return "BLACKWELL";
	default:
		return NULL;
	}
}
