/* SPDX-License-Identifier: Apache-2.0
 * A libnvidia-ml.so.1 that misbehaves as $STUB_NVML says, for tests/lab/test_agent.sh.
 * Two GPUs; what goes wrong goes wrong on GPU 1. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/nvml.h"

static int is(const char *mode)
{
	const char *now = getenv("STUB_NVML");

	return now && strcmp(now, mode) == 0;
}

static int hang_if(const char *mode)
{
	if (is(mode))
		for (int i = 0; i < 60; i++)
			sleep(10);
	return 0;
}

static struct gh_nvml_device *handle_of(unsigned int index)
{
	static char place[2];

	return (struct gh_nvml_device *)(void *)&place[index];
}

static int second(struct gh_nvml_device *d)
{
	return d == handle_of(1);
}

int nvmlInit_v2(void)
{
	hang_if("hang-init");
	return is("fail-init") ? 9 : 0;
}

int nvmlShutdown(void)
{
	return hang_if("hang-shutdown");
}

int nvmlSystemGetDriverVersion(char *out, unsigned int size)
{
	snprintf(out, size, "595.71.05");
	return 0;
}

int nvmlSystemGetConfComputeState(struct gh_nvml_cc_state *out)
{
	*out = (struct gh_nvml_cc_state){2, !is("cc-off"), is("devtools")};
	return is("no-state") ? 3 : 0;
}

int nvmlDeviceGetCount_v2(unsigned int *n)
{
	*n = is("none") ? 0 : 2;
	return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned int index, struct gh_nvml_device **out)
{
	*out = handle_of(index);
	return is("fail-handle") && index == 1 ? 15 : 0;
}

int nvmlDeviceGetUUID(struct gh_nvml_device *d, char *out, unsigned int size)
{
	if (is("slow"))
		usleep(700000);
	if (is("hostile") && second(d))
		memset(out, 0x1b, size); /* no end, and nothing but escapes */
	else
		snprintf(out, size, "GPU-%d", second(d));
	return 0;
}

int nvmlDeviceGetVbiosVersion(struct gh_nvml_device *d, char *out, unsigned int size)
{
	if (is("slow"))
		usleep(700000);
	(void)d;
	snprintf(out, size, "96.00.9f.00.04");
	return 0;
}

int nvmlDeviceGetArchitecture(struct gh_nvml_device *d, unsigned int *out)
{
	if (is("slow"))
		usleep(700000);
	*out = is("old") && second(d) ? 7 : 10;
	return 0;
}

int nvmlDeviceGetConfComputeGpuCertificate(
    struct gh_nvml_device *d, struct gh_nvml_certificate *out)
{
	hang_if(second(d) ? "hang-chain" : "");
	memcpy(out->attestation_chain, "PEM\n", 5);
	out->attestation_chain_size = is("big-chain") && second(d) ? 0x1401 : 5;
	return 0;
}

#ifndef WITHOUT_REPORT
int nvmlDeviceGetConfComputeGpuAttestationReport(
    struct gh_nvml_device *d, struct gh_nvml_report *io)
{
	if (second(d))
		hang_if("hang-report");
	memcpy(io->report, io->nonce, 32);
	io->size = 32;
	if (is("full"))
		io->size = 0x2000;
	if (is("big-report") && second(d))
		io->size = 0x2001;
	if (is("huge-report") && second(d))
		io->size = 0xffffffff;
	if (is("empty-report") && second(d))
		io->size = 0;
	return is("fail-report") && second(d) ? 3 : 0;
}
#endif
