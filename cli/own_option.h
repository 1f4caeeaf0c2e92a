/* own_option.h - the options that the program adds to those of the analysis.
 *
 * One row of the table is all there is of an option: parsing, --help and
 * docs/cli.md are made of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_OWN_OPTION_H
#define SSK_OWN_OPTION_H

#include "cli/options.h"

typedef struct ssk_own_option {
    const char *name;
    char letter;          /**< 0: none */
    const char *value;    /**< what stands for it in --help; NULL: takes none */
    const char *commands; /**< that take it, each followed by a space; NULL: all */
    const char *help;     /**< NULL: the list of formats */
    /** Put @p value into @p options. @return FALSE with a one-line error */
    gboolean (*set)(ssk_options *options, const char *value, GError **error);
} ssk_own_option;

/** NULL-name-terminated. */
extern const ssk_own_option ssk_own_options[];

/** Does @p command take it? */
bool ssk_own_option_fits(const ssk_command *command, const ssk_own_option *option);
/** Does @p command take one of that name? Then core's of the same name is not offered. */
bool ssk_own_option_has(const ssk_command *command, const char *name);
/** min_gap as min-gap; owned by the caller. */
char *ssk_flag_name(const char *name);

#endif
