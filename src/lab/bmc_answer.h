/* SPDX-License-Identifier: Apache-2.0
 * What a lab BMC answers to a request, without a socket: Redfish sessions, ETags, $expand,
 * errors in Redfish's form, and the misbehaviours. */
#pragma once

#include <stdatomic.h>

#include "lab/bmc_behaviour.h"
#include "lab/bmc_served.h"
#include "lab/bmc_session.h"
#include "lab/lab_spec.h"

#define GH_BMC_FLOOD_BYTES (50u << 20)
#define GH_BMC_DEPTH       10000

/* One BMC. Answers may be asked for by one thread at a time. */
struct gh_bmc {
	const struct gh_lab_spec *spec;
	const char *dir; /* of the lab */
	uint16_t port;
	char password[64];
	const struct gh_env *env;
	struct gh_bmc_served served;
	struct gh_bmc_sessions sessions;
	atomic_uint behaviour; /* set of enum gh_bmc_behaviour */
	unsigned int n_asked;
};

struct gh_bmc_request {
	const char *method, *path;
	const char *expand; /* value of $expand; NULL = none */
	bool odd_query;     /* another parameter of Redfish's own */
	const char *query;  /* all of it, NAME=VALUE&... */
	const char *token;  /* X-Auth-Token; NULL = none */
	const char *if_none_match;
	struct gh_bytes body;
};

struct gh_bmc_answer {
	int status;       /* 0: the connection is closed without a word */
	const char *type; /* of the body; NULL: Redfish's JSON, with its header */
	struct gh_buf body;
	bool flood; /* the body is GH_BMC_FLOOD_BYTES instead */
	char etag[GH_BMC_ETAG_LEN + 32];
	char location[256];
	char token[GH_BMC_TOKEN_LEN];
	const char *allow; /* NULL = none */
	unsigned int retry_after_s;
	unsigned int delay_ms; /* before a byte of it is sent */
};

void gh_bmc_answer_free(struct gh_bmc_answer *a);
void gh_bmc_answer(
    struct gh_bmc *b, const struct gh_bmc_request *r, struct gh_bmc_answer *a);
