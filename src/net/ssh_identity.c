/* SPDX-License-Identifier: Apache-2.0
 * Tells the kinds of private key files apart without using the key. */
#include "net/ssh_identity.h"

#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define FILE_MAX (64u << 10) /* bytes */
#define HEAD_MAX 160u        /* base64 characters: the type word ends before byte 100 */

static const struct {
	const char *begin; /* the armour line */
	enum gh_ssh_identity kind;
	bool look_inside; /* the armour does not tell */
} armours[] = {
    {"-----BEGIN OPENSSH PRIVATE KEY-----", GH_SSH_ID_OTHER, true},
    {"-----BEGIN EC PRIVATE KEY-----", GH_SSH_ID_PLAIN, false},
    {"-----BEGIN RSA PRIVATE KEY-----", GH_SSH_ID_RSA, false},
    {"-----BEGIN PRIVATE KEY-----", GH_SSH_ID_OTHER, true},
};

/* How the kinds show inside: the type word of OpenSSH's public part, or the DER OID of a
 * PKCS#8 (RFC 5958) file. Security keys ("sk-ssh-...@openssh.com") come first, since the
 * plain word stands inside theirs. */
static const struct {
	const char *bytes;
	size_t len;
	enum gh_ssh_identity kind;
} marks[] = {
    {"sk-ssh-ed25519", 14, GH_SSH_ID_OTHER},
    {"sk-ecdsa-sha2", 13, GH_SSH_ID_OTHER},
    {"ssh-ed25519", 11, GH_SSH_ID_PLAIN},
    {"ecdsa-sha2-nistp", 16, GH_SSH_ID_PLAIN},
    {"ssh-rsa", 7, GH_SSH_ID_RSA},
    {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", 9, GH_SSH_ID_RSA},
    {"\x2a\x86\x48\xce\x3d\x02\x01", 7, GH_SSH_ID_PLAIN},
    {"\x2b\x65\x70", 3, GH_SSH_ID_PLAIN},
};

/* The head of the decoded body decides; the secret behind it is not looked at. */
static enum gh_ssh_identity look_inside(const unsigned char *p, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) raw = {0};
	enum gh_ssh_identity kind = GH_SSH_ID_OTHER;
	char head[HEAD_MAX];
	size_t n = 0;

	for (size_t i = 0; i < len && n < HEAD_MAX && p[i] != '-'; i++)
		if (p[i] > ' ')
			head[n++] = (char)p[i];
	if (n == 0 || gh_unb64(&raw, head, n - n % 4, NULL) != 0)
		return kind;
	for (size_t i = GH_COUNT(marks); i-- > 0;)
		if (memmem(raw.p, raw.len, marks[i].bytes, marks[i].len))
			kind = marks[i].kind; /* the first of the table wins */
	explicit_bzero(raw.p, raw.len);
	return kind;
}

static enum gh_ssh_identity kind_of(const struct gh_buf *b)
{
	for (size_t i = 0; i < GH_COUNT(armours); i++) {
		size_t len = strlen(armours[i].begin);
		const unsigned char *at = memmem(b->p, b->len, armours[i].begin, len);

		if (!at)
			continue;
		if (!armours[i].look_inside)
			return armours[i].kind;
		return look_inside(at + len, b->len - (size_t)(at + len - b->p));
	}
	return GH_SSH_ID_OTHER;
}

int gh_ssh_identity_kind(const char *path, enum gh_ssh_identity *out, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char cert[PATH_MAX];

	*out = GH_SSH_ID_NONE;
	if (!path || !path[0])
		return 0;
	if (gh_file_read(&b, path, FILE_MAX, err) != 0) {
		if (err)
			err->code = GH_E_AUTH;
		return gh_err_prefix(err, "identity");
	}
	if (b.len == 0)
		return gh_fail(err, GH_E_AUTH, "identity %s: empty file", path);
	*out = kind_of(&b);
	explicit_bzero(b.p, b.len);
	/* where ssh(1) looks for it by itself */
	if (snprintf(cert, sizeof(cert), "%s-cert.pub", path) < (int)sizeof(cert) &&
	    access(cert, R_OK) == 0)
		*out = GH_SSH_ID_CERT;
	return 0;
}
