/* SPDX-License-Identifier: Apache-2.0
 * Collects the evidence of every GPU of this guest, each in a thread of its own, because a
 * call into NVML can hang for good (spec/nvidia.md section 6). */
#pragma once

#include <stddef.h>

#include "agent/nvml.h"

#define GH_COLLECT_GPUS_MAX 64

struct gh_collect_options {
	uint8_t nonce[32];
	unsigned int gpu[GH_COLLECT_GPUS_MAX]; /* indexes wanted, no two equal */
	size_t n_gpus;                         /* 0 = every GPU */
	unsigned int timeout_ms;
};

/* What could be had of one GPU. error is "" when all of it could. */
struct gh_device {
	unsigned int index;
	const char *arch; /* "HOPPER"; NULL when not known */
	char uuid[96], vbios[32];
	bool has_pdi;
	uint64_t pdi;
	size_t report_len, chain_len; /* 0 = none */
	uint8_t report[GH_NVML_REPORT_MAX];
	uint8_t chain[GH_NVML_CHAIN_MAX]; /* PEM */
	char error[240];
};

struct gh_collection {
	char driver_version[80];
	bool has_cc, has_mode;
	struct gh_nvml_cc_state cc;
	uint32_t multi_gpu_mode;
	struct gh_device *device;
	size_t n_devices;
	char system_error[240]; /* NVML absent or broken; "" = none */
	char system_stage[64];  /* the call that failed; "" = loading the library */
	char note[160];         /* a mode in which no GPU can pass; "" = none */
	/* A call never came back: its thread still owns memory, so the program must end with
	 * _exit. */
	bool stuck;
};

void gh_collection_free(struct gh_collection *c);
/* Fills *out. A call counts as hung when no call of any GPU began or ended for timeout_ms:
 * a driver that serves its callers one by one is not mistaken for a dead one.
 * 0 also when devices or NVML failed (*out says how); -1 only without memory or threads. */
GH_MUST_USE int gh_collect(
    struct gh_collection *out, const struct gh_collect_options *opt, struct gh_err *err);
/* True when every GPU asked for gave its evidence. */
bool gh_collection_whole(const struct gh_collection *c);
