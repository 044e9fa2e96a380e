/* SPDX-License-Identifier: Apache-2.0
 * What one GPU's verdict costs, against the P-384 verification floor of the same run.
 * gpus EVIDENCE.json TRUST.json RIM...: evidence as gatehouse-agent writes it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/env.h"
#include "base/file.h"
#include "evidence/gpu.h"
#include "evidence/load.h"
#include "evidence/rim.h"
#include "evidence/spdm.h"

#define ROUNDS 20

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void die(const char *what, const struct gh_err *err)
{
	fprintf(stderr, "gpus: %s: %s\n", what, err->what);
	exit(5);
}

/* Milliseconds of one P-384 verification: the report's own signature. */
static double floor_ms(const struct gh_evidence *e)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_spdm spdm;
	struct gh_err err = {0};
	double start;
	int bad = 0;

	if (gh_spdm_parse(&spdm, e->bytes.p, e->bytes.len, &err) < 0 ||
	    gh_certs_from_pem(&cs, e->chain.p, e->chain.len, 8, &err) < 0)
		die("report", &err);
	start = cpu_ms();
	for (int i = 0; i < 10 * ROUNDS; i++)
		bad |= gh_ecdsa_verify_raw(
		    gh_cert_key(cs.at[0]), GH_SHA384, spdm.signed_, spdm.signature, &err);
	if (bad != 0)
		die("signature", &err);
	return (cpu_ms() - start) / (10 * ROUNDS);
}

/* Each round is a run of its own: what is known in it was computed in it. */
static double verdict_ms(
    const struct gh_evidence_set *set, const struct gh_context *given)
{
	double start = cpu_ms();
	struct gh_err err = {0};

	for (int i = 0; i < ROUNDS; i++) {
		gh_auto(struct gh_memo *, gh_memo_free) memo = gh_memo_new();
		gh_auto(struct gh_result, gh_result_free) r = {.at = given->at};
		struct gh_context ctx = *given;

		ctx.memo = memo;
		for (size_t k = 0; k < set->n; k++) {
			struct gh_gpu_evidence ev = {gh_buf_view(&set->at[k].bytes),
			    gh_buf_view(&set->at[k].chain)};
			char name[32];

			snprintf(name, sizeof name, "gpu:%zu", k);
			if (gh_gpu_verify(&r, name, &ev, &ctx, &err) < 0)
				die("verify", &err);
		}
		if (gh_result_verdict(&r) != GH_PASS)
			fprintf(stderr, "gpus: the set is not a pass\n");
	}
	return (cpu_ms() - start) / ROUNDS / (double)set->n;
}

int main(int argc, char **argv)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_buf, gh_buf_free) json = {0};
	gh_auto(struct gh_buf, gh_buf_free) trust_json = {0};
	gh_auto(struct gh_rims, gh_rims_free) rims = {0};
	struct gh_trust trust = {0};
	struct gh_context ctx = {.trust = &trust, .allow_lab = true, .rims = &rims};
	struct gh_err err = {0};
	double unit, each, rim_start;

	if (argc < 3)
		return 4;
	ctx.at = gh_now(&gh_env_real);
	if (gh_rim_setup(&err) < 0 || gh_file_read(&json, argv[1], 1 << 24, &err) < 0 ||
	    gh_file_read(&trust_json, argv[2], 1 << 20, &err) < 0 ||
	    gh_trust_add(&trust, trust_json.p, trust_json.len, &err) < 0 ||
	    gh_evidence_load(&set, json.p, json.len, GH_EV_UNKNOWN, &err) < 0)
		die("input", &err);
	rim_start = cpu_ms();
	for (int i = 3; i < argc; i++) {
		gh_auto(struct gh_buf, gh_buf_free) xml = {0};
		struct gh_rim *rim = NULL;

		if (gh_file_read(&xml, argv[i], 1 << 20, &err) < 0 ||
		    gh_rim_load(&rim, xml.p, xml.len, &ctx, &err) < 0 ||
		    gh_rims_add(&rims, rim, &err) < 0)
			die(argv[i], &err);
	}
	rim_start = cpu_ms() - rim_start;
	unit = floor_ms(&set.at[0]);
	each = verdict_ms(&set, &ctx);
	printf("P-384 verification            %8.3f ms   (the floor)\n", unit);
	printf("one GPU of %zu, all steps  %8.3f ms   %.2f x the floor; report, leaf and "
	       "BROM "
	       "are 3, the CAs are shared\n",
	    set.n, each, each / unit);
	printf("one RIM, once per run         %8.3f ms   %.1f x the floor\n",
	    argc > 3 ? rim_start / (argc - 3) : 0.0,
	    argc > 3 ? rim_start / (argc - 3) / unit : 0.0);
	printf("32 GPUs on one core           %8.1f ms\n", 32 * each);
	return 0;
}
