/* SPDX-License-Identifier: Apache-2.0
 * The one place where a command line for a remote shell is built. */
#include "net/ssh.h"

/* Inside single quotes a POSIX shell takes every byte as it is, save the quote itself. */
static void quote_word(struct gh_buf *out, const char *word)
{
	gh_buf_chr(out, '\'');
	for (const char *c = word; *c; c++) {
		if (*c == '\'')
			gh_buf_str(out, "'\\''");
		else
			gh_buf_chr(out, *c);
	}
	gh_buf_chr(out, '\'');
}

int gh_ssh_quote(struct gh_buf *out, const char *const *argv, struct gh_err *err)
{
	if (!argv || !argv[0])
		return gh_fail(err, GH_E_INTERNAL, "quote: no command");
	for (size_t i = 0; argv[i]; i++) {
		if (i > 0)
			gh_buf_chr(out, ' ');
		quote_word(out, argv[i]);
	}
	return gh_buf_ok(out, err);
}
