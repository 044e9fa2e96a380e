/* SPDX-License-Identifier: Apache-2.0
 * gatehouse-agent: runs in the guest and hands out the evidence of its GPUs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/collect.h"
#include "agent/container.h"
#include "base/text.h"
#include "base/version.h"

enum exit_code {
	EXIT_WHOLE = 0,   /* every GPU gave its evidence */
	EXIT_PARTIAL = 1, /* some did not; the others are printed */
	EXIT_USAGE = 4,
	EXIT_BROKEN = 5, /* NVML absent or broken, or we could not run */
};

#define TIMEOUT_DEFAULT_S 5
#define TIMEOUT_MAX_S     600

static const char usage[] =
    "usage: gatehouse-agent collect --nonce HEX64 [--gpu N]... [--timeout S]\n"
    "                               [--format gatehouse|nvattest]\n"
    "       gatehouse-agent --version | --help\n"
    "Prints the attestation evidence of this machine's NVIDIA GPUs as JSON.\n"
    "  --nonce HEX64   the verifier's 32 bytes, 64 hex digits\n"
    "  --gpu N         only this NVML index; may be given more than once\n"
    "  --timeout S     seconds without any progress after which a GPU is given up (5)\n"
    "  --format F      gatehouse (default), or the list that NVIDIA's tools read\n"
    "exit: 0 all collected, 1 some GPU failed, 4 usage, 5 NVML absent or broken\n";

struct command {
	struct gh_collect_options opt;
	enum gh_container_format format;
	bool has_nonce;
};

static int fail_usage(const char *what, const char *value)
{
	gh_auto(struct gh_buf, gh_buf_free) clean = {0};

	if (value)
		gh_text_clean(&clean, value, strlen(value), 80);
	fprintf(stderr, "gatehouse-agent: %s%s%s\n", what, value ? ": " : "",
	    gh_buf_cstr(&clean));
	fputs(usage, stderr);
	return -1;
}

static int take_nonce(struct command *c, const char *value)
{
	if (c->has_nonce)
		return fail_usage("--nonce given twice", NULL);
	if (gh_unhex(c->opt.nonce, sizeof(c->opt.nonce), value, NULL) < 0)
		return fail_usage("--nonce wants 64 hex digits, not", value);
	c->has_nonce = true;
	return 0;
}

static int take_gpu(struct command *c, const char *value)
{
	uint64_t n;

	if (gh_text_u64(gh_text_of(value), 10, &n) < 0 || n >= GH_COLLECT_GPUS_MAX)
		return fail_usage("--gpu wants an index from 0 to 63, not", value);
	for (size_t i = 0; i < c->opt.n_gpus; i++)
		if (c->opt.gpu[i] == n)
			return fail_usage("--gpu given twice for", value);
	c->opt.gpu[c->opt.n_gpus++] = (unsigned int)n;
	return 0;
}

static int take_timeout(struct command *c, const char *value)
{
	uint64_t s;

	if (gh_text_u64(gh_text_of(value), 10, &s) < 0 || s < 1 || s > TIMEOUT_MAX_S)
		return fail_usage("--timeout wants 1 to 600 seconds, not", value);
	c->opt.timeout_ms = (unsigned int)s * 1000;
	return 0;
}

static int take_format(struct command *c, const char *value)
{
	if (gh_container_parse(value, &c->format) < 0)
		return fail_usage("--format wants gatehouse or nvattest, not", value);
	return 0;
}

static int parse(struct command *c, int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*take)(struct command *, const char *);
	} options[] = {
	    {"--nonce", take_nonce},
	    {"--gpu", take_gpu},
	    {"--timeout", take_timeout},
	    {"--format", take_format},
	};

	for (int i = 0; i < argc; i += 2) {
		size_t k = 0;

		while (k < GH_COUNT(options) && strcmp(argv[i], options[k].name) != 0)
			k++;
		if (k == GH_COUNT(options))
			return fail_usage("unknown option", argv[i]);
		if (i + 1 >= argc)
			return fail_usage("a value is missing after", argv[i]);
		if (options[k].take(c, argv[i + 1]) < 0)
			return -1;
	}
	return c->has_nonce ? 0 : fail_usage("--nonce is missing", NULL);
}

/* One line for the person who ran it by hand; nothing for "". */
static void say(const char *who, const char *text)
{
	gh_auto(struct gh_buf, gh_buf_free) line = {0};

	if (!text[0])
		return;
	gh_text_clean(&line, text, strlen(text), 240);
	fprintf(stderr, "gatehouse-agent: %s%s\n", who, gh_buf_cstr(&line));
}

static void explain(const struct gh_collection *got)
{
	say("", got->system_error);
	say("", got->note);
	for (size_t i = 0; i < got->n_devices; i++) {
		char who[32];

		snprintf(who, sizeof(who), "GPU %u: ", got->device[i].index);
		say(who, got->device[i].error);
	}
}

static int print(const struct command *c, const struct gh_collection *got)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_auto(json_t *, gh_json_free) j =
	    gh_container_json(got, c->opt.nonce, c->format);

	if (j)
		gh_json_dump(&text, j);
	gh_buf_chr(&text, '\n');
	if (!j || gh_buf_ok(&text, NULL) < 0) {
		fputs("gatehouse-agent: out of memory\n", stderr);
		return EXIT_BROKEN;
	}
	if (fwrite(text.p, 1, text.len, stdout) != text.len || fflush(stdout) != 0) {
		fprintf(stderr, "gatehouse-agent: stdout: %s\n", strerror(errno));
		return EXIT_BROKEN;
	}
	if (got->system_error[0])
		return EXIT_BROKEN;
	return gh_collection_whole(got) ? EXIT_WHOLE : EXIT_PARTIAL;
}

static int collect(int argc, char **argv)
{
	struct command c = {.opt.timeout_ms = TIMEOUT_DEFAULT_S * 1000};
	gh_auto(struct gh_collection, gh_collection_free) got = {0};
	struct gh_err err = {0};
	int rc;

	if (parse(&c, argc, argv) < 0)
		return EXIT_USAGE;
	if (gh_collect(&got, &c.opt, &err) < 0) {
		fprintf(stderr, "gatehouse-agent: %s\n", err.what);
		rc = EXIT_BROKEN;
	} else {
		explain(&got);
		rc = print(&c, &got);
	}
	if (got.stuck)
		_exit(rc); /* a thread is still inside NVML: run no destructor under it */
	return rc;
}

int main(int argc, char **argv)
{
	if (argc >= 2 && strcmp(argv[1], "collect") == 0)
		return collect(argc - 2, argv + 2);
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		printf("gatehouse-agent %s\n", gh_version());
		return EXIT_WHOLE;
	}
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		fputs(usage, stdout);
		return EXIT_WHOLE;
	}
	fail_usage(argc < 2 ? "a command is missing" : "unknown command",
	    argc < 2 ? NULL : argv[1]);
	return EXIT_USAGE;
}
