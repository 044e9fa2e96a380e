/* SPDX-License-Identifier: Apache-2.0
 * Opening what every operation stands on. */
#include "ops/session.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "ops/internal.h"
#include "ops/lab.h"
#include "ops/rims.h"

#define TRUST_MAX (1u << 20)

static const char *home(void)
{
	const char *h = getenv("HOME");
	const struct passwd *pw;

	if (h != NULL && h[0] == '/')
		return h;
	pw = getpwuid(getuid());
	return pw == NULL ? "/" : pw->pw_dir;
}

/* Looks where a fleet file may be; false when there is none. */
static bool find_fleet(char path[static PATH_MAX])
{
	const char *base[] = {gh_op_lab_dir(), home(), "/etc/gatehouse"};
	static const char *const rest[] = {
	    "fleet.yaml", ".config/gatehouse/fleet.yaml", "fleet.yaml"};
	const char *named = getenv("GATEHOUSE_FLEET");

	if (named != NULL && named[0] != '\0')
		return snprintf(path, PATH_MAX, "%s", named) < PATH_MAX;
	for (size_t i = 0; i < GH_COUNT(base); i++) {
		if (gh_path_join(path, PATH_MAX, base[i], rest[i], NULL) == 0 &&
		    access(path, R_OK) == 0)
			return true;
	}
	return false;
}

/* Where history and the report key live. A lab keeps its own beside its fleet file: its
 * facts end with it, and no production key ever signs a lab report. */
static int find_state(struct gh_session *s, const char *named, struct gh_err *err)
{
	const char *env = getenv("GATEHOUSE_STATE"), *xdg = getenv("XDG_STATE_HOME");
	const char *slash = s->fleet == NULL ? NULL : strrchr(s->fleet->path, '/');
	int n;

	if (named == NULL)
		named = env;
	if (named != NULL)
		n = snprintf(s->state, sizeof s->state, "%s", named);
	else if (slash != NULL && s->fleet->lab)
		n = snprintf(s->state, sizeof s->state, "%.*s/state",
		    (int)(slash - s->fleet->path), s->fleet->path);
	else if (xdg != NULL && xdg[0] == '/')
		n = snprintf(s->state, sizeof s->state, "%s/gatehouse", xdg);
	else
		n = snprintf(
		    s->state, sizeof s->state, "%s/.local/state/gatehouse", home());
	if (n < 0 || (size_t)n >= sizeof s->state)
		return gh_fail(
		    err, GH_E_USAGE, "the path of the state folder is too long");
	return gh_file_mkdirs(s->state, 0700, err);
}

static int load_trust(struct gh_session *s, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) json = {0};

	if (gh_trust_builtin(&s->trust, err) < 0)
		return -1;
	if (s->fleet == NULL || s->fleet->trust[0] == '\0')
		return 0;
	if (gh_file_read(&json, s->fleet->trust, TRUST_MAX, err) < 0 ||
	    gh_trust_add(&s->trust, json.p, json.len, err) < 0)
		return gh_err_prefix(err, "trust file %s", s->fleet->trust);
	return 0;
}

/* Where AMD's certificates come from. In a lab nobody counts the questions. */
static int open_kds(struct gh_session *s, struct gh_err *err)
{
	char keep[PATH_MAX];
	struct gh_kds_opts o = {.keep = keep, .env = s->env, .trust = &s->trust};

	if (s->fleet == NULL || s->fleet->kds[0] == '\0')
		return 0;
	o.from = s->fleet->kds;
	o.ca = s->fleet->kds_ca;
	o.gap_s = s->fleet->lab ? 0 : GH_KDS_GAP_S;
	o.allow_lab = s->fleet->lab;
	return gh_path_join(keep, sizeof keep, s->state, "kds", err) < 0 ||
		       gh_kds_open(&s->kds, &o, err) < 0
		   ? -1
		   : 0;
}

static void who(struct gh_session *s)
{
	const struct passwd *pw = getpwuid(getuid());
	char machine[40] = "";

	if (gethostname(machine, sizeof machine - 1) < 0)
		machine[0] = '\0';
	snprintf(
	    s->by, sizeof s->by, "%.20s@%.40s", pw == NULL ? "?" : pw->pw_name, machine);
}

static int open_fleet(
    struct gh_session *s, const struct gh_session_opts *o, struct gh_err *err)
{
	char path[PATH_MAX];

	if (o->fleet != NULL)
		return gh_fleet_load(&s->fleet, o->fleet, err);
	if (!find_fleet(path))
		return 0;
	return gh_fleet_load(&s->fleet, path, err);
}

static int open_rest(
    struct gh_session *s, const struct gh_session_opts *o, struct gh_err *err)
{
	char db[PATH_MAX];

	if (load_trust(s, err) < 0 || gh_catalogue_load(&s->catalogue, err) < 0 ||
	    gh_rim_setup(err) < 0 || gh_ssh_pool_new(&s->pool, s->env, err) < 0 ||
	    gh_redfish_pool_new(&s->bmc_pool, s->env, err) < 0)
		return -1;
	if (find_state(s, o->state, err) < 0 ||
	    gh_path_join(db, sizeof db, s->state,
		s->fleet != NULL && s->fleet->lab ? "lab.db" : "gatehouse.db", err) < 0 ||
	    open_kds(s, err) < 0)
		return -1;
	if (gh_store_open(&s->store, db, err) == 0)
		return 0;
	if (gh_session_lab(s) && geteuid() != 0)
		gh_err_hint(err, "the lab belongs to root: put sudo in front");
	return -1;
}

int gh_session_open(
    struct gh_session **out, const struct gh_session_opts *o, struct gh_err *err)
{
	gh_auto(struct gh_session *, gh_session_close) s = calloc(1, sizeof *s);

	if (s == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	s->env = o->env != NULL ? o->env : &gh_env_real;
	pthread_mutex_init(&s->pool_lock, NULL);
	pthread_mutex_init(&s->bmc_lock, NULL);
	pthread_mutex_init(&s->rims_lock, NULL);
	pthread_mutex_init(&s->kds_lock, NULL);
	who(s);
	if (open_fleet(s, o, err) < 0 || open_rest(s, o, err) < 0)
		return -1;
	*out = gh_take(s);
	return 0;
}

void gh_session_close(struct gh_session **ps)
{
	struct gh_session *s = *ps;

	if (s == NULL)
		return;
	gh_kds_close(&s->kds);
	gh_redfish_pool_free(&s->bmc_pool);
	gh_ssh_pool_free(&s->pool);
	gh_store_close(&s->store);
	gh_catalogue_free(&s->catalogue);
	gh_rims_free(&s->rims);
	gh_fleet_free(&s->fleet);
	pthread_mutex_destroy(&s->rims_lock);
	pthread_mutex_destroy(&s->kds_lock);
	pthread_mutex_destroy(&s->bmc_lock);
	pthread_mutex_destroy(&s->pool_lock);
	free(s);
	*ps = NULL;
}

int gh_session_need_fleet(const struct gh_session *s, struct gh_err *err)
{
	if (s->fleet != NULL)
		return 0;
	gh_fail(err, GH_E_CONFIG, "no fleet file: nothing says which hosts there are");
	return gh_err_hint(err,
	    "run 'gatehouse lab up' for a fleet to try, or copy "
	    "inventory/fleet.example.yaml to %s",
	    "~/.config/gatehouse/fleet.yaml");
}

/* The RIMs of one folder share most of their certificates. */
struct rim_run {
	struct gh_session *s;
	struct gh_memo *memo;
};

static void rim_run_free(struct rim_run *r)
{
	gh_memo_free(&r->memo);
}

/* For gh_rim_folder: verifies one file; what is no RIM is not wanted. */
static int load_rim(void *ctx, struct gh_buf *bytes, struct gh_err *err)
{
	const struct rim_run *r = ctx;
	struct gh_session *s = r->s;
	struct gh_context vc = {.at = gh_now(s->env),
	    .trust = &s->trust,
	    .allow_lab = s->fleet->lab,
	    .memo = r->memo};
	struct gh_rim *rim = NULL;

	if (gh_rim_load(&rim, bytes->p, bytes->len, &vc, NULL) < 0)
		return 0;
	return gh_rims_add(&s->rims, rim, err) < 0 ? -1 : 1;
}

static int load_rims(struct gh_session *s, struct gh_err *err)
{
	gh_auto(struct rim_run, rim_run_free) run = {.s = s};

	if (s->rims_loaded || s->fleet == NULL)
		return 0;
	run.memo = gh_memo_new();
	if (gh_rim_folder(s->fleet->rims, load_rim, &run, err) < 0)
		return -1;
	s->rims_loaded = true;
	return 0;
}

int gh_session_rims(struct gh_session *s, struct gh_err *err)
{
	int rc;

	pthread_mutex_lock(&s->rims_lock);
	rc = load_rims(s, err);
	pthread_mutex_unlock(&s->rims_lock);
	return rc;
}

const char *gh_session_fleet_name(const struct gh_session *s)
{
	return s->fleet == NULL ? "" : s->fleet->name;
}

const char *gh_session_fleet_path(const struct gh_session *s)
{
	return s->fleet == NULL ? "" : s->fleet->path;
}

bool gh_session_lab(const struct gh_session *s)
{
	return s->fleet != NULL && s->fleet->lab;
}

bool gh_session_first_run(const struct gh_session *s)
{
	return s->fleet == NULL;
}

const struct gh_env *gh_session_env(const struct gh_session *s)
{
	return s->env;
}
