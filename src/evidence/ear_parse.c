/* SPDX-License-Identifier: Apache-2.0
 * Reads the claims of an EAR, whichever of the three spellings they are in. */
#include <stdlib.h>

#include "base/text.h"
#include "crypto/jws.h"
#include "evidence/ear.h"

#define NAME_MAX_LEN 64

/* Two alphabets of names; the profile says which one a token uses. */
struct names {
	const char *status, *vector, *policy, *verifier, *key;
	bool policy_list; /* a list of texts, not one */
};

static const struct names underscores = {"ear_status", "ear_trustworthiness_vector",
    "ear_appraisal_policy_ids", "ear_verifier_id", "ear_veraison_key_attestation", true};
static const struct names dots = {"ear.status", "ear.trustworthiness-vector",
    "ear.appraisal-policy-id", "ear.verifier-id", "ear.veraison.key-attestation", false};

static const struct {
	const char *profile;
	enum gh_ear_spelling spelling;
	const struct names *names, *others;
} profiles[] = {
    {"tag:ietf.org,2026:rats/ear#03", GH_EAR_IETF_2026, &underscores, &dots},
    {"tag:github.com,2023:veraison/ear", GH_EAR_VERAISON, &dots, &underscores},
    {"tag:github.com,2024:confidential-containers/Trustee", GH_EAR_TRUSTEE, &dots,
	&underscores},
};

static const char *const tier_word[] = {
    [GH_EAR_NONE] = "none",
    [GH_EAR_AFFIRMING] = "affirming",
    [GH_EAR_WARNING] = "warning",
    [GH_EAR_CONTRAINDICATED] = "contraindicated",
};

static const char *const claim_name[GH_EAR_VECTOR] = {"instance-identity",
    "configuration", "executables", "file-system", "hardware", "runtime-opaque",
    "storage-opaque", "sourced-data"};

/* AR4SI's own meanings; claim -1 is any. */
static const struct {
	int claim, value;
	const char *word;
} meanings[] = {
    {-1, -1, "the verifier failed"},
    {-1, 0, "no claim"},
    {-1, 1, "the verifier cannot say"},
    {-1, 99, "a cryptographic check failed"},
    {0, 2, "a known instance"},
    {0, 96, "an instance that is not trusted"},
    {0, 97, "an unknown instance"},
    {1, 2, "an approved configuration"},
    {1, 3, "a safe configuration"},
    {1, 32, "an unsafe configuration"},
    {1, 36, "a configuration that cannot be seen"},
    {1, 96, "a configuration that is not supported"},
    {2, 2, "approved at run time and boot"},
    {2, 3, "approved at boot"},
    {2, 32, "unsafe executables"},
    {2, 33, "unknown executables"},
    {2, 96, "executables that are not allowed"},
    {3, 2, "an approved file system"},
    {3, 32, "an unknown file system"},
    {3, 96, "a file system that is not allowed"},
    {4, 2, "genuine"},
    {4, 32, "genuine, with known weaknesses"},
    {4, 96, "hardware that is not allowed"},
    {4, 97, "unknown hardware"},
    {5, 2, "memory encrypted"},
    {5, 32, "memory isolated"},
    {5, 96, "memory visible to others"},
    {6, 2, "storage encrypted by hardware"},
    {6, 32, "storage encrypted by software"},
    {6, 96, "storage not encrypted"},
    {7, 2, "data from trusted sources"},
    {7, 32, "data from sources not trusted"},
    {7, 96, "data from sources not allowed"},
};

void gh_ear_free(struct gh_ear *e)
{
	free(e->submod);
	*e = (struct gh_ear){.fault = ""};
}

const char *gh_ear_tier_word(enum gh_ear_tier t)
{
	return tier_word[t];
}

const char *gh_ear_claim_name(size_t i)
{
	return i < GH_EAR_VECTOR ? claim_name[i] : "";
}

int gh_ear_tier_of(int64_t value, enum gh_ear_tier *out)
{
	if (value < -1 || value > 127)
		return -1;
	*out = value >= 96   ? GH_EAR_CONTRAINDICATED
	       : value >= 32 ? GH_EAR_WARNING
	       : value >= 2  ? GH_EAR_AFFIRMING
			     : GH_EAR_NONE;
	return 0;
}

const char *gh_ear_value_word(size_t claim, int value)
{
	enum gh_ear_tier t = GH_EAR_NONE;

	for (size_t i = 0; i < GH_COUNT(meanings); i++)
		if (meanings[i].value == value &&
		    (meanings[i].claim < 0 || (size_t)meanings[i].claim == claim))
			return meanings[i].word;
	return gh_ear_tier_of(value, &t) < 0 ? "a value of no tier" : tier_word[t];
}

enum gh_ear_tier gh_ear_worst(const struct gh_ear_submod *m)
{
	enum gh_ear_tier worst = GH_EAR_NONE, t = GH_EAR_NONE;

	for (size_t i = 0; i < GH_EAR_VECTOR; i++)
		if (m->stated[i] && gh_ear_tier_of(m->value[i], &t) == 0 && t > worst)
			worst = t;
	return worst;
}

static const char *read_status(const json_t *v, enum gh_ear_tier *out)
{
	const char *word = json_string_value(v);

	for (size_t i = 0; word && i < GH_COUNT(tier_word); i++)
		if (strcmp(word, tier_word[i]) == 0) {
			*out = (enum gh_ear_tier)i;
			return "";
		}
	return "status";
}

static const char *read_vector(const json_t *v, struct gh_ear_submod *m)
{
	enum gh_ear_tier t;
	const char *key;
	json_t *value;

	if (v == NULL)
		return "";
	if (!json_is_object(v))
		return "vector";
	json_object_foreach((json_t *)(uintptr_t)v, key, value)
	{
		size_t i = 0;

		while (i < GH_EAR_VECTOR && strcmp(key, claim_name[i]) != 0)
			i++;
		if (i == GH_EAR_VECTOR || !json_is_integer(value) ||
		    gh_ear_tier_of(json_integer_value(value), &t) < 0)
			return "vector";
		m->stated[i] = true;
		m->value[i] = (int)json_integer_value(value);
	}
	return "";
}

static const char *read_policy(const json_t *v, bool list, struct gh_ear_submod *m)
{
	const json_t *first = list ? json_array_get(v, 0) : v;

	m->policy = "";
	if (v == NULL)
		return "";
	if (list && !json_is_array(v))
		return "policy";
	for (size_t i = 0; list && i < json_array_size(v); i++)
		if (!json_is_string(json_array_get(v, i)))
			return "policy";
	if (first && !json_is_string(first))
		return "policy";
	if (first)
		m->policy = json_string_value(first);
	return "";
}

/* A key attestation without a key says that something is attested, and not what. */
static const char *read_key(const json_t *v, struct gh_ear_submod *m)
{
	gh_auto(struct gh_buf, gh_buf_free) key = {0};
	const char *akpub = gh_json_text(v, "akpub");

	if (v == NULL)
		return "";
	if (!*akpub || gh_unb64url(&key, gh_text_of(akpub), NULL) < 0)
		return "key-attestation";
	m->key_attested = true;
	return "";
}

/* It becomes part of a subject's name. */
static bool is_name(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > NAME_MAX_LEN)
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] < 0x20 || s[i] > 0x7e)
			return false;
	return true;
}

static bool is_mixed(const json_t *o, const struct names *others)
{
	return json_object_get(o, others->status) || json_object_get(o, others->vector) ||
	       json_object_get(o, others->verifier);
}

static const char *read_submod(struct gh_ear_submod *m, const char *name, const json_t *o,
    const struct names *n, const struct names *others)
{
	const char *fault = "";

	m->name = name;
	m->nonce = gh_json_text(o, "eat_nonce");
	if (!is_name(name))
		return "name";
	if (!json_is_object(o))
		return "submods";
	if (is_mixed(o, others))
		return "mixed";
	fault = read_status(json_object_get(o, n->status), &m->status);
	if (!*fault)
		fault = read_vector(json_object_get(o, n->vector), m);
	if (!*fault)
		fault = read_policy(json_object_get(o, n->policy), n->policy_list, m);
	return *fault ? fault : read_key(json_object_get(o, n->key), m);
}

static const char *read_submods(struct gh_ear *e, const json_t *list,
    const struct names *n, const struct names *others)
{
	size_t count = json_object_size(list);
	const char *name, *fault;
	json_t *o;

	if (count == 0 || count > GH_EAR_SUBMODS_MAX)
		return "submods";
	e->submod = calloc(count, sizeof(*e->submod));
	if (e->submod == NULL)
		return "memory";
	json_object_foreach((json_t *)(uintptr_t)list, name, o)
	{
		fault = read_submod(&e->submod[e->n++], name, o, n, others);
		if (*fault)
			return fault;
	}
	return "";
}

static const char *read_ear(struct gh_ear *e, const json_t *claims)
{
	const json_t *verifier, *status;
	const struct names *n;
	size_t i = 0;

	e->profile = gh_json_text(claims, "eat_profile");
	e->nonce = gh_json_text(claims, "eat_nonce");
	while (i < GH_COUNT(profiles) && strcmp(e->profile, profiles[i].profile) != 0)
		i++;
	if (i == GH_COUNT(profiles))
		return "profile";
	e->spelling = profiles[i].spelling;
	n = profiles[i].names;
	verifier = json_object_get(claims, n->verifier);
	e->developer = gh_json_text(verifier, "developer");
	e->build = gh_json_text(verifier, "build");
	if (is_mixed(claims, profiles[i].others))
		return "mixed";
	if (!*e->developer || !*e->build)
		return "verifier";
	if (!json_is_integer(json_object_get(claims, "iat")))
		return "iat";
	status = json_object_get(claims, n->status);
	e->has_status = status != NULL;
	if (status != NULL && *read_status(status, &e->status))
		return "status";
	return read_submods(e, json_object_get(claims, "submods"), n, profiles[i].others);
}

int gh_ear_parse(struct gh_ear *out, const json_t *claims, struct gh_err *err)
{
	*out = (struct gh_ear){
	    .profile = "", .developer = "", .build = "", .nonce = "", .fault = ""};
	out->fault = read_ear(out, claims);
	if (strcmp(out->fault, "memory") == 0)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	if (*out->fault)
		return gh_fail(err, GH_E_PARSE,
		    "attestation result: its %s is missing, unknown or not well formed",
		    out->fault);
	return 0;
}
