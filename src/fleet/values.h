/* SPDX-License-Identifier: Apache-2.0
 * What a value in the fleet file must look like. */
#pragma once

#include "base/buf.h"

/* Each answers NULL when the value is good, else what it should have been. */
const char *gh_fleet_bad_name(const char *s);    /* of a host */
const char *gh_fleet_bad_label(const char *s);   /* of the fleet */
const char *gh_fleet_bad_address(const char *s); /* name or address */
const char *gh_fleet_bad_bmc(const char *s);     /* an address; "" is good: none */
const char *gh_fleet_bad_cert(const char *s);    /* "" is good: as enrolled */
const char *gh_fleet_bad_jump(const char *s);    /* "" is good: none */
const char *gh_fleet_bad_service(const char *s); /* https://..., or any path */
const char *gh_fleet_bad_user(const char *s);
const char *gh_fleet_bad_product(const char *s);
const char *gh_fleet_bad_host_key(const char *s); /* "" is good: not enrolled */
const char *gh_fleet_bad_transport(const char *s);
const char *gh_fleet_bad_plan(const char *s);
const char *gh_fleet_bad_tee(const char *s);
