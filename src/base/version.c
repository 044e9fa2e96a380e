/* SPDX-License-Identifier: Apache-2.0
 * Which gatehouse this is: the Makefile passes what git says. */
#include "base/version.h"

#ifndef GH_VERSION
#	define GH_VERSION "unknown"
#endif

const char *gh_version(void)
{
	return GH_VERSION;
}
