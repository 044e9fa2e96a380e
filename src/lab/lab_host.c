/* SPDX-License-Identifier: Apache-2.0
 * The parts of one lab host on disk and on the wire. */
#include "lab/lab_host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "lab/bmc.h"
#include "lab/faults.h"
#include "lab/fixture.h"

#define READY_MS     5000
#define STEP_MS      2
#define ANSWER_MS    300
#define LINE_MAX_LEN 16384

int gh_lab_host_path(char out[static GH_LAB_PATH], const char *dir,
    const struct gh_lab_spec *spec, const char *file, struct gh_err *err)
{
	int n = snprintf(out, GH_LAB_PATH, "%s/hosts/%s%s%s", dir, spec->name,
	    file[0] ? "/" : "", file);

	if (n < 0 || n >= GH_LAB_PATH - 32)
		return gh_fail(err, GH_E_CONFIG, "%s: the path is too long", dir);
	return 0;
}

int gh_lab_host_line(
    struct gh_buf *out, const char *path, unsigned int words, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_bytes rest, line, word;

	if (gh_file_read(&text, path, LINE_MAX_LEN, err))
		return -1;
	rest = gh_buf_view(&text);
	if (!gh_text_line(&rest, &line))
		return gh_fail(err, GH_E_PARSE, "%s is empty", path);
	line = gh_text_trim(line);
	if (!words)
		gh_buf_add(out, line.p, line.len);
	for (unsigned int i = 0; i < words; i++) {
		if (!gh_text_word(&line, &word))
			return gh_fail(
			    err, GH_E_PARSE, "%s has no %u words", path, words);
		if (i)
			gh_buf_chr(out, ' ');
		gh_buf_add(out, word.p, word.len);
	}
	return gh_buf_ok(out, err);
}

uint16_t gh_lab_host_port_of(const char *dir, const char *file)
{
	gh_auto(struct gh_buf, gh_buf_free) line = {0};
	char path[PATH_MAX];
	uint64_t port;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	if (gh_lab_host_line(&line, path, 0, NULL) ||
	    gh_text_u64(gh_buf_view(&line), 10, &port) || !port || port > 65535)
		return 0;
	return (uint16_t)port;
}

uint16_t gh_lab_host_port(const char *dir)
{
	return gh_lab_host_port_of(dir, "port");
}

int gh_lab_host_key(const char *dir, const char *path, struct gh_err *err)
{
	const char *const argv[] = {"/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N",
	    "", "-C", "gatehouse-lab", "-f", path, NULL};
	char log[PATH_MAX];

	if (!access(path, F_OK))
		return 0;
	snprintf(log, sizeof(log), "%s/log", dir);
	return gh_lab_proc_run(argv, log, err);
}

/* The first of the places that has the file; "" when none has. */
static void find_program(
    char *out, size_t size, const char *beside, const char *installed)
{
	char exe[PATH_MAX], *slash;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);

	exe[n < 0 ? 0 : n] = '\0';
	slash = strrchr(exe, '/');
	if (slash) {
		*slash = '\0';
		n = snprintf(out, size, "%s/%s", exe, beside);
		if (n > 0 && (size_t)n < size && !access(out, R_OK))
			return;
	}
	snprintf(out, size, "%s", installed);
	if (access(out, R_OK))
		out[0] = '\0';
}

int gh_lab_host_write(const char *dir, const struct gh_lab_spec *spec, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) key = {0};
	char host[GH_LAB_PATH], path[PATH_MAX], agent[PATH_MAX], shim[PATH_MAX];
	char stand_in[PATH_MAX];
	struct gh_fixture_in in = {.spec = spec, .port = gh_lab_host_port(dir)};
	struct gh_faults faults;

	if (gh_lab_host_path(host, dir, spec, "", err))
		return -1;
	snprintf(path, sizeof(path), "%s/id_ed25519.pub", dir);
	if (gh_lab_host_line(&key, path, 2, err))
		return -1;
	gh_faults_load(&faults, dir, spec);
	if (faults.fixture & GH_FIXTURE_OTHER_KEY) {
		snprintf(path, sizeof(path), "%s/hostkey.other", host);
		if (gh_lab_host_key(dir, path, err))
			return -1;
	}
	find_program(
	    agent, sizeof(agent), "gatehouse-agent", GH_PREFIX "/bin/gatehouse-agent");
	find_program(shim, sizeof(shim), "lab/libnvidia-ml.so.1",
	    GH_PREFIX "/lib/gatehouse/libnvidia-ml.so.1");
	find_program(stand_in, sizeof(stand_in), "lab/stand-in",
	    GH_PREFIX "/lib/gatehouse/stand-in");
	in.faults = faults.fixture;
	in.checks = &faults.checks;
	in.host_dir = host;
	in.authorized_key = gh_buf_cstr(&key);
	in.agent = agent;
	in.shim = shim;
	in.stand_in = stand_in;
	return gh_fixture_write(&in, err) || gh_bmc_write(dir, spec, &faults, err) ? -1
										   : 0;
}

int gh_lab_host_start(const char *dir, const struct gh_lab_spec *spec, struct gh_err *err)
{
	struct gh_launch l = {0};
	char root[GH_LAB_PATH];

	if (gh_lab_host_path(l.dir, dir, spec, "", err) ||
	    gh_lab_host_path(root, dir, spec, "root", err) ||
	    gh_file_mkdirs(root, 0755, err))
		return -1;
	snprintf(l.name, sizeof(l.name), "%s", spec->name);
	l.index = spec->index;
	snprintf(l.gpu, sizeof(l.gpu), "%s/gpu/%s", dir, spec->name);
	if (access(l.gpu, F_OK))
		l.gpu[0] = '\0';
	return gh_launcher_start(&l, err);
}

static struct sockaddr_in address_of(const struct gh_lab_spec *spec, uint16_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};

	inet_pton(AF_INET, spec->address, &a.sin_addr);
	return a;
}

bool gh_lab_host_answers(const struct gh_lab_spec *spec, uint16_t port)
{
	struct sockaddr_in to = address_of(spec, port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	bool ok;

	if (fd < 0)
		return false;
	ok = !connect(fd, (struct sockaddr *)&to, sizeof(to));
	if (!ok && errno == EINPROGRESS)
		ok = poll(&p, 1, ANSWER_MS) == 1 && !(p.revents & (POLLERR | POLLHUP));
	close(fd);
	return ok;
}

bool gh_lab_host_port_free(const struct gh_lab_spec *spec, uint16_t port)
{
	struct sockaddr_in at = address_of(spec, port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int one = 1;
	bool ok;

	if (fd < 0)
		return false;
	/* as sshd does: closed connections must not count */
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	ok = !bind(fd, (struct sockaddr *)&at, sizeof(at)) && !listen(fd, 1);
	close(fd);
	return ok;
}

int gh_lab_host_pid(const char *dir, const struct gh_lab_spec *spec)
{
	struct gh_lab_proc launcher, init;
	char host[GH_LAB_PATH];

	if (gh_lab_host_path(host, dir, spec, "", NULL))
		return 0;
	gh_launcher_find(host, &launcher, &init);
	return launcher.pid;
}

int gh_lab_host_failed(
    const char *dir, const struct gh_lab_spec *spec, const char *log, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_bytes rest, line, last = {0};
	char path[GH_LAB_PATH];

	if (gh_lab_host_path(path, dir, spec, log, err) ||
	    gh_file_read(&text, path, 1u << 20, err))
		return -1;
	rest = gh_buf_view(&text);
	while (gh_text_line(&rest, &line))
		if (line.len)
			last = line;
	gh_fail(err, GH_E_IO, "%s did not start: %.*s", spec->name,
	    (int)(last.len > 150 ? 150 : last.len), last.p ? (const char *)last.p : "");
	return gh_err_hint(err, "gatehouse doctor; the whole log is in %s", path);
}

int gh_lab_host_ready(const char *dir, const struct gh_lab_spec *spec, struct gh_err *err)
{
	uint16_t port = gh_lab_host_port(dir);

	for (int t = 0; t < READY_MS; t += STEP_MS) {
		if (gh_lab_host_answers(spec, port))
			return 0;
		if (!gh_lab_host_pid(dir, spec))
			return gh_lab_host_failed(dir, spec, "log", err);
		gh_lab_proc_sleep_ms(STEP_MS);
	}
	return gh_lab_host_failed(dir, spec, "log", err);
}

int gh_lab_host_stop(const char *dir, const struct gh_lab_spec *spec, struct gh_err *err)
{
	char host[GH_LAB_PATH];

	return gh_lab_host_path(host, dir, spec, "", err) || gh_launcher_stop(host, err)
		   ? -1
		   : 0;
}

int gh_lab_host_signal(
    const char *dir, const struct gh_lab_spec *spec, int sig, struct gh_err *err)
{
	struct gh_lab_proc launcher, init;
	char host[GH_LAB_PATH];

	if (gh_lab_host_path(host, dir, spec, "", err))
		return -1;
	gh_launcher_find(host, &launcher, &init);
	if (!gh_lab_proc_signal_all(&init, sig))
		return gh_fail(err, GH_E_IO, "%s is down", spec->name);
	return 0;
}
