/* SPDX-License-Identifier: Apache-2.0
 * The lists that UEFI variables hold keys and revocations in: PK, KEK, db, dbx, MokListRT
 * (EFI_SIGNATURE_LIST, UEFI 2.10 section 32.4.1). */
#pragma once

#include "base/rd.h"

enum gh_efi_kind {
	GH_EFI_OTHER,
	GH_EFI_X509,   /* data is a certificate's DER */
	GH_EFI_SHA256, /* data is the digest of an image */
};

struct gh_efi_entry {
	enum gh_efi_kind kind;
	const unsigned char *owner; /* 16, a GUID */
	struct gh_bytes data;
};

/* Walks a variable's value (without the four bytes of attributes that efivarfs puts in
 * front). */
struct gh_efi_walk {
	struct gh_rd lists, entries;
	enum gh_efi_kind kind;
	uint32_t entry_len;
};
struct gh_efi_walk gh_efi_walk_of(struct gh_bytes value);
/* 1: *out is the next entry; 0: there is none; -1: PARSE, a length leads astray. */
GH_MUST_USE int gh_efi_next(
    struct gh_efi_walk *w, struct gh_efi_entry *out, struct gh_err *err);
