/* SPDX-License-Identifier: Apache-2.0
 * Writes efivarfs: each file is four bytes of attributes and the value. Certificates are
 * stand-ins: only their names are ever read from here. */
#include "lab/fixture_efi.h"

#include <stdio.h>
#include <string.h>

#include "lab/fixture_edit.h"

#define EFI_GLOBAL "-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define EFI_IMAGE  "-d719b2cb-3d3a-4596-a3bc-dad00e67656f"
#define EFI_SHIM   "-605dab50-e046-4300-abb6-3dd810dd8b23"
#define EFIVARS    "sys/firmware/efi/efivars/"
#define CERT_PAD   256 /* bytes on each side of a stand-in's name */
#define DBX_N      430 /* images that the list of 2025 revokes on x64 */

static const unsigned char x509[16] = {0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a,
    0x87, 0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72};
static const unsigned char sha256[16] = {0x26, 0x16, 0xc4, 0xc1, 0x4c, 0x50, 0x92, 0x40,
    0xac, 0xa9, 0x41, 0xf9, 0x36, 0x93, 0x43, 0x28};

static void path_of(char out[static 160], const char *name)
{
	snprintf(out, 160, EFIVARS "%s", name);
}

static void put_var(struct gh_fixture *f, const char *name, unsigned char attributes,
    const void *value, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	const unsigned char head[4] = {attributes};
	char path[160];

	gh_buf_add(&b, head, sizeof(head));
	gh_buf_add(&b, value, len);
	path_of(path, name);
	gh_fixture_bytes(f, path, b.p, b.len);
}

/* The head of an EFI_SIGNATURE_LIST of n entries with so many bytes of data each. */
static void put_list(
    struct gh_buf *b, const unsigned char type[static 16], size_t n, size_t len)
{
	gh_buf_add(b, type, 16);
	gh_buf_le(b, 28 + n * (16 + len), 4);
	gh_buf_le(b, 0, 4);
	gh_buf_le(b, 16 + len, 4);
}

/* One list for each name; faults may change which there are. */
static void put_certs(struct gh_fixture *f, const char *var, unsigned char attributes,
    const char *const *healthy, size_t n)
{
	static const unsigned char zeros[16 + CERT_PAD];
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	const char *name[GH_FIXTURE_CERTS_MAX];
	char path[160];

	path_of(path, var);
	memcpy(name, healthy, n * sizeof(*name));
	n = gh_fixture_edit_certs(f, path, name, n);
	for (size_t i = 0; i < n; i++) {
		put_list(&b, x509, 1, 2 * CERT_PAD + strlen(name[i]));
		gh_buf_add(&b, zeros, 16 + CERT_PAD);
		gh_buf_str(&b, name[i]);
		gh_buf_add(&b, zeros, CERT_PAD);
	}
	put_var(f, var, attributes, b.p, b.len);
}

static void put_dbx(struct gh_fixture *f)
{
	static const unsigned char owner[16];
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	put_list(&b, sha256, DBX_N, 32);
	for (unsigned int i = 0; i < DBX_N; i++) {
		gh_buf_add(&b, owner, sizeof(owner));
		for (unsigned int k = 0; k < 8; k++)
			gh_buf_le(&b, 2654435761u * (8 * i + k + 1), 4);
	}
	put_var(f, "dbx" EFI_IMAGE, 0x27, b.p, b.len);
}

void gh_fixture_efi(struct gh_fixture *f)
{
	static const char *const pk[] = {
	    "CN=Super Micro Computer, Inc. Platform Key 2023"};
	static const char *const kek[] = {"CN=Super Micro Computer, Inc. KEK 2023",
	    "CN=Microsoft Corporation KEK CA 2011",
	    "CN=Microsoft Corporation KEK 2K CA 2023"};
	static const char *const db[] = {"CN=Microsoft Windows Production PCA 2011",
	    "CN=Microsoft Corporation UEFI CA 2011", "CN=Windows UEFI CA 2023",
	    "CN=Microsoft UEFI CA 2023", "CN=Microsoft Option ROM UEFI CA 2023"};
	static const char *const mok[] = {
	    "CN=Canonical Ltd. Master Certificate Authority"};
	static const char sbat[] = "sbat,1,2024010900\nshim,4\ngrub,3\n";
	const unsigned char on = 1, off = 0;

	put_var(f, "SecureBoot" EFI_GLOBAL, 0x06,
	    gh_fixture_has(f, GH_FIXTURE_SECUREBOOT_OFF) ? &off : &on, 1);
	put_var(f, "SetupMode" EFI_GLOBAL, 0x06, &off, 1);
	put_var(f, "MemoryOverwriteRequestControl-e20939be-32d4-41be-a150-897f85d49829",
	    0x07, &on, 1);
	put_certs(f, "PK" EFI_GLOBAL, 0x27, pk, GH_COUNT(pk));
	put_certs(f, "KEK" EFI_GLOBAL, 0x27, kek, GH_COUNT(kek));
	put_certs(f, "db" EFI_IMAGE, 0x27, db, GH_COUNT(db));
	put_dbx(f);
	put_certs(f, "MokListRT" EFI_SHIM, 0x06, mok, GH_COUNT(mok));
	put_var(f, "SbatLevelRT" EFI_SHIM, 0x06, sbat, sizeof(sbat) - 1);
}
