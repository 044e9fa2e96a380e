/* SPDX-License-Identifier: Apache-2.0
 * The host-validation catalogue and the engine that turns what was probed into findings.
 * The catalogue is inventory/checks.json (compiled in); the judges are code by id. */
#pragma once

#include "base/result.h"
#include "checks/facts.h"
#include "checks/probe.h"
#include "fleet/enrolment.h"
#include "fleet/inventory.h"
#include "net/redfish_tree.h"
#include "vendor/kds.h"

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
	const json_t *params; /* what operators may tune (object); NULL = nothing */
	const json_t *facts;  /* names of the facts it rests on (array); NULL = none */
};

struct gh_host_policy;
struct gh_rims;
struct gh_trust;

/* All that one host's checks are judged on. What is NULL was not there; checks that need it
 * are UNKNOWN. Everything is borrowed. */
struct gh_sources {
	const struct gh_host *host;
	const struct gh_probe *probe; /* the host's own word, over SSH */
	const char *nonce;            /* of the probe, 32 hex digits */
	const struct gh_err *ssh_err; /* why probe is NULL */
	unsigned int ssh_ms;          /* from asking to the whole answer */
	int64_t ssh_at; /* when that was there, unix seconds; 0 = it was asked at `at` */
	const char *host_key; /* "TYPE BASE64" that was shown and accepted; "" = none */
	const struct gh_redfish_tree *bmc; /* the second source */
	const struct gh_err *bmc_err;      /* why there is no whole reading of this run */
	bool bmc_pending;                  /* the BMC is still being read */
	bool bmc_old;                      /* bmc is the reading of an earlier run */
	const struct gh_enrolment *enrolled; /* what enrolment pinned */
	const struct gh_host_policy *policy;
	const struct gh_rims *rims;   /* reference manifests at hand */
	const struct gh_trust *trust; /* anchors for what hardware signed */
	bool allow_lab;               /* it may be a lab's */
	const struct gh_kds_answer
	    *vcek;  /* of the chip; NULL = nobody was named to ask */
	int64_t at; /* when the run started, unix seconds */
	int64_t
	    fresh_s; /* an older reading of the BMC proves nothing any more; 0 = any is */
};

struct gh_catalogue;

/* The VCEK to ask for, from what the host says of its chip; false when it does not say
 * enough, or its chip id is masked: host.snp.vlek_vcek tells which. */
bool gh_checks_vcek(struct gh_snp_vcek_ask *out, const struct gh_probe *probe);

/* What checks ask the probe of src->host for beyond the host itself, from their params as
 * src->policy has them: the names it may reach by https, the path of a tool, a handle of the
 * TPM. For gh_probe_command. */
GH_MUST_USE int gh_checks_words(struct gh_buf *out, const struct gh_catalogue *c,
    const struct gh_sources *src, struct gh_err *err);

/* The catalogue compiled in. */
GH_MUST_USE int gh_catalogue_load(struct gh_catalogue **out, struct gh_err *err);
void gh_catalogue_free(struct gh_catalogue **c);
size_t gh_catalogue_count(const struct gh_catalogue *c);
const struct gh_check *gh_catalogue_at(const struct gh_catalogue *c, size_t i);
const struct gh_check *gh_catalogue_get(const struct gh_catalogue *c, const char *id);
/* Other checkers and what they look at, set against ours (inventory/coverage.json):
 * {"tools":[{"tool","revision","peers":[..],"tests","relevant","covered","not_covered"}],
 * "checks":{id:[peer,..]}}. New reference. */
GH_MUST_USE json_t *gh_coverage(struct gh_err *err);
/* True when it applies to that TEE, and is judged host by host: those of the fleet as a
 * whole (G17) are not. */
bool gh_check_applies(const struct gh_check *c, enum gh_tee tee);

/* True when this build has code that decides it. */
bool gh_check_judged(const struct gh_check *c);

/* One finding per applicable check, subject host->name, parent = its group; in catalogue
 * order, as src->policy changes it; then "policy", and one finding per rule of it. Also the
 * subject (kind "host") with claims: product serial bios kernel microcode boot_id tdx_module
 * ... Never fails because of what the host or its BMC sent. */
GH_MUST_USE int gh_checks_run(struct gh_result *out, const struct gh_catalogue *c,
    const struct gh_sources *src, struct gh_err *err);
