/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the readers of facts: bytes that are JSON stand for a BMC, others for items of the
 * probe, one after the other (ID NEWLINE DATA, divided by a zero byte). */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "checks/checks.h"

#define ITEMS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each fact is in the dictionary, of its type, clean; sets are sorted without doubles. */
static void check(const json_t *facts)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)facts, name, v)
	{
		static const json_type type[] = {[GH_FACT_TEXT] = JSON_STRING,
		    [GH_FACT_INT] = JSON_INTEGER,
		    [GH_FACT_BOOL] = JSON_TRUE,
		    [GH_FACT_VERSION] = JSON_STRING,
		    [GH_FACT_SET] = JSON_ARRAY};
		const struct gh_fact_def *d = gh_fact_def(name);
		struct gh_buf words = {0};

		if (!d || (json_is_boolean(v) ? d->type != GH_FACT_BOOL
					      : json_typeof(v) != type[d->type]))
			abort();
		gh_fact_text(&words, v);
		for (size_t i = 0; i < words.len; i++)
			if (words.p[i] < 0x20 || words.p[i] == 0x7f)
				abort();
		for (size_t i = 1; i < json_array_size(v); i++)
			if (strcmp(json_string_value(json_array_get(v, i - 1)),
				json_string_value(json_array_get(v, i))) >= 0)
				abort();
		gh_buf_free(&words);
	}
}

static void read_all(struct gh_sources *src)
{
	struct gh_facts f = {0};

	if (gh_facts_read(&f, src, NULL) != 0)
		abort();
	check(f.ssh);
	check(f.bmc);
	gh_facts_free(&f);
}

static void as_bmc(struct gh_sources *src, const json_t *j)
{
	struct gh_redfish_tree t = {0};

	if (gh_redfish_tree_load(&t, j, NULL) == 0) {
		src->bmc = &t;
		read_all(src);
	}
	gh_redfish_tree_free(&t);
}

static void as_probe(struct gh_sources *src, struct gh_bytes rest)
{
	struct gh_probe_item item[ITEMS_MAX] = {0};
	struct gh_probe p = {.item = item, .complete = true};

	while (rest.len && p.n < ITEMS_MAX) {
		const unsigned char *zero = memchr(rest.p, 0, rest.len);
		struct gh_bytes one = {rest.p, zero ? (size_t)(zero - rest.p) : rest.len},
				id;
		size_t skip = one.len + (zero != NULL);

		if (gh_text_line(&one, &id) && id.len < sizeof(item[0].id)) {
			memcpy(item[p.n].id, id.p, id.len);
			item[p.n].enc = strncmp(item[p.n].id, "efi.", 4) ? '-' : 'x';
			item[p.n++].data = one;
		}
		rest.p += skip;
		rest.len -= skip;
	}
	src->probe = &p;
	read_all(src);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char name[] = "h";
	struct gh_host host = {.name = name};
	struct gh_sources src = {.host = &host, .at = 1767225600};
	json_t *j = gh_json_parse(data, size, NULL);

	if (j)
		as_bmc(&src, j);
	else
		as_probe(&src, (struct gh_bytes){data, size});
	json_decref(j);
	return 0;
}
