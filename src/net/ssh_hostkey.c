/* SPDX-License-Identifier: Apache-2.0
 * Reads pins, compares host keys, prints fingerprints. */
#include "net/ssh_hostkey.h"

#include "base/rd.h"
#include "base/text.h"
#include "crypto/digest.h"

#define BLOB_MAX 4096u /* bytes; an RSA key of 16,384 bits has 2,071 */

#define RSA_ALGORITHMS "rsa-sha2-512,rsa-sha2-256" /* RFC 8332: never SHA-1 */

/* Best first. */
static const struct {
	const char *type;
	const char *algorithms; /* what to offer in the key exchange */
} key_types[] = {
    {"ssh-ed25519", "ssh-ed25519"},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"},
    {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384"},
    {"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521"},
    {"ssh-rsa", RSA_ALGORITHMS},
};

static const char all_algorithms[] = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-"
				     "nistp384,ecdsa-sha2-nistp521," RSA_ALGORITHMS;

static int find_type(struct gh_bytes word)
{
	for (size_t i = 0; i < GH_COUNT(key_types); i++)
		if (gh_text_is(word, key_types[i].type))
			return (int)i;
	return -1;
}

void gh_ssh_hostkey_free(struct gh_ssh_hostkey *k)
{
	gh_buf_free(&k->blob);
	memset(k, 0, sizeof(*k));
}

void gh_ssh_blob_type(char *out, size_t size, const void *blob, size_t len)
{
	struct gh_rd r = gh_rd_of(blob, len);
	uint32_t n = gh_rd_u32be(&r);
	const unsigned char *p = n < size ? gh_rd_bytes(&r, n) : NULL;
	struct gh_buf clean = {0};

	if (p)
		gh_text_clean(&clean, p, n, size - 1);
	gh_text_clean_into(out, size, p && n > 0 ? gh_buf_cstr(&clean) : "?");
	gh_buf_free(&clean);
}

int gh_ssh_hostkey_parse(struct gh_ssh_hostkey *out, const char *text, struct gh_err *err)
{
	struct gh_bytes rest = gh_text_of(text ? text : ""), type, b64;
	struct gh_ssh_hostkey k = {0};
	char inner[sizeof(k.type)];
	int t;

	memset(out, 0, sizeof(*out));
	if (!gh_text_word(&rest, &type) || !gh_text_word(&rest, &b64))
		return gh_fail(err, GH_E_CONFIG,
		    "host key: want \"TYPE BASE64\", as in /etc/ssh/*.pub");
	t = find_type(type);
	if (t < 0)
		return gh_fail(err, GH_E_CONFIG, "host key: type %.*s is not known",
		    (int)(type.len < 40 ? type.len : 40), (const char *)type.p);
	if (b64.len > 2 * BLOB_MAX ||
	    gh_unb64(&k.blob, (const char *)b64.p, b64.len, NULL) != 0 ||
	    k.blob.len < 32 || k.blob.len > BLOB_MAX) {
		gh_ssh_hostkey_free(&k);
		return gh_fail(err, GH_E_CONFIG, "host key: not the base64 of a key");
	}
	gh_ssh_blob_type(inner, sizeof(inner), k.blob.p, k.blob.len);
	if (strcmp(inner, key_types[t].type) != 0) {
		gh_ssh_hostkey_free(&k);
		return gh_fail(err, GH_E_CONFIG, "host key: says %s, but holds %s",
		    key_types[t].type, inner);
	}
	memcpy(k.type, inner, sizeof(k.type));
	*out = k;
	return 0;
}

bool gh_ssh_hostkey_is(const struct gh_ssh_hostkey *pin, const void *blob, size_t len)
{
	return pin->blob.len > 0 && len == pin->blob.len && blob &&
	       memcmp(pin->blob.p, blob, len) == 0;
}

void gh_ssh_fingerprint(char out[static GH_SSH_PRINT_LEN], const void *blob, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	uint8_t d[32];

	gh_buf_str(&b, "SHA256:");
	if (gh_sha256(blob, len, d, NULL) == 0)
		gh_b64(&b, d, sizeof(d));
	else
		gh_buf_chr(&b, '?');
	if (b.len == GH_SSH_PRINT_LEN && b.p[b.len - 1] == '=')
		b.len--; /* ssh-keygen prints no padding */
	gh_text_clean_into(out, GH_SSH_PRINT_LEN, gh_buf_cstr(&b));
}

void gh_ssh_hostkey_text(struct gh_buf *out, const void *blob, size_t len)
{
	char type[32];

	gh_ssh_blob_type(type, sizeof(type), blob, len);
	if (find_type(gh_text_of(type)) < 0)
		return;
	gh_buf_fmt(out, "%s ", type);
	gh_b64(out, blob, len);
}

const char *gh_ssh_hostkey_algorithms(const struct gh_ssh_hostkey *pin)
{
	int t = pin ? find_type(gh_text_of(pin->type)) : -1;

	if (!pin)
		return all_algorithms;
	return t < 0 ? "" : key_types[t].algorithms;
}

bool gh_ssh_hostkey_rsa(const struct gh_ssh_hostkey *pin)
{
	return strcmp(pin->type, "ssh-rsa") == 0;
}
