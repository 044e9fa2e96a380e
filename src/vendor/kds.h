/* SPDX-License-Identifier: Apache-2.0
 * AMD's Key Distribution Service: the certificate of one chip at one TCB (spec/snp.md
 * section 2), from the service, from a folder, or from what was proven before. */
#pragma once

#include "base/env.h"
#include "evidence/snp_vcek.h"

/* AMD gives about one VCEK in ten seconds to one address, and then says 429 for minutes. */
#define GH_KDS_GAP_S 10

struct gh_kds_opts {
	const char *from;   /* "https://kdsintf.amd.com", or a folder of certificates */
	const char *ca;     /* CA file for its TLS; "" = the system's */
	const char *keep;   /* folder for what was proven; made when it is needed */
	unsigned int gap_s; /* least time between two questions */
	const struct gh_env *env;
	const struct gh_trust *trust; /* borrowed, as env is */
	bool allow_lab;
};

enum gh_kds_state {
	GH_KDS_NOT_ASKED = 0, /* nobody was named to ask */
	GH_KDS_PENDING,       /* the answer is still to come */
	GH_KDS_GIVEN,         /* there is an answer: certs. Proven is nothing yet */
	GH_KDS_ABSENT,        /* 404, or not in the folder */
	GH_KDS_LIMITED,       /* not to be asked for another wait_s seconds */
	GH_KDS_FAILED,        /* no answer: err */
};

struct gh_kds_answer {
	enum gh_kds_state state;
	bool folder; /* it is a folder that was searched */
	bool kept;   /* proven in an earlier run, and read from disk: nobody was asked */
	char where[512];     /* URL or file */
	struct gh_buf certs; /* as they came, or PEM */
	int64_t wait_s;
	struct gh_err err;
};
void gh_kds_answer_free(struct gh_kds_answer *a);

struct gh_kds; /* one thread at a time */

/* Asks nobody. */
GH_MUST_USE int gh_kds_open(
    struct gh_kds **out, const struct gh_kds_opts *opts, struct gh_err *err);
void gh_kds_close(struct gh_kds **k);
/* Fills the answer; takes budget_ms at most. Only what verifies up to a pinned ARK is kept
 * on disk, and it is verified anew whenever it is read. */
void gh_kds_get(struct gh_kds *k, const struct gh_snp_vcek_ask *ask, int64_t budget_ms,
    const struct gh_cancel *cancel, struct gh_kds_answer *out);
/* Appends BASE/vcek/v1/Genoa/HWID?blSPL=..&teeSPL=..&snpSPL=..&ucodeSPL=.. (Turin: 8 bytes
 * of HWID, fmcSPL first). */
void gh_kds_url(struct gh_buf *out, const char *base, const struct gh_snp_vcek_ask *ask);
/* What both programs and people write for a service instead of a folder. */
bool gh_kds_is_url(const char *from);
