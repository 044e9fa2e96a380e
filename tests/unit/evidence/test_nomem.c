/* SPDX-License-Identifier: Apache-2.0
 * Memory that runs out at any one place: no verdict gets better, nothing crashes or leaks.
 * Linked so that every allocation of ours comes by here (Makefile). */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "evidence/load.h"
#include "evidence/rim.h"
#include "tests/unit/tap.h"

#define FILES_MAX 8

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

static long left = -1; /* allocations until one fails; -1: none does */
static long made;      /* allocations so far */

static int fails(void)
{
	made++;
	return left >= 0 && left-- == 0;
}

void *__wrap_malloc(size_t n)
{
	return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return fails() ? NULL : __real_realloc(p, n);
}

char *__wrap_strdup(const char *s)
{
	return fails() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t n)
{
	return fails() ? NULL : __real_strndup(s, n);
}

struct kind {
	const char *title;
	int64_t at;
	const char *set, *with[FILES_MAX];
};

#define VAULT "nvidia/vaultgenome-core/"
#define TDX   "tdx/real/"

static const struct kind kinds[] = {
    {"SNP report", 1777000000, "snp/real/genoa-v5-oak.report.bin",
	{"snp/real/genoa-v5-oak.vek.der", "snp/chains/genoa_vcek_cert_chain.pem"}},
    {"TDX quote", 1753175614, TDX "gce-cos113-v4.quote.bin",
	{TDX "collateral/automata-solana.tcb_info_v3_with_tdx_module.tcb_info.json",
	    TDX "collateral/intel.tcb_signing_chain.2032.pem",
	    TDX "collateral/automata-solana.qe_identity.json",
	    TDX "collateral/automata-solana.pck_platform_crl.pck_crl.der",
	    TDX "collateral/dcap-qvl.tdx_quote_collateral.root_crl.der",
	    "tdx/eventlog/real/gce-cos113.ccel.bin"}},
    {"GPU", 1780000000, VAULT "gpu-evidence.json",
	{VAULT "rim-NV_GPU_DRIVER_GH100_595.71.05.json",
	    VAULT "rim-NV_GPU_VBIOS_1010_0210_886_96009F0004.json"}},
    {"NRAS answer", 1782698890, "nvidia/teep/tinfoil_20260629_nras_response.json",
	{"nvidia/teep/jwks_20260629.json"}},
    {"OCSP response", 1755760000,
	"nvidia/go-nvattest-tools/"
	"test_gpu_certificate_l2_base64encoded_ocsp_response.dat",
	{"nvidia/nvtrust/hopperCertChain.txt"}},
    {"Azure report", 1753175614, "snp/azure/evidence-v2.json", {NULL}},
    {"event log", 1753175614, "tdx/eventlog/real/lunal-live2.ccel.bin", {NULL}},
    {"GPU, log of dstack", 1753175614, TDX "dstack-lite-getquote.json", {NULL}},
};

struct bytes {
	struct gh_buf file[FILES_MAX + 1];
	size_t n;
};

static void bytes_free(struct bytes *b)
{
	for (size_t i = 0; i < b->n; i++)
		gh_buf_free(&b->file[i]);
}

static bool read_file(struct bytes *b, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", vectors_dir(), name);
	return gh_file_read(&b->file[b->n++], path, 1 << 24, NULL) == 0;
}

static int load_with(
    struct gh_evidence_set *with, const struct gh_buf *b, struct gh_err *err)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) one = {0};
	void *at;

	if (gh_evidence_load(&one, b->p, b->len, GH_EV_UNKNOWN, err) < 0)
		return -1;
	at = realloc(with->at, (with->n + one.n) * sizeof *with->at);
	if (at == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	with->at = at;
	memcpy(with->at + with->n, one.at, one.n * sizeof *one.at);
	with->n += one.n;
	one.n = 0; /* moved */
	return 0;
}

/* The whole way from bytes to a verdict. */
static int judge(
    const struct kind *k, const struct bytes *b, enum gh_verdict *v, struct gh_err *err)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) with = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	static struct gh_trust trust;
	const struct gh_context ctx = {.at = k->at, .trust = &trust};

	if ((trust.n == 0 && gh_trust_builtin(&trust, err) < 0) ||
	    gh_evidence_load(&set, b->file[0].p, b->file[0].len, GH_EV_UNKNOWN, err) < 0)
		return -1;
	for (size_t i = 1; i < b->n; i++)
		if (load_with(&with, &b->file[i], err) < 0)
			return -1;
	if (gh_evidence_verify(&r, "e", &set, &with, &ctx, err) < 0)
		return -1;
	*v = gh_result_verdict(&r);
	return gh_result_ok(&r, err);
}

/* PASS and WARN open a gate; every other verdict keeps it shut. */
static int openness(enum gh_verdict v)
{
	return v == GH_PASS ? 2 : v == GH_WARN ? 1 : 0;
}

/* Fails the first, then every step-th allocation, one a run. */
static void starve(const struct kind *k, const struct bytes *b)
{
	enum gh_verdict full = GH_UNKNOWN, v;
	struct gh_err err = {0};
	long n, step, refused = 0, runs = 0;

	if (judge(k, b, &full, &err) < 0)
		fail_msg("%s: %s", k->title, err.what);
	made = 0;
	assert_int_equal(judge(k, b, &full, &err), 0);
	n = made;
	step = n / 400 + 1;
	for (long i = 0; i < n; i += step, runs++) {
		v = GH_UNKNOWN;
		left = i;
		if (judge(k, b, &v, &err) < 0)
			refused++;
		left = -1;
		if (openness(v) > openness(full))
			fail_msg("%s: %s when allocation %ld of %ld fails, else %s",
			    k->title, gh_verdict_word(v), i, n, gh_verdict_word(full));
	}
	print_message("%s: %s; %ld allocations, %ld runs short of one, %ld refused\n",
	    k->title, gh_verdict_word(full), n, runs, refused);
	assert_true(refused > 0);
}

static void test_verdict_when_memory_runs_out_then_never_better(void **state)
{
	size_t n = 0;

	(void)state;
	assert_int_equal(gh_rim_setup(NULL), 0);
	for (size_t i = 0; i < GH_COUNT(kinds); i++) {
		gh_auto(struct bytes, bytes_free) b = {0};
		bool have = read_file(&b, kinds[i].set);

		for (size_t w = 0; have && w < FILES_MAX && kinds[i].with[w] != NULL; w++)
			have = read_file(&b, kinds[i].with[w]);
		if (!have)
			continue;
		starve(&kinds[i], &b);
		n++;
	}
	if (n == 0) {
		print_message("SKIP: no vectors in %s\n", vectors_dir());
		skip();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_verdict_when_memory_runs_out_then_never_better),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
