/* SPDX-License-Identifier: Apache-2.0
 * Figures of the console in a pty: first frame, memory, bytes when idle.
 * frame PROGRAM: prints them; the program's environment is this one's GATEHOUSE_*. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term.h"

#define FRAMES 7

static long status_kb(pid_t pid, const char *key)
{
	char path[64], line[256];
	long kb = -1;

	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	FILE *f = fopen(path, "r");

	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		if (strncmp(line, key, strlen(key)) == 0)
			kb = strtol(line + strlen(key) + 1, NULL, 10);
	}
	if (f != NULL)
		fclose(f);
	return kb;
}

static int by_value(const void *a, const void *b)
{
	const long long *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int main(int argc, char **argv)
{
	static char state[512], lab[512];
	const char *env[] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8", state, lab, NULL};
	char *const cmd[] = {argc > 1 ? argv[1] : NULL, NULL};
	long long first[FRAMES];
	struct term t;

	if (argc < 2)
		return 4;
	snprintf(state, sizeof state, "GATEHOUSE_STATE=%s", getenv("GATEHOUSE_STATE"));
	snprintf(lab, sizeof lab, "GATEHOUSE_LAB=%s", getenv("GATEHOUSE_LAB"));
	for (int i = 0; i < FRAMES; i++) {
		long long start = clock_ms();

		if (!term_start(&t, 30, 100, cmd, env) ||
		    !term_wait(&t, "HOST CHECKS", 5000))
			return 5;
		first[i] = clock_ms() - start;
		if (i + 1 < FRAMES) {
			term_keys(&t, "q");
			term_end(&t, 3000);
			term_free(&t);
		}
	}
	qsort(first, FRAMES, sizeof first[0], by_value);
	printf("first frame, median of %d      %8lld ms   (promise: 50)\n", FRAMES,
	    first[FRAMES / 2]);
	term_keys(&t, "R"); /* validate once more: memory after work */
	term_pump(&t, 4000);
	printf("console RSS, 4 hosts 32 GPUs  %8.1f MB   (promise: 16)\n",
	    (double)status_kb(child_of(t.pid), "VmRSS:") / 1024);
	size_t before = t.bytes;
	term_pump(&t, 10000);
	printf("bytes to the terminal, 10 s idle %5zu      (promise: 2000)\n",
	    t.bytes - before);
	term_keys(&t, "q");
	term_end(&t, 3000);
	term_free(&t);
	return 0;
}
