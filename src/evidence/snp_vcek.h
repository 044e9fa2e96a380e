/* SPDX-License-Identifier: Apache-2.0
 * A VCEK by itself, before there is any report: is it that of the chip and the TCB that were
 * asked for, and did the pinned ARK's house sign it? */
#pragma once

#include "evidence/context.h"
#include "evidence/snp_report.h"

/* Which VCEK. */
struct gh_snp_vcek_ask {
	enum gh_snp_product product;
	unsigned char chip_id[64]; /* Turin: 8 bytes, then zeros */
	struct gh_snp_tcb tcb;     /* the reported one: it selects the key */
};

struct gh_snp_vcek {
	bool proven;
	bool lab; /* its root is a lab's */
	/* When it is not proven: "absent" no VCEK is among them, "chip" or "tcb" it is
	 * another one, "chain" it does not hang on the pinned root. Else "". */
	const char *fault;
	char what[240];    /* the same in words; proven: whose it is */
	struct gh_buf pem; /* VCEK, ASK and ARK, as far as there are such */
};

void gh_snp_vcek_free(struct gh_snp_vcek *v);
/* True when the certificate says that it is the one that was asked for. */
bool gh_snp_vcek_fits(const struct gh_cert *c, const struct gh_snp_vcek_ask *ask);
/* Picks the VCEK among the certificates (any order; AMD's published ASK and ARK fill gaps)
 * and judges it as that of a report is judged. Of ctx: at, trust, allow_lab, memo. 0 also
 * when it is not proven; -1 NOMEM, INTERNAL. */
GH_MUST_USE int gh_snp_vcek_verify(struct gh_snp_vcek *out,
    const struct gh_snp_vcek_ask *ask, const struct gh_certs *certs,
    const struct gh_context *ctx, struct gh_err *err);
