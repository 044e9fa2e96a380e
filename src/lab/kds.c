/* SPDX-License-Identifier: Apache-2.0
 * The files and the process of the lab's certificate service. */
#include "lab/kds.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "lab/bmc_cert.h"
#include "lab/kds_server.h"
#include "lab/lab_host.h"

#define DAY      86400
#define YEAR     (365 * (int64_t)DAY)
#define PEM_MAX  65536
#define READY_MS 5000
#define STEP_MS  2
#define LOOK_MS  500 /* how often it looks whether its record is still there */

static const struct gh_lab_spec *snp_host(void)
{
	for (size_t i = 0; i < GH_LAB_HOSTS; i++)
		if (gh_lab_specs[i].snp)
			return &gh_lab_specs[i];
	return NULL;
}

static int path_of(
    char out[static PATH_MAX], const char *dir, const char *name, struct gh_err *err)
{
	char file[64];

	snprintf(file, sizeof(file), "kds%s%s", name[0] ? "/" : "", name);
	return gh_path_join(out, PATH_MAX, dir, file, err);
}

/* ---- files ---- */

int gh_lab_kds_make(
    const char *dir, int64_t now, uint8_t pin[static 32], struct gh_err *err)
{
	gh_auto(struct gh_lab_kds_ca, gh_lab_kds_ca_free) ca = {0};
	char path[PATH_MAX];

	return path_of(path, dir, "", err) || gh_file_mkdirs(path, 0755, err) ||
		       gh_lab_kds_ca_make(&ca, now, err) ||
		       gh_lab_kds_ca_save(&ca, path, err) ||
		       gh_lab_kds_ca_pin(&ca, pin, err)
		   ? -1
		   : 0;
}

uint16_t gh_lab_kds_port(const char *dir)
{
	return gh_lab_host_port_of(dir, "kds-port");
}

int gh_lab_kds_prepare(const char *dir, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) cert = {0};
	gh_auto(struct gh_buf, gh_buf_free) key = {0};
	int64_t now = gh_now(&gh_env_real);
	const struct gh_bmc_cert in = {.host = "kds",
	    .unit = "certificate service of the lab",
	    .mac = "lab",
	    .address = snp_host()->address,
	    .from = now - DAY,
	    .to = now + 10 * YEAR};
	char path[PATH_MAX];

	if (path_of(path, dir, "cert.pem", err))
		return -1;
	if (!access(path, F_OK))
		return 0;
	/* the certificate last: it says that the key is there */
	return gh_bmc_cert_make(&cert, &key, &in, err) ||
		       path_of(path, dir, "key.pem", err) ||
		       gh_file_write(path, key.p, key.len, 0600, err) ||
		       path_of(path, dir, "cert.pem", err) ||
		       gh_file_write(path, cert.p, cert.len, 0644, err)
		   ? -1
		   : 0;
}

int gh_lab_kds_fleet(struct gh_buf *out, const char *dir, struct gh_err *err)
{
	gh_buf_fmt(out, "kds: https://%s:%u\nkds_ca: kds/cert.pem\n", snp_host()->address,
	    gh_lab_kds_port(dir));
	return gh_buf_ok(out, err);
}

/* ---- in its process ---- */

static int serve(struct gh_bmc_server **out, struct gh_lab_kds *k, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) cert = {0};
	gh_auto(struct gh_buf, gh_buf_free) key = {0};
	char path[PATH_MAX];
	int fd;

	if (path_of(path, k->dir, "", err) || gh_lab_kds_ca_load(&k->ca, path, err) ||
	    path_of(path, k->dir, "cert.pem", err) ||
	    gh_file_read(&cert, path, PEM_MAX, err) ||
	    path_of(path, k->dir, "key.pem", err) ||
	    gh_file_read(&key, path, PEM_MAX, err) ||
	    gh_bmc_listen(&fd, k->spec->address, gh_lab_kds_port(k->dir), err))
		return -1;
	return gh_lab_kds_serve(out, k, fd, gh_buf_cstr(&cert), gh_buf_cstr(&key), err);
}

/* Until it is told to end, or nobody could tell it any more: its record is gone. */
static void wait_for_end(const char *record)
{
	const struct timespec look = {0, LOOK_MS * 1000000L};
	sigset_t wanted;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGINT);
	while (sigtimedwait(&wanted, NULL, &look) < 0 && !access(record, F_OK))
		;
}

static void run(void *ctx)
{
	struct gh_lab_kds k = {.spec = snp_host()};
	struct gh_bmc_server *server = NULL;
	char log[PATH_MAX], record[PATH_MAX];
	struct gh_err err = {0};
	sigset_t wanted;

	snprintf(k.dir, sizeof(k.dir), "%s", (const char *)ctx);
	if (path_of(log, k.dir, "log", &err) || path_of(record, k.dir, "pid", &err) ||
	    gh_lab_proc_leave(log, &err))
		gh_lab_proc_die(&err);
	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGINT);
	sigprocmask(SIG_SETMASK, &wanted, NULL); /* also for the server's threads */
	if (serve(&server, &k, &err))
		gh_lab_proc_die(&err);
	wait_for_end(record);
	_exit(0);
}

/* ---- from outside ---- */

int gh_lab_kds_pid(const char *dir)
{
	char path[PATH_MAX];
	struct gh_lab_proc p;

	if (path_of(path, dir, "pid", NULL))
		return 0;
	gh_lab_proc_recorded(path, &p);
	return p.pid;
}

int gh_lab_kds_start(const char *dir, struct gh_err *err)
{
	char record[PATH_MAX], copy[PATH_MAX];

	snprintf(copy, sizeof(copy), "%s", dir);
	if (path_of(record, dir, "pid", err) || gh_lab_proc_start(record, run, copy, err))
		return -1;
	for (int t = 0; t < READY_MS; t += STEP_MS) {
		if (gh_lab_host_answers(snp_host(), gh_lab_kds_port(dir)))
			return 0;
		if (!gh_lab_kds_pid(dir))
			break;
		gh_lab_proc_sleep_ms(STEP_MS);
	}
	gh_fail(err, GH_E_IO, "the lab's certificate service did not start");
	return gh_err_hint(err, "its log: %s/kds/log", dir);
}

void gh_lab_kds_ask_stop(const char *dir)
{
	char path[PATH_MAX];

	if (!path_of(path, dir, "pid", NULL))
		gh_lab_proc_ask_stop(path);
}

int gh_lab_kds_stop(const char *dir, struct gh_err *err)
{
	char path[PATH_MAX];

	return path_of(path, dir, "pid", err) ||
		       gh_lab_proc_stop(path, "the certificate service", err)
		   ? -1
		   : 0;
}
