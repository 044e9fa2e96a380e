/* SPDX-License-Identifier: Apache-2.0
 * Judges of the BMC itself: who may change the machine through it (G02), and whether the
 * flash can be written (G09). */
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

#define LOCKDOWN   "{manager}/Oem/Supermicro/SysLockdown"
#define BIOS_IMAGE "/redfish/v1/UpdateService/FirmwareInventory/BIOS"

/* ---- members ---------------------------------------------------------------------- */

/* A boolean of a resource; UNKNOWN when it is none. */
static bool member_bool(
    struct gh_judging *j, const char *path, const char *dotted, bool *out)
{
	const json_t *body = gh_judge_bmc(j, path), *v;

	if (!body)
		return false;
	v = gh_redfish_value(body, dotted);
	if (!json_is_boolean(v)) {
		gh_judge_unknown(
		    j, v ? "malformed" : "absent", "%s has no %s", path, dotted);
		return false;
	}
	*out = json_is_true(v);
	return true;
}

/* How many members a collection says it has: what was not read among them is not known. */
static size_t listed(const json_t *collection)
{
	size_t n = json_array_size(json_object_get(collection, "Members"));
	const json_t *v = json_object_get(collection, "Members@odata.count");
	json_int_t said = json_integer_value(v);

	return said > 0 && (uint64_t)said > n ? (size_t)said : n;
}

/* The collection, when its list has the form of one. */
static const json_t *judge_collection(struct gh_judging *j, const char *path)
{
	const json_t *c = gh_judge_bmc(j, path);
	const json_t *members = json_object_get(c, "Members");
	bool good = json_is_array(members);

	if (!c)
		return NULL;
	for (size_t i = 0; i < json_array_size(members); i++)
		good &= json_is_string(
		    json_object_get(json_array_get(members, i), "@odata.id"));
	if (good)
		return c;
	gh_judge_unknown(j, "malformed", "%s lists no members", path);
	return NULL;
}

/* False, and UNKNOWN, when fewer were read than the collection lists. */
static bool all_read(
    struct gh_judging *j, const char *path, const json_t *collection, size_t n_read)
{
	size_t n = listed(collection);

	if (n_read >= n)
		return true;
	gh_judge_unknown(j, "unread", "%s: %zu of %zu were read", path, n_read, n);
	return false;
}

/* ---- doors into the BMC ------------------------------------------------------------ */

/* What the factory left: an account whose password was never changed, or a factory name of
 * which the BMC does not say whether it was. */
struct accounts {
	size_t n_read, n_enabled;
	unsigned int n_factory, n_unsaid, n_malformed;
	struct gh_buf names, factory, unsaid;
};

static void accounts_free(struct accounts *a)
{
	gh_buf_free(&a->names);
	gh_buf_free(&a->factory);
	gh_buf_free(&a->unsaid);
}

static void list_name(struct gh_buf *b, const char *name)
{
	gh_buf_fmt(b, "%s%.40s", b->len ? ", " : "", name);
}

static void account(struct gh_judging *j, struct accounts *a, const json_t *o)
{
	const json_t *enabled = json_object_get(o, "Enabled");
	const json_t *must_change = json_object_get(o, "PasswordChangeRequired");
	const char *name = json_string_value(json_object_get(o, "UserName"));

	a->n_read++;
	if (name && name[0] == '\0')
		return; /* an empty slot */
	if (!name || !json_is_boolean(enabled)) {
		a->n_malformed++;
		return;
	}
	if (json_is_false(enabled))
		return;
	a->n_enabled++;
	list_name(&a->names, name);
	if (json_is_true(must_change)) {
		a->n_factory++;
		list_name(&a->factory, name);
	} else if (!json_is_false(must_change) &&
		   gh_param_has(j, "factory_names", name)) {
		a->n_unsaid++;
		list_name(&a->unsaid, name);
	}
}

static void cred_verdict(struct gh_judging *j, struct accounts *a)
{
	const char *login = j->host->bmc_user ? j->host->bmc_user : "";

	if (a->n_factory)
		gh_judge_fail(j, "factory_password", "never changed its password: %s",
		    gh_buf_cstr(&a->factory));
	else if (gh_param_has(j, "factory_names", login))
		gh_judge_fail(j, "factory_login",
		    "the fleet file logs in as %s, the factory's account", login);
	else if (a->n_malformed)
		gh_judge_unknown(
		    j, "malformed", "%u accounts without name or state", a->n_malformed);
	else if (a->n_unsaid)
		gh_judge_unknown(j, "no_flag",
		    "the BMC does not say whether the password was changed: %s",
		    gh_buf_cstr(&a->unsaid));
	else if (a->n_enabled == 0)
		gh_judge_unknown(j, "no_account", "no enabled account is shown");
	else
		gh_judge_pass(j, "enabled: %s", gh_buf_cstr(&a->names));
}

static void cred(struct gh_judging *j)
{
	static const char path[] = "/redfish/v1/AccountService/Accounts";
	gh_auto(struct accounts, accounts_free) a = {0};
	const json_t *c = judge_collection(j, path);
	struct gh_redfish_walk w;

	if (!c)
		return;
	w = gh_redfish_walk_of(j->src->bmc, path);
	while (gh_redfish_next(&w))
		account(j, &a, w.r->body);
	if (a.n_factory || all_read(j, path, c, a.n_read))
		cred_verdict(j, &a);
}

static void syslockdown(struct gh_judging *j)
{
	bool on;

	if (!member_bool(j, LOCKDOWN, "SysLockdownEnabled", &on))
		return;
	if (on)
		gh_judge_pass(j, "on");
	else
		gh_judge_fail(j, "off", "SysLockdownEnabled is false");
}

static void kcs(struct gh_judging *j)
{
	const char *s =
	    gh_judge_bmc_text(j, "{manager}/Oem/Supermicro/KCSInterface", "Privilege");

	if (!s)
		return;
	if (gh_param_has(j, "privileges", s))
		gh_judge_pass(j, "privilege %s", s);
	else
		gh_judge_fail(j, "privilege", "the host commands the BMC as %.80s", s);
}

/* An interface that is on, in words. Bootstrapping hands root of the host an account. */
static void hostif_on(struct gh_judging *j, const json_t *o, const char *name)
{
	const json_t *boot = gh_redfish_value(o, "CredentialBootstrapping.Enabled");

	if (json_is_true(boot))
		gh_judge_fail(j, "bootstrap",
		    "interface %.40s is on and makes accounts for the host (%.40s)", name,
		    gh_redfish_text(o, "CredentialBootstrapping.RoleId"));
	else
		gh_judge_fail(j, "on", "interface %.40s is on", name);
}

static void hostif(struct gh_judging *j)
{
	static const char path[] = "{manager}/HostInterfaces";
	const json_t *c = judge_collection(j, path);
	struct gh_redfish_walk w;
	size_t n = 0;

	if (!c)
		return;
	w = gh_redfish_walk_of(j->src->bmc, path);
	while (gh_redfish_next(&w)) {
		const json_t *v = json_object_get(w.r->body, "InterfaceEnabled");

		if (json_is_true(v)) {
			hostif_on(j, w.r->body, w.name);
			return;
		}
		n += json_is_false(v);
	}
	if (all_read(j, path, c, n))
		gh_judge_pass(j, "%zu interfaces, none on", n);
}

static void ipmi_lan(struct gh_judging *j)
{
	bool on;

	if (!member_bool(j, "{manager}/NetworkProtocol", "IPMI.ProtocolEnabled", &on))
		return;
	if (on)
		gh_judge_fail(j, "on", "IPMI over LAN is on, port %lld",
		    (long long)json_integer_value(gh_redfish_value(
			gh_redfish_get(j->src->bmc, "{manager}/NetworkProtocol"),
			"IPMI.Port")));
	else
		gh_judge_pass(j, "off");
}

/* ---- what the next boot starts ---------------------------------------------------------- */

/* True when the override was seen to be clear. */
static bool override_clear(struct gh_judging *j)
{
	const json_t *sys = gh_judge_bmc(j, "{system}");
	const char *next, *mode;

	if (!sys)
		return false;
	next = gh_redfish_text(sys, "Boot.BootNext");
	mode = gh_redfish_text(sys, "Boot.BootSourceOverrideEnabled");
	if (next[0])
		gh_judge_fail(j, "boot_next", "the next boot is set to %.40s", next);
	else if (strcmp(mode, "Disabled") == 0)
		return true;
	else if (mode[0])
		gh_judge_fail(j, "override", "boot override is %.40s, to %.40s", mode,
		    gh_redfish_text(sys, "Boot.BootSourceOverrideTarget"));
	else
		gh_judge_unknown(j, "absent", "the system does not show a boot override");
	return false;
}

/* True when no medium of the collection is in. */
static bool media_out(struct gh_judging *j, const char *path, const json_t *c, size_t *n)
{
	struct gh_redfish_walk w = gh_redfish_walk_of(j->src->bmc, path);

	*n = 0;
	while (gh_redfish_next(&w)) {
		const json_t *in = json_object_get(w.r->body, "Inserted");

		if (json_is_true(in)) {
			gh_judge_fail(j, "inserted", "%.40s holds %.120s", w.name,
			    gh_redfish_text(w.r->body, "Image"));
			return false;
		}
		*n += json_is_false(in);
	}
	return all_read(j, path, c, *n);
}

static void vmedia(struct gh_judging *j)
{
	/* Redfish moved the collection from the manager to the system. */
	const char *path = "{manager}/VirtualMedia";
	const json_t *c;
	size_t n;

	if (!override_clear(j))
		return;
	if (!gh_redfish_get(j->src->bmc, path) &&
	    gh_redfish_get(j->src->bmc, "{system}/VirtualMedia"))
		path = "{system}/VirtualMedia";
	c = judge_collection(j, path);
	if (c && media_out(j, path, c, &n))
		gh_judge_pass(j, "%zu drives empty, no boot override", n);
}

/* ---- flash ------------------------------------------------------------------------- */

static const json_t *peek(
    const struct gh_judging *j, const char *path, const char *member)
{
	return j->src->bmc ? json_object_get(gh_redfish_get(j->src->bmc, path), member)
			   : NULL;
}

static void spi(struct gh_judging *j)
{
	const json_t *lock = peek(j, LOCKDOWN, "SysLockdownEnabled");
	const json_t *wp = peek(j, BIOS_IMAGE, "WriteProtected");
	bool by_lock = json_is_boolean(lock) && !json_is_true(wp);

	if (!gh_judge_bmc(j, by_lock ? LOCKDOWN : BIOS_IMAGE))
		return;
	if (json_is_true(wp))
		gh_judge_pass(j, "the BIOS image is write protected");
	else if (json_is_true(lock))
		gh_judge_pass(j, "locked by System Lockdown");
	else if (json_is_false(wp) || json_is_false(lock))
		gh_judge_fail(j, "unlocked", "neither write protected nor locked down");
	else
		gh_judge_unknown(
		    j, "absent", "the BMC does not say whether the flash is locked");
}

const struct gh_judge gh_judges_bmc[] = {
    {"host.bmc.cred", cred},
    {"host.bmc.syslockdown", syslockdown},
    {"host.bmc.kcs", kcs},
    {"host.bmc.hostif", hostif},
    {"host.bmc.ipmi_lan", ipmi_lan},
    {"host.bmc.vmedia", vmedia},
    {"host.boot.spi", spi},
    {NULL, NULL},
};
