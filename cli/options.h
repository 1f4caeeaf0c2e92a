/* options.h - the command line as a struct.
 *
 * Two tables make it: core's options (core/model/config.h) and the program's own
 * (cli/own_option.h); --help and docs/cli.md are printed from them too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_OPTIONS_H
#define SSK_OPTIONS_H

#include <glib.h>

#include "cli/output.h"
#include "core/model/config.h"
#include "report/writer.h"

/** Exit status; the names say when. */
enum {
    SSK_EXIT_DONE = 0,
    SSK_EXIT_FAIL_ON = 1, /**< a --fail-on condition holds; doctor: something to mend */
    SSK_EXIT_USAGE = 2,   /**< wrong usage, or the output cannot be written */
    SSK_EXIT_INPUT = 3,   /**< an input could not be read, or not to its end */
};

/** Files read at once, at most: each has a process and two temporary files. */
#define SSK_JOBS_MOST 1024

typedef struct ssk_options ssk_options;

/** What a bundle removes from a capture. */
typedef enum ssk_scrub_level {
    SSK_SCRUB_PAYLOAD = 0, /**< what was said, and names */
    SSK_SCRUB_FULL,        /**< addresses too */
    SSK_SCRUB_OFF,
} ssk_scrub_level;

/** Where one of the captures of a comparison was taken: --vantage a=server. */
typedef struct ssk_view_place {
    unsigned view; /**< 0: the first that was given */
    ssk_vantage vantage;
} ssk_view_place;

typedef struct ssk_command {
    const char *name;
    const char *arguments;               /**< "FILE..." */
    const char *help;                    /**< one sentence */
    const char *more;                    /**< paragraphs of `COMMAND --help`; NULL: none */
    bool core_options;                   /**< takes the options of core/model/config.h */
    size_t min_arguments, max_arguments; /**< max 0: any number */
    /** @return exit status; what went wrong has been printed */
    int (*run)(const ssk_options *options);
} ssk_command;

/** NULL-terminated; the first one is meant where none is named. */
extern const ssk_command *const ssk_commands[];

struct ssk_options {
    const ssk_command *command;
    bool help, version; /**< asked for instead of a run */
    ssk_config config;
    const ssk_writer *format; /**< NULL: not given */
    const char *profile;      /**< name or file; NULL: not given */
    const char *output;       /**< NULL: standard output */
    bool force, each, strip_secrets;
    bool verbose; /**< of the text report */
    ssk_color color;
    unsigned jobs; /**< files read at once, with each; 0: as many as there are processors */
    ssk_scrub_level scrub;
    bool check;  /**< search the bundle for what should not be in it */
    int n_given; /**< the command line as given, the program's name first */
    char **given;
    GPtrArray *fail_on;            /**< of ssk_fail_on */
    GPtrArray *logs;               /**< paths of application logs */
    GArray *places;                /**< of ssk_view_place */
    struct ssk_log_form *log_form; /**< of lines in an own format; NULL: not given */
    const char *log_format;        /**< its file; NULL */
    const char *log_timezone;      /**< NULL: the machine's */
    char **arguments;              /**< NULL-terminated; "--" and options taken out */
};

#define SSK_OPTIONS_ERROR ssk_options_error_quark()
GQuark ssk_options_error_quark(void);

/** @param argv borrowed for as long as @p options is used
 *  @return FALSE with a one-line error */
gboolean ssk_options_parse(ssk_options *options, int argc, char **argv, GError **error);
void ssk_options_clear(ssk_options *options);

/** Would -o overwrite one of the arguments? */
bool ssk_options_output_is_input(const ssk_options *options);

/** --help of one command, of the program as a whole for the first one: help.c. */
void ssk_options_help(const ssk_command *command, GString *out);

#endif
