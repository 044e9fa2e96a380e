/* SPDX-License-Identifier: Apache-2.0
 * Mode and place, stated in opaque data and shown by the measurements. */
#include "evidence/gpu_mode.h"

#include <stdio.h>

#include "evidence/tee.h"

enum mode { SPT, MPT, PPCIE, N_MODES };
static const char *const mode_word[] = {"SPT", "MPT", "PPCIE"};

/* Which alternative a mode shows at the indexes that depend on it (section 1.5); -1: any.
 * Where a RIM lists two values at 36 the second one is PPCIE. */
static const struct {
	size_t index;
	int alternative[N_MODES];
} mode_marks[] = {{32, {0, -1, 1}}, {33, {0, -1, 1}}, {36, {0, 1, 2}}};

/* A number of one or two bytes, little-endian; -1: absent. */
static int value_of(const struct gh_gpu_case *c, unsigned int type)
{
	const struct gh_opaque *o = gh_spdm_opaque(&c->spdm, type);
	if (o == NULL || o->data.len == 0 || o->data.len > 2)
		return -1;
	return o->data.p[0] | (o->data.len == 2 ? o->data.p[1] << 8 : 0);
}

static bool sees_switches(const struct gh_gpu_case *c)
{
	const struct gh_opaque *o = gh_spdm_opaque(&c->spdm, GH_OPAQUE_SWITCH_PDI);
	return o != NULL && !gh_is_zero(o->data.p, o->data.len);
}

/* The mode the report states, N_MODES when it states none; a code when it contradicts
 * itself (section 1.6). */
static const char *mode_stated(const struct gh_gpu_case *c, enum mode *out)
{
	int flag = value_of(c, GH_OPAQUE_FEATURE_FLAG);
	int ppcie = value_of(c, GH_OPAQUE_PPCIE_STATUS);
	bool on = ppcie == GH_STATUS_ON;
	*out = N_MODES;
	if (flag > PPCIE || (ppcie >= 0 && !on && ppcie != GH_STATUS_OFF))
		return "gpu.mode.value";
	if (ppcie >= 0)
		*out = on ? PPCIE : SPT;
	if (flag >= 0)
		*out = (enum mode)flag;
	if (flag >= 0 && ppcie >= 0 && (flag == PPCIE) != on)
		return "gpu.mode.flag";
	return on != sees_switches(c) ? "gpu.mode.switches" : NULL;
}

static bool mode_measured(
    const struct gh_gpu_case *c, const struct gh_rim *rim, enum mode m)
{
	for (size_t i = 0; i < GH_COUNT(mode_marks); i++) {
		const struct gh_rim_entry *e = &rim->entry[mode_marks[i].index];
		int k = mode_marks[i].alternative[m];
		if (!e->active || e->n_alternatives < 2 || k < 0)
			continue;
		if ((size_t)k >= e->n_alternatives)
			k = (int)e->n_alternatives - 1;
		if (!gh_gpu_block_is(c, mode_marks[i].index, e, (size_t)k))
			return false;
	}
	return true;
}

static void tell_unstated(struct gh_finding *f, bool restricted)
{
	gh_say(&f->observed, "stated: none");
	gh_say(&f->why, "a driver of this age does not state the mode");
	gh_judge(f, restricted ? GH_UNKNOWN : GH_SKIP, "gpu.mode.unstated");
	if (restricted)
		gh_say(&f->remedy,
		    "Install a driver of 570 or later: the policy allows some modes "
		    "only.");
}

static bool mode_allowed(const struct gh_gpu_case *c, struct gh_finding *f, enum mode m)
{
	char fact[64];
	if (gh_gpu_policy(c->ctx)->modes >> m & 1)
		return true;
	snprintf(fact, sizeof(fact), "%s, which the policy does not allow", mode_word[m]);
	gh_gpu_refuse(f, "gpu.mode.policy", fact);
	gh_say(&f->remedy, "Set the GPU to an allowed mode, or allow it (nvidia.modes).");
	return false;
}

void gh_gpu_mode_judge(struct gh_gpu_case *c, const struct gh_rim *driver)
{
	struct gh_finding *f =
	    gh_gpu_begin(c, "gpu.mode", "gpu.spdm.parse", "protection mode");
	enum mode m = N_MODES;
	const char *code;
	char fact[96];
	gh_say(
	    &f->expected, "feature flag, PCIe status and measurements 32, 33, 36 agree");
	if (!c->parsed) {
		gh_gpu_settle(f, false, "no report");
		return;
	}
	code = mode_stated(c, &m);
	if (code != NULL) {
		gh_gpu_refuse(f, code, "the report contradicts itself");
		gh_say(&f->why, "the mode decides what protects the links of the GPU");
		return;
	}
	gh_claim(
	    gh_gpu_subject(c), "mode", "%s", m == N_MODES ? "unstated" : mode_word[m]);
	if (m == N_MODES) {
		tell_unstated(f, (gh_gpu_policy(c->ctx)->modes & 7) != 7);
		return;
	}
	if (!mode_allowed(c, f, m))
		return;
	if (driver == NULL) {
		snprintf(fact, sizeof(fact), "stated: %s", mode_word[m]);
		gh_gpu_settle(f, false, fact);
		gh_say(&f->why, "no driver RIM that matches to compare with");
		return;
	}
	f->lab = f->lab || driver->lab;
	if (!mode_measured(c, driver, m)) {
		snprintf(
		    fact, sizeof(fact), "stated %s, measured otherwise", mode_word[m]);
		gh_gpu_refuse(f, "gpu.mode.measured", fact);
		gh_say(&f->why, "the mode it claims is not the mode it runs in");
		return;
	}
	snprintf(fact, sizeof(fact), "%s, stated and measured", mode_word[m]);
	gh_gpu_settle(f, c->grounded, fact);
}

/* The indexes of a switch whose alternatives are one per place on the board. */
static const size_t place_marks[] = {10, 14, 18, 19, 20, 21, 22, 23, 24, 25};

void gh_gpu_position_judge(struct gh_gpu_case *c, const struct gh_rim *bios)
{
	struct gh_finding *f = gh_gpu_begin(
	    c, "gpu.position", "gpu.vbios.measurements", "place on the board");
	int place = c->parsed ? value_of(c, GH_OPAQUE_POSITION_ID) : -1;
	size_t seen = 0;
	char fact[96];
	f->severity = GH_SEV_WARN;
	gh_say(&f->expected, "POSITION_ID is the alternative at 10, 14, 18 to 25");
	if (bios == NULL || place < 0) {
		gh_gpu_settle(f, false,
		    place < 0 ? "no POSITION_ID" : "no RIM that matches to compare with");
		return;
	}
	f->lab = f->lab || bios->lab;
	for (size_t i = 0; i < GH_COUNT(place_marks); i++) {
		const struct gh_rim_entry *e = &bios->entry[place_marks[i]];
		if (!e->active || e->n_alternatives < 2)
			continue;
		seen++;
		if (gh_gpu_block_is(c, place_marks[i], e, (size_t)place))
			continue;
		snprintf(fact, sizeof(fact), "place %d stated, index %zu says another",
		    place, place_marks[i]);
		gh_say(&f->observed, "%s", fact);
		gh_judge(f, GH_WARN, "gpu.position.differs");
		gh_say(&f->why, "the switch may not be where it says that it is");
		gh_say(&f->remedy, "Compare with the other switches of this baseboard.");
		return;
	}
	snprintf(fact, sizeof(fact), "place %d, as measured at %zu indexes", place, seen);
	gh_gpu_settle(f, c->grounded && seen > 0, fact);
}
