/* SPDX-License-Identifier: Apache-2.0
 * What a guest will report of its launch, predicted from the files it is started from. */
#pragma once

#include "base/env.h"
#include "base/result.h"

struct gh_predict_ask {
	const char *firmware; /* file; needed */
	const char *kernel;   /* file: a kernel, or a unified kernel image; NULL: none */
	const char *initrd;   /* file; NULL: none */
	const char *cmdline;  /* text; NULL: empty */
	const char *gpt;      /* file: the start of the disk a UKI boots from; NULL */
	const char *vcpus;    /* number; NULL: 1 */
	const char *cpu;      /* "EPYC-Milan", or a signature "0xa00f11"; NULL: EPYC */
	const char *features; /* hex; NULL: 1 */
	const char *vmm;      /* "qemu", "ec2", "gce"; NULL: qemu */
	const char *ram;      /* MiB; NULL: enough not to matter */
	const char
	    *measurement; /* hex of 48 bytes that a guest reported: what gives it? */
};

/* One subject of kind "prediction": findings predict.snp and predict.mrtd, with a kernel
 * predict.rtmr1 and predict.rtmr2; every value also as a claim. With a measurement only
 * predict.snp and predict.measurement. USAGE for a wrong option, IO for an unreadable
 * file, PARSE for what is no firmware at all. */
GH_MUST_USE int gh_op_predict(const struct gh_env *env, const struct gh_predict_ask *ask,
    struct gh_result *out, struct gh_err *err);
