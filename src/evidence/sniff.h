/* SPDX-License-Identifier: Apache-2.0
 * What bytes are, by content and never by name: one table of marks, the strong ones
 * first. */
#pragma once

#include "evidence/load.h"

/* What raw bytes look like; UNKNOWN when like nothing we know. Containers (JSON, PEM, hex,
 * base64) are not opened here. */
enum gh_evidence_type gh_evidence_sniff(struct gh_bytes raw);
/* The same of one JSON value, which is dumped to be that piece; UNKNOWN for a container of
 * other things. */
enum gh_evidence_type gh_evidence_sniff_json(const json_t *v);
/* True when every byte can stand in a text file: no control byte but TAB, CR, LF. A binary
 * that has PEM or JSON inside is not a text. */
bool gh_evidence_is_text(struct gh_bytes raw);
/* Hex (with or without 0x) or base64 text (either alphabet, padded or not) to bytes,
 * appended. PARSE when it is neither, or decodes to nothing. */
GH_MUST_USE int gh_evidence_decode(
    struct gh_buf *out, struct gh_bytes text, struct gh_err *err);

/* Walks DER values one behind the other: *rest starts as the whole; true while a complete
 * SEQUENCE of definite length was there, which *one then is. */
bool gh_der_next(struct gh_bytes *rest, struct gh_bytes *one);
