/* SPDX-License-Identifier: Apache-2.0
 * What nvidia_gpu_tools.py (NVIDIA gpu-admin-tools) logs of GPUs and NVSwitches, device by
 * device. The text is the host's: nothing in it is believed beyond its form. */
#pragma once

#include "base/buf.h"

#define GH_GPUTOOL_MAX 64 /* devices; those beyond are not read */

enum gh_gpu_mode {
	GH_MODE_UNSAID = 0,
	GH_MODE_OFF,
	GH_MODE_ON,
	GH_MODE_DEVTOOLS, /* CC only: as on, but open to debuggers */
	GH_MODE_INVALID,  /* CC only: devtools without CC */
};

struct gh_gputool_device {
	char bdf[13]; /* "0000:18:00.0" */
	bool is_switch;
	bool refused; /* its registers could not be mapped: kernel lockdown */
	bool broken;  /* broken, in recovery, in a security fault */
	enum gh_gpu_mode cc, ppcie;
	/* knobs: what the next reset makes of it; -1 = not said */
	int cc_enable, cc_devtools, ppcie_enable;
	unsigned int n_inband, n_inband_open; /* permissions to change knobs in band */
	char module[16];                      /* "SXM_1", "NVSwitch_0"; "" = not said */
};

struct gh_gputool {
	struct gh_gputool_device at[GH_GPUTOOL_MAX];
	size_t n;
	bool boot_timeout; /* a device did not say in time that its boot ended */
	bool driver;       /* the NVIDIA driver holds a device, the tool refused */
	bool lockdown;     /* the kernel refused to map registers */
};

/* Reads the log of one run or more: what a later line says of a device counts. */
void gh_gputool_read(struct gh_gputool *out, struct gh_bytes log);
/* "on", "off", "devtools", "invalid"; "unsaid". */
const char *gh_gpu_mode_word(enum gh_gpu_mode m);
