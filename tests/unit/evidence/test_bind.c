/* SPDX-License-Identifier: Apache-2.0
 * gatehouse-bind/1 without vectors: recomputed here byte by byte, each input changed in
 * turn, and the findings that follow. */
#include "cpu_vectors.h"
#include "evidence/bind.h"
#include "evidence/tee.h"

static unsigned char client[32], console[32], exporter[32], stage1[32];

static struct gh_bind_inputs inputs(void)
{
	memset(client, 0x11, 32);
	memset(console, 0x22, 32);
	memset(exporter, 0x33, 32);
	memset(stage1, 0x44, 32);
	return (struct gh_bind_inputs){.client_nonce = client,
	    .console_nonce = console,
	    .audience = "client:acme",
	    .spki = gh_text_of("a key"),
	    .exporter = exporter,
	    .stage1 = stage1,
	    .devices = gh_text_of("{\"gpus\":[]}"),
	    .platform = gh_text_of("{\"boot_id\":\"\"}")};
}

static struct gh_bind compute(const struct gh_bind_inputs *in)
{
	struct gh_bind b;
	struct gh_err e = {0};

	if (gh_bind_compute(&b, in, &e))
		fail_msg("%s", e.what);
	return b;
}

/* SHA-256 of a string of bytes put together by hand. */
static void hash_of(uint8_t out[32], const void *label, size_t label_len,
    const unsigned char *const *part, size_t n)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	gh_buf_add(&b, label, label_len);
	for (size_t i = 0; i < n; i++)
		gh_buf_add(&b, part[i], 32);
	assert_int_equal(gh_sha256(b.p, b.len, out, NULL), 0);
}

static void test_every_value_is_as_written_down(void **state)
{
	struct gh_bind_inputs in = inputs();
	struct gh_bind b = compute(&in);
	uint8_t aud[32], want[32];
	const unsigned char *n[] = {client, console, aud};
	const unsigned char *nk[] = {b.n, b.k}, *nc[] = {b.n, stage1};
	const unsigned char *all[] = {b.n, b.k, exporter, stage1, b.d, b.e};

	(void)state;
	assert_int_equal(gh_sha256("client:acme", 11, aud, NULL), 0);
	hash_of(want, "gatehouse/session/v1\0", 21, n, 3);
	assert_memory_equal(b.n, want, 32);
	hash_of(want, "gatehouse/gpu/v1\0", 17, nk, 2);
	assert_memory_equal(b.gpu, want, 32);
	hash_of(want, "gatehouse/switch/v1\0", 20, nk, 2);
	assert_memory_equal(b.swtch, want, 32);
	hash_of(want, "gatehouse/host-tpm/v1\0", 22, nc, 2);
	assert_memory_equal(b.tpm, want, 32);
	hash_of(want, "gatehouse/report-data/v1\0", 25, all, 6);
	assert_memory_equal(b.b, want, 32);
	assert_memory_equal(b.report_data, b.b, 32);
	assert_memory_equal(b.report_data + 32, b.n, 32);
}

static void test_no_client_nonce_is_zeros(void **state)
{
	struct gh_bind_inputs in = inputs();
	struct gh_bind a, b;

	(void)state;
	in.client_nonce = NULL;
	a = compute(&in);
	memset(client, 0, 32);
	in.client_nonce = client;
	b = compute(&in);
	assert_memory_equal(&a, &b, sizeof(a));
}

static void test_each_input_moves_the_binding(void **state)
{
	struct gh_bind_inputs in = inputs();
	struct gh_bind good = compute(&in);

	(void)state;
	for (int i = 0; i < 8; i++) {
		struct gh_bind b;

		in = inputs();
		if (i == 0)
			client[31] ^= 1;
		if (i == 1)
			console[0] ^= 1;
		if (i == 2)
			in.audience = "client:acm";
		if (i == 3)
			in.spki.len--;
		if (i == 4)
			exporter[5] ^= 1;
		if (i == 5)
			stage1[5] ^= 1;
		if (i == 6)
			in.devices.len--;
		if (i == 7)
			in.platform.len--;
		b = compute(&in);
		assert_memory_not_equal(b.b, good.b, 32);
		assert_int_equal(memcmp(b.n, good.n, 32) == 0, i > 2);
	}
}

static void test_missing_input_is_refused(void **state)
{
	static const char *const want[] = {"console's nonce", "audience", "agent's key",
	    "TLS exporter", "host report", "devices section", "platform section"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(want); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_bind_inputs in = inputs();
		unsigned char seen[64] = {0};
		struct gh_bind b;
		struct gh_err e = {0};

		in.console_nonce = i == 0 ? NULL : console;
		in.audience = i == 1 ? NULL : in.audience;
		in.spki.len = i == 2 ? 0 : in.spki.len;
		in.exporter = i == 3 ? NULL : exporter;
		in.stage1 = i == 4 ? NULL : stage1;
		in.devices.len = i == 5 ? 0 : in.devices.len;
		in.platform.len = i == 6 ? 0 : in.platform.len;
		assert_int_equal(gh_bind_compute(&b, &in, &e), -1);
		assert_int_equal(e.code, GH_E_USAGE);
		assert_non_null(strstr(e.what, want[i]));
		assert_int_equal(gh_bind_verify(&r, "vm", "", &in, seen, NULL), -1);
	}
}

/* ---- findings ----------------------------------------------------------------------- */

static void verify(struct gh_result *r, const struct gh_bind_inputs *in,
    const unsigned char seen[64], const char *parent)
{
	struct gh_err e = {0};

	if (gh_bind_verify(r, "vm", parent, in, seen, &e))
		fail_msg("%s", e.what);
	assert_tree(r);
}

static void test_right_answer_passes_three_times(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_bind_inputs in = inputs();
	struct gh_bind b = compute(&in);

	(void)state;
	verify(&r, &in, b.report_data, "");
	assert_int_equal(verdict_of(&r, "bind.nonce"), GH_PASS);
	assert_int_equal(verdict_of(&r, "bind.report_data"), GH_PASS);
	assert_int_equal(verdict_of(&r, "bind.exporter"), GH_PASS);
	assert_int_equal(gh_result_verdict(&r), GH_PASS);
}

/* An honest answer to another session: the nonce is wrong, nothing else is judged. */
static void test_old_session_fails_the_nonce_only(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_bind_inputs in = inputs();
	struct gh_bind old;

	(void)state;
	console[3] ^= 0x80;
	old = compute(&in);
	in = inputs();
	verify(&r, &in, old.report_data, "");
	assert_int_equal(verdict_of(&r, "bind.nonce"), GH_FAIL);
	assert_string_equal(code_of(&r, "bind.nonce"), "bind.nonce.mismatch");
	assert_int_equal(verdict_of(&r, "bind.report_data"), GH_SKIP);
	assert_int_equal(verdict_of(&r, "bind.exporter"), GH_SKIP);
}

static void test_every_flipped_byte_fails(void **state)
{
	struct gh_bind_inputs in = inputs();
	struct gh_bind b = compute(&in);

	(void)state;
	for (size_t i = 0; i < 64; i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};

		b.report_data[i] ^= 0x10;
		verify(&r, &in, b.report_data, "");
		b.report_data[i] ^= 0x10;
		assert_int_equal(
		    verdict_of(&r, "bind.nonce"), i < 32 ? GH_PASS : GH_FAIL);
		assert_int_equal(verdict_of(&r, "bind.report_data"), GH_FAIL);
		assert_int_equal(verdict_of(&r, "bind.exporter"), GH_SKIP);
		assert_int_equal(gh_result_verdict(&r), GH_FAIL);
	}
}

/* An offline client cannot know X: listed, not counted. */
static void test_stated_exporter_is_listed(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_bind_inputs in = inputs();
	struct gh_bind b = compute(&in);

	(void)state;
	in.exporter_stated = true;
	verify(&r, &in, b.report_data, "");
	assert_int_equal(verdict_of(&r, "bind.report_data"), GH_PASS);
	assert_int_equal(verdict_of(&r, "bind.exporter"), GH_SKIP);
	assert_string_equal(code_of(&r, "bind.exporter"), "bind.exporter.stated");
	assert_int_equal(gh_result_verdict(&r), GH_PASS);
}

/* Nothing passes below a signature that did not hold; LAB is handed down. */
static void test_findings_hang_below_the_signature(void **state)
{
	struct gh_bind_inputs in = inputs();
	struct gh_bind b = compute(&in);

	(void)state;
	for (int good = 0; good < 2; good++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_finding *f =
		    gh_findings_add(&r.findings, "vm", "snp.signature");

		gh_judge(f, good ? GH_PASS : GH_FAIL, good ? "" : "snp.signature.bad");
		f->lab = true;
		verify(&r, &in, b.report_data, "snp.signature");
		assert_int_equal(verdict_of(&r, "bind.nonce"), good ? GH_PASS : GH_SKIP);
		assert_int_equal(
		    verdict_of(&r, "bind.exporter"), good ? GH_PASS : GH_SKIP);
		assert_true(gh_findings_get(&r.findings, "vm", "bind.nonce")->lab);
	}
}

/* ---- launch ------------------------------------------------------------------------- */

static void test_launch_specification_is_judged(void **state)
{
	struct gh_bytes spec = gh_text_of("{\"image\":\"..\"}"), other = gh_text_of("{}");
	uint8_t config[48], host[32], want[48];

	(void)state;
	assert_int_equal(gh_bind_launch(config, host, spec, NULL), 0);
	assert_int_equal(gh_hash(GH_SHA384, "gatehouse/launch/v1\0{\"image\":\"..\"}",
			     20 + spec.len, want, NULL),
	    0);
	assert_memory_equal(config, want, 48);
	assert_int_equal(gh_bind_launch(NULL, NULL, spec, NULL), 0);
	for (int i = 0; i < 4; i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_bytes seen = {i & 1 ? config : host, i & 1 ? 48 : 32};

		assert_int_equal(
		    gh_bind_verify_launch(&r, "vm", "", i & 2 ? other : spec, seen, NULL),
		    0);
		assert_int_equal(
		    verdict_of(&r, "bind.launch"), i & 2 ? GH_FAIL : GH_PASS);
	}
}

static void test_launch_value_of_another_length_is_refused(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	static const unsigned char zeros[64];
	struct gh_err e = {0};

	(void)state;
	for (size_t len = 0; len <= 64; len++) {
		struct gh_bytes seen = {zeros, len};

		if (len == 32 || len == 48)
			continue;
		assert_int_equal(
		    gh_bind_verify_launch(&r, "vm", "", gh_text_of("{}"), seen, &e), -1);
		assert_int_equal(e.code, GH_E_USAGE);
	}
	assert_int_equal(r.findings.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_value_is_as_written_down),
	    cmocka_unit_test(test_no_client_nonce_is_zeros),
	    cmocka_unit_test(test_each_input_moves_the_binding),
	    cmocka_unit_test(test_missing_input_is_refused),
	    cmocka_unit_test(test_right_answer_passes_three_times),
	    cmocka_unit_test(test_old_session_fails_the_nonce_only),
	    cmocka_unit_test(test_every_flipped_byte_fails),
	    cmocka_unit_test(test_stated_exporter_is_listed),
	    cmocka_unit_test(test_findings_hang_below_the_signature),
	    cmocka_unit_test(test_launch_specification_is_judged),
	    cmocka_unit_test(test_launch_value_of_another_length_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
