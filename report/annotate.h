/* annotate.h - a result as comments on the frames that matter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ANNOTATE_H
#define SSK_ANNOTATE_H

#include "report/writer.h"

/** Comments in all, and on one frame; the ones beyond are counted. */
#define SSK_COMMENTS           20000
#define SSK_COMMENTS_PER_FRAME 16
/** Bytes of a comment that Wireshark's packet details show in full: it cuts a line at 240,
 * of which some go to "Expert Info (Comment/Comment)". */
#define SSK_COMMENT_SHOWN 200
/** Bytes of one comment, cut at a character: a pcapng option holds 65535. */
#define SSK_COMMENT_BYTES 8000

typedef struct ssk_comment {
    uint32_t frame; /**< 1-based */
    char *text;     /**< UTF-8, lines parted by \n; no other control characters */
} ssk_comment;

typedef struct ssk_comments {
    ssk_comment *list; /**< by frame; several of one frame in the order of the report */
    size_t n;
    char *summary;    /**< of the whole capture */
    uint64_t dropped; /**< at the limits */
} ssk_comments;

/** @return owned by the caller */
ssk_comments *ssk_comments_new(const ssk_result *result, const ssk_host *host);
void ssk_comments_free(ssk_comments *comments);

#endif
