/* SPDX-License-Identifier: Apache-2.0
 * Reads a JSON event log into the same events a CCEL has. */
#include "evidence/runtime_log.h"

#include "base/text.h"

void gh_runtime_log_free(struct gh_runtime_log *l)
{
	gh_events_free(&l->events);
	gh_buf_free(&l->bytes);
	gh_json_free(&l->inner);
	gh_json_free(&l->root);
}

static bool is_list(const json_t *v)
{
	const json_t *first = json_array_get(v, 0);

	return json_object_get(first, "imr") && json_object_get(first, "digest");
}

bool gh_runtime_log_looks(const json_t *v)
{
	const json_t *log = json_object_get(v, "event_log");

	return is_list(v) || is_list(log) ||
	       (json_is_string(log) && *json_string_value(log) == '[');
}

/* The list of events wherever it stands; borrowed from l->root or l->inner. */
static const json_t *find_list(struct gh_runtime_log *l, struct gh_err *err)
{
	const json_t *log = l->root;

	if (json_is_object(log))
		log = json_object_get(log, "event_log");
	if (json_is_string(log)) {
		l->inner =
		    gh_json_parse(json_string_value(log), json_string_length(log), err);
		log = l->inner;
		if (!log)
			return NULL;
	}
	l->fault = "shape";
	if (json_array_size(log))
		return log;
	(void)gh_fail(err, GH_E_PARSE,
	    "runtime log: neither a list of events nor an object with one in event_log");
	return NULL;
}

/* Decodes into room that was reserved for all of them: pointers stay good. */
static int take_hex(
    struct gh_runtime_log *l, const char *hex, struct gh_bytes *out, struct gh_err *err)
{
	size_t len = strlen(hex) / 2;

	if (strlen(hex) % 2 || gh_unhex(l->bytes.p + l->bytes.len, len, hex, err))
		return gh_fail(err, GH_E_PARSE, "not hex digits");
	*out = (struct gh_bytes){l->bytes.p + l->bytes.len, len};
	l->bytes.len += len;
	return 0;
}

/* dstack leaves the digest of a runtime event empty, for it follows from the event: then
 * it is computed, and proven when the register agrees. */
static int take_digest(struct gh_runtime_log *l, struct gh_ccel_event *ev,
    const char *digest, struct gh_err *err)
{
	unsigned char *at = l->bytes.p + l->bytes.len;

	if (!*digest && ev->type == GH_EV_DSTACK && *ev->name) {
		ev->n_digests = 0;
		ev->sha384 = at;
		l->bytes.len += GH_RTMR_LEN;
		return gh_ccel_runtime_digest(ev, at, err);
	}
	if (strlen(digest) != 2 * GH_RTMR_LEN)
		return gh_fail(err, GH_E_PARSE, "digest is not of 96 hex digits");
	if (take_hex(l, digest, &ev->digests, err))
		return gh_err_prefix(err, "digest");
	ev->sha384 = ev->digests.p;
	return 0;
}

static int read_event(struct gh_runtime_log *l, const json_t *o, struct gh_err *err)
{
	struct gh_ccel_event ev = {
	    .number = l->events.n + 1, .offset = SIZE_MAX, .name = "", .n_digests = 1};
	const char *digest = "", *payload = "";
	int64_t imr = 0, type = 0;

	if (gh_json_int(o, "event", "imr", &imr, err) ||
	    gh_json_int(o, "event", "event_type", &type, err) ||
	    gh_json_str(o, "event", "digest", &digest, err) ||
	    gh_json_str_opt(o, "event", "event", &ev.name, err) ||
	    gh_json_str_opt(o, "event", "event_payload", &payload, err))
		return -1;
	if (imr < 0 || imr >= GH_RTMRS)
		return gh_fail(err, GH_E_PARSE, "imr must be 0 to 3");
	if (type < 0 || type > (int64_t)UINT32_MAX)
		return gh_fail(err, GH_E_PARSE, "event_type is not a 32-bit number");
	if (strlen(ev.name) > GH_RUNTIME_NAME)
		return gh_fail(
		    err, GH_E_PARSE, "event is longer than %u bytes", GH_RUNTIME_NAME);
	ev.index = GH_CCEL_RTMR0 + (uint32_t)imr;
	ev.type = (uint32_t)type;
	if (take_hex(l, payload, &ev.data, err))
		return gh_err_prefix(err, "event_payload");
	if (take_digest(l, &ev, digest, err))
		return -1;
	return gh_events_add(&l->events, &ev, err);
}

int gh_runtime_log_parse(
    struct gh_runtime_log *out, struct gh_bytes json, struct gh_err *err)
{
	const json_t *list;

	*out = (struct gh_runtime_log){.fault = "size"};
	if (json.len > GH_RUNTIME_LOG_MAX)
		return gh_fail(err, GH_E_PARSE,
		    "runtime log: %zu bytes, at most %u are read", json.len,
		    GH_RUNTIME_LOG_MAX);
	out->fault = "json";
	out->root = gh_json_parse(json.p, json.len, err);
	list = out->root ? find_list(out, err) : NULL;
	if (!list)
		return -1;
	if (json_array_size(list) > GH_CCEL_EVENTS_MAX) {
		out->fault = "events";
		return gh_fail(err, GH_E_PARSE, "runtime log: more than %u events",
		    GH_CCEL_EVENTS_MAX);
	}
	/* Two hex digits of the text make one byte; a digest may have to be computed. */
	if (!gh_buf_room(&out->bytes, json.len + json_array_size(list) * GH_RTMR_LEN))
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	out->fault = "event";
	for (size_t i = 0; i < json_array_size(list); i++)
		if (read_event(out, json_array_get(list, i), err))
			return gh_err_prefix(err, "runtime log, event %zu", i + 1);
	out->fault = NULL;
	return 0;
}
