/* SPDX-License-Identifier: Apache-2.0
 * One gatehouse at a time changes a lab, and only a folder that is a lab. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

/* True when dir holds the mark that gh_lab_mark writes. */
bool gh_lab_marked(const char *dir);
/* Makes dir, and marks it when it is new or empty; a folder of anybody else is refused. */
GH_MUST_USE int gh_lab_mark(const char *dir, struct gh_err *err);
/* Waits until no other process changes the lab in dir, which must be there. */
GH_MUST_USE int gh_lab_lock(const char *dir, int *lock, struct gh_err *err);
/* Waits for this process's turn among all labs whose ports could meet, those of one network
 * namespace: a port that is chosen is not yet taken. */
GH_MUST_USE int gh_lab_turn(int *turn, struct gh_err *err);
/* For gh_auto(int, gh_lab_unlock); of both. */
void gh_lab_unlock(int *lock);
/* Removes a marked folder and all in it, the mark last; never leaves its filesystem. */
GH_MUST_USE int gh_lab_remove(const char *dir, struct gh_err *err);
