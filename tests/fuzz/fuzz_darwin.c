/* fuzz_darwin.c - first byte: byte order (bit 0); then a process block's body.
 * Its bytes are also read as packet options: code, length, value.
 *
 * Oracle: names end inside their array and stand in the input; what is found
 * was added; refusing changes nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "core/decode/darwin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_process(const uint8_t *body, uint32_t len, bool big_endian,
                          ssk_darwin_table *table)
{
    ssk_darwin_process process;
    memset(&process, 0xa5, sizeof process);
    if (ssk_decode_darwin_process(body, len, big_endian, &process) != SSK_OK) {
        g_assert_cmpuint(len, <, 4);
        g_assert_cmpuint((uint8_t)process.name[0], ==, 0xa5);
        return;
    }
    size_t n = strnlen(process.name, sizeof process.name);
    g_assert_cmpuint(n, <, sizeof process.name);
    bool found = n == 0;
    for (size_t i = 0; !found && i + n <= len; i++)
        found = memcmp(body + i, process.name, n) == 0;
    g_assert_true(found);
    ssk_darwin_table_add(table, &process);
}

static void check_options(const uint8_t *data, size_t size, bool big_endian,
                          const ssk_darwin_table *table)
{
    ssk_darwin_packet packet = {0};
    while (size >= 3) {
        uint16_t code = (uint16_t)(0x8000 | (data[0] & 15));
        uint32_t len = (uint32_t)MIN(data[1] & 7u, size - 2);
        ssk_darwin_packet before = packet;
        ssk_status status = ssk_decode_darwin_option(code, data + 2, len, big_endian, &packet);
        g_assert_true((status == SSK_OK) == (code >= 0x8001 && code <= 0x8007 && len == 4));
        if (status != SSK_OK)
            g_assert_cmpmem(&packet, sizeof packet, &before, sizeof before);
        data += 2 + len;
        size -= 2 + len;
    }
    const ssk_darwin_process *process = ssk_darwin_table_find(table, &packet);
    if (process) {
        g_assert_true(packet.has_process || packet.has_effective);
        g_assert_cmpint(process->pid, >=, 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 4096)
        return 0;
    bool big_endian = data[0] & 1;
    ssk_darwin_table *table = ssk_darwin_table_new();
    check_process(data + 1, (uint32_t)size - 1, big_endian, table);
    check_options(data + 1, size - 1, big_endian, table);
    ssk_darwin_table_free(table);
    return 0;
}
