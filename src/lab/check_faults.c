/* SPDX-License-Identifier: Apache-2.0
 * Looks up faults of single checks. */
#include "lab/check_faults.h"

#include <string.h>

const struct gh_check_fault *gh_check_fault_row(size_t i)
{
	const struct gh_check_fault *const tables[] = {
	    gh_check_faults_bmc, gh_check_faults_host};

	for (size_t t = 0; t < 2; t++)
		for (const struct gh_check_fault *r = tables[t]; r->check; r++)
			if (!i--)
				return r;
	return NULL;
}

bool gh_check_fault_fits(const struct gh_check_fault *r, const struct gh_lab_spec *spec)
{
	return r->tee == GH_CHECK_ANY || (r->tee == GH_CHECK_SNP) == spec->snp;
}

bool gh_check_fault_restarts(const struct gh_check_fault *r)
{
	/* what launcher_tree.c binds file by file; proc/sys is bound as a whole */
	static const char *const bound[] = {"dev/", "run/", "proc/"};

	if (r->kind != GH_CHECK_FILE || (r->from && r->to) ||
	    !strncmp(r->where, "proc/sys/", strlen("proc/sys/")))
		return false;
	for (size_t i = 0; i < sizeof(bound) / sizeof(bound[0]); i++)
		if (!strncmp(r->where, bound[i], strlen(bound[i])))
			return true;
	return false;
}

static bool has(const struct gh_check_set *set, size_t row)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->at[i] == row)
			return true;
	return false;
}

bool gh_check_set_add(
    struct gh_check_set *set, const char *check, const struct gh_lab_spec *spec)
{
	const struct gh_check_fault *r;
	bool found = false;

	for (size_t i = 0; i < GH_CHECK_ROWS_MAX && (r = gh_check_fault_row(i)); i++) {
		if (strcmp(r->check, check) || !gh_check_fault_fits(r, spec))
			continue;
		found = true;
		if (!has(set, i))
			set->at[set->n++] = (unsigned short)i;
	}
	return found;
}
