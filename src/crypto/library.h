/* SPDX-License-Identifier: Apache-2.0
 * OpenSSL as our verifiers use it: the default provider, with the only key types that any
 * evidence may carry. A certificate with another kind of key has no key at all, and the
 * few decoders are found at once, where OpenSSL 3.0 else walks through forty of them for
 * each certificate (67 of the 78 microseconds that parsing one takes). */
#pragma once

/* The OSSL_LIB_CTX (void * so that this header needs no OpenSSL); NULL, which is OpenSSL's
 * own context, when it cannot be set up. Made once, never freed; any thread. */
void *gh_ossl(void);
