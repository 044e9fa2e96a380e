/* SPDX-License-Identifier: Apache-2.0
 * The answers of a lab BMC. */
#include "lab/bmc_answer.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "lab/bmc_erot.h"

#define ROOT      "/redfish/v1"
#define SESSIONS  ROOT "/SessionService/Sessions"
#define PATH_LEN  512
#define SLOW_MS   1000
#define SLOWER_MS 5800 /* Managers/1 of the real machine: spec section 2.3 */

void gh_bmc_answer_free(struct gh_bmc_answer *a)
{
	gh_buf_free(&a->body);
}

/* ---- forms ------------------------------------------------------------------------ */

/* Takes body over. */
static void answer_json(struct gh_bmc_answer *a, int status, json_t *body)
{
	a->status = body ? status : 500;
	if (body)
		gh_json_dump(&a->body, body);
	json_decref(body);
}

static void answer_error(
    struct gh_bmc_answer *a, int status, const char *id, const char *message)
{
	answer_json(a, status,
	    json_pack("{s:{s:s, s:s, s:[{s:s, s:s, s:s, s:s}]}}", "error", "code",
		"Base.v1_10_3.GeneralError", "message",
		"A general error has occurred. See ExtendedInfo for more information.",
		"@Message.ExtendedInfo", "MessageId", id, "Message", message, "Severity",
		status >= 500 ? "Critical" : "Warning", "Resolution",
		"Correct the request and send it again."));
}

static void not_found(struct gh_bmc_answer *a)
{
	answer_error(a, 404, "Base.v1_10_3.ResourceMissingAtURI",
	    "The resource at the URI was not found.");
}

/* ---- reading ---------------------------------------------------------------------- */

static json_t *session_body(const struct gh_bmc_session *s)
{
	char path[64], id[16];

	snprintf(path, sizeof(path), SESSIONS "/%u", s->id);
	snprintf(id, sizeof(id), "%u", s->id);
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "@odata.id", path, "@odata.type",
	    "#Session.v1_3_0.Session", "Id", id, "Name", "User Session", "UserName",
	    GH_BMC_USER);
}

static json_t *session_list(const struct gh_bmc *b)
{
	json_t *body = json_copy(json_object_get(b->served.tree, SESSIONS));
	json_t *members = json_array();

	for (size_t i = 0; i < GH_BMC_SESSIONS; i++) {
		char path[64];

		if (!b->sessions.at[i].id)
			continue;
		snprintf(path, sizeof(path), SESSIONS "/%u", b->sessions.at[i].id);
		json_array_append_new(members, json_pack("{s:s}", "@odata.id", path));
	}
	json_object_del(body, "@odata.etag");
	json_object_set_new(body, "Members@odata.count",
	    json_integer((json_int_t)json_array_size(members)));
	json_object_set_new(body, "Members", members);
	return body;
}

/* The session that the path names; NULL when it names none that is open. */
static const struct gh_bmc_session *session_at(const struct gh_bmc *b, const char *path)
{
	uint64_t id;

	if (strncmp(path, SESSIONS "/", strlen(SESSIONS "/")) ||
	    gh_text_u64(gh_text_of(path + strlen(SESSIONS "/")), 10, &id))
		return NULL;
	return gh_bmc_session_find(&b->sessions, id);
}

static json_t *resource(const struct gh_bmc *b, const char *path)
{
	const struct gh_bmc_session *s = session_at(b, path);

	if (s)
		return session_body(s);
	if (!strcmp(path, SESSIONS) && gh_bmc_served_has(&b->served, path))
		return session_list(b);
	if (!strcmp(path, "/redfish") && !gh_bmc_served_has(&b->served, path))
		return json_pack("{s:s}", "v1", ROOT "/");
	return gh_bmc_served_get(&b->served, path, gh_now(b->env));
}

static void answer_get(struct gh_bmc *b, const struct gh_bmc_request *r, const char *path,
    struct gh_bmc_answer *a)
{
	gh_auto(json_t *, gh_json_free) body = resource(b, path);
	struct gh_bmc_expand expand;

	if (!body) {
		not_found(a);
		return;
	}
	if (r->odd_query || (r->expand && !gh_bmc_expand_parse(&expand, r->expand))) {
		answer_error(a, 400, "Base.v1_10_3.QueryNotSupportedOnResource",
		    "Querying is not supported by the requested resource.");
		return;
	}
	snprintf(a->etag, sizeof(a->etag), "%s", gh_json_text(body, "@odata.etag"));
	if (r->expand) {
		gh_bmc_served_expand(&b->served, body, &expand, gh_now(b->env));
		/* of all that is in it, not of the collection's own members */
		if (a->etag[0])
			gh_bmc_etag(a->etag, body);
	}
	if (r->if_none_match && a->etag[0] && strstr(r->if_none_match, a->etag)) {
		a->status = 304;
		return;
	}
	answer_json(a, 200, gh_take(body));
}

/* ---- sessions --------------------------------------------------------------------- */

static void answer_login(
    struct gh_bmc *b, const struct gh_bmc_request *r, struct gh_bmc_answer *a)
{
	gh_auto(json_t *, gh_json_free) in = gh_json_parse(r->body.p, r->body.len, NULL);
	const struct gh_bmc_session *s;

	if (!json_is_object(in)) {
		answer_error(a, 400, "Base.v1_10_3.MalformedJSON",
		    "The request body submitted was malformed JSON.");
		return;
	}
	if ((b->behaviour & GH_BMC_NO_LOGIN) || !b->password[0] ||
	    strcmp(gh_json_text(in, "UserName"), GH_BMC_USER) ||
	    strcmp(gh_json_text(in, "Password"), b->password)) {
		answer_error(a, 401, "Base.v1_10_3.ResourceAtUriUnauthorized",
		    "The user name or password is not right.");
		return;
	}
	s = gh_bmc_session_open(&b->sessions, b->env);
	if (!s) {
		answer_error(a, 503, "Base.v1_10_3.SessionLimitExceeded",
		    "The number of simultaneous sessions is exceeded.");
		return;
	}
	snprintf(a->token, sizeof(a->token), "%s", s->token);
	snprintf(a->location, sizeof(a->location), SESSIONS "/%u", s->id);
	answer_json(a, 201, session_body(s));
}

static void answer_post(struct gh_bmc *b, const struct gh_bmc_request *r,
    const char *path, struct gh_bmc_answer *a)
{
	gh_auto(json_t *, gh_json_free) in = gh_json_parse(r->body.p, r->body.len, NULL);
	json_t *out = NULL;
	int status = gh_bmc_erot_post(&out, b->dir, b->spec, path, in);

	if (out)
		answer_json(a, status, out);
	else
		not_found(a);
}

/* ---- misbehaviour ----------------------------------------------------------------- */

static void answer_deep(struct gh_bmc_answer *a)
{
	gh_buf_str(&a->body, "{\"Members\":");
	for (size_t i = 0; i < GH_BMC_DEPTH; i++)
		gh_buf_chr(&a->body, '[');
	for (size_t i = 0; i < GH_BMC_DEPTH; i++)
		gh_buf_chr(&a->body, ']');
	gh_buf_chr(&a->body, '}');
}

/* Another host's BMC: who follows says there what only this one may hear. */
static void answer_redirect(
    const struct gh_bmc *b, const char *path, struct gh_bmc_answer *a)
{
	const struct gh_lab_spec *other =
	    &gh_lab_specs[(b->spec->index + 1) % GH_LAB_HOSTS];

	a->status = 302;
	snprintf(a->location, sizeof(a->location), "https://%s:%u%.128s", other->address,
	    b->port, path);
}

/* True when a is the answer, whatever was asked. */
static bool misbehave(struct gh_bmc *b, const struct gh_bmc_request *r, const char *path,
    struct gh_bmc_answer *a)
{
	static const char garbage[] = "<html>\x1b[2J\x00 502 Bad Gateway \xff\xfe</html>";
	unsigned int how = b->behaviour;
	bool get = !strcmp(r->method, "GET") || !strcmp(r->method, "HEAD");

	if (how & GH_BMC_SLOW)
		a->delay_ms = strcmp(path, ROOT "/Managers/1") ? SLOW_MS : SLOWER_MS;
	if ((how & GH_BMC_BUSY) && b->n_asked % 3 == 0) {
		a->retry_after_s = 1;
		answer_error(a, 503, "Base.v1_10_3.ServiceTemporarilyUnavailable",
		    "The service is temporarily unavailable. Retry in 1 seconds.");
	} else if (how & GH_BMC_REDIRECT) {
		answer_redirect(b, path, a);
	} else if (get && (how & GH_BMC_FLOOD)) {
		a->flood = true;
	} else if (get && (how & GH_BMC_DEEP)) {
		answer_deep(a);
	} else if (get && (how & GH_BMC_GARBAGE)) {
		gh_buf_add(&a->body, garbage, sizeof(garbage) - 1);
	} else {
		return false;
	}
	return true;
}

/* ---- all of it -------------------------------------------------------------------- */

/* Read without a session, as Redfish wants it. */
static bool is_public(const char *path)
{
	return !strcmp(path, "/redfish") || !strcmp(path, ROOT);
}

static void answer_method(struct gh_bmc *b, const char *path, struct gh_bmc_answer *a)
{
	gh_auto(json_t *, gh_json_free) body = resource(b, path);

	if (!body) {
		not_found(a);
		return;
	}
	a->allow = "GET, HEAD";
	if (!strcmp(path, SESSIONS))
		a->allow = "GET, HEAD, POST";
	else if (session_at(b, path))
		a->allow = "GET, HEAD, DELETE";
	answer_error(a, 405, "Base.v1_10_3.OperationNotAllowed",
	    "The HTTP method is not allowed on this resource.");
}

static void answer_well(struct gh_bmc *b, const struct gh_bmc_request *r,
    const char *path, struct gh_bmc_answer *a)
{
	bool get = !strcmp(r->method, "GET") || !strcmp(r->method, "HEAD");
	bool post = !strcmp(r->method, "POST");
	const struct gh_bmc_session *s;

	if (post && !strcmp(path, SESSIONS)) {
		answer_login(b, r, a);
		return;
	}
	if (!gh_bmc_session_ok(&b->sessions, b->env, r->token) &&
	    !(get && is_public(path))) {
		answer_error(a, 401, "Base.v1_10_3.NoValidSession",
		    "There is no valid session established with the implementation.");
		return;
	}
	s = session_at(b, path);
	if (get) {
		answer_get(b, r, path, a);
	} else if (s && !strcmp(r->method, "DELETE")) {
		gh_bmc_session_close(&b->sessions, s->id);
		a->status = 204;
	} else if (post && !gh_bmc_served_has(&b->served, path)) {
		answer_post(b, r, path, a);
	} else {
		answer_method(b, path, a);
	}
}

void gh_bmc_answer(
    struct gh_bmc *b, const struct gh_bmc_request *r, struct gh_bmc_answer *a)
{
	char path[PATH_LEN];
	size_t len = (size_t)snprintf(path, sizeof(path), "%s", r->path);

	*a = (struct gh_bmc_answer){.status = 200};
	b->n_asked++;
	if (len >= sizeof(path)) {
		not_found(a);
		return;
	}
	while (len > 1 && path[len - 1] == '/')
		path[--len] = '\0';
	gh_bmc_served_refresh(&b->served);
	if (!misbehave(b, r, path, a))
		answer_well(b, r, path, a);
}
