/* backend.h - what reads capture files: libwiretap, or our own reader alone.
 *
 * libwiretap comes in a library of its own, wiretap.so, that is loaded when the first file is opened: an upgrade of
 * Wireshark takes the libwiretap away that it was linked with, and the program goes on with pcap and pcapng.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_BACKEND_H
#define SSK_BACKEND_H

#include "cli/output.h"
#include "cli/packet_file.h"
#include "cli/pcapng_rewrite.h"
#include "cli/source.h"

typedef struct ssk_backend {
    const char *name;      /**< for --version: "libwiretap 4.0.17: all capture formats ..." */
    const char *wireshark; /**< its version; NULL: none is at work */
    /** Once, before the first open. NULL: nothing to do. */
    void (*init)(const char *program);
    void (*cleanup)(void);
    /** @return NULL with an error that says what is wrong, without the file's name */
    ssk_source *(*open)(const char *path, GError **error);
    /** What records of a LINKTYPE_ get, if they hold the frame and nothing else; SSK_LINKTYPE_NONE:
     * they do not. NULL: nothing to hasten. */
    ssk_packet_linktype_fn linktype;
    /** Write a file of any format but pcapng as pcapng with comments.
     * @param edit max_frames: stop behind this one
     * @return FALSE with an error that says what, without the file's name */
    gboolean (*convert)(const char *path, const ssk_pcapng_edit *edit, ssk_output *output,
                        ssk_pcapng_outcome *ret, GError **error);
} ssk_backend;

extern const ssk_backend ssk_backend_pcap;
/** In wiretap.so alone: ask ssk_backend_chosen() for it. */
extern const ssk_backend ssk_backend_wiretap;

/** libwiretap if this build has it and it can be loaded, else our own reader. */
const ssk_backend *ssk_backend_chosen(void);

/** Why libwiretap, which this build was made with, is not at work; NULL: it is, or it was left
 * out. One line. */
const char *ssk_backend_complaint(void);

#endif
