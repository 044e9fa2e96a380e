/* SPDX-License-Identifier: Apache-2.0
 * A Redfish session: made with name and password once, carried by its token, deleted. BMCs
 * have few of them, and lock accounts: a refused login is never tried again. */
#pragma once

#include "net/redfish_http.h"
#include "net/redfish_link.h"

struct gh_redfish_session {
	char token[GH_REDFISH_TOKEN_MAX]; /* "" = none */
	char path[GH_REDFISH_LINK_MAX];   /* "" = the BMC did not say */
	int64_t since_ms;
};

/* The body of a login; wipe it with gh_redfish_wipe. */
void gh_redfish_login_body(struct gh_buf *out, const char *user, const char *password);
void gh_redfish_wipe(struct gh_buf *b);
/* The answer to it: a session, or AUTH when the BMC refuses, REMOTE when it cannot. The
 * answer's words are not shown: they may repeat what was sent. */
GH_MUST_USE int gh_redfish_login_answer(struct gh_redfish_session *s,
    struct gh_redfish_call *answer, int status, const char *user, struct gh_err *err);
/* Forgets it, wiped. */
void gh_redfish_session_clear(struct gh_redfish_session *s);
