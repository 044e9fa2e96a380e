/* SPDX-License-Identifier: Apache-2.0
 * Event logs made here: what is refused, what replays, what a digest proves. */
#include "ccel_made.h"
#include "evidence/ccel_diff.h"
#include "evidence/ccel_show.h"
#include "evidence/ccel_text.h"
#include "evidence/ccel_verify.h"

#define NO_DATA ((struct gh_bytes){NULL, 0})

static void judge_made(
    struct gh_result *r, const struct gh_buf *log, const struct gh_replay *quote)
{
	struct gh_bytes raw = gh_buf_view(log);
	struct gh_context ctx = {.at = 1, .ccels = {&raw, 1}};

	judge_logs(r, &ctx, quote, true);
}

static const char *claim(const struct gh_result *r, const char *key)
{
	return gh_claim_get(gh_result_find(r, "vm"), key);
}

static void test_log_when_it_is_the_quotes_states_facts(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_replay quote;

	(void)state;
	make_log(&log);
	replay_of(&quote, &log);
	judge_made(&r, &log, &quote);
	assert_int_equal(gh_result_verdict(&r), GH_PASS);
	assert_string_equal(claim(&r, "secure_boot"), "on");
	assert_string_equal(claim(&r, "kernel_cmdline"), "/vmlinuz ro");
	assert_string_equal(claim(&r, "kernel_cmdlines"), "");
	assert_int_equal(strlen(claim(&r, "boot_app0")), 96);
	assert_string_equal(claim(&r, "boot_app1"), "");
	assert_string_equal(
	    step_of(&r, "tdx.eventlog.parse")->observed, "CCEL, 11 events");
	assert_int_equal(step_of(&r, "tdx.eventlog.rtmr0")->assurance, GH_A3);
	assert_says(step_of(&r, "tdx.eventlog.rtmr3")->observed, "zero");
	assert_says(step_of(&r, "tdx.eventlog.text")->observed, "9 proven, 2 name only");
}

static void test_log_when_quote_is_not_signed_proves_nothing(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_context ctx = {.at = 1};
	struct gh_replay quote;
	struct gh_bytes raw;

	(void)state;
	make_log(&log);
	replay_of(&quote, &log);
	raw = gh_buf_view(&log);
	ctx.ccels = (struct gh_docs){&raw, 1};
	judge_logs(&r, &ctx, &quote, false);
	for (size_t i = 0; i < r.findings.n; i++)
		assert_int_not_equal(r.findings.at[i].verdict, GH_PASS);
	assert_string_equal(claim(&r, "secure_boot"), "");
	assert_string_equal(claim(&r, "kernel_cmdline"), "");
	assert_string_equal(claim(&r, "boot_app0"), "");
}

static void test_quote_when_no_log_is_given_says_so(void **state)
{
	gh_auto(struct gh_result, gh_result_free) zero = {0}, other = {0};
	struct gh_context ctx = {.at = 1};
	struct gh_replay quote = {0};

	(void)state;
	judge_logs(&zero, &ctx, &quote, true);
	assert_string_equal(
	    code_of(&zero, "tdx.eventlog.parse"), "tdx.eventlog.parse.not-given");
	assert_int_equal(verdict_of(&zero, "tdx.eventlog.rtmr3"), GH_PASS);
	assert_int_equal(gh_result_verdict(&zero), GH_PASS);
	quote.rtmr[3][47] = 1;
	judge_logs(&other, &ctx, &quote, true);
	assert_int_equal(verdict_of(&other, "tdx.eventlog.rtmr3"), GH_SKIP);
	assert_string_equal(
	    code_of(&other, "tdx.eventlog.rtmr3"), "tdx.eventlog.rtmr3.not-given");
	assert_int_equal(gh_result_verdict(&other), GH_PASS);
}

/* RTMR3 from a CCEL: an agent may go on where the firmware ended. */
static void test_log_when_it_has_rtmr3_events_is_compared(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	gh_auto(struct gh_result, gh_result_free) good = {0}, bad = {0};
	struct gh_replay quote;

	(void)state;
	make_log(&log);
	put_text(&log, 4, GH_EV_ACTION, "agent");
	replay_of(&quote, &log);
	judge_made(&good, &log, &quote);
	assert_int_equal(verdict_of(&good, "tdx.eventlog.rtmr3"), GH_PASS);
	assert_string_equal(
	    step_of(&good, "tdx.eventlog.rtmr3")->parent, "tdx.eventlog.parse");
	quote.rtmr[3][0] ^= 1;
	judge_made(&bad, &log, &quote);
	assert_string_equal(
	    code_of(&bad, "tdx.eventlog.rtmr3"), "tdx.eventlog.rtmr3.mismatch");
}

static void test_register_when_log_goes_on_names_the_next_event(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_replay quote;

	(void)state;
	make_log(&log);
	replay_of(&quote, &log);
	memset(quote.rtmr[1], 0, 48);
	put_labelled(&log, "grub_cmd: ", "boot");
	judge_made(&r, &log, &quote);
	assert_string_equal(
	    code_of(&r, "tdx.eventlog.rtmr2"), "tdx.eventlog.rtmr2.prefix");
	assert_says(step_of(&r, "tdx.eventlog.rtmr2")->observed,
	    "log matches up to event 3 of 4 of this register; the next is event 12 at "
	    "offset 0x");
	assert_says(step_of(&r, "tdx.eventlog.rtmr2")->observed, "grub_cmd: boot");
	assert_string_equal(
	    code_of(&r, "tdx.eventlog.rtmr1"), "tdx.eventlog.rtmr1.prefix");
	assert_says(step_of(&r, "tdx.eventlog.rtmr1")->observed,
	    "the register is zero, the log has 4 events");
	assert_string_equal(claim(&r, "secure_boot"), "on");
	assert_string_equal(claim(&r, "kernel_cmdline"), "");
	assert_string_equal(claim(&r, "boot_app0"), "");
}

static void test_register_when_one_event_is_misplaced_names_it(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0}, more = {0}, swapped = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0}, r2 = {0}, r3 = {0};
	struct gh_replay quote;

	(void)state;
	put_header(&log);
	put_header(&more);
	put_header(&swapped);
	for (const char *s = "abc"; *s; s++) {
		char text[2] = {*s, 0}, other[2] = {*s == 'b'   ? 'c'
						    : *s == 'c' ? 'b'
								: *s,
					    0};

		put_text(&log, 3, GH_EV_ACTION, text);
		put_text(&more, 3, GH_EV_ACTION, text);
		if (*s == 'b')
			put_text(&more, 3, GH_EV_ACTION, "evil");
		put_text(&swapped, 3, GH_EV_ACTION, other);
	}
	replay_of(&quote, &log);
	judge_made(&r, &more, &quote);
	assert_string_equal(
	    code_of(&r, "tdx.eventlog.rtmr2"), "tdx.eventlog.rtmr2.extra");
	assert_says(step_of(&r, "tdx.eventlog.rtmr2")->observed, "without event 3");
	assert_says(step_of(&r, "tdx.eventlog.rtmr2")->observed, "evil");
	judge_made(&r2, &swapped, &quote);
	assert_string_equal(
	    code_of(&r2, "tdx.eventlog.rtmr2"), "tdx.eventlog.rtmr2.order");
	assert_says(step_of(&r2, "tdx.eventlog.rtmr2")->observed, "belongs event 3");
	/* Registers 0 and 1 differ too: nothing may be said of the boot part. */
	quote.rtmr[0][0] = quote.rtmr[2][0] ^= 1;
	judge_made(&r3, &log, &quote);
	assert_string_equal(
	    code_of(&r3, "tdx.eventlog.rtmr2"), "tdx.eventlog.rtmr2.mismatch");
	assert_null(strstr(step_of(&r3, "tdx.eventlog.rtmr2")->why, "boot part"));
	assert_says(step_of(&r3, "tdx.eventlog.rtmr0")->observed, "log's 0 events");
}

/* One byte of the header or the first record changed. */
static const struct {
	size_t at;
	unsigned char value;
	const char *fault;
} patches[] = {
    {0, 2, "header"},     /* register of the header */
    {4, 4, "header"},     /* its type */
    {8, 1, "header"},     /* its digest */
    {28, 32, "header"},   /* a byte short */
    {28, 34, "header"},   /* a byte long */
    {46, '2', "header"},  /* Spec ID Event02 */
    {52, 1, "version"},   /* minor */
    {53, 1, "version"},   /* major */
    {55, 0, "version"},   /* uintn */
    {55, 3, "version"},   /* uintn */
    {56, 0, "algorithm"}, /* none */
    {56, 9, "algorithm"}, /* too many */
    {56, 2, "header"},    /* one more than there is room for */
    {60, 0x0E, "algorithm"}, {62, 32, "algorithm"},
    {64, 1, "header"}, /* vendor info that is not there */
    {65, 0, "index"},  /* measured into MRTD */
    {65, 5, "index"},  /* no such register */
    {68, 1, "index"}, {73, 0, "digests"}, {73, 2, "digests"}, {77, 0x0B, "digests"},
    {130, 0xFF, "truncated"}, /* size of the data */
};

static void test_log_when_one_field_is_wrong_is_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	struct gh_ccel c;

	(void)state;
	put_header(&log);
	put_separator(&log, 1, 0);
	assert_int_equal(gh_ccel_parse(&c, gh_buf_view(&log), NULL), 0);
	assert_int_equal(c.n_events, 1);
	assert_int_equal(c.end, log.len);
	for (size_t i = 0; i < GH_COUNT(patches); i++) {
		unsigned char was = log.p[patches[i].at];
		struct gh_err e = {0};

		log.p[patches[i].at] = patches[i].value;
		if (!gh_ccel_parse(&c, gh_buf_view(&log), &e))
			fail_msg("offset %zu = %u is accepted", patches[i].at,
			    patches[i].value);
		assert_string_equal(c.fault, patches[i].fault);
		assert_int_equal(e.code, GH_E_PARSE);
		log.p[patches[i].at] = was;
	}
	log.p[0] = 0; /* either index is seen in headers */
	assert_int_equal(gh_ccel_parse(&c, gh_buf_view(&log), NULL), 0);
}

/* Two algorithms, some vendor info, and each way to get the digests wrong. */
static void put_two_algs(struct gh_buf *b, uint16_t first, uint16_t second)
{
	put_header(b);
	b->len = 56;
	put(b, 2, 4);
	put(b, first, 2);
	put(b, first == 0x0B ? 32 : 48, 2);
	put(b, second, 2);
	put(b, 48, 2);
	put(b, 3, 1);
	gh_buf_add(b, "abc", 3);
	b->p[28] = 28 + 8 + 4;
}

static void put_digests(struct gh_buf *b, const uint16_t *alg, size_t n)
{
	static const unsigned char digest[48] = {1};

	put(b, 1, 4);
	put(b, GH_EV_ACTION, 4);
	put(b, n, 4);
	for (size_t i = 0; i < n; i++) {
		put(b, alg[i], 2);
		gh_buf_add(b, digest, alg[i] == 0x0B ? 32 : 48);
	}
	put(b, 0, 4);
}

static void test_digests_when_not_one_of_each_are_refused(void **state)
{
	static const struct {
		uint16_t alg[2];
		size_t n;
		const char *fault;
	} cases[] = {
	    {{0x0B, 0x0C}, 2, NULL},
	    {{0x0C, 0x0B}, 2, NULL},
	    {{0x0C}, 1, NULL},
	    {{0x0B}, 1, "sha384"},
	    {{0x0C, 0x0C}, 2, "digests"},
	    {{0x0D}, 1, "digests"},
	};
	gh_auto(struct gh_buf, gh_buf_free) twice = {0};
	struct gh_ccel c;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_buf, gh_buf_free) log = {0};
		gh_auto(struct gh_fields, gh_fields_free) fields = {0};

		put_two_algs(&log, 0x0B, 0x0C);
		put_digests(&log, cases[i].alg, cases[i].n);
		assert_int_equal(
		    gh_ccel_parse(&c, gh_buf_view(&log), NULL), cases[i].fault ? -1 : 0);
		if (cases[i].fault)
			assert_string_equal(c.fault, cases[i].fault);
		assert_int_equal(c.vendor.len, 3);
		assert_int_equal(gh_ccel_show(&fields, gh_buf_view(&log), NULL), 0);
	}
	put_two_algs(&twice, 0x0C, 0x0C);
	assert_int_equal(gh_ccel_parse(&c, gh_buf_view(&twice), NULL), -1);
	assert_string_equal(c.fault, "algorithm");
}

static void test_padding_when_clean_ends_the_log(void **state)
{
	static const struct {
		const char *tail;
		size_t len;
		const char *fault;
	} cases[] = {
	    {"", 0, NULL},
	    {"\xFF\xFF\xFF", 3, NULL},
	    {"\0\0\0\0\0\0\0\0\0", 9, NULL},
	    {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 12, NULL},
	    {"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\1", 9, "padding"},
	    {"\0\0\0\0\0\0\0\0\0\0\0\1", 12, "padding"},
	    {"\xFF\xFF\xFF\xFF\3", 5, "truncated"},
	    {"\1", 1, "truncated"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_buf, gh_buf_free) log = {0}, text = {0};
		gh_auto(struct gh_fields, gh_fields_free) fields = {0};
		struct gh_ccel c;

		put_header(&log);
		put_separator(&log, 1, 0);
		gh_buf_add(&log, cases[i].tail, cases[i].len);
		assert_int_equal(
		    gh_ccel_parse(&c, gh_buf_view(&log), NULL), cases[i].fault ? -1 : 0);
		if (cases[i].fault)
			assert_string_equal(c.fault, cases[i].fault);
		assert_int_equal(gh_ccel_show(&fields, gh_buf_view(&log), NULL), 0);
		gh_fields_plain(&text, &fields);
		assert_int_equal(
		    strstr(gh_buf_cstr(&text), "error ") != NULL, cases[i].fault != NULL);
		assert_int_equal(strstr(gh_buf_cstr(&text), "padding") != NULL,
		    !cases[i].fault && cases[i].len);
	}
}

/* Not extended, wherever it stands; but a register that no TD has is refused. */
static void test_no_action_when_anywhere_is_not_extended(void **state)
{
	static const uint32_t fine[] = {0, 1, 4, GH_CCEL_NONE};
	gh_auto(struct gh_buf, gh_buf_free) bad = {0};
	struct gh_ccel c;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(fine); i++) {
		gh_auto(struct gh_buf, gh_buf_free) log = {0};
		struct gh_replay replay;

		put_header(&log);
		put_text(&log, fine[i], GH_EV_NO_ACTION, "SP800-155 Event3");
		replay_of(&replay, &log);
		for (size_t k = 0; k < 4; k++)
			assert_true(gh_is_zero(replay.rtmr[k], 48));
	}
	put_header(&bad);
	put_text(&bad, 77, GH_EV_NO_ACTION, "x");
	assert_int_equal(gh_ccel_parse(&c, gh_buf_view(&bad), NULL), -1);
	assert_string_equal(c.fault, "index");
}

static void test_log_when_at_its_caps_is_read(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	gh_auto(struct gh_events, gh_events_free) es = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_replay quote = {0};
	struct gh_ccel_event ev = {0};
	struct gh_ccel c;
	unsigned char *big;

	(void)state;
	put_header(&log);
	for (size_t i = 0; i < GH_CCEL_EVENTS_MAX; i++)
		put_separator(&log, 1, 0);
	assert_int_equal(gh_ccel_parse(&c, gh_buf_view(&log), NULL), 0);
	assert_int_equal(gh_ccel_events(&es, &c, NULL), 0);
	assert_int_equal(es.n, GH_CCEL_EVENTS_MAX);
	assert_int_equal(gh_events_add(&es, &ev, NULL), -1);
	judge_made(&r, &log, &quote); /* and the search for one misplaced stays small */
	put_separator(&log, 1, 0);
	assert_int_equal(gh_ccel_parse(&c, gh_buf_view(&log), NULL), -1);
	assert_string_equal(c.fault, "events");

	big = calloc(1, GH_CCEL_MAX + 1);
	assert_non_null(big);
	memcpy(big, log.p, 65);
	assert_int_equal(gh_ccel_parse(&c, (struct gh_bytes){big, GH_CCEL_MAX}, NULL), 0);
	assert_int_equal(
	    gh_ccel_parse(&c, (struct gh_bytes){big, GH_CCEL_MAX + 1}, NULL), -1);
	assert_string_equal(c.fault, "size");
	free(big);
}

static void test_looks_when_it_is_no_log_says_no(void **state)
{
	static const unsigned char zeros[100];

	(void)state;
	assert_false(gh_ccel_looks(NO_DATA));
	assert_false(gh_ccel_looks((struct gh_bytes){zeros, sizeof(zeros)}));
	assert_true(gh_ccel_looks(gh_text_of("CCEL")));
	assert_false(gh_ccel_looks(gh_text_of("CCE")));
	assert_false(
	    gh_ccel_looks(gh_text_of("CCEL is what this longer text of more than "
				     "fifty-six bytes speaks of")));
}

/* Section 5.3, one line each: what was measured, what the log shows. */
static const struct {
	uint32_t type;
	const char *measured;
	size_t measured_len;
	const char *data;
	size_t len;
	enum gh_ccel_mark mark;
	const char *covers;
} proofs[] = {
    {GH_EV_ACTION, "go", 2, "go", 2, GH_CCEL_PROVEN, "data"},
    {GH_EV_ACTION, "go", 2, "no", 2, GH_CCEL_CONTRADICTED, ""},
    {GH_EV_ACTION, "go", 2, "", 0, GH_CCEL_NAME_ONLY, ""},
    {GH_EV_GPT, "x", 1, "y", 1, GH_CCEL_CONTRADICTED, ""},
    {GH_EV_VAR_AUTHORITY, "x", 1, "y", 1, GH_CCEL_CONTRADICTED, ""},
    {GH_EV_SEPARATOR, "\0\0\0\0", 4, "\0\0\0\0", 4, GH_CCEL_PROVEN, "data"},
    {GH_EV_SEPARATOR, "\0\0\0\0", 4, "\0\0\0\1", 4, GH_CCEL_CONTRADICTED, ""},
    {GH_EV_SEPARATOR, "\1\0\0\0", 4, "why", 3, GH_CCEL_NAME_ONLY, ""},
    {GH_EV_BOOT_APP, "x", 1, "path", 4, GH_CCEL_NAME_ONLY, ""},
    {0x12345678, "x", 1, "y", 1, GH_CCEL_NAME_ONLY, ""},
    {0x12345678, "x", 1, "x", 1, GH_CCEL_PROVEN, "data"},
    {GH_EV_IPL, "ls", 2, "grub_cmd: ls\0", 13, GH_CCEL_PROVEN, "text"},
    {GH_EV_IPL, "ls", 2, "grub_cmd: ls", 12, GH_CCEL_PROVEN, "text"},
    {GH_EV_IPL, "ls", 2, "grub_cmd: rm\0", 13, GH_CCEL_CONTRADICTED, ""},
    {GH_EV_IPL, "ls\0", 3, "grub_cmd ls\0#", 13, GH_CCEL_PROVEN, "text and NUL"},
    {GH_EV_IPL, "ls", 2, "grub_kernel_cmdline ls\0", 23, GH_CCEL_PROVEN, "text"},
    {GH_EV_IPL, "file", 4, "/boot/vmlinuz\0", 14, GH_CCEL_NAME_ONLY, ""},
    {GH_EV_IPL, ".os\0", 4, ".\0o\0s\0\0\0", 8, GH_CCEL_PROVEN, "section name"},
    {GH_EV_IPL, ".os", 3, ".\0o\0s\0\0\0", 8, GH_CCEL_NAME_ONLY, ""},
    {GH_EV_IPL, ".os", 3, ".\0o\0s\0", 6, GH_CCEL_NAME_ONLY, ""},
    {GH_EV_IPL, "x", 1, "\1\2\3\4", 4, GH_CCEL_NAME_ONLY, ""},
    {GH_EV_TAG, "a\0\0\0", 4, "\xED\x22\x3B\x8F\4\0\0\0a\0\0\0", 12, GH_CCEL_PROVEN,
	"payload"},
    {GH_EV_TAG, "b", 1, "\xED\x22\x3B\x8F\4\0\0\0a\0\0\0", 12, GH_CCEL_NAME_ONLY, ""},
    {GH_EV_TAG, "b", 1, "\xED\x22\x3B\x8F\5\0\0\0a\0\0\0", 12, GH_CCEL_NAME_ONLY, ""},
    {GH_EV_TAG, "b", 1, "\xED", 1, GH_CCEL_NAME_ONLY, ""},
    {GH_EV_TAG, "LEAA\2\0\0\0hi", 10, "LEAA\2\0\0\0hi", 10, GH_CCEL_PROVEN, "data"},
    {GH_EV_TAG, "hi", 2, "LEAA\2\0\0\0ho", 10, GH_CCEL_CONTRADICTED, ""},
    {GH_EV_DSTACK, "hi", 2, "ho", 2, GH_CCEL_NAME_ONLY, ""}, /* no name in a CCEL */
    {GH_EV_NO_ACTION, "hi", 2, "hi", 2, GH_CCEL_NAME_ONLY, ""},
};

static void read_one(struct gh_buf *log, struct gh_events *es)
{
	struct gh_err e = {0};
	struct gh_ccel c;

	if (gh_ccel_parse(&c, gh_buf_view(log), &e) || gh_ccel_events(es, &c, &e))
		fail_msg("%s", e.what);
}

static void test_events_when_read_are_marked_by_their_digest(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(proofs); i++) {
		gh_auto(struct gh_buf, gh_buf_free) log = {0};
		gh_auto(struct gh_events, gh_events_free) es = {0};
		struct gh_ccel_reading r;

		put_header(&log);
		put_event(&log, 3, proofs[i].type,
		    (struct gh_bytes){(const unsigned char *)proofs[i].measured,
			proofs[i].measured_len},
		    (struct gh_bytes){
			(const unsigned char *)proofs[i].data, proofs[i].len});
		read_one(&log, &es);
		r = gh_ccel_read(&es.at[0]);
		if (r.mark != proofs[i].mark || strcmp(r.covers, proofs[i].covers) != 0)
			fail_msg(
			    "case %zu: %s by %s", i, gh_ccel_mark_word(r.mark), r.covers);
	}
	print_message("CCEL event proofs: %zu kinds\n", GH_COUNT(proofs));
}

/* Variables: the whole, the data alone, lengths that lie. */
static void test_variables_when_lengths_lie_are_not_decoded(void **state)
{
	static const uint64_t lies[][2] = {{1ull << 63, 1ull << 63}, {UINT64_MAX, 1},
	    {2, UINT64_MAX}, {3, 1}, {2, 0}, {2, 2}, {0, 1}};
	gh_auto(struct gh_buf, gh_buf_free) var = {0};
	struct gh_uefi_var v;

	(void)state;
	make_var(&var, "db", "x", 1);
	assert_true(gh_uefi_var_read(&v, gh_buf_view(&var)));
	assert_true(gh_utf16_is(v.name, "db"));
	assert_false(gh_utf16_is(v.name, "dbx"));
	assert_false(gh_utf16_is(v.name, "da"));
	assert_int_equal(v.data.len, 1);
	for (size_t len = 0; len < var.len; len++)
		assert_false(gh_uefi_var_read(&v, (struct gh_bytes){var.p, len}));
	for (size_t i = 0; i < GH_COUNT(lies); i++) {
		gh_auto(struct gh_buf, gh_buf_free) lie = {0}, log = {0};
		gh_auto(struct gh_events, gh_events_free) es = {0};

		gh_buf_add(&lie, var.p, 16);
		put(&lie, lies[i][0], 8);
		put(&lie, lies[i][1], 8);
		gh_buf_add(&lie, var.p + 32, var.len - 32);
		assert_false(gh_uefi_var_read(&v, gh_buf_view(&lie)));
		put_header(&log);
		put_event(&log, 1, GH_EV_VAR_BOOT, gh_text_of("x"), gh_buf_view(&lie));
		read_one(&log, &es);
		assert_int_equal(gh_ccel_read(&es.at[0]).mark, GH_CCEL_CONTRADICTED);
	}
}

static void survey(struct gh_ccel_facts *f, struct gh_buf *log, struct gh_events *es)
{
	read_one(log, es);
	gh_ccel_survey(f, es);
}

static void test_secure_boot_when_firmware_said_it_counts(void **state)
{
	static const struct {
		const char *first, *second;
		size_t len;
		enum gh_secure_boot state;
	} cases[] = {
	    {"\1", NULL, 1, GH_SECURE_BOOT_ON},
	    {"\0", NULL, 1, GH_SECURE_BOOT_OFF},
	    {"", NULL, 0, GH_SECURE_BOOT_ABSENT},
	    {"\2", NULL, 1, GH_SECURE_BOOT_UNCLEAR},
	    {"\1\1", NULL, 2, GH_SECURE_BOOT_UNCLEAR},
	    {"\1", "\1", 1, GH_SECURE_BOOT_ON},
	    {"\1", "\0", 1, GH_SECURE_BOOT_UNCLEAR},
	};
	gh_auto(struct gh_buf, gh_buf_free) late = {0}, other = {0}, guid = {0};
	gh_auto(struct gh_events, gh_events_free) es = {0}, es2 = {0};
	struct gh_ccel_facts f;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_buf, gh_buf_free) log = {0};
		gh_auto(struct gh_events, gh_events_free) e = {0};

		put_header(&log);
		put_var(&log, "SecureBoot", cases[i].first, cases[i].len);
		if (cases[i].second)
			put_var(&log, "SecureBoot", cases[i].second, cases[i].len);
		survey(&f, &log, &e);
		assert_int_equal(f.secure_boot, cases[i].state);
	}
	/* After the separator any program could have measured it. */
	put_header(&late);
	put_separator(&late, 1, 0);
	put_var(&late, "SecureBoot", "\1", 1);
	survey(&f, &late, &es);
	assert_int_equal(f.secure_boot, GH_SECURE_BOOT_UNSAID);
	/* Another GUID, another type, another register, other lengths. */
	make_var(&guid, "SecureBoot", "\1", 1);
	put_header(&other);
	put_event(&other, 1, 0x12345678, gh_buf_view(&guid), gh_buf_view(&guid));
	put_event(&other, 2, GH_EV_VAR_CONFIG, gh_buf_view(&guid), gh_buf_view(&guid));
	guid.p[0] ^= 1;
	put_event(&other, 1, GH_EV_VAR_CONFIG, gh_buf_view(&guid), gh_buf_view(&guid));
	put_text(&other, 1, GH_EV_VAR_CONFIG, "SecureBoot");
	survey(&f, &other, &es2);
	assert_int_equal(f.secure_boot, GH_SECURE_BOOT_UNSAID);
	assert_int_equal(f.proven, 4);
}

static void test_facts_when_unclear_are_said_so(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_replay quote;

	(void)state;
	put_header(&log);
	put_var(&log, "SecureBoot", "\1", 1);
	put_var(&log, "SecureBoot", "\0", 1);
	for (size_t i = 0; i < 10; i++)
		put_event(&log, 2, GH_EV_BOOT_APP, gh_text_of("image"), NO_DATA);
	put_labelled(&log, "kernel_cmdline: ", "one");
	put_labelled(&log, "kernel_cmdline: ", "one");
	put_labelled(&log, "kernel_cmdline: ", "two\n\x1B[1m");
	replay_of(&quote, &log);
	judge_made(&r, &log, &quote);
	assert_string_equal(claim(&r, "secure_boot"), "unclear");
	assert_string_equal(claim(&r, "kernel_cmdlines"), "2");
	assert_string_equal(claim(&r, "kernel_cmdline"), "two \\x1b[1m");
	assert_int_equal(strlen(claim(&r, "boot_app7")), 96);
	assert_string_equal(claim(&r, "boot_app8"), "");
}

static void test_cmdline_when_utf16_is_proven_becomes_claim(void **state)
{
	static const char options[] = "\xED\x22\x3B\x8F\x08\0\0\0r\0\xFC\0w\0\0\0";
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_replay quote;

	(void)state;
	put_header(&log);
	put_event(&log, 3, GH_EV_TAG,
	    (struct gh_bytes){(const unsigned char *)options + 8, 8},
	    (struct gh_bytes){(const unsigned char *)options, 16});
	replay_of(&quote, &log);
	judge_made(&r, &log, &quote);
	assert_string_equal(claim(&r, "kernel_cmdline"), "r\xC3\xBCw");
}

static void test_text_when_contradicted_is_flagged_with_its_place(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_replay quote;

	(void)state;
	put_header(&log);
	for (size_t i = 0; i < 5; i++)
		put_event(&log, 2, GH_EV_ACTION, gh_text_of("a"), gh_text_of("b"));
	replay_of(&quote, &log);
	judge_made(&r, &log, &quote);
	assert_int_equal(verdict_of(&r, "tdx.eventlog.text"), GH_WARN);
	assert_string_equal(
	    code_of(&r, "tdx.eventlog.text"), "tdx.eventlog.text.unproven");
	assert_says(step_of(&r, "tdx.eventlog.text")->observed,
	    "0 proven, 0 name only, 5 contradicted: event 1 at offset 0x41 "
	    "(EV_EFI_ACTION, RTMR1): b");
	assert_says(step_of(&r, "tdx.eventlog.text")->observed, "and 2 more");
	assert_int_equal(verdict_of(&r, "tdx.eventlog.rtmr1"), GH_PASS);
	assert_int_equal(gh_result_verdict(&r), GH_WARN);
}

static void test_separator_when_it_reports_an_error_warns(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_replay quote;

	(void)state;
	put_header(&log);
	put_separator(&log, 1, 1);
	replay_of(&quote, &log);
	judge_made(&r, &log, &quote);
	assert_string_equal(code_of(&r, "tdx.eventlog.text"), "tdx.eventlog.text.error");
	assert_says(
	    step_of(&r, "tdx.eventlog.text")->observed, "separator with an error");
}

/* What an event is told as. */
static const struct {
	uint32_t type;
	const char *data;
	size_t len;
	const char *words;
} told[] = {
    {GH_EV_ACTION, "", 0, "no data in the log"},
    {GH_EV_ACTION, "Exit\0", 5, "Exit"},
    {GH_EV_ACTION, "\1\2", 2, "0102"},
    {0x12345678, "w\0i\0d\0e\0", 8, "wide"},
    {GH_EV_SEPARATOR, "\xFF\xFF\xFF\xFF", 4, "separator"},
    {GH_EV_HANDOFF_TABLES2, "\x08TdxTable\0\1", 11, "TdxTable"},
    {GH_EV_HANDOFF_TABLES2, "\x09Tdx", 4, "\tTdx"},
    {GH_EV_HANDOFF_TABLES2, "\0", 1, "00"},
    {GH_EV_TAG, "\xEC\x22\x3B\x8F\2\0\0\0hi", 10, "initrd: hi"},
    {GH_EV_TAG, "LEAA\2\0\0\0hi", 10, "attestation agent: hi"},
    {GH_EV_TAG, "\1\0\0\0\2\0\0\0hi", 10, "tag: hi"},
    {GH_EV_TAG, "\1\0\0\0\3\0\0\0hi", 10, "01000000030000006869"},
    {GH_EV_GPT, "short", 5, "short"},
    {GH_EV_BOOT_APP, "short", 5, "short"},
};

static void describe(struct gh_buf *out, uint32_t type, struct gh_bytes data)
{
	struct gh_ccel_event ev = {.type = type, .data = data, .name = ""};

	gh_buf_clear(out);
	gh_ccel_describe(out, &ev);
}

static void test_events_when_described_are_words(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0}, long_ = {0};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(told); i++) {
		describe(&text, told[i].type,
		    (struct gh_bytes){(const unsigned char *)told[i].data, told[i].len});
		assert_string_equal(gh_buf_cstr(&text), told[i].words);
	}
	for (size_t i = 0; i < 600; i++)
		gh_buf_chr(&long_, 'a');
	describe(&text, GH_EV_ACTION, gh_buf_view(&long_));
	assert_int_equal(text.len, 483);
	for (size_t i = 0; i < 600; i++)
		long_.p[i] = i % 2 ? 0 : 1;
	describe(&text, GH_EV_ACTION, gh_buf_view(&long_));
	assert_string_equal(gh_buf_cstr(&text), "600 bytes");
	assert_string_equal(gh_ccel_type_name(0x7777), "unknown type");
}

static void test_variables_when_described_show_name_and_value(void **state)
{
	static const struct {
		const char *name, *data;
		size_t len;
		const char *words;
	} cases[] = {
	    {"SecureBoot", "\1", 1, "SecureBoot = 1"},
	    {"PK", "", 0, "PK = (absent)"},
	    {"db", "\1\2", 2, "db = 0102"},
	    {"BootOrder", "\1\0\x0A\0", 4, "BootOrder = 0001 000A"},
	    {"Boot0001", "\1\0\0\0\0\0h\0i\0\0\0\x7F\xFF\4\0", 16, "Boot0001 = \"hi\""},
	    {"Boot0001", "\1\0\0\0\0\0", 6, "Boot0001 = 010000000000"},
	};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_buf, gh_buf_free) var = {0};

		make_var(&var, cases[i].name, cases[i].data, cases[i].len);
		describe(&text, GH_EV_VAR_BOOT, gh_buf_view(&var));
		assert_string_equal(gh_buf_cstr(&text), cases[i].words);
	}
	describe(&text, GH_EV_VAR_BOOT, gh_text_of("nonsense"));
	assert_string_equal(
	    gh_buf_cstr(&text), "a variable whose lengths do not fit its 8 bytes");
}

static void make_image(struct gh_buf *out, const char *path, size_t len, uint64_t claim_)
{
	gh_buf_clear(out);
	put(out, 0x1000, 8);
	put(out, 4096, 8);
	put(out, 0, 8);
	put(out, claim_, 8);
	gh_buf_add(out, path, len);
}

static void test_images_when_described_show_their_file(void **state)
{
	static const char pci_and_file[] = "\1\1\6\0ab\4\4\x0A\0\\\0a\0\0\0\x7F\xFF\4\0";
	static const char volume[] =
	    "\4\3\x14\0abcdefghijklmnop\4\6\x14\0abcdefghijklmnop\4\3\5\0x\4\7\4\0";
	static const char endless[] = "\4\4\0\0\4\4\xFF\xFF";
	gh_auto(struct gh_buf, gh_buf_free) image = {0}, text = {0};

	(void)state;
	make_image(&image, pci_and_file, 20, 20);
	describe(&text, GH_EV_BOOT_APP, gh_buf_view(&image));
	assert_string_equal(gh_buf_cstr(&text), "\\a, 4096 bytes");
	make_image(&image, volume, sizeof(volume) - 1, sizeof(volume) - 1);
	describe(&text, GH_EV_BOOT_APP, gh_buf_view(&image));
	assert_says(gh_buf_cstr(&text), "64636261-6665-6867-696a-6b6c6d6e6f70 "
					"64636261-6665-6867-696a-6b6c6d6e6f70, ");
	make_image(&image, endless, 8, 8);
	describe(&text, GH_EV_BOOT_APP, gh_buf_view(&image));
	assert_says(gh_buf_cstr(&text), ", 4096 bytes");
	make_image(&image, "", 0, 0);
	describe(&text, GH_EV_BOOT_APP, gh_buf_view(&image));
	assert_string_equal(
	    gh_buf_cstr(&text), "an image without a file name, 4096 bytes");
	make_image(&image, "", 0, UINT64_MAX);
	describe(&text, GH_EV_BOOT_APP, gh_buf_view(&image));
	assert_says(gh_buf_cstr(&text), "0010000000000000");
}

static void test_gpt_when_described_shows_disk(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) gpt = {0}, text = {0};

	(void)state;
	gh_buf_add(&gpt, "EFI PART", 8);
	for (size_t i = 8; i < 92; i++)
		gh_buf_chr(&gpt, (char)i);
	put(&gpt, 3, 8);
	describe(&text, GH_EV_GPT, gh_buf_view(&gpt));
	assert_string_equal(gh_buf_cstr(&text),
	    "disk 3b3a3938-3d3c-3f3e-4041-424344454647, 3 partitions");
	gpt.p[0] = 'X';
	describe(&text, GH_EV_GPT, gh_buf_view(&gpt));
	assert_string_equal(gh_buf_cstr(&text), "100 bytes");
}

static void test_utf16_when_broken_never_leaves_utf8(void **state)
{
	static const unsigned char wide[] = {'a', 0, 0xFC, 0, 0xAC, 0x20, 0x3D, 0xD8,
	    0x00, 0xDE, 0x3D, 0xD8, 'x', 0, 0x00, 0xDE, 0x3D, 0xD8};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	(void)state;
	gh_utf16_text(&text, (struct gh_bytes){wide, sizeof(wide)});
	assert_string_equal(
	    gh_buf_cstr(&text), "a\xC3\xBC\xE2\x82\xAC\xF0\x9F\x98\x80?x??");
}

static void assert_diff(struct gh_buf *a, struct gh_buf *b, const char *const *parts)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	assert_int_equal(gh_ccel_diff(&text, gh_buf_view(a), gh_buf_view(b), NULL), 0);
	for (; *parts; parts++)
		assert_says(gh_buf_cstr(&text), *parts);
}

static void test_logs_when_compared_differences_are_named(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) a = {0}, b = {0}, order = {0}, many = {0};
	static const char *const changed[] = {"RTMR0: equal, 4 events", "RTMR1: equal",
	    "RTMR2: 3 events in A, 4 in B; the first 3 are equal", "  A has ended there",
	    "  B has event 12 at offset 0x", "kernel_cmdline: /vmlinuz rw [proven]",
	    "command line in A: /vmlinuz ro [proven]",
	    "command line in B: /vmlinuz rw [proven]", NULL};
	static const char *const swapped[] = {"the same events in another order",
	    "command line in A: not in the log", NULL};
	static const char *const long_[] = {"  only in B:", "and 24 more", NULL};

	(void)state;
	make_log(&a);
	make_log(&b);
	put_labelled(&b, "kernel_cmdline: ", "/vmlinuz rw");
	assert_diff(&a, &b, changed);
	put_header(&order);
	put_text(&order, 2, GH_EV_ACTION, "Exit Boot Services Invocation");
	put_event(&order, 2, GH_EV_BOOT_APP, gh_text_of("image"), gh_text_of("x"));
	put_separator(&order, 2, 0);
	put_text(&order, 2, GH_EV_ACTION, "Calling EFI Application from Boot Option");
	assert_diff(&order, &a, swapped);
	put_header(&many);
	for (size_t i = 0; i < 40; i++)
		put_separator(&many, 4, (uint32_t)i);
	assert_diff(&a, &many, long_);
}

static void test_logs_when_only_text_differs_say_both(void **state)
{
	static const char *const parts[] = {"RTMR2: equal", "  A says event 9",
	    "  B says event 9", "command line in A: /vmlinuz ro [proven]",
	    "command line in B: /vmlinuz r0 [contradicted]", NULL};
	gh_auto(struct gh_buf, gh_buf_free) a = {0}, b = {0}, text = {0};
	unsigned char *at;
	struct gh_err e = {0};

	(void)state;
	make_log(&a);
	make_log(&b);
	at = memmem(b.p, b.len, "kernel_cmdline: /vmlinuz ro", 27);
	assert_non_null(at);
	at[26] = '0';
	assert_diff(&a, &b, parts);
	assert_int_equal(gh_ccel_diff(&text, gh_buf_view(&a), gh_text_of("{}"), &e), -1);
	assert_says(e.what, "log B");
	b.p[0] = 9;
	assert_int_equal(gh_ccel_diff(&text, gh_buf_view(&b), gh_buf_view(&a), &e), -1);
	assert_says(e.what, "log A");
}

static void test_log_when_alone_is_open(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0}, bad = {0};
	struct gh_context ctx = {.at = 7};
	const struct gh_subject *s;

	(void)state;
	make_log(&log);
	assert_int_equal(gh_ccel_verify(&r, "log", gh_buf_view(&log), &ctx, NULL), 0);
	s = gh_result_find(&r, "log");
	assert_string_equal(s->kind, "log");
	assert_string_equal(gh_claim_get(s, "events"), "11");
	assert_string_equal(gh_claim_get(s, "secure_boot"), "on");
	assert_string_equal(gh_claim_get(s, "kernel_cmdline"), "/vmlinuz ro");
	assert_int_equal(strlen(gh_claim_get(s, "rtmr2")), 96);
	assert_int_equal(gh_result_verdict(&r), GH_UNKNOWN);
	for (size_t i = 0; i < r.findings.n; i++)
		assert_int_equal(r.findings.at[i].assurance, GH_A0);
	assert_string_equal(code_of(&r, "ccel.bound"), "ccel.unbound");
	assert_true(*step_of(&r, "ccel.bound")->remedy);
	log.p[4] = 9;
	assert_int_equal(gh_ccel_verify(&bad, "log", gh_buf_view(&log), &ctx, NULL), 0);
	assert_string_equal(code_of(&bad, "ccel.parse"), "ccel.parse.header");
	assert_int_equal(verdict_of(&bad, "ccel.text"), GH_SKIP);
	assert_int_equal(gh_result_verdict(&bad), GH_FAIL);
	assert_string_equal(gh_claim_get(gh_result_find(&bad, "log"), "rtmr0"), "");
}

static void test_log_when_shown_every_event_has_its_mark(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0}, text = {0};
	gh_auto(struct gh_fields, gh_fields_free) fields = {0}, acpi = {0};
	unsigned char table[56] = "CCEL";

	(void)state;
	make_log(&log);
	put_text(&log, GH_CCEL_NONE, GH_EV_NO_ACTION, "note");
	put_text(&log, 0, GH_EV_NO_ACTION, "note");
	put_event(&log, 4, GH_EV_ACTION, gh_text_of("a"), gh_text_of("b"));
	fields.whole = (struct gh_bytes){table, 3};
	assert_int_equal(gh_ccel_show(&fields, gh_buf_view(&log), NULL), 0);
	assert_ptr_equal(fields.whole.p, table);
	gh_fields_plain(&text, &fields);
	assert_says(gh_buf_cstr(&text), "SecureBoot = 1");
	assert_says(gh_buf_cstr(&text), "proven: the digest is of the data");
	assert_says(gh_buf_cstr(&text), "proven: the digest is of the text");
	assert_says(gh_buf_cstr(&text), "name only");
	assert_says(gh_buf_cstr(&text), "contradicted");
	assert_says(gh_buf_cstr(&text), "not measured");
	assert_says(gh_buf_cstr(&text), "from 4 events");
	for (size_t len = 0; len <= sizeof(table); len += 14) {
		gh_fields_free(&acpi);
		assert_int_equal(
		    gh_ccel_show(&acpi, (struct gh_bytes){table, len}, NULL), 0);
		assert_string_equal(acpi.at[acpi.n - 1].name, "error");
	}
}

/* Cut and flipped, this time a log of every kind of event, shown and compared as well. */
static void test_log_when_broken_anywhere_is_survived(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	struct gh_replay quote;
	size_t n = 0;

	(void)state;
	make_log(&log);
	replay_of(&quote, &log);
	for (size_t i = 0; i < 2 * log.len; i++) {
		gh_auto(struct gh_buf, gh_buf_free) broken = {0}, text = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct gh_fields, gh_fields_free) fields = {0};
		bool cut = i < log.len;
		const char *cmdline, *boot;

		gh_buf_add(&broken, log.p, cut ? i : log.len);
		if (!cut)
			broken.p[i - log.len] ^= (unsigned char)(1u << (i % 8));
		judge_made(&r, &broken, &quote);
		if (cut)
			assert_int_equal(gh_result_verdict(&r), GH_FAIL);
		cmdline = claim(&r, "kernel_cmdline");
		boot = claim(&r, "secure_boot");
		assert_true(!*cmdline || !strcmp(cmdline, "/vmlinuz ro"));
		assert_true(!*boot || !strcmp(boot, "on"));
		assert_int_equal(gh_ccel_show(&fields, gh_buf_view(&broken), NULL), 0);
		(void)!gh_ccel_diff(&text, gh_buf_view(&log), gh_buf_view(&broken), NULL);
		n++;
	}
	print_message("CCEL made here: %zu cuts and flips, no fact changed\n", n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_log_when_it_is_the_quotes_states_facts),
	    cmocka_unit_test(test_log_when_quote_is_not_signed_proves_nothing),
	    cmocka_unit_test(test_quote_when_no_log_is_given_says_so),
	    cmocka_unit_test(test_log_when_it_has_rtmr3_events_is_compared),
	    cmocka_unit_test(test_register_when_log_goes_on_names_the_next_event),
	    cmocka_unit_test(test_register_when_one_event_is_misplaced_names_it),
	    cmocka_unit_test(test_log_when_one_field_is_wrong_is_refused),
	    cmocka_unit_test(test_digests_when_not_one_of_each_are_refused),
	    cmocka_unit_test(test_padding_when_clean_ends_the_log),
	    cmocka_unit_test(test_no_action_when_anywhere_is_not_extended),
	    cmocka_unit_test(test_log_when_at_its_caps_is_read),
	    cmocka_unit_test(test_looks_when_it_is_no_log_says_no),
	    cmocka_unit_test(test_events_when_read_are_marked_by_their_digest),
	    cmocka_unit_test(test_variables_when_lengths_lie_are_not_decoded),
	    cmocka_unit_test(test_secure_boot_when_firmware_said_it_counts),
	    cmocka_unit_test(test_facts_when_unclear_are_said_so),
	    cmocka_unit_test(test_cmdline_when_utf16_is_proven_becomes_claim),
	    cmocka_unit_test(test_text_when_contradicted_is_flagged_with_its_place),
	    cmocka_unit_test(test_separator_when_it_reports_an_error_warns),
	    cmocka_unit_test(test_events_when_described_are_words),
	    cmocka_unit_test(test_variables_when_described_show_name_and_value),
	    cmocka_unit_test(test_images_when_described_show_their_file),
	    cmocka_unit_test(test_gpt_when_described_shows_disk),
	    cmocka_unit_test(test_utf16_when_broken_never_leaves_utf8),
	    cmocka_unit_test(test_logs_when_compared_differences_are_named),
	    cmocka_unit_test(test_logs_when_only_text_differs_say_both),
	    cmocka_unit_test(test_log_when_alone_is_open),
	    cmocka_unit_test(test_log_when_shown_every_event_has_its_mark),
	    cmocka_unit_test(test_log_when_broken_anywhere_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
