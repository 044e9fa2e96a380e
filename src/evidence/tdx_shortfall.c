/* SPDX-License-Identifier: Apache-2.0
 * What a platform lacks to reach a level of Intel's TCB info, component by component, and
 * who can mend it. */
#include "base/clock.h"
#include "evidence/tdx_tcb.h"

#define COMPONENTS 16

/* What Intel's TCB infos call the components, the same in all that we have seen. */
static const struct part {
	const char *what; /* "" when Intel names none */
	unsigned int by;
} sgx_parts[COMPONENTS] =
    {
	[0] = {"BIOS: Early Microcode Update", GH_TCB_BY_BIOS},
	[1] = {"OS/VMM: SGX Late Microcode Update", GH_TCB_BY_VMM},
	[2] = {"OS/VMM: TXT SINIT", GH_TCB_BY_VMM},
	[3] = {"BIOS", GH_TCB_BY_BIOS},
	[4] = {"BIOS", GH_TCB_BY_BIOS},
	[5] = {"BIOS", GH_TCB_BY_BIOS},
	[7] = {"OS/VMM: SEAMLDR ACM", GH_TCB_BY_VMM},
},
  tdx_parts[COMPONENTS] = {
      [0] = {"OS/VMM: TDX Module", GH_TCB_BY_MODULE},
      [1] = {"OS/VMM: TDX Module", GH_TCB_BY_MODULE},
      [2] = {"OS/VMM: TDX Late Microcode Update", GH_TCB_BY_VMM},
};

struct shortfall {
	struct gh_buf *out; /* NULL: only counted */
	size_t n;
	unsigned int by;
};

static void add_gap(struct shortfall *s, const char *name, unsigned int have,
    unsigned int need, const struct part *part)
{
	unsigned int by = part->by ? part->by : GH_TCB_BY_BIOS | GH_TCB_BY_VMM;

	if (have >= need)
		return;
	if (s->out)
		gh_buf_fmt(s->out, "%s%s have %u need %u%s%s%s", s->n ? "; " : "", name,
		    have, need, part->what ? " (" : "", part->what ? part->what : "",
		    part->what ? ")" : "");
	s->n++;
	s->by |= by;
}

static void add_components(struct shortfall *s, const char *kind, const uint8_t *have,
    const uint8_t *need, const struct part *parts)
{
	gh_auto(struct gh_buf, gh_buf_free) name = {0};

	for (size_t i = 0; i < COMPONENTS; i++) {
		gh_buf_clear(&name);
		gh_buf_fmt(&name, "%s component %zu", kind, i);
		add_gap(s, gh_buf_cstr(&name), have[i], need[i], &parts[i]);
	}
}

static void add_level(struct shortfall *s, const struct gh_tcb_level *l,
    const struct gh_tdx_pck *pck, const uint8_t svn[static 16])
{
	static const struct part pce = {"SGX architectural enclave", GH_TCB_BY_PCE};
	uint8_t tdx[COMPONENTS];

	memcpy(tdx, l->tdx, sizeof(tdx));
	if (svn[1] > 0)
		tdx[0] = tdx[1] = 0; /* the module has levels of its own */
	add_components(s, "SGX", pck->comp, l->sgx, sgx_parts);
	add_gap(s, "PCESVN", pck->pce_svn, l->pce_svn, &pce);
	add_components(s, "TDX", svn, tdx, tdx_parts);
}

/* The level with a status in accept that lacks least; NULL when there is none. */
static const struct gh_tcb_level *nearest(
    const struct gh_tcb_input *in, const uint8_t svn[static 16], unsigned int accept)
{
	const struct gh_tcb_level *best = NULL;
	size_t least = 0;

	for (size_t i = 0; i < in->info->n_levels; i++) {
		const struct gh_tcb_level *l = &in->info->levels[i];
		struct shortfall s = {0};

		if (!(accept >> l->is.status & 1))
			continue;
		add_level(&s, l, in->pck, svn);
		if (!best || s.n < least) {
			best = l;
			least = s.n;
		}
	}
	return best;
}

/* The lowest ISVSVN that is UpToDate; 0 when none is. */
static unsigned int needed_svn(const struct gh_tcb_svn_levels *levels)
{
	unsigned int need = 0;

	for (size_t i = 0; i < levels->n; i++)
		if (levels->at[i].is.status == GH_TCB_UP_TO_DATE)
			need = levels->at[i].isvsvn;
	return need;
}

static void say_level(struct gh_buf *out, const struct gh_tcb_level *l)
{
	char date[GH_TIME_LEN];

	gh_time_text(date, l->is.date);
	gh_buf_fmt(out, "level %.10s by: ", date);
}

unsigned int gh_tcb_shortfall(struct gh_buf *out, const struct gh_tcb_input *in,
    const uint8_t svn[static 16], unsigned int accept)
{
	static const struct part module = {"OS/VMM: TDX Module", GH_TCB_BY_MODULE},
				 enclave = {"DCAP packages", GH_TCB_BY_QE};
	const struct gh_tcb_level *l = nearest(in, svn, accept);
	const struct gh_tcb_module *m =
	    svn[1] > 0 ? gh_tcb_info_module(in->info, svn[1]) : NULL;
	struct shortfall s = {0};

	if (l)
		add_level(&s, l, in->pck, svn);
	if (s.n)
		say_level(out, l);
	s = (struct shortfall){.out = out};
	if (l)
		add_level(&s, l, in->pck, svn);
	if (m)
		add_gap(&s, "TDX module ISVSVN", svn[0], needed_svn(&m->levels), &module);
	add_gap(&s, "quoting enclave ISVSVN", in->qe_svn, needed_svn(&in->qe->levels),
	    &enclave);
	return s.by;
}
