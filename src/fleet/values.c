/* SPDX-License-Identifier: Apache-2.0
 * The alphabets and word lists of the fleet file. What passes here is later an argument
 * of a connection, a file name and a row on the screen. */
#include "fleet/values.h"

#include "net/ssh_hostkey.h"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* The first byte out of `first`, all others out of `rest`, 1 to max bytes. */
static bool made_of(const char *s, const char *first, const char *rest, size_t max)
{
	size_t len = strlen(s);

	return len >= 1 && len <= max && strchr(first, s[0]) && strspn(s, rest) == len;
}

const char *gh_fleet_bad_name(const char *s)
{
	return made_of(s, LOWER DIGITS, LOWER DIGITS ".-", 63)
		   ? NULL
		   : "a host name of a-z 0-9 . -, at most 63, starting with a letter or "
		     "digit";
}

const char *gh_fleet_bad_label(const char *s)
{
	return made_of(s, LOWER UPPER DIGITS, LOWER UPPER DIGITS "._-", 63)
		   ? NULL
		   : "a name of letters, digits, . _ -, at most 63";
}

const char *gh_fleet_bad_address(const char *s)
{
	return made_of(s, LOWER UPPER DIGITS ":_", LOWER UPPER DIGITS ".:_%-", 253)
		   ? NULL
		   : "a DNS name, an IPv4 or an IPv6 address without brackets";
}

const char *gh_fleet_bad_bmc(const char *s)
{
	return s[0] == '\0' ? NULL : gh_fleet_bad_address(s);
}

/* 64 hex digits, as: openssl x509 -fingerprint -sha256, without its colons. */
const char *gh_fleet_bad_cert(const char *s)
{
	size_t n = strlen(s);

	return n == 0 || (n == 64 && strspn(s, "0123456789abcdef") == n)
		   ? NULL
		   : "64 lower-case hex digits: the SHA-256 of the certificate";
}

/* user@address:port; all three, so that nothing is guessed. */
const char *gh_fleet_bad_jump(const char *s)
{
	const char *at = strchr(s, '@'), *colon = strrchr(s, ':');
	char user[65], address[254];
	size_t n_user = at ? (size_t)(at - s) : 0;
	size_t n_address = at && colon > at ? (size_t)(colon - at - 1) : 0;
	const char *bad = "user@address:port";

	if (s[0] == '\0')
		return NULL;
	if (n_user == 0 || n_user >= sizeof(user) || n_address == 0 ||
	    n_address >= sizeof(address) || strspn(colon + 1, DIGITS) == 0 ||
	    colon[1 + strspn(colon + 1, DIGITS)] != '\0' || strlen(colon + 1) > 5)
		return bad;
	memcpy(user, s, n_user);
	user[n_user] = '\0';
	memcpy(address, at + 1, n_address);
	address[n_address] = '\0';
	return gh_fleet_bad_user(user) || gh_fleet_bad_address(address) ? bad : NULL;
}

const char *gh_fleet_bad_service(const char *s)
{
	static const char https[] = "https://";

	if (!strstr(s, "://"))
		return NULL;
	return strncmp(s, https, sizeof(https) - 1) == 0 &&
		       made_of(s + sizeof(https) - 1, LOWER UPPER DIGITS "[",
			   LOWER UPPER DIGITS ".:_-/[]", 200)
		   ? NULL
		   : "https://HOST[:PORT][/PATH], or a folder";
}

const char *gh_fleet_bad_user(const char *s)
{
	return made_of(s, LOWER UPPER DIGITS "_", LOWER UPPER DIGITS "_.@-", 64)
		   ? NULL
		   : "a login name";
}

const char *gh_fleet_bad_product(const char *s)
{
	return strlen(s) <= 64 ? NULL : "a product name of at most 64 bytes";
}

const char *gh_fleet_bad_host_key(const char *s)
{
	struct gh_ssh_hostkey k;

	if (s[0] == '\0')
		return NULL;
	if (gh_ssh_hostkey_parse(&k, s, NULL) != 0)
		return "\"TYPE BASE64\" as in the host's /etc/ssh/*.pub, or \"\"";
	gh_ssh_hostkey_free(&k);
	return NULL;
}

static bool one_of(const char *s, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(s, *words) == 0)
			return true;
	return false;
}

const char *gh_fleet_bad_transport(const char *s)
{
	static const char *const words[] = {"auto", "libssh2", "ssh", NULL};

	return one_of(s, words) ? NULL : "auto, libssh2 or ssh";
}

const char *gh_fleet_bad_plan(const char *s)
{
	static const char *const words[] = {"one-cvm", "per-gpu", NULL};

	return one_of(s, words) ? NULL : "one-cvm or per-gpu";
}

const char *gh_fleet_bad_tee(const char *s)
{
	static const char *const words[] = {"tdx", "snp", NULL};

	return one_of(s, words) ? NULL : "tdx or snp";
}
