/* SPDX-License-Identifier: Apache-2.0
 * Is this machine ready? Each answer is a finding whose remedy is a command. */
#pragma once

#include "ops/session.h"

/* Never fails because something is missing: that is a finding. */
GH_MUST_USE int gh_op_doctor(
    const struct gh_session_opts *opts, struct gh_result *out, struct gh_err *err);
