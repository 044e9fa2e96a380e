/* SPDX-License-Identifier: Apache-2.0
 * A Redfish session. */
#include "net/redfish_session.h"

#include <openssl/crypto.h>
#include <stdio.h>

#include "base/json.h"

static void add_quoted(struct gh_buf *out, const char *s)
{
	gh_buf_chr(out, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\' || (unsigned char)*s < ' ')
			gh_buf_fmt(out, "\\u%04x", (unsigned char)*s);
		else
			gh_buf_chr(out, *s);
	}
	gh_buf_chr(out, '"');
}

/* By hand and into room for all of it, so that no copy of the password stays behind. */
void gh_redfish_login_body(struct gh_buf *out, const char *user, const char *password)
{
	if (!gh_buf_room(out, 6 * (strlen(user) + strlen(password)) + 64))
		return;
	gh_buf_str(out, "{\"UserName\":");
	add_quoted(out, user);
	gh_buf_str(out, ",\"Password\":");
	add_quoted(out, password);
	gh_buf_str(out, "}");
}

void gh_redfish_wipe(struct gh_buf *b)
{
	if (b->p)
		OPENSSL_cleanse(b->p, b->cap);
	gh_buf_free(b);
}

void gh_redfish_session_clear(struct gh_redfish_session *s)
{
	OPENSSL_cleanse(s, sizeof(*s));
}

/* True when one of the messages of an error has that id, whichever registry it is from. */
static bool has_message(const json_t *body, const char *id)
{
	const json_t *all =
	    json_object_get(json_object_get(body, "error"), "@Message.ExtendedInfo");

	for (size_t i = 0; i < json_array_size(all); i++) {
		const char *m = gh_json_text(json_array_get(all, i), "MessageId");
		const char *last = strrchr(m, '.');

		if (strcmp(last ? last + 1 : m, id) == 0)
			return true;
	}
	return false;
}

static int refused(const json_t *body, int status, const char *user, struct gh_err *err)
{
	if (has_message(body, "SessionLimitExceeded")) {
		(void)gh_fail(err, GH_E_REMOTE, "the BMC has no free session");
		return gh_err_hint(err,
		    "delete sessions in the BMC, or wait until they end by themselves");
	}
	if (status == 404 || status == 405 || status == 501)
		return gh_fail(err, GH_E_REMOTE,
		    "the BMC offers no session login (HTTP %d)", status);
	if (status >= 300 && status < 400)
		return gh_fail(err, GH_E_REMOTE,
		    "the login redirects to another place: not followed");
	if (status < 400 || status >= 500 || status == 408 || status == 429)
		return gh_fail(
		    err, GH_E_REMOTE, "the login was answered with HTTP %d", status);
	(void)gh_fail(err, GH_E_AUTH,
	    "the BMC refuses user %.40s (HTTP %d): wrong name or password", user, status);
	return gh_err_hint(err,
	    "it was tried once; accounts lock after a few wrong passwords, so mend the "
	    "password before the next try");
}

int gh_redfish_login_answer(struct gh_redfish_session *s, struct gh_redfish_call *answer,
    int status, const char *user, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) body =
	    gh_json_parse(answer->body.p, answer->body.len, NULL);
	const char *path = gh_json_text(body, "@odata.id");

	if (status != 200 && status != 201)
		return refused(body, status, user, err);
	if (!answer->token[0])
		return gh_fail(
		    err, GH_E_REMOTE, "the BMC logs in but gives no X-Auth-Token");
	if (!gh_redfish_link_ok(path, false))
		path = gh_redfish_link_local(answer->location);
	if (!gh_redfish_link_ok(path, false))
		path = "";
	snprintf(s->token, sizeof(s->token), "%s", answer->token);
	snprintf(s->path, sizeof(s->path), "%s", path);
	return 0;
}
