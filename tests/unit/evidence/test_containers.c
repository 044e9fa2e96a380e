/* SPDX-License-Identifier: Apache-2.0
 * Containers made here that are odd in one thing: JSON, PEM, DER, base64, chains. */
#include <openssl/pem.h>

#include "cpu_pki.h"
#include "evidence/collateral_json.h"
#include "evidence/device_chain.h"
#include "evidence/evidence_json.h"
#include "evidence/load_pem.h"
#include "evidence/shelf.h"
#include "evidence/sniff.h"
#include "nvidia_vectors.h"

#define GPU "EeAB/w==" /* the first four bytes of an SPDM request: enough to be known */

/* How many pieces there are in it; -1 when it is refused. */
static int count(const char *text, enum gh_evidence_type type)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	int n = 0;

	if (gh_evidence_load(&set, text, strlen(text), GH_EV_UNKNOWN, NULL) < 0)
		return -1;
	for (size_t i = 0; i < set.n; i++)
		n += type == GH_EV_UNKNOWN || set.at[i].type == type;
	return n;
}

static void add_der(struct gh_buf *out, X509 *x)
{
	unsigned char *der = NULL;
	int len = i2d_X509(x, &der);

	assert_true(len > 0);
	gh_buf_add(out, der, (size_t)len);
	OPENSSL_free(der);
}

static void add_pem(struct gh_buf *out, const struct made *m)
{
	gh_auto(struct gh_buf, gh_buf_free) der = {0};

	add_der(&der, m->x509);
	gh_buf_str(out, "-----BEGIN CERTIFICATE-----\n");
	gh_b64(out, der.p, der.len);
	gh_buf_str(out, "\n-----END CERTIFICATE-----\n");
}

/* ---- Intel's documents in JSON --------------------------------------------------------- */

static void test_pairs_when_a_part_is_missing_then_none(void **state)
{
	static const struct {
		const char *text;
		int infos, qes;
	} cases[] = {
	    {"{\"tcb_info\":{\"a\":1},\"tcb_info_signature\":\"00\"}", 1, 0},
	    {"{\"tcb_info_signature\":\"00\",\"tcb_info\":{\"a\":1}}", 1, 0},
	    {"{\"qe_identity\":{\"a\":1},\"qe_identity_signature\":\"00\"}", 0, 1},
	    {"{\"tcb_info\":\"{}\",\"tcb_info_signature\":\"00\"}", 1, 0},
	    {"{\"tcb_info\":{\"a\":1}}", -1, -1},
	    {"{\"tcb_info\":\"{}\"}", -1, -1},
	    {"{\"tcb_info\":[1],\"tcb_info_signature\":\"00\"}", -1, -1},
	    {"{\"tcb_info\":\"{}\",\"tcb_info_signature\":1}", -1, -1},
	    {"{\"tcb_info\":{},\"tcb_info_signature\":[\"00\"]}", -1, -1},
	    {"[{\"tcb_info\":{},\"tcb_info_signature\":\"0\"},\"tcb_info\",[{}]]", 1, 0},
	    {"{\"x\":{\"tcb\\\"Info\":1},\"y\":\"\\\\\"}", -1, -1},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		if (count(cases[i].text, GH_EV_TCB_INFO) != cases[i].infos ||
		    count(cases[i].text, GH_EV_QE_IDENTITY) != cases[i].qes)
			fail_msg("%s", cases[i].text);
	}
}

/* Its contract wants JSON; what is none is survived, and read past nowhere. */
static void test_scan_when_no_json_then_survives(void **state)
{
	static const char *const bad[] = {"\"", "\"a", "\"a\\", "\"tcbInfo\"", "]", "}}",
	    ",", "{\"tcbInfo", "[\"tcb_info\"]}", "{\"tcb_info_signature\":\""};
	gh_auto(struct gh_buf, gh_buf_free) deep = {0};
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++)
		assert_int_equal(gh_collateral_scan(&set, gh_text_of(bad[i]), NULL), 0);
	for (int i = 0; i < 100; i++)
		gh_buf_str(&deep, "{\"a\":");
	for (int i = 0; i < 200; i++)
		gh_buf_str(&deep, "}");
	assert_int_equal(gh_collateral_scan(&set, gh_buf_view(&deep), NULL), 0);
	assert_int_equal(set.n, 0);
}

/* ---- devices in JSON ------------------------------------------------------------------- */

/* The PEM behind the report, as often as the container has it. */
static size_t chain_of(const char *text)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	size_t n = 0;

	assert_int_equal(
	    gh_evidence_load(&set, text, strlen(text), GH_EV_UNKNOWN, NULL), 0);
	assert_int_equal(set.at[0].type, GH_EV_GPU);
	struct gh_bytes rest = gh_buf_view(&set.at[0].chain);
	const unsigned char *p;

	while ((p = gh_text_find(rest, "-----BEGIN")) != NULL) {
		n++;
		rest.len -= (size_t)(p + 1 - rest.p);
		rest.p = p + 1;
	}
	return n;
}

static void test_device_when_chain_in_any_form_then_gathered(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0}, pem = {0};

	(void)state;
	gh_buf_str(&pem, "-----BEGIN CERTIFICATE-----");
	assert_int_equal(chain_of("{\"evidence\":\"" GPU "\"}"), 0);
	assert_int_equal(chain_of("{\"evidence\":\"" GPU "\",\"certificate\":"
				  "\"-----BEGIN\"}"),
	    1);
	assert_int_equal(chain_of("{\"evidence\":\"" GPU "\",\"chain\":[\"-----BEGIN\","
				  "7,null,\"!\",\"AAAA\",{\"a\":\"-----BEGIN\"}]}"),
	    2);
	assert_int_equal(
	    chain_of("{\"evidence\":\"" GPU "\",\"chain\":{\"other\":\"-----BEGIN\","
		     "\"GpuAttestationCertificateChain\":[\"-----BEGIN\"]}}"),
	    1);
	gh_buf_str(&b, "{\"evidence\":\"" GPU "\",\"cert_chain\":\"");
	gh_b64(&b, pem.p, pem.len);
	gh_buf_str(&b, "\"}");
	assert_int_equal(chain_of(gh_buf_cstr(&b)), 1);
	for (int deep = 12; deep <= 13; deep++) {
		gh_buf_clear(&b);
		gh_buf_str(&b, "{\"evidence\":\"" GPU "\",\"chain\":");
		for (int i = 0; i < deep; i++)
			gh_buf_str(&b, "[");
		gh_buf_str(&b, "\"-----BEGIN\"");
		for (int i = 0; i < deep; i++)
			gh_buf_str(&b, "]");
		gh_buf_str(&b, "}");
		assert_int_equal(chain_of(gh_buf_cstr(&b)), deep == 12);
	}
}

static void test_device_when_report_is_none_then_not_one(void **state)
{
	(void)state;
	assert_int_equal(count("{\"evidence\":7}", GH_EV_UNKNOWN), -1);
	assert_int_equal(count("{\"evidence\":{\"py/b64\":\"" GPU "\"}}", GH_EV_GPU), 1);
	assert_int_equal(count("{\"evidence\":{\"b64\":\"" GPU "\"}}", GH_EV_GPU), -1);
	assert_int_equal(count("{\"quote\":\"!!\"}", GH_EV_UNKNOWN), -1);
	assert_int_equal(count("{\"quote\":\"\"}", GH_EV_UNKNOWN), -1);
	assert_int_equal(count("{\"quote\":\"AAAA\"}", GH_EV_UNKNOWN), -1);
	/* neither a nonce that is no text nor one of another piece is taken along */
	assert_int_equal(count("{\"nonce\":7,\"evidence\":\"" GPU "\"}", GH_EV_GPU), 1);
}

/* [17,224,1,255,0 ..]: SPDM as numbers, n in all, and one of them replaced. */
static int count_numbers(size_t n, const char *odd)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	gh_buf_str(&b, "{\"data\":[17,224,1,255");
	for (size_t i = 4; i + 1 < n; i++)
		gh_buf_str(&b, ",0");
	gh_buf_fmt(&b, ",%s]}", odd);
	return count(gh_buf_cstr(&b), GH_EV_GPU);
}

static void test_numbers_when_not_bytes_then_just_numbers(void **state)
{
	(void)state;
	assert_int_equal(count_numbers(64, "255"), 1);
	assert_int_equal(count_numbers(63, "255"), -1);
	assert_int_equal(count_numbers(64, "256"), -1);
	assert_int_equal(count_numbers(64, "-1"), -1);
	assert_int_equal(count_numbers(64, "1.0"), -1);
	assert_int_equal(count_numbers(64, "null"), -1);
	assert_int_equal(count_numbers(1u << 20, "1"), 1);
	assert_int_equal(count_numbers((1u << 20) + 1, "1"), -1);
}

/* A string in JSON that holds more than the cap is not left out in silence. */
static void test_json_when_string_holds_too_many_then_error(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) inner = {0}, b = {0};
	struct gh_evidence_set set = {0};
	struct gh_err err = {0};

	(void)state;
	gh_buf_str(&inner, "[");
	for (int i = 0; i < 1025; i++)
		gh_buf_fmt(&inner, "%s{\"evidence\":\"" GPU "\"}", i > 0 ? "," : "");
	gh_buf_str(&inner, "]");
	gh_buf_str(&b, "{\"body\":\"");
	gh_b64(&b, inner.p, inner.len);
	gh_buf_str(&b, "\"}");
	assert_int_equal(gh_evidence_load(&set, b.p, b.len, GH_EV_UNKNOWN, &err), -1);
	assert_int_equal(err.code, GH_E_PARSE);
	assert_non_null(strstr(err.what, "1024"));
	assert_int_equal(gh_evidence_json(&set, gh_buf_view(&b), 0, NULL), -1);
	assert_int_equal(set.n, 1024);
	/* full: one more string is an error too, whatever it holds */
	gh_buf_clear(&b);
	gh_buf_str(&b, "[\"");
	for (int i = 0; i < 64; i++)
		gh_buf_str(&b, "EeAB/wAA");
	gh_buf_str(&b, "\"]");
	assert_int_equal(gh_evidence_json(&set, gh_buf_view(&b), 0, &err), -1);
	gh_evidence_set_free(&set);
}

/* ---- marks ----------------------------------------------------------------------------- */

static void test_der_when_length_is_odd_then_no_value(void **state)
{
	static const struct {
		const char *bytes;
		size_t len, one; /* one: 0 for none */
	} cases[] = {
	    {"", 0, 0},
	    {"\x30", 1, 0},
	    {"\x31\x00", 2, 0},
	    {"\x30\x00", 2, 2},
	    {"\x30\x01\x05\x06", 4, 3},
	    {"\x30\x02\x05", 3, 0},
	    {"\x30\x80\x00\x00", 4, 0}, /* without an end: never in DER */
	    {"\x30\x81\x01\x05", 4, 4},
	    {"\x30\x84\x00\x00\x00\x01\x05", 7, 7},
	    {"\x30\x85\x00\x00\x00\x00\x01\x05", 8, 0},
	    {"\x30\x84\xff\xff\xff\xff\x05", 7, 0},
	    {"\x30\x82\x00", 3, 0},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct gh_bytes rest = {
		    (const unsigned char *)cases[i].bytes, cases[i].len};
		struct gh_bytes one = {NULL, 0};

		assert_int_equal(gh_der_next(&rest, &one), cases[i].one > 0);
		assert_int_equal(one.len, cases[i].one);
		assert_int_equal(rest.len, cases[i].len - cases[i].one);
	}
}

static void test_sniff_when_size_or_version_is_odd_then_unknown(void **state)
{
	unsigned char b[1185] = {0};
	static const struct {
		uint16_t version;
		bool snp;
	} cases[] = {{0, false}, {1, true}, {5, true}, {255, true}, {256, false}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		b[0] = (unsigned char)cases[i].version;
		b[1] = (unsigned char)(cases[i].version >> 8);
		assert_int_equal(
		    gh_evidence_sniff((struct gh_bytes){b, 1184}) == GH_EV_SNP,
		    cases[i].snp);
	}
	b[0] = 1;
	b[1] = 0;
	assert_int_equal(gh_evidence_sniff((struct gh_bytes){b, 1185}), GH_EV_UNKNOWN);
	/* a certificate table whose one entry nobody knows: GUID, offset 48, 4 bytes */
	memset(b, 0, sizeof b);
	memset(b, 0x77, 16);
	b[16] = 48;
	b[20] = 4;
	assert_int_equal(gh_evidence_sniff((struct gh_bytes){b, 52}), GH_EV_UNKNOWN);
}

static enum gh_evidence_type sniff_json(const char *text)
{
	gh_auto(json_t *, gh_json_free) v = gh_json_parse(text, strlen(text), NULL);

	assert_non_null(v);
	return gh_evidence_sniff_json(v);
}

static void test_json_marks_when_half_there_then_unknown(void **state)
{
	static const struct {
		const char *text;
		enum gh_evidence_type want;
	} cases[] = {
	    {"{\"rim\":\"x\",\"id\":\"y\"}", GH_EV_RIM},
	    {"{\"rim\":\"x\"}", GH_EV_UNKNOWN},
	    {"{\"rim\":\"x\",\"id\":1}", GH_EV_UNKNOWN},
	    {"{\"rim\":1,\"id\":\"y\"}", GH_EV_UNKNOWN},
	    {"{\"id\":\"y\"}", GH_EV_UNKNOWN},
	    {"[[\"JWT\",\"ey\"],{}]", GH_EV_EAT},
	    {"{\"detached_eat\":[[\"JWT\",\"ey\"],{}]}", GH_EV_EAT},
	    {"[[\"CWT\",\"ey\"],{}]", GH_EV_UNKNOWN},
	    {"[[\"JWT\",1],{}]", GH_EV_UNKNOWN},
	    {"[[\"JWT\"]]", GH_EV_UNKNOWN},
	    {"[[1]]", GH_EV_UNKNOWN},
	    {"[]", GH_EV_UNKNOWN},
	    {"7", GH_EV_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++)
		if (sniff_json(cases[i].text) != cases[i].want)
			fail_msg("%s", cases[i].text);
}

static void test_text_when_control_byte_then_not_text(void **state)
{
	(void)state;
	assert_true(gh_evidence_is_text(gh_text_of("a\tb\r\nc\x80")));
	for (unsigned char c = 0; c < 0x20; c++) {
		unsigned char b[] = {'a', c, 'b'};

		assert_int_equal(gh_evidence_is_text((struct gh_bytes){b, 3}),
		    c == '\t' || c == '\r' || c == '\n');
	}
}

static void test_decode_when_either_alphabet_then_bytes(void **state)
{
	static const struct {
		const char *text, *hex; /* NULL: refused */
	} cases[] = {
	    {"0xfbff", "fbff"},
	    {" fb ff\n", "fbff"},
	    {"+/+/", "fbffbf"},
	    {"-_-_", "fbffbf"},
	    {"-_\r\n-_\t= ", NULL},
	    {"+/ +\t/\r\n", "fbffbf"},
	    {"-_8", "fbff"},
	    {"-_8=", "fbff"},
	    {"-w", "fb"},
	    {"-w==", "fb"},
	    {"-", NULL}, /* one character is no byte */
	    {"-_-_-", NULL},
	    {"", NULL},
	    {" \n", NULL},
	    {"0x", NULL},
	    {"a.b", NULL},
	    {"====", NULL},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_buf, gh_buf_free) out = {0}, hex = {0};
		int rc = gh_evidence_decode(&out, gh_text_of(cases[i].text), NULL);

		gh_buf_hex(&hex, out.p, out.len);
		if ((rc < 0) != (cases[i].hex == NULL) ||
		    (rc == 0 && strcmp(gh_buf_cstr(&hex), cases[i].hex) != 0))
			fail_msg("'%s': %d, %s", cases[i].text, rc, gh_buf_cstr(&hex));
	}
}

/* ---- PEM and DER ----------------------------------------------------------------------- */

static void test_pem_when_cut_or_mixed_then_whole_blocks_only(void **state)
{
	static const char crl[] =
	    "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n";
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct made root = {0};

	(void)state;
	make_ca(&root, "a root", NULL, false);
	add_pem(&b, &root);
	gh_buf_str(&b, crl);
	add_pem(&b, &root);
	gh_buf_str(&b, "-----BEGIN CERTIFICATE-----\nno end\n");
	gh_buf_str(&b, "-----BEGIN X509 CRL-----\nno end\n");
	assert_int_equal(count(gh_buf_cstr(&b), GH_EV_CRL), 1);
	assert_int_equal(count(gh_buf_cstr(&b), GH_EV_CERTS), 1);
	assert_int_equal(count(crl, GH_EV_CERTS), 0);
	assert_int_equal(
	    count("-----BEGIN X509 CRL-----\n!\n-----END X509 CRL-----\n", GH_EV_UNKNOWN),
	    -1);
	assert_int_equal(count("-----BEGIN PRIVATE KEY-----", GH_EV_UNKNOWN), -1);
	free_made(&root);
}

static void test_percent_when_escape_is_odd_then_kept(void **state)
{
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	static const char text[] = "nothing here\n"
				   "h: -----BEGIN%20CERTIFICATE-----%0AA%zzB%4\n";

	(void)state;
	assert_int_equal(gh_evidence_percent(&set, gh_text_of(text), NULL), 0);
	assert_int_equal(set.n, 1);
	assert_memory_equal(
	    set.at[0].bytes.p, "-----BEGIN CERTIFICATE-----\nA%zzB%4", 35);
}

static void test_der_row_when_too_long_or_unknown_then_not_opened(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_evidence_set set = {0};
	struct made root = {0};
	bool all = true;

	(void)state;
	make_ca(&root, "a root", NULL, false);
	for (int i = 0; i < 256; i++)
		add_der(&b, root.x509);
	assert_int_equal(gh_evidence_der(&set, gh_buf_view(&b), &all, NULL), 0);
	assert_true(all);
	assert_int_equal(set.n, 1);
	assert_int_equal(gh_evidence_certs(&cs, gh_buf_view(&b), 255, NULL, NULL), -1);
	gh_certs_free(&cs);
	assert_int_equal(gh_evidence_certs(&cs, gh_buf_view(&b), 256, NULL, NULL), 0);
	gh_evidence_set_free(&set);
	add_der(&b, root.x509);
	assert_int_equal(gh_evidence_der(&set, gh_buf_view(&b), &all, NULL), 0);
	assert_false(all);
	assert_int_equal(set.n, 0);
	gh_buf_clear(&b);
	add_der(&b, root.x509);
	gh_buf_add(&b, "\x30\x00", 2);
	assert_int_equal(gh_evidence_der(&set, gh_buf_view(&b), &all, NULL), 0);
	assert_false(all);
	gh_certs_free(&cs);
	assert_int_equal(
	    gh_evidence_certs(&cs, (struct gh_bytes){b.p, 0}, 1, NULL, NULL), -1);
	assert_int_equal(
	    gh_evidence_certs(&cs, (struct gh_bytes){b.p, 9}, 1, NULL, NULL), -1);
	free_made(&root);
}

/* ---- the chain of a report that came alone --------------------------------------------- */

#define FLOORS 11 /* root first; the last is the leaf */

struct tower {
	struct made at[FLOORS];
	struct gh_buf report; /* signed by the leaf */
};

static void tower_make(struct tower *t, const char *curve)
{
	unsigned char der[160], raw[96], body[] = "measured";
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t n = sizeof der;
	const unsigned char *p = der;
	ECDSA_SIG *sig;

	*t = (struct tower){0};
	for (int i = 0; i < FLOORS; i++) {
		struct made *m = &t->at[i], *up = i > 0 ? m - 1 : m;
		char cn[32];

		snprintf(cn, sizeof cn, "floor %d", i);
		m->key = EVP_EC_gen(curve);
		m->x509 = blank_cert(cn, i > 0 ? up->x509 : NULL, m->key);
		add_conf_ext(m->x509, m->x509, NID_basic_constraints,
		    i < FLOORS - 1 ? "critical,CA:TRUE" : "critical,CA:FALSE");
		sign_cert(m->x509, up->key, false);
	}
	assert_true(
	    EVP_DigestSignInit(md, NULL, EVP_sha384(), NULL, t->at[FLOORS - 1].key) == 1);
	assert_true(EVP_DigestSign(md, der, &n, body, sizeof body) == 1);
	EVP_MD_CTX_free(md);
	sig = d2i_ECDSA_SIG(NULL, &p, (long)n);
	BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 48);
	BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 48, 48);
	ECDSA_SIG_free(sig);
	gh_buf_add(&t->report, body, sizeof body);
	gh_buf_add(&t->report, raw, 96);
}

static void tower_free(struct tower *t)
{
	for (int i = 0; i < FLOORS; i++)
		free_made(&t->at[i]);
	gh_buf_free(&t->report);
}

static void put(struct gh_evidence_set *set, const struct gh_buf *b)
{
	assert_non_null(gh_evidence_add(set, GH_EV_CERTS, gh_buf_view(b), NULL));
}

/* The names in the chain that is found, "floor 10,floor 9"; "" for none. */
static const char *chain_found(const struct gh_evidence_set *set, struct gh_bytes report)
{
	static char names[512];
	static const struct gh_trust trust;
	const struct gh_context ctx = {.at = PKI_AT, .trust = &trust};
	const struct gh_evidence_set *both[2] = {set, NULL};
	gh_auto(struct gh_shelf, gh_shelf_free) shelf = {0};
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};

	assert_int_equal(gh_shelf_fill(&shelf, set, NULL, &ctx, NULL), 0);
	assert_int_equal(gh_device_chain(&pem, &shelf, both, report, NULL), 0);
	names[0] = '\0';
	if (pem.len == 0)
		return names;
	assert_int_equal(gh_certs_from_pem(&cs, pem.p, pem.len, 32, NULL), 0);
	for (size_t i = 0, n = 0; i < cs.n; i++)
		n += (size_t)snprintf(names + n, sizeof names - n, "%s%s",
		    i > 0 ? "," : "", gh_cert_cn(cs.at[i]));
	return names;
}

/* One piece of DER or PEM with these floors. */
static void put_floors(
    struct gh_evidence_set *set, const struct tower *t, const char *floors, bool der)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	for (; *floors != '\0'; floors++) {
		const struct made *m = &t->at[*floors - '0'];

		if (der)
			add_der(&b, m->x509);
		else
			add_pem(&b, m);
	}
	put(set, &b);
}

static void test_chain_when_single_certificates_then_assembled(void **state)
{
	gh_auto(struct tower, tower_free) t;
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};

	(void)state;
	tower_make(&t, "P-384");
	struct gh_bytes report = gh_buf_view(&t.report);
	put_floors(&set, &t, ":", true); /* the leaf, 10 */
	assert_string_equal(chain_found(&set, report), "floor 10");
	put_floors(&set, &t, "9", false);
	put_floors(&set, &t, "7", true); /* 8 is not there: it ends at 9 */
	assert_string_equal(chain_found(&set, report), "floor 10,floor 9");
	for (const char *f = "8654"; *f != '\0'; f++)
		put_floors(&set, &t, (char[]){*f, '\0'}, true);
	assert_string_equal(chain_found(&set, report),
	    "floor 10,floor 9,floor 8,floor 7,floor 6,floor 5,floor 4");
	for (const char *f = "3210"; *f != '\0'; f++)
		put_floors(&set, &t, (char[]){*f, '\0'}, true);
	/* eight at most: no chain of a device is longer */
	assert_string_equal(chain_found(&set, report),
	    "floor 10,floor 9,floor 8,floor 7,floor 6,floor 5,floor 4,floor 3");
}

static void test_chain_when_nobody_signed_then_the_first(void **state)
{
	gh_auto(struct tower, tower_free) t;
	gh_auto(struct tower, tower_free) other;
	gh_auto(struct tower, tower_free) small;
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};
	gh_auto(struct gh_buf, gh_buf_free) junk = {0};

	(void)state;
	tower_make(&t, "P-384");
	tower_make(&other, "P-384"); /* the same names, other keys */
	tower_make(&small, "P-256");
	struct gh_bytes report = gh_buf_view(&t.report), cut = {t.report.p, 95};
	assert_string_equal(chain_found(&set, report), "");
	gh_buf_str(&junk, "\x30\x03junk");
	put(&set, &junk);
	put_floors(&set, &other, "0", true);
	assert_string_equal(chain_found(&set, report), "floor 0");
	put_floors(&set, &small, ":9", true); /* a chain: more than one */
	assert_string_equal(chain_found(&set, report), "floor 10,floor 9");
	put_floors(&set, &other, ":98", false);
	assert_string_equal(chain_found(&set, report), "floor 10,floor 9");
	assert_string_equal(chain_found(&set, cut), "floor 10,floor 9");
	put_floors(&set, &t, ":987", false); /* now the signer's is there */
	assert_string_equal(
	    chain_found(&set, report), "floor 10,floor 9,floor 8,floor 7");
	assert_string_equal(chain_found(&set, cut), "floor 10,floor 9");
	put_floors(&set, &t, ":9", false);
	assert_string_equal(
	    chain_found(&set, report), "floor 10,floor 9,floor 8,floor 7");
}

/* An issuer's name is not its signature. */
static void test_chain_when_issuer_has_the_name_only_then_it_ends(void **state)
{
	gh_auto(struct tower, tower_free) t;
	gh_auto(struct tower, tower_free) other;
	gh_auto(struct gh_evidence_set, gh_evidence_set_free) set = {0};

	(void)state;
	tower_make(&t, "P-384");
	tower_make(&other, "P-384");
	put_floors(&set, &t, ":", true);
	put_floors(&set, &other, "9", true);
	assert_string_equal(chain_found(&set, gh_buf_view(&t.report)), "floor 10");
	put_floors(&set, &t, "9", true);
	assert_string_equal(
	    chain_found(&set, gh_buf_view(&t.report)), "floor 10,floor 9");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_pairs_when_a_part_is_missing_then_none),
	    cmocka_unit_test(test_scan_when_no_json_then_survives),
	    cmocka_unit_test(test_device_when_chain_in_any_form_then_gathered),
	    cmocka_unit_test(test_device_when_report_is_none_then_not_one),
	    cmocka_unit_test(test_numbers_when_not_bytes_then_just_numbers),
	    cmocka_unit_test(test_json_when_string_holds_too_many_then_error),
	    cmocka_unit_test(test_der_when_length_is_odd_then_no_value),
	    cmocka_unit_test(test_sniff_when_size_or_version_is_odd_then_unknown),
	    cmocka_unit_test(test_json_marks_when_half_there_then_unknown),
	    cmocka_unit_test(test_text_when_control_byte_then_not_text),
	    cmocka_unit_test(test_decode_when_either_alphabet_then_bytes),
	    cmocka_unit_test(test_pem_when_cut_or_mixed_then_whole_blocks_only),
	    cmocka_unit_test(test_percent_when_escape_is_odd_then_kept),
	    cmocka_unit_test(test_der_row_when_too_long_or_unknown_then_not_opened),
	    cmocka_unit_test(test_chain_when_single_certificates_then_assembled),
	    cmocka_unit_test(test_chain_when_nobody_signed_then_the_first),
	    cmocka_unit_test(test_chain_when_issuer_has_the_name_only_then_it_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
