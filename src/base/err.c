/* SPDX-License-Identifier: Apache-2.0
 * Errors: the sentence is cleaned where it is made, so that no reader has to. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

GH_PRINTF(3, 0)
static void put_clean(char *out, size_t size, const char *fmt, va_list ap)
{
	char raw[512];

	if (vsnprintf(raw, sizeof raw, fmt, ap) < 0)
		raw[0] = '\0';
	gh_text_clean_into(out, size, raw);
}

int gh_err_set(struct gh_err *err, enum gh_errc code, const char *file, int line,
    const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return -1;
	err->code = code;
	err->file = file;
	err->line = line;
	err->hint[0] = '\0';
	va_start(ap, fmt);
	put_clean(err->what, sizeof err->what, fmt, ap);
	va_end(ap);
	return -1;
}

int gh_err_prefix(struct gh_err *err, const char *fmt, ...)
{
	char head[sizeof err->what], tail[sizeof err->what];
	va_list ap;
	size_t n;

	if (err == NULL)
		return -1;
	va_start(ap, fmt);
	put_clean(head, sizeof head, fmt, ap);
	va_end(ap);
	memcpy(tail, err->what, sizeof tail);
	n = strlen(head);
	if (n + 3 > sizeof err->what)
		return -1;
	memcpy(err->what, head, n);
	memcpy(err->what + n, ": ", 2);
	gh_text_clean_into(err->what + n + 2, sizeof err->what - n - 2, tail);
	return -1;
}

int gh_err_hint(struct gh_err *err, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return -1;
	va_start(ap, fmt);
	put_clean(err->hint, sizeof err->hint, fmt, ap);
	va_end(ap);
	return -1;
}

const char *gh_errc_word(enum gh_errc code)
{
	static const char *const word[] = {
	    [GH_E_NONE] = "none",
	    [GH_E_USAGE] = "usage",
	    [GH_E_CONFIG] = "config",
	    [GH_E_IO] = "io",
	    [GH_E_TIMEOUT] = "timeout",
	    [GH_E_CANCELLED] = "cancelled",
	    [GH_E_REMOTE] = "remote",
	    [GH_E_AUTH] = "auth",
	    [GH_E_PARSE] = "parse",
	    [GH_E_CRYPTO] = "crypto",
	    [GH_E_POLICY] = "policy",
	    [GH_E_NOMEM] = "nomem",
	    [GH_E_INTERNAL] = "internal",
	};

	return (size_t)code < GH_COUNT(word) ? word[code] : "internal";
}

int gh_errc_exit(enum gh_errc code)
{
	return code == GH_E_USAGE || code == GH_E_CONFIG ? 4 : 5;
}
