/* SPDX-License-Identifier: Apache-2.0
 * Questions as AMD takes them, answers as AMD gives them. */
#include "lab/kds_server.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/text.h"
#include "lab/faults.h"

#define VCEK    "/vcek/v1/" GH_LAB_KDS_PRODUCT "/"
#define SLOW_MS 60000
#define RETRY_S 5 /* a short one: people wait for the lab */

/* ---- the answer ---- */

/* Each SPL once, nothing else; the newest TCB that this AMD knows is the one after the
 * host's own, so that an update can be played. */
static bool read_spl(struct gh_lab_spl *out, const char *query)
{
	const struct {
		const char *name;
		uint8_t *to;
		uint8_t most;
	} part[] = {{"blSPL", &out->bl, GH_LAB_TCB_BL},
	    {"teeSPL", &out->tee, GH_LAB_TCB_TEE}, {"snpSPL", &out->snp, GH_LAB_TCB_SNP},
	    {"ucodeSPL", &out->ucode, GH_LAB_TCB_UCODE + 1}};
	unsigned int seen = 0;

	for (const char *p = query; *p;) {
		size_t len = strcspn(p, "&"), name = strcspn(p, "=&");
		size_t i = 0;
		uint64_t v;

		while (i < GH_COUNT(part) && (strlen(part[i].name) != name ||
						 strncmp(p, part[i].name, name) != 0))
			i++;
		if (i == GH_COUNT(part) || seen >> i & 1 || name >= len ||
		    gh_text_u64((struct gh_bytes){(const unsigned char *)p + name + 1,
				    len - name - 1},
			10, &v) ||
		    v > part[i].most)
			return false;
		*part[i].to = (uint8_t)v;
		seen |= 1u << i;
		p += len + (p[len] == '&');
	}
	return seen == (1u << GH_COUNT(part)) - 1;
}

/* The CA that answers: its own, or one that nobody knows. */
static const struct gh_lab_kds_ca *ca_of(
    struct gh_lab_kds *k, unsigned int behaviour, struct gh_err *err)
{
	if (!(behaviour & GH_LAB_KDS_WRONG_CHAIN))
		return &k->ca;
	if (!k->foreign.ark &&
	    gh_lab_kds_ca_make(&k->foreign, (int64_t)time(NULL), err)) {
		gh_lab_kds_ca_free(&k->foreign);
		return NULL;
	}
	return &k->foreign;
}

static int answer_vcek(struct gh_lab_kds *k, unsigned int behaviour, const char *hwid,
    const char *query, struct gh_lab_kds_answer *out, struct gh_err *err)
{
	const struct gh_lab_kds_ca *ca = ca_of(k, behaviour, err);
	unsigned char own[64], asked[64];
	char hex[GH_LAB_CHIP_HEX];
	struct gh_lab_spl spl;

	if (!ca)
		return -1;
	gh_lab_chip_hex(hex, k->spec);
	if (gh_unhex(own, sizeof(own), hex, err))
		return -1;
	out->status = 404;
	if (gh_unhex(asked, sizeof(asked), hwid, NULL) ||
	    memcmp(own, asked, sizeof(own)) != 0 || !read_spl(&spl, query))
		return 0;
	out->status = 200;
	if (behaviour & GH_LAB_KDS_OTHER_CHIP)
		own[63] ^= 0xFF;
	return gh_lab_kds_vcek(ca, own, &spl, &out->body, err);
}

int gh_lab_kds_answer(struct gh_lab_kds *k, unsigned int behaviour, const char *path,
    const char *query, struct gh_lab_kds_answer *out, struct gh_err *err)
{
	const struct gh_lab_kds_ca *ca;

	*out = (struct gh_lab_kds_answer){.status = 404};
	if (behaviour & GH_LAB_KDS_DOWN) {
		out->status = 0;
		return 0;
	}
	if (behaviour & GH_LAB_KDS_SLOW)
		out->delay_ms = SLOW_MS;
	if (behaviour & GH_LAB_KDS_LIMITED) {
		out->status = 429;
		out->retry_after_s = RETRY_S;
		return 0;
	}
	if (strcmp(path, VCEK "cert_chain") == 0) {
		out->status = 200;
		ca = ca_of(k, behaviour, err);
		return ca ? gh_lab_kds_chain(ca, &out->body, err) : -1;
	}
	if (strncmp(path, VCEK, strlen(VCEK)) != 0)
		return 0;
	return answer_vcek(k, behaviour, path + strlen(VCEK), query, out, err);
}

/* ---- on the wire ---- */

/* One line each, for people and tests: who looks sees what was asked. */
static void note(const char *path, int status)
{
	gh_auto(struct gh_buf, gh_buf_free) line = {0};

	gh_buf_fmt(&line, "%d ", status);
	gh_text_clean(&line, path, strlen(path), 200);
	gh_buf_chr(&line, '\n');
	if (!line.oom)
		(void)!write(STDERR_FILENO, line.p, line.len);
}

/* As the host's faults want it now. */
static void answer(void *ctx, const struct gh_bmc_request *r, struct gh_bmc_answer *a)
{
	struct gh_lab_kds *k = ctx;
	struct gh_lab_kds_answer own = {.status = 405};
	struct gh_faults faults;

	gh_faults_load(&faults, k->dir, k->spec);
	if (!strcmp(r->method, "GET") &&
	    gh_lab_kds_answer(k, faults.kds, r->path, r->query, &own, NULL)) {
		gh_buf_free(&own.body);
		own.status = 500;
	}
	a->status = (int)own.status;
	a->type = "application/octet-stream";
	a->retry_after_s = own.retry_after_s;
	a->delay_ms = own.delay_ms;
	a->body = own.body;
	note(r->path, a->status);
}

int gh_lab_kds_serve(struct gh_bmc_server **out, struct gh_lab_kds *k, int fd,
    const char *cert, const char *key, struct gh_err *err)
{
	return gh_lab_serve(out, (struct gh_lab_handler){answer, k}, fd, cert, key, err);
}
