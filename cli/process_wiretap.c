/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/process_wiretap.h"

#include "cli/compat.h"
#include "core/decode/darwin.h"

/* A process block holds an id, a name and a UUID. */
#define MAX_BLOCK 65536

struct ssk_process_reader {
    ssk_darwin_table *table;
    ssk_darwin_packet packet;
    wtap *wth;
    guint sections; /* begun when the table was last added to */
    guint known;    /* processes of the file when the last packet was read */
    guint before;   /* of these, of sections before this one */
};

/* The file being read now. Files are read one call at a time. */
static ssk_process_reader *current;

#if SSK_WIRETAP_HOOKS_DARWIN

#include <wiretap/pcapng_module.h>

static bool is_big_endian(bool byte_swapped)
{
    return byte_swapped != (G_BYTE_ORDER == G_BIG_ENDIAN);
}

/* Exported by libwiretap; their header needs one that is not installed. */
WS_DLL_PUBLIC int file_read(void *buf, unsigned int count, FILE_T file);
WS_DLL_PUBLIC int file_error(FILE_T file, gchar **err_info);

/** Indices count from 0 in each section. */
static void follow_sections(ssk_process_reader *reader)
{
    guint sections = reader->wth ? wtap_file_get_num_shbs(reader->wth) : 1;
    if (sections != reader->sections)
        ssk_darwin_table_clear(reader->table);
    reader->sections = sections;
}

static ssk_wtap_bool read_block(FILE_T file, guint32 length, ssk_wtap_bool byte_swapped,
                                wtapng_block_t *block, int *err, gchar **err_info)
{
    guint8 *body = g_malloc(MIN(length, MAX_BLOCK));
    ssk_darwin_process process;
    guint32 wanted = MIN(length, MAX_BLOCK);

    block->internal = TRUE;
    int got = file_read(body, wanted, file);
    if (got != (int)wanted) {
        *err = file_error(file, err_info);
        if (*err == 0)
            *err = WTAP_ERR_SHORT_READ;
        g_free(body);
        return FALSE;
    }
    for (guint32 left = length - wanted; left; left -= MIN(left, MAX_BLOCK))
        if (file_read(NULL, MIN(left, MAX_BLOCK), file) != (int)MIN(left, MAX_BLOCK)) {
            *err = WTAP_ERR_SHORT_READ;
            g_free(body);
            return FALSE;
        }
    if (current) {
        bool fine = ssk_decode_darwin_process(body, wanted, is_big_endian(byte_swapped),
                                              &process) == SSK_OK;
        follow_sections(current);
        ssk_darwin_table_add(current->table, fine ? &process : NULL);
    }
    g_free(body);
    return TRUE;
}

static void take_option(uint16_t code, bool byte_swapped, guint length, const guint8 *content)
{
    /* An option of an unexpected size is none: the packet is fine without. */
    if (current && ssk_decode_darwin_option(code, content, length, is_big_endian(byte_swapped),
                                            &current->packet) != SSK_OK)
        return;
}

/* The callback is not told which option it is called for. */
#define PARSER(code)                                                                  \
    static ssk_wtap_bool parse_##code(wtap_block_t block, ssk_wtap_bool byte_swapped, \
                                      guint length, const guint8 *content, int *err,  \
                                      gchar **err_info)                               \
    {                                                                                 \
        (void)block;                                                                  \
        (void)err;                                                                    \
        (void)err_info;                                                               \
        take_option(code, byte_swapped, length, content);                             \
        return TRUE;                                                                  \
    }

PARSER(SSK_DARWIN_PROCESS)
PARSER(SSK_DARWIN_EFFECTIVE)
PARSER(SSK_DARWIN_FLAGS)
PARSER(SSK_DARWIN_DROP)

void ssk_process_register(void)
{
    register_pcapng_block_type_handler(SSK_DARWIN_PROCESS_BLOCK, read_block, NULL);
    register_pcapng_option_handler(BLOCK_TYPE_EPB, SSK_DARWIN_PROCESS, parse_SSK_DARWIN_PROCESS,
                                   NULL, NULL);
    register_pcapng_option_handler(BLOCK_TYPE_EPB, SSK_DARWIN_EFFECTIVE, parse_SSK_DARWIN_EFFECTIVE,
                                   NULL, NULL);
    register_pcapng_option_handler(BLOCK_TYPE_EPB, SSK_DARWIN_FLAGS, parse_SSK_DARWIN_FLAGS, NULL,
                                   NULL);
    register_pcapng_option_handler(BLOCK_TYPE_EPB, SSK_DARWIN_DROP, parse_SSK_DARWIN_DROP, NULL,
                                   NULL);
}

#else

#include <wiretap/wtap_module.h>

void ssk_process_register(void)
{
}

static bool option(const wtap_rec *rec, unsigned code, uint32_t *ret)
{
    return wtap_block_get_uint32_option_value(rec->block, code, ret) == WTAP_OPTTYPE_SUCCESS;
}

/** libwiretap keeps the processes of a whole file in one list; packets count them from 0 in each section. */
static void follow_sections(ssk_process_reader *reader, const wtap_rec *rec)
{
    const GArray *blocks = reader->wth ? reader->wth->dpibs : NULL;
    if (rec->section_number != reader->sections)
        reader->before = reader->known;
    reader->sections = rec->section_number;
    reader->known = blocks ? blocks->len : 0;
}

static wtap_block_t find_block(const ssk_process_reader *reader, uint32_t index)
{
    return index < reader->known - reader->before
               ? g_array_index(reader->wth->dpibs, wtap_block_t, reader->before + index)
               : NULL;
}

bool ssk_process_find(ssk_process_reader *reader, const wtap_rec *rec, ssk_process *ret)
{
    ssk_process said = {.pid = -1};
    uint32_t owner;
    follow_sections(reader, rec);
    if (!rec->block)
        return false;
    /* on whose behalf it is, else who owns the socket */
    bool owned = option(rec, SSK_DARWIN_EFFECTIVE, &owner) ||
                 option(rec, SSK_DARWIN_PROCESS, &owner);
    (void)option(rec, SSK_DARWIN_FLAGS, &said.flags);
    (void)option(rec, SSK_DARWIN_DROP, &said.drop_reason);
    wtap_block_t block = owned ? find_block(reader, owner) : NULL;
    if (block) {
        const wtapng_darwin_process_event_mandatory_t *process =
            wtap_block_get_mandatory_data(block);
        char *name;
        said.pid = (int32_t)process->process_id;
        if (wtap_block_get_string_option_value(block, OPT_DPIB_NAME, &name) ==
                WTAP_OPTTYPE_SUCCESS &&
            *name)
            said.name = name;
    }
    if (!block && !said.flags && !said.drop_reason)
        return false;
    *ret = said;
    return true;
}

#endif

ssk_process_reader *ssk_process_reader_new(void)
{
    ssk_process_reader *reader = g_new0(ssk_process_reader, 1);
    reader->table = ssk_darwin_table_new();
    return reader;
}

void ssk_process_reader_free(ssk_process_reader *reader)
{
    ssk_darwin_table_free(reader->table);
    g_free(reader);
}

void ssk_process_begin(ssk_process_reader *reader, wtap *wth)
{
    current = reader;
    reader->wth = wth;
    reader->packet = (ssk_darwin_packet){0};
}

void ssk_process_end(void)
{
    current = NULL;
}

#if SSK_WIRETAP_HOOKS_DARWIN

bool ssk_process_find(ssk_process_reader *reader, const wtap_rec *rec, ssk_process *ret)
{
    (void)rec;
    const ssk_darwin_process *process = ssk_darwin_table_find(reader->table, &reader->packet);
    const ssk_darwin_packet *packet = &reader->packet;
    if (!process && !packet->flags && !packet->drop_reason)
        return false;
    *ret = (ssk_process){
        .name = process && *process->name ? process->name : NULL,
        .pid = process ? process->pid : -1,
        .flags = packet->flags,
        .drop_reason = packet->drop_reason,
    };
    return true;
}

#endif
