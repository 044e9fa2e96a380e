/* SPDX-License-Identifier: Apache-2.0
 * The strict default. */
#include "evidence/policy.h"

#include <string.h>

static const char *const status_word[GH_TCB_N] = {
    [GH_TCB_UNKNOWN] = "",
    [GH_TCB_UP_TO_DATE] = "UpToDate",
    [GH_TCB_SW_HARDENING_NEEDED] = "SWHardeningNeeded",
    [GH_TCB_CONFIGURATION_NEEDED] = "ConfigurationNeeded",
    [GH_TCB_CONFIGURATION_AND_SW_HARDENING_NEEDED] = "ConfigurationAndSWHardeningNeeded",
    [GH_TCB_OUT_OF_DATE] = "OutOfDate",
    [GH_TCB_OUT_OF_DATE_CONFIGURATION_NEEDED] = "OutOfDateConfigurationNeeded",
    [GH_TCB_REVOKED] = "Revoked",
    [GH_TCB_TD_RELAUNCH_ADVISED] = "TDRelaunchAdvised",
    [GH_TCB_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] =
	"TDRelaunchAdvisedConfigurationNeeded",
};

const char *gh_tdx_status_word(enum gh_tdx_status s)
{
	return status_word[s];
}

int gh_tdx_status_parse(const char *word, enum gh_tdx_status *out)
{
	for (int i = GH_TCB_UP_TO_DATE; i < GH_TCB_N; i++)
		if (strcmp(word, status_word[i]) == 0) {
			*out = (enum gh_tdx_status)i;
			return 0;
		}
	return -1;
}

bool gh_pins_fit(const struct gh_pins *pins, const void *p)
{
	for (size_t i = 0; i < pins->n; i++)
		if (memcmp(pins->at[i], p, pins->len) == 0)
			return true;
	return pins->n == 0;
}

const struct gh_policy *gh_policy_strict(void)
{
	static const struct gh_policy strict = {
	    .id = "strict",
	    .tdx =
		{
		    .accept = 1u << GH_TCB_UP_TO_DATE,
		    .attributes_allowed =
			1ull << 27 | 1ull << 28 | 1ull << 30 | 1ull << 31,
		    .sept_ve_disable = true,
		    .xfam_allowed = 0x6DBE7,
		},
	    .snp = {.alias_check = true},
	    .nvidia = {.modes = 7},
	};

	return &strict;
}
