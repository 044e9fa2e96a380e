/* SPDX-License-Identifier: Apache-2.0
 * Every vector of launch prediction: SNP launch digests, MRTDs, the binding, and what the
 * events of real TDs measured. */
#include "cpu_vectors.h"
#include "evidence/bind.h"
#include "evidence/ccel.h"
#include "evidence/snp_launch.h"
#include "evidence/tdx_mrtd.h"
#include "evidence/tdx_rtmr.h"

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static void assert_hex(const char *what, const uint8_t *got, size_t len, const char *want)
{
	char hex[2 * 64 + 1];

	gh_hex(hex, got, len);
	if (strcmp(hex, want) != 0)
		fail_msg("%s: %s, expected %s", what, hex, want);
}

/* ---- SNP ---------------------------------------------------------------------------- */

static void setup_launch(struct gh_snp_launch *in, const json_t *c, uint8_t seed[48])
{
	static const struct gh_bytes empty = {(const unsigned char *)"", 0};
	uint64_t v = 0;

	in->vcpus = (unsigned int)json_integer_value(json_object_get(c, "vcpus"));
	assert_int_equal(gh_text_u64(gh_text_of(text_of(c, "vcpu_sig")), 16, &v), 0);
	in->sig = (uint32_t)v;
	assert_int_equal(
	    gh_text_u64(gh_text_of(text_of(c, "guest_features")), 16, &in->features), 0);
	assert_int_equal(gh_vmm_parse(text_of(c, "vmm"), &in->vmm), 0);
	if (text_of(c, "kernel"))
		assert_int_equal(
		    gh_snp_launch_kernel(in, empty, empty, text_of(c, "append"), NULL),
		    0);
	if (text_of(c, "seed_ovmf_hash")) {
		assert_int_equal(
		    gh_unhex(seed, 48, text_of(c, "seed_ovmf_hash"), NULL), 0);
		in->fw_digest = seed;
	}
}

/* The search must give back settings that give the measurement. */
static void check_find(const struct gh_snp_launch *in, const uint8_t want[48])
{
	struct gh_snp_launch found = *in;
	uint8_t ld[48];
	const char *model;

	found.sig = 0;
	found.features = 0;
	assert_int_equal(gh_snp_launch_find(&found, 64, want, &model, NULL), 1);
	assert_int_equal(gh_snp_launch_digest(&found, ld, NULL), 0);
	assert_memory_equal(ld, want, 48);
	assert_int_equal(found.vcpus, in->vcpus);
	assert_int_equal(found.features, in->features);
	if (in->vmm == GH_VMM_QEMU)
		assert_string_equal(model, "EPYC");
}

static void run_launch(const json_t *c)
{
	gh_auto(struct gh_buf, gh_buf_free) file = {0};
	struct gh_snp_launch in = {0};
	struct gh_firmware fw;
	uint8_t ld[48], seed[48];
	struct gh_err e = {0};

	read_vector(&file, "snp", text_of(c, "ovmf"));
	assert_int_equal(gh_firmware_parse(&fw, file.p, file.len, &e), 0);
	in.fw = &fw;
	if (text_of(c, "expected_ovmf_hash")) {
		assert_int_equal(gh_snp_firmware_digest(&fw, ld, &e), 0);
		assert_hex(text_of(c, "case"), ld, 48, text_of(c, "expected_ovmf_hash"));
		return;
	}
	if (text_of(c, "expected_error")) {
		struct gh_bytes none = {(const unsigned char *)"", 0};

		in.vcpus = 1;
		assert_int_equal(gh_snp_launch_kernel(&in, none, none, NULL, NULL), 0);
		assert_int_equal(gh_snp_launch_digest(&in, ld, &e), -1);
		assert_non_null(strstr(e.what, text_of(c, "expected_error")));
		return;
	}
	setup_launch(&in, c, seed);
	if (gh_snp_launch_digest(&in, ld, &e))
		fail_msg("%s: %s", text_of(c, "case"), e.what);
	assert_hex(text_of(c, "case"), ld, 48, text_of(c, "expected_measurement"));
	check_find(&in, ld);
}

static void test_every_launch_case_gives_its_measurement(void **state)
{
	json_t *cases;

	(void)state;
	need_vectors("snp/measure");
	cases = read_json("snp", "measure/cases.json");
	for (size_t i = 0; i < json_array_size(cases); i++)
		run_launch(json_array_get(cases, i));
	print_message("snp/measure: %zu cases\n", json_array_size(cases));
	assert_int_equal(json_array_size(cases), 19);
	json_decref(cases);
}

/* ---- MRTD --------------------------------------------------------------------------- */

static int mrtd_of(uint8_t single[48], uint8_t two[48], struct gh_bytes file)
{
	struct gh_firmware fw;
	struct gh_tdvf t;

	if (gh_firmware_parse(&fw, file.p, file.len, NULL) ||
	    gh_firmware_tdvf(&t, &fw, NULL))
		return -1;
	return gh_tdx_mrtd(&t, GH_MRTD_SINGLE, single, NULL) ||
		       gh_tdx_mrtd(&t, GH_MRTD_TWO_PASS, two, NULL)
		   ? -1
		   : 0;
}

static void run_mrtd(const json_t *c)
{
	gh_auto(struct gh_buf, gh_buf_free) file = {0};
	uint8_t single[48], two[48];
	int rc;

	read_vector(&file, "tdx", text_of(c, "file"));
	rc = mrtd_of(single, two, gh_buf_view(&file));
	if ((rc == 0) != !strcmp(text_of(c, "expect"), "ok"))
		fail_msg("%s: expected %s", text_of(c, "id"), text_of(c, "expect"));
	if (rc)
		return;
	assert_hex(text_of(c, "id"), single, 48, text_of(c, "mrtd_single_pass"));
	assert_hex(text_of(c, "id"), two, 48, text_of(c, "mrtd_two_pass"));
}

/* Debian's own file, where this machine has that version of it. */
static void run_figure(const json_t *c)
{
	gh_auto(struct gh_buf, gh_buf_free) file = {0};
	uint8_t single[48], two[48];
	char name[GH_SHA256_NAME_LEN];

	if (!text_of(c, "sha256_prefix"))
		return;
	if (gh_file_read(&file, "/usr/share/ovmf/OVMF.fd", 8u << 20, NULL) ||
	    gh_sha256_name(file.p, file.len, name, NULL) ||
	    strncmp(name + 7, text_of(c, "sha256_prefix"), 12) != 0) {
		print_message("tdx/mrtd: SKIP the figure of %s: not installed\n",
		    text_of(c, "file"));
		return;
	}
	assert_int_equal(mrtd_of(single, two, gh_buf_view(&file)), 0);
	assert_hex("OVMF.fd", single, 48, text_of(c, "mrtd_single_pass"));
	assert_hex("OVMF.fd", two, 48, text_of(c, "mrtd_two_pass"));
	print_message("tdx/mrtd: figure of %s agrees\n", text_of(c, "file"));
}

static void test_every_mrtd_case_is_as_expected(void **state)
{
	const json_t *list, *figures;
	json_t *j;

	(void)state;
	need_vectors("tdx/mrtd");
	j = read_json("tdx", "mrtd/cases.json");
	list = json_object_get(j, "cases");
	figures = json_object_get(j, "figures");
	for (size_t i = 0; i < json_array_size(list); i++)
		run_mrtd(json_array_get(list, i));
	for (size_t i = 0; i < json_array_size(figures); i++)
		run_figure(json_array_get(figures, i));
	print_message("tdx/mrtd: %zu cases\n", json_array_size(list));
	assert_int_equal(json_array_size(list), 16);
	json_decref(j);
}

/* ---- event logs of real TDs --------------------------------------------------------- */

static void load_events(struct gh_buf *file, struct gh_events *out, const char *name)
{
	struct gh_ccel log;
	struct gh_err e = {0};

	read_vector(file, "tdx/eventlog/real", name);
	if (gh_ccel_parse(&log, gh_buf_view(file), &e) || gh_ccel_events(out, &log, &e))
		fail_msg("%s: %s", name, e.what);
}

/* Rows of one register against the measured events of a log; PE digests, which need the
 * image itself, are taken from the log. Returns how many rows were compared. */
static size_t compare_rows(
    struct gh_rtmr_log *log, const struct gh_events *es, unsigned int rtmr)
{
	size_t k = 0, same = 0;

	for (size_t i = 0; i < es->n; i++) {
		const struct gh_ccel_event *ev = &es->at[i];

		if (!gh_ccel_measured(ev, rtmr))
			continue;
		while (k < log->n && log->at[k].rtmr != rtmr)
			k++;
		if (k == log->n)
			fail_msg("event %zu is not predicted", ev->number);
		assert_int_equal(ev->type, log->at[k].type);
		if (ev->type == 0x80000003u || ev->type == 0x6u) {
			memcpy(log->at[k].digest, ev->sha384, 48);
		} else {
			assert_memory_equal(ev->sha384, log->at[k].digest, 48);
			same++;
		}
		k++;
	}
	while (k < log->n && log->at[k].rtmr != rtmr)
		k++;
	assert_int_equal(k, log->n);
	return same;
}

/* 0x80000003 with anything that parses: its digest is replaced. */
static void make_image(struct gh_buf *out)
{
	static const unsigned char head[] = {'P', 'E', 0, 0, 0x64, 0x86, 1, 0};
	unsigned char b[0x400] = {'M', 'Z', [0x3c] = 0x40, [0x202] = 'H', 'd', 'r', 'S',
	    0x0f, 0x02, [0x211] = 1, [0x22c] = 0xff, 0xff, 0xff, 0x7f, [0x236] = 0x7f};

	memcpy(b + 0x40, head, sizeof(head));
	b[0x54] = 112;  /* optional header */
	b[0x58] = 0x0b; /* PE32+ */
	b[0x59] = 0x02;
	b[0x58 + 61] = 0x02; /* SizeOfHeaders 0x200 */
	b[0xc8 + 8] = 1;     /* section: vsize */
	b[0xc8 + 17] = 0x02; /* 0x200 bytes at 0x200 */
	b[0xc8 + 21] = 0x02;
	gh_buf_add(out, b, sizeof(b));
}

/* Direct boots: order and digests of every event that does not depend on the image. */
static void test_real_direct_boots_measure_what_we_list(void **state)
{
	static const struct {
		const char *name;
		unsigned int flags;
	} logs[] = {{"lunal-live2.ccel.bin", 0}, {"lunal-live-other-boot.ccel.bin", 0},
	    {"trustee-ccel_data_ovmf.bin", GH_RTMR_NO_SEPARATOR}};
	size_t same = 0;

	(void)state;
	need_vectors("tdx/eventlog");
	for (size_t i = 0; i < GH_COUNT(logs); i++) {
		gh_auto(struct gh_buf, gh_buf_free) file = {0};
		gh_auto(struct gh_buf, gh_buf_free) image = {0};
		gh_auto(struct gh_events, gh_events_free) es = {0};
		struct gh_rtmr_log log;
		struct gh_rtmr_in in = {.initrd = {(const unsigned char *)"x", 1},
		    .cmdline = "quiet",
		    .flags = logs[i].flags};
		struct gh_err e = {0};

		make_image(&image);
		in.image = gh_buf_view(&image);
		load_events(&file, &es, logs[i].name);
		if (gh_rtmr_direct(&log, &in, &e))
			fail_msg("%s", e.what);
		same += compare_rows(&log, &es, 1);
		same += compare_rows(&log, &es, 2);
	}
	print_message("tdx/eventlog/real: %zu logs of direct boots, %zu digests equal\n",
	    GH_COUNT(logs), same);
	assert_int_equal(same, 4 + 4 + 3);
}

/* The registers of the quote, once the image's digests are in their rows. */
static void test_replay_gives_the_registers_of_the_real_quote(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) file = {0};
	gh_auto(struct gh_buf, gh_buf_free) image = {0};
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};
	gh_auto(struct gh_events, gh_events_free) es = {0};
	struct gh_rtmr_in in = {.initrd = {(const unsigned char *)"x", 1}};
	struct gh_rtmr_log log;
	uint8_t value[48];

	(void)state;
	need_vectors("tdx/eventlog");
	make_image(&image);
	in.image = gh_buf_view(&image);
	load_events(&file, &es, "lunal-live2.ccel.bin");
	read_vector(&quote, "tdx/real", "lunal-live-v4.quote.bin");
	assert_int_equal(gh_rtmr_direct(&log, &in, NULL), 0);
	compare_rows(&log, &es, 1);
	compare_rows(&log, &es, 2);
	/* RTMR1 and RTMR2 of a v4 quote: 48 + 376 and 48 + 424 */
	assert_int_equal(gh_rtmr_replay(&log, 1, value, NULL), 0);
	assert_memory_equal(value, quote.p + 48 + 376, 48);
	assert_int_equal(gh_rtmr_replay(&log, 2, value, NULL), 0);
	assert_memory_equal(value, quote.p + 48 + 424, 48);
}

/* A UKI with these sections, one byte each, and a kernel that parses. */
static void make_uki(struct gh_buf *out, const char *const *name, size_t n)
{
	gh_auto(struct gh_buf, gh_buf_free) inner = {0};
	unsigned char b[0x400] = {'M', 'Z', [0x3c] = 0x40};

	make_image(&inner);
	memcpy(b + 0x40, inner.p + 0x40, 0xc8 - 0x40);
	b[0x46] = (unsigned char)n;
	b[0x58 + 61] = 0x04; /* SizeOfHeaders 0x400 */
	for (size_t i = 0; i < n; i++) {
		unsigned char *s = b + 0xc8 + 40 * i;

		memcpy(s, name[i], strlen(name[i]));
		s[8] = strcmp(name[i], ".linux") ? 1 : 0;
		s[9] = strcmp(name[i], ".linux") ? 0 : 4;
		s[17] = 0x04; /* 0x400 bytes each */
		s[21] = (unsigned char)(4 * (i + 1));
	}
	gh_buf_add(out, b, sizeof(b));
	for (size_t i = 0; i < n; i++)
		gh_buf_add(out, inner.p, inner.len);
}

/* A real UKI boot (GKE): its sections lie in another order than they are measured in. */
static void test_a_real_uki_boot_measures_what_we_list(void **state)
{
	static const char *const name[] = {
	    ".sbat", ".osrel", ".uname", ".cmdline", ".initrd", ".linux"};
	gh_auto(struct gh_buf, gh_buf_free) file = {0};
	gh_auto(struct gh_buf, gh_buf_free) image = {0};
	gh_auto(struct gh_events, gh_events_free) es = {0};
	struct gh_rtmr_in in = {.flags = GH_RTMR_INNER};
	struct gh_rtmr_log log;
	size_t names = 0, k = 0;

	(void)state;
	need_vectors("tdx/eventlog");
	make_uki(&image, name, GH_COUNT(name));
	in.image = gh_buf_view(&image);
	load_events(&file, &es, "trustee-ccel_data_grub_gke.bin");
	assert_int_equal(gh_rtmr_uki(&log, &in, NULL), 0);
	for (unsigned int rtmr = 1; rtmr <= 2; rtmr++) {
		k = 0;
		for (size_t i = 0; i < es.n; i++) {
			if (!gh_ccel_measured(&es.at[i], rtmr))
				continue;
			while (k < log.n && log.at[k].rtmr != rtmr)
				k++;
			assert_true(k < log.n);
			assert_int_equal(es.at[i].type, log.at[k].type);
			names += !memcmp(es.at[i].sha384, log.at[k].digest, 48);
			k++;
		}
	}
	print_message("tdx/eventlog/real: 1 log of a UKI, %zu digests equal\n", names);
	/* two at the start, two at the exit, six section names */
	assert_int_equal(names, 10);
}

/* ---- binding ------------------------------------------------------------------------ */

struct bound {
	uint8_t client[32], console[32], exporter[32], stage1[32];
	struct gh_buf spki, devices, platform;
	struct gh_bind_inputs in;
	json_t *j;
};

static void read_bound(struct bound *b)
{
	const json_t *in;

	memset(b, 0, sizeof(*b));
	b->j = read_json("reports", "own/binding.json");
	in = json_object_get(b->j, "inputs");
	assert_int_equal(gh_unhex(b->client, 32, text_of(in, "client_nonce"), NULL), 0);
	assert_int_equal(
	    gh_unhex(b->console, 32, text_of(in, "gatehouse_nonce"), NULL), 0);
	assert_int_equal(gh_unhex(b->exporter, 32, text_of(in, "tls_exporter"), NULL), 0);
	assert_int_equal(
	    gh_unhex(b->stage1, 32, text_of(in, "stage1_payload_sha256"), NULL), 0);
	const char *spki = text_of(in, "agent_spki_der_hex"),
		   *dev = text_of(in, "devices_bytes_b64"),
		   *plat = text_of(in, "platform_bytes_b64");
	assert_int_equal(gh_unhex_buf(&b->spki, spki, strlen(spki), NULL), 0);
	assert_int_equal(gh_unb64(&b->devices, dev, strlen(dev), NULL), 0);
	assert_int_equal(gh_unb64(&b->platform, plat, strlen(plat), NULL), 0);
	b->in = (struct gh_bind_inputs){.client_nonce = b->client,
	    .console_nonce = b->console,
	    .audience = text_of(in, "audience"),
	    .spki = gh_buf_view(&b->spki),
	    .exporter = b->exporter,
	    .stage1 = b->stage1,
	    .devices = gh_buf_view(&b->devices),
	    .platform = gh_buf_view(&b->platform)};
}

static void free_bound(struct bound *b)
{
	gh_buf_free(&b->spki);
	gh_buf_free(&b->devices);
	gh_buf_free(&b->platform);
	json_decref(b->j);
}

static void test_binding_gives_every_output(void **state)
{
	struct bound b;
	struct gh_bind out;
	const json_t *want;

	(void)state;
	need_vectors("reports/own");
	read_bound(&b);
	want = json_object_get(b.j, "outputs");
	assert_int_equal(gh_bind_compute(&out, &b.in, NULL), 0);
	assert_hex("N", out.n, 32, text_of(want, "N"));
	assert_hex("K", out.k, 32, text_of(want, "K"));
	assert_hex("D", out.d, 32, text_of(want, "D"));
	assert_hex("E", out.e, 32, text_of(want, "E"));
	assert_hex("gpu", out.gpu, 32, text_of(want, "gpu_nonce"));
	assert_hex("switch", out.swtch, 32, text_of(want, "switch_nonce"));
	assert_hex("tpm", out.tpm, 32, text_of(want, "host_tpm_qualifying_data"));
	assert_hex("B", out.b, 32, text_of(want, "B"));
	assert_hex("report_data", out.report_data, 64, text_of(want, "report_data_64"));
	/* the vectors were made for this launch specification */
	static const struct gh_bytes spec = {(const unsigned char *)"{\"v\":1}", 7};
	uint8_t config[48], host[32];

	assert_int_equal(gh_bind_launch(config, host, spec, NULL), 0);
	assert_hex("launch", config, 48, text_of(want, "launch_mr_config_id_sha384"));
	assert_hex("launch", host, 32, text_of(want, "launch_host_data_sha256"));
	print_message("reports/own/binding.json: 11 outputs equal\n");
	free_bound(&b);
}

/* Each negative: the session is ours, the binding is not. */
static void test_binding_refuses_every_negative(void **state)
{
	const json_t *list;
	struct bound b;

	(void)state;
	need_vectors("reports/own");
	read_bound(&b);
	list = json_object_get(b.j, "negatives");
	for (size_t i = 0; i < json_array_size(list); i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		const json_t *c = json_array_get(list, i);
		uint8_t seen[64];

		assert_int_equal(
		    gh_unhex(seen, 64, text_of(c, "report_data_64"), NULL), 0);
		assert_int_equal(gh_bind_verify(&r, "vm", "", &b.in, seen, NULL), 0);
		assert_int_equal(verdict_of(&r, "bind.nonce"), GH_PASS);
		assert_int_equal(verdict_of(&r, "bind.report_data"), GH_FAIL);
		assert_string_equal(
		    code_of(&r, "bind.report_data"), "bind.report_data.mismatch");
		assert_int_equal(verdict_of(&r, "bind.exporter"), GH_SKIP);
		assert_tree(&r);
	}
	print_message(
	    "reports/own/binding.json: %zu negatives refused\n", json_array_size(list));
	assert_int_equal(json_array_size(list), 5);
	free_bound(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_every_launch_case_gives_its_measurement),
	    cmocka_unit_test(test_every_mrtd_case_is_as_expected),
	    cmocka_unit_test(test_real_direct_boots_measure_what_we_list),
	    cmocka_unit_test(test_replay_gives_the_registers_of_the_real_quote),
	    cmocka_unit_test(test_a_real_uki_boot_measures_what_we_list),
	    cmocka_unit_test(test_binding_gives_every_output),
	    cmocka_unit_test(test_binding_refuses_every_negative),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
