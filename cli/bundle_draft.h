/* bundle_draft.h - a bundle in the making, for the files that make it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_BUNDLE_DRAFT_H
#define SSK_BUNDLE_DRAFT_H

#include <glib.h>

#include "bundle/scrub.h"
#include "cli/options.h"
#include "core/message/profile.h"
#include "report/writer.h"

enum {
    SSK_BUNDLE_CAPTURE,
    SSK_BUNDLE_README,
    SSK_BUNDLE_REPORTS = 3, /**< behind the README */
    SSK_BUNDLE_SUMS = 2 + SSK_BUNDLE_REPORTS,
    SSK_BUNDLE_LOG, /**< where logs were given */
    SSK_BUNDLE_N_FILES
};
/** Their names; NULL-terminated. */
extern const char *const ssk_bundle_files[SSK_BUNDLE_N_FILES + 1];

typedef struct ssk_bundle {
    const ssk_options *options;
    ssk_config config;
    ssk_profile_set *profiles;
    uint8_t key[32];      /**< of the pseudonyms; kept nowhere */
    char *target, *stage; /**< owned; without a slash at the end */
    /** Owned: of the stage's files, then the stage; NULL-terminated. */
    char *paths[SSK_BUNDLE_N_FILES + 2];
    bool archive, input_failed, nothing;
    ssk_result *original, *shared; /**< shared: of what the receiver gets; may be the same */
    ssk_scrub *scrub;              /**< NULL: --scrub=off */
    ssk_scrub_counts scrubbed;
    ssk_time_ns begin;      /**< of the capture */
    GError *log_error;      /**< first log that could not be read; owned */
    bool cut;               /**< the capture holds some of the packets only */
    GHashTable *numbers;    /**< packet of the report -> packet of capture.pcapng */
    uint32_t read, written; /**< packets */
    uint32_t unstamped;     /**< of those written, without a usable time */
} ssk_bundle;

/* ---- bundle_draft.c ---- */

typedef void (*ssk_bundle_frame_fn)(ssk_bundle *self, const ssk_event *event, void *user);

/** One pass over the inputs: every event as the receiver gets it. */
void ssk_bundle_read(ssk_bundle *self, bool scrubbed, ssk_bundle_frame_fn each, void *user);
/** What the reports say they were made of.
 * @param files SSK_BUNDLE_SOURCES of them: filled in, and pointed to by what is returned */
#define SSK_BUNDLE_SOURCES 2
ssk_host ssk_bundle_host(const ssk_bundle *self, ssk_host_file *files);
gboolean ssk_bundle_write_text(const char *path, const GString *text, GError **error);

/* ---- one file each; the numbers in the capture come before the README that tells them ---- */

gboolean ssk_bundle_write_capture(ssk_bundle *self, GError **error);
gboolean ssk_bundle_write_readme(ssk_bundle *self, GError **error);

/* ---- bundle_log.c ---- */

/** All lines of the logs. What cannot be read is noted in log_error.
 * @param near      time of the capture: its year is taken where lines have none
 * @param rewritten as the receiver gets them; behind each stands a newline */
void ssk_bundle_read_logs(ssk_bundle *self, ssk_time_ns near, bool rewritten,
                          ssk_bundle_frame_fn each, void *user);
gboolean ssk_bundle_write_log(ssk_bundle *self, GError **error);

/* ---- bundle_stage.c ---- */

/** May the target be made, or replaced? */
gboolean ssk_bundle_check_target(const ssk_bundle *self, GError **error);
/** A folder beside the target, removed again if the program is interrupted. */
gboolean ssk_bundle_open_stage(ssk_bundle *self, GError **error);
/** Put the stage, or an archive of it, in the target's place. */
gboolean ssk_bundle_publish(ssk_bundle *self, GError **error);
/** Nothing, if it was published as it is. */
void ssk_bundle_remove_stage(ssk_bundle *self);

#endif
