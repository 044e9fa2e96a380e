/* SPDX-License-Identifier: Apache-2.0
 * Reads a policy file: one table of members says what is known, what it must look like and
 * where it goes; docs/evidence-policy.md says what each means. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "evidence/policy.h"

#define PATH_MAX_LEN 96

/* One member being read. */
struct place {
	char path[PATH_MAX_LEN]; /* "tdx.accept[1]" */
	void *to;
	unsigned int limit; /* by kind: largest number, bytes of a pin, size of a text */
	const struct member *members;
	size_t n_members; /* of an object */
};

typedef int read_fn(const struct place *p, const json_t *v, struct gh_err *err);

struct member {
	const char *name;
	read_fn *read;
	size_t at; /* in the structure of its object */
	unsigned int limit;
	const struct member *members;
	size_t n_members;
};

static int read_object(const struct place *p, const json_t *v, struct gh_err *err);

static int refuse(const struct place *p, const char *want, struct gh_err *err)
{
	return gh_fail(err, GH_E_CONFIG, "policy: %s must be %s", p->path, want);
}

static int read_version(const struct place *p, const json_t *v, struct gh_err *err)
{
	return json_is_integer(v) && json_integer_value(v) == 1 ? 0 : refuse(p, "1", err);
}

static int read_text(const struct place *p, const json_t *v, struct gh_err *err)
{
	if (!json_is_string(v) || !json_string_length(v) ||
	    json_string_length(v) >= p->limit)
		return gh_fail(err, GH_E_CONFIG,
		    "policy: %s must be a text of 1 to %u bytes", p->path, p->limit - 1);
	gh_text_clean_into(p->to, p->limit, json_string_value(v));
	return 0;
}

static int read_bool(const struct place *p, const json_t *v, struct gh_err *err)
{
	bool *to = p->to;

	if (!json_is_boolean(v))
		return refuse(p, "true or false", err);
	*to = json_is_true(v);
	return 0;
}

/* A whole number of 0 to limit. */
static int read_number(
    const struct place *p, const json_t *v, json_int_t *out, struct gh_err *err)
{
	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    json_integer_value(v) > (json_int_t)p->limit)
		return gh_fail(err, GH_E_CONFIG,
		    "policy: %s must be a whole number of 0 to %u", p->path, p->limit);
	*out = json_integer_value(v);
	return 0;
}

static int read_u8(const struct place *p, const json_t *v, struct gh_err *err)
{
	json_int_t n = 0;
	uint8_t *to = p->to;

	if (read_number(p, v, &n, err))
		return -1;
	*to = (uint8_t)n;
	return 0;
}

static int read_uint(const struct place *p, const json_t *v, struct gh_err *err)
{
	json_int_t n = 0;
	unsigned int *to = p->to;

	if (read_number(p, v, &n, err))
		return -1;
	*to = (unsigned int)n;
	return 0;
}

static int read_size(const struct place *p, const json_t *v, struct gh_err *err)
{
	json_int_t n = 0;
	size_t *to = p->to;

	if (read_number(p, v, &n, err))
		return -1;
	*to = (size_t)n;
	return 0;
}

static int read_i64(const struct place *p, const json_t *v, struct gh_err *err)
{
	json_int_t n = 0;
	int64_t *to = p->to;

	if (read_number(p, v, &n, err))
		return -1;
	*to = (int64_t)n;
	return 0;
}

/* "0x..": JSON numbers do not reach 64 bits. */
static int read_bits(const struct place *p, const json_t *v, struct gh_err *err)
{
	const char *text = json_string_value(v);

	if (!text || strncmp(text, "0x", 2) != 0 ||
	    gh_text_u64(gh_text_of(text + 2), 16, p->to))
		return refuse(p, "a text of \"0x\" and 1 to 16 hexadecimal digits", err);
	return 0;
}

static struct place item_of(const struct place *p, size_t i)
{
	struct place item = *p;

	snprintf(item.path, sizeof(item.path), "%.80s[%zu]", p->path, i);
	return item;
}

/* A list that is there and empty would read as "nothing will do" and mean "anything". */
static int check_list(
    const struct place *p, const json_t *v, size_t most, struct gh_err *err)
{
	if (!json_is_array(v) || !json_array_size(v) || json_array_size(v) > most)
		return gh_fail(err, GH_E_CONFIG,
		    "policy: %s must be a list of 1 to %zu; leave it out for the default",
		    p->path, most);
	return 0;
}

static int read_pins(const struct place *p, const json_t *v, struct gh_err *err)
{
	struct gh_pins *to = p->to;

	if (check_list(p, v, GH_PINS_MAX, err))
		return -1;
	to->len = p->limit;
	for (to->n = 0; to->n < json_array_size(v); to->n++) {
		struct place item = item_of(p, to->n);
		const char *hex = json_string_value(json_array_get(v, to->n));

		if (!hex || gh_unhex(to->at[to->n], to->len, hex, NULL))
			return gh_fail(err, GH_E_CONFIG,
			    "policy: %s must be %zu bytes as %zu hexadecimal digits",
			    item.path, to->len, 2 * to->len);
	}
	return 0;
}

static int read_accept(const struct place *p, const json_t *v, struct gh_err *err)
{
	unsigned int *to = p->to;

	if (check_list(p, v, GH_TCB_N, err))
		return -1;
	*to = 0;
	for (size_t i = 0; i < json_array_size(v); i++) {
		struct place item = item_of(p, i);
		const char *word = json_string_value(json_array_get(v, i));
		enum gh_tdx_status s;

		if (!word || gh_tdx_status_parse(word, &s))
			return refuse(
			    &item, "a TCB status of Intel, such as \"UpToDate\"", err);
		if (s == GH_TCB_REVOKED)
			return gh_fail(err, GH_E_CONFIG,
			    "policy: %s is Revoked, and no policy can accept that",
			    item.path);
		*to |= 1u << s;
	}
	return 0;
}

static int read_modes(const struct place *p, const json_t *v, struct gh_err *err)
{
	static const char *const words[] = {"SPT", "MPT", "PPCIE"}; /* bit 0 first */
	unsigned int *to = p->to;

	if (check_list(p, v, GH_COUNT(words), err))
		return -1;
	*to = 0;
	for (size_t i = 0; i < json_array_size(v); i++) {
		struct place item = item_of(p, i);
		const char *word = json_string_value(json_array_get(v, i));
		size_t bit = 0;

		while (word && bit < GH_COUNT(words) && strcmp(word, words[bit]) != 0)
			bit++;
		if (!word || bit == GH_COUNT(words))
			return refuse(&item, "\"SPT\", \"MPT\" or \"PPCIE\"", err);
		*to |= 1u << bit;
	}
	return 0;
}

#define TDX(m) offsetof(struct gh_tdx_policy, m)
#define SNP(m) offsetof(struct gh_snp_policy, m)
#define GPU(m) offsetof(struct gh_nvidia_policy, m)
#define TOP(m) offsetof(struct gh_policy, m)

static const struct member tdx_members[] = {
    {"accept", read_accept, TDX(accept), 0, NULL, 0},
    {"min_tcb_evaluation", read_i64, TDX(min_eval), 1000000, NULL, 0},
    {"attributes_allowed", read_bits, TDX(attributes_allowed), 0, NULL, 0},
    {"sept_ve_disable", read_bool, TDX(sept_ve_disable), 0, NULL, 0},
    {"xfam_allowed", read_bits, TDX(xfam_allowed), 0, NULL, 0},
    {"service_td", read_bool, TDX(service_td), 0, NULL, 0},
    {"trailing", read_bool, TDX(trailing), 0, NULL, 0},
    {"mrtd", read_pins, TDX(mrtd), 48, NULL, 0},
    {"mrseam", read_pins, TDX(mrseam), 48, NULL, 0},
    {"mrconfigid", read_pins, TDX(mrconfigid), 48, NULL, 0},
    {"mrowner", read_pins, TDX(mrowner), 48, NULL, 0},
    {"mrownerconfig", read_pins, TDX(mrownerconfig), 48, NULL, 0},
    {"rtmr0", read_pins, TDX(rtmr[0]), 48, NULL, 0},
    {"rtmr1", read_pins, TDX(rtmr[1]), 48, NULL, 0},
    {"rtmr2", read_pins, TDX(rtmr[2]), 48, NULL, 0},
    {"rtmr3", read_pins, TDX(rtmr[3]), 48, NULL, 0},
    {"ppid", read_pins, TDX(ppid), 16, NULL, 0},
    {"platform_instance", read_pins, TDX(platform_instance), 16, NULL, 0},
    {"fmspc", read_pins, TDX(fmspc), 6, NULL, 0},
};

static const struct member min_tcb_members[] = {
    {"fmc", read_u8, SNP(min_tcb.fmc) - SNP(min_tcb), 255, NULL, 0},
    {"boot_loader", read_u8, SNP(min_tcb.boot_loader) - SNP(min_tcb), 255, NULL, 0},
    {"tee", read_u8, SNP(min_tcb.tee) - SNP(min_tcb), 255, NULL, 0},
    {"snp", read_u8, SNP(min_tcb.snp) - SNP(min_tcb), 255, NULL, 0},
    {"microcode", read_u8, SNP(min_tcb.microcode) - SNP(min_tcb), 255, NULL, 0},
};

static const struct member snp_members[] = {
    {"vmpl_max", read_uint, SNP(vmpl_max), 3, NULL, 0},
    {"debug", read_bool, SNP(debug), 0, NULL, 0},
    {"migrate_ma", read_bool, SNP(migrate_ma), 0, NULL, 0},
    {"cxl", read_bool, SNP(cxl), 0, NULL, 0},
    {"provisional", read_bool, SNP(provisional), 0, NULL, 0},
    {"alias_check", read_bool, SNP(alias_check), 0, NULL, 0},
    {"revocation", read_bool, SNP(revocation), 0, NULL, 0},
    {"min_tcb", read_object, SNP(min_tcb), 0, min_tcb_members, GH_COUNT(min_tcb_members)},
    {"measurement", read_pins, SNP(measurement), 48, NULL, 0},
    {"id_key_digest", read_pins, SNP(id_key_digest), 48, NULL, 0},
    {"author_key_digest", read_pins, SNP(author_key_digest), 48, NULL, 0},
    {"host_data", read_pins, SNP(host_data), 32, NULL, 0},
    {"chip_id", read_pins, SNP(chip_id), 64, NULL, 0},
};

static const struct member nvidia_members[] = {
    {"fwid", read_bool, GPU(fwid), 0, NULL, 0},
    {"revocation", read_bool, GPU(revocation), 0, NULL, 0},
    {"ocsp_nonce", read_bool, GPU(ocsp_nonce), 0, NULL, 0},
    {"rim_hold", read_bool, GPU(rim_hold), 0, NULL, 0},
    {"modes", read_modes, GPU(modes), 0, NULL, 0},
    {"pdi", read_pins, GPU(pdi), 8, NULL, 0},
    {"gpus", read_size, GPU(gpus), 1024, NULL, 0},
    {"switches", read_size, GPU(switches), 1024, NULL, 0},
};

static const struct member top_members[] = {
    {"v", read_version, 0, 0, NULL, 0},
    {"id", read_text, TOP(id), sizeof(((struct gh_policy *)NULL)->id), NULL, 0},
    {"tdx", read_object, TOP(tdx), 0, tdx_members, GH_COUNT(tdx_members)},
    {"snp", read_object, TOP(snp), 0, snp_members, GH_COUNT(snp_members)},
    {"nvidia", read_object, TOP(nvidia), 0, nvidia_members, GH_COUNT(nvidia_members)},
};

static const struct member *find_member(const struct place *p, const char *name)
{
	for (size_t i = 0; i < p->n_members; i++)
		if (!strcmp(name, p->members[i].name))
			return &p->members[i];
	return NULL;
}

static struct place member_of(
    const struct place *p, const char *name, const struct member *m)
{
	struct place in = {.path = ""};
	char clean[48];

	gh_text_clean_into(clean, sizeof(clean), name);
	snprintf(in.path, sizeof(in.path), "%.40s%s%.48s", p->path, *p->path ? "." : "",
	    clean);
	if (m) {
		in.to = (char *)p->to + m->at;
		in.limit = m->limit;
		in.members = m->members;
		in.n_members = m->n_members;
	}
	return in;
}

/* As deep as the tables: three. */
static int read_object(const struct place *p, const json_t *v, struct gh_err *err)
{
	const char *name;
	json_t *value;

	if (!json_is_object(v))
		return refuse(p, "an object", err);
	json_object_foreach((json_t *)(uintptr_t)v, name, value)
	{
		const struct member *m = find_member(p, name);
		struct place in = member_of(p, name, m);

		if (!m)
			return gh_fail(
			    err, GH_E_CONFIG, "policy: unknown member %s", in.path);
		if (m->read(&in, value, err))
			return -1;
	}
	return 0;
}

int gh_policy_load(
    struct gh_policy *out, const void *json, size_t len, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) top = NULL;
	struct gh_policy made = *gh_policy_strict();
	struct place p = {.path = "",
	    .to = &made,
	    .members = top_members,
	    .n_members = GH_COUNT(top_members)};
	struct gh_err why = {0};

	top = gh_json_parse(json, len, &why);
	if (!top) /* it names line and column */
		return gh_fail(err, GH_E_CONFIG, "policy: %s", why.what);
	if (!json_is_object(top) || !json_object_get(top, "v"))
		return gh_fail(
		    err, GH_E_CONFIG, "policy: must be an object with \"v\": 1");
	snprintf(made.id, sizeof(made.id), "unnamed");
	if (read_object(&p, top, err))
		return -1;
	*out = made;
	return 0;
}
