/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/darwin.h"

#include <glib.h>
#include <string.h>

#include "core/decode/cursor.h"

#define OPTION_END  0
#define OPTION_NAME 2

static uint32_t take_u32(ssk_cursor *cursor, bool big_endian)
{
    return big_endian ? ssk_cursor_be32(cursor) : ssk_cursor_le32(cursor);
}

static uint16_t take_u16(ssk_cursor *cursor, bool big_endian)
{
    return big_endian ? ssk_cursor_be16(cursor) : ssk_cursor_le16(cursor);
}

static void copy_name(ssk_cursor *value, ssk_darwin_process *process)
{
    uint32_t len = MIN(ssk_cursor_left(value), sizeof process->name - 1);
    ssk_cursor_copy(value, process->name, len);
    process->name[len] = '\0';
}

ssk_status ssk_decode_darwin_process(const uint8_t *body, uint32_t len, bool big_endian,
                                     ssk_darwin_process *ret)
{
    ssk_cursor cursor = ssk_cursor_init(body, len);
    ssk_darwin_process process = {.pid = (int32_t)take_u32(&cursor, big_endian)};

    if (cursor.failed)
        return SSK_ETRUNC;
    while (ssk_cursor_left(&cursor) >= 4) {
        uint16_t code = take_u16(&cursor, big_endian);
        uint16_t size = take_u16(&cursor, big_endian);
        ssk_cursor value = ssk_cursor_sub(&cursor, size);
        if (code == OPTION_END || cursor.failed)
            break;
        if (code == OPTION_NAME)
            copy_name(&value, &process);
        ssk_cursor_skip(&cursor, MIN((uint32_t)-size & 3, ssk_cursor_left(&cursor)));
    }
    *ret = process;
    return SSK_OK;
}

ssk_status ssk_decode_darwin_option(uint16_t code, const uint8_t *value, uint32_t len,
                                    bool big_endian, ssk_darwin_packet *packet)
{
    if (code < SSK_DARWIN_PROCESS || code > SSK_DARWIN_DROP)
        return SSK_EUNSUPPORTED;
    if (len != 4)
        return SSK_EFORMAT;
    ssk_cursor cursor = ssk_cursor_init(value, len);
    uint32_t number = take_u32(&cursor, big_endian);
    switch (code) {
    case SSK_DARWIN_PROCESS:
        packet->has_process = true;
        packet->process = number;
        break;
    case SSK_DARWIN_EFFECTIVE:
        packet->has_effective = true;
        packet->effective = number;
        break;
    case SSK_DARWIN_FLAGS:
        packet->flags = number;
        break;
    case SSK_DARWIN_DROP:
        packet->drop_reason = number;
        break;
    }
    return SSK_OK;
}

/* ---- the processes of one section ---- */

struct ssk_darwin_table {
    GArray *processes;
};

ssk_darwin_table *ssk_darwin_table_new(void)
{
    ssk_darwin_table *table = g_new(ssk_darwin_table, 1);
    table->processes = g_array_new(FALSE, FALSE, sizeof(ssk_darwin_process));
    return table;
}

void ssk_darwin_table_free(ssk_darwin_table *table)
{
    if (!table)
        return;
    g_array_free(table->processes, TRUE);
    g_free(table);
}

void ssk_darwin_table_clear(ssk_darwin_table *table)
{
    g_array_set_size(table->processes, 0);
}

void ssk_darwin_table_add(ssk_darwin_table *table, const ssk_darwin_process *process)
{
    static const ssk_darwin_process unknown = {.pid = -1};
    if (table->processes->len < SSK_DARWIN_PROCESSES)
        g_array_append_vals(table->processes, process ? process : &unknown, 1);
}

const ssk_darwin_process *ssk_darwin_table_find(const ssk_darwin_table *table,
                                                const ssk_darwin_packet *packet)
{
    uint32_t index = packet->has_effective ? packet->effective : packet->process;
    if ((!packet->has_effective && !packet->has_process) || index >= table->processes->len)
        return NULL;
    const ssk_darwin_process *process = &g_array_index(table->processes, ssk_darwin_process, index);
    return process->pid < 0 ? NULL : process;
}
