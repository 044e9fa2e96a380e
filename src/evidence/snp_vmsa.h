/* SPDX-License-Identifier: Apache-2.0
 * The first state of a virtual CPU of an SNP guest, as a launch measures it: one page
 * (spec/snp.md section 4). */
#pragma once

#include <stdint.h>

#include "base/attr.h"

#define GH_VMSA_LEN 4096u

/* Who builds the page: each hypervisor fills some registers in its own way. */
enum gh_vmm { GH_VMM_QEMU = 0, GH_VMM_EC2, GH_VMM_GCE, GH_VMM_N };

/* "qemu", "ec2", "gce" */
const char *gh_vmm_word(enum gh_vmm v);
GH_MUST_USE int gh_vmm_parse(const char *word, enum gh_vmm *out);

struct gh_vmsa {
	enum gh_vmm vmm;
	uint32_t sig;      /* CPUID 1 EAX of the vCPU model; EC2 and GCE ignore it */
	uint64_t features; /* SEV_FEATURES */
	uint32_t eip; /* where it starts: GH_VMSA_BSP, or the reset block's address */
};

#define GH_VMSA_BSP 0xFFFFFFF0u /* the reset vector, where the first CPU starts */

void gh_vmsa_page(unsigned char page[static GH_VMSA_LEN], const struct gh_vmsa *v);
