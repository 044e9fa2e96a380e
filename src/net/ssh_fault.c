/* SPDX-License-Identifier: Apache-2.0
 * What ssh(1) logs when it fails, in our words and classes. It writes English whatever
 * the locale. */
#include <stdio.h>

#include "base/text.h"
#include "net/ssh_system.h"

static const struct {
	const char *said; /* in the log of OpenSSH 8.4 to 9.9 */
	enum gh_errc code;
	const char *what; /* NULL = ssh's own last line */
	const char *hint;
} faults[] = {
    {"no matching host key type", GH_E_AUTH,
	"WRONG HOST KEY: the host has no key of the pinned type", GH_SSH_WRONG_KEY_HINT},
    {"Host key verification failed", GH_E_AUTH,
	"WRONG HOST KEY: the host does not show the pinned key", GH_SSH_WRONG_KEY_HINT},
    {"Too many authentication failures", GH_E_AUTH,
	"login refused: too many keys were offered", "name the right identity for it"},
    {"Permission denied", GH_E_AUTH, "login refused: no key was taken",
	"put the public key into the user's authorized_keys on the host"},
    {"no matching", GH_E_REMOTE, NULL, "the host and ssh(1) share no algorithm"},
    {"timed out", GH_E_TIMEOUT, NULL, ""},
    {"Connection refused", GH_E_IO, NULL, "is sshd running there?"},
    {"Could not resolve", GH_E_IO, NULL, ""},
};

/* The first print in the log is of the key that the host showed. */
static void find_print(const char *log, char out[static GH_SSH_PRINT_LEN])
{
	const char *at = strstr(log, "SHA256:");
	size_t n = at ? strspn(at + 7, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
				       "wxyz0123456789+/")
		      : 0;

	out[0] = '\0';
	if (n == GH_SSH_PRINT_LEN - 8)
		snprintf(out, GH_SSH_PRINT_LEN, "%s", at);
}

static struct gh_bytes last_line(const char *log)
{
	struct gh_bytes rest = gh_text_of(log), line,
			last = gh_text_of("it said nothing");

	while (gh_text_line(&rest, &line))
		if (gh_text_trim(line).len > 0)
			last = gh_text_trim(line);
	return last;
}

int gh_ssh_system_fault(const char *seen, const char *pinned, struct gh_err *err)
{
	char print[GH_SSH_PRINT_LEN];
	struct gh_bytes last = last_line(seen);
	size_t i = 0;

	find_print(seen, print);
	while (i < GH_COUNT(faults) && !strstr(seen, faults[i].said))
		i++;
	if (i == GH_COUNT(faults))
		return gh_fail(
		    err, GH_E_IO, "ssh: %.*s", (int)last.len, (const char *)last.p);
	if (!faults[i].what)
		(void)gh_fail(err, faults[i].code, "ssh: %.*s", (int)last.len,
		    (const char *)last.p);
	else if (print[0] && strncmp(faults[i].what, "WRONG", 5) == 0)
		(void)gh_fail(err, faults[i].code,
		    "WRONG HOST KEY: pinned is %s, the host shows %s", pinned, print);
	else
		(void)gh_fail(err, faults[i].code, "%s", faults[i].what);
	return gh_err_hint(err, "%s", faults[i].hint);
}
