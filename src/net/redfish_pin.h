/* SPDX-License-Identifier: Apache-2.0
 * The certificate that a BMC must show: compared in the TLS handshake, before any byte of
 * ours goes out, and once more before each request, as a connection may be older than the
 * pin. There is no CA store. */
#pragma once

#include "base/env.h"

struct gh_redfish_pin {
	char want[65]; /* SHA-256 of the DER, lower-case hex; "" = any */
	const struct gh_env *env;
	/* what was shown last */
	char seen[65];
	bool self_signed;
	char subject[128];
	struct gh_err err; /* why one was refused; stays */
};

/* CONFIG when want is no digest; "" takes any certificate. */
GH_MUST_USE int gh_redfish_pin_set(struct gh_redfish_pin *pin, const char *want,
    const struct gh_env *env, struct gh_err *err);
/* Looks at a certificate (X509); -1 with pin->err, AUTH, when it is not the right one or
 * its time is over. */
GH_MUST_USE int gh_redfish_pin_check(struct gh_redfish_pin *pin, void *x509);
/* Makes an SSL_CTX ask this pin, and nothing else. */
void gh_redfish_pin_arm(struct gh_redfish_pin *pin, void *ssl_ctx);
/* The certificate of an SSL that is up. */
GH_MUST_USE int gh_redfish_pin_check_ssl(struct gh_redfish_pin *pin, void *ssl);
