/* SPDX-License-Identifier: Apache-2.0
 * Entries of a log: which of them are the newest. */
#include "net/redfish_entries.h"

#include <stdlib.h>

#include "base/clock.h"

struct dated {
	int64_t at;
	size_t i;
};

/* Seconds, -1 when it does not say. */
static int64_t created(const json_t *entry)
{
	int64_t at;

	return gh_time_parse(gh_json_text(entry, "Created"), &at, NULL) == 0 ? at : -1;
}

bool gh_redfish_entries_ascend(const json_t *entries)
{
	size_t n = json_array_size(entries);
	int64_t first, last;

	if (n < 2)
		return false;
	first = created(json_array_get(entries, 0));
	last = created(json_array_get(entries, n - 1));
	return first >= 0 && first < last;
}

/* Newest first; of the same second, the later in the list. */
static int newest_first(const void *a, const void *b)
{
	const struct dated *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? 1 : -1;
	return x->i < y->i ? 1 : -1;
}

static int by_place(const void *a, const void *b)
{
	const struct dated *x = a, *y = b;

	return x->i < y->i ? -1 : 1;
}

int gh_redfish_entries_newest(json_t *entries, size_t n, struct gh_err *err)
{
	size_t all = json_array_size(entries);
	struct dated *d;

	if (all <= n)
		return 0;
	d = calloc(all, sizeof(*d));
	if (!d)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < all; i++)
		d[i] = (struct dated){created(json_array_get(entries, i)), i};
	qsort(d, all, sizeof(*d), newest_first);
	qsort(d, n, sizeof(*d), by_place);
	/* the kept ones move down; none is overtaken, as the places ascend */
	for (size_t i = 0; i < n; i++)
		json_array_set(entries, i, json_array_get(entries, d[i].i));
	for (size_t i = all; i-- > n;)
		json_array_remove(entries, i);
	free(d);
	return 0;
}
