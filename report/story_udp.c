/* story_udp.c - on and off of datagrams, and how many came through.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/story.h"

#include <string.h>

#include "report/phrase.h"
#include "report/safe_text.h"

void ssk_story_udp_title(const ssk_story *story, const ssk_result_udp *udp, GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, udp->flow);

    g_string_append_printf(out, "flow %u: ", udp->flow);
    if (flow) {
        ssk_story_end_point(flow, udp->direction, out);
        g_string_append(out, " -> ");
        ssk_story_end_point(flow, ssk_dir_other(udp->direction), out);
    }
    g_string_append_printf(out, ", %s, ", udp->cast ? udp->cast : "cast not known");
    ssk_phrase_count(out, udp->packets, "packet", "packets");
    g_string_append(out, ", ");
    ssk_phrase_count(out, udp->bytes, "byte", "bytes");
    if (!udp->has_on_off)
        g_string_append(out, ": no on/off pattern");
}

/* Sizes of buffers that systems come with. Sources: Microsoft, SO_RCVBUF of a new
 * socket; Linux, Documentation/networking/ip-sysctl.rst; Linux, include/net/sock.h,
 * SK_RMEM_MAX, which counts the kernel's own overhead too; BSD, sys/socketvar.h. */
static const struct {
    int64_t bytes;
    const char *whose;
} buffers[] = {
    {64 * 1024, "64 KiB, a socket's receive buffer in Windows"},
    {128 * 1024, "128 KiB, that of TCP in Linux (tcp_rmem)"},
    {212992, "208 KiB, net.core.rmem_default in Linux"},
    {256 * 1024, "256 KiB, SB_MAX of the BSD sockets"},
};

static void put_buffer(int64_t bytes, GString *line, ssk_story_row row, void *user)
{
    for (size_t i = 0; i < G_N_ELEMENTS(buffers); i++) {
        int64_t apart = ABS(bytes - buffers[i].bytes);
        if (20 * apart > buffers[i].bytes)
            continue;
        g_string_append_printf(ssk_phrase_begin(line), "within 5%% of a system's default: %s",
                               buffers[i].whose);
        row(user, "as large as", line->str);
    }
}

static void on_off_rows(const ssk_result_udp *udp, GString *line, ssk_story_row row, void *user)
{
    const char *periodic_in = udp->on_off.periodic_in;

    ssk_phrase_span(ssk_phrase_begin(line), udp->on_off.on_ns.p50);
    g_string_append_printf(line, ", %" G_GINT64_FORMAT " bytes", udp->on_off.on_bytes.p50);
    if (udp->on_off.on_bytes.mad)
        g_string_append_printf(line,
                               " (half of the bursts are within %" G_GINT64_FORMAT " of that)",
                               udp->on_off.on_bytes.mad);
    if (udp->on_off.power_of_two > 0) {
        int off = udp->on_off.power_of_two_off_permille;
        g_string_append(line, "; ");
        if (off)
            ssk_phrase_permille(line, ABS(off));
        g_string_append_printf(line, "%s %" G_GINT64_FORMAT ", the nearest power of two",
                               !off      ? "exactly"
                               : off < 0 ? " below"
                                         : " above",
                               udp->on_off.power_of_two);
    }
    row(user, "on", line->str);
    put_buffer(udp->on_off.on_bytes.p50, line, row, user);

    ssk_phrase_span(ssk_phrase_begin(line), udp->on_off.off_ns.p50);
    g_string_append(line, ", at most ");
    ssk_phrase_span(line, udp->on_off.off_ns.max);
    if (udp->on_off.missing) {
        g_string_append_printf(line, "; a run of more than %u missing numbers counts as off",
                               udp->on_off.missing);
    } else {
        g_string_append(line, "; a gap longer than ");
        ssk_phrase_span(line, udp->threshold);
        g_string_append(line, " counts as off");
    }
    row(user, "off", line->str);

    ssk_phrase_permille(ssk_phrase_begin(line), udp->on_off.duty_permille);
    g_string_append_printf(line, " of the time, over %u of ", udp->on_off.alike);
    ssk_phrase_count(line, udp->on_off.cycles, "cycle", "cycles");
    g_string_append(line, " that resemble each other");
    row(user, "duty cycle", line->str);

    g_string_append_printf(ssk_phrase_begin(line),
                           "%" G_GUINT64_FORMAT " bytes/s while on, %" G_GUINT64_FORMAT
                           " bytes/s overall",
                           udp->on_off.goodput_on, udp->on_off.goodput);
    row(user, "rate", line->str);

    ssk_phrase_begin(line);
    if (periodic_in && strcmp(periodic_in, "bytes") == 0)
        g_string_append(line, "bytes, like a buffer or queue that fills up");
    else if (periodic_in && strcmp(periodic_in, "time") == 0)
        g_string_append(line, "time, like a radio or a timer");
    else
        g_string_append(line, "neither bytes nor time clearly");
    g_string_append(line, "; bursts vary by ");
    ssk_phrase_permille(line, udp->on_off.cv_bytes_permille);
    g_string_append(line, " in bytes and ");
    ssk_phrase_permille(line, udp->on_off.cv_seconds_permille);
    g_string_append(line, " in time");
    row(user, "periodic in", line->str);
}

static void put_reception(const ssk_result_udp *udp, GString *out)
{
    const char *by = udp->reception.reference;
    ssk_phrase_permille(out, udp->reception.delivered_permille);
    g_string_append_printf(out,
                           ": %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                           " packets, %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes, by %s",
                           udp->reception.received_packets, udp->reception.reference_packets,
                           udp->reception.received_bytes, udp->reception.reference_bytes,
                           by && g_str_has_prefix(by, "the ") ? "" : "the ");
    ssk_safe_text_append(out, by ? by : "numbers of its datagrams");
}

static void put_application(const ssk_result_udp *udp, GString *out)
{
    ssk_phrase_permille(out, udp->application.delivered_permille);
    g_string_append_printf(
        out, " of what was captured: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes, by ",
        udp->application.received_bytes, udp->application.captured_bytes);
    ssk_safe_text_append(out, udp->application.source);
    if (!udp->application.bursts)
        return;
    g_string_append_printf(out, "; in bursts of %" G_GINT64_FORMAT " bytes ",
                           udp->application.on_bytes.p50);
    if (udp->application.by && !strcmp(udp->application.by, "rhythm"))
        g_string_append_printf(
            out, "(by the rhythm of its lines, give or take %" G_GINT64_FORMAT "), about ",
            udp->application.on_bytes.mad);
    else
        g_string_append_printf(out, "(half of %u are within %" G_GINT64_FORMAT " of that), about ",
                               udp->application.bursts, udp->application.on_bytes.mad);
    ssk_phrase_span(out, udp->application.off);
    g_string_append(out, " of the stream lost after each");
}

void ssk_story_udp(const ssk_story *story, const ssk_result_udp *udp, ssk_story_row row, void *user)
{
    GString *line = g_string_new(NULL);
    if (udp->has_on_off)
        on_off_rows(udp, line, row, user);
    if (udp->has_reception) {
        put_reception(udp, ssk_phrase_begin(line));
        row(user, "received", line->str);
    }
    if (udp->has_application) {
        put_application(udp, ssk_phrase_begin(line));
        row(user, "program", line->str);
    }
    if (udp->has_on_off && udp->on_off.strip && udp->on_off.strip_slice > 0) {
        g_string_append(ssk_phrase_begin(line), "each character is ");
        ssk_phrase_span(line, udp->on_off.strip_slice);
        g_string_append(line, ": # on, . off; from ");
        ssk_story_time(story, udp->on_off.strip_start, line);
        row(user, "over time", line->str);
    }
    g_string_free(line, TRUE);
}
