/* fuzz_host_counter.c - lines of any bytes: counters are of the table, ports and bounds hold, and a
 * reader that has seen everything still reads a plain line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/host_counter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char plain[] = "UdpRcvbufErrors                 17                 0.0";
    ssk_host_counter_reader *reader = g_new0(ssk_host_counter_reader, 1);
    ssk_host_counter said[SSK_HOST_COUNTER_MOST];
    for (size_t at = 0; at < size;) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t len = end ? (size_t)(end - data) - at : size - at;
        char *line = g_memdup2(data + at, len); /* an end that reading beyond would be seen at */
        size_t n = ssk_host_counter_read(reader, line ? line : "", len, said);
        g_free(line);
        g_assert_cmpuint(n, <=, SSK_HOST_COUNTER_MOST);
        for (size_t i = 0; i < n; i++) {
            g_assert_cmpuint(said[i].id, <, SSK_N_HOST_COUNTERS);
            bool connection = said[i].id == SSK_HOST_COUNTER_CONNECTION_DROPS;
            g_assert_cmpint(said[i].port != 0, ==,
                            connection || said[i].id == SSK_HOST_COUNTER_SOCKET_DROPS);
            g_assert_cmpint(said[i].connection.peer_port != 0, ==, connection);
        }
        g_assert_cmpuint(reader->head_len, <=, sizeof reader->head);
        at += len + 1;
    }
    g_assert_cmpuint(ssk_host_counter_read(reader, plain, strlen(plain), said), ==, 1);
    g_assert_cmpuint(said[0].id, ==, SSK_HOST_COUNTER_BUFFER_FULL);
    g_assert_cmpuint(said[0].value, ==, 17);
    g_free(reader);
    return 0;
}
