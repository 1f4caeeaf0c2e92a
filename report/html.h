/* html.h - the HTML report with or without the chart library.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_HTML_H
#define SSK_HTML_H

#include "report/writer.h"

/** @param library draw with the embedded library, if the build has it; else as SVG */
void ssk_html_write(const ssk_result *result, const ssk_host *host, bool library, GString *out);

#endif
