/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes the reader of enrolment documents: what it takes, it writes and takes again. */
#include <stdlib.h>

#include "fleet/enrolment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	gh_auto(struct gh_enrolment, gh_enrolment_free) p = {0}, again = {0};
	gh_auto(struct gh_fact_pins, gh_fact_pins_free) pins = {0};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	if (gh_enrolment_parse(&p, (const char *)data, size, NULL) != 0)
		return 0;
	gh_json_dump(&text, p.doc);
	if (gh_enrolment_parse(&again, gh_buf_cstr(&text), text.len, NULL) != 0 ||
	    gh_enrolment_compare(&pins, &p, gh_enrolment_facts(&again), NULL) != 0 ||
	    pins.n != json_object_size(gh_enrolment_facts(&p)) ||
	    pins.count[GH_PIN_SAME] != pins.n)
		abort();
	return 0;
}
