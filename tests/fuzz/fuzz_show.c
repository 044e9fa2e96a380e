/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the loader and everything that takes evidence apart for a reader. The first byte
 * may name a kind, so that bytes which are like nothing reach every reader too. */
#include <stdlib.h>

#include "evidence/rim.h"
#include "evidence/show.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void show(const struct gh_evidence_set *set)
{
	gh_auto(struct gh_fields, gh_fields_free) fields = {0};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	for (size_t i = 0; i < set->n && i < 16; i++)
		if (gh_evidence_show(&fields, &set->at[i], NULL) < 0)
			abort(); /* no memory, or a promise broken */
	if (fields.depth != 0)
		abort();
	gh_fields_plain(&text, &fields);
	gh_auto(json_t *, gh_json_free) j = gh_fields_json(&fields);
	if (!json_is_array(j))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0}, as = {0};

	if (!ready && gh_rim_setup(NULL) < 0)
		abort();
	ready = true;
	if (gh_evidence_load(&set, data, size, GH_EV_UNKNOWN, NULL) == 0)
		show(&set);
	if (size > 0 && data[0] > 0 && data[0] < GH_EV_N &&
	    gh_evidence_load(
		&as, data + 1, size - 1, (enum gh_evidence_type)data[0], NULL) == 0)
		show(&as);
	return 0;
}
