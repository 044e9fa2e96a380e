/* SPDX-License-Identifier: Apache-2.0
 * Evidence inside JSON, in the containers that people and tools really use. */
#pragma once

#include "evidence/load.h"

/* Every piece in the JSON text, in document order: devices with their chain (lists of
 * {evidence, certificate, nonce}, NRAS requests also inside a recorded HTTP exchange, dumps
 * of the vendor's tests), and any string or array of byte values that decodes to evidence,
 * whatever its member is called. level: as gh_evidence_open. None found is not an error;
 * text that is no JSON is (PARSE), unless it calls itself Intel's collateral: then it is
 * that, and its judge will say what is wrong. */
GH_MUST_USE int gh_evidence_json(
    struct gh_evidence_set *out, struct gh_bytes text, int level, struct gh_err *err);
