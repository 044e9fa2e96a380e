/* SPDX-License-Identifier: Apache-2.0
 * Facts about the hardware that a host's OS says over SSH: processors, TDX, SEV-SNP, what
 * is on the PCI bus. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/facts_read.h"
#include "checks/judge.h"

#define PCI          "/sys/bus/pci/devices/"
#define BDF_LEN      12 /* "0000:18:00.0" */
#define DEVICES_MAX  64
#define NVIDIA       "0x10de"
#define MELLANOX     "0x15b3"
#define CLASS_3D     "0x0302"
#define CLASS_BRIDGE "0x0680"

/* ---- processors ----------------------------------------------------------------------- */

/* False when no processor could be read. */
static bool cpu(struct gh_fact_sink *s, struct gh_cpu *out, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "cpu");
	struct gh_cpu c;
	char text[64];

	if (!it || !gh_cpu_read(&c, it))
		return false;
	*out = c;
	if (c.uniform) {
		snprintf(text, sizeof(text), "%s %u/%u/%u", c.vendor, c.family, c.model,
		    c.stepping);
		gh_fact_put(s, "cpu.model", gh_text_of(text));
	}
	if (c.uniform_microcode && c.microcode) {
		snprintf(text, sizeof(text), "0x%08llx", (unsigned long long)c.microcode);
		gh_fact_put(s, "cpu.microcode", gh_text_of(text));
	}
	if (c.n_packages)
		gh_fact_put_int(s, "cpu.sockets", c.n_packages);
	gh_fact_put_int(s, "cpu.threads", c.n);
	return true;
}

/* What one bit of a register says; true when the bit has that value. */
static const struct {
	unsigned int msr;
	uint64_t mask, want;
	const char *fact;
} bits[] = {
    {0xce, 1ull << 27, 0, "cpu.production"},
    {0xc80, 1ull << 30 | 1, 1ull << 30, "cpu.debug_locked"},
    {0x982, 1ull << 1, 1ull << 1, "tme.enabled"},
    {0x1401, 1ull << 11, 1ull << 11, "tdx.seamrr"},
    {0xc0010010, 1ull << 23, 1ull << 23, "sme.enabled"},
};

static void registers(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "msr");
	uint64_t v, end;

	if (!it)
		return;
	for (size_t i = 0; i < GH_COUNT(bits); i++)
		if (gh_item_msr(it, bits[i].msr, &v) == GH_MSR_READ)
			gh_fact_put_bool(
			    s, bits[i].fact, (v & bits[i].mask) == bits[i].want);
	if (gh_item_msr(it, 0x503, &v) == GH_MSR_READ)
		gh_fact_put_bool(s, "sgx.debug", v != 0);
	if (gh_item_msr(it, 0xa0, &v) == GH_MSR_READ && v <= INT64_MAX)
		gh_fact_put_int(s, "tdx.mcheck", (int64_t)v);
	if (gh_item_msr(it, 0x500, &v) == GH_MSR_READ)
		gh_fact_put_int(s, "tdx.seamldr_svn", (int64_t)(v >> 56));
	if (gh_item_msr(it, 0x87, &v) == GH_MSR_READ)
		gh_fact_put_int(s, "tdx.private_keyids", (int64_t)(v >> 32));
	if (gh_item_msr(it, 0xc0010132, &v) == GH_MSR_READ &&
	    gh_item_msr(it, 0xc0010133, &end) == GH_MSR_READ)
		gh_fact_put_int(
		    s, "snp.rmp_mib", end > v ? (int64_t)((end - v + 1) >> 20) : 0);
}

/* ---- TDX, SEV-SNP ---------------------------------------------------------------------- */

static void tdx(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *klog = gh_fact_item(p, "klog"),
				   *registration = gh_fact_item(p, "registration");
	struct gh_tdx_module m;
	struct gh_bytes line;
	uint64_t from, to;

	if (gh_tdx_module_read(&m, p)) {
		gh_fact_put(s, "tdx.module", gh_text_of(m.version));
		gh_fact_put(s, "tdx.mrseam", gh_text_of(m.mrseam));
	}
	if (registration && registration->data.len)
		gh_fact_put_bool(s, "tdx.registered",
		    gh_item_line(registration, "completed successfully", NULL) ||
			gh_item_line(registration, "passed successfully", NULL) ||
			gh_item_line(
			    registration, "Registration process completed", NULL));
	if (!klog)
		return;
	if (gh_item_line(klog, "initialization failed", &line) &&
	    gh_text_find(line, "tdx"))
		gh_fact_put_bool(s, "tdx.initialized", false);
	else if (gh_item_line(klog, "virt/tdx: module initialized", NULL) ||
		 gh_item_line(klog, "TDX-Module initialized", NULL))
		gh_fact_put_bool(s, "tdx.initialized", true);
	else if (gh_klog_whole(klog))
		gh_fact_put_bool(s, "tdx.initialized", false);
	if (gh_item_line(klog, "private KeyID range [", &line) &&
	    gh_number_after(line, "range [", &from) && gh_number_after(line, ", ", &to) &&
	    to >= from && to <= UINT32_MAX)
		gh_fact_put_int(s, "tdx.private_keyids", (int64_t)(to - from));
}

static void snp(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *klog = gh_fact_item(p, "klog");
	uint64_t major, minor, build, from, to;
	struct gh_bytes line;
	char text[64];

	if (!klog)
		return;
	if (gh_item_line(klog, "SEV-SNP API:", &line) &&
	    gh_snp_api(line, &major, &minor, &build)) {
		snprintf(text, sizeof(text), "%llu.%llu.%llu", (unsigned long long)major,
		    (unsigned long long)minor, (unsigned long long)build);
		gh_fact_put(s, "snp.firmware", gh_text_of(text));
	}
	if (gh_item_line(klog, "SEV-SNP enabled (ASIDs ", &line) &&
	    gh_number_after(line, "(ASIDs ", &from) && gh_number_after(line, "- ", &to) &&
	    to <= UINT32_MAX)
		gh_fact_put_int(
		    s, "snp.asids", from && to >= from ? (int64_t)(to - from + 1) : 0);
	if (gh_item_line(klog, "AMD-Vi: IOMMU SNP support enabled", NULL))
		gh_fact_put_bool(s, "snp.iommu", true);
	else if (gh_klog_whole(klog))
		gh_fact_put_bool(s, "snp.iommu", false);
}

/* ---- PCI ------------------------------------------------------------------------------ */

struct devices {
	struct gh_bytes bdf[DEVICES_MAX];
	bool bound[DEVICES_MAX];
	size_t n;
};

struct bus {
	struct devices gpu, nvswitch;
	int64_t nics;
};

static void keep(struct devices *d, struct gh_bytes bdf)
{
	if (d->n < DEVICES_MAX)
		d->bdf[d->n++] = bdf;
}

/* "10de:2330" of "0x10de" and "0x2330". */
static void model(struct gh_fact_sink *s, struct gh_bytes vendor, struct gh_bytes device)
{
	char text[16];

	if (vendor.len != 6 || device.len != 6)
		return;
	snprintf(text, sizeof(text), "%.4s:%.4s", (const char *)vendor.p + 2,
	    (const char *)device.p + 2);
	gh_fact_add(s, "gpu.models", gh_text_of(text));
}

/* The attributes of one function come together, vendor and device before class. */
static void walk_bus(
    struct gh_fact_sink *s, struct bus *b, const struct gh_probe_item *it)
{
	struct gh_walk w = gh_walk_of(it, PCI, "");
	struct gh_bytes vendor = {0}, device = {0};

	while (gh_walk_next(&w)) {
		const size_t skip = sizeof(PCI) - 1;
		struct gh_bytes bdf = {w.path.p + skip, BDF_LEN}, name;

		if (w.path.len < skip + BDF_LEN + 2)
			continue;
		name = (struct gh_bytes){bdf.p + BDF_LEN, w.path.len - skip - BDF_LEN};
		if (gh_text_is(name, "/vendor")) {
			vendor = w.value;
			device = (struct gh_bytes){0};
		} else if (gh_text_is(name, "/device")) {
			device = w.value;
		} else if (!gh_text_is(name, "/class")) {
			continue;
		} else if (gh_text_is(vendor, MELLANOX)) {
			b->nics += gh_text_starts(w.value, "0x02");
		} else if (!gh_text_is(vendor, NVIDIA)) {
			continue;
		} else if (gh_text_starts(w.value, CLASS_3D)) {
			keep(&b->gpu, bdf);
			model(s, vendor, device);
		} else if (gh_text_starts(w.value, CLASS_BRIDGE)) {
			keep(&b->nvswitch, bdf);
		}
	}
}

/* Of "... PATH/driver -> ../../../bus/pci/drivers/vfio-pci". */
static void walk_drivers(struct gh_fact_sink *s, struct devices *d,
    const struct gh_probe_item *it, const char *name)
{
	struct gh_bytes rest, line;

	for (rest = it->data; d->n && gh_text_line(&rest, &line);) {
		const unsigned char *at = gh_text_find(line, PCI), *last;
		const size_t skip = sizeof(PCI) - 1;

		if (!at || line.p + line.len < at + skip + BDF_LEN)
			continue;
		last = line.p + line.len;
		while (last > line.p && last[-1] != '/')
			last--;
		for (size_t i = 0; i < d->n; i++) {
			if (memcmp(at + skip, d->bdf[i].p, BDF_LEN) != 0)
				continue;
			d->bound[i] = true;
			gh_fact_add(s, name,
			    (struct gh_bytes){last, (size_t)(line.p + line.len - last)});
		}
	}
	for (size_t i = 0; i < d->n; i++)
		if (!d->bound[i])
			gh_fact_add(s, name, gh_text_of("unbound"));
}

/* "TOTAL_ERR_FATAL 0" of each function and kind. */
static void aer(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "pci.aer");
	struct gh_bytes word, count;
	uint64_t sum = 0, v;
	struct gh_walk w;

	if (!it || it->data.len == 0)
		return;
	w = gh_walk_of(it, PCI, "");
	while (gh_walk_next(&w))
		if (!gh_text_word(&w.value, &word) || !gh_text_word(&w.value, &count) ||
		    gh_text_u64(count, 10, &v) != 0 || gh_add(sum, v, &sum) ||
		    sum > INT64_MAX)
			return;
	gh_fact_put_int(s, "pcie.aer_errors", (int64_t)sum);
}

static void pci(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "pci"),
				   *drivers = gh_fact_item(p, "pci.driver");
	struct bus b = {.nics = 0};

	if (!it)
		return;
	walk_bus(s, &b, it);
	gh_fact_put_int(s, "gpu.count", (int64_t)b.gpu.n);
	gh_fact_put_int(s, "switch.count", (int64_t)b.nvswitch.n);
	gh_fact_put_int(s, "nic.count", b.nics);
	if (!drivers)
		return;
	walk_drivers(s, &b.gpu, drivers, "gpu.driver");
	walk_drivers(s, &b.nvswitch, drivers, "switch.driver");
}

void gh_facts_read_hw(struct gh_fact_sink *s, const struct gh_probe *p)
{
	struct gh_cpu c;
	bool known = cpu(s, &c, p);

	registers(s, p);
	if (!known || strcmp(c.vendor, "GenuineIntel") == 0)
		tdx(s, p);
	if (!known || strcmp(c.vendor, "AuthenticAMD") == 0)
		snp(s, p);
	pci(s, p);
	aer(s, p);
}
