/* SPDX-License-Identifier: Apache-2.0
 * The firmware of one machine, one row an image, whoever listed it: a BMC's Redfish
 * inventory of any vendor, or nvfwupd. Names of vendors become components here. */
#pragma once

#include "firmware/knowledge.h"
#include "net/redfish_tree.h"

#define GH_FW_ITEMS_MAX 512

enum gh_fw_image {
	GH_FW_RUNNING,
	GH_FW_STAGED,   /* becomes active at the next reset */
	GH_FW_GOLDEN,   /* the image of last resort */
	GH_FW_BACKUP,   /* the second bank */
	GH_FW_PREVIOUS, /* what a roll-back would bring */
	GH_FW_CAPSULE,  /* lies in another image, and is not what runs */
};

/* Texts are cleaned, and cut to their room. */
struct gh_fw_item {
	char id[96]; /* without the word that names the image: "BIOS", "BIOS.Setup.1-1" */
	char name[96];         /* as the BMC calls it for people */
	const char *component; /* of the knowledge; "" = none of ours */
	const char *scheme;    /* the one that its version fits; "" = none */
	enum gh_fw_image image;
	char version[128]; /* trimmed; "" = absent or a placeholder */
	char released[32]; /* day of its release as it came; "" = not said */
	bool unread;       /* the BMC lists it, but its answer did not come */
};

struct gh_fw_inventory {
	struct gh_fw_item *at; /* in the order that they came in */
	size_t n;
	bool cut; /* there were more */
};

void gh_fw_inventory_free(struct gh_fw_inventory *inv);
/* UpdateService/FirmwareInventory of a BMC. One image listed twice (iDRAC's Installed- and
 * Current-) is one row. Borrows component and scheme from k. */
GH_MUST_USE int gh_fw_inventory_read(struct gh_fw_inventory *out,
    const struct gh_redfish_tree *t, const struct gh_knowledge *k, struct gh_err *err);

/* Walks the images of a component: prev NULL = first; NULL when there is no further. */
const struct gh_fw_item *gh_fw_next(const struct gh_fw_inventory *inv,
    const char *component, enum gh_fw_image image, const struct gh_fw_item *prev);
/* The running one; NULL when the machine shows none, or none with a version. */
const struct gh_fw_item *gh_fw_running(
    const struct gh_fw_inventory *inv, const char *component);

/* One row as somebody listed it; NULL is fine but for id. */
struct gh_fw_said {
	const char *id, *name, *version, *released;
	bool unread;
};
/* For readers: adds a row, unless it is there, or there are too many (inv->cut). */
GH_MUST_USE int gh_fw_add(struct gh_fw_inventory *inv, const struct gh_knowledge *k,
    const struct gh_fw_said *said, struct gh_err *err);
