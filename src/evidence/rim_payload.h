/* SPDX-License-Identifier: Apache-2.0
 * What a RIM says: its Meta and its measurements (spec/nvidia.md section 3.3). */
#pragma once

#include "evidence/rim.h"
#include "evidence/rim_xml.h"

/* Version, product, kind from Meta, and the id as far as the XML gives it: the XML of a
 * VBIOS or switch RIM does not name the board, which shows as "*" in the id.
 * Codes: rim.parse.version .edition */
GH_MUST_USE int gh_rim_meta(
    struct gh_rim *rim, const struct gh_rim_xml *x, struct gh_rim_fault *why);
/* Every Resource of the Payload; anything not fully understood is an error. Codes:
 * rim.schema.resource .index .not-understood .duplicate .active .name .alternatives .size
 * .attributes .hash .empty */
GH_MUST_USE int gh_rim_payload(
    struct gh_rim *rim, const struct gh_rim_xml *x, struct gh_rim_fault *why);
/* True when id names what Meta says: kind, product, version. */
bool gh_rim_id_fits(const struct gh_rim *rim, const char *id);
