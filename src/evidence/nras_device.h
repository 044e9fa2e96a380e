/* SPDX-License-Identifier: Apache-2.0
 * What an NRAS token says of one device: error, nonce, verdict, identity
 * (spec/nvidia.md section 5.2, claims 2.0 and 3.0). */
#pragma once

#include "evidence/eat_token.h"

enum gh_nras_version { GH_NRAS_UNKNOWN = 0, GH_NRAS_2, GH_NRAS_3 };

/* "2.0" or "3.0"; anything else is UNKNOWN and fails closed. */
enum gh_nras_version gh_nras_version_of(const char *word);
/* The version that a device token has by itself: what it names, or by its claims. */
enum gh_nras_version gh_nras_version_guess(const json_t *claims);
/* True when the claims speak of a switch. */
bool gh_nras_is_switch(const json_t *claims);

/* The steps eat.device.error, .nonce, .verdict, .warning of the token's subject, below
 * "<family>.signature". overall_nonce: what the answer as a whole was given for; NULL for a
 * token that came alone. Claims of the subject: ueid driver vbios hwmodel nonce. */
void gh_nras_judge_device(
    struct gh_token *t, enum gh_nras_version version, const char *overall_nonce);
/* eat.device.ueid: the device's id, which no other of the n tokens may have. */
void gh_nras_judge_ueid(struct gh_token *const all[], size_t n, size_t mine);

/* eat_nonce against our nonce, 64 hex digits for 32 bytes: "" when it is, else the word
 * missing, format, mismatch. */
const char *gh_nras_nonce_fault(const json_t *claims, struct gh_bytes nonce);
