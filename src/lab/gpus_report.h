/* SPDX-License-Identifier: Apache-2.0
 * What a lab GPU measures and says of itself: the golden values of the lab's RIMs, and the
 * report.json from which the NVML shim builds its reports (spec/nvidia.md 1.2 and 1.5). */
#pragma once

#include <stdbool.h>

#include "base/json.h"

#define GH_LAB_DRIVER      "595.71.05"
#define GH_LAB_VBIOS       "96.00.D9.00.01"
#define GH_LAB_VBIOS_ID    "9600D90001"
#define GH_LAB_SWITCH_BIOS "96.10.73.00.01"
#define GH_LAB_PROJECT     "G520"
#define GH_LAB_PROJECT_SKU "0200"
#define GH_LAB_CHIP_SKU    "885"

#define GH_LAB_BLOCKS 64

/* One measurement index that a RIM knows. */
struct gh_lab_entry {
	unsigned int index;
	bool vbios;         /* in the VBIOS RIM, else in the driver RIM */
	unsigned int n;     /* alternatives */
	unsigned int zero;  /* bit i: alternative i is all zero */
	unsigned int live;  /* the alternative that a healthy GPU measures */
	unsigned int count; /* its MSRSCNT counter; 0 exactly when the value is zero */
	const char *name;   /* NULL: "Measurement_<index>" */
};

/* NULL when no RIM knows the index. */
const struct gh_lab_entry *gh_lab_entry(unsigned int index);
/* The golden value: a function of the lab's seed, the index and the alternative. */
GH_MUST_USE int gh_lab_golden(uint8_t out[static 48], const uint8_t seed[static 32],
    const struct gh_lab_entry *e, unsigned int alternative, struct gh_err *err);

struct gh_lab_gpu {
	uint8_t pdi[8];
	uint8_t fwid[48];
	char uuid[41]; /* "GPU-..." */
};

/* Identity of GPU n of that host: a function of the seed. */
GH_MUST_USE int gh_lab_gpu_derive(struct gh_lab_gpu *out, const uint8_t seed[static 32],
    const char *host, unsigned int n, struct gh_err *err);
/* The report.json of a healthy GPU. New reference, NULL on error. */
json_t *gh_lab_report_json(
    const struct gh_lab_gpu *gpu, const uint8_t seed[static 32], struct gh_err *err);
