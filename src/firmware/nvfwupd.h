/* SPDX-License-Identifier: Apache-2.0
 * What nvfwupd says: the JSON of "nvfwupd show_version -j", which compares a machine with
 * an update package. Its word "Up-To-Date" is not used: it says No for what the package
 * does not hold, and for power supplies that are the same as in the package. */
#pragma once

#include "firmware/inventory.h"

/* What the package has for one device. */
enum gh_fw_package {
	GH_FW_NOT_IN_PACKAGE, /* says nothing about its age */
	GH_FW_PACKAGE_SAME,
	GH_FW_PACKAGE_NEWER, /* an update would raise it */
	GH_FW_PACKAGE_OLDER,
	GH_FW_PACKAGE_OTHER, /* cannot be ordered */
};

struct gh_nvfwupd {
	char model[64], serial[64], part[64]; /* cleaned; "" = not said */
	struct gh_fw_inventory inventory;
	enum gh_fw_package *package; /* of inventory.at[i] */
};

/* One machine's object; with -j nvfwupd prints one a machine. Borrows from k. */
GH_MUST_USE int gh_nvfwupd_read(struct gh_nvfwupd *out, const json_t *o,
    const struct gh_knowledge *k, struct gh_err *err);
void gh_nvfwupd_free(struct gh_nvfwupd *v);
