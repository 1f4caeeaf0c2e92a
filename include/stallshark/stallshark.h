/* stallshark.h - the analysis as a library: packets in; who owed one, who went silent, and why, out.
 *
 *     stallshark_engine *engine = stallshark_engine_new(NULL);
 *     stallshark_engine_feed_file(engine, "capture.pcap", NULL);
 *     stallshark_result *result = stallshark_engine_judge(engine);
 *     char *report = stallshark_result_write(result, "json", NULL);
 *
 * Link with -lstallshark (pkg-config stallshark, or find_package(stallshark) and the target
 * stallshark::stallshark of CMake). docs/library.md tells more; examples/ holds programs.
 *
 * What holds for all of it:
 * - One engine is used by one thread at a time; several engines know nothing of each other.
 * - It prints nothing, ends nothing, and reads no clock and no file but the one that is named to it.
 *   Reports in words give times in the machine's zone, or that of the option "tz". Where memory runs
 *   out, the process ends, as with all that uses GLib.
 * - Damaged packets are data, never an error.
 * - Texts are UTF-8. What a function returns as `char *` is the caller's: stallshark_free(). What it
 *   returns as `const char *` lives as long as the object that it was asked of.
 * - Before version 1.0 a new version may change any of this; the library's file name tells.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STALLSHARK_STALLSHARK_H
#define STALLSHARK_STALLSHARK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef STALLSHARK_API
#define STALLSHARK_API
#endif

/** "No time": a packet that carries none, the end of a stall that is still open. */
#define STALLSHARK_TIME_NONE INT64_MIN

/** Version of the library at work: "0.1.0". */
STALLSHARK_API const char *stallshark_version(void);

/** Free a text that was returned as `char *`; NULL is fine. */
STALLSHARK_API void stallshark_free(char *text);

/* ---- config: the options of docs/options.md ---- */

typedef struct stallshark_config stallshark_config;

/** Every option at its default. */
STALLSHARK_API stallshark_config *stallshark_config_new(void);
STALLSHARK_API void stallshark_config_free(stallshark_config *config);

/** Set one option from text, as the program would: "min_gap" or "min-gap", "2s".
 * @param[out] ret_problem may be NULL; on failure what is wrong, and what is allowed
 * @return false: nothing was changed */
STALLSHARK_API bool stallshark_config_set(stallshark_config *config, const char *name,
                                          const char *value, char **ret_problem);

/* ---- event: one captured packet ---- */

/** All pointers are borrowed for the one call that it is fed with. */
typedef struct stallshark_event {
    int64_t time_ns; /**< since 1970-01-01 00:00:00 UTC; STALLSHARK_TIME_NONE: not known */
    uint16_t
        linktype; /**< LINKTYPE_ value as in a pcap file: 1 Ethernet, 101 raw IP, 113 Linux "any" */
    uint32_t interface_id; /**< packets of several interfaces in one analysis; else 0 */
    const uint8_t *bytes;  /**< from the link layer on */
    uint32_t captured;     /**< bytes that are there */
    uint32_t length;       /**< bytes that were on the wire; at least @c captured */
} stallshark_event;

/* ---- engine ---- */

typedef struct stallshark_engine stallshark_engine;

/** @param config copied; NULL: every option at its default */
STALLSHARK_API stallshark_engine *stallshark_engine_new(const stallshark_config *config);
STALLSHARK_API void stallshark_engine_free(stallshark_engine *engine);

/** The next packet, in the order of capture. Packets are numbered from 1, as in Wireshark.
 * @return false: 4294967295 packets were fed, and no more can be */
STALLSHARK_API bool stallshark_engine_feed(stallshark_engine *engine,
                                           const stallshark_event *event);

/** All packets of a pcap or pcapng file, uncompressed.
 * @param[out] ret_problem may be NULL; on failure what is wrong with the file
 * @return false: it could not be read, or not to its end; packets before the damage are fed, and the
 *         report says so */
STALLSHARK_API bool stallshark_engine_feed_file(stallshark_engine *engine, const char *path,
                                                char **ret_problem);

/* ---- result ---- */

typedef struct stallshark_result stallshark_result;

/** Who, of the two sides of a flow. A sent the SYN, or was heard first. */
typedef enum stallshark_side {
    STALLSHARK_SIDE_NONE = 0, /**< not known, or not said */
    STALLSHARK_SIDE_A,
    STALLSHARK_SIDE_B,
    STALLSHARK_SIDE_PATH, /**< what lies between the two */
    STALLSHARK_SIDE_BOTH,
} stallshark_side;

typedef struct stallshark_cause {
    const char *id; /**< of docs/causes.md: "radio-off" */
    stallshark_side side;
} stallshark_cause;

/** One stall: somebody owed a packet, and it did not come. */
typedef struct stallshark_stall {
    uint32_t id;                        /**< from 1, as in the reports */
    uint32_t incident;                  /**< stalls of one incident have one cause */
    const char *kind;                   /**< of docs/report.md: "silence", "no-progress" ... */
    bool udp;                           /**< or TCP */
    const char *host[2];                /**< addresses of A and B */
    uint16_t port[2];                   /**< of A and B */
    stallshark_side from;               /**< whose direction was silent: A or B */
    stallshark_side debtor;             /**< who owed */
    int64_t start_ns, end_ns;           /**< end: STALLSHARK_TIME_NONE while it is open */
    int64_t duration_ns;                /**< of an open one until the last packet */
    uint32_t frame_before, frame_after; /**< packets around it; 0: none */
    const char *title; /**< a sentence without a period: "10.0.0.5 sent nothing for 30.04 s" */
    /** The causes that stand, the most likely first; none: not known. */
    const stallshark_cause *causes;
    size_t n_causes;
    const char *next_capture; /**< what to capture, to know more; NULL: nothing would tell more */
} stallshark_stall;

/** Judge what is known by now. Feeding may go on afterwards.
 * @return the caller's, independent of the engine */
STALLSHARK_API stallshark_result *stallshark_engine_judge(stallshark_engine *engine);
STALLSHARK_API void stallshark_result_free(stallshark_result *result);

STALLSHARK_API size_t stallshark_result_stalls(const stallshark_result *result);
/** @param index below stallshark_result_stalls()
 * @return lives as long as the result; NULL: no such stall */
STALLSHARK_API const stallshark_stall *stallshark_result_stall(const stallshark_result *result,
                                                               size_t index);

/* ---- writer ---- */

/** The whole report, as `stallshark --format` writes it: "json" is described, and kept stable, by
 * docs/report.md and report/schema.json.
 * @param format     "text", "json" ...: stallshark_format()
 * @param[out] ret_length may be NULL; bytes without the zero at the end
 * @return NULL: no such format */
STALLSHARK_API char *stallshark_result_write(const stallshark_result *result, const char *format,
                                             size_t *ret_length);

/** Name of a format, from 0; NULL: there are no more. Static. */
STALLSHARK_API const char *stallshark_format(size_t index);

#ifdef __cplusplus
}
#endif

#endif
