/* SPDX-License-Identifier: Apache-2.0
 * What an event says, and whether its digest proves it (spec/tdx.md section 5.3). A
 * register proves digests only: text is a fact when the digest is recomputed from it. */
#pragma once

#include "evidence/ccel.h"

/* Event types that somebody asks for by name. */
#define GH_EV_SEPARATOR       0x00000004u
#define GH_EV_TAG             0x00000006u
#define GH_EV_CONFIG_FLAGS    0x0000000Au
#define GH_EV_IPL             0x0000000Du
#define GH_EV_DSTACK          0x08000001u /* of a JSON log */
#define GH_EV_VAR_CONFIG      0x80000001u
#define GH_EV_VAR_BOOT        0x80000002u
#define GH_EV_BOOT_APP        0x80000003u
#define GH_EV_GPT             0x80000006u
#define GH_EV_ACTION          0x80000007u
#define GH_EV_FIRMWARE_BLOB2  0x8000000Au
#define GH_EV_HANDOFF_TABLES2 0x8000000Bu
#define GH_EV_VAR_BOOT2       0x8000000Cu
#define GH_EV_VAR_AUTHORITY   0x800000E0u

/* Tagged events: who made them. */
#define GH_TAG_LOAD_OPTIONS 0x8F3B22EDu /* Linux: the command line */
#define GH_TAG_INITRD       0x8F3B22ECu
#define GH_TAG_AAEL         0x4141454Cu /* attestation agent */

enum gh_ccel_mark {
	GH_CCEL_NAME_ONLY =
	    0, /* names what was measured; the digest is of something else */
	GH_CCEL_PROVEN,
	GH_CCEL_CONTRADICTED, /* the digest should be of it, and is not */
};
const char *gh_ccel_mark_word(enum gh_ccel_mark m); /* "proven" */
/* "EV_SEPARATOR"; "unknown type" when we do not know it. */
const char *gh_ccel_type_name(uint32_t type);

struct gh_ccel_reading {
	enum gh_ccel_mark mark;
	/* what of the data the digest covers: "data", "variable data", "text", "text and
	 * NUL", "section name", "name and payload"; "" unless proven */
	const char *covers;
	struct gh_bytes text; /* the part that it covers, or should */
	bool utf16;           /* text is UTF-16LE */
	bool cmdline;         /* labelled as the kernel's command line */
	bool failed;          /* a separator that reports an error */
};
struct gh_ccel_reading gh_ccel_read(const struct gh_ccel_event *ev);
/* The digest of a dstack runtime event: SHA-384(LE32 type, ":", name, ":", data), section
 * 5.2. */
GH_MUST_USE int gh_ccel_runtime_digest(const struct gh_ccel_event *ev,
    unsigned char out[static GH_RTMR_LEN], struct gh_err *err);

/* UEFI_VARIABLE_DATA: GUID 16, u64 characters of the name, u64 bytes of data, name in
 * UTF-16LE, data. */
struct gh_uefi_var {
	const unsigned char *guid; /* 16 */
	struct gh_bytes name, data;
};
/* False when a length leads outside, or something is left over. */
bool gh_uefi_var_read(struct gh_uefi_var *out, struct gh_bytes data);
/* True when the UTF-16LE name is this ASCII word. */
bool gh_utf16_is(struct gh_bytes utf16, const char *ascii);

enum gh_secure_boot {
	GH_SECURE_BOOT_UNSAID = 0, /* no proven word about it */
	GH_SECURE_BOOT_OFF,
	GH_SECURE_BOOT_ON,
	GH_SECURE_BOOT_ABSENT, /* no such variable: off */
	GH_SECURE_BOOT_UNCLEAR,
};

#define GH_CCEL_APPS  8
#define GH_CCEL_WRONG 3
/* All events of a log, read. Facts are proven by digests; whether the digests are those of
 * a quote is for the caller: secure_boot and its event stand in RTMR0, boot applications in
 * RTMR1, the command line in RTMR2. */
struct gh_ccel_facts {
	size_t proven, name_only, contradicted;
	const struct gh_ccel_event
	    *wrong[GH_CCEL_WRONG];          /* the first contradicted ones */
	const struct gh_ccel_event *failed; /* error separator */
	enum gh_secure_boot secure_boot;
	struct gh_bytes cmdline; /* the last one; .p NULL: none is proven */
	bool cmdline_utf16;
	size_t n_cmdlines;                      /* different ones */
	const unsigned char *app[GH_CCEL_APPS]; /* Authenticode SHA-384, in order */
	size_t n_apps;                          /* may be more than GH_CCEL_APPS */
};
void gh_ccel_survey(struct gh_ccel_facts *out, const struct gh_events *es);
