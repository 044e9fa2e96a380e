/* SPDX-License-Identifier: Apache-2.0
 * Signed measurements of a root of trust. */
#include "net/redfish_measure.h"

#include <stdio.h>

#define ACTION    "SPDMGetSignedMeasurements"
#define POLLS_MAX 120u  /* of one task */
#define POLL_MS   100   /* before the first look at a task, then doubling */
#define POLL_MAX  2000  /* up to this */
#define RETRY_MAX 10000 /* Retry-After that we go along with */

/* Below the chassis that it protects, which has the name of the resource. */
static bool guess_chain(
    char out[static GH_REDFISH_LINK_MAX], const char *path, const json_t *body)
{
	const char *chassis = gh_json_text(body, "TargetComponentURI");
	int n;

	if (gh_redfish_link_ok(chassis, false) &&
	    strncmp(chassis, "/redfish/v1/Chassis/", 20) == 0)
		n = snprintf(
		    out, GH_REDFISH_LINK_MAX, "%s/Certificates/CertChain", chassis);
	else
		n = snprintf(out, GH_REDFISH_LINK_MAX,
		    "/redfish/v1/Chassis/%s/Certificates/CertChain",
		    strrchr(path, '/') + 1);
	return n > 0 && n < GH_REDFISH_LINK_MAX && gh_redfish_link_ok(out, false);
}

bool gh_redfish_measure_chain(
    char out[static GH_REDFISH_LINK_MAX], const char *path, const json_t *body)
{
	const char *chain =
	    gh_redfish_text(body, "SPDM.IdentityAuthentication.ResponderAuthentication."
				  "ComponentCertificate.@odata.id");
	char guess[GH_REDFISH_LINK_MAX];

	if (!chain[0] && guess_chain(guess, path, body))
		chain = guess;
	if (!gh_redfish_link_ok(chain, false))
		return false;
	gh_redfish_link_path(out, chain);
	return true;
}

/* The action must be this resource's own: nothing else that a BMC names is ever posted
 * to. The captured ones have ".../Actions/SPDMGetSignedMeasurements", others put
 * "ComponentIntegrity." before the name. */
static bool target_ok(const char *target, const char *path)
{
	size_t n = strlen(path);

	if (!gh_redfish_link_ok(target, false) || strncmp(target, path, n) != 0)
		return false;
	return strcmp(target + n, "/Actions/" ACTION) == 0 ||
	       strcmp(target + n, "/Actions/ComponentIntegrity." ACTION) == 0;
}

static int want_action(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    const char *path, const json_t *body, struct gh_err *err)
{
	struct gh_redfish_item item = {.kind = GH_RF_MEASURE};
	const char *target =
	    gh_redfish_text(body, "Actions.#ComponentIntegrity." ACTION ".target");
	const char *type = gh_json_text(body, "ComponentIntegrityType");
	int n = snprintf(item.path, sizeof(item.path), "%s/SignedMeasurements", path);

	if (!target_ok(target, path) || (size_t)n >= sizeof(item.path) ||
	    (type[0] && strcmp(type, "SPDM") != 0) ||
	    json_is_false(json_object_get(body, "ComponentIntegrityEnabled")) ||
	    gh_redfish_find(t, item.path))
		return 0;
	snprintf(item.url, sizeof(item.url), "%s", target);
	if (gh_redfish_tree_put(t, item.path, 0, NULL, NULL, err) != 0)
		return -1;
	return gh_redfish_plan_push(p, &item, 0, err);
}

int gh_redfish_measure_want(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    const char *path, const json_t *body, struct gh_err *err)
{
	char chain[GH_REDFISH_LINK_MAX];

	if (gh_redfish_measure_chain(chain, path, body) &&
	    gh_redfish_plan_want(p, t, GH_RF_LEAF, chain, err) != 0)
		return -1;
	return want_action(p, t, path, body, err);
}

void gh_redfish_measure_body(struct gh_buf *out, const char *nonce_hex)
{
	gh_buf_fmt(out, "{\"Nonce\":\"%s\",\"SlotId\":0,\"MeasurementIndices\":[255]}",
	    nonce_hex);
}

static int fail(struct gh_redfish_tree *t, const struct gh_redfish_item *item, int status,
    const char *why, struct gh_err *err)
{
	struct gh_err e = {0};

	(void)gh_fail(&e, GH_E_REMOTE, "%s", why);
	return gh_redfish_tree_put(t, item->path, status, NULL, &e, err);
}

/* The same task once more, ever later. */
static int poll_again(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    const struct gh_redfish_item *item, const struct gh_redfish_said *said,
    struct gh_err *err)
{
	struct gh_redfish_item next = *item;
	unsigned int doublings = item->page < 5 ? item->page : 5;
	int64_t ms = (int64_t)POLL_MS << doublings;

	if (ms > POLL_MAX)
		ms = POLL_MAX;
	if (said->retry_s > 0)
		ms = said->retry_s < RETRY_MAX / 1000 ? said->retry_s * INT64_C(1000)
						      : RETRY_MAX;
	next.kind = GH_RF_TASK;
	if (++next.page > POLLS_MAX)
		return fail(
		    t, item, said->status, "its measuring task does not end", err);
	return gh_redfish_plan_push(p, &next, said->now_ms + ms, err);
}

/* Where the result of an ended task is: its last Location. */
static const char *result_of(const json_t *task)
{
	const json_t *headers = gh_redfish_value(task, "Payload.HttpHeaders");

	for (size_t i = json_array_size(headers); i-- > 0;) {
		const char *h = json_string_value(json_array_get(headers, i));

		if (h && strncasecmp(h, "Location:", 9) == 0)
			return gh_redfish_link_local(h + 9 + strspn(h + 9, " "));
	}
	return "";
}

static bool task_is_over(const char *state)
{
	static const char *const bad[] = {
	    "Killed", "Exception", "Cancelled", "Interrupted", "Aborted"};

	for (size_t i = 0; i < GH_COUNT(bad); i++)
		if (strcmp(state, bad[i]) == 0)
			return true;
	return false;
}

static int follow_task(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    const struct gh_redfish_item *item, const struct gh_redfish_said *said,
    struct gh_err *err)
{
	const char *state = gh_json_text(said->body, "TaskState");
	struct gh_redfish_item next = *item;
	const char *to;

	if (task_is_over(state))
		return fail(
		    t, item, said->status, "its measuring task ended in vain", err);
	if (strcmp(state, "Completed") == 0) {
		next.kind = GH_RF_MEASURED;
		to = result_of(said->body);
	} else if (item->kind == GH_RF_TASK) {
		return poll_again(p, t, item, said, err);
	} else { /* a made task; its monitor forgets the result once it has said 204 */
		to = gh_json_text(said->body, "@odata.id");
		if (!gh_redfish_link_ok(to, false))
			to = gh_redfish_link_local(said->location);
	}
	if (!gh_redfish_link_ok(to, false))
		return fail(t, item, said->status,
		    "it measures by a task that does not say where", err);
	snprintf(next.url, sizeof(next.url), "%s", to);
	if (next.kind == GH_RF_MEASURED)
		return gh_redfish_plan_push(p, &next, said->now_ms, err);
	return poll_again(p, t, &next, said, err);
}

int gh_redfish_measure_answer(struct gh_redfish_plan *p, struct gh_redfish_tree *t,
    const struct gh_redfish_item *item, struct gh_redfish_said *said, struct gh_err *err)
{
	bool task = said->status == 202 ||
		    strncmp(gh_json_text(said->body, "@odata.type"), "#Task.", 6) == 0;
	int rc;

	if (gh_json_text(said->body, "SignedMeasurements")[0])
		return gh_redfish_tree_put(
		    t, item->path, said->status, gh_take(said->body), NULL, err);
	if (task && item->kind != GH_RF_MEASURED)
		rc = follow_task(p, t, item, said, err);
	else
		rc = fail(
		    t, item, said->status, "no signed measurements in the answer", err);
	json_decref(said->body);
	said->body = NULL;
	return rc;
}
