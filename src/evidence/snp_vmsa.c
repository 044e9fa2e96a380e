/* SPDX-License-Identifier: Apache-2.0
 * Fills the VMSA page (spec/snp.md section 4; little endian, zero unless listed). */
#include "evidence/snp_vmsa.h"

#include <stdbool.h>

static const char *const vmm_words[GH_VMM_N] = {"qemu", "ec2", "gce"};

const char *gh_vmm_word(enum gh_vmm v)
{
	return vmm_words[v];
}

int gh_vmm_parse(const char *word, enum gh_vmm *out)
{
	for (int i = 0; i < GH_VMM_N; i++) {
		if (!strcmp(word, vmm_words[i])) {
			*out = (enum gh_vmm)i;
			return 0;
		}
	}
	return -1;
}

static void put(unsigned char *page, size_t at, size_t len, uint64_t v)
{
	for (size_t i = 0; i < len; i++)
		page[at + i] = (unsigned char)(v >> (8 * i));
}

/* {u16 selector, u16 attributes, u32 limit, u64 base}; selectors other than CS are 0. */
static void put_segment(unsigned char *page, size_t at, uint16_t attr)
{
	put(page, at + 2, 2, attr);
	put(page, at + 4, 4, 0xFFFF);
}

static void put_segments(unsigned char *page, const struct gh_vmsa *v)
{
	bool ec2 = v->vmm == GH_VMM_EC2;
	bool bsp = v->eip == GH_VMSA_BSP;

	put_segment(page, 0x00, 0x93);                     /* ES */
	put_segment(page, 0x10, ec2 && bsp ? 0x9A : 0x9B); /* CS */
	put(page, 0x10, 2, 0xF000);
	put(page, 0x18, 8, v->eip & 0xFFFF0000u);
	put_segment(page, 0x20, ec2 ? 0x92 : 0x93); /* SS */
	put_segment(page, 0x30, 0x93);              /* DS */
	put_segment(page, 0x40, 0x93);              /* FS */
	put_segment(page, 0x50, 0x93);              /* GS */
	put_segment(page, 0x60, 0);                 /* GDTR */
	put_segment(page, 0x70, 0x82);              /* LDTR */
	put_segment(page, 0x80, 0);                 /* IDTR */
	put_segment(page, 0x90, ec2 ? 0x83 : 0x8B); /* TR */
}

void gh_vmsa_page(unsigned char page[static GH_VMSA_LEN], const struct gh_vmsa *v)
{
	bool qemu = v->vmm == GH_VMM_QEMU;

	memset(page, 0, GH_VMSA_LEN);
	put_segments(page, v);
	put(page, 0x0D0, 8, 0x1000);          /* EFER: SVME */
	put(page, 0x148, 8, 0x40);            /* CR4: MCE */
	put(page, 0x158, 8, 0x10);            /* CR0: ET */
	put(page, 0x160, 8, 0x400);           /* DR7 */
	put(page, 0x168, 8, 0xFFFF0FF0u);     /* DR6 */
	put(page, 0x170, 8, 2);               /* RFLAGS */
	put(page, 0x178, 8, v->eip & 0xFFFF); /* RIP */
	put(page, 0x268, 8,
	    v->vmm == GH_VMM_GCE ? 0x00070106ull : 0x0007040600070406ull); /* G_PAT */
	put(page, 0x310, 8, qemu ? v->sig : 0x600);                        /* RDX */
	put(page, 0x3B0, 8, v->features);       /* SEV_FEATURES */
	put(page, 0x3E8, 8, 1);                 /* XCR0 */
	put(page, 0x408, 4, qemu ? 0x1F80 : 0); /* MXCSR */
	put(page, 0x410, 2, qemu ? 0x37F : 0);  /* x87 FCW */
}
