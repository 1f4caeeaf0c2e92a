/* test_meter_receive_log.c - what a program says it received, beside what was captured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/text.h"
#include "tests/unit/udp_sender.h"

#define START (1800000000 * SSK_S)

/* A program that counts, and writes a line every 100 ms. */
typedef struct reader {
    sender *of;
    ssk_span_ns ahead; /* its clock's, of the capture's */
    uint64_t since, total;
} reader;

static void write_line(reader *r, ssk_time_ns time)
{
    char stamp[SSK_TEXT_ROOM];
    GTimeZone *utc = g_time_zone_new_utc();
    ssk_time_ns at = START + time + r->ahead;
    char *text = g_strdup_printf("%s received bytes=%" G_GUINT64_FORMAT " total=%" G_GUINT64_FORMAT,
                                 ssk_time_local(at, utc, stamp), r->since, r->total);
    ssk_engine_feed(r->of->engine,
                    &(ssk_event){.kind = SSK_EVENT_LOG,
                                 .time = at,
                                 .interface_name = "recv.log",
                                 .bytes = (const uint8_t *)text,
                                 .cap_len = (uint32_t)strlen(text)},
                    NULL);
    r->since = 0;
    g_free(text);
    g_time_zone_unref(utc);
}

typedef struct what {
    unsigned every, of; /* the program misses @p every..@p of of each @p of datagrams */
    ssk_span_ns ahead;  /* the log's clock */
    unsigned buffer;    /* datagrams that wait until the program fetches them ... */
    ssk_span_ns busy;   /* ... each time it has been busy so long; 0: at once */
    uint64_t beyond;    /* bytes of its count that the capture does not have */
    bool twin;          /* a second stream of the same rate */
} what;

/* 8 s of 1000 bytes every ms; lines first, as the program feeds them. */
static ssk_result *read_of(what w)
{
    sender s, other;
    sender_init(&s, UNICAST, IDS_NONE, true);
    reader r = {.of = &s, .ahead = w.ahead};
    unsigned waiting = 0;
    for (int i = 0; i <= 8500; i++) {
        bool sent = i < 8000;
        if (w.busy) {
            waiting += sent && waiting < w.buffer;
            if (i * SSK_MS % w.busy == 0) {
                r.since += waiting * 1000;
                r.total += waiting * 1000;
                waiting = 0;
            }
        } else if (sent && (!w.of || (unsigned)i % w.of < w.every)) {
            r.since += 1000;
            r.total += 1000;
        }
        if (i == 4000)
            r.since += w.beyond;
        if (i % 100 == 99)
            write_line(&r, i * SSK_MS);
    }
    for (int i = 0; i < 8000; i++) {
        send(&s, i * SSK_MS, 1000, true);
        if (w.twin) {
            other = s;
            other.cast = MULTICAST_4;
            send(&other, i * SSK_MS + SSK_US, 1000, true);
            s.frame = other.frame;
        }
    }
    return sender_finish(&s);
}

static const ssk_result_udp *row_read(const ssk_result *result)
{
    const ssk_result_udp *udp = only_row(result);
    g_assert_true(udp->has_application);
    g_assert_cmpstr(udp->application.source, ==, "recv.log");
    return udp;
}

static void all_of_it(void)
{
    ssk_result *result = read_of((what){0});
    const ssk_result_udp *udp = row_read(result);
    g_assert_cmpuint(udp->application.delivered_permille, ==, 1000);
    g_assert_cmpuint(udp->application.received_bytes, ==, 8000000);
    g_assert_cmpuint(udp->verdict.n_causes, ==, 0);
    g_assert_null(udp->verdict.next_capture);
    ssk_result_free(result);
}

static void lost_inside(void)
{
    ssk_result *result = read_of((what){.every = 131, .of = 238});
    const ssk_result_udp *udp = row_read(result);
    g_assert_cmpint(udp->application.delivered_permille, >=, 545);
    g_assert_cmpint(udp->application.delivered_permille, <=, 557);
    g_assert_cmpuint(udp->verdict.n_verdict, ==, 1);
    g_assert_true(has(udp, "udp-lost-in-receiver"));
    g_assert_cmpint(udp->verdict.causes[0].side, ==, SSK_SIDE_B);
    ssk_result_free(result);
}

static void a_few_are_no_fault(void)
{
    ssk_result *result = read_of((what){.every = 95, .of = 100});
    const ssk_result_udp *udp = row_read(result);
    g_assert_cmpuint(udp->application.delivered_permille, ==, 950);
    g_assert_false(has(udp, "udp-lost-in-receiver"));
    ssk_result_free(result);
}

static void bursts_between_silences(void)
{
    ssk_result *result = read_of((what){.every = 120, .of = 500});
    const ssk_result_udp *udp = row_read(result);
    g_assert_cmpuint(udp->application.bursts, >=, 10);
    g_assert_cmpint(udp->application.on_bytes.p50, ==, 120000);
    g_assert_cmpint(udp->application.off / SSK_MS, >=, 370);
    g_assert_cmpint(udp->application.off / SSK_MS, <=, 390);
    g_assert_false(udp->application.waited);
    ssk_result_free(result);
}

static void a_buffer_that_overflows(void)
{
    ssk_result *result = read_of((what){.buffer = 128, .busy = 238 * SSK_MS});
    const ssk_result_udp *udp = row_read(result);
    g_assert_cmpint(udp->application.on_bytes.p50, ==, 128000);
    g_assert_true(udp->application.waited);
    g_assert_cmpuint(udp->verdict.n_verdict, ==, 1);
    g_assert_true(has(udp, "udp-receive-buffer-full"));
    g_assert_nonnull(strstr(
        udp->verdict.causes[0].evidence[0].text,
        "in bursts of 128000 bytes: lost inside the device, as by a receive buffer of that size"));
    ssk_result_free(result);
}

/* Shorter than a few lines, and none falls into a pause. */
static void bursts_by_the_rhythm_of_the_lines(void)
{
    ssk_result *result = read_of((what){.every = 131, .of = 238});
    const ssk_result_udp *udp = row_read(result);
    g_assert_cmpstr(udp->application.by, ==, "rhythm");
    g_assert_cmpint(udp->application.on_bytes.p50, >=, 125000);
    g_assert_cmpint(udp->application.on_bytes.p50, <=, 137000);
    ssk_result_free(result);
    /* 167 ms: lines of 100 ms show it as 250 */
    result = read_of((what){.every = 92, .of = 167});
    g_assert_cmpuint(row_read(result)->application.bursts, ==, 0);
    ssk_result_free(result);
}

static void a_clock_and_a_zone_that_are_off(void)
{
    const ssk_span_ns off[] = {3 * SSK_S, -7 * SSK_S, 2 * SSK_HOUR, -90 * SSK_MINUTE - 2 * SSK_S};
    for (size_t i = 0; i < G_N_ELEMENTS(off); i++) {
        ssk_result *result = read_of((what){.every = 131, .of = 238, .ahead = off[i]});
        const ssk_result_udp *udp = row_read(result);
        g_assert_cmpint(udp->application.delivered_permille, >=, 530);
        g_assert_cmpint(udp->application.delivered_permille, <=, 570);
        g_assert_cmpint(ABS(udp->application.offset - off[i]), <=, 500 * SSK_MS);
        ssk_result_free(result);
    }
}

static void more_than_was_captured(void)
{
    ssk_result *result = read_of((what){.beyond = 4000000});
    g_assert_false(only_row(result)->has_application);
    ssk_result_free(result);
}

static void other_lengths(void)
{
    ssk_result *result = read_of((what){.every = 131, .of = 238, .beyond = 333});
    g_assert_false(only_row(result)->has_application);
    ssk_result_free(result);
}

static void one_of_two_alike(void)
{
    ssk_result *result = read_of((what){.every = 131, .of = 238, .twin = true});
    g_assert_cmpuint(result->n_udp, ==, 2);
    for (int i = 0; i < 2; i++)
        g_assert_false(result->udp[i].has_application);
    ssk_result_free(result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter receive log/a program that got everything is told so", all_of_it);
    FIRES("udp-lost-in-receiver", "the program's log has half of what was captured", lost_inside);
    SILENT("udp-lost-in-receiver", "the program's log has 95 % of it", a_few_are_no_fault);
    g_test_add_func("/meter receive log/bursts between lines without bytes are measured",
                    bursts_between_silences);
    g_test_add_func(
        "/meter receive log/shorter bursts by the rhythm of the lines, and no faster ones",
        bursts_by_the_rhythm_of_the_lines);
    FIRES("udp-receive-buffer-full", "the program gets whole buffers faster than they arrived",
          a_buffer_that_overflows);
    g_test_add_func("/meter receive log/a clock that is seconds off, a zone that is hours off",
                    a_clock_and_a_zone_that_are_off);
    g_test_add_func(
        "/meter receive log/a program that got more than was captured reads another stream",
        more_than_was_captured);
    g_test_add_func("/meter receive log/bytes that are no whole datagrams are another stream's",
                    other_lengths);
    g_test_add_func("/meter receive log/two streams that fit alike: neither is named",
                    one_of_two_alike);
    return g_test_run();
}
