/* SPDX-License-Identifier: Apache-2.0
 * The MEASUREMENT that an SNP guest will report, computed from its firmware and how it is
 * started, and the search for the settings behind a measurement that was seen
 * (spec/snp.md section 4). */
#pragma once

#include "evidence/firmware.h"
#include "evidence/snp_vmsa.h"

#define GH_SNP_LD_LEN    48
#define GH_SNP_VCPUS_MAX 4096

struct gh_snp_launch {
	const struct gh_firmware *fw;
	const unsigned char *fw_digest; /* 48: digest after the firmware pages, when only
					   the list of fw is at hand; NULL: from fw */
	unsigned int vcpus;             /* 1 to GH_SNP_VCPUS_MAX */
	uint32_t sig;                   /* of the vCPU model: gh_snp_cpu_sig() */
	uint64_t features; /* SEV_FEATURES, 0x1 for current QEMU and kernel */
	enum gh_vmm vmm;
	bool kernel; /* the three below are measured too (kernel-hashes=on) */
	uint8_t kernel_sha256[32], initrd_sha256[32], cmdline_sha256[32];
};

/* Sets kernel and the three digests: a kernel file, an initrd (p == NULL: none), a command
 * line (NULL: empty), which is hashed with its NUL. */
GH_MUST_USE int gh_snp_launch_kernel(struct gh_snp_launch *in, struct gh_bytes kernel,
    struct gh_bytes initrd, const char *cmdline, struct gh_err *err);

/* The launch digest. PARSE when the firmware lacks what the launch needs, USAGE for a
 * number that no launch takes. */
GH_MUST_USE int gh_snp_launch_digest(const struct gh_snp_launch *in,
    uint8_t out[static GH_SNP_LD_LEN], struct gh_err *err);
/* The digest after the firmware pages alone: what fw_digest takes. */
GH_MUST_USE int gh_snp_firmware_digest(
    const struct gh_firmware *fw, uint8_t out[static GH_SNP_LD_LEN], struct gh_err *err);

/* Tries features {in->features, 0x1, 0x21}, the hypervisor of in, the signature of in and
 * of every known model, and 1 to max_vcpus CPUs. 1: *in now says what gives `want` and
 * *model is the model's name ("" when only the signature is known); 0: nothing does. */
GH_MUST_USE int gh_snp_launch_find(struct gh_snp_launch *in, unsigned int max_vcpus,
    const uint8_t want[static GH_SNP_LD_LEN], const char **model, struct gh_err *err);

/* CPUID 1 EAX of a QEMU CPU model, whatever its -vN: "EPYC-Milan-v2". 0: unknown. */
uint32_t gh_snp_cpu_sig(const char *model);
/* "EPYC-Milan", "" when unknown. */
const char *gh_snp_cpu_model(uint32_t sig);
