/* writer.h - a result to bytes.
 *
 * One file per format, one row per format in writer.c. A writer sees the
 * result and nothing else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_WRITER_H
#define SSK_WRITER_H

#include <glib.h>

#include "core/model/result.h"

/** One file the report was made from: what only the host knows. */
typedef struct ssk_host_file {
    const char *path, *format; /**< format: "pcap", "pcapng" ...; NULL: not known */
    const char *kind;          /**< "capture" or "log" */
    uint32_t first_frame;
    unsigned capture; /**< of a comparison: the capture that it belongs to, as they were given */
    bool has_dropped;
    uint64_t dropped;  /**< packets the capture tool lost, by its own statistics */
    const char *error; /**< NULL: read to its end */
} ssk_host_file;

/** The only part of a report in which hosts differ. */
typedef struct ssk_host {
    const char *program;   /**< "stallshark", "tshark", "wireshark" */
    const char *version;   /**< of stallshark */
    const char *wireshark; /**< its version; NULL: none at work */
    const ssk_host_file *files;
    size_t n_files;
    bool of_interfaces; /**< the captures of a comparison are the interfaces of one file */
    const char *const *decrypted_flows;
    size_t n_decrypted_flows;
    unsigned columns; /**< of the window that shows the text report; 0: none, it goes to a file */
    bool color;       /**< that window shows colors, and they are wanted */
    bool verbose;     /**< the text report describes each stall with all of its evidence */
} ssk_host;

typedef struct ssk_writer {
    const char *name; /**< as in --format */
    const char *help;
    /** Append the whole report to @p out, newline at its end. */
    void (*write)(const ssk_result *result, const ssk_host *host, GString *out);
} ssk_writer;

/** NULL-terminated. */
extern const ssk_writer *const ssk_writers[];
/** @return NULL: no such format */
const ssk_writer *ssk_writer_find(const char *name);

#endif
