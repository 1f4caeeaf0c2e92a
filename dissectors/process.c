/* process.c - who owned a packet's socket.
 *
 * The callbacks know neither file nor section. A process block belongs to the
 * section of the packet that comes next; sections are kept apart and as long as
 * the file, because a second pass reads packets again, but not blocks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/process.h"

#include <wiretap/wtap_opttypes.h>

#include "core/decode/darwin.h"

#if SSK_WIRETAP_HOOKS_DARWIN

#include <wiretap/pcapng_module.h>

/** A process block holds an id, a name and a UUID. */
#define MAX_BLOCK 65536
/** Sections with process blocks of their own; packets of the ones beyond have none. */
#define MAX_SECTIONS 4096

typedef struct pending_process {
    bool fine;
    ssk_darwin_process process;
} pending_process;

static GPtrArray *sections; /**< of ssk_darwin_table, NULL where none */
static GArray *pending;     /**< blocks since the last packet */
static FILE_T last_file;
static gint64 last_offset;

/** Options of the record that was read last, and its block. */
static ssk_darwin_packet packet;
static wtap_block_t packet_block;

/* Exported by libwiretap; their header needs one that is not installed. */
WS_DLL_PUBLIC int file_read(void *buf, unsigned int count, FILE_T file);
WS_DLL_PUBLIC int file_error(FILE_T file, gchar **err_info);
WS_DLL_PUBLIC gint64 file_tell(FILE_T file);

static bool is_big_endian(bool byte_swapped)
{
    return byte_swapped != (G_BYTE_ORDER == G_BIG_ENDIAN);
}

static void free_table(void *table)
{
    ssk_darwin_table_free(table);
}

/** Blocks of one file come in its order: one further back begins another file. */
static void follow_file(FILE_T file)
{
    gint64 offset = file_tell(file);

    if (!sections || file != last_file || offset <= last_offset) {
        if (sections)
            g_ptr_array_free(sections, TRUE);
        sections = g_ptr_array_new_with_free_func(free_table);
        g_array_set_size(pending, 0);
    }
    last_file = file;
    last_offset = offset;
}

/** Read @p length bytes, keep the first @p room. @return false: the file ends inside */
static bool read_body(FILE_T file, uint8_t *body, uint32_t room, uint32_t length)
{
    for (uint32_t done = 0; done < length;) {
        uint32_t part = MIN(length - done, MAX_BLOCK);
        if (file_read(done < room ? body + done : NULL, part, file) != (int)part)
            return false;
        done += part;
    }
    return true;
}

static ssk_ws_bool read_block(FILE_T file, guint32 length, ssk_ws_bool byte_swapped,
                              wtapng_block_t *block, int *err, gchar **err_info)
{
    uint32_t room = MIN(length, MAX_BLOCK);
    uint8_t *body = g_malloc(room);
    pending_process one = {0};

    block->internal = TRUE;
    follow_file(file);
    if (!read_body(file, body, room, length)) {
        *err = file_error(file, err_info);
        if (*err == 0)
            *err = WTAP_ERR_SHORT_READ;
        g_free(body);
        return FALSE;
    }
    one.fine = ssk_decode_darwin_process(body, room, is_big_endian(byte_swapped), &one.process) ==
               SSK_OK;
    if (pending->len < SSK_DARWIN_PROCESSES)
        g_array_append_val(pending, one);
    g_free(body);
    return TRUE;
}

static void take_option(wtap_block_t block, uint16_t code, bool byte_swapped, guint length,
                        const guint8 *content)
{
    if (block != packet_block) {
        packet = (ssk_darwin_packet){0};
        packet_block = block;
    }
    /* An option of an unexpected size is none: the packet is fine without. */
    if (ssk_decode_darwin_option(code, content, length, is_big_endian(byte_swapped), &packet) !=
        SSK_OK)
        return;
}

/* The callback is not told which option it is called for. */
#define PARSER(code)                                                                            \
    static ssk_ws_bool parse_##code(wtap_block_t block, ssk_ws_bool byte_swapped, guint length, \
                                    const guint8 *content, int *err G_GNUC_UNUSED,              \
                                    gchar **err_info G_GNUC_UNUSED)                             \
    {                                                                                           \
        take_option(block, code, byte_swapped, length, content);                                \
        return TRUE;                                                                            \
    }

PARSER(SSK_DARWIN_PROCESS)
PARSER(SSK_DARWIN_EFFECTIVE)
PARSER(SSK_DARWIN_FLAGS)
PARSER(SSK_DARWIN_DROP)

void ssk_process_register(void)
{
    static const struct {
        guint code;
        option_parser parse;
    } options[] = {
        {SSK_DARWIN_PROCESS, parse_SSK_DARWIN_PROCESS},
        {SSK_DARWIN_EFFECTIVE, parse_SSK_DARWIN_EFFECTIVE},
        {SSK_DARWIN_FLAGS, parse_SSK_DARWIN_FLAGS},
        {SSK_DARWIN_DROP, parse_SSK_DARWIN_DROP},
    };

    pending = g_array_new(FALSE, FALSE, sizeof(pending_process));
    register_pcapng_block_type_handler(SSK_DARWIN_PROCESS_BLOCK, read_block, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(options); i++)
        register_pcapng_option_handler(BLOCK_TYPE_EPB, options[i].code, options[i].parse, NULL,
                                       NULL);
}

/** The processes of a section, with the blocks that came since the last packet. */
static const ssk_darwin_table *table_of(guint section)
{
    if (!sections || section >= MAX_SECTIONS)
        return NULL;
    if (section >= sections->len)
        g_ptr_array_set_size(sections, (gint)section + 1);
    ssk_darwin_table *table = g_ptr_array_index(sections, section);
    if (!table)
        g_ptr_array_index(sections, section) = table = ssk_darwin_table_new();
    for (guint i = 0; i < pending->len; i++) {
        const pending_process *one = &g_array_index(pending, pending_process, i);
        ssk_darwin_table_add(table, one->fine ? &one->process : NULL);
    }
    g_array_set_size(pending, 0);
    return table;
}

const ssk_process *ssk_process_of(packet_info *pinfo)
{
    const wtap_rec *rec = pinfo->rec;
    const ssk_darwin_table *table =
        table_of(rec->presence_flags & WTAP_HAS_SECTION_NUMBER ? rec->section_number : 0);
    ssk_darwin_packet said = packet;
    bool mine = rec->block && rec->block == packet_block;

    packet = (ssk_darwin_packet){0};
    packet_block = NULL;
    if (!mine)
        return NULL;
    const ssk_darwin_process *owner = table ? ssk_darwin_table_find(table, &said) : NULL;
    if (!owner && !said.flags && !said.drop_reason)
        return NULL;
    ssk_process *process = wmem_new(pinfo->pool, ssk_process);
    *process = (ssk_process){
        .name = owner && *owner->name ? wmem_strdup(pinfo->pool, owner->name) : NULL,
        .pid = owner ? owner->pid : -1,
        .flags = said.flags,
        .drop_reason = said.drop_reason,
    };
    return process;
}

#else

void ssk_process_register(void)
{
}

static bool option(const wtap_rec *rec, unsigned code, uint32_t *ret)
{
    return wtap_block_get_uint32_option_value(rec->block, code, ret) == WTAP_OPTTYPE_SUCCESS;
}

const ssk_process *ssk_process_of(packet_info *pinfo)
{
    const wtap_rec *rec = pinfo->rec;
    ssk_process said = {.pid = -1};
    uint32_t owner;

    if (!rec->block)
        return NULL;
    /* On whose behalf it is, else who owns the socket. */
    bool owned = option(rec, SSK_DARWIN_EFFECTIVE, &owner) ||
                 option(rec, SSK_DARWIN_PROCESS, &owner);
    (void)option(rec, SSK_DARWIN_FLAGS, &said.flags);
    (void)option(rec, SSK_DARWIN_DROP, &said.drop_reason);
    if (!owned && !said.flags && !said.drop_reason)
        return NULL;
    if (owned) {
        const char *name = epan_get_process_name(pinfo->epan, owner, rec->section_number);
        said.name = name && *name ? name : NULL;
        said.pid = epan_get_process_id(pinfo->epan, owner, rec->section_number);
    }
    ssk_process *process = wmem_new(pinfo->pool, ssk_process);
    *process = said;
    return process;
}

#endif
