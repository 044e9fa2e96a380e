/* SPDX-License-Identifier: Apache-2.0
 * Measures the SSH engine on a fleet file: N jobs with a 12,033-byte script on stdin
 * (spec/lab.md section 4.3), cold and warm, wall time and client CPU. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/text.h"
#include "fleet/inventory.h"
#include "net/ssh.h"

#define SCRIPT_LEN 12033 /* bytes */
#define ROUNDS_MAX 101

struct bench {
	struct gh_fleet *fleet;
	struct gh_ssh_job *job;
	size_t n, window;
	unsigned char script[SCRIPT_LEN];
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

static void make_jobs(struct bench *b)
{
	static const char head[] = "echo answered\n#";

	memset(b->script, 'x', sizeof(b->script));
	memcpy(b->script, head, sizeof(head) - 1);
	b->script[SCRIPT_LEN - 1] = '\n';
	for (size_t i = 0; i < b->n; i++) {
		const struct gh_host *h = &b->fleet->host[i % b->fleet->n_hosts];

		b->job[i].target = (struct gh_ssh_target){.name = h->name,
		    .address = h->address,
		    .port = h->port,
		    .user = h->user,
		    .identity = h->identity,
		    .host_key = h->host_key,
		    .transport = h->transport,
		    .connect_ms = 60000,
		    .deadline_ms = 120000};
		b->job[i].command = "exec sh -s";
		b->job[i].input = (struct gh_bytes){b->script, SCRIPT_LEN};
		b->job[i].max_output = 65536;
	}
}

/* One run; every answer is counted, so that a fast failure is no figure. */
static int run_once(struct bench *b, struct gh_ssh_pool *pool, struct figure *out)
{
	struct gh_err err = {0};
	double wall = wall_ms(), cpu = cpu_ms();

	if (gh_ssh_run(pool, b->job, b->n, b->window, NULL, NULL, NULL, &err) != 0) {
		fprintf(stderr, "%s\n", err.what);
		return -1;
	}
	out->wall_ms = wall_ms() - wall;
	out->cpu_ms = cpu_ms() - cpu;
	for (size_t i = 0; i < b->n; i++) {
		const struct gh_ssh_job *j = &b->job[i];

		if (j->rc != 0 || j->out.len != 9 ||
		    memcmp(j->out.p, "answered\n", 9) != 0) {
			fprintf(
			    stderr, "job %zu: %s\n", i, j->rc ? j->err.what : "output");
			return -1;
		}
	}
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
	qsort(f, n, sizeof(*f), by_wall);
	printf(
	    "%-5s jobs %4zu window %4zu  wall %8.1f ms  cpu %7.1f ms  %6.2f ms cpu/job\n",
	    what, b->n, b->window, f[n / 2].wall_ms, f[n / 2].cpu_ms,
	    f[n / 2].cpu_ms / (double)b->n);
}

static int measure(struct bench *b, size_t rounds)
{
	struct figure cold[ROUNDS_MAX], warm[ROUNDS_MAX];

	for (size_t i = 0; i < rounds; i++) {
		struct gh_ssh_pool *pool = NULL;
		int rc;

		if (gh_ssh_pool_new(&pool, &gh_env_real, NULL) != 0)
			return -1;
		rc = run_once(b, pool, &cold[i]) || run_once(b, pool, &warm[i]) ? -1 : 0;
		gh_ssh_pool_free(&pool);
		if (rc != 0)
			return -1;
	}
	print(b, "cold", cold, rounds);
	print(b, "warm", warm, rounds);
	return 0;
}

static size_t number(const char *s, size_t max)
{
	uint64_t v;

	return gh_text_u64(gh_text_of(s), 10, &v) == 0 && v >= 1 && v <= max ? (size_t)v
									     : 0;
}

int main(int argc, char **argv)
{
	struct bench b = {0};
	struct gh_err err = {0};
	size_t rounds;
	int rc;

	if (argc != 5) {
		fprintf(stderr, "usage: fanout FLEET.yaml JOBS WINDOW ROUNDS\n");
		return 4;
	}
	b.n = number(argv[2], 100000);
	b.window = number(argv[3], 4096);
	rounds = number(argv[4], ROUNDS_MAX);
	if (!b.n || !b.window || !rounds)
		return 4;
	if (gh_fleet_load(&b.fleet, argv[1], &err) != 0) {
		fprintf(stderr, "%s\n", err.what);
		return 4;
	}
	b.job = calloc(b.n, sizeof(*b.job));
	if (!b.job)
		return 5;
	make_jobs(&b);
	rc = measure(&b, rounds);
	for (size_t i = 0; i < b.n; i++)
		gh_ssh_job_free(&b.job[i]);
	free(b.job);
	gh_fleet_free(&b.fleet);
	return rc == 0 ? 0 : 1;
}
