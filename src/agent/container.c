/* SPDX-License-Identifier: Apache-2.0
 * Writing the evidence containers (docs/agent.md). */
#include "agent/container.h"

#include <stdio.h>

#include "base/text.h"
#include "base/version.h"

int gh_container_parse(const char *word, enum gh_container_format *out)
{
	if (strcmp(word, "gatehouse") == 0)
		*out = GH_CONTAINER_GATEHOUSE;
	else if (strcmp(word, "nvattest") == 0)
		*out = GH_CONTAINER_NVATTEST;
	else
		return -1;
	return 0;
}

static void set_null(json_t *o, const char *key)
{
	json_object_set_new(o, key, json_null());
}

/* The text, or null when there is none. */
static void set_text(json_t *o, const char *key, const char *s)
{
	if (s && s[0])
		gh_json_set_str(o, key, s);
	else
		set_null(o, key);
}

static void set_b64(json_t *o, const char *key, const uint8_t *p, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	if (!len) {
		set_null(o, key);
		return;
	}
	gh_b64(&b, p, len);
	json_object_set_new(o, key, json_stringn((const char *)b.p, b.len));
}

static void set_word(
    json_t *o, const char *key, const char *const *words, size_t n, uint32_t value)
{
	char other[32];

	if (value < n) {
		gh_json_set_str(o, key, words[value]);
		return;
	}
	snprintf(other, sizeof(other), "unknown %u", value);
	gh_json_set_str(o, key, other);
}

static json_t *cc_json(const struct gh_collection *c)
{
	static const char *const environments[] = {"none", "simulation", "production"};
	static const char *const switches[] = {"off", "on"};
	static const char *const modes[] = {"none", "protected-pcie", "nvle"};
	json_t *o = json_object();

	if (c->has_cc) {
		set_word(o, "environment", environments, 3, c->cc.environment);
		set_word(o, "feature", switches, 2, c->cc.feature);
		set_word(o, "devtools", switches, 2, c->cc.devtools);
	} else {
		set_null(o, "environment");
		set_null(o, "feature");
		set_null(o, "devtools");
	}
	if (c->has_mode)
		set_word(o, "multi_gpu_mode", modes, 3, c->multi_gpu_mode);
	else
		set_null(o, "multi_gpu_mode");
	return o;
}

static json_t *device_json(const struct gh_device *d)
{
	json_t *o = json_object();
	char pdi[17];

	json_object_set_new(o, "index", json_integer((json_int_t)d->index));
	set_text(o, "arch", d->arch);
	set_text(o, "uuid", d->uuid);
	set_text(o, "vbios_version", d->vbios);
	snprintf(pdi, sizeof(pdi), "%016llx", (unsigned long long)d->pdi);
	set_text(o, "pdi", d->has_pdi ? pdi : NULL);
	set_b64(o, "evidence", d->report, d->report_len);
	set_b64(o, "certificate", d->chain, d->chain_len);
	set_text(o, "error", d->error);
	return o;
}

static void add_error(json_t *list, const char *stage, const char *text)
{
	json_t *o;

	if (!text[0])
		return;
	o = json_object();
	gh_json_set_str(o, "stage", stage);
	gh_json_set_str(o, "text", text);
	json_array_append_new(list, o);
}

/* What concerns the machine as a whole. */
static json_t *errors_json(const struct gh_collection *c)
{
	json_t *list = json_array();

	add_error(list, c->system_stage[0] ? c->system_stage : "load", c->system_error);
	add_error(list, "nvmlSystemGetConfComputeState", c->note);
	return list;
}

static json_t *gatehouse_json(const struct gh_collection *c, const char *nonce_hex)
{
	json_t *o = json_object();
	json_t *devices = json_array();

	gh_json_set_str(o, "format", "gatehouse-evidence/1");
	gh_json_set_str(o, "agent", gh_version());
	gh_json_set_str(o, "nonce", nonce_hex);
	set_text(o, "driver_version", c->driver_version);
	json_object_set_new(o, "cc", cc_json(c));
	for (size_t i = 0; i < c->n_devices; i++)
		json_array_append_new(devices, device_json(&c->device[i]));
	json_object_set_new(o, "devices", devices);
	json_object_set_new(o, "errors", errors_json(c));
	return o;
}

static json_t *nvattest_json(const struct gh_collection *c, const char *nonce_hex)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->n_devices; i++) {
		const struct gh_device *d = &c->device[i];
		json_t *o;

		if (!d->report_len || !d->chain_len || !d->arch)
			continue;
		o = json_object();
		gh_json_set_str(o, "version", "1.0");
		gh_json_set_str(o, "arch", d->arch);
		gh_json_set_str(o, "nonce", nonce_hex);
		gh_json_set_str(o, "driver_version", c->driver_version);
		gh_json_set_str(o, "vbios_version", d->vbios);
		set_b64(o, "evidence", d->report, d->report_len);
		set_b64(o, "certificate", d->chain, d->chain_len);
		json_array_append_new(list, o);
	}
	return list;
}

json_t *gh_container_json(const struct gh_collection *c, const uint8_t nonce[static 32],
    enum gh_container_format format)
{
	char hex[65];

	gh_hex(hex, nonce, 32);
	return format == GH_CONTAINER_NVATTEST ? nvattest_json(c, hex)
					       : gatehouse_json(c, hex);
}
