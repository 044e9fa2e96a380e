/* SPDX-License-Identifier: Apache-2.0
 * Links as BMCs write them. */
#include "net/redfish_link.h"

#include <string.h>
#include <strings.h>

#define BELOW "/redfish/"

/* Percent codes that would be a dot, a slash or a backslash once a server decodes them. */
static bool hides_path(const char *code)
{
	return !strncasecmp(code, "%2e", 3) || !strncasecmp(code, "%2f", 3) ||
	       !strncasecmp(code, "%5c", 3) || !strncmp(code, "%00", 3);
}

static bool chars_ok(const char *link)
{
	for (const char *p = link; *p; p++)
		if (*p <= ' ' || *p > '~' || strchr("\\\"<>#{}|^`", *p) ||
		    (*p == '%' && hides_path(p)))
			return false;
	return true;
}

/* path ends before its query. */
static bool segments_ok(const char *path, size_t len)
{
	size_t at = 0;

	while (at < len) {
		size_t n = 0;

		while (at + 1 + n < len && path[at + 1 + n] != '/')
			n++;
		if (n == 0 && at + 1 < len) /* "//"; one slash may end it */
			return false;
		if ((n == 1 && path[at + 1] == '.') ||
		    (n == 2 && path[at + 1] == '.' && path[at + 2] == '.'))
			return false;
		at += 1 + n;
	}
	return true;
}

bool gh_redfish_link_ok(const char *link, bool query_is_fine)
{
	size_t len = strcspn(link, "?");

	return strnlen(link, GH_REDFISH_LINK_MAX) < GH_REDFISH_LINK_MAX &&
	       strncmp(link, BELOW, strlen(BELOW)) == 0 && len > strlen(BELOW) &&
	       (query_is_fine || !link[len]) && chars_ok(link) && segments_ok(link, len);
}

void gh_redfish_link_path(char out[static GH_REDFISH_LINK_MAX], const char *link)
{
	size_t len = strcspn(link, "?");

	if (len >= GH_REDFISH_LINK_MAX)
		len = GH_REDFISH_LINK_MAX - 1;
	while (len > 1 && link[len - 1] == '/')
		len--;
	memcpy(out, link, len);
	out[len] = '\0';
}

const char *gh_redfish_link_local(const char *location)
{
	const char *host = strstr(location, "://");

	if (!host || strcspn(location, "/") != (size_t)(host - location) + 1)
		return location;
	return host + 3 + strcspn(host + 3, "/");
}
