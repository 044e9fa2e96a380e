/* SPDX-License-Identifier: Apache-2.0
 * The console's state on the fixture fleet, and somebody who types. */
#pragma once

#include "app.h"
#include "fixture.h"
#include "tests/unit/tap.h"

static struct ui_app app;

static inline void open_app(void)
{
	ui_app_init(&app);
	ui_app_tick(&app, FIXTURE_NOW);
	ui_app_model(&app, fixture_model());
}

static inline int teardown(void **state)
{
	(void)state;
	ui_app_free(&app);
	return 0;
}

static inline void type(const char *keys)
{
	for (; *keys; keys++)
		ui_app_key(&app, *keys == '\n'     ? UI_KEY_ENTER
				 : *keys == '\033' ? UI_KEY_ESC
						   : *keys);
}
