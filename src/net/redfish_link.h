/* SPDX-License-Identifier: Apache-2.0
 * Links as BMCs write them: which of them may be followed, and where their resource lies in
 * the tree. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define GH_REDFISH_LINK_MAX 240 /* bytes, with the NUL; the tree resolves up to 255 */

/* True for a path below /redfish/ of the same BMC: printable ASCII, no empty, "." or ".."
 * segment (also not as %2e), no fragment, and a query only where one is expected. */
bool gh_redfish_link_ok(const char *link, bool query_is_fine);
/* As it is kept in the tree: without query, without a slash at its end. link is ok. */
void gh_redfish_link_path(char out[static GH_REDFISH_LINK_MAX], const char *link);
/* A Location header may name scheme and host: the part behind them. The request goes to
 * the BMC that we are talking to, whatever was named. */
const char *gh_redfish_link_local(const char *location);
