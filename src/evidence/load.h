/* SPDX-License-Identifier: Apache-2.0
 * Evidence as people keep it: raw, hex, base64, PEM, or inside a JSON container; one device
 * or many in a file. Told apart by content, never by name. */
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
	GH_EV_EVAL,        /* Intel's list of TCB evaluation numbers: shown */
	GH_EV_N,
};

#define GH_EVIDENCE_MAX 1024 /* pieces in one file */

struct gh_evidence {
	enum gh_evidence_type type;
	char label[64];      /* "gpu 0", "snp 2": the how manieth of its kind */
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
/* Reads every piece of evidence in the bytes (at most 16 MiB). hint: UNKNOWN, or what must
 * be among them; bytes that are like nothing we know are then taken to be that.
 * PARSE when there is no such piece, NOMEM. */
GH_MUST_USE int gh_evidence_load(struct gh_evidence_set *out, const void *p, size_t len,
    enum gh_evidence_type hint, struct gh_err *err);
/* A new piece with a copy of the bytes; NULL with *err when there is no room. */
struct gh_evidence *gh_evidence_add(struct gh_evidence_set *set,
    enum gh_evidence_type type, struct gh_bytes bytes, struct gh_err *err);
/* Whatever one wrapping holds, appended; level: how many were taken off already. Nothing
 * found is not an error. Shared with evidence_json.c. */
GH_MUST_USE int gh_evidence_open(
    struct gh_evidence_set *out, struct gh_bytes p, int level, struct gh_err *err);
/* Moves all pieces of *from behind those of *to. */
GH_MUST_USE int gh_evidence_move(
    struct gh_evidence_set *to, struct gh_evidence_set *from, struct gh_err *err);

/* Judges every piece in *set with ctx: one subject each ("<name>" or "<name>:<i>"), and
 * what only all of them together can show (devices that are distinct, topology, a second
 * opinion). with: what was given along, sorted by content; evidence among it is a subject
 * too. with may be NULL. */
GH_MUST_USE int gh_evidence_verify(struct gh_result *out, const char *name,
    const struct gh_evidence_set *set, const struct gh_evidence_set *with,
    const struct gh_context *ctx, struct gh_err *err);
GH_MUST_USE int gh_evidence_type_parse(const char *word, enum gh_evidence_type *out);
const char *gh_evidence_type_word(enum gh_evidence_type t);
