/* SPDX-License-Identifier: Apache-2.0
 * A host's boot log replayed: as its TPM did, from each locality, cut and changed anywhere. */
#include "evidence/ccel.h"
#include "evidence/tpm_log.h"
#include "tests/unit/checks/tpm_made.h"

#define N_EVENTS GH_COUNT(tpm_events)

/* EV_NO_ACTION: measured nowhere, its digests are zeros. */
static void add_locality(
    struct gh_buf *log, unsigned int pcr, const char *text, char value)
{
	static const unsigned char zeros[32];

	tpm_le(log, pcr, 4);
	tpm_le(log, 3, 4);
	tpm_le(log, 2, 4);
	tpm_le(log, 0x0004, 2);
	gh_buf_add(log, zeros, 20);
	tpm_le(log, 0x000b, 2);
	gh_buf_add(log, zeros, 32);
	tpm_le(log, 17, 4);
	gh_buf_add(log, text, 16);
	gh_buf_chr(log, value);
}

static int replay(struct gh_tpm_replay *out, const struct gh_buf *log)
{
	return gh_tpm_log_replay(out, gh_buf_view(log), NULL);
}

static void test_log_when_whole_then_the_registers_of_the_tpm(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	struct gh_tpm_replay r;
	unsigned char pcr[32];

	(void)state;
	tpm_log(&log, N_EVENTS);
	assert_int_equal(0, replay(&r, &log));
	assert_int_equal(N_EVENTS, r.n_events);
	for (unsigned int i = 0; i < GH_PCRS; i++) {
		tpm_pcr(i, pcr);
		assert_memory_equal(pcr, r.pcr[i], 32);
	}
	assert_int_equal(2, r.n[0]);
	assert_int_equal(0, r.n[10]);
	assert_int_equal(0, r.locality);
}

static void test_start_when_from_a_locality_then_pcr_0_begins_with_it(void **state)
{
	static const unsigned char may[] = {0, 3, 4};

	(void)state;
	for (size_t i = 0; i < sizeof(may); i++) {
		gh_auto(struct gh_buf, gh_buf_free) log = {0};
		unsigned char both[64] = {0}, want[32];
		struct gh_tpm_replay r;

		tpm_log_head(&log);
		add_locality(&log, 0, "StartupLocality", (char)may[i]);
		tpm_event(&log, 0, 8, "S-CRTM", 6);
		assert_int_equal(0, replay(&r, &log));
		assert_int_equal(may[i], r.locality);
		both[31] = may[i];
		assert_int_equal(0, gh_sha256("S-CRTM", 6, both + 32, NULL));
		assert_int_equal(0, gh_sha256(both, 64, want, NULL));
		assert_memory_equal(want, r.pcr[0], 32);
		assert_int_equal(2, r.n_events);
		assert_int_equal(1, r.n[0]);
	}
}

static void test_start_when_out_of_place_then_refused(void **state)
{
	struct gh_tpm_replay r;

	(void)state;
	for (unsigned int how = 0; how < 5; how++) {
		gh_auto(struct gh_buf, gh_buf_free) log = {0};

		tpm_log_head(&log);
		if (how == 0) /* of another register */
			add_locality(&log, 1, "StartupLocality", 3);
		if (how == 1) { /* behind what it should stand before */
			tpm_event(&log, 0, 8, "S-CRTM", 6);
			add_locality(&log, 0, "StartupLocality", 3);
		}
		if (how == 2) { /* twice */
			add_locality(&log, 0, "StartupLocality", 3);
			add_locality(&log, 0, "StartupLocality", 3);
		}
		if (how == 3) /* none that a TPM starts from */
			add_locality(&log, 0, "StartupLocality", 2);
		if (how == 4) /* another event, that says nothing of it */
			add_locality(&log, 0, "startuplocality", 3);
		assert_int_equal(how == 4 ? 0 : -1, replay(&r, &log));
		assert_int_equal(0, how == 4 ? r.locality : 0);
	}
}

static void test_event_when_odd_then_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) far = {0}, bare = {0}, many = {0};
	struct gh_tpm_replay r;

	(void)state;
	tpm_log_head(&far);
	tpm_event(&far, 23, 8, "x", 1);
	assert_int_equal(0, replay(&r, &far));
	tpm_event(&far, 24, 8, "x", 1);
	assert_int_equal(-1, replay(&r, &far));
	tpm_log_head(&bare); /* SHA-1 alone */
	tpm_le(&bare, 0, 4);
	tpm_le(&bare, 8, 4);
	tpm_le(&bare, 1, 4);
	tpm_le(&bare, 0x0004, 2);
	gh_buf_add(&bare, "12345678901234567890", 20);
	tpm_le(&bare, 0, 4);
	assert_int_equal(-1, replay(&r, &bare));
	tpm_log_head(&many);
	for (unsigned int i = 0; i <= GH_CCEL_EVENTS_MAX; i++)
		tpm_event(&many, 0, 8, "x", 1);
	assert_int_equal(-1, replay(&r, &many));
}

/* A log cut between two events, or where zeros look like padding, is a whole log of fewer, and
 * never gives the same PCRs. */
static void test_log_when_cut_anywhere_then_not_the_same_boot(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	struct gh_tpm_replay good, r;
	size_t whole = 0;

	(void)state;
	tpm_log(&log, N_EVENTS);
	assert_int_equal(0, replay(&good, &log));
	for (size_t n = 0; n < log.len; n++) {
		unsigned char *cut =
		    malloc(n + 1); /* its own, so that ASan sees its end */

		memcpy(cut, log.p, n);
		if (gh_tpm_log_replay(&r, (struct gh_bytes){cut, n}, NULL) == 0) {
			whole++;
			assert_true(r.n_events < N_EVENTS);
			assert_memory_not_equal(good.pcr, r.pcr, sizeof(r.pcr));
		}
		free(cut);
	}
	assert_true(whole >= N_EVENTS);
}

/* True when the byte at pos decides what is measured where: the event's register, type of its
 * digests, or its SHA-256. One event behind the other, as tpm_event() writes them. */
static bool is_measured(size_t pos, size_t head)
{
	size_t at = head;

	for (size_t i = 0; i < N_EVENTS; i++) {
		size_t data = at + 12 + 22 + 34 + 4;

		if (pos < data)
			return pos >= at &&
			       (pos < at + 4 || (pos >= at + 8 && pos < at + 14) ||
				   pos >= at + 34) &&
			       pos < data - 4;
		at = data + strlen(tpm_events[i].text);
		if (pos < at)
			return false;
	}
	return false;
}

static void test_log_when_any_bit_flips_then_not_the_same_boot(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0}, head = {0};
	struct gh_tpm_replay good, r;
	size_t n = 0;

	(void)state;
	tpm_log_head(&head);
	tpm_log(&log, N_EVENTS);
	assert_int_equal(0, replay(&good, &log));
	for (size_t bit = 0; bit < 8 * log.len; bit++) {
		log.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
		if (replay(&r, &log) == 0 && is_measured(bit / 8, head.len)) {
			if (!memcmp(good.pcr, r.pcr, sizeof(r.pcr)))
				fail_msg("bit %zu of byte %zu", bit % 8, bit / 8);
			n++;
		}
		log.p[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	/* each digest at least was changed and replayed */
	assert_true(n >= 8 * 32 * N_EVENTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_log_when_whole_then_the_registers_of_the_tpm),
	    cmocka_unit_test(test_start_when_from_a_locality_then_pcr_0_begins_with_it),
	    cmocka_unit_test(test_start_when_out_of_place_then_refused),
	    cmocka_unit_test(test_event_when_odd_then_refused),
	    cmocka_unit_test(test_log_when_cut_anywhere_then_not_the_same_boot),
	    cmocka_unit_test(test_log_when_any_bit_flips_then_not_the_same_boot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
