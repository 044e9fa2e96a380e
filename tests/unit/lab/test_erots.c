/* SPDX-License-Identifier: Apache-2.0
 * The lab's ERoTs: what its BMC shows and signs passes the judge of real ones, and each fault
 * shows as what it is. */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "evidence/erot.h"
#include "lab/bmc_erot.h"
#include "lab/bmc_tree.h"
#include "lab/gpus.h"
#include "tests/unit/tap.h"

#define NONCE  "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define ACTION "/Actions/SPDMGetSignedMeasurements"

static char dir[] = "/tmp/gh-erots-XXXXXX";
static const struct gh_lab_spec *spec;
static struct gh_trust trust;

static int make(void **state)
{
	static const char *const hosts[] = {"gpu-a"};
	gh_auto(struct gh_buf, gh_buf_free) json = {0};
	char path[128];

	(void)state;
	spec = gh_lab_spec_get("gpu-a");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/hosts/gpu-a", dir);
	assert_int_equal(gh_file_mkdirs(path, 0755, NULL), 0);
	assert_int_equal(gh_lab_gpus_make(dir, hosts, 1, &gh_env_real, NULL), 0);
	snprintf(path, sizeof(path), "%s/trust.json", dir);
	assert_int_equal(gh_file_read(&json, path, 65536, NULL), 0);
	return gh_trust_add(&trust, json.p, json.len, NULL);
}

static int drop(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

static void set_fault(const char *line)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/hosts/gpu-a/fault", dir);
	unlink(path);
	if (line)
		assert_int_equal(gh_file_write(path, line, strlen(line), 0644, NULL), 0);
}

static int post(json_t **out, const char *name, const char *body)
{
	gh_auto(json_t *, gh_json_free) in = gh_json_parse(body, strlen(body), NULL);
	char path[160];

	snprintf(path, sizeof(path), "/redfish/v1/ComponentIntegrity/%s" ACTION, name);
	return gh_bmc_erot_post(out, dir, spec, path, in);
}

static json_t *tree(void)
{
	json_t *t = json_object();

	assert_int_equal(gh_bmc_erot_add(t, dir, spec, NULL), 0);
	return t;
}

/* As gatehouse sees one of them now. */
static struct gh_erot look(const char *name)
{
	gh_auto(json_t *, gh_json_free) t = tree();
	gh_auto(json_t *, gh_json_free) said = NULL;
	gh_auto(struct gh_buf, gh_buf_free) bytes = {0};
	unsigned char nonce[32];
	const char *text;
	struct gh_erot e;
	char path[160];

	assert_int_equal(
	    post(&said, name, "{\"Nonce\":\"" NONCE "\",\"SlotId\":0}"), 200);
	assert_int_equal(gh_unhex(nonce, 32, NONCE, NULL), 0);
	text = gh_json_text(said, "SignedMeasurements");
	assert_int_equal(gh_unb64(&bytes, text, strlen(text), NULL), 0);
	snprintf(
	    path, sizeof(path), "/redfish/v1/Chassis/%s/Certificates/CertChain", name);
	struct gh_erot_in in = {.nonce = nonce,
	    .at = gh_now(&gh_env_real),
	    .trust = &trust,
	    .transcript = gh_buf_view(&bytes),
	    .chain =
		gh_text_of(gh_json_text(json_object_get(t, path), "CertificateString"))};
	gh_erot_verify(&e, &in);
	return e;
}

static void test_erots_when_healthy_then_all_pass_as_lab(void **state)
{
	gh_auto(json_t *, gh_json_free) t = tree();
	const char *path;
	size_t n = 0;
	json_t *body;

	(void)state;
	set_fault(NULL);
	json_object_foreach(t, path, body)
	{
		struct gh_erot e;

		if (strncmp(path, "/redfish/v1/ComponentIntegrity/", 31) != 0)
			continue;
		e = look(path + 31);
		assert_int_equal(e.verdict, GH_PASS);
		assert_true(e.lab);
		assert_int_equal(e.version, 0x11);
		n++;
	}
	assert_int_equal(n, 15);
}

static void test_erots_when_broken_then_that_one_shows_it(void **state)
{
	static const char *const faults[][2] = {{"erot-wrong-nonce", "nonce"},
	    {"erot-bad-signature", "signature"}, {"erot-foreign-root", "root"}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(faults); i++) {
		char line[64];

		snprintf(line, sizeof(line), "%s 2\n", faults[i][0]);
		set_fault(line);
		assert_string_equal(look("HGX_ERoT_GPU_SXM_3").code, faults[i][1]);
		assert_int_equal(look("HGX_ERoT_GPU_SXM_2").verdict, GH_PASS);
		assert_int_equal(look("HGX_ERoT_NVSwitch_2").verdict, GH_PASS);
		/* the GPU itself takes the word, and is what it was */
		assert_int_equal(
		    gh_lab_gpu_fault(dir, "gpu-a", 2, faults[i][0], NULL), 0);
		assert_int_equal(gh_lab_gpu_fault(dir, "gpu-a", 2, NULL, NULL), 0);
	}
	set_fault(NULL);
	assert_int_equal(look("HGX_ERoT_GPU_SXM_3").verdict, GH_PASS);
}

static void test_post_when_odd_then_refused(void **state)
{
	static const struct {
		const char *name, *body;
		int status;
	} odd[] = {
	    {"HGX_ERoT_GPU_SXM_9", "{}", 404},
	    {"HGX_ERoT_GPU_SXM_1/x", "{}", 404},
	    {"", "{}", 404},
	    {"HGX_ERoT_GPU_SXM_1", "[]", 400},
	    {"HGX_ERoT_GPU_SXM_1", "no JSON", 400},
	    {"HGX_ERoT_GPU_SXM_1", "{\"Nonce\":\"00\"}", 400},
	    {"HGX_ERoT_GPU_SXM_1", "{\"Nonce\":7}", 400},
	    {"HGX_ERoT_GPU_SXM_1", "{\"SlotId\":1}", 400},
	    {"HGX_ERoT_GPU_SXM_1", "{}", 200},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(odd); i++) {
		json_t *out = NULL;

		assert_int_equal(post(&out, odd[i].name, odd[i].body), odd[i].status);
		assert_int_equal(out != NULL, odd[i].status != 404);
		json_decref(out);
	}
}

static void test_tree_when_no_lab_then_offers_nothing(void **state)
{
	gh_auto(json_t *, gh_json_free) t = json_object();

	(void)state;
	assert_int_equal(gh_bmc_erot_add(t, NULL, spec, NULL), 0);
	assert_int_equal(json_object_size(t), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_erots_when_healthy_then_all_pass_as_lab),
	    cmocka_unit_test(test_erots_when_broken_then_that_one_shows_it),
	    cmocka_unit_test(test_post_when_odd_then_refused),
	    cmocka_unit_test(test_tree_when_no_lab_then_offers_nothing),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
