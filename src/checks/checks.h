/* SPDX-License-Identifier: Apache-2.0
 * The host-validation catalogue and the engine that turns what was probed into findings.
 * The catalogue is inventory/checks.json (compiled in); the judges are code by id. */
#pragma once

#include "base/result.h"
#include "checks/probe.h"
#include "fleet/inventory.h"

struct gh_check {
	const char *id;    /* "host.tdx.msr_tme" */
	const char *group; /* "G05 TDX enablement" */
	const char *title;
	enum gh_severity severity;
	const char *platform; /* "all", "tdx", "snp" */
	const char *channel;  /* "ssh", ... */
	const char *expect;   /* pass condition, in words */
	const char *why, *remedy;
	bool root;
};

struct gh_catalogue;

/* The catalogue compiled in. */
GH_MUST_USE int gh_catalogue_load(struct gh_catalogue **out, struct gh_err *err);
void gh_catalogue_free(struct gh_catalogue **c);
size_t gh_catalogue_count(const struct gh_catalogue *c);
const struct gh_check *gh_catalogue_at(const struct gh_catalogue *c, size_t i);
const struct gh_check *gh_catalogue_get(const struct gh_catalogue *c, const char *id);
/* True when this build has a judge for it and it applies to that TEE. */
bool gh_check_applies(const struct gh_check *c, enum gh_tee tee);

/* One finding per applicable check, subject host->name, parent = its group; in catalogue
 * order. Also the subject (kind "host") with claims: product serial bios kernel microcode
 * boot_id tdx_module ... `at` is the time for checks of age. Never fails because of what
 * the host sent. */
GH_MUST_USE int gh_checks_run(struct gh_result *out, const struct gh_catalogue *c,
    const struct gh_probe *p, const struct gh_host *host, int64_t at, struct gh_err *err);
