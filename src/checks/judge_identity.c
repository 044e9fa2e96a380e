/* SPDX-License-Identifier: Apache-2.0
 * Judges of who the host is and how old its firmware is (G01, G02). */
#include <ctype.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "checks/judge.h"

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

/* Newest BIOS that NVIDIA's own list of tested hosts names
 * (spec/host-and-firmware.md section 5.5). */
static const struct {
	const char *product;
	uint64_t floor[2];
} bios_floor[] = {
    {"SYS-821GE-TNHR", {2, 7}},
    {"SYS-421GE-TNRT", {2, 6}},
    {"SYS-221H-TN24R", {2, 7}},
    {"PowerEdge XE9680", {2, 7}},
};

static void bios_version(struct gh_judging *j)
{
	struct gh_bytes product, version;
	uint64_t v[2];
	if (!gh_judge_file(j, "sys", DMI "product_name", &product) ||
	    !gh_judge_file(j, "sys", DMI "bios_version", &version))
		return;
	if (gh_version_read(version, v, 2) != 2) {
		gh_judge_unknown(j, "malformed",
		    "BIOS version \"%.*s\" has no form we know", shown(version),
		    (const char *)version.p);
		return;
	}
	for (size_t i = 0; i < GH_COUNT(bios_floor); i++) {
		const uint64_t *floor = bios_floor[i].floor;
		if (!gh_text_is(product, bios_floor[i].product))
			continue;
		gh_say(&j->f->expected, "BIOS %llu.%llu or newer",
		    (unsigned long long)floor[0], (unsigned long long)floor[1]);
		if (gh_version_order(v, floor, 2) < 0)
			gh_judge_fail(
			    j, "old", "%.*s", shown(version), (const char *)version.p);
		else
			gh_judge_pass(j, "%.*s", shown(version), (const char *)version.p);
		return;
	}
	gh_judge_skip(j, "%.*s; no baseline is known for %.*s", shown(version),
	    (const char *)version.p, shown(product), (const char *)product.p);
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
	gh_judge_pass(j, "%.*s, %lld days old%s", shown(date), (const char *)date.p,
	    (long long)days, days > 365 ? ": look for a newer one" : "");
}

static void nvme(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "sys");
	struct gh_bytes first = {0};
	unsigned int n = 0, other = 0;
	if (!it)
		return;
	gh_say(&j->f->source, "/sys/class/nvme/*/firmware_rev");
	struct gh_walk w = gh_walk_of(it, "/sys/class/nvme/", "/firmware_rev");
	while (gh_walk_next(&w)) {
		if (n++ == 0)
			first = w.value;
		else if (w.value.len != first.len ||
			 memcmp(w.value.p, first.p, first.len) != 0)
			other++;
	}
	if (n == 0)
		gh_judge_skip(j, "no NVMe drive");
	else
		gh_judge_pass(j, "%u drives, firmware %.*s%s", n, shown(first),
		    (const char *)first.p, other ? " and others" : "");
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
