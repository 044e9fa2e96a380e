/* SPDX-License-Identifier: Apache-2.0
 * gatehouse-bind/1: how one session, the agent's key, its connection, the host's report
 * and the evidence of all devices go into the 64 bytes that the CPU signs (docs/binding.md,
 * spec/reports.md section 5.3). Every label ends in one NUL and every other input has 32
 * bytes, so that no two different inputs give the same bytes to hash. */
#pragma once

#include "base/result.h"

#define GH_BIND_LEN    32
#define GH_BIND_REPORT 64 /* report_data: B, then N in clear */
/* The TLS exporter: this label, N as context, 32 bytes. */
#define GH_BIND_EXPORTER "EXPORTER-gatehouse-attest"

struct gh_bind_inputs {
	const unsigned char *client_nonce;  /* 32; NULL: none, which is 32 zeros */
	const unsigned char *console_nonce; /* 32 */
	const char *audience;               /* "client:acme" */
	struct gh_bytes spki;               /* DER of the agent's TLS key */
	const unsigned char *exporter;      /* X, 32 */
	bool exporter_stated; /* X is as the report says, not of our own connection */
	const unsigned char *stage1; /* C, 32: SHA-256 of the host report's payload */
	struct gh_bytes devices;     /* exact bytes of the devices section */
	struct gh_bytes platform;    /* exact bytes of the platform section */
};

struct gh_bind {
	uint8_t n[GH_BIND_LEN];     /* the session */
	uint8_t k[GH_BIND_LEN];     /* the agent's key */
	uint8_t d[GH_BIND_LEN];     /* the devices */
	uint8_t e[GH_BIND_LEN];     /* the platform */
	uint8_t gpu[GH_BIND_LEN];   /* nonce for all GPUs */
	uint8_t swtch[GH_BIND_LEN]; /* nonce for all switches */
	uint8_t tpm[GH_BIND_LEN];   /* qualifying data for the host's TPM */
	uint8_t b[GH_BIND_LEN];
	uint8_t report_data[GH_BIND_REPORT];
};

/* N alone: what a challenge needs before anything else is there. */
GH_MUST_USE int gh_bind_session(uint8_t out[static GH_BIND_LEN],
    const unsigned char *client_nonce, const unsigned char console_nonce[static 32],
    const char *audience, struct gh_err *err);
/* The nonces of the devices, from N and K = SHA-256 of the key. */
GH_MUST_USE int gh_bind_gpu_nonce(uint8_t out[static GH_BIND_LEN],
    const uint8_t n[static GH_BIND_LEN], const uint8_t k[static GH_BIND_LEN],
    struct gh_err *err);
GH_MUST_USE int gh_bind_switch_nonce(uint8_t out[static GH_BIND_LEN],
    const uint8_t n[static GH_BIND_LEN], const uint8_t k[static GH_BIND_LEN],
    struct gh_err *err);
/* What the host's TPM signs along, from N and C. */
GH_MUST_USE int gh_bind_host_tpm(uint8_t out[static GH_BIND_LEN],
    const uint8_t n[static GH_BIND_LEN], const unsigned char stage1[static 32],
    struct gh_err *err);
/* All of it. USAGE when an input is missing. */
GH_MUST_USE int gh_bind_compute(
    struct gh_bind *out, const struct gh_bind_inputs *in, struct gh_err *err);
/* From the exact bytes of the launch specification: MR_CONFIG_ID of a TD (48 bytes) and
 * HOST_DATA of an SNP guest (32). Either may be NULL. */
GH_MUST_USE int gh_bind_launch(
    uint8_t *mr_config_id, uint8_t *host_data, struct gh_bytes spec, struct gh_err *err);

/* Judges report_data of evidence whose signature step is `parent` ("snp.signature",
 * "tdx.signature"; "": a root). Adds, for `subject`: bind.nonce (N is ours),
 * bind.report_data (B is of exactly these inputs), bind.exporter (X is of our own
 * connection, or taken as stated). All are made whatever fails. */
GH_MUST_USE int gh_bind_verify(struct gh_result *out, const char *subject,
    const char *parent, const struct gh_bind_inputs *in,
    const unsigned char report_data[static GH_BIND_REPORT], struct gh_err *err);
/* Adds bind.launch: `seen` (48 bytes MR_CONFIG_ID, 32 bytes HOST_DATA) is of this launch
 * specification. USAGE for another length. */
GH_MUST_USE int gh_bind_verify_launch(struct gh_result *out, const char *subject,
    const char *parent, struct gh_bytes spec, struct gh_bytes seen, struct gh_err *err);
