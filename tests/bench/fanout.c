/* SPDX-License-Identifier: Apache-2.0
 * Measures the SSH engine on a fleet file: N jobs of the command that the other tools get
 * too, or with the real probe, cold and warm: wall time, CPU of this process and of the
 * whole machine, memory. With a silent host: what it costs the others. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "fleet/inventory.h"
#include "net/ssh.h"

#define ROUNDS_MAX 101

struct bench {
	struct gh_fleet *fleet;
	struct gh_ssh_job *job;
	size_t n, window;
	struct gh_buf script;
	const char *command, *answer; /* answer: what the output must have */
	bool silent;                  /* the first job's host accepts and never answers */
	uint16_t silent_port;
	double others_ms; /* when the last of the others had ended */
	double start_ms;
};

struct figure {
	double wall_ms, cpu_ms, machine_ms;
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

/* Busy time of all CPUs since boot; 0 where the kernel does not say it. */
static double machine_ms(void)
{
	unsigned long long t[8] = {0}, busy = 0;
	FILE *f = fopen("/proc/stat", "re");

	if (!f)
		return 0;
	if (fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &t[0], &t[1], &t[2],
		&t[3], &t[4], &t[5], &t[6], &t[7]) == 8)
		busy = t[0] + t[1] + t[2] + t[5] + t[6]; /* not idle, iowait, steal */
	fclose(f);
	return (double)busy * 1e3 / (double)sysconf(_SC_CLK_TCK);
}

/* Something to ask for: one word, or the probe. */
static int make_script(struct bench *b, const char *probe, struct gh_err *err)
{
	if (!probe) {
		b->command = "echo answered";
		b->answer = "answered\n";
		return 0;
	}
	b->command = "exec sh -s 0123456789abcdef0123456789abcdef";
	b->answer = "END 0 - ";
	return gh_file_read(&b->script, probe, 1u << 20, err);
}

/* A port that the kernel accepts on, and nobody reads. */
static uint16_t silent_port(void)
{
	struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&a, len) != 0 || listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		return 0;
	return ntohs(a.sin_port);
}

/* The same key by another name: a job that is a host of its own finds no warm session of
 * another one on the same machine. */
static char *own_name(const char *identity, size_t slashes)
{
	struct gh_buf name = {0};

	while (slashes-- > 0)
		gh_buf_chr(&name, '/');
	gh_buf_str(&name, identity);
	return gh_buf_take_str(&name);
}

static void make_jobs(struct bench *b)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct gh_host *h = &b->fleet->host[i % b->fleet->n_hosts];

		b->job[i].target = (struct gh_ssh_target){.name = h->name,
		    .address = h->address,
		    .port = h->port,
		    .user = h->user,
		    .identity = own_name(h->identity, i / b->fleet->n_hosts),
		    .host_key = h->host_key,
		    .transport = h->transport,
		    .connect_ms = 60000,
		    .deadline_ms = 120000};
		b->job[i].command = b->command;
		b->job[i].input = gh_buf_view(&b->script);
		b->job[i].max_output = 4u << 20;
	}
	if (b->silent) {
		b->job[0].target.address = "127.0.0.1";
		b->job[0].target.port = b->silent_port;
		b->job[0].target.connect_ms = 3000;
	}
}

static void on_done(struct gh_ssh_job *job, void *ctx)
{
	struct bench *b = ctx;

	if (!b->silent || job != &b->job[0])
		b->others_ms = wall_ms() - b->start_ms;
}

static bool answered(const struct bench *b, const struct gh_ssh_job *j)
{
	return j->rc == 0 && gh_text_find(gh_buf_view(&j->out), b->answer) != NULL;
}

/* One run; every answer is counted, so that a fast failure is no figure. */
static int run_once(struct bench *b, struct gh_ssh_pool *pool, struct figure *out)
{
	struct gh_err err = {0};
	double cpu = cpu_ms(), machine = machine_ms();

	b->start_ms = wall_ms();
	if (gh_ssh_run(pool, b->job, b->n, b->window, on_done, b, NULL, &err) != 0) {
		fprintf(stderr, "%s\n", err.what);
		return -1;
	}
	out->wall_ms = b->others_ms;
	out->cpu_ms = cpu_ms() - cpu;
	out->machine_ms = machine_ms() - machine;
	for (size_t i = b->silent; i < b->n; i++) {
		const struct gh_ssh_job *j = &b->job[i];

		if (!answered(b, j)) {
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
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	printf(
	    "%-5s jobs %4zu window %4zu  wall %8.1f ms  cpu %7.1f ms  %6.2f ms cpu/job  "
	    "machine %7.0f ms  rss %ld MB\n",
	    what, b->n, b->window, f[n / 2].wall_ms, f[n / 2].cpu_ms,
	    f[n / 2].cpu_ms / (double)b->n, f[n / 2].machine_ms, u.ru_maxrss / 1024);
}

static int measure(struct bench *b, size_t rounds)
{
	struct figure cold[ROUNDS_MAX], warm[ROUNDS_MAX];

	for (size_t i = 0; i < rounds; i++) {
		struct gh_ssh_pool *pool = NULL;
		int rc;

		if (gh_ssh_pool_new(&pool, &gh_env_real, NULL) != 0)
			return -1;
		rc = run_once(b, pool, &cold[i]) ||
			     (!b->silent && run_once(b, pool, &warm[i]))
			 ? -1
			 : 0;
		gh_ssh_pool_free(&pool);
		if (rc != 0)
			return -1;
	}
	print(b, b->silent ? "63" : "cold", cold, rounds);
	if (!b->silent)
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

	if (argc < 5 || argc > 6) {
		fprintf(stderr, "usage: fanout FLEET.yaml JOBS WINDOW ROUNDS "
				"[PROBE.sh|--silent]\n");
		return 4;
	}
	b.silent = argc == 6 && strcmp(argv[5], "--silent") == 0;
	b.silent_port = b.silent ? silent_port() : 0;
	b.n = number(argv[2], 100000);
	b.window = number(argv[3], 4096);
	rounds = number(argv[4], ROUNDS_MAX);
	if (!b.n || !b.window || !rounds)
		return 4;
	if (gh_fleet_load(&b.fleet, argv[1], &err) != 0 ||
	    make_script(&b, argc == 6 && !b.silent ? argv[5] : NULL, &err) != 0) {
		fprintf(stderr, "%s\n", err.what);
		return 4;
	}
	b.job = calloc(b.n, sizeof(*b.job));
	if (!b.job)
		return 5;
	make_jobs(&b);
	rc = measure(&b, rounds);
	for (size_t i = 0; i < b.n; i++) {
		free((char *)(uintptr_t)b.job[i].target.identity);
		gh_ssh_job_free(&b.job[i]);
	}
	free(b.job);
	gh_buf_free(&b.script);
	gh_fleet_free(&b.fleet);
	return rc == 0 ? 0 : 1;
}
