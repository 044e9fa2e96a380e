/* SPDX-License-Identifier: Apache-2.0
 * What we accept of evidence that is genuine: the third layer, after cryptography and the
 * vendor's word. The default is strict; each knob loosens or pins one thing, and what a
 * knob let through is still said in its finding. */
#pragma once

#include <stdint.h>

#include "base/json.h"

/* A list of values, any of which will do; n == 0: not pinned. */
#define GH_PINS_MAX 16
struct gh_pins {
	unsigned char at[GH_PINS_MAX][64];
	size_t len; /* bytes of each value */
	size_t n;
};
/* True when not pinned, or p (of pins->len bytes) is one of them. */
bool gh_pins_fit(const struct gh_pins *pins, const void *p);

/* Intel's word on a TCB level (spec/tdx.md section 3.4). */
enum gh_tdx_status {
	GH_TCB_UNKNOWN = 0,
	GH_TCB_UP_TO_DATE,
	GH_TCB_SW_HARDENING_NEEDED,
	GH_TCB_CONFIGURATION_NEEDED,
	GH_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED,
	GH_TCB_OUT_OF_DATE,
	GH_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED,
	GH_TCB_REVOKED, /* no policy can accept it */
	GH_TCB_TD_RELAUNCH_ADVISED,
	GH_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
	GH_TCB_N,
};
const char *gh_tdx_status_word(enum gh_tdx_status s); /* "UpToDate" */
GH_MUST_USE int gh_tdx_status_parse(const char *word, enum gh_tdx_status *out);

struct gh_tdx_policy {
	unsigned int accept; /* bit (1 << enum gh_tdx_status); default UpToDate only */
	int64_t min_eval;    /* smallest tcbEvaluationDataNumber; 0: any */
	uint64_t attributes_allowed; /* TDATTRIBUTES that may be set: 27, 28, 30, 31 */
	bool sept_ve_disable;        /* bit 28 must be set; default true */
	uint64_t xfam_allowed;       /* 0x6DBE7 */
	bool service_td;             /* MRSERVICETD may be non-zero; default false */
	bool trailing;               /* non-zero bytes behind the quote; default false */
	struct gh_pins mrtd, mrseam, mrconfigid, mrowner, mrownerconfig, rtmr[4]; /* 48 */
	struct gh_pins ppid, platform_instance;                                   /* 16 */
	struct gh_pins fmspc;                                                     /* 6 */
};

struct gh_snp_policy {
	unsigned int vmpl_max;       /* default 0 */
	bool debug, migrate_ma, cxl; /* the guest policy may allow it; default false */
	bool provisional; /* COMMITTED may stay behind CURRENT; default false */
	bool alias_check; /* must be complete (CVE-2024-21944); default true */
	bool revocation;  /* no CRL given is a blocker, not a warning; default false */
	/* Smallest security patch level of REPORTED, COMMITTED, CURRENT and LAUNCH TCB. */
	struct {
		uint8_t fmc, boot_loader, tee, snp, microcode;
	} min_tcb;
	struct gh_pins measurement, id_key_digest, author_key_digest; /* 48 */
	struct gh_pins host_data;                                     /* 32 */
	struct gh_pins chip_id;                                       /* 64 */
};

struct gh_nvidia_policy {
	bool fwid; /* must be in the report also where drivers before 550 leave it out */
	bool revocation;    /* OCSP answers are due: absent ones are UNKNOWN, not SKIP */
	bool ocsp_nonce;    /* an answer without our nonce (cached) does not do */
	bool rim_hold;      /* certificateHold on a RIM signer warns instead of failing */
	unsigned int modes; /* bit 0 SPT, 1 MPT, 2 PPCIE; default all */
	struct gh_pins pdi; /* 8 */
	size_t gpus, switches; /* how many devices are due in one set; 0: any */
};

struct gh_policy {
	char id[64];
	struct gh_tdx_policy tdx;
	struct gh_snp_policy snp;
	struct gh_nvidia_policy nvidia;
};

/* The strict default, never NULL. */
const struct gh_policy *gh_policy_strict(void);
/* {"v":1,"id":..,"tdx":{..},"snp":{..},"nvidia":{..}}, docs/evidence-policy.md: starts from
 * the strict default. CONFIG names the path of an unknown or wrong member. */
GH_MUST_USE int gh_policy_load(
    struct gh_policy *out, const void *json, size_t len, struct gh_err *err);
