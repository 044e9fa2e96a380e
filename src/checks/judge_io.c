/* SPDX-License-Identifier: Apache-2.0
 * Judges of NICs, storage, PCIe errors, time and services (G14, G15). */
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

static void nic_inventory(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "pci");
	unsigned int n = 0;
	if (!it)
		return;
	struct gh_walk w = gh_walk_of(it, "/sys/bus/pci/devices/", "/vendor");
	while (gh_walk_next(&w))
		n += gh_text_is(w.value, "0x15b3");
	if (j->host->n_gpus >= 8 && n < 8)
		gh_judge_fail(j, "few", "%u ConnectX functions, 8 are usual", n);
	else
		gh_judge_pass(j, "%u ConnectX functions", n);
}

static void nic_link(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "sys");
	unsigned int n = 0, up = 0;
	if (!it)
		return;
	gh_say(&j->f->source, "/sys/class/net/*/operstate");
	struct gh_walk w = gh_walk_of(it, "/sys/class/net/", "/operstate");
	for (; gh_walk_next(&w); n++)
		up += gh_text_is(w.value, "up");
	if (n)
		gh_judge_counted(j, up, "%u of %u links up", up, n);
	else
		gh_judge_unknown(j, "absent", "no network interface was read");
}

static void aer(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "pci.aer");
	struct gh_bytes kind, count;
	unsigned int n = 0;
	if (!it)
		return;
	struct gh_walk w = gh_walk_of(it, "/sys/bus/pci/devices/", "");
	for (uint64_t v; gh_walk_next(&w); n++) {
		if (!gh_text_word(&w.value, &kind) || !gh_text_word(&w.value, &count) ||
		    gh_text_u64(count, 10, &v) != 0) {
			gh_judge_unknown(
			    j, "malformed", "an AER counter has another form");
			return;
		}
		if (v == 0)
			continue;
		gh_judge_fail(j, "errors", "%.*s: %.*s %llu", (int)w.path.len,
		    (const char *)w.path.p, (int)kind.len, (const char *)kind.p,
		    (unsigned long long)v);
		return;
	}
	if (n)
		gh_judge_pass(j, "%u counters, all 0", n);
	else
		gh_judge_unknown(j, "absent", "no device shows AER counters");
}

bool gh_mounted(const struct gh_probe_item *it, const char *where,
    struct gh_bytes *device, struct gh_bytes *type, struct gh_bytes *flags)
{
	struct gh_bytes rest = it->data, line, dev, dir, fs, opt;
	bool found = false;
	while (gh_text_line(&rest, &line)) {
		if (!gh_text_word(&line, &dev) || !gh_text_word(&line, &dir) ||
		    !gh_text_word(&line, &fs) || !gh_text_word(&line, &opt) ||
		    !gh_text_is(dir, where))
			continue;
		*device = dev;
		*type = fs;
		*flags = opt;
		found = true;
	}
	return found;
}

static void luks(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "mounts"), *dm;
	struct gh_bytes device, type, flags;
	if (!it || !(dm = gh_judge_item(j, "dm")))
		return;
	gh_say(&j->f->source, "/proc/mounts, /sys/block/dm-*/dm/uuid");
	if (!gh_mounted(it, "/", &device, &type, &flags))
		gh_judge_unknown(j, "absent", "/proc/mounts does not name the root");
	else if (gh_text_is(type, "tmpfs") || gh_text_is(type, "ramfs") ||
		 gh_text_is(type, "rootfs"))
		gh_judge_pass(j, "the root is in memory: nothing is at rest");
	else if (gh_dm_encrypted(dm, device))
		gh_judge_pass(j, "the root (%.*s) is on dm-crypt", (int)device.len,
		    (const char *)device.p);
	else
		gh_judge_fail(j, "plain", "the root (%.*s, %.*s) is not on dm-crypt",
		    (int)device.len, (const char *)device.p, (int)type.len,
		    (const char *)type.p);
}

static void mount_flags(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "mounts");
	struct gh_bytes device, type, flags;
	if (!it)
		return;
	if (gh_mounted(it, "/tmp", &device, &type, &flags))
		gh_judge_recorded(
		    j, "own", "/tmp: %.*s", (int)flags.len, (const char *)flags.p);
	else if (it->data.len)
		gh_judge_recorded(j, "root", "/tmp is part of the root");
	else
		gh_judge_unknown(j, "empty", "/proc/mounts is empty");
}

/* critical_warning is a number, or an object that has it (nvme-cli 2.11); smartctl puts all
 * of it one level deeper. */
static bool health_number(const json_t *drive, const char *key, int64_t *out)
{
	const json_t *log = json_object_get(drive, "nvme_smart_health_information_log");
	const json_t *v = json_object_get(log ? log : drive, key);

	if (json_is_object(v))
		v = json_object_get(v, "value");
	*out = json_integer_value(v);
	return json_is_integer(v);
}

struct health {
	int64_t warning, used; /* used: percent of what the drive was made for */
	char device[32];
};

/* "/dev/nvme0 {...}" */
static bool read_health(struct gh_bytes line, struct health *out)
{
	gh_auto(json_t *, gh_json_free) drive = NULL;
	struct gh_bytes name;

	if (!gh_text_word(&line, &name) || name.len >= sizeof(out->device))
		return false;
	memset(out, 0, sizeof(*out));
	memcpy(out->device, name.p, name.len);
	line = gh_text_trim(line);
	drive = gh_json_parse(line.p, line.len, NULL);
	if (!health_number(drive, "critical_warning", &out->warning))
		return false;
	if (!health_number(drive, "percent_used", &out->used))
		(void)health_number(drive, "percentage_used", &out->used);
	return true;
}

static void nvme_health(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "nvme"), *sys;
	int64_t limit = gh_param_int(j, "used_max", 100), worst = 0;
	struct gh_bytes rest, line;
	struct health h;
	unsigned int n = 0;

	if (!it)
		return;
	for (rest = it->data; gh_text_line(&rest, &line);) {
		if (gh_text_trim(line).len == 0)
			continue;
		if (!read_health(line, &h)) {
			gh_judge_unknown(j, "malformed",
			    "%.*s: its answer is no health log",
			    (int)(line.len < 12 ? line.len : 12), (const char *)line.p);
			return;
		}
		if (h.warning != 0 || h.used >= limit) {
			gh_judge_fail(j, h.warning ? "warning" : "worn",
			    "%s: critical_warning %lld, %lld %% used", h.device,
			    (long long)h.warning, (long long)h.used);
			return;
		}
		worst = h.used > worst ? h.used : worst;
		n++;
	}
	sys = gh_probe_get(j->probe, "sys");
	if (n)
		gh_judge_pass(j, "%u drives without warning, at most %lld %% used", n,
		    (long long)worst);
	else if (sys && sys->rc == 0 && sys->data.len &&
		 !gh_item_line(sys, "/sys/class/nvme/", NULL))
		gh_judge_skip(j, "the host has no NVMe drive");
	else
		gh_judge_unknown(j, "none", "no NVMe drive was asked");
}

/* ---- time ------------------------------------------------------------------------- */

/* Field n of a line of comma-separated values. */
static bool csv_field(struct gh_bytes line, unsigned int n, struct gh_bytes *out)
{
	for (unsigned int at = 0;; at++) {
		const unsigned char *comma = memchr(line.p, ',', line.len);
		size_t len = comma ? (size_t)(comma - line.p) : line.len;
		if (at == n) {
			*out = gh_text_trim((struct gh_bytes){line.p, len});
			return true;
		}
		if (!comma)
			return false;
		line.p += len + 1;
		line.len -= len + 1;
	}
}

/* "-0.000012345" in microseconds, sign dropped; false when it is no such number. */
static bool micros(struct gh_bytes s, uint64_t *out)
{
	uint64_t whole, part = 0, unit = 100000;
	if (s.len && (s.p[0] == '-' || s.p[0] == '+')) {
		s.p++;
		s.len--;
	}
	const unsigned char *dot = s.len ? memchr(s.p, '.', s.len) : NULL;
	struct gh_bytes head = {s.p, dot ? (size_t)(dot - s.p) : s.len};
	if (gh_text_u64(head, 10, &whole) != 0 || whole > 1000000)
		return false;
	for (size_t i = head.len + 1; i < s.len; i++, unit /= 10) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		part += (uint64_t)(s.p[i] - '0') * unit;
	}
	*out = whole * 1000000 + part;
	return true;
}

bool gh_chrony_read(struct gh_bytes line, uint64_t *us, struct gh_bytes *leap)
{
	struct gh_bytes offset;
	return csv_field(line, 4, &offset) && csv_field(line, 13, leap) &&
	       micros(offset, us);
}

static void time_sync(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "time");
	struct gh_bytes leap, rest, line;
	uint64_t us;
	if (!it)
		return;
	if (gh_item_line(it, "NTPSynchronized=", &line)) {
		gh_say(&j->f->source, "timedatectl show");
		if (gh_text_is(gh_text_trim(line), "NTPSynchronized=yes"))
			gh_judge_pass(j, "synchronised");
		else
			gh_judge_fail(j, "unsynchronised", "%.*s", (int)line.len,
			    (const char *)line.p);
		return;
	}
	rest = it->data;
	if (!gh_text_line(&rest, &line) || !gh_chrony_read(line, &us, &leap)) {
		gh_judge_unknown(j, "malformed", "chronyc's answer has another form");
		return;
	}
	if (!gh_text_is(leap, "Normal"))
		gh_judge_fail(j, "unsynchronised", "leap status %.*s", (int)leap.len,
		    (const char *)leap.p);
	else if (us > 500000)
		gh_judge_fail(j, "offset", "off by %llu.%06llu s",
		    (unsigned long long)us / 1000000, (unsigned long long)us % 1000000);
	else
		gh_judge_pass(j, "off by %llu.%06llu s", (unsigned long long)us / 1000000,
		    (unsigned long long)us % 1000000);
}

/* "1764337710.123456789" in milliseconds; busybox has no fraction. */
static bool read_clock(struct gh_bytes s, int64_t *ms)
{
	struct gh_bytes whole;
	const unsigned char *dot;
	uint64_t v, unit = 100;

	s = whole = gh_text_trim(s);
	dot = s.len ? memchr(s.p, '.', s.len) : NULL;
	if (dot)
		whole.len = (size_t)(dot - s.p);
	if (gh_text_u64(whole, 10, &v) != 0 || v > (1ull << 40))
		return false;
	v *= 1000;
	for (size_t i = whole.len + 1; i < s.len && unit; i++, unit /= 10) {
		if (s.p[i] < '0' || s.p[i] > '9')
			break;
		v += (uint64_t)(s.p[i] - '0') * unit;
	}
	*ms = (int64_t)v;
	return true;
}

/* The host read its clock somewhere between our asking and its whole answer, of which one is
 * known in whole seconds. What lies outside of that is skew for sure. */
static void time_skew(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "now");
	int64_t max = gh_param_int(j, "max_ms", 2000), now, from, to, off;

	if (!it)
		return;
	from = j->src->ssh_at ? j->src->ssh_at * 1000 - (int64_t)j->src->ssh_ms
			      : j->src->at * 1000;
	to = from + 999 + (int64_t)j->src->ssh_ms;
	if (!read_clock(it->data, &now)) {
		gh_judge_unknown(j, "malformed", "date's answer is no time");
		return;
	}
	if (j->src->ssh_ms == 0) {
		gh_judge_unknown(
		    j, "untimed", "nobody measured how long the answer took");
		return;
	}
	off = now < from ? now - from : now > to ? now - to : 0;
	if (off > max || off < -max)
		gh_judge_fail(j, "skew", "the host's clock is %lld.%03lld s %s",
		    (long long)(off < 0 ? -off : off) / 1000,
		    (long long)(off < 0 ? -off : off) % 1000,
		    off < 0 ? "behind" : "ahead");
	else
		gh_judge_pass(j, "within %lld ms, the answer took %u ms",
		    (long long)(off < 0 ? -off : off), j->src->ssh_ms);
}

static void clocksource(struct gh_judging *j)
{
	struct gh_bytes v;
	if (!gh_judge_file(j, "sys",
		"/sys/devices/system/clocksource/clocksource0/current_clocksource", &v))
		return;
	if (gh_text_is(v, "tsc"))
		gh_judge_pass(j, "tsc");
	else
		gh_judge_fail(j, "not_tsc", "%.*s", (int)v.len, (const char *)v.p);
}

/* ---- services --------------------------------------------------------------------- */

static bool is_active(const struct gh_probe_item *it, const char *unit)
{
	struct gh_bytes state;
	return gh_unit_state(it, unit, &state) && gh_text_is(state, "active");
}

/* One of each row must be active. */
static void required(struct gh_judging *j)
{
	static const struct {
		const char *unit[4];
		bool tdx_only;
	} need[] = {
	    {{"libvirtd", "virtqemud"}, false},
	    {{"auditd"}, false},
	    {{"chronyd", "chrony", "systemd-timesyncd", "ntpd"}, false},
	    {{"qgsd"}, true},
	};
	const struct gh_probe_item *it = gh_judge_item(j, "units");
	struct gh_bytes state;
	if (!it)
		return;
	if (!gh_unit_state(it, "ntpd", &state)) {
		gh_judge_unknown(j, "malformed", "systemctl's answer has another form");
		return;
	}
	for (size_t i = 0; i < GH_COUNT(need); i++) {
		bool ok = need[i].tdx_only && j->host->tee != GH_TEE_TDX;
		for (size_t u = 0; u < 4 && need[i].unit[u] && !ok; u++)
			ok = is_active(it, need[i].unit[u]);
		if (ok)
			continue;
		gh_judge_fail(j, "inactive", "%s is not active", need[i].unit[0]);
		return;
	}
	gh_judge_pass(j, "all active");
}

static void failed(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "units.failed");
	if (!it)
		return;
	struct gh_bytes rest = it->data, line = {0};
	if (gh_text_line(&rest, &line) && gh_text_trim(line).len)
		gh_judge_fail(j, "failed", "%.*s", (int)line.len, (const char *)line.p);
	else
		gh_judge_pass(j, "none");
}

static void audit(struct gh_judging *j)
{
	const struct gh_probe_item *s = gh_judge_item(j, "audit"), *r;
	struct gh_bytes line;
	uint64_t on;
	if (!s || !(r = gh_judge_item(j, "audit.rules")))
		return;
	gh_say(&j->f->source, "auditctl -s, auditctl -l");
	if (!gh_item_line(s, "enabled ", &line) ||
	    !gh_number_after(line, "enabled ", &on))
		gh_judge_unknown(
		    j, "malformed", "auditctl does not say whether it is enabled");
	else if (on == 0)
		gh_judge_fail(j, "off", "auditing is off");
	else if (r->data.len == 0 || gh_item_line(r, "No rules", NULL))
		gh_judge_fail(j, "no_rules", "auditing is on, without any rule");
	else
		gh_judge_pass(j, "enabled %llu, with rules", (unsigned long long)on);
}

const struct gh_judge gh_judges_io[] = {
    {"host.nic.inventory", nic_inventory},
    {"host.nic.link", nic_link},
    {"host.pcie.aer", aer},
    {"host.storage.luks", luks},
    {"host.storage.mounts", mount_flags},
    {"host.time.sync", time_sync},
    {"host.time.rtc", clocksource},
    {"host.time.skew", time_skew},
    {"host.storage.smart", nvme_health},
    {"host.svc.required", required},
    {"host.svc.failed", failed},
    {"host.svc.audit", audit},
    {NULL, NULL},
};
