/* SPDX-License-Identifier: Apache-2.0
 * One HTTP request to a BMC: HTTPS only, no redirect, no proxy, nothing of the environment,
 * caps on headers and body. */
#pragma once

#include <curl/curl.h>

#include "base/buf.h"
#include "net/redfish_pin.h"

#define GH_REDFISH_HEADERS_MAX 65536u /* bytes of one answer */
#define GH_REDFISH_TOKEN_MAX   2048u  /* with the NUL */

struct gh_redfish_request {
	const char *base; /* "https://address:port" */
	const char *path; /* with its query */
	const char *method;
	const char *token; /* "" = none */
	const char *etag;  /* If-None-Match; "" = none */
	struct gh_bytes body;
	long timeout_ms;
	struct gh_redfish_pin *pin; /* lives as long as the multi handle */
	size_t *budget;             /* bytes of bodies that may still come */
};

struct gh_redfish_call {
	CURL *easy;
	CURLM *multi;
	struct curl_slist *headers;
	struct gh_redfish_pin *pin;
	struct gh_buf sent; /* the request's body; wiped */
	size_t *budget;
	bool over_budget, in_tls;
	void *owner; /* whose it is, for the loop */
	/* the answer */
	struct gh_buf body;
	size_t header_bytes;
	char etag[256], location[512], token[GH_REDFISH_TOKEN_MAX];
	int status;        /* HTTP; 0 until it is over */
	int retry_s;       /* Retry-After; -1 = none */
	struct gh_err err; /* of a cap, when one was hit */
	char words[CURL_ERROR_SIZE];
};

/* Starts it on the multi handle. */
GH_MUST_USE int gh_redfish_call_new(struct gh_redfish_call **out, CURLM *multi,
    const struct gh_redfish_request *rq, struct gh_err *err);
/* Ends it, at whatever point it is. */
void gh_redfish_call_free(struct gh_redfish_call **call);
/* When it is over: 0 with its HTTP status, or -1 and why no answer came. */
GH_MUST_USE int gh_redfish_call_result(
    struct gh_redfish_call *call, CURLcode code, int *status, struct gh_err *err);
/* True when the call failed on a connection that another answer had used, before a header of
 * its own was understood: what spoilt it may be what that answer left behind (RFC 9112
 * section 9.2). A GET may then be tried on another connection. */
bool gh_redfish_call_spoilt(const struct gh_redfish_call *call, CURLcode code);
/* "connecting", ...: what it is at, for a message. */
const char *gh_redfish_call_doing(const struct gh_redfish_call *call);
/* The call of an easy handle that a multi handle says is done. */
struct gh_redfish_call *gh_redfish_call_of(CURL *easy);
