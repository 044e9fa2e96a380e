/* SPDX-License-Identifier: Apache-2.0
 * One GET over HTTPS from a service of a vendor: no redirect, no proxy, nothing of the
 * environment, caps on time and size. */
#pragma once

#include "base/buf.h"
#include "base/env.h"

struct gh_fetch {
	const char *url;                /* https:// */
	const char *ca;                 /* file of CA certificates; "" = the system's */
	const char *accept;             /* media type; "" = any */
	size_t max;                     /* bytes of the body */
	long timeout_ms;                /* of the whole */
	const struct gh_cancel *cancel; /* NULL = cannot be cancelled */
	/* the answer */
	int status;   /* HTTP */
	long retry_s; /* Retry-After; 0 = none */
	struct gh_buf body;
};

void gh_fetch_free(struct gh_fetch *f);
/* 0 when there is an answer, whatever its status. IO nobody is there, TIMEOUT, CANCELLED,
 * AUTH its certificate is not accepted, REMOTE it is no answer or too long, CONFIG the CA
 * file cannot be used. */
GH_MUST_USE int gh_fetch(struct gh_fetch *f, struct gh_err *err);
