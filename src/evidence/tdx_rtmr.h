/* SPDX-License-Identifier: Apache-2.0
 * RTMR1 and RTMR2 of a TD, predicted from what it boots: a kernel given to QEMU (direct
 * boot) or a unified kernel image on a disk (spec/tdx.md sections 5.3 and 8.3). The answer
 * is the list of events, so that a mismatch can be told by comparing it with the guest's
 * event log. */
#pragma once

#include "evidence/pe_image.h"

#define GH_RTMR_DIGEST 48
#define GH_RTMR_ROWS   40

struct gh_rtmr_row {
	unsigned int rtmr; /* 1 or 2 */
	uint32_t type;     /* of the event, as in the log: 0x80000003 */
	bool known;        /* false: cannot be told from what was given; words says why */
	uint8_t digest[GH_RTMR_DIGEST];
	char words[96];
};

struct gh_rtmr_log {
	struct gh_rtmr_row at[GH_RTMR_ROWS];
	size_t n;
};

/* Where software of the boot path differs by its version. 0 is the newest of each. */
enum {
	/* QEMU writes into the kernel's setup header: older than its rule to leave the
	 * kernel of a confidential guest as it is, or firmware that takes the kernel in two
	 * parts */
	GH_RTMR_PATCHED = 1,
	/* the firmware measures no separator into RTMR1 */
	GH_RTMR_NO_SEPARATOR = 2,
	/* the UKI's stub starts its kernel by LoadImage, which measures it again */
	GH_RTMR_INNER = 4,
};

struct gh_rtmr_in {
	struct gh_bytes image;  /* kernel or UKI, as in its file */
	struct gh_bytes initrd; /* direct boot; p == NULL: none */
	const char *cmdline;    /* direct boot; NULL: empty. ASCII */
	uint64_t ram;           /* bytes; GH_RTMR_PATCHED with an initrd depends on it
				   below 0xB0000000; 0: more than that */
	struct gh_bytes disk;   /* UKI: the start of the disk with its GPT (34 sectors are
				   usual); p == NULL: not known */
	unsigned int flags;
};

/* True when the image holds a kernel of its own (".linux"). */
bool gh_rtmr_is_uki(const struct gh_pe *pe);
/* The events of RTMR1 and RTMR2. PARSE when an input cannot be read; USAGE for one that
 * is outside of what we predict. */
GH_MUST_USE int gh_rtmr_direct(
    struct gh_rtmr_log *out, const struct gh_rtmr_in *in, struct gh_err *err);
GH_MUST_USE int gh_rtmr_uki(
    struct gh_rtmr_log *out, const struct gh_rtmr_in *in, struct gh_err *err);
/* The register after these events; rtmr 1 or 2. USAGE, naming the first event that is not
 * known, when there is one. */
GH_MUST_USE int gh_rtmr_replay(const struct gh_rtmr_log *log, unsigned int rtmr,
    uint8_t out[static GH_RTMR_DIGEST], struct gh_err *err);

/* The kernel with its setup header as QEMU writes it (GH_RTMR_PATCHED); appended. */
GH_MUST_USE int gh_rtmr_patch(
    struct gh_buf *out, const struct gh_rtmr_in *in, struct gh_err *err);
/* The data of EV_EFI_GPT_EVENT for that disk: header, u64 count, the used entries;
 * appended. Sectors of 512 bytes. */
GH_MUST_USE int gh_rtmr_gpt(struct gh_buf *out, struct gh_bytes disk, struct gh_err *err);
