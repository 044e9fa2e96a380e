/* SPDX-License-Identifier: Apache-2.0
 * Evidence inside JSON, in the containers that people and tools really use. */
#pragma once

#include "evidence/load.h"

#define GH_EVIDENCE_MAX 1024 /* pieces in one file */

/* Every device report (with its chain), quote and RIM in the value, in document order:
 * lists of {evidence, certificate, nonce}, {device_evidence_list}, NRAS requests
 * {evidence_list} also inside a recorded HTTP exchange, dumps of the vendor's tests, and
 * answers of the RIM service. None found is not an error. */
GH_MUST_USE int gh_evidence_json(
    struct gh_evidence_set *out, const json_t *value, struct gh_err *err);

/* Shared with load.c. What raw bytes look like; UNKNOWN when like nothing we judge. */
enum gh_evidence_type gh_evidence_sniff(struct gh_bytes raw);
/* Hex or base64 text to bytes, appended. */
GH_MUST_USE int gh_evidence_decode(
    struct gh_buf *out, struct gh_bytes text, struct gh_err *err);
/* A new piece with a copy of the bytes; NULL with *err when there is no room. */
struct gh_evidence *gh_evidence_add(struct gh_evidence_set *set,
    enum gh_evidence_type type, struct gh_bytes bytes, struct gh_err *err);
