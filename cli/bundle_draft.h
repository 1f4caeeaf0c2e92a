/* bundle_draft.h - a bundle in the making, for the files that make it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_BUNDLE_DRAFT_H
#define SSK_BUNDLE_DRAFT_H

#include <glib.h>

#include "bundle/scrub.h"
#include "cli/options.h"
#include "cli/reader.h"
#include "core/message/profile.h"
#include "core/view/views.h"
#include "report/writer.h"

enum {
    SSK_BUNDLE_README,
    SSK_BUNDLE_REPORTS = 3, /**< behind the README */
    SSK_BUNDLE_SUMS = 1 + SSK_BUNDLE_REPORTS,
    SSK_BUNDLE_LOG,      /**< where logs were given */
    SSK_BUNDLE_CAPTURE,  /**< where there is one */
    SSK_BUNDLE_CAPTURES, /**< where there are several: by their letters in the report */
    SSK_BUNDLE_N_FILES = SSK_BUNDLE_CAPTURES + SSK_VIEWS_MOST
};
/** Their names; NULL-terminated. */
extern const char *const ssk_bundle_files[SSK_BUNDLE_N_FILES + 1];

/** One of the captures. */
typedef struct ssk_bundle_side {
    char *const *paths;     /**< of its files, NULL-terminated; borrowed */
    ssk_scrub *scrub;       /**< owned; NULL: --scrub=off */
    bool cut;               /**< what is written holds some of its packets only */
    uint32_t read, written; /**< packets */
    uint32_t unstamped;     /**< of those written, without a usable time */
    char called[64];        /**< what the reports say they were made of */
} ssk_bundle_side;

typedef struct ssk_bundle {
    const ssk_options *options;
    ssk_config config;
    ssk_profile_set *profiles;
    uint8_t key[32];      /**< of the pseudonyms; kept nowhere */
    char *target, *stage; /**< owned; without a slash at the end */
    /** Owned: of the stage's files, then the stage; NULL-terminated. */
    char *paths[SSK_BUNDLE_N_FILES + 2];
    bool archive, input_failed, nothing, told;
    unsigned n; /**< captures */
    ssk_bundle_side sides[SSK_VIEWS_MOST];
    ssk_result *original, *shared; /**< shared: of what the receiver gets; may be the same */
    ssk_views *views;              /**< how the captures of shared stand to each other */
    ssk_time_ns begin;             /**< of the capture that shared is of */
    GError *log_error;             /**< first log that could not be read; owned */
    GHashTable *numbers;           /**< packet of the report -> packet of the base as written */
} ssk_bundle;

/* ---- bundle_draft.c ---- */

/** Is this file one of the bundle's? */
bool ssk_bundle_has(const ssk_bundle *self, size_t file);
/** Which of the files a capture becomes, once it is analyzed. */
size_t ssk_bundle_capture(const ssk_bundle *self, unsigned view);
/** The side that the report is of. */
const ssk_bundle_side *ssk_bundle_base(const ssk_bundle *self);

typedef void (*ssk_bundle_frame_fn)(ssk_bundle *self, const ssk_event *event, void *user);

/** For a pass of its own; what cannot be read is told by the first one for which @p tell is set. */
ssk_reader *ssk_bundle_open(const ssk_bundle *self, unsigned view, bool tell, bool scrubbed);
/** The next record of a capture as the receiver gets it. */
bool ssk_bundle_next(const ssk_bundle *self, unsigned view, ssk_reader *reader, bool scrubbed,
                     ssk_event *ret);
/** One pass over a capture. */
void ssk_bundle_read(ssk_bundle *self, unsigned view, bool scrubbed, ssk_bundle_frame_fn each,
                     void *user);
/** What the reports say they were made of.
 * @param files SSK_BUNDLE_SOURCES of them: filled in, and pointed to by what is returned */
#define SSK_BUNDLE_SOURCES (SSK_VIEWS_MOST + 1)
ssk_host ssk_bundle_host(const ssk_bundle *self, ssk_host_file *files);
gboolean ssk_bundle_write_text(const char *path, const GString *text, GError **error);

/* ---- bundle_analyse.c ---- */

/** @param scrubbed what the receiver gets
 *  @param[out] ret_views owned by the caller; NULL with NULL if --vantage is wrong
 *  @return owned by the caller */
ssk_result *ssk_bundle_analyse(ssk_bundle *self, bool scrubbed, ssk_views **ret_views,
                               GError **error);
/** Of one of several captures, as it is. */
ssk_result *ssk_bundle_analyse_alone(ssk_bundle *self, unsigned view);

/* ---- one file each; the numbers in the capture come before the README that tells them ---- */

gboolean ssk_bundle_write_capture(ssk_bundle *self, unsigned view, GError **error);
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
