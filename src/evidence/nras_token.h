/* SPDX-License-Identifier: Apache-2.0
 * What the overall token and the devices' tokens of NRAS have in common. */
#pragma once

#include "evidence/eat_token.h"

/* The steps parse, key, signature, issuer and time of t, the first below the step `above`
 * ("": a root). subject: what sub must be; NULL: not looked at. */
void gh_nras_judge_token(struct gh_token *t, const struct gh_ring *ring,
    const char *above, const char *subject);
