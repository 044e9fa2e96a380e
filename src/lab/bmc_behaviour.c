/* SPDX-License-Identifier: Apache-2.0
 * The words of a lab BMC's behaviour. */
#include "lab/bmc_behaviour.h"

#include "base/file.h"
#include "base/text.h"

/* Bit i is words[i]. */
static const char *const words[] = {"silent", "gone", "slow", "busy", "redirect", "flood",
    "deep", "garbage", "other-cert", "expired-cert", "login"};

unsigned int gh_bmc_behaviour_parse(struct gh_bytes text)
{
	struct gh_bytes line, word;
	unsigned int set = 0;

	while (gh_text_line(&text, &line))
		while (gh_text_word(&line, &word))
			for (size_t i = 0; i < GH_COUNT(words); i++)
				if (gh_text_is(word, words[i]))
					set |= 1u << i;
	return set;
}

void gh_bmc_behaviour_text(struct gh_buf *out, unsigned int set)
{
	const char *blank = "";

	if (!set)
		gh_buf_str(out, "ok");
	for (size_t i = 0; i < GH_COUNT(words); i++) {
		if (!(set & 1u << i))
			continue;
		gh_buf_fmt(out, "%s%s", blank, words[i]);
		blank = " ";
	}
}

unsigned int gh_bmc_behaviour_load(const char *path)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	if (gh_file_read(&text, path, 4096, NULL))
		return 0;
	return gh_bmc_behaviour_parse(gh_buf_view(&text));
}
