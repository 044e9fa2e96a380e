/* SPDX-License-Identifier: Apache-2.0
 * A real sshd on loopback for the tests: keys made on the spot, ended by its pid. */
#pragma once

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "net/ssh.h"
#include "tests/unit/tap.h"

#define SSHD "/usr/sbin/sshd"

struct sshd {
	pid_t pid;
	uint16_t port;
};

struct keys {
	char dir[64];
	char user[64];
	bool ready;
};

static struct keys keys; /* shared by the tests of one program */

static inline const char *key_path(const char *name)
{
	static char path[4][160];
	static unsigned int turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", keys.dir, name);
	return p;
}

static inline int run_tool(const char *const *argv)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return status;
}

static inline void make_key(
    const char *name, const char *type, const char *bits, const char *format)
{
	const char *argv[] = {"ssh-keygen", "-q", "-N", "", "-C", "test", "-f",
	    key_path(name), "-t", type, "-b", bits, format ? "-m" : NULL, format, NULL};

	assert_int_equal(run_tool(argv), 0);
}

static inline void read_text(const char *name, struct gh_buf *out)
{
	assert_int_equal(gh_file_read(out, key_path(name), 65536, NULL), 0);
}

static inline void make_keys(void)
{
	static const char *const trusted[] = {"id.pub", "id_ecdsa.pub", "id_rsa.pub"};
	gh_auto(struct gh_buf, gh_buf_free) all = {0};
	const struct passwd *pw = getpwuid(getuid());

	snprintf(keys.dir, sizeof(keys.dir), "/tmp/gh-net-XXXXXX");
	assert_non_null(mkdtemp(keys.dir));
	snprintf(keys.user, sizeof(keys.user), "%s", pw ? pw->pw_name : "root");
	make_key("host", "ed25519", "256", NULL);
	make_key("host_other", "ed25519", "256", NULL);
	make_key("host_ecdsa", "ecdsa", "256", NULL);
	make_key("host_rsa", "rsa", "2048", NULL);
	make_key("id", "ed25519", "256", NULL);
	make_key("id_ecdsa", "ecdsa", "384", "PEM");
	make_key("id_rsa", "rsa", "2048", "PEM");
	make_key("id_wrong", "ed25519", "256", NULL);
	for (size_t i = 0; i < GH_COUNT(trusted); i++)
		read_text(trusted[i], &all);
	assert_int_equal(
	    gh_file_write(key_path("authorized"), all.p, all.len, 0600, NULL), 0);
	keys.ready = true;
}

/* Setup of a group: keys once. */
static inline int keys_up(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_DFL); /* the engine must not depend on the program for this */
	if (access(SSHD, X_OK) == 0)
		make_keys();
	if (getuid() == 0)
		(void)mkdir(
		    "/run/sshd", 0755); /* sshd's own; made by systemd elsewhere */
	return 0;
}

static inline int keys_down(void **state)
{
	const char *argv[] = {"rm", "-rf", keys.dir, NULL};

	(void)state;
	return keys.ready ? run_tool(argv) : 0;
}

#define NEED_SSHD()                                                                      \
	do {                                                                             \
		if (!keys.ready) {                                                       \
			print_message("skipped: %s is not installed\n", SSHD);           \
			skip();                                                          \
		}                                                                        \
	} while (0)

/* A listener on a free port of 127.0.0.1. */
static inline int listen_free(uint16_t *port, int backlog)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, backlog), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

static inline bool answers(uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ok = connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
	close(fd);
	return ok;
}

/* extra: further "-oNAME=VALUE", or NULL. */
static inline struct sshd sshd_up(const char *host_key, const char *extra)
{
	char h[200], p[32], a[200], home[200];
	struct sshd s;
	int fd = listen_free(&s.port, 1);

	close(fd);
	snprintf(h, sizeof(h), "-oHostKey=%s", key_path(host_key));
	snprintf(p, sizeof(p), "-oPort=%u", s.port);
	snprintf(a, sizeof(a), "-oAuthorizedKeysFile=%s", key_path("authorized"));
	/* bash under sshd reads ~/.bashrc: not the one of whoever runs the tests */
	snprintf(home, sizeof(home), "-oSetEnv=HOME=%s", keys.dir);
	s.pid = fork();
	if (s.pid == 0) {
		const char *argv[] = {SSHD, "-D", "-f", "/dev/null", h, p, a,
		    "-oListenAddress=127.0.0.1", "-oUsePAM=no", "-oUseDNS=no",
		    "-oStrictModes=no", "-oPasswordAuthentication=no", "-oPidFile=none",
		    "-oMaxStartups=2000:100:2000", "-oMaxSessions=200",
		    "-oPermitRootLogin=prohibit-password", "-oLogLevel=QUIET", home,
		    extra, NULL};

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execv(SSHD, (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	for (int i = 0; i < 500 && !answers(s.port); i++)
		usleep(10000);
	assert_true(answers(s.port));
	return s;
}

static inline pid_t parent_of(pid_t pid)
{
	char path[64], text[512] = "";
	const char *at;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return -1;
	(void)!fread(text, 1, sizeof(text) - 1, f);
	fclose(f);
	at = strrchr(text, ')'); /* "pid (comm) S ppid" */
	return at ? (pid_t)strtol(at + 4, NULL, 10) : -1;
}

/* Ends the processes that serve this sshd's connections, all its own children. */
static inline void sshd_drop_sessions(const struct sshd *s)
{
	DIR *d = opendir("/proc");

	assert_non_null(d);
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);

		if (pid > 0 && parent_of(pid) == s->pid)
			kill(pid, SIGKILL);
	}
	closedir(d);
}

static inline void sshd_down(struct sshd *s)
{
	kill(s->pid, SIGCONT);
	sshd_drop_sessions(s);
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
}

/* The pin of a host key file, kept for the life of the program. */
static inline const char *pin_of(const char *host_key)
{
	static char text[4][2048];
	static unsigned int turn;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char name[64], *p = text[turn++ % 4];

	snprintf(name, sizeof(name), "%s.pub", host_key);
	read_text(name, &b);
	snprintf(p, sizeof(text[0]), "%s", gh_buf_cstr(&b));
	p[strcspn(p, "\n")] = '\0';
	return p;
}

static inline struct gh_ssh_job job_to(
    uint16_t port, const char *host_key, const char *command)
{
	struct gh_ssh_job j = {.command = command, .max_output = 4u << 20};
	static char id[160];

	snprintf(id, sizeof(id), "%s", key_path("id"));
	j.target = (struct gh_ssh_target){.name = "gpu-a",
	    .address = "127.0.0.1",
	    .port = port,
	    .user = keys.user,
	    .identity = id,
	    .host_key = pin_of(host_key),
	    .transport = "auto",
	    .connect_ms = 10000,
	    .deadline_ms = 20000};
	return j;
}

static inline struct gh_ssh_pool *pool_new(void)
{
	struct gh_ssh_pool *p = NULL;

	assert_int_equal(gh_ssh_pool_new(&p, &gh_env_real, NULL), 0);
	return p;
}

static inline void run_jobs(struct gh_ssh_pool *p, struct gh_ssh_job *j, size_t n)
{
	struct gh_err err = {0};

	if (gh_ssh_run(p, j, n, 64, NULL, NULL, NULL, &err) != 0)
		fail_msg("%s", err.what);
}

static inline void assert_ran(const struct gh_ssh_job *j)
{
	if (j->rc != 0)
		fail_msg("%s", j->err.what);
}

static inline void assert_error(
    const struct gh_ssh_job *j, enum gh_errc code, const char *words)
{
	assert_int_equal(j->rc, -1);
	if (j->err.code != code || !strstr(j->err.what, words))
		fail_msg("want %s \"%s\", got %s: %s", gh_errc_word(code), words,
		    gh_errc_word(j->err.code), j->err.what);
}
