/* SPDX-License-Identifier: Apache-2.0
 * Judges of the virtualisation stack (G11). */
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

static void kvm(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "nodes");
	struct gh_bytes line, w[4] = {{0}};
	if (!it)
		return;
	gh_say(&j->f->source, "stat /dev/kvm");
	if (!gh_item_line(it, "/dev/kvm ", &line)) {
		gh_judge_fail(j, "absent", "/dev/kvm is not there");
		return;
	}
	struct gh_bytes rest = line;
	for (size_t i = 0; i < GH_COUNT(w); i++)
		(void)gh_text_word(&rest, &w[i]);
	if (gh_text_is(w[1], "660") && gh_text_is(w[3], "kvm"))
		gh_judge_pass(j, "mode 660, group kvm");
	else
		gh_judge_fail(j, "mode", "%.*s", (int)line.len, (const char *)line.p);
}

/* QEMU answers both what it is and what it can do; the second one counts (section 5.9). */
static void qemu_version(struct gh_judging *j)
{
	const struct gh_probe_item *v = gh_judge_item(j, "qemu"), *o;
	const char *object = j->host->tee == GH_TEE_TDX ? "tdx-guest" : "sev-snp-guest";
	struct gh_bytes line;
	if (!v || !(o = gh_judge_item(j, "qemu.objects")))
		return;
	gh_say(&j->f->expected, "a QEMU with the object %s", object);
	if (!gh_item_line(v, "version ", &line))
		gh_judge_unknown(j, "malformed", "QEMU does not name its version");
	else if (gh_item_line(o, object, NULL))
		gh_judge_pass(
		    j, "%.*s, with %s", (int)line.len, (const char *)line.p, object);
	else if (o->data.len == 0)
		gh_judge_unknown(j, "empty", "QEMU lists no objects");
	else
		gh_judge_fail(j, "object", "%.*s, without %s", (int)line.len,
		    (const char *)line.p, object);
}

static void libvirt(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "libvirt.caps");
	bool tdx = j->host->tee == GH_TEE_TDX;
	if (!it)
		return;
	if (gh_item_line(it, tdx ? "<value>tdx</value>" : "<value>sev-snp</value>", NULL))
		gh_judge_pass(j, "launchSecurity %s", tdx ? "tdx" : "sev-snp");
	else if (!gh_item_line(it, "</domainCap", NULL))
		gh_judge_unknown(j, "malformed", "libvirt's answer is not whole");
	else
		gh_judge_fail(j, "unsupported",
		    "libvirt does not offer launchSecurity %s", tdx ? "tdx" : "sev-snp");
}

/* Value of NAME = "VALUE" in qemu.conf, without the quotes. */
static bool conf_value(
    const struct gh_probe_item *it, const char *name, struct gh_bytes *out)
{
	struct gh_bytes rest = it->data, line;
	bool found = false;
	while (gh_text_line(&rest, &line)) {
		line = gh_text_trim(line);
		const unsigned char *eq = memchr(line.p, '=', line.len);
		if (!eq)
			continue;
		struct gh_bytes key = {line.p, (size_t)(eq - line.p)};
		struct gh_bytes v = {eq + 1, line.len - key.len - 1};
		if (!gh_text_is(gh_text_trim(key), name))
			continue;
		v = gh_text_trim(v);
		if (v.len >= 2 && v.p[0] == '"' && v.p[v.len - 1] == '"')
			v = (struct gh_bytes){v.p + 1, v.len - 2};
		*out = v;
		found = true;
	}
	return found;
}

static void qemu_user(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "libvirt.conf");
	struct gh_bytes user = gh_text_of("the distribution's"),
			driver = gh_text_of("default");
	if (!it)
		return;
	if (conf_value(it, "user", &user) &&
	    (gh_text_is(user, "root") || gh_text_is(user, "0") || gh_text_is(user, "+0")))
		gh_judge_fail(j, "root", "QEMU runs as root");
	else if (conf_value(it, "security_driver", &driver) && gh_text_is(driver, "none"))
		gh_judge_fail(j, "unconfined", "security_driver is none");
	else
		gh_judge_pass(j, "user %.*s, security_driver %.*s", (int)user.len,
		    (const char *)user.p, (int)driver.len, (const char *)driver.p);
}

static void other_vms(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "libvirt.domains");
	struct gh_bytes rest, line;
	unsigned int n = 0;
	if (!it)
		return;
	for (rest = it->data; gh_text_line(&rest, &line);) {
		line = gh_text_trim(line);
		if (line.len == 0)
			continue;
		n++;
		if (gh_text_starts(line, "gatehouse-"))
			continue;
		gh_judge_fail(
		    j, "foreign", "%.*s is running", (int)line.len, (const char *)line.p);
		return;
	}
	gh_judge_pass(j, n ? "%u domains, all of them ours" : "no domain runs", n);
}

static void nested(struct gh_judging *j)
{
	bool tdx = j->host->tee == GH_TEE_TDX;
	struct gh_bytes v;
	if (gh_judge_file(j, "sys",
		tdx ? "/sys/module/kvm_intel/parameters/nested"
		    : "/sys/module/kvm_amd/parameters/nested",
		&v)) {
		const char *word = gh_is_yes(v) ? "on" : "off";

		gh_judge_recorded(j, word, "nested virtualisation is %s", word);
	}
}

static bool remote_control(uint64_t port)
{
	return port == 16509 || port == 16514 || (port >= 5900 && port < 6000);
}

static void libvirt_net(struct gh_judging *j)
{
	struct gh_listeners l = {.j = j};
	unsigned int n = 0;
	int rc;
	while ((rc = gh_listeners_next(&l)) == 1) {
		n++;
		if (l.loopback || !remote_control(l.port))
			continue;
		gh_judge_fail(j, "open", "port %llu is open to the network",
		    (unsigned long long)l.port);
		return;
	}
	if (rc == 0)
		gh_judge_pass(
		    j, "%u listeners, none of libvirt or VNC beyond loopback", n);
}

static void vsock(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "nodes");
	if (!it)
		return;
	gh_say(&j->f->source, "stat /dev/vhost-vsock");
	if (gh_item_line(it, "/dev/vhost-vsock ", NULL))
		gh_judge_pass(j, "/dev/vhost-vsock is there");
	else
		gh_judge_fail(j, "absent", "/dev/vhost-vsock is not there");
}

/* ---- guest firmware and images ----------------------------------------------------- */

/* "SHA256  PATH" */
static bool digest_line(
    struct gh_bytes line, struct gh_bytes *hash, struct gh_bytes *path)
{
	unsigned char md[32];
	char hex[65];

	if (!gh_text_word(&line, hash) || hash->len != 64)
		return false;
	memcpy(hex, hash->p, 64);
	hex[64] = '\0';
	*path = gh_text_trim(line);
	return path->len && gh_unhex(md, sizeof(md), hex, NULL) == 0;
}

/* True when the digest of that path was sent. */
static bool has_digest(const struct gh_probe_item *it, struct gh_bytes path)
{
	struct gh_bytes rest = it->data, line, hash, at;

	while (gh_text_line(&rest, &line))
		if (digest_line(line, &hash, &at) && at.len == path.len &&
		    !memcmp(at.p, path.p, at.len))
			return true;
	return false;
}

/* Nothing that may boot a guest is unknown. */
static void ovmf(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "ovmf");
	const json_t *list = json_object_get(j->check->params, "sha256"),
		     *pin = gh_enrolment_get(j->src->enrolled, "ovmf.sha256");
	struct gh_bytes rest, line, hash, path;
	unsigned int n = 0;

	if (!it || (json_array_size(list) == 0 && !gh_judge_pin(j, "ovmf.sha256")))
		return;
	for (rest = it->data; gh_text_line(&rest, &line);) {
		if (gh_text_starts(line, "named ")) {
			path = (struct gh_bytes){line.p + 6, line.len - 6};
			if (has_digest(it, path))
				continue;
			gh_judge_fail(j, "gone",
			    "a domain names %.*s, which is not there", (int)path.len,
			    (const char *)path.p);
			return;
		}
		if (!digest_line(line, &hash, &path))
			continue;
		n++;
		if (gh_set_has(list, hash) || gh_set_has(pin, hash))
			continue;
		gh_judge_fail(j, "unknown", "%.*s has SHA-256 %.*s", (int)path.len,
		    (const char *)path.p, (int)hash.len, (const char *)hash.p);
		return;
	}
	if (n)
		gh_judge_pass(j, "%u files, each of them known", n);
	else
		gh_judge_unknown(j, "none", "no guest firmware is in the usual places");
}

/* df -P -k: the last line is DEVICE BLOCKS USED AVAILABLE CAPACITY PLACE. */
static void image_space(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "space");
	int64_t need = gh_param_int(j, "need_mib", 20480);
	struct gh_bytes rest, line, last = {0}, w[4];
	uint64_t kib;

	if (!it)
		return;
	for (rest = it->data; gh_text_line(&rest, &line);)
		if (line.len)
			last = line;
	for (size_t i = 0; i < GH_COUNT(w); i++)
		(void)gh_text_word(&last, &w[i]);
	if (gh_text_u64(w[3], 10, &kib) != 0) {
		gh_judge_unknown(j, "malformed", "df's answer has another form");
		return;
	}
	gh_say(&j->f->expected, "%lld MiB free where guest images lie", (long long)need);
	if (need > 0 && kib / 1024 < (uint64_t)need)
		gh_judge_fail(j, "short", "%llu MiB free, %lld needed",
		    (unsigned long long)kib / 1024, (long long)need);
	else
		gh_judge_pass(j, "%llu MiB free", (unsigned long long)kib / 1024);
}

const struct gh_judge gh_judges_virt[] = {
    {"host.virt.kvm", kvm},
    {"host.virt.qemu_version", qemu_version},
    {"host.virt.libvirt", libvirt},
    {"host.virt.qemu_user", qemu_user},
    {"host.virt.other_vms", other_vms},
    {"host.virt.nested", nested},
    {"host.virt.libvirt_net", libvirt_net},
    {"host.virt.vsock", vsock},
    {"host.virt.ovmf", ovmf},
    {"host.virt.image_space", image_space},
    {NULL, NULL},
};
