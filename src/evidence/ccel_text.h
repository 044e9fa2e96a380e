/* SPDX-License-Identifier: Apache-2.0
 * An event in words, for findings, diffs and `evidence show`. Saying what stands there is
 * not believing it: the mark of gh_ccel_read says what is proven. */
#pragma once

#include "evidence/ccel_event.h"

/* UTF-8 of UTF-16LE up to its first NUL; what is no character becomes '?'. */
void gh_utf16_text(struct gh_buf *out, struct gh_bytes utf16);
/* "SecureBoot = 1", "grub_cmd: insmod ext2", "\EFI\BOOT\grubx64.efi": raw bytes of the log
 * may be in it, so it must pass gh_text_clean (gh_say does that). At most about 600
 * bytes. */
void gh_ccel_describe(struct gh_buf *out, const struct gh_ccel_event *ev);
/* "event 12 at offset 0x484 (EV_IPL, RTMR2)", or "event 12 (app-id, RTMR3)". */
void gh_ccel_place(struct gh_buf *out, const struct gh_ccel_event *ev);
/* "8be4df61-93ca-11d2-aa0d-00e098032b8c" */
void gh_guid_text(struct gh_buf *out, const unsigned char guid[static 16]);
