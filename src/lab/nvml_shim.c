/* SPDX-License-Identifier: Apache-2.0
 * The lab's libnvidia-ml.so.1: serves eight GPUs from small files, read at each call, and
 * signs measurement reports with their lab keys (spec/nvidia.md section 1). */
#include "lab/nvml_shim.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "lab/spdm_write.h"

#define SHIM_GPUS    8
#define SHIM_DIR     "/lab/gpu"
#define SHIM_DIR_ENV "GH_LAB_GPU_DIR"

/* NVML's return codes. */
enum {
	OK = 0,
	UNINITIALIZED = 1,
	INVALID_ARGUMENT = 2,
	INSUFFICIENT_SIZE = 7,
	DRIVER_NOT_LOADED = 9,
	GPU_IS_LOST = 15,
	VERSION_MISMATCH = 25,
	UNKNOWN = 999,
};

#define ARCH_HOPPER   9
#define CC_PRODUCTION 2
#define SETTINGS_V1   0x01000014u
#define PDI_V1        0x01000010u
#define SHIM_FILE_MAX 65536u
#define SHIM_BLOCKS   64u

struct nvmlDevice_st {
	unsigned int index;
};

static struct nvmlDevice_st devices[SHIM_GPUS] = {{0}, {1}, {2}, {3}, {4}, {5}, {6}, {7}};

/* ---- files ----------------------------------------------------------------------- */

static const char *base_dir(void)
{
	const char *dir = getenv(SHIM_DIR_ENV);

	return dir && dir[0] ? dir : SHIM_DIR;
}

static int read_gpu_file(struct gh_buf *out, unsigned int gpu, const char *name)
{
	char path[4096];
	int n;

	if (strchr(name, '/'))
		return -1;
	n = snprintf(path, sizeof(path), "%s/%u/%s", base_dir(), gpu, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -1;
	return gh_file_read(out, path, SHIM_FILE_MAX, NULL);
}

static json_t *read_report(unsigned int gpu)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	if (read_gpu_file(&text, gpu, "report.json") < 0)
		return NULL;
	return gh_json_parse(text.p, text.len, NULL);
}

static int give_text(char *out, unsigned int size, const char *text)
{
	size_t n = strlen(text) + 1;

	if (!out)
		return INVALID_ARGUMENT;
	if (n > size)
		return INSUFFICIENT_SIZE;
	memcpy(out, text, n);
	return OK;
}

static int give_member(nvmlDevice_t d, const char *key, char *out, unsigned int size)
{
	gh_auto(json_t *, gh_json_free) o = d ? read_report(d->index) : NULL;

	if (!d)
		return INVALID_ARGUMENT;
	return o ? give_text(out, size, gh_json_text(o, key)) : GPU_IS_LOST;
}

static unsigned int count_gpus(void)
{
	unsigned int n = 0;
	char path[4096];

	while (n < SHIM_GPUS) {
		snprintf(path, sizeof(path), "%s/%u/report.json", base_dir(), n);
		if (access(path, R_OK) != 0)
			break;
		n++;
	}
	return n;
}

/* ---- the system ------------------------------------------------------------------ */

int nvmlInit_v2(void)
{
	return count_gpus() ? OK : DRIVER_NOT_LOADED;
}

int nvmlShutdown(void)
{
	return OK;
}

const char *nvmlErrorString(int rc)
{
	static const struct {
		int rc;
		const char *text;
	} texts[] = {
	    {OK, "The operation was successful"},
	    {UNINITIALIZED, "NVML was not first initialized"},
	    {INVALID_ARGUMENT, "A supplied argument is invalid"},
	    {INSUFFICIENT_SIZE, "An input argument is not large enough"},
	    {DRIVER_NOT_LOADED, "The lab has no GPU folder here"},
	    {GPU_IS_LOST, "The GPU's lab files cannot be read"},
	    {VERSION_MISMATCH, "The version of a structure is not supported"},
	};

	for (size_t i = 0; i < GH_COUNT(texts); i++)
		if (texts[i].rc == rc)
			return texts[i].text;
	return "The lab's GPU files are damaged";
}

int nvmlSystemGetDriverVersion(char *out, unsigned int size)
{
	return give_member(&devices[0], "driver_version", out, size);
}

int nvmlSystemGetConfComputeState(struct nvml_cc_state *out)
{
	*out = (struct nvml_cc_state){.environment = CC_PRODUCTION, .ccFeature = 1};
	return OK;
}

int nvmlSystemGetConfComputeSettings(struct nvml_cc_settings *io)
{
	if (io->version != SETTINGS_V1)
		return VERSION_MISMATCH;
	io->environment = CC_PRODUCTION;
	io->ccFeature = 1;
	io->devToolsMode = 0;
	io->multiGpuMode = 0;
	return OK;
}

/* ---- one device ------------------------------------------------------------------ */

int nvmlDeviceGetCount_v2(unsigned int *n)
{
	*n = count_gpus();
	return OK;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned int index, nvmlDevice_t *out)
{
	if (index >= count_gpus())
		return INVALID_ARGUMENT;
	*out = &devices[index];
	return OK;
}

int nvmlDeviceGetUUID(nvmlDevice_t d, char *out, unsigned int size)
{
	return give_member(d, "uuid", out, size);
}

int nvmlDeviceGetVbiosVersion(nvmlDevice_t d, char *out, unsigned int size)
{
	return give_member(d, "vbios_version", out, size);
}

int nvmlDeviceGetArchitecture(nvmlDevice_t d, unsigned int *out)
{
	*out = ARCH_HOPPER;
	return d ? OK : INVALID_ARGUMENT;
}

int nvmlDeviceGetPdi(nvmlDevice_t d, struct nvml_pdi *io)
{
	char hex[17];
	uint64_t value;
	int rc;

	if (io->version != PDI_V1)
		return VERSION_MISMATCH;
	rc = give_member(d, "pdi", hex, sizeof(hex));
	if (rc != OK)
		return rc;
	if (gh_text_u64(gh_text_of(hex), 16, &value) < 0)
		return UNKNOWN;
	io->value = value;
	return OK;
}

int nvmlDeviceGetConfComputeGpuCertificate(nvmlDevice_t d, struct nvml_certificate *out)
{
	gh_auto(json_t *, gh_json_free) o = d ? read_report(d->index) : NULL;
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};

	if (!d)
		return INVALID_ARGUMENT;
	if (!o || read_gpu_file(&pem, d->index, gh_json_text(o, "chain")) < 0)
		return GPU_IS_LOST;
	if (pem.len > sizeof(out->attestationCertChain))
		return INSUFFICIENT_SIZE;
	memset(out, 0, sizeof(*out));
	memcpy(out->attestationCertChain, pem.p, pem.len);
	out->attestationCertChainSize = (uint32_t)pem.len;
	return OK;
}

/* ---- the measurement report ------------------------------------------------------ */

static int read_blocks(uint8_t (*block)[GH_LAB_SPDM_DIGEST], const json_t *report)
{
	const json_t *blocks = json_object_get(report, "blocks");

	if (json_array_size(blocks) != SHIM_BLOCKS)
		return -1;
	for (size_t i = 0; i < SHIM_BLOCKS; i++) {
		const char *hex = json_string_value(json_array_get(blocks, i));

		if (!hex || gh_unhex(block[i], GH_LAB_SPDM_DIGEST, hex, NULL) < 0)
			return -1;
	}
	return 0;
}

/* Elements of {type (u16), length (u16), data}. */
static int read_opaque(struct gh_buf *out, const json_t *report)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(report, "opaque"), i, item)
	{
		gh_auto(struct gh_buf, gh_buf_free) data = {0};
		const char *hex = gh_json_text(item, "data");
		json_int_t type = json_integer_value(json_object_get(item, "type"));

		if (gh_unhex_buf(&data, hex, strlen(hex), NULL) < 0 || type < 0 ||
		    type > 0xffff)
			return -1;
		gh_buf_le(out, (uint64_t)type, 2);
		gh_buf_le(out, data.len, 2);
		gh_buf_add(out, data.p, data.len);
	}
	return gh_buf_ok(out, NULL);
}

static int build_report(
    struct gh_buf *out, unsigned int gpu, const json_t *report, const uint8_t asked[32])
{
	const char *fault = gh_json_text(report, "fault");
	bool other_nonce = strcmp(fault, "gpu-wrong-nonce") == 0;
	gh_auto(struct gh_buf, gh_buf_free) opaque = {0};
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	uint8_t block[SHIM_BLOCKS][GH_LAB_SPDM_DIGEST], nonce[32];

	for (size_t i = 0; i < sizeof(nonce); i++)
		nonce[i] = asked[i] ^ (other_nonce ? 0xff : 0);
	if (read_blocks(block, report) < 0 || read_opaque(&opaque, report) < 0 ||
	    read_gpu_file(&pem, gpu, gh_json_text(report, "key")) < 0)
		return -1;
	const struct gh_lab_spdm m = {.nonce = nonce,
	    .blocks = block[0],
	    .n_blocks = SHIM_BLOCKS,
	    .opaque = gh_buf_view(&opaque),
	    .key = gh_buf_view(&pem),
	    .damage = strcmp(fault, "gpu-bad-signature") == 0};
	return gh_lab_spdm_write(out, &m);
}

int nvmlDeviceGetConfComputeGpuAttestationReport(nvmlDevice_t d, struct nvml_report *io)
{
	gh_auto(json_t *, gh_json_free) o = d ? read_report(d->index) : NULL;
	gh_auto(struct gh_buf, gh_buf_free) blob = {0};

	if (!d)
		return INVALID_ARGUMENT;
	if (!o)
		return GPU_IS_LOST;
	if (build_report(&blob, d->index, o, io->nonce) < 0)
		return UNKNOWN;
	if (blob.len > sizeof(io->attestationReport))
		return INSUFFICIENT_SIZE;
	io->isCecAttestationReportPresent = 0;
	io->cecAttestationReportSize = 0;
	io->attestationReportSize = (uint32_t)blob.len;
	memcpy(io->attestationReport, blob.p, blob.len);
	return OK;
}
