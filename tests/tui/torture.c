/* SPDX-License-Identifier: Apache-2.0
 * The console as a person's terminal sees it: screens, sizes, terminal types, signals,
 * hostile text, random keys. Runs PROGRAM (the stub); prints TAP. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "term.h"

static char *program;
static int n_tests, n_failed;
static bool slow; /* sanitizers: everything takes longer */

static void ok(bool good, const char *name)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", ++n_tests, name);
	fflush(stdout);
	n_failed += !good;
}

static const char *const plain_env[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8",
    "HOME=/tmp", "GATEHOUSE_EXPORT_DIR=/tmp", NULL};

static int deadline(void)
{
	return slow ? 15000 : 5000;
}

static bool start(
    struct term *t, int rows, int cols, const char *arg, const char *const env[])
{
	char copy[64] = "";
	snprintf(copy, sizeof(copy), "%s", arg ? arg : "");
	char *argv[] = {program, arg ? copy : NULL, NULL};
	return term_start(t, rows, cols, argv, env);
}

static bool quits(struct term *t, int code)
{
	int status = term_end(t, deadline());
	bool good = status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == code &&
		    term_restored(t);
	if (!good)
		fprintf(
		    stderr, "# status %x, wanted exit %d\n", (unsigned int)status, code);
	term_free(t);
	return good;
}

/* ---- a walk ------------------------------------------------------------------------------- */

static void test_walk(void)
{
	struct term t;
	long long begin = clock_ms();
	bool good = start(&t, 30, 100, NULL, plain_env) &&
		    term_wait(&t, "NEEDS YOU (5, worst first)", deadline());
	long long first = clock_ms() - begin;
	printf("# first frame after %lld ms\n", first);
	ok(good && first < (slow ? 5000 : 500), "the fleet is on the screen at once");
	term_keys(&t, "\r");
	ok(term_wait(&t, "CHAIN OF TRUST", deadline()),
	    "enter opens the chain of the GPU");
	begin = clock_ms();
	term_keys(&t, "\033");
	ok(term_wait(&t, "NEEDS YOU", deadline()), "escape goes back");
	printf("# escape to screen %lld ms\n", clock_ms() - begin);
	term_keys(&t, "j\r");
	ok(term_wait(&t, "host.tdx.module_min", deadline()),
	    "enter opens the check of a host");
	term_keys(&t, "H");
	ok(term_wait(&t, "last 24 h", deadline()) &&
		term_wait(&t, "validate", deadline()),
	    "H shows its history");
	term_keys(&t, "ajjb");
	ok(term_wait(&t, "CHANGED", deadline()) &&
		term_wait(&t, "FAIL 1.5.01", deadline()),
	    "a and b compare two runs");
	term_keys(&t, "?");
	ok(term_wait(&t, "KEYS of the history view", deadline()), "? shows the keys");
	term_keys(&t, "1");
	ok(term_wait(&t, "NEEDS YOU", deadline()), "1 is the fleet");
	term_keys(&t, "/gpu-d\r");
	ok(term_wait_gone(&t, "gpu-b", deadline()), "a filter hides the others");
	term_keys(&t, "/\033y");
	ok(term_wait(&t, "sent to the clipboard", deadline()) &&
		memmem(t.raw, t.raw_len, "\033]52;c;", 7),
	    "y copies with OSC 52");
	term_keys(&t, "x");
	ok(term_wait(&t, "signed report gpu-d", deadline()), "x makes a signed report");
	term_keys(&t, "R");
	ok(term_wait(&t, "JOB", deadline()) && term_wait(&t, "done", deadline()),
	    "R validates while the screen lives");
	term_keys(&t, "q");
	ok(quits(&t, 0), "q leaves with 0 and the terminal is as it was");
}

static void test_policy(void)
{
	struct term t;
	bool good =
	    start(&t, 24, 80, NULL, plain_env) && term_wait(&t, "NEEDS YOU", deadline());
	term_keys(&t, "P");
	ok(good && term_wait(&t, "gpu-c by prod revision 12: 1 FAIL 1 UNKN 1 ok", deadline()),
	    "P judges the host by its policy, rule by rule");
	term_keys(&t, "l");
	ok(term_wait(&t, "UNKN  the fleet file names no policy", deadline()),
	    "a host without one is told so");
	term_keys(&t, ":policy prod\r");
	ok(term_wait(&t, "gpu-d by prod", deadline()), ":policy takes any policy");
	term_keys(&t, "qqqq");
	ok(quits(&t, 0), "and q leaves");
}

/* Replacing what is pinned: only after its name was typed, and as a job. */
static void test_accept(void)
{
	struct term t;
	bool good =
	    start(&t, 24, 80, NULL, plain_env) && term_wait(&t, "NEEDS YOU", deadline());
	term_keys(&t, "E");
	ok(good && term_wait(&t, "2 of 5 pinned facts differ", deadline()),
	    "E shows what is pinned and what differs");
	term_keys(&t, "C\ryy\r");
	ok(term_wait(&t, "ACCEPT gpu-c AS IT IS NOW", deadline()) &&
		term_wait(&t, "Why (kept with it", deadline()),
	    "C asks, and what was typed ahead answers nothing");
	term_pump(&t, 250);
	term_keys(&t, "OPS-12\ry\r");
	ok(term_wait(&t, "Not the same", deadline()), "y and enter confirm nothing");
	term_keys(&t, "\177gpu-c\r");
	ok(term_wait(&t, "enrol  [", deadline()) &&
		term_wait(&t, "1 replaced, because OPS-12", deadline()),
	    "the name does; it runs as a job and says what it did");
	ok(term_wait(&t, "#9", deadline()), "and the chain has it");
	term_keys(&t, "qqq");
	ok(quits(&t, 0), "and q leaves");
}

/* The views that are tables: read by a worker, sorted, searched, copied, exported. */
static void test_tables(void)
{
	static const char *const hostile[] = {
	    "TERM=xterm-256color", "LC_ALL=C", "HOME=/tmp", "STUB_HOSTILE=1", NULL};
	struct term t;
	bool good =
	    start(&t, 24, 80, NULL, plain_env) && term_wait(&t, "NEEDS YOU", deadline());
	term_keys(&t, "i");
	ok(good && term_wait(&t, "SSH and BMC contradict each other on 2 of 6", deadline()),
	    "i shows the facts of the host, by SSH and by its BMC");
	term_keys(&t, "o");
	ok(term_wait(&t, "> \xe2\x9c\x97 FAIL  id.serial", deadline()) &&
		term_wait(&t, "sort: worst", deadline()),
	    "o puts what contradicts first");
	term_keys(&t, "/megatr\r");
	ok(term_wait_gone(&t, "id.serial  ", deadline()) &&
		term_wait(&t, "bios.vendor", deadline()),
	    "/ searches names and values");
	term_keys(&t, "/\033y");
	ok(term_wait(&t, "sent to the clipboard", deadline()), "y copies the row");
	term_keys(&t, "l");
	ok(term_wait(&t, "gpu-d > facts", deadline()), "l goes to the next host");
	term_keys(&t, "qqq");
	ok(quits(&t, 0), "and q leaves");
	test_accept();
	test_policy();

	good =
	    start(&t, 24, 80, NULL, hostile) && term_wait(&t, "NEEDS YOU", deadline());
	term_keys(&t, ":facts gpu-c\r");
	good = good && term_wait(&t, "\\x1b[2J", deadline());
	term_keys(&t, "j\re");
	term_pump(&t, 300);
	good = good && !memmem(t.raw, t.raw_len, "\033]52", 4) &&
	       !memmem(t.raw, t.raw_len, "\xe2\x80", 2) &&
	       !memmem(t.raw, t.raw_len, "\xc2\x9b", 2);
	term_keys(&t, "qqqq");
	ok(quits(&t, 0) && good, "a hostile fact is text, in the C locale too");
}

static void test_slow_store(void)
{
	static const char *const slow_env[] = {
	    "TERM=xterm-256color", "LC_ALL=C.UTF-8", "HOME=/tmp", "STUB_SLOW=1", NULL};
	struct term t;
	bool good =
	    start(&t, 24, 80, NULL, slow_env) && term_wait(&t, "NEEDS YOU", deadline());
	term_keys(&t, ":facts gpu-c\r");
	good = good && term_wait(&t, "reading it from the store", 1000);
	long long begin = clock_ms();
	term_keys(&t, "?");
	good = good && term_wait(&t, "KEYS of the facts view", 1500);
	printf("# help over a busy store after %lld ms\n", clock_ms() - begin);
	term_keys(&t, "\033");
	ok(good && term_wait(&t, "id.serial", deadline()),
	    "a table that takes its time holds no key up");
	term_keys(&t, "qqq");
	ok(quits(&t, 0), "and q leaves");
}

static void test_first_run_and_old(void)
{
	static const char *const first[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8",
	    "HOME=/tmp", "STUB_FIRST_RUN=1", "STUB_LAB=1", NULL};
	static const char *const old[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8",
	    "HOME=/tmp", "STUB_OLD=1", "STUB_SLOW=1", NULL};
	struct term t;
	ok(start(&t, 30, 100, NULL, first) &&
		term_wait(&t, "bring the lab up", deadline()),
	    "without a fleet the first-run view says what to do");
	term_keys(&t, "l");
	ok(term_wait(&t, "NEEDS YOU", deadline()) && strstr(term_text(&t), "LAB"),
	    "l brings the lab up and its fleet follows, marked LAB");
	term_keys(&t, "q");
	ok(quits(&t, 0), "and q leaves");
	ok(start(&t, 30, 100, NULL, old) && term_wait(&t, "STALE", deadline()) &&
		term_wait(&t, "JOB 1", deadline()) && term_wait(&t, "run", deadline()),
	    "old facts are shown as STALE and validated by themselves");
	term_keys(&t, "\r");
	ok(term_wait(&t, "CHAIN OF TRUST", deadline()) && strstr(term_text(&t), "JOB 1"),
	    "keys work while it runs");
	ok(term_wait(&t, "LIVE", deadline()), "and then it is LIVE");
	term_keys(&t, "R");
	term_wait(&t, "JOB 2", deadline());
	term_keys(&t, "\v");
	ok(term_wait(&t, "cancel", deadline()), "^k cancels the job");
	term_keys(&t, "qq");
	ok(quits(&t, 0), "leaving with a job running works");
}

/* ---- sizes and terminals ------------------------------------------------------------------- */

static void test_sizes(void)
{
	static const int size[][2] = {{30, 100}, {24, 80}, {15, 60}, {60, 200}, {5, 20},
	    {1, 1}, {2, 3}, {200, 500}, {24, 80}};
	struct term t;
	bool good =
	    start(&t, 24, 80, NULL, plain_env) && term_wait(&t, "NEEDS YOU", deadline());
	for (size_t i = 0; good && i < sizeof(size) / sizeof(size[0]); i++) {
		term_resize(&t, size[i][0], size[i][1]);
		if (size[i][1] >= 8)
			good = term_wait(&t, "FAIL  ", deadline());
		else
			term_pump(&t, 150);
	}
	ok(good && term_wait(&t, "NEEDS YOU", deadline()),
	    "every size draws, down to 1x1");
	for (int i = 0; i < 200; i++) { /* a storm */
		term_resize(&t, 1 + i * 7 % 60, 1 + i * 13 % 200);
		term_keys(&t, i % 3 ? "j" : "\t");
		term_pump(&t, 10);
	}
	term_resize(&t, 24, 80);
	ok(term_wait(&t, "NEEDS YOU", deadline()),
	    "a storm of resizes ends in a whole screen");
	term_keys(&t, "q");
	ok(quits(&t, 0), "and q still leaves");
}

static bool any_colour(struct term *t)
{
	VTermScreenCell first, cell;
	vterm_screen_get_cell(t->screen, (VTermPos){t->rows - 2, 2}, &first);
	for (int r = 0; r < t->rows; r++)
		for (int c = 0; c < t->cols; c++) {
			vterm_screen_get_cell(t->screen, (VTermPos){r, c}, &cell);
			if (!cell.attrs.reverse &&
			    memcmp(&cell.fg, &first.fg, sizeof(cell.fg)) != 0)
				return true;
		}
	return false;
}

static void test_terminals(void)
{
	static const char *const terms[] = {"xterm-256color", "xterm", "tmux-256color",
	    "screen", "linux", "vt100", "no-such-terminal"};
	char name[128], term[64];
	struct term t;
	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++)
		for (int locale = 0; locale < 2; locale++) {
			snprintf(term, sizeof(term), "TERM=%s", terms[i]);
			const char *const env[] = {term,
			    locale ? "LC_ALL=C" : "LC_ALL=C.UTF-8", "HOME=/tmp", NULL};
			bool good = start(&t, 24, 80, NULL, env) &&
				    term_wait(&t, "NEEDS YOU", deadline()) &&
				    term_wait(&t, locale ? "X FAIL" : "\xe2\x9c\x97 FAIL",
					deadline());
			if (i == 6)
				good = good && term_wait(&t, "unknown TERM", deadline());
			term_keys(&t, "q");
			snprintf(name, sizeof(name), "TERM=%s in %s", terms[i],
			    locale ? "C" : "C.UTF-8");
			ok(quits(&t, 0) && good, name);
		}
	static const char *const dumb[] = {
	    "TERM=dumb", "LC_ALL=C.UTF-8", "HOME=/tmp", NULL};
	bool good =
	    start(&t, 24, 80, NULL, dumb) && term_wait(&t, "Verdict FAIL", deadline());
	good = good && !memchr(t.raw, '\033', t.raw_len);
	ok(quits(&t, 1) && good, "TERM=dumb prints the plain view and no escape");
	static const char *const mono[] = {
	    "TERM=xterm-256color", "LC_ALL=C.UTF-8", "HOME=/tmp", "NO_COLOR=1", NULL};
	good = start(&t, 24, 80, NULL, mono) && term_wait(&t, "q quit", deadline()) &&
	       !any_colour(&t);
	term_keys(&t, "q");
	ok(quits(&t, 0) && good, "NO_COLOR means no colour");
	good = start(&t, 24, 80, NULL, plain_env) &&
	       term_wait(&t, "q quit", deadline()) && any_colour(&t);
	term_keys(&t, "q");
	ok(quits(&t, 0) && good, "without it there is colour");
}

/* ---- signals -------------------------------------------------------------------------------- */

static void one_signal(int sig, bool to_guard, bool busy)
{
	char name[128];
	struct term t;
	static const char *const env[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8",
	    "HOME=/tmp", "STUB_SLOW=1", "ASAN_OPTIONS=handle_segv=0:handle_abort=0",
	    NULL};
	bool good =
	    start(&t, 24, 80, NULL, env) && term_wait(&t, "NEEDS YOU", deadline());
	pid_t ui = child_of(t.pid);
	if (busy) {
		term_keys(&t, "R");
		good = good && term_wait(&t, "JOB", deadline());
	}
	good = good && ui > 0 && kill(to_guard ? t.pid : ui, sig) == 0;
	snprintf(name, sizeof(name),
	    "after signal %d to the %s%s the terminal is as before", sig,
	    to_guard ? "guard" : "console", busy ? " at work" : "");
	ok(quits(&t, 128 + sig) && good, name);
}

static void test_signals(void)
{
	static const int sigs[] = {SIGTERM, SIGHUP, SIGSEGV, SIGABRT, SIGKILL};
	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++)
		one_signal(sigs[i], false, i % 2);
	one_signal(SIGTERM, true, false);
	one_signal(SIGHUP, true, true);

	struct term t;
	bool good =
	    start(&t, 24, 80, NULL, plain_env) && term_wait(&t, "NEEDS YOU", deadline());
	term_keys(&t, "\003");
	ok(good && term_wait(&t, "once more leaves", deadline()), "^c asks first");
	term_keys(&t, "\003");
	ok(quits(&t, 0), "^c twice leaves");
	good =
	    start(&t, 24, 80, NULL, plain_env) && term_wait(&t, "NEEDS YOU", deadline());
	term_keys(&t, "\032"); /* an orphaned group: nobody could continue us */
	term_pump(&t, 300);
	term_keys(&t, "\r");
	ok(good && term_wait(&t, "CHAIN OF TRUST", deadline()),
	    "^z without a shell goes on");
	term_keys(&t, "qq");
	ok(quits(&t, 0), "and leaves as always");
	good =
	    start(&t, 24, 80, NULL, plain_env) && term_wait(&t, "NEEDS YOU", deadline());
	pid_t ui = child_of(t.pid);
	kill(t.pid, SIGKILL); /* the guard itself */
	waitpid(t.pid, NULL, 0);
	t.pid = 0;
	long long end = clock_ms() + deadline();
	while (kill(ui, 0) == 0 && clock_ms() < end)
		term_pump(&t, 20);
	ok(good && kill(ui, 0) != 0 && term_restored(&t),
	    "a killed guard ends the console too");
	term_free(&t);
}

/* ---- hostile text, slow readers, random keys ------------------------------------------------- */

static void test_hostile(void)
{
	static const char *const env[] = {
	    "TERM=xterm-256color", "LC_ALL=C.UTF-8", "HOME=/tmp", "STUB_HOSTILE=1", NULL};
	struct term t;
	bool good =
	    start(&t, 24, 80, NULL, env) && term_wait(&t, "?[2J?]52;c;eA==?", deadline());
	good = good && !memmem(t.raw, t.raw_len, "\033]52", 4) &&
	       !memmem(t.raw, t.raw_len, "\xe2\x80\xae", 3) &&
	       !memchr(t.raw, 0xff, t.raw_len) &&
	       !memmem(t.raw, t.raw_len, "\xc2\x9b", 2);
	term_keys(&t, "q");
	ok(quits(&t, 0) && good, "no control byte of a host reaches the terminal");
}

static void test_idle(void)
{
	struct term t;
	bool good =
	    start(&t, 30, 100, NULL, plain_env) && term_wait(&t, "NEEDS YOU", deadline());
	term_pump(&t, 1500);
	size_t n = term_pump(&t, 5000);
	printf("# %zu bytes in 5 idle seconds\n", n);
	ok(good && n > 0 && n < 1000, "an idle screen is quiet, but its clock goes");
	pid_t ui = child_of(t.pid);
	char path[64], line[256];
	long rss = 0;
	snprintf(path, sizeof(path), "/proc/%d/status", (int)ui);
	FILE *f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "VmRSS:", 6) == 0)
			rss = strtol(line + 6, NULL, 10);
	if (f)
		fclose(f);
	printf("# RSS %ld kB\n", rss);
	ok(rss > 0 && rss < 16384, "the console stays below 16 MB");
	term_keys(&t, "q");
	ok(quits(&t, 0), "and leaves");
}

static void test_slow_reader(void)
{
	static const char *const env[] = {
	    "TERM=xterm-256color", "LC_ALL=C.UTF-8", "HOME=/tmp", "STUB_SLOW=1", NULL};
	struct term t;
	bool good =
	    start(&t, 60, 200, NULL, env) && term_wait(&t, "NEEDS YOU", deadline());
	term_keys(&t, "R");
	for (int i = 0; i < 30; i++) { /* nobody reads for 3 seconds */
		term_keys(&t, i % 2 ? "\014" : "?");
		usleep(100000);
	}
	ok(good && term_wait(&t, "KEYS of", deadline()),
	    "a reader that slept finds a screen");
	term_keys(&t, "qqqqq");
	ok(quits(&t, 0), "and q is heard");
}

static void test_random_keys(void)
{
	static const char *const special[] = {"\033[A", "\033[B", "\033[5~", "\033OP",
	    "\033", "\r", "\177", "\t", "\014", "\033[200~", "\033[201~", "\xe2\x9c\x93",
	    "\x9b"};
	struct term t;
	const char *count = getenv("GH_KEYS");
	int n = count ? (int)strtol(count, NULL, 10) : 10000;
	srand(3);
	bool good =
	    start(&t, 30, 100, NULL, plain_env) && term_wait(&t, "NEEDS YOU", deadline());
	for (int i = 0; good && i < n; i++) {
		char key[8] = {(char)(' ' + rand() % 95), 0};
		if (rand() % 4 == 0)
			snprintf(key, sizeof(key), "%s", special[rand() % 13]);
		if (key[0] == 'q' || key[0] == 'x' ||
		    key[0] == ':') /* would leave; files */
			continue;
		term_keys(&t, key);
		if (i % 50 == 0)
			term_pump(&t, 5);
		if (i % 997 == 0)
			term_resize(&t, 5 + rand() % 50, 10 + rand() % 150);
		good = kill(t.pid, 0) == 0 && !t.eof;
	}
	term_pump(&t, 300);
	term_keys(&t, "\033[201~");
	term_pump(&t, 100);
	for (int i = 0; i < 60; i++) { /* out of an input line, then back to the fleet */
		term_keys(&t, i % 2 ? "1" : "\033");
		term_pump(&t, 40);
	}
	term_resize(&t, 30, 100);
	ok(good && term_wait(&t, "UTC", deadline()), "random keys do not bring it down");
	term_keys(&t, "1");
	term_pump(&t, 300);
	term_keys(&t, "qqq");
	ok(quits(&t, 0), "and it leaves in order");
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 4;
	program = argv[1];
	slow = argc > 2 && strcmp(argv[2], "slow") == 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	test_walk();
	test_tables();
	test_slow_store();
	test_first_run_and_old();
	test_sizes();
	test_terminals();
	test_signals();
	test_hostile();
	test_slow_reader();
	test_random_keys();
	if (!slow)
		test_idle();
	printf("1..%d\n", n_tests);
	return n_failed ? 1 : 0;
}
