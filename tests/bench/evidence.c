/* SPDX-License-Identifier: Apache-2.0
 * What verdicts cost on real evidence, against the signatures they rest on, measured in the
 * same run. evidence VECTORS-FOLDER. */
#include <limits.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "evidence/gpu.h"
#include "evidence/load.h"
#include "evidence/rim.h"
#include "evidence/snp.h"
#include "evidence/tdx.h"

#define FILES_MAX 16

static const char *root;
static struct gh_trust trust;

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void die(const char *what, const char *why)
{
	fprintf(stderr, "evidence: %s: %s\n", what, why);
	exit(5);
}

/* ---- the floors: EVP verification of a prehashed message, as `openssl speed` does ------- */

static double floor_of(EVP_PKEY *key, const EVP_MD *md, int rounds)
{
	unsigned char digest[64] = {1, 2, 3}, sig[1024];
	size_t len = sizeof sig;
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
	double start;
	int ok =
	    ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_signature_md(ctx, md) == 1 &&
	    EVP_PKEY_sign(ctx, sig, &len, digest, (size_t)EVP_MD_get_size(md)) == 1 &&
	    EVP_PKEY_verify_init(ctx) == 1 && EVP_PKEY_CTX_set_signature_md(ctx, md) == 1;

	start = cpu_ms();
	for (int i = 0; ok && i < rounds; i++)
		ok = EVP_PKEY_verify(
			 ctx, sig, len, digest, (size_t)EVP_MD_get_size(md)) == 1;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	if (!ok)
		die("floor", "cannot be measured");
	return (cpu_ms() - start) / rounds;
}

static struct {
	double p256, p384, rsa4096; /* ms */
} unit;

/* The operations of an SNP verdict by OpenSSL alone: three certificates parsed and verified
 * from their bytes, then one P-384 verification. */
static double bare_snp(void)
{
	static const char *const names[] = {"snp/real/genoa-v5-oak.vek.der",
	    "snp/chains/genoa_ask.der", "snp/chains/genoa_ark.der"};
	struct gh_buf der[3] = {0};
	X509 *x[3];
	double start;
	int ok = 1;

	for (size_t i = 0; i < 3; i++) {
		char path[PATH_MAX];
		struct gh_err err = {0};

		snprintf(path, sizeof path, "%s/%s", root, names[i]);
		if (gh_file_read(&der[i], path, 1 << 20, &err) < 0)
			die(names[i], err.what);
	}
	start = cpu_ms();
	for (int round = 0; ok && round < 200; round++) {
		for (size_t i = 0; i < 3; i++) {
			const unsigned char *p = der[i].p;

			x[i] = d2i_X509(NULL, &p, (long)der[i].len);
			ok = ok && x[i] != NULL;
		}
		for (size_t i = 0; ok && i < 3; i++)
			ok = X509_verify(x[i], X509_get0_pubkey(x[i < 2 ? i + 1 : 2])) ==
			     1;
		for (size_t i = 0; i < 3; i++)
			X509_free(x[i]);
	}
	for (size_t i = 0; i < 3; i++)
		gh_buf_free(&der[i]);
	if (!ok)
		die("bare SNP chain", "does not verify");
	return (cpu_ms() - start) / 200 + unit.p384;
}

/* ---- evidence and what goes with it ------------------------------------------------------ */

struct job {
	const char *title;
	int64_t at;
	const char *step;              /* must PASS for every subject that has it */
	double floor_cold, floor_warm; /* ms */
	int rounds;
	bool gpus_only;
	const char *set[FILES_MAX], *with[FILES_MAX];
};

struct pieces {
	struct gh_evidence_set set[FILES_MAX], with;
	size_t n;
};

static void pieces_free(struct pieces *p)
{
	for (size_t i = 0; i < p->n; i++)
		gh_evidence_set_free(&p->set[i]);
	gh_evidence_set_free(&p->with);
}

static void load(struct gh_evidence_set *out, const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) one = {0};
	struct gh_err err = {0};
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/%s", root, name);
	if (gh_file_read(&b, path, 1 << 25, &err) < 0 ||
	    gh_evidence_load(&one, b.p, b.len, GH_EV_UNKNOWN, &err) < 0)
		die(name, err.what);
	out->at = realloc(out->at, (out->n + one.n) * sizeof *out->at);
	if (out->at == NULL)
		die(name, "out of memory");
	memcpy(out->at + out->n, one.at, one.n * sizeof *one.at);
	out->n += one.n;
	one.n = 0; /* moved */
}

static void drop_switches(struct gh_evidence_set *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->n; i++) {
		if (s->at[i].type != GH_EV_SWITCH)
			s->at[kept++] = s->at[i];
		else
			gh_buf_free(&s->at[i].bytes);
	}
	s->n = kept;
}

static void check(const struct gh_result *r, const char *step)
{
	size_t n = 0;

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct gh_finding *f = &r->findings.at[i];

		if (strcmp(f->step, step) != 0)
			continue;
		if (f->verdict != GH_PASS)
			die(step, f->observed);
		n++;
	}
	if (n == 0)
		die(step, "was not judged");
}

/* The verdicts over all sets from their bytes, in ms; what one set showed, the memo knows
 * for the next. */
static double verdicts(const struct job *j, const struct pieces *p, struct gh_memo *memo)
{
	struct gh_context ctx = {.at = j->at, .trust = &trust, .memo = memo};
	double took = 0;

	for (size_t i = 0; i < p->n; i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_err err = {0};
		double start = cpu_ms();

		if (gh_evidence_verify(&r, "e", &p->set[i], &p->with, &ctx, &err) < 0)
			die("verify", err.what);
		took += cpu_ms() - start;
		check(&r, j->step);
	}
	return took;
}

static void run(const struct job *j)
{
	gh_auto(struct pieces, pieces_free) p = {0};
	gh_auto(struct gh_memo *, gh_memo_free) warm = gh_memo_new();
	double cold_ms = 0, warm_ms = 0;

	for (; p.n < FILES_MAX && j->set[p.n] != NULL; p.n++)
		load(&p.set[p.n], j->set[p.n]);
	for (size_t i = 0; j->gpus_only && i < p.n; i++)
		drop_switches(&p.set[i]);
	for (size_t i = 0; i < FILES_MAX && j->with[i] != NULL; i++)
		load(&p.with, j->with[i]);
	(void)verdicts(j, &p, warm);
	for (int i = 0; i < j->rounds; i++) {
		gh_auto(struct gh_memo *, gh_memo_free) cold = gh_memo_new();

		cold_ms += verdicts(j, &p, cold) / j->rounds;
		warm_ms += verdicts(j, &p, warm) / j->rounds;
	}
	printf("%-34s cold %7.3f ms = %.2f x %7.3f   warm %7.3f ms = %.2f x %7.3f\n",
	    j->title, cold_ms, cold_ms / j->floor_cold, j->floor_cold, warm_ms,
	    warm_ms / j->floor_warm, j->floor_warm);
}

#define NV    "nvidia/go-nvattest-tools/"
#define TEEP  "nvidia/teep/"
#define VAULT "nvidia/vaultgenome-core/"

int main(int argc, char **argv)
{
	struct gh_err err = {0};

	if (argc != 2)
		return 4;
	root = argv[1];
	if (gh_trust_builtin(&trust, &err) < 0 || gh_rim_setup(&err) < 0)
		die("set-up", err.what);
	unit.p384 = floor_of(EVP_EC_gen("P-384"), EVP_sha384(), 400);
	unit.p256 = floor_of(EVP_EC_gen("P-256"), EVP_sha256(), 4000);
	unit.rsa4096 = floor_of(EVP_RSA_gen(4096), EVP_sha384(), 2000);
	printf("one verification: P-384 %.3f ms, P-256 %.4f ms, RSA-4096 %.4f ms (the "
	       "floors)\n",
	    unit.p384, unit.p256, unit.rsa4096);
	printf(
	    "SNP's operations by OpenSSL alone, from bytes      %7.3f ms\n", bare_snp());
	/* devices: report, leaf and BROM each; per product three CAs once */
	const struct job jobs[] = {
	    {"SNP, Genoa v5 and its chain", 1777000000, "snp.signature",
		unit.p384 + 3 * unit.rsa4096, unit.p384, 200, false,
		{"snp/real/genoa-v5-oak.report.bin"}, {"snp/real/genoa-v5-oak.vek.der"}},
	    {"TDX, quote and all collateral", 1753175614, "tdx.tcb", 9 * unit.p256,
		3 * unit.p256, 400, false, {"tdx/real/gce-cos113-v4.quote.bin"},
		{"tdx/real/collateral/"
		 "automata-solana.tcb_info_v3_with_tdx_module.tcb_info.json",
		    "tdx/real/collateral/intel.tcb_signing_chain.2032.pem",
		    "tdx/real/collateral/automata-solana.qe_identity.json",
		    "tdx/real/collateral/automata-solana.pck_platform_crl.pck_crl.der",
		    "tdx/real/collateral/dcap-qvl.tdx_quote_collateral.root_crl.der"}},
	    {"1 GPU, its 2 RIMs", 1780000000, "gpu.vbios.measurements", 14 * unit.p384,
		3 * unit.p384, 40, false, {VAULT "gpu-evidence.json"},
		{VAULT "rim-NV_GPU_DRIVER_GH100_595.71.05.json",
		    VAULT "rim-NV_GPU_VBIOS_1010_0210_886_96009F0004.json"}},
	    {"8 GPUs + 4 switches", 1780000000, "gpu.spdm.signature", 40 * unit.p384,
		12 * unit.p384, 10, false, {NV "test_ppcie_data.json"}, {NULL}},
	    {"8 GPUs + 4 switches + 2 RIMs", 1780000000, "gpu.spdm.signature",
		48 * unit.p384, 12 * unit.p384, 10, false, {NV "test_ppcie_data.json"},
		{VAULT "rim-NV_GPU_DRIVER_GH100_595.71.05.json",
		    VAULT "rim-NV_GPU_VBIOS_1010_0210_886_96009F0004.json"}},
	    {"32 GPUs of 4 hosts", 1780000000, "gpu.spdm.signature", 103 * unit.p384,
		32 * unit.p384, 5, true,
		{NV "test_mpt_data.json", NV "test_ppcie_data.json",
		    TEEP "nearcloud_20260629_nras_request.json",
		    TEEP "phalacloud_20260610_nras_request.json"},
		{NULL}},
	};

	for (size_t i = 0; i < GH_COUNT(jobs); i++)
		run(&jobs[i]);
	return 0;
}
