/* SPDX-License-Identifier: Apache-2.0
 * Pinned facts in words. */
#include "checks/pinned.h"

#include <stdlib.h>

#include "base/text.h"
#include "net/ssh_hostkey.h"

#define SET_SHOWN 8 /* members of a set that are named */

bool gh_uuid_is_mac(const char *uuid)
{
	static const char zeros[] = "00000000-0000-0000-0000-";

	return strncmp(uuid, zeros, strlen(zeros)) == 0;
}

/* Where the host says nothing itself, its BMC's UUID may be of another kind. */
static bool stands_in(const struct gh_facts *facts, const char *name)
{
	const char *s = json_string_value(json_object_get(facts->bmc, name));

	return json_object_get(facts->ssh, name) || strcmp(name, "id.uuid") != 0 || !s ||
	       !gh_uuid_is_mac(s);
}

/* Of the PCRs only those that boots of one machine with one system share: firmware, option
 * ROMs, boot loader, Secure Boot (spec/host-and-firmware.md, host.boot.pcr_golden). */
static json_t *pinned_value(const char *name, const json_t *v)
{
	static const char *const pcr[] = {"0:", "2:", "4:", "7:"};
	json_t *out;

	if (strcmp(name, "tpm.pcrs") != 0)
		return json_deep_copy(v);
	out = json_array();
	for (size_t i = 0; i < json_array_size(v); i++)
		for (size_t k = 0; k < GH_COUNT(pcr); k++) {
			json_t *one = json_array_get(v, i);

			if (strncmp(json_string_value(one), pcr[k], 2) == 0 &&
			    json_array_append(out, one) != 0)
				gh_json_free(&out);
		}
	return out;
}

json_t *gh_pinned_now(const struct gh_facts *facts)
{
	json_t *now = json_object();
	size_t n;
	const struct gh_fact_def *def = gh_fact_defs(&n);

	for (size_t i = 0; now && i < n; i++) {
		const json_t *v = gh_facts_get(facts, def[i].name);

		if (!(def[i].use & GH_FACT_PIN) || !v || !stands_in(facts, def[i].name))
			continue;
		if (json_object_set_new(now, def[i].name, pinned_value(def[i].name, v)) !=
		    0)
			gh_json_free(&now);
	}
	return now;
}

/* "ssh-ed25519 SHA256:...", as ssh-keygen -l prints it. */
static bool put_key(struct gh_buf *out, const char *text)
{
	gh_auto(struct gh_ssh_hostkey, gh_ssh_hostkey_free) key = {0};
	char print[GH_SSH_PRINT_LEN];

	if (gh_ssh_hostkey_parse(&key, text, NULL) != 0)
		return false;
	gh_ssh_fingerprint(print, key.blob.p, key.blob.len);
	gh_buf_fmt(out, "%s %s", key.type, print);
	return true;
}

void gh_pinned_text(struct gh_buf *out, const char *fact, const json_t *value)
{
	if (json_array_size(value) > SET_SHOWN) {
		gh_buf_fmt(out, "%zu values", json_array_size(value));
		return;
	}
	if (strcmp(fact, "id.host_key") == 0 && json_is_string(value) &&
	    put_key(out, json_string_value(value)))
		return;
	gh_fact_text(out, value);
}

static bool has(const json_t *set, const json_t *one)
{
	for (size_t i = 0; i < json_array_size(set); i++)
		if (json_equal(json_array_get(set, i), one))
			return true;
	return false;
}

/* ", WORD: a, b" of what is in `set` and not in `other`. */
static void put_only(
    struct gh_buf *out, const char *word, const json_t *set, const json_t *other)
{
	size_t n = 0;

	for (size_t i = 0; i < json_array_size(set); i++) {
		if (has(other, json_array_get(set, i)))
			continue;
		if (n == 0)
			gh_buf_fmt(out, ", %s: ", word);
		if (n < SET_SHOWN)
			gh_buf_fmt(out, "%s%s", n > 0 ? ", " : "",
			    json_string_value(json_array_get(set, i)));
		n++;
	}
	if (n > SET_SHOWN)
		gh_buf_fmt(out, " and %zu more", n - SET_SHOWN);
}

/* True when both are sets: what is gone and what is new. */
static bool put_sets(struct gh_buf *out, const struct gh_fact_pin *pin)
{
	if (!json_is_array(pin->pinned) || !json_is_array(pin->now))
		return false;
	gh_buf_fmt(out, "%zu values", json_array_size(pin->now));
	put_only(out, "gone", pin->pinned, pin->now);
	put_only(out, "new", pin->now, pin->pinned);
	return true;
}

void gh_pinned_difference(struct gh_buf *out, const struct gh_fact_pin *pin)
{
	if (put_sets(out, pin))
		return;
	gh_pinned_text(out, pin->fact, pin->now);
	gh_buf_str(out, ", pinned is ");
	gh_pinned_text(out, pin->fact, pin->pinned);
}

void gh_pinned_was(struct gh_buf *out, const struct gh_fact_pin *pin)
{
	if (put_sets(out, pin))
		return;
	gh_pinned_text(out, pin->fact, pin->pinned);
	gh_buf_str(out, " -> ");
	gh_pinned_text(out, pin->fact, pin->now);
}
