/* SPDX-License-Identifier: Apache-2.0
 * The pieces of evidence in a bundle, against the index and the report that name them. */
#pragma once

#include "proof/bundle.h"

/* CRYPTO when the bytes have another SHA-256 than hex. */
GH_MUST_USE int gh_pieces_digest(
    const char *hex, struct gh_bytes bytes, struct gh_err *err);
/* 0 and their number when every listed piece is there and unaltered, every piece the
 * report names is listed, and nothing else lies in evidence/. PARSE: the index is none. */
GH_MUST_USE int gh_pieces_check(const struct gh_bundle *b, const struct gh_statement *s,
    size_t *n, struct gh_err *err);
/* Judges the devices anew with the RIMs of the bundle and, with --lab, its lab roots. */
GH_MUST_USE int gh_pieces_recheck(struct gh_result *out, const struct gh_bundle *b,
    const struct gh_statement *s, const struct gh_bundle_opts *o, struct gh_err *err);
