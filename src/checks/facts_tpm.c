/* SPDX-License-Identifier: Apache-2.0
 * Facts that tell one machine from every other: keys of its TPM, the id of its AMD chip;
 * and the kernel that it booted. */
#include "base/text.h"
#include "checks/facts_read.h"
#include "checks/judge.h"
#include "checks/snp_status.h"
#include "checks/tpm.h"

static void put_hex(
    struct gh_fact_sink *s, const char *name, const unsigned char *p, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) hex = {0};

	gh_buf_hex(&hex, p, len);
	s->oom |= hex.oom;
	if (!hex.oom)
		gh_fact_put(s, name, gh_buf_view(&hex));
}

static void tpm(struct gh_fact_sink *s, const struct gh_probe *p)
{
	gh_auto(struct gh_tpm_answer, gh_tpm_answer_free) a = {.ek = {0}};
	gh_auto(struct gh_tpm_key, gh_tpm_key_free) ak = {.key = NULL};
	const struct gh_probe_item *it = gh_fact_item(p, "tpm.quote");
	unsigned char digest[32];

	if (!it || gh_tpm_answer_parse(&a, it->data, NULL) ||
	    gh_tpm_key_parse(&ak, gh_buf_view(&a.public), NULL))
		return;
	put_hex(s, "tpm.ak_sha256", ak.sha256, sizeof(ak.sha256));
	if (a.ek.len && gh_sha256(a.ek.p, a.ek.len, digest, NULL) == 0)
		put_hex(s, "tpm.ek_sha256", digest, sizeof(digest));
}

static void chip(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "snp.status");
	struct gh_snp_status status;

	/* where the chip's id stands depends on no product */
	if (it && gh_snp_status_parse(&status, it->data, GH_SNP_GENOA, NULL) == 0 &&
	    status.has_chip)
		put_hex(s, "snp.chip_id", status.chip_id, sizeof(status.chip_id));
}

void gh_facts_read_tpm(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *kernel = gh_fact_item(p, "kernel.image");
	char hex[65];

	tpm(s, p);
	chip(s, p);
	if (kernel && gh_kernel_digest(kernel, " /boot/vmlinuz-", hex))
		gh_fact_put(s, "kernel.image_sha256", gh_text_of(hex));
}
