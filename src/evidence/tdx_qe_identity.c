/* SPDX-License-Identifier: Apache-2.0
 * Reads Intel's QE identity and compares a QE report with it. */
#include "evidence/tdx_qe_identity.h"

int gh_qe_identity_parse(
    struct gh_qe_identity *out, struct gh_bytes json, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) o = gh_json_parse(json.p, json.len, err);
	uint32_t prod_id = 0;

	memset(out, 0, sizeof(*out));
	if (o == NULL)
		return gh_err_prefix(err, "enclaveIdentity");
	if (gh_tcb_read_head(o, "TD_QE", 2, &out->window, err) < 0 ||
	    gh_tcb_read_hex(o, "miscselect", out->miscselect, 4, err) < 0 ||
	    gh_tcb_read_hex(o, "miscselectMask", out->miscselect_mask, 4, err) < 0 ||
	    gh_tcb_read_hex(o, "attributes", out->attributes, 16, err) < 0 ||
	    gh_tcb_read_hex(o, "attributesMask", out->attributes_mask, 16, err) < 0 ||
	    gh_tcb_read_hex(o, "mrsigner", out->mrsigner, 32, err) < 0 ||
	    gh_tcb_read_uint(o, "isvprodid", 65535, &prod_id, err) < 0)
		return -1;
	out->isv_prod_id = (uint16_t)prod_id;
	return gh_tcb_read_svn_levels(o, 65535, &out->advisories, &out->levels, err);
}

static bool fits_mask(const unsigned char *have, const unsigned char *want,
    const unsigned char *mask, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((have[i] & mask[i]) != want[i])
			return false;
	return true;
}

const char *gh_qe_identity_fault(
    const struct gh_qe_identity *id, const struct gh_tdx_qe *qe)
{
	unsigned char misc[4];

	for (size_t i = 0; i < sizeof(misc); i++)
		misc[i] = (unsigned char)(qe->miscselect >> (8 * i));
	if (memcmp(qe->mrsigner, id->mrsigner, sizeof(id->mrsigner)) != 0)
		return "mrsigner";
	if (qe->isv_prod_id != id->isv_prod_id)
		return "prodid";
	if (!fits_mask(misc, id->miscselect, id->miscselect_mask, sizeof(misc)))
		return "miscselect";
	return fits_mask(qe->attributes, id->attributes, id->attributes_mask, 16)
		   ? ""
		   : "attributes";
}
