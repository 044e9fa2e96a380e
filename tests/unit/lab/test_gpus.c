/* SPDX-License-Identifier: Apache-2.0
 * The lab's GPUs against our own verifier: made, served by the NVML shim, judged, broken
 * and healed. */
#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "crypto/chain.h"
#include "evidence/gpu.h"
#include "evidence/load.h"
#include "evidence/rim.h"
#include "evidence/spdm.h"
#include "lab/gpus.h"
#include "lab/gpus_report.h"
#include "lab/gpus_rim.h"
#include "lab/nvml_shim.h"
#include "tests/unit/tap.h"

/* The shim is a library of its own; its functions are called here as the agent would. */
#include "lab/nvml_shim.c" /* NOLINT */

static char dir[] = "/tmp/gh-test-gpus-XXXXXX";
static struct gh_trust trust;
static struct gh_rims rims;
static uint8_t nonce[32];

/* What one GPU hands out. */
struct served {
	struct nvml_report r;
	struct nvml_certificate c;
};

static void serve(struct served *s, unsigned int gpu)
{
	nvmlDevice_t d = NULL;

	memset(s, 0, sizeof(*s));
	assert_int_equal(nvmlDeviceGetHandleByIndex_v2(gpu, &d), OK);
	memcpy(s->r.nonce, nonce, sizeof(nonce));
	assert_int_equal(nvmlDeviceGetConfComputeGpuAttestationReport(d, &s->r), OK);
	assert_int_equal(nvmlDeviceGetConfComputeGpuCertificate(d, &s->c), OK);
}

static struct gh_context context_of(bool allow_lab)
{
	return (struct gh_context){.at = gh_now(&gh_env_real),
	    .trust = &trust,
	    .allow_lab = allow_lab,
	    .nonce = {nonce, sizeof(nonce)},
	    .rims = &rims,
	    .expect_driver = GH_LAB_DRIVER,
	    .expect_vbios = GH_LAB_VBIOS};
}

static void judge(struct gh_result *out, unsigned int gpu, bool allow_lab)
{
	struct gh_context ctx = context_of(allow_lab);
	struct gh_err err = {0};
	struct served s;
	char name[16];

	serve(&s, gpu);
	snprintf(name, sizeof(name), "h:%u", gpu);
	struct gh_gpu_evidence ev = {{s.r.attestationReport, s.r.attestationReportSize},
	    {s.c.attestationCertChain, s.c.attestationCertChainSize}};
	assert_int_equal(gh_gpu_verify(out, name, &ev, &ctx, &err), 0);
}

static void assert_all_pass(const struct gh_result *r)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct gh_finding *f = &r->findings.at[i];

		if (f->verdict != GH_PASS && f->severity != GH_SEV_INFO)
			fail_msg("%s %s: %s %s: %s", f->subject, f->step,
			    gh_verdict_word(f->verdict), f->code, f->observed);
	}
}

static void assert_code(const struct gh_result *r, const char *subject, const char *step,
    enum gh_verdict verdict, const char *code)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, subject, step);

	assert_non_null(f);
	if (f->verdict != verdict || strcmp(f->code, code) != 0)
		fail_msg("%s: %s %s, expected %s", step, gh_verdict_word(f->verdict),
		    f->code, code);
	assert_int_not_equal(gh_result_verdict(r), GH_PASS);
}

static void add_fault(unsigned int gpu, const char *word)
{
	struct gh_err err = {0};

	if (gh_lab_gpu_fault(dir, "h", gpu, word, &err) < 0)
		fail_msg("%s", err.what);
}

/* ---- healthy --------------------------------------------------------------------- */

static void test_eight_gpus_when_healthy_then_all_pass(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};

	(void)state;
	r.at = gh_now(&gh_env_real);
	for (unsigned int i = 0; i < GH_LAB_GPUS; i++)
		judge(&r, i, true);
	gh_gpu_distinct(&r);
	assert_all_pass(&r);
	assert_int_equal(gh_result_verdict(&r), GH_PASS);
	assert_int_equal(r.n_subjects, GH_LAB_GPUS);
	assert_string_equal(
	    gh_claim_get(gh_result_find(&r, "h:0"), "driver"), GH_LAB_DRIVER);
	assert_string_equal(
	    gh_claim_get(gh_result_find(&r, "h:0"), "vbios"), GH_LAB_VBIOS);
}

static void test_every_finding_when_lab_then_a_root_says_lab(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};

	(void)state;
	judge(&r, 0, true);
	assert_true(gh_findings_get(&r.findings, "h:0", "gpu.chain.root")->lab);
}

static void test_chain_when_lab_is_not_allowed_then_refused(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};

	(void)state;
	judge(&r, 0, false);
	assert_int_equal(
	    gh_findings_get(&r.findings, "h:0", "gpu.chain.root")->verdict, GH_FAIL);
	assert_int_not_equal(gh_result_verdict(&r), GH_PASS);
}

static void test_pdi_when_asked_of_nvml_then_equals_the_certificate(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct nvml_pdi pdi = {.version = PDI_V1};
	char hex[17];

	(void)state;
	judge(&r, 5, true);
	assert_int_equal(nvmlDeviceGetPdi(&devices[5], &pdi), OK);
	snprintf(hex, sizeof(hex), "%016llx", (unsigned long long)pdi.value);
	assert_string_equal(gh_claim_get(gh_result_find(&r, "h:5"), "pdi"), hex);
}

static void test_counters_when_value_is_zero_then_zero(void **state)
{
	struct gh_spdm spdm;
	struct served s;
	static const uint8_t none[48];

	(void)state;
	serve(&s, 0);
	assert_int_equal(
	    gh_spdm_parse(&spdm, s.r.attestationReport, s.r.attestationReportSize, NULL),
	    0);
	const struct gh_opaque *o = gh_spdm_opaque(&spdm, GH_OPAQUE_MSRSCNT);
	assert_non_null(o);
	assert_int_equal(o->data.len, 4 * spdm.n_blocks);
	for (size_t i = 0; i < spdm.n_blocks; i++)
		assert_int_equal(o->data.p[4 * i] == 0,
		    memcmp(spdm.block[i], none, sizeof(none)) == 0);
}

static void test_rim_entries_when_loaded_then_as_in_the_table(void **state)
{
	(void)state;
	for (size_t r = 0; r < rims.n; r++) {
		/* a switch RIM has the entries of a VBIOS RIM */
		bool vbios = rims.at[r]->kind != GH_RIM_DRIVER;
		size_t active = 0;

		assert_true(rims.at[r]->trusted);
		assert_true(rims.at[r]->lab);
		for (unsigned int i = 0; i < GH_RIM_INDEXES; i++) {
			const struct gh_lab_entry *e = gh_lab_entry(i);
			bool mine = e && e->vbios == vbios;

			active += mine;
			assert_int_equal(rims.at[r]->entry[i].active, mine);
			if (mine)
				assert_int_equal(
				    rims.at[r]->entry[i].n_alternatives, e->n);
		}
		assert_int_equal(active, vbios ? 12 : 22);
	}
	assert_non_null(gh_rims_find(&rims, GH_LAB_RIM_ID_DRIVER));
	assert_non_null(gh_rims_find(&rims, GH_LAB_RIM_ID_VBIOS));
	assert_non_null(gh_rims_find(&rims, GH_LAB_RIM_ID_SWITCH));
}

/* The shape of a genuine chain: five, strict path, BROM serial 0x41 || PDI. */
static void test_chain_when_read_then_has_the_vendors_shape(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	struct gh_link links[5];
	struct served s;

	(void)state;
	serve(&s, 7);
	assert_int_equal(gh_certs_from_pem(&certs, s.c.attestationCertChain,
			     s.c.attestationCertChainSize, 8, NULL),
	    0);
	assert_int_equal(certs.n, 5);
	struct gh_chain chain = {&certs, gh_now(&gh_env_real), true, NULL};
	assert_int_equal(gh_chain_verify(&chain, links, NULL), 0);
	assert_int_equal(gh_cert_serial(certs.at[1]).len, 9);
	assert_int_equal(gh_cert_serial(certs.at[1]).p[0], 0x41);
	assert_int_equal(gh_cert_serial(certs.at[0]).len <= 20, 1);
	assert_false(gh_cert_is_ca(certs.at[0]));
	assert_int_equal(gh_cert_ext(certs.at[0], "2.23.133.5.4.1", NULL).len, 189);
	for (size_t i = 2; i < 5; i++)
		assert_memory_equal(gh_cert_cn(certs.at[i]), "LAB ", 4);
}

/* The DICE extension of a genuine GPU has our bytes around key and digest. */
static void test_dice_when_beside_a_genuine_one_then_same_form(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	gh_auto(struct gh_certs, gh_certs_free) ours = {0};
	gh_auto(struct gh_certs, gh_certs_free) theirs = {0};
	char path[512];
	struct served s;

	(void)state;
	snprintf(path, sizeof(path), "%s/nvidia/vaultgenome-core/gpu0-cert-chain.pem",
	    vectors_dir());
	if (access(path, R_OK) != 0) {
		print_message("the vectors are not here: set GH_VECTORS\n");
		skip();
	}
	assert_int_equal(gh_file_read(&pem, path, 65536, NULL), 0);
	assert_int_equal(gh_certs_from_pem(&theirs, pem.p, pem.len, 8, NULL), 0);
	serve(&s, 0);
	assert_int_equal(gh_certs_from_pem(&ours, s.c.attestationCertChain,
			     s.c.attestationCertChainSize, 8, NULL),
	    0);
	struct gh_bytes a = gh_cert_ext(ours.at[0], "2.23.133.5.4.1", NULL);
	struct gh_bytes b = gh_cert_ext(theirs.at[0], "2.23.133.5.4.1", NULL);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.p, b.p, 30);             /* up to the curve point */
	assert_memory_equal(a.p + 126, b.p + 126, 15); /* head of the FWID */
	a = gh_cert_ext(ours.at[0], "2.5.29.17", NULL);
	b = gh_cert_ext(theirs.at[0], "2.5.29.17", NULL);
	assert_int_equal(a.len, b.len);
	assert_memory_equal(a.p, b.p, a.len - 10);
}

/* The agent's own format (docs/agent.md), as a verifier that was handed the file. */
static void test_container_when_read_back_then_all_pass(void **state)
{
	gh_auto(json_t *, gh_json_free) top = json_object();
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	json_t *list = json_array();
	struct gh_context ctx = context_of(true);

	(void)state;
	json_object_set_new(top, "format", json_string("gatehouse-evidence/1"));
	json_object_set_new(top, "devices", list);
	for (unsigned int i = 0; i < 2; i++) {
		gh_auto(struct gh_buf, gh_buf_free) report = {0};
		gh_auto(struct gh_buf, gh_buf_free) chain = {0};
		json_t *dev = json_object();
		struct served s;

		serve(&s, i);
		gh_b64(&report, s.r.attestationReport, s.r.attestationReportSize);
		gh_b64(&chain, s.c.attestationCertChain, s.c.attestationCertChainSize);
		json_object_set_new(dev, "index", json_integer(i));
		json_object_set_new(dev, "evidence", json_string(gh_buf_cstr(&report)));
		json_object_set_new(dev, "certificate", json_string(gh_buf_cstr(&chain)));
		json_object_set_new(dev, "error", json_null());
		json_array_append_new(list, dev);
	}
	gh_json_dump(&text, top);
	assert_int_equal(
	    gh_evidence_load(&set, text.p, text.len, GH_EV_UNKNOWN, NULL), 0);
	assert_int_equal(set.n, 2);
	assert_int_equal(gh_evidence_verify(&r, "h", &set, NULL, &ctx, NULL), 0);
	assert_all_pass(&r);
	assert_int_equal(r.n_subjects, 2);
}

/* ---- making ---------------------------------------------------------------------- */

static void test_make_when_made_then_left_alone(void **state)
{
	static const char *const hosts[] = {"other"};
	char path[256];
	struct stat st;

	(void)state;
	assert_int_equal(gh_lab_gpus_make(dir, hosts, 1, &gh_env_real, NULL), 0);
	snprintf(path, sizeof(path), "%s/gpu/other", dir);
	assert_int_equal(stat(path, &st), -1);
}

static void test_key_when_made_then_private(void **state)
{
	char path[256];
	struct stat st;

	(void)state;
	snprintf(path, sizeof(path), "%s/gpu/h/0/leaf.pem", dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_make_when_folder_cannot_be_made_then_error(void **state)
{
	static const char *const hosts[] = {"h"};
	struct gh_err err = {0};

	(void)state;
	assert_int_equal(
	    gh_lab_gpus_make("/dev/null/lab", hosts, 1, &gh_env_real, &err), -1);
	assert_int_equal(err.code, GH_E_IO);
}

static void test_golden_when_same_seed_then_same_value(void **state)
{
	const uint8_t seed[32] = {1}, other[32] = {2};
	uint8_t a[48], b[48];

	(void)state;
	assert_int_equal(gh_lab_golden(a, seed, gh_lab_entry(35), 1, NULL), 0);
	assert_int_equal(gh_lab_golden(b, seed, gh_lab_entry(35), 1, NULL), 0);
	assert_memory_equal(a, b, 48);
	assert_int_equal(gh_lab_golden(b, seed, gh_lab_entry(35), 2, NULL), 0);
	assert_memory_not_equal(a, b, 48);
	assert_int_equal(gh_lab_golden(b, other, gh_lab_entry(35), 1, NULL), 0);
	assert_memory_not_equal(a, b, 48);
	assert_null(gh_lab_entry(13));
	assert_null(gh_lab_entry(64));
}

/* ---- faults ---------------------------------------------------------------------- */

static void test_fault_when_old_vbios_then_measurement_differs(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};

	(void)state;
	add_fault(3, "gpu-old-vbios");
	judge(&r, 3, true);
	assert_code(
	    &r, "h:3", "gpu.vbios.measurements", GH_FAIL, "gpu.measurement.mismatch");
	assert_int_equal(
	    gh_findings_get(&r.findings, "h:3", "gpu.spdm.signature")->verdict, GH_PASS);
	assert_int_equal(
	    gh_findings_get(&r.findings, "h:3", "gpu.driver.measurements")->verdict,
	    GH_PASS);
}

static void test_fault_when_foreign_root_then_root_is_refused(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};

	(void)state;
	add_fault(3, "gpu-foreign-root");
	judge(&r, 3, true);
	assert_code(&r, "h:3", "gpu.chain.root", GH_FAIL, "gpu.root.foreign");
	assert_int_not_equal(
	    gh_findings_get(&r.findings, "h:3", "gpu.spdm.signature")->verdict, GH_PASS);
}

static void test_fault_when_wrong_nonce_then_nonce_differs(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};

	(void)state;
	add_fault(3, "gpu-wrong-nonce");
	judge(&r, 3, true);
	assert_code(&r, "h:3", "gpu.spdm.nonce", GH_FAIL, "gpu.nonce.mismatch");
	assert_int_equal(
	    gh_findings_get(&r.findings, "h:3", "gpu.spdm.signature")->verdict, GH_PASS);
}

static void test_fault_when_bad_signature_then_signature_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};

	(void)state;
	add_fault(3, "gpu-bad-signature");
	judge(&r, 3, true);
	assert_code(&r, "h:3", "gpu.spdm.signature", GH_FAIL, "gpu.signature");
	assert_int_equal(
	    gh_findings_get(&r.findings, "h:3", "gpu.chain.leaf")->verdict, GH_PASS);
}

static void test_fault_when_swapped_then_two_are_not_distinct(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};

	(void)state;
	add_fault(0, "gpu-swapped"); /* the one before the first is the last */
	judge(&r, 7, true);
	judge(&r, 0, true);
	gh_gpu_distinct(&r);
	assert_code(&r, "h:0", "gpu.distinct", GH_FAIL, "gpu.twin");
	assert_code(&r, "h:7", "gpu.distinct", GH_FAIL, "gpu.twin");
	assert_int_equal(
	    gh_findings_get(&r.findings, "h:0", "gpu.spdm.signature")->verdict, GH_PASS);
}

static void test_fault_when_another_follows_then_only_the_last_acts(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};

	(void)state;
	add_fault(3, "gpu-foreign-root");
	add_fault(3, "gpu-wrong-nonce");
	judge(&r, 3, true);
	assert_code(&r, "h:3", "gpu.spdm.nonce", GH_FAIL, "gpu.nonce.mismatch");
	assert_int_equal(
	    gh_findings_get(&r.findings, "h:3", "gpu.chain.root")->verdict, GH_PASS);
}

static void test_fault_when_healed_then_all_pass(void **state)
{
	static const char *const words[] = {"gpu-old-vbios", "gpu-foreign-root",
	    "gpu-wrong-nonce", "gpu-swapped", "gpu-bad-signature"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(words); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};

		add_fault(3, words[i]);
		add_fault(3, NULL);
		judge(&r, 3, true);
		assert_all_pass(&r);
	}
}

static void test_fault_when_word_or_gpu_is_unknown_then_usage_error(void **state)
{
	struct gh_err err = {0};

	(void)state;
	assert_int_equal(gh_lab_gpu_fault(dir, "h", 3, "gpu-on-fire", &err), -1);
	assert_int_equal(err.code, GH_E_USAGE);
	assert_int_equal(gh_lab_gpu_fault(dir, "h", 8, "gpu-swapped", &err), -1);
	assert_int_equal(err.code, GH_E_USAGE);
	assert_int_equal(gh_lab_gpu_fault(dir, "nobody", 0, "gpu-swapped", &err), -1);
	assert_int_equal(err.code, GH_E_IO);
}

/* ---- the shim -------------------------------------------------------------------- */

static void test_shim_when_no_folder_then_driver_not_loaded(void **state)
{
	(void)state;
	setenv(SHIM_DIR_ENV, "/nonexistent", 1);
	assert_int_equal(nvmlInit_v2(), DRIVER_NOT_LOADED);
}

static void test_shim_when_buffer_is_small_then_insufficient_size(void **state)
{
	char text[41];

	(void)state;
	assert_int_equal(nvmlDeviceGetUUID(&devices[0], text, 40), INSUFFICIENT_SIZE);
	assert_int_equal(nvmlDeviceGetUUID(&devices[0], text, 41), OK);
	assert_memory_equal(text, "GPU-", 4);
}

static void test_shim_when_version_is_wrong_then_mismatch(void **state)
{
	struct nvml_pdi pdi = {.version = 1};
	struct nvml_cc_settings set = {.version = 1};

	(void)state;
	assert_int_equal(nvmlDeviceGetPdi(&devices[0], &pdi), VERSION_MISMATCH);
	assert_int_equal(nvmlSystemGetConfComputeSettings(&set), VERSION_MISMATCH);
}

static void test_shim_when_report_is_damaged_then_error(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) good = {0};
	struct nvml_report r = {0};
	char path[256];

	(void)state;
	snprintf(path, sizeof(path), "%s/gpu/h/6/report.json", dir);
	assert_int_equal(gh_file_read(&good, path, 65536, NULL), 0);
	for (size_t len = 0; len < good.len; len += 97) {
		assert_int_equal(gh_file_write(path, good.p, len, 0644, NULL), 0);
		assert_int_not_equal(
		    nvmlDeviceGetConfComputeGpuAttestationReport(&devices[6], &r), OK);
	}
	assert_int_equal(gh_file_write(path, good.p, good.len, 0644, NULL), 0);
	assert_int_equal(
	    nvmlDeviceGetConfComputeGpuAttestationReport(&devices[6], &r), OK);
}

/* ---- set-up ---------------------------------------------------------------------- */

static int heal(void **state)
{
	char at[128];

	(void)state;
	snprintf(at, sizeof(at), "%s/gpu/h", dir);
	setenv(SHIM_DIR_ENV, at, 1);
	add_fault(0, NULL);
	add_fault(3, NULL);
	return 0;
}

static int load_rim(const char *id, const struct gh_context *ctx)
{
	gh_auto(struct gh_buf, gh_buf_free) xml = {0};
	struct gh_rim *rim = NULL;
	char path[256];

	snprintf(path, sizeof(path), "%s/rims/%s.xml", dir, id);
	if (gh_file_read(&xml, path, 1 << 20, NULL) < 0 ||
	    gh_rim_load(&rim, xml.p, xml.len, ctx, NULL) < 0)
		return -1;
	return gh_rims_add(&rims, rim, NULL);
}

static int set_up(void **state)
{
	static const char *const hosts[] = {"h"};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_err err = {0};
	struct gh_context ctx = context_of(true);
	char path[256];

	(void)state;
	if (!mkdtemp(dir) || gh_rim_setup(&err) < 0 ||
	    gh_random(&gh_env_real, nonce, sizeof(nonce), &err) < 0 ||
	    gh_lab_gpus_make(dir, hosts, 1, &gh_env_real, &err) < 0) {
		print_error("%s\n", err.what);
		return -1;
	}
	snprintf(path, sizeof(path), "%s/trust.json", dir);
	if (gh_file_read(&text, path, 65536, &err) < 0 ||
	    gh_trust_add(&trust, text.p, text.len, &err) < 0)
		return -1;
	return load_rim(GH_LAB_RIM_ID_DRIVER, &ctx) < 0 ||
		       load_rim(GH_LAB_RIM_ID_VBIOS, &ctx) < 0 ||
		       load_rim(GH_LAB_RIM_ID_SWITCH, &ctx) < 0
		   ? -1
		   : 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static int tear_down(void **state)
{
	(void)state;
	gh_rims_free(&rims);
	return nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

#define T(f) cmocka_unit_test_setup(f, heal)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_eight_gpus_when_healthy_then_all_pass),
	    T(test_every_finding_when_lab_then_a_root_says_lab),
	    T(test_chain_when_lab_is_not_allowed_then_refused),
	    T(test_pdi_when_asked_of_nvml_then_equals_the_certificate),
	    T(test_counters_when_value_is_zero_then_zero),
	    T(test_rim_entries_when_loaded_then_as_in_the_table),
	    T(test_chain_when_read_then_has_the_vendors_shape),
	    T(test_dice_when_beside_a_genuine_one_then_same_form),
	    T(test_container_when_read_back_then_all_pass),
	    T(test_make_when_made_then_left_alone),
	    T(test_key_when_made_then_private),
	    T(test_make_when_folder_cannot_be_made_then_error),
	    T(test_golden_when_same_seed_then_same_value),
	    T(test_fault_when_old_vbios_then_measurement_differs),
	    T(test_fault_when_foreign_root_then_root_is_refused),
	    T(test_fault_when_wrong_nonce_then_nonce_differs),
	    T(test_fault_when_bad_signature_then_signature_fails),
	    T(test_fault_when_swapped_then_two_are_not_distinct),
	    T(test_fault_when_another_follows_then_only_the_last_acts),
	    T(test_fault_when_healed_then_all_pass),
	    T(test_fault_when_word_or_gpu_is_unknown_then_usage_error),
	    T(test_shim_when_no_folder_then_driver_not_loaded),
	    T(test_shim_when_buffer_is_small_then_insufficient_size),
	    T(test_shim_when_version_is_wrong_then_mismatch),
	    T(test_shim_when_report_is_damaged_then_error),
	};

	return cmocka_run_group_tests_name("lab gpus", tests, set_up, tear_down);
}
