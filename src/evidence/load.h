/* SPDX-License-Identifier: Apache-2.0
 * Evidence as people keep it: raw, hex, base64, or inside a JSON container; one device or
 * many in a file. Told apart by content, never by name. */
#pragma once

#include "evidence/context.h"

enum gh_evidence_type {
	GH_EV_UNKNOWN = 0,
	GH_EV_SNP,
	GH_EV_TDX,
	GH_EV_GPU, /* report + chain */
	GH_EV_SWITCH,
	GH_EV_RIM,
	GH_EV_CERTS,       /* PEM or DER, one or many */
	GH_EV_CRL,         /* one certificate revocation list, DER */
	GH_EV_SNP_CERTS,   /* the certificate table of an extended SNP report */
	GH_EV_HCL,         /* Azure's wrapped form of an SNP report or TD report */
	GH_EV_TCB_INFO,    /* Intel's signed JSON, exactly as delivered */
	GH_EV_QE_IDENTITY, /* likewise */
	GH_EV_CCEL,        /* event log, binary */
	GH_EV_RUNTIME_LOG, /* event log of RTMR3, JSON */
	GH_EV_OCSP,        /* one OCSP response, DER */
	GH_EV_EAT,         /* NRAS answer, JWT, EAR */
	GH_EV_JWKS,        /* {"keys":[..]} */
	GH_EV_FIRMWARE,    /* OVMF, TDVF: what a launch measures */
	GH_EV_TDREPORT,    /* 1024 bytes, MAC-ed: shown, never verified */
	GH_EV_N,
};

struct gh_evidence {
	enum gh_evidence_type type;
	char label[64];      /* "gpu 0", "report": where it was in its file */
	struct gh_buf bytes; /* report, quote, RIM, certificates */
	struct gh_buf
	    chain; /* GPU, switch: the PEM chain, empty when the file has none */
	char nonce_hex[129]; /* as the container states it; "" when it does not */
};

struct gh_evidence_set {
	struct gh_evidence *at;
	size_t n;
};

void gh_evidence_set_free(struct gh_evidence_set *s);
/* Reads every piece of evidence in the bytes. hint limits the guess (UNKNOWN = any). */
GH_MUST_USE int gh_evidence_load(struct gh_evidence_set *out, const void *p, size_t len,
    enum gh_evidence_type hint, struct gh_err *err);
/* Judges every piece in *set with ctx: one subject each ("<name>" or "<name>:<i>"), and
 * the distinctness of all GPUs. with: certificates, RIMs and chains given along. */
GH_MUST_USE int gh_evidence_verify(struct gh_result *out, const char *name,
    const struct gh_evidence_set *set, const struct gh_evidence_set *with,
    const struct gh_context *ctx, struct gh_err *err);
GH_MUST_USE int gh_evidence_type_parse(const char *word, enum gh_evidence_type *out);
const char *gh_evidence_type_word(enum gh_evidence_type t);
