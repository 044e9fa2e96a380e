/* SPDX-License-Identifier: Apache-2.0
 * The real environment: this machine's clock and random numbers. */
#include "base/env.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

static int64_t real_now(void *ctx)
{
	(void)ctx;
	return (int64_t)time(NULL);
}

static int64_t real_mono_ms(void *ctx)
{
	struct timespec ts;

	(void)ctx;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int real_random(void *ctx, void *out, size_t len, struct gh_err *err)
{
	unsigned char *p = out;

	(void)ctx;
	while (len > 0) {
		ssize_t n = getrandom(p, len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return gh_fail(
			    err, GH_E_IO, "no random numbers: %s", strerror(errno));
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

const struct gh_env gh_env_real = {NULL, real_now, real_mono_ms, real_random};

int64_t gh_now(const struct gh_env *env)
{
	return env->now(env->ctx);
}

int64_t gh_mono_ms(const struct gh_env *env)
{
	return env->mono_ms(env->ctx);
}

int gh_random(const struct gh_env *env, void *out, size_t len, struct gh_err *err)
{
	return env->random(env->ctx, out, len, err);
}

/* 48 bits of milliseconds and 80 random bits in Crockford's base 32. The clock has whole
 * seconds; the milliseconds come from the random part, which keeps ids unique. */
int gh_ulid(const struct gh_env *env, char out[static GH_ULID_LEN], struct gh_err *err)
{
	static const char digit[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t rnd[10];
	uint64_t ms = (uint64_t)gh_now(env) * 1000 + (uint64_t)gh_mono_ms(env) % 1000;

	if (gh_random(env, rnd, sizeof rnd, err) < 0)
		return -1;
	for (int i = 9; i >= 0; i--, ms >>= 5)
		out[i] = digit[ms & 31];
	for (int half = 0; half < 2; half++) {
		uint64_t v = 0;

		for (int i = 0; i < 5; i++)
			v = v << 8 | rnd[half * 5 + i];
		for (int i = 7; i >= 0; i--, v >>= 5)
			out[10 + half * 8 + i] = digit[v & 31];
	}
	out[GH_ULID_LEN - 1] = '\0';
	return 0;
}

void gh_cancel_ask(struct gh_cancel *c)
{
	atomic_store(&c->asked, true);
}

bool gh_cancelled(const struct gh_cancel *c)
{
	return c != NULL && atomic_load(&c->asked);
}
