/* SPDX-License-Identifier: Apache-2.0
 * Measures the Redfish client on the BMCs of a fleet file: N of them at once, cold (TLS,
 * login, everything) and warm (session, connections and ETags of the time before).
 *	bmcs FLEET.yaml N ROUNDS [tell]: tell lists every resource at the end */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/file.h"
#include "base/text.h"
#include "fleet/inventory.h"
#include "net/redfish.h"

#define ROUNDS_MAX 101

struct bench {
	struct gh_fleet *fleet;
	struct gh_redfish_job *job;
	struct gh_buf *password;
	size_t n;
	unsigned int gets, unchanged;
	size_t resources;
};

struct figure {
	double wall_ms, cpu_ms;
};

static double wall_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double cpu_ms(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
}

static int make_jobs(struct bench *b, struct gh_err *err)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct gh_host *h = &b->fleet->host[i % b->fleet->n_hosts];
		struct gh_bytes rest, line;

		if (gh_file_read(&b->password[i], h->bmc_password, 4096, err) != 0)
			return -1;
		rest = gh_buf_view(&b->password[i]);
		b->password[i].len = gh_text_line(&rest, &line) ? line.len : 0;
		b->job[i].target = (struct gh_redfish_target){.name = h->name,
		    .address = h->bmc,
		    .port = h->bmc_port,
		    .user = h->bmc_user,
		    .password = gh_buf_cstr(&b->password[i]),
		    .cert_sha256 = h->bmc_cert,
		    .deadline_ms = 120000};
	}
	return 0;
}

static int run_once(struct bench *b, struct gh_redfish_pool *pool, struct figure *out)
{
	struct gh_err err = {0};
	double cpu = cpu_ms(), start = wall_ms();

	if (gh_redfish_run(pool, b->job, b->n, NULL, NULL, NULL, &err) != 0) {
		fprintf(stderr, "%s\n", err.what);
		return -1;
	}
	*out = (struct figure){wall_ms() - start, cpu_ms() - cpu};
	for (size_t i = 0; i < b->n; i++)
		if (b->job[i].rc != 0) {
			fprintf(stderr, "%s\n", b->job[i].err.what);
			return -1;
		}
	b->gets = b->job[0].n_requests;
	b->unchanged = b->job[0].n_unchanged;
	b->resources = b->job[0].tree.n;
	return 0;
}

static int by_wall(const void *a, const void *b)
{
	double x = ((const struct figure *)a)->wall_ms,
	       y = ((const struct figure *)b)->wall_ms;

	return x < y ? -1 : x > y;
}

static void print(const struct bench *b, const char *what, struct figure *f, size_t n)
{
	struct rusage u;

	qsort(f, n, sizeof(*f), by_wall);
	getrusage(RUSAGE_SELF, &u);
	printf(
	    "%-5s BMCs %3zu  wall %8.1f ms  cpu %7.1f ms  %zu resources in %u GETs, %u "
	    "unchanged  rss %ld MB\n",
	    what, b->n, f[n / 2].wall_ms, f[n / 2].cpu_ms, b->resources, b->gets,
	    b->unchanged, u.ru_maxrss / 1024);
}

static int measure(struct bench *b, size_t rounds)
{
	struct figure cold[ROUNDS_MAX], warm[ROUNDS_MAX];

	for (size_t i = 0; i < rounds; i++) {
		struct gh_redfish_pool *pool = NULL;
		int rc;

		if (gh_redfish_pool_new(&pool, &gh_env_real, NULL) != 0)
			return -1;
		rc = run_once(b, pool, &cold[i]);
		if (i + 1 == rounds && rc == 0)
			print(b, "cold", cold, rounds);
		if (rc == 0)
			rc = run_once(b, pool, &warm[i]);
		gh_redfish_pool_free(&pool);
		if (rc != 0)
			return -1;
	}
	print(b, "warm", warm, rounds);
	return 0;
}

static void tell(const struct gh_redfish_tree *t)
{
	for (size_t i = 0; i < t->n; i++)
		printf("%3d %s %s %s\n", t->at[i].status,
		    t->at[i].asked ? "asked" : "-    ", t->at[i].path, t->at[i].err.what);
}

int main(int argc, char **argv)
{
	struct bench b = {0};
	struct gh_err err = {0};
	size_t rounds;
	int rc;

	if (argc < 4) {
		fprintf(stderr, "usage: bmcs FLEET.yaml N ROUNDS [tell]\n");
		return 2;
	}
	b.n = (size_t)strtoul(argv[2], NULL, 10);
	rounds = (size_t)strtoul(argv[3], NULL, 10);
	if (gh_fleet_load(&b.fleet, argv[1], &err) != 0) {
		fprintf(stderr, "%s\n", err.what);
		return 2;
	}
	b.job = calloc(b.n + 1, sizeof(*b.job));
	b.password = calloc(b.n + 1, sizeof(*b.password));
	if (!b.job || !b.password || rounds < 1 || rounds > ROUNDS_MAX)
		return 2;
	rc = make_jobs(&b, &err) != 0 || measure(&b, rounds) != 0;
	if (err.code != GH_E_NONE)
		fprintf(stderr, "%s\n", err.what);
	if (argc > 4 && rc == 0)
		tell(&b.job[0].tree);
	return rc;
}
