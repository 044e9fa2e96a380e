/* SPDX-License-Identifier: Apache-2.0
 * The sessions of a lab BMC. */
#include "lab/bmc_session.h"

#include <string.h>

#include "base/text.h"

static void drop_idle(struct gh_bmc_sessions *s, int64_t now)
{
	for (size_t i = 0; i < GH_BMC_SESSIONS; i++)
		if (now - s->at[i].used > GH_BMC_IDLE_S)
			s->at[i].id = 0;
}

const struct gh_bmc_session *gh_bmc_session_open(
    struct gh_bmc_sessions *s, const struct gh_env *env)
{
	int64_t now = gh_mono_ms(env) / 1000;
	uint8_t random[(GH_BMC_TOKEN_LEN - 1) / 2];

	drop_idle(s, now);
	for (size_t i = 0; i < GH_BMC_SESSIONS; i++) {
		struct gh_bmc_session *free = &s->at[i];

		if (free->id)
			continue;
		if (gh_random(env, random, sizeof(random), NULL))
			return NULL;
		gh_hex(free->token, random, sizeof(random));
		free->id = ++s->last_id;
		free->used = now;
		return free;
	}
	return NULL;
}

bool gh_bmc_session_ok(
    struct gh_bmc_sessions *s, const struct gh_env *env, const char *token)
{
	int64_t now = gh_mono_ms(env) / 1000;

	drop_idle(s, now);
	for (size_t i = 0; token && i < GH_BMC_SESSIONS; i++) {
		if (!s->at[i].id || strcmp(s->at[i].token, token))
			continue;
		s->at[i].used = now;
		return true;
	}
	return false;
}

void gh_bmc_session_close(struct gh_bmc_sessions *s, uint64_t id)
{
	for (size_t i = 0; i < GH_BMC_SESSIONS; i++)
		if (s->at[i].id == id)
			s->at[i].id = 0;
}

const struct gh_bmc_session *gh_bmc_session_find(
    const struct gh_bmc_sessions *s, uint64_t id)
{
	for (size_t i = 0; id && i < GH_BMC_SESSIONS; i++)
		if (s->at[i].id == id)
			return &s->at[i];
	return NULL;
}
