/* SPDX-License-Identifier: Apache-2.0
 * The evaluation of TCB levels. Pure arithmetic on documents that were verified before. */
#include "evidence/tdx_tcb.h"

#define COMPONENTS 16

/* A TDX module with a major version has levels of its own, and the first two components of
 * TEE_TCB_SVN name that module: they are not compared then. */
static size_t first_component(const uint8_t svn[static 16])
{
	return svn[1] > 0 ? 2 : 0;
}

static bool reaches(const struct gh_tcb_level *l, const struct gh_tdx_pck *pck,
    const uint8_t svn[static 16])
{
	for (size_t i = 0; i < COMPONENTS; i++)
		if (pck->comp[i] < l->sgx[i])
			return false;
	for (size_t i = first_component(svn); i < COMPONENTS; i++)
		if (svn[i] < l->tdx[i])
			return false;
	return pck->pce_svn >= l->pce_svn;
}

static const struct gh_tcb_svn_level *find_svn(
    const struct gh_tcb_svn_levels *levels, unsigned int svn)
{
	for (size_t i = 0; i < levels->n; i++)
		if (svn >= levels->at[i].isvsvn)
			return &levels->at[i];
	return NULL;
}

/* What an OutOfDate or Revoked part makes of the platform's status. */
static enum gh_tdx_status converge(
    enum gh_tdx_status platform, const struct gh_tcb_svn_level *part)
{
	if (!part || platform == GH_TCB_REVOKED)
		return platform;
	if (part->is.status == GH_TCB_REVOKED)
		return GH_TCB_REVOKED;
	if (part->is.status != GH_TCB_OUT_OF_DATE)
		return platform;
	switch (platform) {
	case GH_TCB_UP_TO_DATE:
	case GH_TCB_SW_HARDENING_NEEDED:
		return GH_TCB_OUT_OF_DATE;
	case GH_TCB_CONFIGURATION_NEEDED:
	case GH_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED:
		return GH_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED;
	default:
		return platform;
	}
}

static int64_t earlier(int64_t date, const struct gh_tcb_svn_level *part)
{
	return part && part->is.date < date ? part->is.date : date;
}

/* Finds the three levels; what is missing first is what is said. */
static enum gh_tcb_miss find_levels(
    struct gh_tcb_eval *out, const struct gh_tcb_input *in, const uint8_t svn[static 16])
{
	for (size_t i = 0; i < in->info->n_levels && !out->platform; i++)
		if (reaches(&in->info->levels[i], in->pck, svn))
			out->platform = &in->info->levels[i];
	out->qe = find_svn(&in->qe->levels, in->qe_svn);
	if (svn[1] > 0) {
		out->identity = gh_tcb_info_module(in->info, svn[1]);
		if (!out->identity)
			return GH_TCB_MISS_IDENTITY;
		out->module = find_svn(&out->identity->levels, svn[0]);
		if (!out->module)
			return GH_TCB_MISS_MODULE;
	}
	if (!out->platform)
		return GH_TCB_MISS_PLATFORM;
	return out->qe ? GH_TCB_MISS_NONE : GH_TCB_MISS_QE;
}

void gh_tcb_evaluate(
    struct gh_tcb_eval *out, const struct gh_tcb_input *in, const uint8_t svn[static 16])
{
	*out = (struct gh_tcb_eval){.status = GH_TCB_UNKNOWN};
	out->miss = find_levels(out, in, svn);
	if (out->miss != GH_TCB_MISS_NONE)
		return;
	out->status = converge(converge(out->platform->is.status, out->module), out->qe);
	out->date = earlier(earlier(out->platform->is.date, out->module), out->qe);
}

static bool is_old(enum gh_tdx_status s)
{
	return s == GH_TCB_OUT_OF_DATE || s == GH_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED;
}

static bool wants_configuration(enum gh_tdx_status s)
{
	return s == GH_TCB_CONFIGURATION_NEEDED ||
	       s == GH_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED ||
	       s == GH_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED;
}

enum gh_tdx_status gh_tcb_status(
    const struct gh_tcb_eval *launch, const struct gh_tcb_eval *current)
{
	bool mended = current && (current->status == GH_TCB_UP_TO_DATE ||
				     current->status == GH_TCB_SW_HARDENING_NEEDED ||
				     current->status == GH_TCB_CONFIGURATION_NEEDED ||
				     current->status ==
					 GH_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED);

	if (!is_old(launch->status) || !mended)
		return launch->status;
	return wants_configuration(launch->status) || wants_configuration(current->status)
		   ? GH_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED
		   : GH_TCB_TD_RELAUNCH_ADVISED;
}

static bool has_bit(const struct gh_tcb_bits *b, size_t i)
{
	return b->word[i / 64] >> (i % 64) & 1;
}

static void add_name(struct gh_buf *out, const char *name, const char *sep)
{
	if (out->len)
		gh_buf_fmt(out, ",%s", sep);
	gh_buf_str(out, name);
}

static bool names(
    const struct gh_tcb_advisories *all, const struct gh_tcb_bits *bits, const char *name)
{
	for (size_t i = 0; i < all->n; i++)
		if (has_bit(bits, i) && strcmp(all->at[i], name) == 0)
			return true;
	return false;
}

void gh_tcb_list_advisories(struct gh_buf *out, const struct gh_tcb_input *in,
    const struct gh_tcb_eval *e, const char *sep)
{
	const struct gh_tcb_advisories *info = &in->info->advisories,
				       *qe = &in->qe->advisories;
	struct gh_tcb_bits bits = {0};

	for (size_t i = 0; i < GH_COUNT(bits.word); i++)
		bits.word[i] = (e->platform ? e->platform->is.advisories.word[i] : 0) |
			       (e->module ? e->module->is.advisories.word[i] : 0);
	for (size_t i = 0; i < info->n; i++)
		if (has_bit(&bits, i))
			add_name(out, info->at[i], sep);
	for (size_t i = 0; e->qe && i < qe->n; i++)
		if (has_bit(&e->qe->is.advisories, i) && !names(info, &bits, qe->at[i]))
			add_name(out, qe->at[i], sep);
}
