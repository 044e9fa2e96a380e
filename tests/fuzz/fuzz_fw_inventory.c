/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes what is read of a BMC's firmware inventory and of nvfwupd's list. */
#include <stdint.h>
#include <stdlib.h>

#include "firmware/bundle.h"
#include "firmware/nvfwupd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct gh_fw_inventory *inv, const struct gh_knowledge *k)
{
	struct gh_member have[GH_BUNDLE_MEMBERS_MAX];
	struct gh_bundle_match m;

	if (inv->n > GH_FW_ITEMS_MAX)
		abort();
	for (size_t i = 0; i < k->n_members; i++) {
		const struct gh_fw_item *it = gh_fw_running(inv, k->member[i]);

		have[i] = (struct gh_member){k->member[i], it ? it->version : ""};
	}
	gh_bundle_match(&m, k, have, k->n_members);
	if (m.whole && (!m.row || m.n_differ))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(data, size, NULL);
	static struct gh_knowledge known;
	struct gh_redfish_tree tree = {0};
	struct gh_fw_inventory inv;
	struct gh_nvfwupd list;

	if (!j || (!known.doc && gh_knowledge_load(&known, NULL) != 0))
		return 0;
	if (gh_redfish_tree_load(&tree, j, NULL) == 0 &&
	    gh_fw_inventory_read(&inv, &tree, &known, NULL) == 0) {
		check(&inv, &known);
		gh_fw_inventory_free(&inv);
	}
	gh_redfish_tree_free(&tree);
	if (gh_nvfwupd_read(&list, j, &known, NULL) == 0) {
		check(&list.inventory, &known);
		gh_nvfwupd_free(&list);
	}
	return 0;
}
