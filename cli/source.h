/* source.h - a file of records, read one after the other.
 *
 * Captures are read by a backend (backend.h): libwiretap (source_wiretap.c) or, where it is missing, libpcap
 * (source_pcap.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SOURCE_H
#define SSK_SOURCE_H

#include <glib.h>

#include "core/merge.h"
#include "core/model/event.h"

#define SSK_SOURCE_ERROR ssk_source_error_quark()
GQuark ssk_source_error_quark(void);

typedef struct ssk_source ssk_source;

typedef struct ssk_source_ops {
    /** @param[out] ret  all but .frame; what it points to lives until the next call
     *  @return false: the end, or @p error is set (what came before is good) */
    bool (*next)(ssk_source *source, ssk_event *ret, ssk_stamp *ret_stamp, GError **error);
    /** Part of the file read so far in thousandths; -1: not known. */
    int (*progress)(ssk_source *source);
    /** Packets the capture tool lost, by the statistics read so far. */
    bool (*dropped)(ssk_source *source, uint64_t *ret_dropped);
    void (*close)(ssk_source *source);
} ssk_source_ops;

struct ssk_source {
    const ssk_source_ops *ops;
    char *path;         /**< as given */
    const char *format; /**< "pcap", "pcapng" ... */
    const char *kind;   /**< "capture" or "log" */
    bool fed;           /**< somebody else writes while it is read: a pipe */
    bool direct;        /**< read by packet_file.h already */
};

/** @param path "-": standard input
 *  @return NULL with an error that says what is wrong, without the file's name */
ssk_source *ssk_source_open(const char *path, GError **error);
void ssk_source_close(ssk_source *source);

/** The file's name in messages: "-" is "standard input", control characters are
 * replaced. Owned by the caller. */
char *ssk_source_name(const char *path);

/* ---- the backend at work: backend.c ---- */

/** @param program argv[0]; kept */
void ssk_capture_init(const char *program);
void ssk_capture_cleanup(void);
/** Load the backend now, not with the first open: before other processes come of this one. */
void ssk_capture_load(void);
/** The first call loads the backend, and says in a line on standard error if libwiretap is missing. */
ssk_source *ssk_capture_open(const char *path, GError **error);
/** Reads what ssk_source_open() opened by packet_file.h instead, where the two cannot differ.
 * @param of taken over; @return closed instead of it */
ssk_source *ssk_capture_hasten(ssk_source *of);
/** For --version: "libwiretap 4.0.17: all capture formats Wireshark reads". */
const char *ssk_capture_backend(void);
/** Version of Wireshark at work; NULL: none. */
const char *ssk_capture_wireshark(void);

/** Can it be read only once: standard input, or a named pipe? */
bool ssk_source_is_pipe(const char *path);

#endif
