/* installation.h - which Wiresharks are on this machine, and which modules of ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_INSTALLATION_H
#define SSK_INSTALLATION_H

#include <glib.h>
#include <stdbool.h>

/** One program of Wireshark, as it answers itself. Text is owned; NULL where it gave no answer. */
typedef struct ssk_wireshark {
    char *path;
    bool is_tshark;          /**< only tshark tells its folders and what it loaded */
    char *version;           /**< "4.0.17" */
    char *minor;             /**< "4.0": what a module is made for */
    char *personal, *global; /**< folders with plugins of this minor version */
    char *loaded;            /**< path of our module, if it was loaded */
    char *complaint;         /**< what it said about our module, one line */
} ssk_wireshark;

/** One stallshark.so. */
typedef struct ssk_module {
    char *path;
    char *version; /**< of stallshark; NULL: not known: older than 0.2, or none of ours */
    char *minor;   /**< of Wireshark, "4.0"; NULL: not known */
} ssk_module;

/** All that are in PATH and in the usual places, each once, in the order found.
 * Programs are run for it. @return of ssk_wireshark, owned by the caller */
GPtrArray *ssk_wiresharks_find(void);

/** All below the plugin folders of these, and their sisters of other versions.
 * @return of ssk_module, owned by the caller */
GPtrArray *ssk_modules_find(const GPtrArray *wiresharks);

#endif
