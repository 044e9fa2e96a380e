/* SPDX-License-Identifier: Apache-2.0
 * The lab's ERoTs, as a BMC with an HMC behind it shows them. It answers the action at once;
 * real ones make a task of it first. */
#include "lab/bmc_erot.h"

#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "lab/bmc_tree.h"
#include "lab/erots.h"
#include "lab/faults.h"
#include "lab/gpus.h"
#include "lab/spdm_write.h"

#define COLLECTION "/redfish/v1/ComponentIntegrity/"
#define ACTION     "/Actions/SPDMGetSignedMeasurements"
#define GPU        "HGX_ERoT_GPU_SXM_" /* from 1 */
#define NAME_LEN   64
#define BLOCKS     5

/* ---- faults ---- */

static bool has_fault(const struct gh_faults *fs, const char *name, const char *word)
{
	uint64_t n;

	if (strncmp(name, GPU, strlen(GPU)) ||
	    gh_text_u64(gh_text_of(name + strlen(GPU)), 10, &n) || n < 1 ||
	    n > GH_LAB_GPUS)
		return false;
	return gh_faults_has(fs, word, (unsigned int)n - 1);
}

/* The chain and key that a root of trust has now: its own, or the foreign one. */
static const json_t *identity_of(const json_t *own, const json_t *foreign,
    const struct gh_faults *fs, const char *name)
{
	void *first = json_object_iter((json_t *)(uintptr_t)foreign);

	if (first && has_fault(fs, name, "erot-foreign-root"))
		return json_object_iter_value(first);
	return json_object_get(own, name);
}

/* ---- tree ---- */

static json_t *link_to(const char *name, const char *below)
{
	char path[160];

	snprintf(path, sizeof(path), "/redfish/v1/Chassis/%s/%s", name, below);
	return json_pack("{s:s}", "@odata.id", path);
}

static json_t *integrity(const char *name)
{
	char target[160], chassis[160];

	snprintf(target, sizeof(target), COLLECTION "%s" ACTION, name);
	snprintf(chassis, sizeof(chassis), "/redfish/v1/Chassis/%s", name);
	return json_pack("{s:s, s:s, s:b, s:s, s:s, s:s, s:{s:{s:s}}, s:{s:{s:{s:o}}}}",
	    "Id", name, "Name", name, "ComponentIntegrityEnabled", 1,
	    "ComponentIntegrityType", "SPDM", "ComponentIntegrityTypeVersion", "1.1.0",
	    "TargetComponentURI", chassis, "Actions",
	    "#ComponentIntegrity.SPDMGetSignedMeasurements", "target", target, "SPDM",
	    "IdentityAuthentication", "ResponderAuthentication", "ComponentCertificate",
	    link_to(name, "Certificates/CertChain"));
}

struct place {
	json_t *tree;
	const char *name;
};

static int put(const struct place *p, const char *front, const char *below,
    const char *type, json_t *body)
{
	char path[160];

	snprintf(path, sizeof(path), "%s%s%s", front, p->name, below);
	json_object_set_new(body, "@odata.etag", json_string("@etag"));
	return gh_bmc_tree_put(p->tree, path, type, body, NULL);
}

static json_t *chassis(const char *name)
{
	return json_pack("{s:s, s:s, s:s, s:o}", "Id", name, "Name", name, "ChassisType",
	    "Component", "Certificates", link_to(name, "Certificates"));
}

static json_t *chain(const char *name, const json_t *identity)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "Id", "CertChain", "Name", name,
	    "CertificateType", "PEMchain", "CertificateString",
	    gh_json_text(identity, "chain"));
}

static int put_one(
    json_t *tree, const char *name, const json_t *identity, struct gh_err *err)
{
	const struct place p = {tree, name};

	if (put(&p, "ComponentIntegrity/", "", "ComponentIntegrity.v1_0_0",
		integrity(name)) ||
	    put(&p, "Chassis/", "", "Chassis.v1_17_0", chassis(name)) ||
	    put(&p, "Chassis/", "/Certificates",
		"CertificateCollection.CertificateCollection",
		json_pack("{s:s}", "Name", "Certificates Collection")) ||
	    put(&p, "Chassis/", "/Certificates/CertChain", "Certificate.v1_5_0",
		chain(name, identity)))
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	return 0;
}

int gh_bmc_erot_add(
    json_t *tree, const char *dir, const struct gh_lab_spec *spec, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) own = NULL;
	gh_auto(json_t *, gh_json_free) foreign = NULL;
	const struct place all = {tree, "ComponentIntegrity"};
	struct gh_faults fs;
	const char *name;
	json_t *v;

	if (!dir)
		return 0;
	own = gh_lab_erots_load(dir, spec->name, err);
	foreign = own ? gh_lab_erots_load(dir, "foreign", err) : NULL;
	if (!foreign)
		return -1;
	gh_faults_load(&fs, dir, spec);
	if (put(&all, "", "", "ComponentIntegrityCollection.ComponentIntegrityCollection",
		json_pack("{s:s}", "Name", "ComponentIntegrity Collection")))
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	json_object_foreach(own, name, v)
	{
		if (put_one(tree, name, identity_of(own, foreign, &fs, name), err))
			return -1;
	}
	return 0;
}

/* ---- measurements ---- */

/* Blocks are the SHA-384 of name and index. */
static int measure(struct gh_buf *out, const char *name, const char *pem,
    const uint8_t nonce[static 32], bool damage)
{
	uint8_t block[BLOCKS][GH_LAB_SPDM_DIGEST];
	const struct gh_lab_spdm m = {.nonce = nonce,
	    .blocks = block[0],
	    .n_blocks = BLOCKS,
	    .key = gh_text_of(pem),
	    .damage = damage};

	for (unsigned int i = 0; i < BLOCKS; i++) {
		char label[NAME_LEN + 16];

		snprintf(label, sizeof(label), "lab %s %u", name, i + 1);
		if (gh_hash(GH_SHA384, label, strlen(label), block[i], NULL) < 0)
			return -1;
	}
	return gh_lab_spdm_write(out, &m);
}

/* ---- the action ---- */

static json_t *refusal(const char *message)
{
	return json_pack("{s:{s:s, s:s}}", "error", "code",
	    "Base.v1_10_3.ActionParameterValueFormatError", "message", message);
}

/* The name in COLLECTION NAME ACTION. */
static bool name_of(char out[static NAME_LEN], const char *path)
{
	size_t len = strlen(path), front = strlen(COLLECTION), back = strlen(ACTION);

	if (len <= front + back || len - front - back >= NAME_LEN ||
	    strncmp(path, COLLECTION, front) || strcmp(path + len - back, ACTION))
		return false;
	snprintf(out, NAME_LEN, "%.*s", (int)(len - front - back), path + front);
	return true;
}

/* An absent nonce is chosen here (DSP0268). */
static bool read_nonce(uint8_t nonce[static 32], const json_t *body)
{
	const json_t *hex = json_object_get(body, "Nonce");

	if (!hex)
		return gh_random(&gh_env_real, nonce, 32, NULL) == 0;
	return json_is_string(hex) &&
	       gh_unhex(nonce, 32, json_string_value(hex), NULL) == 0;
}

static json_t *answer(
    const char *name, const json_t *identity, const struct gh_faults *fs, uint8_t *nonce)
{
	gh_auto(struct gh_buf, gh_buf_free) bytes = {0};
	gh_auto(struct gh_buf, gh_buf_free) b64 = {0};

	if (has_fault(fs, name, "erot-wrong-nonce"))
		nonce[31] ^= 1;
	if (measure(&bytes, name, gh_json_text(identity, "key"), nonce,
		has_fault(fs, name, "erot-bad-signature")) < 0)
		return NULL;
	gh_b64(&b64, bytes.p, bytes.len);
	return json_pack("{s:s, s:s, s:s, s:s}", "HashingAlgorithm", "TPM_ALG_SHA_384",
	    "SignedMeasurements", gh_buf_cstr(&b64), "SigningAlgorithm",
	    "TPM_ALG_ECDSA_ECC_NIST_P384", "Version", "1.1.0");
}

int gh_bmc_erot_post(json_t **out, const char *dir, const struct gh_lab_spec *spec,
    const char *path, const json_t *body)
{
	gh_auto(json_t *, gh_json_free) own = NULL;
	gh_auto(json_t *, gh_json_free) foreign = NULL;
	const json_t *identity;
	struct gh_faults fs;
	char name[NAME_LEN];
	uint8_t nonce[32];

	*out = NULL;
	if (!dir || !name_of(name, path))
		return 404;
	own = gh_lab_erots_load(dir, spec->name, NULL);
	foreign = gh_lab_erots_load(dir, "foreign", NULL);
	gh_faults_load(&fs, dir, spec);
	identity =
	    json_object_get(own, name) ? identity_of(own, foreign, &fs, name) : NULL;
	if (!identity)
		return 404;
	if (!json_is_object(body) || !read_nonce(nonce, body) ||
	    json_integer_value(json_object_get(body, "SlotId")) != 0) {
		*out = refusal("Nonce is 64 hex digits, and there is slot 0 only.");
		return 400;
	}
	*out = answer(name, identity, &fs, nonce);
	return *out ? 200 : 500;
}
