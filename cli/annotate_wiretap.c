/* annotate_wiretap.c - any format of libwiretap to pcapng with comments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <fcntl.h>
#include <unistd.h>

#include <wireshark.h>
#include <wiretap/wtap.h>

#include "cli/annotate_wiretap.h"
#include "cli/compat.h"
#include "cli/source.h"
#include "core/base/text.h"

typedef struct conversion {
    wtap *in;
    wtap_dumper *out;
    wtap_rec rec;
    Buffer buffer;
    const ssk_pcapng_edit *edit;
    size_t next; /* comment */
    ssk_pcapng_outcome *outcome;
} conversion;

/** Takes @p info. */
static gboolean fail(GError **error, int code, char *info)
{
    char *detail = info ? ssk_text_safe(info, 300) : NULL;
    if (code > 0) /* of the system: the disk is full */
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s", g_strerror(code));
    else
        g_set_error(error, SSK_SOURCE_ERROR, 0, "cannot be written as pcapng: %s%s%s",
                    code == WTAP_ERR_UNWRITABLE_ENCAP ? "pcapng has no link type for it"
                                                      : wtap_strerror(code),
                    detail ? ": " : "", detail ? detail : "");
    g_free(detail);
    g_free(info);
    return FALSE;
}

/** Some formats give finer timestamps than the resolution they claim. */
static wtap_block_t in_nanoseconds(wtap_block_t idb)
{
    wtap_block_t copy = wtap_block_make_copy(idb);
    wtapng_if_descr_mandatory_t *interface = wtap_block_get_mandatory_data(copy);
    if (interface->time_units_per_second >= 1000000000)
        return copy;
    interface->time_units_per_second = 1000000000;
    interface->tsprecision = WTAP_TSPREC_NSEC;
    if (wtap_block_set_uint8_option_value(copy, OPT_IDB_TSRESOL, 9) != WTAP_OPTTYPE_SUCCESS)
        wtap_block_add_uint8_option(copy, OPT_IDB_TSRESOL, 9);
    return copy;
}

/** Interfaces may be declared late: before each packet, and at the end. */
static gboolean copy_interfaces(conversion *c, GError **error)
{
    wtap_block_t idb;
    int code = 0;
    char *info = NULL;
    while ((idb = wtap_get_next_interface_description(c->in))) {
        wtap_block_t copy = in_nanoseconds(idb);
        gboolean added = wtap_dump_add_idb(c->out, copy, &code, &info);
        wtap_block_unref(copy);
        if (!added)
            return fail(error, code, info);
    }
    return TRUE;
}

static void add_comments(conversion *c)
{
    const ssk_pcapng_edit *edit = c->edit;
    for (; c->next < edit->n_comments && edit->comments[c->next].frame <= c->outcome->frames;
         c->next++) {
        if (edit->comments[c->next].frame != c->outcome->frames ||
            c->rec.rec_type != REC_TYPE_PACKET)
            continue;
        if (!c->rec.block)
            c->rec.block = wtap_block_create(WTAP_BLOCK_PACKET);
        const char *text = edit->comments[c->next].text;
        if (wtap_block_add_string_option(c->rec.block, OPT_COMMENT, text, strlen(text)) !=
            WTAP_OPTTYPE_SUCCESS)
            continue;
        c->rec.block_was_modified = TRUE;
        c->outcome->placed++;
    }
}

static gboolean copy_records(conversion *c, GError **error)
{
    int code = 0;
    char *info = NULL;
    gint64 offset;

    if (!copy_interfaces(c, error))
        return FALSE;
    while ((!c->edit->max_frames || c->outcome->frames < c->edit->max_frames) &&
           (wtap_rec_reset(&c->rec),
            ssk_wtap_read(c->in, &c->rec, &c->buffer, &code, &info, &offset))) {
        c->outcome->frames++;
        add_comments(c);
        if (!copy_interfaces(c, error))
            return FALSE;
        if (!ssk_wtap_dump(c->out, &c->rec, &c->buffer, &code, &info))
            return fail(error, code, info);
    }
    g_free(info);
    return copy_interfaces(c, error);
}

static gboolean convert(conversion *c, ssk_output *output, GError **error)
{
    wtap_dump_params params;
    int code = 0;
    char *info = NULL;

    wtap_dump_params_init_no_idbs(&params, c->in);
    params.encap = wtap_file_encap(c->in);
    if (c->edit->summary && params.shb_hdrs && params.shb_hdrs->len)
        wtap_block_add_string_option(g_array_index(params.shb_hdrs, wtap_block_t, 0), OPT_COMMENT,
                                     c->edit->summary, strlen(c->edit->summary));
    int fd = ssk_output_descriptor(output);
    c->out = wtap_dump_fdopen(fd, wtap_pcapng_file_type_subtype(), WTAP_UNCOMPRESSED, &params,
                              &code, &info);
    gboolean fine;
    if (!c->out) {
        close(fd);
        fine = fail(error, code, info);
    } else {
        fine = copy_records(c, error);
        info = NULL;
        if (!wtap_dump_close(c->out, NULL, &code, &info) && fine)
            fine = fail(error, code, info);
    }
    g_free(params.idb_inf); /* the caller's, by wtap.c */
    params.idb_inf = NULL;
    wtap_dump_params_cleanup(&params);
    return fine;
}

gboolean ssk_annotate_convert_wiretap(const char *path, const ssk_pcapng_edit *edit,
                                      ssk_output *output, ssk_pcapng_outcome *ret, GError **error)
{
    conversion c = {.edit = edit, .outcome = ret};
    int code = 0;
    char *info = NULL;

    *ret = (ssk_pcapng_outcome){0};
    c.in = wtap_open_offline(path, WTAP_TYPE_AUTO, &code, &info, FALSE);
    if (!c.in) { /* it was read a moment ago */
        g_free(info);
        g_set_error(error, SSK_SOURCE_ERROR, 0, "%s",
                    code > 0 ? g_strerror(code) : wtap_strerror(code));
        return FALSE;
    }
    ssk_wtap_rec_init(&c.rec, &c.buffer);
    gboolean fine = convert(&c, output, error);
    ssk_wtap_rec_cleanup(&c.rec, &c.buffer);
    wtap_close(c.in);
    ret->unplaced = edit->n_comments - ret->placed;
    return fine;
}
