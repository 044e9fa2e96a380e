/* SPDX-License-Identifier: Apache-2.0
 * The fleet of screen A (spec/console.md) as a model made by hand; `now` is fixed. */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ops/model.h"

#define FIXTURE_NOW 1792984447 /* 2026-10-26T03:14:07Z */

static void fixture_finding(
    struct gh_findings *fs, const char *const f[9], enum gh_verdict v)
{
	struct gh_finding *x = gh_findings_add(fs, f[0], f[1]);
	gh_say(&x->parent, "%s", f[2]);
	gh_say(&x->title, "%s", f[3]);
	gh_say(&x->expected, "%s", f[4]);
	gh_say(&x->observed, "%s", f[5]);
	gh_say(&x->why, "%s", f[6]);
	gh_say(&x->remedy, "%s", f[7]);
	gh_say(&x->source, "%s", f[8]);
	gh_judge(x, v, v == GH_PASS ? "" : "fixture.code");
	x->severity = GH_SEV_BLOCKER;
	x->assurance = GH_A3;
}

static void fixture_checks(struct gh_host_model *h, bool bad)
{
	static const char tdx[] = "G05 TDX enablement",
			  boot[] = "G03 Boot and secure boot", id[] = "G01 Identity",
			  cpu[] = "G04 CPU and microcode";
	const char *const rows[][9] = {
	    {h->name, "host.id.system", id, "System is the enrolled one",
		"SYS-821GE-TNHR", "SYS-821GE-TNHR", "The report must name the machine.",
		"", "dmi"},
	    {h->name, "host.id.hostkey", id, "SSH host key pinned", "pinned key", "same",
		"Everything else travels over this channel.", "", "handshake"},
	    {h->name, "host.boot.cmdline", boot, "Kernel command line",
		"nohibernate nosmt", bad ? "nosmt" : "nohibernate nosmt",
		"Hibernation writes memory to disk.", "Add nohibernate and boot again.",
		"/proc/cmdline"},
	    {h->name, "host.boot.secureboot", boot, "Secure Boot on", "on", "on",
		"Unsigned kernels must not start.", "", "efivars"},
	    {h->name, "host.cpu.microcode", cpu, "Microcode at baseline", ">= 0x2b000603",
		"0x2b000603", "The TDX TCB level counts it.", "", "sysfs"},
	    {h->name, "host.tdx.enabled", tdx, "TDX initialised", "initialised",
		"initialised", "Nothing works without.", "", "dmesg"},
	    {h->name, "host.tdx.module_min", tdx, "TDX module at baseline", ">= 1.5.05",
		bad ? "1.5.01" : "1.5.05",
		"A rolled-back module brings back fixed issues and lowers the TCB.",
		"Put the pinned module back, cold boot, run it again.",
		"/sys/firmware/tdx/tdx_module"},
	    {h->name, "host.tdx.qgs", tdx, "Quote service answers", "answers",
		bad ? "" : "answers", "No quote, no attestation.", "Start qgsd.",
		"vsock"},
	};
	static const enum gh_verdict broken[] = {
	    GH_PASS, GH_PASS, GH_WARN, GH_PASS, GH_PASS, GH_PASS, GH_FAIL, GH_UNKNOWN};
	for (size_t i = 0; i < GH_COUNT(rows); i++)
		fixture_finding(&h->checks.findings, rows[i], bad ? broken[i] : GH_PASS);
}

static void fixture_chain(struct gh_host_model *h, unsigned int gpu, bool revoked)
{
	char s[80];
	snprintf(s, sizeof(s), "%s:%u", h->name, gpu);
	const char *const rows[][9] = {
	    {s, "gpu.chain.root", "", "NVIDIA Device Identity CA", "pinned root",
		"pinned root", "The root of every device.", "", "sha256:11"},
	    {s, "gpu.chain.identity", "gpu.chain.root", "NVIDIA GH100 Identity",
		"signed by the root", "OCSP good", "Links root and line.", "",
		"sha256:22"},
	    {s, "gpu.chain.brom", "gpu.chain.identity", "GH100 A01 GSP BROM",
		"not revoked", revoked ? "OCSP REVOKED keyCompromise" : "OCSP good",
		"This card's own identity key can not be believed any more.",
		"Keep the bundle: x. Call NVIDIA.", "sha256:5e0b"},
	    {s, "gpu.chain.leaf", "gpu.chain.brom", "GH100 A01 GSP FMC LF",
		"signs report", "signs report", "Signs the report.", "", "sha256:33"},
	    {s, "gpu.spdm.signature", "gpu.chain.leaf", "SPDM signature", "verifies",
		"verifies", "Ties the measurements to the card.", "", "sha256:44"},
	    {s, "gpu.spdm.nonce", "gpu.spdm.signature", "nonce", "ours", "ours, 32 bytes",
		"Freshness.", "", "sha256:44"},
	    {s, "gpu.driver.rim", "gpu.spdm.signature", "driver RIM 570.172", "32 match",
		"32 of 32 match", "What runs is what was published.", "", "sha256:55"},
	    {s, "gpu.mode", "", "CC mode", "CC on, devtools off", "CC on, devtools off",
		"Without it memory is in the clear.", "", "sha256:44"},
	};
	static const enum gh_verdict broken[] = {
	    GH_PASS, GH_PASS, GH_FAIL, GH_SKIP, GH_SKIP, GH_SKIP, GH_SKIP, GH_PASS};
	for (size_t i = 0; i < GH_COUNT(rows); i++)
		fixture_finding(
		    &h->gpus.findings, rows[i], revoked ? broken[i] : GH_PASS);
	struct gh_subject *sub = gh_result_subject(&h->gpus, s, "gpu");
	gh_claim(sub, "arch", "GH100");
	gh_claim(sub, "driver", "570.172.08");
	gh_claim(sub, "vbios", "96.00.9F.00.04");
	gh_claim(sub, "pdi", "41431d480fe5e872");
}

static void fixture_host(
    struct gh_host_model *h, const char *name, const char *tee, enum gh_verdict v)
{
	snprintf(h->name, sizeof(h->name), "%s", name);
	snprintf(h->address, sizeof(h->address), "%s.example", name);
	snprintf(h->tee, sizeof(h->tee), "%s", tee);
	snprintf(h->product, sizeof(h->product), "SYS-821GE-TNHR");
	h->verdict = v;
	h->worst = v;
	h->gate = v == GH_FAIL   ? GH_GATE_SHUT
		  : v == GH_PASS ? GH_GATE_OPEN
				 : GH_GATE_HOLD;
	h->checked_at = FIXTURE_NOW - 41;
	h->n_pass = v == GH_FAIL ? 61 : v == GH_UNKNOWN ? 61 : 64;
	h->n_fail = v == GH_FAIL ? 3 : 0;
	h->n_unknown = v == GH_UNKNOWN ? 1 : 0;
	h->n_gpus = 8;
	for (unsigned int i = 0; i < 8; i++) {
		h->gpu[i].index = i;
		h->gpu[i].verdict = GH_PASS;
		h->gpu[i].attested_at = FIXTURE_NOW - 936;
		snprintf(h->gpu[i].subject, sizeof(h->gpu[i].subject), "%s:%u", name, i);
	}
	memcpy(h->strip, "............", 13);
	fixture_checks(h, v == GH_FAIL);
	fixture_chain(h, 5, v == GH_FAIL);
}

static void fixture_need(
    struct gh_model *m, const char *const t[4], enum gh_verdict v, int64_t ago)
{
	struct gh_need *n = &m->need[m->n_needs++];
	n->verdict = v;
	snprintf(n->subject, sizeof(n->subject), "%s", t[0]);
	snprintf(n->step, sizeof(n->step), "%s", t[1]);
	snprintf(n->text, sizeof(n->text), "%s", t[2]);
	snprintf(n->blocks, sizeof(n->blocks), "%s", t[3]);
	n->since = FIXTURE_NOW - ago;
}

static struct gh_model *fixture_model(void)
{
	struct gh_model *m = calloc(1, sizeof(*m));
	struct gh_host_model *h = calloc(4, sizeof(*h));
	if (!m || !h)
		abort();
	snprintf(m->fleet, sizeof(m->fleet), "prod-tdx");
	m->now = FIXTURE_NOW;
	m->oldest = FIXTURE_NOW - 41;
	m->fresh_s = 900;
	m->verdict = GH_FAIL;
	snprintf(m->sentence, sizeof(m->sentence),
	    "gate SHUT gpu-c HOLD gpu-d | GPUs 1 FAIL 1 WARN 1 STALE 29 ok | "
	    "hosts 1 FAIL 1 UNKN 2 ok");
	m->host = h;
	m->n_hosts = 4;
	fixture_host(&h[0], "gpu-c", "tdx", GH_FAIL);
	fixture_host(&h[1], "gpu-d", "snp", GH_UNKNOWN);
	fixture_host(&h[2], "gpu-b", "tdx", GH_PASS);
	fixture_host(&h[3], "gpu-a", "tdx", GH_PASS);
	h[0].gpu[5].verdict = GH_FAIL;
	h[1].gpu[7].verdict = GH_STALE;
	h[2].gpu[2].verdict = GH_WARN;
	h[0].strip[11] = 'X';
	memcpy(h[1].strip, "...~...~..~~", 13);
	h[2].strip[11] = '!';
	static const char *const t[][4] = {
	    {"gpu-c:5", "gpu.chain.brom", "device identity cert REVOKED, OCSP",
		"launch on gpu-c"},
	    {"gpu-c", "host.tdx.module_min", "3 of 64 host checks failed",
		"launch on gpu-c"},
	    {"gpu-d", "host.tdx.qgs", "BMC does not answer, BIOS not read",
		"launch on gpu-d"},
	    {"gpu-d:7", "gpu.spdm.nonce", "last evidence 31m old, limit 15m",
		"next launch"},
	    {"gpu-b:2", "gpu.vbios.rim", "VBIOS is behind the other 31 GPUs", ""},
	};
	fixture_need(m, t[0], GH_FAIL, 936);
	fixture_need(m, t[1], GH_FAIL, 965);
	fixture_need(m, t[2], GH_UNKNOWN, 1992);
	fixture_need(m, t[3], GH_STALE, 1856);
	fixture_need(m, t[4], GH_WARN, 7440);
	m->gpus_ok = 29;
	m->gpus_warn = m->gpus_fail = m->gpus_stale = 1;
	m->hosts_ok = 2;
	m->hosts_fail = m->hosts_unknown = 1;
	return m;
}
