/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes what tpm2-tools print: the item "tpm.quote", judged against keys that nobody here
 * has; and the same bytes as a bare public area. Input: the item. */
#include <stdlib.h>
#include <string.h>

#include "checks/judge.h"
#include "checks/tpm.h"
#include "evidence/hcl_tpm.h"

#define QUOTE "host.boot.tpm_quote"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(struct gh_bytes area)
{
	struct gh_tpm_key k;
	int rc = gh_tpm_key_parse(&k, area, NULL);

	if ((rc == 0) != (k.key != NULL) || (rc == 0 && !gh_pubkey_kind(k.key)[0]))
		abort();
	gh_tpm_key_free(&k);
}

static void parse_answer(struct gh_bytes text)
{
	struct gh_tpm_answer a;
	struct gh_tpm_quote q;
	unsigned char pcr[24][32] = {{0}}, digest[32];

	if (gh_tpm_answer_parse(&a, text, NULL) == 0) {
		if (!a.public.len || !a.quote.len || !a.sig.len)
			abort();
		parse(gh_buf_view(&a.public));
		if (gh_tpm_quote_parse(&q, gh_buf_view(&a.quote), NULL) == 0 &&
		    (q.pcrs >> 24 || gh_tpm_quote_digest(&q, (const uint8_t(*)[32])pcr,
					 24, digest, NULL)))
			abort();
	}
	gh_tpm_answer_free(&a);
}

/* 24 PCRs of zeros, as sysfs shows them. */
static struct gh_bytes sysfs(void)
{
	static struct gh_buf b;
	static int n;

	for (; n < 24; n++)
		gh_buf_fmt(&b, "/sys/class/tpm/tpm0/pcr-sha256/%d:%064d\n", n, 0);
	return gh_buf_view(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct gh_catalogue *cat;
	static struct gh_enrolment enrolled;
	static char name[] = "h";
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_probe_item item[] = {{.id = "sys", .enc = '-'},
	    {.id = "tpm.quote", .enc = '-', .data = {data, size}}};
	struct gh_probe p = {.item = item, .n = 2, .root = true, .complete = true};
	struct gh_host host = {.name = name};
	struct gh_sources src = {.host = &host,
	    .probe = &p,
	    .nonce = "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
	    .enrolled = &enrolled};
	struct gh_judging j = {.src = &src, .probe = &p, .host = &host};

	if (!cat && gh_catalogue_load(&cat, NULL))
		abort();
	if (!enrolled.doc)
		enrolled.doc = json_pack(
		    "{s:{s:s}}", "facts", "tpm.ak_sha256", "a key that nobody has");
	item[0].data = sysfs();
	parse((struct gh_bytes){data, size});
	parse_answer((struct gh_bytes){data, size});
	j.check = gh_catalogue_get(cat, QUOTE);
	j.f = gh_judge_open(&r, j.check, name);
	gh_judge_find(QUOTE)->judge(&j);
	if (j.f->verdict == GH_PASS)
		abort();
	return 0;
}
