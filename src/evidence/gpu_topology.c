/* SPDX-License-Identifier: Apache-2.0
 * T1 to T6 over the claims of all devices of a set. */
#include "evidence/gpu_topology.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "evidence/gpu_case.h"

#define FABRIC   "fabric"
#define PDI_LEN  16 /* hex digits */
#define LINKS    18
#define SWITCHES 4 /* of a baseboard in PPCIE mode */
#define GPUS     8
#define PORTS    64
#define ZERO_PDI "0000000000000000"
#define LOCKED   "0100"

struct device {
	const struct gh_subject *s;
	char pdi[PDI_LEN + 1]; /* of its certificate; "" when it has none */
	bool is_switch;
	bool proven; /* its own signature step is PASS, and so all that it stands on */
};

struct fabric {
	struct gh_result *out;
	const struct gh_context *ctx;
	struct device *at;
	size_t n, gpus, switches;
	size_t want_gpus, want_switches;
	bool ppcie, lab;
};

/* What a test of the fabric found: code NULL is nothing wrong. */
struct fault {
	const char *code;
	bool missing; /* UNKNOWN: not shown here, rather than wrong */
	char fact[200];
};

static bool set_fault(struct fault *x, const char *code, const char *fmt, ...)
    GH_PRINTF(3, 4);
/* Keeps the first that is wrong; what is missing only while nothing is wrong. */
static bool set_fault(struct fault *x, const char *code, const char *fmt, ...)
{
	va_list ap;
	if (x->code != NULL && !x->missing)
		return true;
	va_start(ap, fmt);
	vsnprintf(x->fact, sizeof(x->fact), fmt, ap);
	va_end(ap);
	x->code = code;
	x->missing = false;
	return true;
}

static void set_missing(struct fault *x, const char *code, const char *what)
{
	if (x->code != NULL)
		return;
	x->code = code;
	x->missing = true;
	snprintf(x->fact, sizeof(x->fact), "%s", what);
}

static struct gh_finding *begin(
    struct fabric *fb, const char *step, const char *parent, const char *title)
{
	struct gh_finding *f = gh_findings_add(&fb->out->findings, FABRIC, step);
	gh_say(&f->parent, "%s", parent);
	gh_say(&f->title, "%s", title);
	gh_say(&f->source, "signed reports of %zu devices", fb->n);
	f->assurance = GH_A3;
	f->lab = fb->lab;
	return f;
}

static bool holds(const struct fabric *fb, const char *step)
{
	const struct gh_finding *f = gh_findings_get(&fb->out->findings, FABRIC, step);
	return step[0] == '\0' || (f != NULL && f->verdict == GH_PASS);
}

static void settle(
    struct fabric *fb, struct gh_finding *f, const struct fault *x, const char *good)
{
	if (x->code == NULL) {
		gh_gpu_settle(f, holds(fb, f->parent), good);
		return;
	}
	gh_judge(f, x->missing ? GH_UNKNOWN : GH_FAIL, x->code);
	gh_say(&f->observed, "%s", x->fact);
	gh_say(&f->why,
	    x->missing ? "a device that is named and not shown may be anything"
		       : "the links of the GPUs lead somewhere else than they should");
	gh_say(&f->remedy,
	    x->missing ? "Collect evidence of every GPU and switch of the host."
		       : "Do not use the host; compare slots and cabling, then ask "
			 "NVIDIA.");
}

static size_t read_devices(struct fabric *fb)
{
	fb->n = fb->gpus = fb->switches = 0;
	for (size_t i = 0; i < fb->out->n_subjects; i++) {
		const struct gh_subject *s = &fb->out->subject[i];
		bool is_switch = strcmp(s->kind, "switch") == 0;
		struct device *d = &fb->at[fb->n];
		const struct gh_finding *f =
		    gh_findings_get(&fb->out->findings, s->name, "gpu.spdm.signature");
		if (!gh_gpu_is_device(s))
			continue;
		*d = (struct device){.s = s, .is_switch = is_switch};
		d->proven = f != NULL && f->verdict == GH_PASS;
		if (strlen(gh_claim_get(s, "pdi")) == PDI_LEN)
			memcpy(d->pdi, gh_claim_get(s, "pdi"), PDI_LEN + 1);
		fb->n++;
		fb->switches += is_switch;
		fb->gpus += !is_switch;
		fb->lab = fb->lab || (f != NULL && f->lab);
		fb->ppcie = fb->ppcie || strcmp(gh_claim_get(s, "mode"), "PPCIE") == 0;
	}
	return fb->n;
}

static void judge_count(struct fabric *fb)
{
	struct gh_finding *f =
	    begin(fb, "fabric.count", "fabric.identity", "devices of the fabric");
	struct fault x = {0};
	char fact[80];
	snprintf(fact, sizeof(fact), "%zu GPUs, %zu switches", fb->gpus, fb->switches);
	gh_say(&f->expected, "%zu GPUs, %zu switches", fb->want_gpus, fb->want_switches);
	if (fb->gpus < fb->want_gpus || fb->switches < fb->want_switches)
		set_missing(&x, "fabric.count.missing", fact);
	if (fb->gpus > fb->want_gpus || fb->switches > fb->want_switches)
		set_fault(&x, "fabric.count.more", "%s", fact);
	settle(fb, f, &x, fact);
}

/* T1: each device is who a certificate says, and nobody is there twice. */
static void judge_identity(struct fabric *fb)
{
	struct gh_finding *f =
	    begin(fb, "fabric.identity", "", "every device is one of its own");
	const struct device *weak = NULL;
	struct fault x = {0};
	char fact[80];
	gh_say(&f->expected, "a PDI of its own in each BROM certificate");
	for (size_t i = 0; i < fb->n; i++) {
		const struct device *d = &fb->at[i];
		weak = weak == NULL && !d->proven ? d : weak;
		if (d->pdi[0] == '\0')
			set_fault(&x, "fabric.identity.pdi", "%s has no PDI", d->s->name);
		for (size_t k = 0; k < i; k++)
			if (d->pdi[0] != '\0' && strcmp(d->pdi, fb->at[k].pdi) == 0)
				set_fault(&x, "fabric.identity.twin",
				    "%s and %s are one device, PDI %s", fb->at[k].s->name,
				    d->s->name, d->pdi);
	}
	snprintf(fact, sizeof(fact), "%zu distinct PDIs", fb->n);
	if (x.code != NULL || weak == NULL) {
		settle(fb, f, &x, fact);
		return;
	}
	gh_gpu_settle(f, false, fact);
	gh_say(&f->why, "%s (PDI %s) is not proven itself: what it states counts nothing",
	    weak->s->name, weak->pdi[0] == '\0' ? "unknown" : weak->pdi);
}

/* T2: a switch states the PDI that its certificate carries. */
static void judge_switches(struct fabric *fb)
{
	struct gh_finding *f =
	    begin(fb, "fabric.switches", "fabric.identity", "switches are who they say");
	struct fault x = {0};
	gh_say(&f->expected, "DEVICE_PDI of each switch = PDI of its certificate");
	if (fb->switches == 0)
		set_missing(&x, "fabric.switches.absent", "no evidence of a switch");
	for (size_t i = 0; i < fb->n; i++) {
		const struct device *d = &fb->at[i];
		const char *said = gh_claim_get(d->s, "device_pdi");
		if (d->is_switch && (said[0] == '\0' || strcmp(said, d->pdi) != 0))
			set_fault(&x, "fabric.switches.pdi",
			    "%s has PDI %s and states %s", d->s->name, d->pdi,
			    said[0] == '\0' ? "none" : said);
	}
	settle(fb, f, &x, "equal");
}

/* True when the list (hex, PDI after PDI) holds that PDI. */
static bool lists(const char *list, const char *pdi)
{
	size_t len = strlen(list);
	for (size_t i = 0; i + PDI_LEN <= len; i += PDI_LEN)
		if (memcmp(list + i, pdi, PDI_LEN) == 0)
			return true;
	return false;
}

static const struct device *find_device(
    const struct fabric *fb, const char *pdi, bool is_switch)
{
	for (size_t i = 0; i < fb->n; i++)
		if (fb->at[i].is_switch == is_switch &&
		    strncmp(fb->at[i].pdi, pdi, PDI_LEN) == 0)
			return &fb->at[i];
	return NULL;
}

/* How a list and the devices of the other kind differ; both ways. */
static void match_list(const struct fabric *fb, const struct device *d, const char *list,
    const char *const codes[2], struct fault *x)
{
	char fact[200];
	size_t len = strlen(list);
	for (size_t i = 0; i < fb->n; i++)
		if (fb->at[i].is_switch != d->is_switch && !lists(list, fb->at[i].pdi))
			set_fault(x, codes[0], "%s (PDI %s) does not name %s (PDI %s)",
			    d->s->name, d->pdi, fb->at[i].s->name, fb->at[i].pdi);
	for (size_t i = 0; i + PDI_LEN <= len; i += PDI_LEN) {
		if (strncmp(list + i, ZERO_PDI, PDI_LEN) == 0 ||
		    find_device(fb, list + i, !d->is_switch) != NULL)
			continue;
		snprintf(fact, sizeof(fact), "%s (PDI %s) names %.16s, which is not here",
		    d->s->name, d->pdi, list + i);
		set_missing(x, codes[1], fact);
	}
}

/* Each of 4 switches is behind 4 or 5 of the 18 links: 5 + 5 + 4 + 4. */
static bool split_ok(const char *list)
{
	size_t four = 0, five = 0;
	for (size_t i = 0; i < LINKS; i++) {
		const char *pdi = list + i * PDI_LEN;
		size_t count = 0;
		bool first = true;
		for (size_t k = 0; k < LINKS; k++) {
			bool same = strncmp(pdi, list + k * PDI_LEN, PDI_LEN) == 0;
			count += same;
			first = first && !(same && k < i);
		}
		if (!first || strncmp(pdi, ZERO_PDI, PDI_LEN) == 0)
			continue;
		if (count != 4 && count != 5)
			return false;
		four += count == 4;
		five += count == 5;
	}
	return four == 2 && five == 2;
}

/* T3: the links of every GPU lead to these switches and to no others. */
static void judge_gpu_links(struct fabric *fb)
{
	static const char *const codes[] = {
	    "fabric.gpu-links.unlisted", "fabric.gpu-links.absent"};
	struct gh_finding *f = begin(fb, "fabric.gpu-links", "fabric.identity",
	    "links of the GPUs lead to these switches");
	struct fault x = {0};
	gh_say(&f->expected, "18 links of each GPU, 5 + 5 + 4 + 4 to the switches' PDIs");
	for (size_t i = 0; i < fb->n; i++) {
		const struct device *d = &fb->at[i];
		const char *list = gh_claim_get(d->s, "switch_pdis");
		if (d->is_switch)
			continue;
		if (strlen(list) != LINKS * PDI_LEN) {
			set_fault(&x, "fabric.gpu-links.list",
			    "%s (PDI %s) has no list of switches", d->s->name, d->pdi);
			continue;
		}
		match_list(fb, d, list, codes, &x);
		if (!split_ok(list))
			set_fault(&x, "fabric.gpu-links.split",
			    "%s (PDI %s): its 18 links are not split 5 + 5 + 4 + 4",
			    d->s->name, d->pdi);
	}
	if (fb->gpus == 0)
		set_missing(&x, codes[1], "no evidence of a GPU");
	settle(fb, f, &x, "every link");
}

static size_t count_distinct(const char *list)
{
	size_t n = 0, len = strlen(list);
	for (size_t i = 0; i + PDI_LEN <= len; i += PDI_LEN) {
		bool first = strncmp(list + i, ZERO_PDI, PDI_LEN) != 0;
		for (size_t k = 0; k < i; k += PDI_LEN)
			first = first && strncmp(list + i, list + k, PDI_LEN) != 0;
		n += first;
	}
	return n;
}

/* T4: every switch serves these GPUs and no others. */
static void judge_switch_links(struct fabric *fb)
{
	static const char *const codes[] = {
	    "fabric.switch-links.unlisted", "fabric.switch-links.absent"};
	struct gh_finding *f = begin(
	    fb, "fabric.switch-links", "fabric.switches", "switches serve these GPUs");
	struct fault x = {0};
	gh_say(&f->expected, "8 PDIs in the list of each switch, those of the GPUs");
	for (size_t i = 0; i < fb->n; i++) {
		const struct device *d = &fb->at[i];
		const char *list = gh_claim_get(d->s, "gpu_pdis");
		if (!d->is_switch)
			continue;
		if (strlen(list) != GPUS * PDI_LEN || count_distinct(list) != GPUS)
			set_fault(&x, "fabric.switch-links.list",
			    "%s (PDI %s) does not list %d GPUs", d->s->name, d->pdi,
			    GPUS);
		else
			match_list(fb, d, list, codes, &x);
	}
	if (fb->switches == 0)
		set_missing(&x, codes[1], "no evidence of a switch");
	settle(fb, f, &x, "every list");
}

/* All devices of the kind (-1: of both) must state the same. */
static void same_claim(const struct fabric *fb, int is_switch, const char *claim,
    const char *code, struct fault *x)
{
	const struct device *first = NULL;
	for (size_t i = 0; i < fb->n; i++) {
		const struct device *d = &fb->at[i];
		const char *mine = gh_claim_get(d->s, claim);
		if (is_switch >= 0 && d->is_switch != is_switch)
			continue;
		first = first == NULL ? d : first;
		if (mine[0] == '\0' || strcmp(mine, gh_claim_get(first->s, claim)) != 0)
			set_fault(x, code, "%s (PDI %s) has %s %s, %s has %s", d->s->name,
			    d->pdi, claim, mine[0] == '\0' ? "none" : mine,
			    first->s->name, gh_claim_get(first->s, claim));
	}
}

static void check_switch_places(const struct fabric *fb, struct fault *x)
{
	const struct device *taken[SWITCHES] = {NULL};
	for (size_t i = 0; i < fb->n; i++) {
		const struct device *d = &fb->at[i];
		const char *place = gh_claim_get(d->s, "position_id");
		const char *lock = gh_claim_get(d->s, "lock_status");
		size_t at = place[0] == '\0' ? SWITCHES : (size_t)(place[0] - '0');
		if (!d->is_switch)
			continue;
		if (strcmp(lock, LOCKED) != 0)
			set_fault(x, "fabric.uniform.lock",
			    "%s (PDI %s) is not locked: %s", d->s->name, d->pdi,
			    lock[0] == '\0' ? "unstated" : lock);
		if (at >= SWITCHES || place[1] != '\0')
			set_fault(x, "fabric.uniform.position",
			    "%s (PDI %s) states place \"%s\", want 0 to 3", d->s->name,
			    d->pdi, place);
		else if (taken[at] != NULL)
			set_fault(x, "fabric.uniform.position",
			    "%s (PDI %s) and %s both state place %zu", d->s->name, d->pdi,
			    taken[at]->s->name, at);
		else
			taken[at] = d;
	}
}

/* T5: one question, one driver, one mode, four places, all locked. */
static void judge_uniform(struct fabric *fb)
{
	struct gh_finding *f =
	    begin(fb, "fabric.uniform", "fabric.identity", "one nonce, driver, mode");
	struct fault x = {0};
	gh_say(&f->expected,
	    "one nonce; one driver and PPCIE mode on the GPUs; switches locked, places "
	    "0 to 3");
	same_claim(fb, -1, "nonce", "fabric.uniform.nonce", &x);
	same_claim(fb, 0, "driver", "fabric.uniform.driver", &x);
	same_claim(fb, 0, "mode", "fabric.uniform.mode", &x);
	for (size_t i = 0; i < fb->n; i++)
		if (!fb->at[i].is_switch &&
		    strcmp(gh_claim_get(fb->at[i].s, "mode"), "PPCIE") != 0)
			set_fault(&x, "fabric.uniform.mode",
			    "%s (PDI %s) is in mode %s, not PPCIE", fb->at[i].s->name,
			    fb->at[i].pdi, gh_claim_get(fb->at[i].s, "mode"));
	check_switch_places(fb, &x);
	settle(fb, f, &x, "all agree");
}

/* T6: a lower bound only, because some BIOS versions stop filling the map early. */
static void judge_ports(struct fabric *fb)
{
	struct gh_finding *f = begin(fb, "fabric.ports", "fabric.switch-links",
	    "every GPU is behind a port of every switch");
	struct fault x = {0};
	gh_say(&f->expected, "GPU 0 to 7 in the port map of each switch");
	for (size_t i = 0; i < fb->n; i++) {
		const struct device *d = &fb->at[i];
		const char *map = gh_claim_get(d->s, "port_map");
		bool seen[GPUS] = {false};
		if (!d->is_switch)
			continue;
		if (strlen(map) != 2 * PORTS)
			set_fault(&x, "fabric.ports.map", "%s (PDI %s) has no port map",
			    d->s->name, d->pdi);
		for (size_t k = 0; k + 1 < strlen(map); k += 2)
			if (map[k] == '0' && map[k + 1] >= '0' && map[k + 1] < '0' + GPUS)
				seen[map[k + 1] - '0'] = true;
		for (size_t k = 0; strlen(map) == 2 * PORTS && k < GPUS; k++)
			if (!seen[k])
				set_fault(&x, "fabric.ports.gpu",
				    "%s (PDI %s): no port leads to GPU %zu of its list",
				    d->s->name, d->pdi, k);
	}
	if (fb->switches == 0)
		set_missing(&x, "fabric.ports.absent", "no evidence of a switch");
	settle(fb, f, &x, "every GPU");
}

static void judge_all(struct fabric *fb)
{
	const struct gh_nvidia_policy *p = gh_gpu_policy(fb->ctx);
	bool fabric = fb->ppcie || (fb->switches > 0 && fb->n > 1);
	if (!fabric && p->gpus == 0 && p->switches == 0)
		return;
	fb->want_gpus = p->gpus > 0 ? p->gpus : fabric ? GPUS : fb->gpus;
	fb->want_switches = p->switches > 0 ? p->switches
			    : fabric        ? SWITCHES
					    : fb->switches;
	(void)gh_result_subject(fb->out, FABRIC, FABRIC);
	(void)read_devices(fb); /* a new subject may have moved the others */
	judge_identity(fb);
	judge_count(fb);
	if (!fabric)
		return;
	judge_switches(fb);
	judge_gpu_links(fb);
	judge_switch_links(fb);
	judge_uniform(fb);
	judge_ports(fb);
}

void gh_gpu_topology(struct gh_result *out, const struct gh_context *ctx)
{
	struct fabric fb = {.out = out, .ctx = ctx};
	fb.at = calloc(out->n_subjects + 1, sizeof(*fb.at));
	if (fb.at == NULL) {
		out->oom = true;
		return;
	}
	if (read_devices(&fb) > 0)
		judge_all(&fb);
	free(fb.at);
}
