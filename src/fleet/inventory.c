/* SPDX-License-Identifier: Apache-2.0
 * Reads the fleet file by tables: what may stand where, and what each value must be. */
#include "fleet/inventory.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/text.h"
#include "fleet/values.h"
#include "fleet/yaml.h"

#define SWITCHES_MAX 16
#define DAY_S        86400

enum kind { TEXT, PATH, NUMBER, PORT, BOOL, TEE, POLICY, SERVICE, NODE };

/* One key. Text, tee: `bad` says what it must be. Numbers: min..max. */
struct field {
	const char *key;
	enum kind kind;
	size_t offset;
	const char *(*bad)(const char *value);
	unsigned int min, max;
};

#define TOP(m)  offsetof(struct gh_fleet, m)
#define HOST(m) offsetof(struct gh_host, m)

enum { AT_DEFAULTS = 11, AT_HOSTS = 12 };

static const struct field top_fields[] = {
    {"fleet", TEXT, TOP(name), gh_fleet_bad_label, 0, 0},
    {"lab", BOOL, TOP(lab), NULL, 0, 0},
    {"trust", PATH, TOP(trust), NULL, 0, 0},
    {"rims", PATH, TOP(rims), NULL, 0, 0},
    {"kds", SERVICE, TOP(kds), gh_fleet_bad_service, 0, 0},
    {"kds_ca", PATH, TOP(kds_ca), NULL, 0, 0},
    {"connect_s", NUMBER, TOP(connect_s), NULL, 1, 300},
    {"probe_s", NUMBER, TOP(probe_s), NULL, 1, 3600},
    {"bmc_s", NUMBER, TOP(bmc_s), NULL, 1, 3600},
    {"window", NUMBER, TOP(window), NULL, 1, 1024},
    {"fresh_s", NUMBER, TOP(fresh_s), NULL, 1, 31 * DAY_S},
    [AT_DEFAULTS] = {"defaults", NODE, 0, NULL, 0, 0},
    [AT_HOSTS] = {"hosts", NODE, 0, NULL, 0, 0},
    [AT_HOSTS + 1] = {0},
};

/* The first five cannot stand in defaults: they are one host's alone. */
#define N_OWN 5
static const struct field host_fields[] = {
    {"name", TEXT, HOST(name), gh_fleet_bad_name, 0, 0},
    {"address", TEXT, HOST(address), gh_fleet_bad_address, 0, 0},
    {"host_key", TEXT, HOST(host_key), gh_fleet_bad_host_key, 0, 0},
    {"bmc", TEXT, HOST(bmc), gh_fleet_bad_bmc, 0, 0},
    {"bmc_cert", TEXT, HOST(bmc_cert), gh_fleet_bad_cert, 0, 0},
    {"port", PORT, HOST(port), NULL, 1, 65535},
    {"user", TEXT, HOST(user), gh_fleet_bad_user, 0, 0},
    {"identity", PATH, HOST(identity), NULL, 0, 0},
    {"transport", TEXT, HOST(transport), gh_fleet_bad_transport, 0, 0},
    {"tee", TEE, HOST(tee), gh_fleet_bad_tee, 0, 0},
    {"product", TEXT, HOST(product), gh_fleet_bad_product, 0, 0},
    {"plan", TEXT, HOST(plan), gh_fleet_bad_plan, 0, 0},
    {"gpus", NUMBER, HOST(n_gpus), NULL, 0, GH_GPUS_MAX},
    {"switches", NUMBER, HOST(n_switches), NULL, 0, SWITCHES_MAX},
    {"jump", TEXT, HOST(jump), gh_fleet_bad_jump, 0, 0},
    {"jump_key", TEXT, HOST(jump_key), gh_fleet_bad_host_key, 0, 0},
    {"policy", POLICY, HOST(policy), NULL, 0, 0},
    {"bmc_port", PORT, HOST(bmc_port), NULL, 1, 65535},
    {"bmc_user", TEXT, HOST(bmc_user), gh_fleet_bad_user, 0, 0},
    {"bmc_password", PATH, HOST(bmc_password), NULL, 0, 0},
    {0},
};

struct reader {
	struct gh_yaml yaml;
	char dir[PATH_MAX]; /* of the file: relative paths start here */
	struct gh_err *err;
};

static int no_memory(struct gh_err *err)
{
	return gh_fail(err, GH_E_NOMEM, "out of memory");
}

static int set_text(char **to, const char *s, struct gh_err *err)
{
	char *copy = strdup(s);

	if (!copy)
		return no_memory(err);
	free(*to);
	*to = copy;
	return 0;
}

/* ---- one value ---- */

static int set_path(struct reader *r, const yaml_node_t *n, char **to, const char *s)
{
	const char *home = getenv("HOME"), *base = r->dir;
	char path[PATH_MAX];

	if (s[0] == '\0')
		return set_text(to, "", r->err);
	if (s[0] == '/')
		return set_text(to, s, r->err);
	if (s[0] == '~' && (s[1] == '/' || s[1] == '\0')) {
		if (!home || home[0] != '/')
			return gh_yaml_fail(
			    &r->yaml, n, r->err, "~ needs HOME to be set");
		base = home;
		s += s[1] == '/' ? 2 : 1;
	}
	if (gh_path_join(path, sizeof(path), base, s, NULL) != 0)
		return gh_yaml_fail(&r->yaml, n, r->err, "path is too long");
	return set_text(to, path, r->err);
}

static int set_number(struct reader *r, const yaml_node_t *n, const struct field *f,
    const char *s, void *to)
{
	uint64_t v;

	if (n->data.scalar.style != YAML_PLAIN_SCALAR_STYLE ||
	    gh_text_u64(gh_text_of(s), 10, &v) != 0 || v < f->min || v > f->max)
		return gh_yaml_fail(&r->yaml, n, r->err,
		    "%s: want a number of %u to %u, not '%.40s'", f->key, f->min, f->max,
		    s);
	if (f->kind == PORT)
		*(uint16_t *)to = (uint16_t)v;
	else
		*(unsigned int *)to = (unsigned int)v;
	return 0;
}

static int set_bool(
    struct reader *r, const yaml_node_t *n, const char *key, const char *s, bool *to)
{
	*to = strcmp(s, "true") == 0;
	if (n->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	    (*to || strcmp(s, "false") == 0))
		return 0;
	return gh_yaml_fail(
	    &r->yaml, n, r->err, "%s: want true or false, not '%.40s'", key, s);
}

static int set_field(
    struct reader *r, const struct field *f, const yaml_node_t *n, void *base)
{
	char *to = (char *)base + f->offset;
	const char *s, *want;

	if (gh_yaml_text(&r->yaml, n, &s, r->err) != 0)
		return -1;
	want = f->bad ? f->bad(s) : NULL;
	if (want)
		return gh_yaml_fail(
		    &r->yaml, n, r->err, "%s: want %s, not '%.40s'", f->key, want, s);
	switch (f->kind) {
	case TEXT:
		return set_text((char **)(void *)to, s, r->err);
	case PATH:
		return set_path(r, n, (char **)(void *)to, s);
	case POLICY: /* a bare word is the name of a shipped policy */
		return strchr(s, '/') || strchr(s, '.')
			   ? set_path(r, n, (char **)(void *)to, s)
			   : set_text((char **)(void *)to, s, r->err);
	case SERVICE: /* a URL, or a folder that stands in for it */
		return strstr(s, "://") ? set_text((char **)(void *)to, s, r->err)
					: set_path(r, n, (char **)(void *)to, s);
	case NUMBER:
	case PORT:
		return set_number(r, n, f, s, to);
	case BOOL:
		return set_bool(r, n, f->key, s, (bool *)to);
	case TEE:
		*(enum gh_tee *)(void *)to = s[0] == 't' ? GH_TEE_TDX : GH_TEE_SNP;
		return 0;
	case NODE:
		break;
	}
	return 0;
}

/* ---- one map ---- */

static int fail_unknown(struct reader *r, const yaml_node_t *key, const char *name,
    const struct field *fields)
{
	gh_auto(struct gh_buf, gh_buf_free) known = {0};

	for (const struct field *f = fields; f->key; f++)
		gh_buf_fmt(&known, "%s%s", known.len ? ", " : "", f->key);
	return gh_yaml_fail(&r->yaml, key, r->err, "unknown key '%.40s' (known: %s)",
	    name, gh_buf_cstr(&known));
}

/* Walks a map: each key known, none twice. Nodes of kind NODE go to found[] by their
 * place in the table, all others are set at base. */
static int read_map(struct reader *r, const yaml_node_t *map, const struct field *fields,
    void *base, const yaml_node_t **found)
{
	size_t seen[GH_COUNT(host_fields)] = {0}; /* line + 1 */

	_Static_assert(
	    GH_COUNT(host_fields) >= GH_COUNT(top_fields), "seen is too small");
	if (map->type != YAML_MAPPING_NODE)
		return gh_yaml_fail(&r->yaml, map, r->err, "want a map (key: value)");
	for (const yaml_node_pair_t *p = map->data.mapping.pairs.start;
	     p < map->data.mapping.pairs.top; p++) {
		const yaml_node_t *key = gh_yaml_node(&r->yaml, p->key);
		const yaml_node_t *value = gh_yaml_node(&r->yaml, p->value);
		const char *name;
		size_t i = 0;

		if (gh_yaml_text(&r->yaml, key, &name, r->err) != 0)
			return -1;
		while (fields[i].key && strcmp(fields[i].key, name) != 0)
			i++;
		if (!fields[i].key)
			return fail_unknown(r, key, name, fields);
		if (seen[i])
			return gh_yaml_fail(&r->yaml, key, r->err,
			    "'%s' stands here twice (first in line %zu)", name, seen[i]);
		seen[i] = key->start_mark.line + 1;
		if (fields[i].kind == NODE)
			found[i] = value;
		else if (set_field(r, &fields[i], value, base) != 0)
			return -1;
	}
	return 0;
}

/* ---- hosts ---- */

static void host_free(struct gh_host *h)
{
	char **const texts[] = {&h->name, &h->address, &h->user, &h->identity,
	    &h->host_key, &h->transport, &h->product, &h->plan, &h->jump, &h->jump_key,
	    &h->policy, &h->bmc, &h->bmc_user, &h->bmc_password, &h->bmc_cert};

	for (size_t i = 0; i < GH_COUNT(texts); i++)
		free(*texts[i]);
}

static int copy_host(struct gh_host *to, const struct gh_host *from, struct gh_err *err)
{
	const struct {
		char **to;
		const char *from;
	} text[] = {{&to->user, from->user}, {&to->identity, from->identity},
	    {&to->host_key, ""}, {&to->transport, from->transport},
	    {&to->product, from->product}, {&to->plan, from->plan},
	    {&to->jump, from->jump}, {&to->jump_key, from->jump_key},
	    {&to->policy, from->policy}, {&to->bmc, ""}, {&to->bmc_cert, ""},
	    {&to->bmc_user, from->bmc_user}, {&to->bmc_password, from->bmc_password}};

	*to = (struct gh_host){.port = from->port,
	    .bmc_port = from->bmc_port,
	    .tee = from->tee,
	    .n_gpus = from->n_gpus,
	    .n_switches = from->n_switches};
	for (size_t i = 0; i < GH_COUNT(text); i++)
		if (set_text(text[i].to, text[i].from, err) != 0)
			return -1;
	return 0;
}

static int read_host(struct reader *r, const yaml_node_t *n,
    const struct gh_host *defaults, struct gh_host *h)
{
	if (copy_host(h, defaults, r->err) != 0)
		return -1;
	h->line = (int)n->start_mark.line + 1;
	if (read_map(r, n, host_fields, h, NULL) != 0)
		return -1;
	if (!h->name)
		return gh_yaml_fail(&r->yaml, n, r->err, "this host has no name");
	return h->address ? 0 : set_text(&h->address, h->name, r->err);
}

static int by_name(const void *a, const void *b)
{
	const struct gh_host *x = *(const struct gh_host *const *)a;
	const struct gh_host *y = *(const struct gh_host *const *)b;
	int d = strcmp(x->name, y->name);

	return d ? d : x->line - y->line;
}

static int by_address(const void *a, const void *b)
{
	const struct gh_host *x = *(const struct gh_host *const *)a;
	const struct gh_host *y = *(const struct gh_host *const *)b;
	int d = strcmp(x->address, y->address);

	d = d ? d : (int)x->port - (int)y->port;
	return d ? d : x->line - y->line;
}

/* pair: the one that came first, and the one that should not be there. */
static int fail_twice(struct reader *r, const yaml_node_t *list, const struct gh_fleet *f,
    const struct gh_host *const *pair, const char *what)
{
	const int *item = list->data.sequence.items.start + (pair[1] - f->host);

	return gh_yaml_fail(&r->yaml, gh_yaml_node(&r->yaml, *item), r->err,
	    "host '%s' has the %s of '%s' in line %d", pair[1]->name, what, pair[0]->name,
	    pair[0]->line);
}

/* Two hosts of one name, or two names for one machine: verdicts would be mixed up. */
static int check_twice(
    struct reader *r, const yaml_node_t *list, const struct gh_fleet *f)
{
	const struct gh_host **sorted = calloc(f->n_hosts, sizeof(struct gh_host *));
	int rc = 0;

	if (!sorted)
		return no_memory(r->err);
	for (size_t i = 0; i < f->n_hosts; i++)
		sorted[i] = &f->host[i];
	qsort(sorted, f->n_hosts, sizeof(*sorted), by_name);
	for (size_t i = 1; i < f->n_hosts && rc == 0; i++)
		if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0)
			rc = fail_twice(r, list, f, &sorted[i - 1], "name");
	qsort(sorted, f->n_hosts, sizeof(*sorted), by_address);
	for (size_t i = 1; i < f->n_hosts && rc == 0; i++)
		if (strcmp(sorted[i - 1]->address, sorted[i]->address) == 0 &&
		    sorted[i - 1]->port == sorted[i]->port)
			rc = fail_twice(r, list, f, &sorted[i - 1], "address and port");
	free(sorted);
	return rc;
}

static int read_hosts(struct reader *r, const yaml_node_t *list,
    const struct gh_host *defaults, struct gh_fleet *f)
{
	size_t n;

	if (list->type != YAML_SEQUENCE_NODE)
		return gh_yaml_fail(
		    &r->yaml, list, r->err, "hosts: want a list (- name: ...)");
	n = (size_t)(list->data.sequence.items.top - list->data.sequence.items.start);
	if (n == 0 || n > GH_HOSTS_MAX)
		return gh_yaml_fail(&r->yaml, list, r->err,
		    "hosts: want 1 to %d, not %zu", GH_HOSTS_MAX, n);
	f->host = calloc(n, sizeof(*f->host));
	if (!f->host)
		return no_memory(r->err);
	for (size_t i = 0; i < n; i++) {
		f->n_hosts = i + 1; /* what is half read is freed with the rest */
		if (read_host(r,
			gh_yaml_node(&r->yaml, list->data.sequence.items.start[i]),
			defaults, &f->host[i]) != 0)
			return -1;
	}
	return check_twice(r, list, f);
}

/* ---- the file ---- */

static int set_standard(struct gh_fleet *f, struct gh_host *d, struct gh_err *err)
{
	f->connect_s = 5;
	f->probe_s = 20;
	f->bmc_s = 60;
	f->window = 64;
	f->fresh_s = 900;
	d->port = 22;
	d->bmc_port = 443;
	d->n_gpus = 8; /* the reference: SYS-821GE-TNHR with HGX H100 */
	d->n_switches = 4;
	const struct {
		char **to;
		const char *from;
	} text[] = {{&f->name, "fleet"}, {&f->trust, ""}, {&f->rims, ""}, {&f->kds, ""},
	    {&f->kds_ca, ""}, {&d->user, "root"}, {&d->identity, ""},
	    {&d->transport, "auto"}, {&d->product, ""}, {&d->plan, "one-cvm"},
	    {&d->jump, ""}, {&d->jump_key, ""}, {&d->policy, ""},
	    {&d->bmc_user, "gatehouse"}, {&d->bmc_password, ""}};

	for (size_t i = 0; i < GH_COUNT(text); i++)
		if (set_text(text[i].to, text[i].from, err) != 0)
			return -1;
	return 0;
}

static int read_file(struct reader *r, struct gh_fleet *f, struct gh_host *defaults)
{
	const yaml_node_t *found[GH_COUNT(top_fields)] = {0};
	const yaml_node_t *root = gh_yaml_root(&r->yaml), *d, *hosts;

	if (!root)
		return gh_fail(
		    r->err, GH_E_CONFIG, "%s:1:1: the file is empty", r->yaml.name);
	if (read_map(r, root, top_fields, f, found) != 0)
		return -1;
	d = found[AT_DEFAULTS];
	hosts = found[AT_HOSTS];
	if (d && read_map(r, d, host_fields + N_OWN, defaults, NULL) != 0)
		return -1;
	if (!hosts)
		return gh_yaml_fail(&r->yaml, root, r->err, "no 'hosts' in this file");
	return read_hosts(r, hosts, defaults, f);
}

/* The absolute folder of the file; the file itself need not exist. */
static int find_dir(const char *path, char out[static PATH_MAX], struct gh_err *err)
{
	const char *slash = strrchr(path, '/');
	char dir[PATH_MAX] = ".";

	if (slash && (size_t)(slash - path) + 2 > sizeof(dir))
		return gh_fail(err, GH_E_CONFIG, "%.60s...: path is too long", path);
	if (slash) {
		memcpy(dir, path, (size_t)(slash - path) + 1);
		dir[slash - path + 1] = '\0';
	}
	if (!realpath(dir, out))
		return gh_fail(err, GH_E_CONFIG, "%s: %s", dir, strerror(errno));
	return 0;
}

int gh_fleet_parse(
    struct gh_fleet **out, const char *path, struct gh_bytes text, struct gh_err *err)
{
	struct gh_host defaults = {0};
	struct reader *r = calloc(1, sizeof(*r));
	struct gh_fleet *f = calloc(1, sizeof(*f));
	int rc = -1;

	*out = NULL;
	if (!r || !f)
		(void)no_memory(err);
	else if ((r->err = err, find_dir(path, r->dir, err)) == 0 &&
		 set_text(&f->path, path, err) == 0 &&
		 set_standard(f, &defaults, err) == 0 &&
		 gh_yaml_load(&r->yaml, path, text, err) == 0)
		rc = read_file(r, f, &defaults);
	if (r)
		gh_yaml_free(&r->yaml);
	free(r);
	host_free(&defaults);
	if (rc == 0)
		*out = f;
	else
		gh_fleet_free(&f);
	return rc;
}

int gh_fleet_load(struct gh_fleet **out, const char *path, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	*out = NULL;
	if (gh_file_read(&text, path, GH_YAML_MAX_BYTES, err) != 0) {
		if (err)
			err->code = GH_E_CONFIG;
		return -1;
	}
	return gh_fleet_parse(out, path, gh_buf_view(&text), err);
}

void gh_fleet_free(struct gh_fleet **fp)
{
	struct gh_fleet *f = *fp;

	if (!f)
		return;
	for (size_t i = 0; i < f->n_hosts; i++)
		host_free(&f->host[i]);
	free(f->host);
	free(f->name);
	free(f->path);
	free(f->trust);
	free(f->rims);
	free(f->kds);
	free(f->kds_ca);
	free(f);
	*fp = NULL;
}

const struct gh_host *gh_fleet_host(const struct gh_fleet *f, const char *name)
{
	for (size_t i = 0; i < f->n_hosts; i++)
		if (strcmp(f->host[i].name, name) == 0)
			return &f->host[i];
	return NULL;
}

const char *gh_tee_word(enum gh_tee t)
{
	return t == GH_TEE_SNP ? "snp" : "tdx";
}
