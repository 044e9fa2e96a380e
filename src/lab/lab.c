/* SPDX-License-Identifier: Apache-2.0
 * The lab fleet as a whole: up, down, status. */
#include "lab/lab.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "lab/bmc.h"
#include "lab/faults.h"
#include "lab/gpus.h"
#include "lab/kds.h"
#include "lab/lab_host.h"
#include "lab/lab_lock.h"

#define PORT_TRIES   16
#define PORT_WAIT_MS 2000

struct up {
	const char *dir;
	void (*say)(void *ctx, const char *text);
	void *ctx;
	bool keep[GH_LAB_HOSTS];     /* runs already as it should */
	bool keep_bmc[GH_LAB_HOSTS]; /* so does its BMC */
	bool keep_kds;               /* so does the certificate service */
	bool fresh;                  /* nothing was there before */
};

static void tell(const struct up *u, const char *fmt, ...) GH_PRINTF(2, 3);
static void tell(const struct up *u, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (u->say)
		u->say(u->ctx, text);
}

static int check_machine(struct gh_err *err)
{
	static const char *const needed[] = {"/usr/sbin/sshd", "/usr/bin/ssh-keygen"};

	if (geteuid()) {
		gh_fail(err, GH_E_CONFIG,
		    "the lab needs root: it makes namespaces and mounts");
		return gh_err_hint(err, "sudo gatehouse lab up");
	}
	for (size_t i = 0; i < GH_COUNT(needed); i++) {
		if (!access(needed[i], X_OK))
			continue;
		gh_fail(err, GH_E_CONFIG, "%s is missing", needed[i]);
		return gh_err_hint(err, "apt-get install openssh-server openssh-client");
	}
	return 0;
}

/* What runs as it should stays. */
static int clear_bmcs(struct up *u, struct gh_err *err)
{
	for (size_t i = 0; i < GH_LAB_HOSTS; i++) {
		const struct gh_lab_spec *s = &gh_lab_specs[i];

		u->keep_bmc[i] = gh_bmc_port(u->dir) && gh_bmc_pid(u->dir, s);
		if (!u->keep_bmc[i] && gh_bmc_stop(u->dir, s, err))
			return -1;
	}
	u->keep_kds = gh_lab_kds_port(u->dir) && gh_lab_kds_pid(u->dir);
	return u->keep_kds ? 0 : gh_lab_kds_stop(u->dir, err);
}

/* Hosts that run as they should stay; what a crash left of the others goes. */
static int clear_leftovers(struct up *u, struct gh_err *err)
{
	uint16_t port = gh_lab_host_port(u->dir);
	char host[GH_LAB_PATH];

	for (size_t i = 0; i < GH_LAB_HOSTS; i++) {
		const struct gh_lab_spec *s = &gh_lab_specs[i];
		struct gh_faults faults;

		if (gh_lab_host_path(host, u->dir, s, "", err) ||
		    gh_file_mkdirs(host, 0755, err))
			return -1;
		gh_faults_load(&faults, u->dir, s);
		if (faults.gone)
			u->keep[i] = !gh_lab_host_pid(u->dir, s);
		else
			u->keep[i] = port && gh_lab_host_pid(u->dir, s) &&
				     gh_lab_host_answers(s, port);
		if (u->keep[i])
			continue;
		if (!u->fresh)
			tell(u, "%s was not running as it should: cleared", s->name);
		if (gh_lab_host_stop(u->dir, s, err))
			return -1;
	}
	return 0;
}

/* One port for all four addresses, kept in a file. */
struct port {
	const char *file;
	uint16_t first;
	const bool *keep; /* which of the four hold it already */
};

static bool port_fits(const struct port *p, uint16_t port)
{
	for (size_t i = 0; i < GH_LAB_HOSTS; i++)
		if (!p->keep[i] && !gh_lab_host_port_free(&gh_lab_specs[i], port))
			return false;
	return true;
}

/* The one it had, else the first, else the next that is free (another lab may run on this
 * machine). held: something that stays up has the port of before. */
static int choose_port(
    const struct up *u, const struct port *p, bool held, struct gh_err *err)
{
	uint16_t had = gh_lab_host_port_of(u->dir, p->file);
	char path[PATH_MAX], text[16];

	/* what was killed needs a moment until the kernel has closed its socket */
	for (int t = 0; had && t < PORT_WAIT_MS; t += 10) {
		if (port_fits(p, had))
			return 0;
		gh_lab_proc_sleep_ms(10);
	}
	if (had && held)
		return gh_fail(err, GH_E_IO, "port %u of a lab address is taken", had);
	for (uint16_t port = p->first; port < p->first + PORT_TRIES; port++) {
		if (!port_fits(p, port))
			continue;
		if (gh_path_join(path, sizeof(path), u->dir, p->file, err))
			return -1;
		snprintf(text, sizeof(text), "%u\n", port);
		return gh_file_write(path, text, strlen(text), 0644, err);
	}
	return gh_fail(err, GH_E_IO, "127.0.0.11 to .14: ports %u to %u are taken",
	    p->first, p->first + PORT_TRIES - 1);
}

static int choose_ports(const struct up *u, struct gh_err *err)
{
	const bool all_kds[GH_LAB_HOSTS] = {
	    u->keep_kds, u->keep_kds, u->keep_kds, u->keep_kds};
	const struct port ssh = {"port", 2222, u->keep},
			  bmc = {"bmc-port", 8443, u->keep_bmc},
			  kds = {"kds-port", 9443, all_kds};
	bool ssh_held = false, bmc_held = false;

	for (size_t i = 0; i < GH_LAB_HOSTS; i++) {
		ssh_held |= u->keep[i] && gh_lab_host_pid(u->dir, &gh_lab_specs[i]);
		bmc_held |= u->keep_bmc[i];
	}
	return choose_port(u, &ssh, ssh_held, err) ||
		       choose_port(u, &bmc, bmc_held, err) ||
		       choose_port(u, &kds, u->keep_kds, err)
		   ? -1
		   : 0;
}

static int make_keys(const struct up *u, const struct gh_env *env, struct gh_err *err)
{
	char path[PATH_MAX], key[GH_LAB_PATH];

	if (gh_path_join(path, sizeof(path), u->dir, "id_ed25519", err) ||
	    gh_lab_host_key(u->dir, path, err))
		return -1;
	for (size_t i = 0; i < GH_LAB_HOSTS; i++)
		if (gh_lab_host_path(key, u->dir, &gh_lab_specs[i], "hostkey", err) ||
		    gh_lab_host_key(u->dir, key, err) ||
		    gh_bmc_prepare(u->dir, &gh_lab_specs[i], env, err))
			return -1;
	return 0;
}

static int make_gpus(const struct up *u, const struct gh_env *env, struct gh_err *err)
{
	const char *names[GH_LAB_HOSTS];

	for (size_t i = 0; i < GH_LAB_HOSTS; i++)
		names[i] = gh_lab_specs[i].name;
	return gh_lab_gpus_make(u->dir, names, GH_LAB_HOSTS, env, err);
}

/* The fleet file (docs/gatehouse-fleet.5). */
static int write_fleet(const struct up *u, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	uint16_t port = gh_lab_host_port(u->dir);
	char path[PATH_MAX];

	gh_buf_str(&b,
	    "# The lab fleet, written by: gatehouse lab up\n"
	    "fleet: lab\nlab: true\ntrust: trust.json\nrims: rims\nfresh_s: 900\n");
	if (gh_lab_kds_fleet(&b, u->dir, err))
		return -1;
	gh_buf_str(&b, "hosts:\n");
	for (size_t i = 0; i < GH_LAB_HOSTS; i++) {
		const struct gh_lab_spec *s = &gh_lab_specs[i];

		gh_buf_fmt(&b,
		    "  - name: %s\n    address: %s\n    port: %u\n    user: root\n"
		    "    identity: \"%s/id_ed25519\"\n    host_key: \"",
		    s->name, s->address, port, u->dir);
		if (gh_lab_host_path(path, u->dir, s, "hostkey.pub", err) ||
		    gh_lab_host_line(&b, path, 2, err))
			return -1;
		gh_buf_fmt(&b,
		    "\"\n    tee: %s\n    product: \"%s\"\n    plan: per-gpu\n    gpus: "
		    "%u\n"
		    "    switches: 4\n    policy: %s\n",
		    s->snp ? "snp" : "tdx", s->product, GH_LAB_GPUS,
		    s->snp ? "snp-poc" : "h100-tdx-production");
		if (gh_bmc_fleet(&b, u->dir, s, err))
			return -1;
	}
	if (gh_buf_ok(&b, err) ||
	    gh_path_join(path, sizeof(path), u->dir, "fleet.yaml", err))
		return -1;
	return gh_file_write(path, b.p, b.len, 0644, err);
}

static int start_hosts(const struct up *u, struct gh_err *err)
{
	struct gh_faults faults;

	if (!u->keep_kds && gh_lab_kds_start(u->dir, err))
		return -1;
	for (size_t i = 0; i < GH_LAB_HOSTS; i++)
		if ((!u->keep[i] && gh_lab_host_start(u->dir, &gh_lab_specs[i], err)) ||
		    (!u->keep_bmc[i] && gh_bmc_start(u->dir, &gh_lab_specs[i], err)))
			return -1;
	for (size_t i = 0; i < GH_LAB_HOSTS; i++)
		if (gh_bmc_ready(u->dir, &gh_lab_specs[i], err))
			return -1;
	for (size_t i = 0; i < GH_LAB_HOSTS; i++) {
		const struct gh_lab_spec *s = &gh_lab_specs[i];

		if (u->keep[i])
			continue;
		if (gh_lab_host_ready(u->dir, s, err))
			return -1;
		tell(u, "%s answers on %s:%u", s->name, s->address,
		    gh_lab_host_port(u->dir));
		gh_faults_load(&faults, u->dir, s);
		if (faults.hung && gh_lab_host_signal(u->dir, s, SIGSTOP, err))
			return -1;
	}
	return 0;
}

static int bring_up(struct up *u, const struct gh_env *env, struct gh_err *err)
{
	gh_auto(int, gh_lab_unlock) lock = -1;
	gh_auto(int, gh_lab_unlock) turn = -1;
	size_t kept = 0;

	if (gh_lab_lock(u->dir, &lock, err) || clear_leftovers(u, err) ||
	    clear_bmcs(u, err) || gh_lab_turn(&turn, err) || choose_ports(u, err))
		return -1;
	if (u->fresh)
		tell(u, "making keys, vendor roots and 32 GPU identities");
	if (make_keys(u, env, err) || make_gpus(u, env, err) ||
	    gh_lab_kds_prepare(u->dir, err))
		return -1;
	for (size_t i = 0; i < GH_LAB_HOSTS; i++) {
		kept += u->keep[i] && u->keep_bmc[i];
		if (gh_lab_host_write(u->dir, &gh_lab_specs[i], err))
			return -1;
	}
	if (write_fleet(u, err) || start_hosts(u, err))
		return -1;
	if (kept == GH_LAB_HOSTS)
		tell(u, "the lab is up already, left as it is");
	tell(u, "fleet file: %s/fleet.yaml", u->dir);
	return 0;
}

/* An absolute path that can stand in quotes in the fleet file. */
static int resolve(char out[static PATH_MAX], const char *dir, struct gh_err *err)
{
	if (!realpath(dir, out))
		return gh_fail(err, GH_E_IO, "%s: %s", dir, strerror(errno));
	if (strlen(out) > GH_LAB_PATH - 64)
		return gh_fail(err, GH_E_CONFIG, "%s: the path is too long", dir);
	for (const char *c = out; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '"' || *c == '\\' || *c == 0x7f)
			return gh_fail(err, GH_E_CONFIG,
			    "the lab's folder has an odd character in it");
	return 0;
}

int gh_lab_up(const char *dir, bool with_faults, const struct gh_env *env,
    void (*say)(void *ctx, const char *text), void *ctx, struct gh_err *err)
{
	char path[PATH_MAX], fleet[PATH_MAX + 16];
	struct up u = {.dir = path, .say = say, .ctx = ctx};

	if (check_machine(err) || gh_lab_mark(dir, err) || resolve(path, dir, err))
		return -1;
	snprintf(fleet, sizeof(fleet), "%s/fleet.yaml", path);
	u.fresh = access(fleet, F_OK) != 0;
	if (bring_up(&u, env, err))
		return -1;
	/* only once: what an operator healed stays healed */
	if (with_faults && u.fresh) {
		tell(&u, "fault set: gpu-c:5 gpu-old-vbios (heal it: lab heal gpu-c)");
		return gh_lab_break(path, "gpu-c:5", "gpu-old-vbios", err);
	}
	return 0;
}

int gh_lab_down(const char *dir, struct gh_err *err)
{
	gh_auto(int, gh_lab_unlock) lock = -1;
	char path[PATH_MAX], host[GH_LAB_PATH];

	if (access(dir, F_OK) && errno == ENOENT)
		return 0;
	if (resolve(path, dir, err))
		return -1;
	if (gh_lab_lock(path, &lock, err))
		return access(path, F_OK) && errno == ENOENT ? 0 : -1;
	gh_lab_kds_ask_stop(path);
	for (size_t i = 0; i < GH_LAB_HOSTS; i++) {
		gh_bmc_ask_stop(path, &gh_lab_specs[i]);
		if (!gh_lab_host_path(host, path, &gh_lab_specs[i], "", NULL))
			gh_launcher_ask_stop(host);
	}
	for (size_t i = 0; i < GH_LAB_HOSTS; i++)
		if (gh_lab_host_stop(path, &gh_lab_specs[i], err) ||
		    gh_bmc_stop(path, &gh_lab_specs[i], err))
			return -1;
	return gh_lab_kds_stop(path, err) ? -1 : gh_lab_remove(path, err);
}

int gh_lab_status(const char *dir, struct gh_lab_status *out, struct gh_err *err)
{
	*out = (struct gh_lab_status){.n = GH_LAB_HOSTS};
	if (strlen(dir) > sizeof(out->dir) - 32)
		return gh_fail(err, GH_E_CONFIG, "%s: the path is too long", dir);
	snprintf(out->dir, sizeof(out->dir), "%s", dir);
	snprintf(out->fleet, sizeof(out->fleet), "%.220s/fleet.yaml", dir);
	for (size_t i = 0; i < GH_LAB_HOSTS; i++) {
		const struct gh_lab_spec *s = &gh_lab_specs[i];
		struct gh_lab_host_state *h = &out->host[i];
		struct gh_faults faults;

		snprintf(h->name, sizeof(h->name), "%s", s->name);
		snprintf(h->address, sizeof(h->address), "%s", s->address);
		h->port = gh_lab_host_port(dir);
		h->pid = gh_lab_host_pid(dir, s);
		h->bmc_port = gh_bmc_port(dir);
		h->bmc_pid = gh_bmc_pid(dir, s);
		gh_faults_load(&faults, dir, s);
		gh_faults_text(&faults, h->fault, sizeof(h->fault));
		/* the kernel still accepts for a host whose processes stand still */
		h->answers = h->pid && !faults.hung && gh_lab_host_answers(s, h->port);
	}
	return 0;
}
