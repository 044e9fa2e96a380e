/* SPDX-License-Identifier: Apache-2.0
 * The catalogue that judges are run by, loaded and freed once for a program's tests. */
#pragma once

#include "checks/checks.h"
#include "tests/unit/tap.h"

static struct gh_catalogue *cat;

static inline int load(void **state)
{
	(void)state;
	return gh_catalogue_load(&cat, NULL);
}

static inline int unload(void **state)
{
	(void)state;
	gh_catalogue_free(&cat);
	return 0;
}
