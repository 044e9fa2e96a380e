/* SPDX-License-Identifier: Apache-2.0
 * Is the cryptography under our verdicts what it should be? Asked once by every program
 * before its first verdict: a mis-built library must be found by us, not by an attacker. */
#pragma once

#include "base/err.h"

/* Digests, ECDSA P-256 and P-384, RSA-PSS and a certificate chain against known answers,
 * and against wrong ones that must be refused. INTERNAL when one is not as it should be.
 * About 2 ms. */
GH_MUST_USE int gh_selftest(struct gh_err *err);
