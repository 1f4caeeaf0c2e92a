/* report_sample.c - prints a hand-made report, for tests that read one:
 * report_sample FORMAT [empty | FLOWS STALLS]
 * The format html-static is html as a build without the chart library writes it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include "report/html.h"
#include "sample_result.h"

int main(int argc, char **argv)
{
    bool is_static = argc > 1 && strcmp(argv[1], "html-static") == 0;
    const ssk_writer *writer = argc > 1 ? ssk_writer_find(is_static ? "html" : argv[1]) : NULL;
    if (!writer) {
        fputs("usage: report_sample FORMAT [empty | FLOWS STALLS]\n", stderr);
        return 2;
    }
    ssk_result *result = argc > 3   ? sample_result_new(strtoul(argv[2], NULL, 10),
                                                        strtoul(argv[3], NULL, 10))
                         : argc > 2 ? sample_empty_new()
                                    : sample_result_new(3, 2);
    GString *out = g_string_new(NULL);
    if (is_static)
        ssk_html_write(result, &sample_host, false, out);
    else
        writer->write(result, &sample_host, out);
    fwrite(out->str, 1, out->len, stdout);
    g_string_free(out, TRUE);
    ssk_result_free(result);
    return 0;
}
