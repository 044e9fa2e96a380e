/* SPDX-License-Identifier: Apache-2.0
 * The signed report of a host: made from what the store holds, exported as a bundle. */
#pragma once

#include "ops/session.h"

struct gh_report_info {
	char id[GH_ULID_LEN];
	char host[64];
	char verdict[16];
	int64_t issued;
	int64_t sequence;
	char payload_sha256[65];
};

/* Makes, signs and stores a report of host's newest validation and GPU evidence. */
GH_MUST_USE int gh_op_report_make(struct gh_session *s, const char *host,
    const char *audience, struct gh_report_info *out, struct gh_err *err);
/* Writes report `id` (or, when it names a host, that host's newest report) as a bundle
 * into dir, which is made and must be empty. */
GH_MUST_USE int gh_op_report_export(struct gh_session *s, const char *id, const char *dir,
    struct gh_report_info *out, struct gh_err *err);
GH_MUST_USE int gh_op_report_list(struct gh_session *s, const char *host,
    struct gh_report_info **out, size_t *n, struct gh_err *err);
/* PEM of the public key that signs reports; made with the first report. */
GH_MUST_USE int gh_op_report_key(
    struct gh_session *s, struct gh_buf *pem, struct gh_err *err);
