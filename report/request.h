/* request.h - a report asked for in one line, as in tshark -z stallshark,report
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_REQUEST_H
#define SSK_REQUEST_H

#include "core/model/config.h"
#include "report/writer.h"

typedef struct ssk_request {
    const ssk_writer *writer;
    ssk_config config;
    bool verbose; /**< --verbose of the program */
    char *filter; /**< owned; NULL: every packet */
} ssk_request;

/** Read "[,FORMAT][,verbose][,NAME=VALUE]...[,FILTER]" from left to right. The first
 * item that is none of these starts the display filter, which
 * takes the rest, commas included.
 *
 * @param text     empty, or with its leading comma
 * @param defaults options that are not given
 * @param[out] ret set only on success; the caller frees ret->filter
 * @return FALSE with an error that says what, where and what is allowed
 */
gboolean ssk_request_parse(const char *text, const ssk_config *defaults, ssk_request *ret,
                           GError **error);

#endif
