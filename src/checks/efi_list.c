/* SPDX-License-Identifier: Apache-2.0
 * Reads EFI_SIGNATURE_LIST, one behind the other, all numbers little endian:
 *
 *    0 16 type, a GUID
 *   16  4 length of the list, these 28 bytes among them
 *   20  4 length of a header, which no type that we know has
 *   24  4 length of each entry: 16 bytes of owner, then the data
 *   28    header, entries */
#include "checks/efi_list.h"

#define LIST_HEAD 28u
#define OWNER_LEN 16u

static enum gh_efi_kind kind_of(const unsigned char *guid)
{
	static const unsigned char x509[16] = {0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7,
	    0x4a, 0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72};
	static const unsigned char sha256[16] = {0x26, 0x16, 0xc4, 0xc1, 0x4c, 0x50, 0x92,
	    0x40, 0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28};

	if (!memcmp(guid, x509, sizeof(x509)))
		return GH_EFI_X509;
	return memcmp(guid, sha256, sizeof(sha256)) ? GH_EFI_OTHER : GH_EFI_SHA256;
}

struct gh_efi_walk gh_efi_walk_of(struct gh_bytes value)
{
	return (struct gh_efi_walk){
	    .lists = gh_rd_of(value.p, value.len), .entries = gh_rd_of(value.p, 0)};
}

static int open_list(struct gh_efi_walk *w, struct gh_err *err)
{
	size_t at = gh_rd_at(&w->lists);
	const unsigned char *guid = gh_rd_bytes(&w->lists, 16);
	uint32_t len = gh_rd_u32le(&w->lists), head = gh_rd_u32le(&w->lists);

	w->entry_len = gh_rd_u32le(&w->lists);
	if (gh_rd_ok(&w->lists, "EFI signature list", err))
		return -1;
	if (len < LIST_HEAD || head > len - LIST_HEAD || w->entry_len <= OWNER_LEN ||
	    (len - LIST_HEAD - head) % w->entry_len)
		return gh_fail(err, GH_E_PARSE,
		    "EFI signature list at 0x%zx: %u bytes, header %u, entries of %u do "
		    "not fit",
		    at, len, head, w->entry_len);
	w->kind = kind_of(guid);
	w->entries = gh_rd_sub(&w->lists, len - LIST_HEAD);
	gh_rd_skip(&w->entries, head);
	return gh_rd_ok(&w->lists, "EFI signature list", err);
}

int gh_efi_next(struct gh_efi_walk *w, struct gh_efi_entry *out, struct gh_err *err)
{
	*out = (struct gh_efi_entry){0};
	while (gh_rd_left(&w->entries) == 0) {
		if (gh_rd_left(&w->lists) == 0)
			return 0;
		if (open_list(w, err))
			return -1;
	}
	out->kind = w->kind;
	out->owner = gh_rd_bytes(&w->entries, OWNER_LEN);
	out->data.len = w->entry_len - OWNER_LEN;
	out->data.p = gh_rd_bytes(&w->entries, out->data.len);
	return gh_rd_ok(&w->entries, "EFI signature list", err) ? -1 : 1;
}
