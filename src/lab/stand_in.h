/* SPDX-License-Identifier: Apache-2.0
 * One small program under many names: in a lab host it answers for those programs whose
 * answer no file of a real system can give. It is linked statically: a lab host's probe
 * runs some thirty of them, and then costs what it costs on a real host.
 *
 * It reads GH_STAND_IN_TABLE, one row a line of four parts with a tab between them:
 *
 *	NAME  ARGUMENTS  STATUS  ANSWER
 *
 * The first row counts whose NAME is the name it was called by, and whose ARGUMENTS, a
 * pattern of fnmatch(3), fit its own with one blank between each two. ANSWER is
 *
 *	-         nothing
 *	=TEXT     the text and a newline
 *	/FILE     what the file holds; "{KEY}" in it is the value of an argument KEY=VALUE. A
 *	          row whose file is not there does not count.
 *	?/FILE    for each argument after the first, the word after it in the file, or
 *	          "inactive"; the status is 0 when each is "active"
 *	!/FILE    that program, with the same arguments, in place of this one
 *
 * A line that begins with # is a comment. Without a row it says so and ends with 127. */
#pragma once

#define GH_STAND_IN_TABLE "/lab/tool/answers"
#define GH_STAND_IN       "/lab/tool/stand-in" /* what the names in /usr/local/bin link to */
