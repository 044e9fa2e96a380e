/* SPDX-License-Identifier: Apache-2.0
 * Keeps idle sessions and finds them again. */
#include "net/ssh_pool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static uint64_t hash_of(const char *s) /* FNV-1a */
{
	uint64_t h = 14695981039346656037u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 1099511628211u;
	return h;
}

char *gh_ssh_pool_key(const struct gh_ssh_target *t)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	gh_buf_fmt(&b, "%s\n%u\n%s\n%s\n%s\n%s", t->address, t->port, t->user,
	    t->host_key, t->identity ? t->identity : "", t->jump ? t->jump : "");
	return gh_buf_take_str(&b);
}

static void forget(struct gh_ssh_pool *pool, size_t i)
{
	free(pool->warm[i].key);
	pool->warm[i] = pool->warm[--pool->n_warm];
}

struct gh_ssh_wire *gh_ssh_pool_take(struct gh_ssh_pool *pool, const char *key)
{
	uint64_t h = hash_of(key);

	for (size_t i = pool->n_warm; i-- > 0;) {
		struct gh_ssh_wire *w = pool->warm[i].wire;

		if (pool->warm[i].hash != h || strcmp(pool->warm[i].key, key) != 0)
			continue;
		forget(pool, i);
		return w;
	}
	return NULL;
}

void gh_ssh_pool_give(struct gh_ssh_pool *pool, const char *key, struct gh_ssh_wire *w)
{
	struct gh_ssh_warm *more;
	char *copy = strdup(key);

	if (copy && pool->n_warm == pool->cap_warm && pool->cap_warm < GH_SSH_WARM_MAX) {
		size_t cap = pool->cap_warm ? 2 * pool->cap_warm : 16;

		more = realloc(pool->warm, cap * sizeof(*more));
		if (more) {
			pool->warm = more;
			pool->cap_warm = cap;
		}
	}
	if (!copy || pool->n_warm == pool->cap_warm) {
		free(copy);
		w->ops->free(w);
		return;
	}
	pool->warm[pool->n_warm++] =
	    (struct gh_ssh_warm){copy, hash_of(key), w, gh_mono_ms(pool->env)};
}

void gh_ssh_pool_age(struct gh_ssh_pool *pool)
{
	int64_t oldest = gh_mono_ms(pool->env) - GH_SSH_WARM_IDLE_MS;

	for (size_t i = pool->n_warm; i-- > 0;) {
		struct gh_ssh_wire *w = pool->warm[i].wire;

		if (pool->warm[i].since_ms >= oldest)
			continue;
		forget(pool, i);
		w->ops->free(w);
	}
}

bool gh_ssh_pool_by_system(const struct gh_ssh_pool *pool, const char *key)
{
	for (size_t i = 0; i < pool->n_by_system; i++)
		if (strcmp(pool->by_system[i], key) == 0)
			return true;
	return false;
}

void gh_ssh_pool_learn_system(struct gh_ssh_pool *pool, const char *key)
{
	char **more, *copy;

	if (gh_ssh_pool_by_system(pool, key))
		return;
	copy = strdup(key);
	more = copy ? realloc(pool->by_system, (pool->n_by_system + 1) * sizeof(*more))
		    : NULL;
	if (!more) { /* it will be found out again */
		free(copy);
		return;
	}
	pool->by_system = more;
	more[pool->n_by_system++] = copy;
}

int gh_ssh_pool_dir(struct gh_ssh_pool *pool, struct gh_err *err)
{
	const char *const bases[] = {getenv("XDG_RUNTIME_DIR"), getenv("TMPDIR"), "/tmp"};

	for (size_t i = 0; i < GH_COUNT(bases) && !pool->dir[0]; i++) {
		char path[sizeof(pool->dir)];

		/* blanks would be taken apart by ssh_config(5) */
		if (!bases[i] || bases[i][0] != '/' || strpbrk(bases[i], " \t\"'\\%\n") ||
		    snprintf(path, sizeof(path), "%s/gatehouse-ssh-XXXXXX", bases[i]) >=
			(int)sizeof(path))
			continue;
		if (mkdtemp(path))
			memcpy(pool->dir, path, sizeof(path));
	}
	if (!pool->dir[0])
		return gh_fail(
		    err, GH_E_IO, "no folder for temporary files: %s", strerror(errno));
	return 0;
}

int gh_ssh_pool_new(
    struct gh_ssh_pool **out, const struct gh_env *env, struct gh_err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	(*out)->env = env ? env : &gh_env_real;
	return 0;
}

void gh_ssh_pool_free(struct gh_ssh_pool **pp)
{
	struct gh_ssh_pool *pool = *pp;

	if (!pool)
		return;
	for (size_t i = 0; i < pool->n_warm; i++) {
		pool->warm[i].wire->ops->free(pool->warm[i].wire);
		free(pool->warm[i].key);
	}
	for (size_t i = 0; i < pool->n_by_system; i++)
		free(pool->by_system[i]);
	if (pool->dir[0])
		(void)rmdir(pool->dir);
	free(pool->warm);
	free(pool->by_system);
	free(pool);
	*pp = NULL;
}
