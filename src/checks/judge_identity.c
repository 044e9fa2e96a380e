/* SPDX-License-Identifier: Apache-2.0
 * Judges of who the host is and how old its firmware is (G01, G02). */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "checks/judge.h"
#include "firmware/knowledge.h"

#define DMI "/sys/class/dmi/id/"

static int shown(struct gh_bytes v)
{
	return (int)(v.len < 80 ? v.len : 80);
}

static void system_identity(struct gh_judging *j)
{
	struct gh_bytes product, serial, uuid;
	const char *want = j->host->product ? j->host->product : "";
	if (!gh_judge_file(j, "sys", DMI "product_name", &product))
		return;
	if (want[0] && !gh_text_is(product, want)) {
		gh_judge_fail(j, "product", "%.*s, the fleet file says %s",
		    shown(product), (const char *)product.p, want);
		return;
	}
	if (!gh_judge_file(j, "dmi.root", DMI "product_serial", &serial) ||
	    !gh_judge_file(j, "dmi.root", DMI "product_uuid", &uuid))
		return;
	if (gh_text_placeholder(serial) || gh_text_placeholder(uuid)) {
		gh_judge_fail(j, "placeholder", "serial \"%.*s\", uuid \"%.*s\"",
		    shown(serial), (const char *)serial.p, shown(uuid),
		    (const char *)uuid.p);
		return;
	}
	static const char *const pinned[] = {
	    "id.serial", "id.uuid", "id.product", "id.vendor", NULL};
	if (gh_judge_enrolled_one(j, pinned))
		gh_judge_pass(j, "%.*s, serial %.*s", shown(product),
		    (const char *)product.p, shown(serial), (const char *)serial.p);
}

static void board(struct gh_judging *j)
{
	/* the boards of the systems we know; others are recorded */
	static const struct {
		const char *product, *board;
	} known[] = {{"SYS-821GE-TNHR", "X13DEG-OAD"}};
	struct gh_bytes product, name, serial;
	if (!gh_judge_file(j, "sys", DMI "product_name", &product) ||
	    !gh_judge_file(j, "sys", DMI "board_name", &name) ||
	    !gh_judge_file(j, "dmi.root", DMI "board_serial", &serial))
		return;
	for (size_t i = 0; i < GH_COUNT(known); i++) {
		if (!gh_text_is(product, known[i].product) ||
		    gh_text_is(name, known[i].board))
			continue;
		gh_judge_fail(j, "board", "%.*s has board %.*s, not %s", shown(product),
		    (const char *)product.p, shown(name), (const char *)name.p,
		    known[i].board);
		return;
	}
	if (gh_text_placeholder(serial)) {
		gh_judge_fail(j, "placeholder", "board serial \"%.*s\"", shown(serial),
		    (const char *)serial.p);
		return;
	}
	static const char *const pinned[] = {
	    "id.board", "id.board_serial", "id.chassis_serial", NULL};
	if (gh_judge_enrolled_one(j, pinned))
		gh_judge_pass(j, "%.*s, serial %.*s", shown(name), (const char *)name.p,
		    shown(serial), (const char *)serial.p);
}

static void machine_id(struct gh_judging *j)
{
	struct gh_bytes boot, id;
	if (!gh_judge_file(j, "sys", "/etc/machine-id", &id) ||
	    !gh_judge_file(j, "sys", "/proc/sys/kernel/random/boot_id", &boot))
		return;
	if (boot.len != 36 || id.len != 32) {
		gh_judge_unknown(
		    j, "malformed", "boot id or machine id has not its form");
		return;
	}
	static const char *const pinned[] = {"id.machine_id", NULL};
	if (gh_judge_enrolled_one(j, pinned))
		gh_judge_pass(j, "machine %.*s, boot %.*s", shown(id), (const char *)id.p,
		    shown(boot), (const char *)boot.p);
}

/* Against the newest BIOS that is known to have been tested with that product; params
 * "floor" (with "scheme") stands before it. */
static void bios_against(struct gh_judging *j, const struct gh_floor *f,
    const char *version, const char *product)
{
	const char *floor = gh_param_text(j, "floor", f ? f->floor : "");
	const char *scheme = gh_param_text(j, "scheme", f ? f->scheme : "smc-bios");
	enum gh_version_rel r;

	if (floor[0] == '\0') {
		gh_judge_skip(j, "%s; no baseline is known for %s", version, product);
		return;
	}
	gh_say(&j->f->expected, "BIOS %s or newer (%s)", floor,
	    f && floor == f->floor ? f->confidence : "local");
	if (gh_version_at_least(scheme, version, floor, &r))
		gh_judge_pass(j, "%s", version);
	else if (r == GH_VERSION_LESS)
		gh_judge_fail(j, "old", "%s", version);
	else
		gh_judge_unknown(j, "malformed",
		    "BIOS version \"%s\" has not the form of %s", version, floor);
}

static void bios_version(struct gh_judging *j)
{
	gh_auto(struct gh_knowledge, gh_knowledge_free) known = {0};
	struct gh_bytes product, version;
	struct gh_err err = {0};
	char p[81], v[81];
	if (!gh_judge_file(j, "sys", DMI "product_name", &product) ||
	    !gh_judge_file(j, "sys", DMI "bios_version", &version))
		return;
	snprintf(p, sizeof(p), "%.*s", shown(product), (const char *)product.p);
	snprintf(v, sizeof(v), "%.*s", shown(version), (const char *)version.p);
	if (gh_knowledge_load(&known, &err) != 0) {
		gh_judge_unknown(j, "unread", "%s", err.what);
		return;
	}
	bios_against(j, gh_knowledge_floor(&known, "bios", p, "", NULL), v, p);
}

/* SMBIOS writes MM/DD/YYYY. */
static bool dmi_date(struct gh_bytes v, int64_t *at)
{
	char text[11];
	if (v.len != 10 || v.p[2] != '/' || v.p[5] != '/')
		return false;
	memcpy(text, v.p + 6, 4);
	text[4] = text[7] = '-';
	memcpy(text + 5, v.p, 2);
	memcpy(text + 8, v.p + 3, 2);
	text[10] = '\0';
	return gh_time_parse(text, at, NULL) == 0;
}

static void bios_age(struct gh_judging *j)
{
	struct gh_bytes date;
	int64_t made;
	if (!gh_judge_file(j, "sys", DMI "bios_date", &date))
		return;
	if (!dmi_date(date, &made)) {
		gh_judge_unknown(j, "malformed", "BIOS date \"%.*s\" is no date",
		    shown(date), (const char *)date.p);
		return;
	}
	int64_t days = (j->at - made) / 86400;
	gh_judge_counted(j, days, "%.*s, %lld days old%s", shown(date),
	    (const char *)date.p, (long long)days,
	    days > 365 ? ": look for a newer one" : "");
}

/* ---- NVMe drives -------------------------------------------------------------------- */

#define NVME "/sys/class/nvme/"

static bool same_bytes(struct gh_bytes a, struct gh_bytes b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

/* The model of the drive whose firmware file that is; empty when it is not there. */
static struct gh_bytes model_of(const struct gh_probe_item *it, struct gh_bytes path)
{
	char file[128];
	struct gh_bytes v = {0};
	int n = (int)(path.len - strlen("firmware_rev"));

	snprintf(
	    file, sizeof(file), "%.*smodel", n < 100 ? n : 100, (const char *)path.p);
	(void)gh_item_value(it, file, &v);
	return v;
}

/* The first drive of a model says what its siblings should have. */
static bool as_its_model(const struct gh_probe_item *it, const struct gh_walk *drive)
{
	struct gh_bytes model = model_of(it, drive->path);
	struct gh_walk w = gh_walk_of(it, NVME, "/firmware_rev");
	while (gh_walk_next(&w))
		if (same_bytes(model_of(it, w.path), model))
			return same_bytes(w.value, drive->value);
	return true;
}

/* False when the finding is decided. */
static bool drive_settled(
    struct gh_judging *j, const struct gh_probe_item *it, const struct gh_walk *drive)
{
	char v[81];
	snprintf(v, sizeof(v), "%.*s", shown(drive->value), (const char *)drive->value.p);
	if (gh_text_placeholder(drive->value))
		gh_judge_unknown(j, "absent", "%.*s is empty", shown(drive->path),
		    (const char *)drive->path.p);
	else if (gh_param_has(j, "blocklist", v))
		gh_judge_fail(j, "blocked", "%.*s: %s is on the block list",
		    shown(drive->path), (const char *)drive->path.p, v);
	else if (!as_its_model(it, drive))
		gh_judge_fail(j, "mixed", "%.*s: %s, another drive of its model differs",
		    shown(drive->path), (const char *)drive->path.p, v);
	else
		return true;
	return false;
}

static void nvme(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "sys");
	struct gh_bytes first = {0};
	unsigned int n = 0;
	if (!it)
		return;
	gh_say(&j->f->source, NVME "*/firmware_rev");
	struct gh_walk w = gh_walk_of(it, NVME, "/firmware_rev");
	while (gh_walk_next(&w)) {
		if (!drive_settled(j, it, &w))
			return;
		if (n++ == 0)
			first = w.value;
	}
	if (n == 0)
		gh_judge_skip(j, "no NVMe drive");
	else
		gh_judge_pass(j,
		    "%u drives, each model with one firmware; the first %.*s", n,
		    shown(first), (const char *)first.p);
}

const struct gh_judge gh_judges_identity[] = {
    {"host.id.system", system_identity},
    {"host.id.board", board},
    {"host.id.machine_id", machine_id},
    {"host.fw.bios_version", bios_version},
    {"host.fw.bios_age", bios_age},
    {"host.fw.nvme", nvme},
    {NULL, NULL},
};
