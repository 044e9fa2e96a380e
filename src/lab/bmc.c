/* SPDX-License-Identifier: Apache-2.0
 * The files and the process of a lab BMC. */
#include "lab/bmc.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "lab/bmc_behaviour.h"
#include "lab/bmc_cert.h"
#include "lab/bmc_session.h"
#include "lab/bmc_tree.h"
#include "lab/lab_host.h"

#define DAY      86400
#define YEAR     (365 * (int64_t)DAY)
#define READY_MS 5000
#define STEP_MS  2
#define TREE_MAX (16u << 20)
/* The BMC takes at most 20 characters. */
#define PASSWORD_BYTES 10

static int path_of(char out[static GH_LAB_PATH], const char *dir,
    const struct gh_lab_spec *spec, const char *name, struct gh_err *err)
{
	char file[64];

	snprintf(file, sizeof(file), "bmc%s%s", name[0] ? "/" : "", name);
	return gh_lab_host_path(out, dir, spec, file, err);
}

uint16_t gh_bmc_port(const char *dir)
{
	return gh_lab_host_port_of(dir, "bmc-port");
}

/* ---- secrets ---------------------------------------------------------------------- */

static int make_password(const char *path, const struct gh_env *env, struct gh_err *err)
{
	uint8_t random[PASSWORD_BYTES];
	char line[2 * PASSWORD_BYTES + 2];

	if (!access(path, F_OK))
		return 0;
	if (gh_random(env, random, sizeof(random), err))
		return -1;
	gh_hex(line, random, sizeof(random));
	line[2 * PASSWORD_BYTES] = '\n';
	return gh_file_write(path, line, 2 * PASSWORD_BYTES + 1, 0600, err);
}

struct own_key {
	const char *which; /* "", "other.", "expired." */
	bool factory;
	int64_t from, to; /* seconds from now */
};

static const struct own_key normal_key = {"", false, -DAY, 10 * YEAR};
/* what a BMC shows that was reset to the factory's settings */
static const struct own_key other_key = {"other.", true, -DAY, 10 * YEAR};
static const struct own_key expired_key = {
    "expired.", false, -2 * YEAR, -30 * (int64_t)DAY};

static int make_cert(const char *dir, const struct gh_lab_spec *spec,
    const struct own_key *k, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) cert = {0};
	gh_auto(struct gh_buf, gh_buf_free) key = {0};
	int64_t now = gh_now(&gh_env_real);
	struct gh_bmc_cert in = {.host = spec->name,
	    .mac = gh_lab_bmc_mac(spec),
	    .factory = k->factory,
	    .address = spec->address,
	    .from = now + k->from,
	    .to = now + k->to};
	char name[32], path[GH_LAB_PATH];

	snprintf(name, sizeof(name), "%scert.pem", k->which);
	if (path_of(path, dir, spec, name, err))
		return -1;
	if (!access(path, F_OK))
		return 0;
	if (gh_bmc_cert_make(&cert, &key, &in, err))
		return -1;
	snprintf(name, sizeof(name), "%skey.pem", k->which);
	if (path_of(path, dir, spec, name, err) ||
	    gh_file_write(path, key.p, key.len, 0600, err))
		return -1;
	/* last: it says that the key is there */
	snprintf(name, sizeof(name), "%scert.pem", k->which);
	return path_of(path, dir, spec, name, err) ||
		       gh_file_write(path, cert.p, cert.len, 0644, err)
		   ? -1
		   : 0;
}

int gh_bmc_prepare(const char *dir, const struct gh_lab_spec *spec,
    const struct gh_env *env, struct gh_err *err)
{
	char path[GH_LAB_PATH];

	if (path_of(path, dir, spec, "", err) || gh_file_mkdirs(path, 0755, err) ||
	    path_of(path, dir, spec, "password", err) || make_password(path, env, err))
		return -1;
	return make_cert(dir, spec, &normal_key, err);
}

int gh_bmc_fleet(struct gh_buf *out, const char *dir, const struct gh_lab_spec *spec,
    struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) cert = {0};
	char path[GH_LAB_PATH], password[GH_LAB_PATH], pin[GH_BMC_PIN_LEN];

	if (path_of(path, dir, spec, "cert.pem", err) ||
	    path_of(password, dir, spec, "password", err) ||
	    gh_file_read(&cert, path, 65536, err) ||
	    gh_bmc_cert_pin(pin, gh_buf_view(&cert), err))
		return -1;
	gh_buf_fmt(out,
	    "    bmc: %s\n    bmc_port: %u\n    bmc_user: %s\n    bmc_password: \"%s\"\n"
	    "    bmc_cert: \"%s\"\n",
	    spec->address, gh_bmc_port(dir), GH_BMC_USER, password, pin);
	return gh_buf_ok(out, err);
}

/* ---- tree and behaviour ----------------------------------------------------------- */

/* Equal content keeps its inode and its time: to clients nothing has changed. */
static int write_if_other(const char *path, const struct gh_buf *b, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) have = {0};

	if (!gh_file_read(&have, path, TREE_MAX, NULL) && have.len == b->len &&
	    !memcmp(have.p, b->p, b->len))
		return 0;
	return gh_file_write(path, b->p, b->len, 0644, err);
}

static int write_tree(const char *dir, const struct gh_lab_spec *spec,
    const struct gh_faults *faults, struct gh_err *err)
{
	const struct gh_bmc_tree_in in = {.spec = spec,
	    .dir = dir,
	    .faults = faults->fixture,
	    .checks = &faults->checks,
	    .off = faults->gone,
	    .swapped = faults->bmc_swapped};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_auto(json_t *, gh_json_free) tree = gh_bmc_tree(&in, err);
	char path[GH_LAB_PATH];

	if (!tree || path_of(path, dir, spec, "tree.json", err))
		return -1;
	gh_json_dump_pretty(&text, tree);
	return gh_buf_ok(&text, err) ? -1 : write_if_other(path, &text, err);
}

int gh_bmc_write(const char *dir, const struct gh_lab_spec *spec,
    const struct gh_faults *faults, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	char path[GH_LAB_PATH];

	if ((faults->bmc & GH_BMC_OTHER_CERT && make_cert(dir, spec, &other_key, err)) ||
	    (faults->bmc & GH_BMC_EXPIRED_CERT &&
		make_cert(dir, spec, &expired_key, err)))
		return -1;
	if (write_tree(dir, spec, faults, err) ||
	    path_of(path, dir, spec, "behaviour", err))
		return -1;
	gh_bmc_behaviour_text(&text, faults->bmc);
	return write_if_other(path, &text, err);
}

/* ---- process ---------------------------------------------------------------------- */

int gh_bmc_pid(const char *dir, const struct gh_lab_spec *spec)
{
	char path[GH_LAB_PATH];
	struct gh_lab_proc p;

	if (path_of(path, dir, spec, "pid", NULL))
		return 0;
	gh_lab_proc_recorded(path, &p);
	return p.pid;
}

int gh_bmc_start(const char *dir, const struct gh_lab_spec *spec, struct gh_err *err)
{
	struct gh_bmc_process p = {.spec = spec, .port = gh_bmc_port(dir)};

	snprintf(p.dir, sizeof(p.dir), "%s", dir);
	return path_of(p.own, dir, spec, "", err) || gh_bmc_process_start(&p, err) ? -1
										   : 0;
}

static bool is_in_force(const char *dir, const struct gh_lab_spec *spec)
{
	gh_auto(struct gh_buf, gh_buf_free) want = {0};
	gh_auto(struct gh_buf, gh_buf_free) have = {0};
	char path[GH_LAB_PATH];

	if (path_of(path, dir, spec, "behaviour", NULL))
		return false;
	gh_bmc_behaviour_text(&want, gh_bmc_behaviour_load(path));
	return !path_of(path, dir, spec, "in-force", NULL) &&
	       !gh_file_read(&have, path, 4096, NULL) && have.len == want.len &&
	       !memcmp(have.p, want.p, want.len);
}

int gh_bmc_ready(const char *dir, const struct gh_lab_spec *spec, struct gh_err *err)
{
	for (int t = 0; t < READY_MS; t += STEP_MS) {
		if (is_in_force(dir, spec))
			return 0;
		if (!gh_bmc_pid(dir, spec))
			break;
		gh_lab_proc_sleep_ms(STEP_MS);
	}
	return gh_lab_host_failed(dir, spec, "bmc/log", err);
}

void gh_bmc_ask_stop(const char *dir, const struct gh_lab_spec *spec)
{
	char path[GH_LAB_PATH];

	if (!path_of(path, dir, spec, "pid", NULL))
		gh_lab_proc_ask_stop(path);
}

int gh_bmc_stop(const char *dir, const struct gh_lab_spec *spec, struct gh_err *err)
{
	char path[GH_LAB_PATH], who[64];

	snprintf(who, sizeof(who), "%s: its BMC", spec->name);
	return path_of(path, dir, spec, "pid", err) || gh_lab_proc_stop(path, who, err)
		   ? -1
		   : 0;
}
