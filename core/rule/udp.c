/* udp.c - whose the on/off pattern is, and where datagrams were lost.
 *
 * On/off alone is a measurement. It becomes somebody's when the sender's own
 * numbering says whether it went on through the pauses: sequence numbers or
 * a clock in the payload, or the IPv4 identification; or when the arrivals
 * are an access point's beacons; or when the bursts are equal in bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/rule.h"
#include "core/rule/udp.h"
#include "core/rule/udp_draft.h"

extern const ssk_rule ssk_rule_udp;

/* ---- what the sender's numbers say of the pauses ---- */

static ssk_udp_numbers sequence_says(const ssk_result_udp *udp, uint64_t *ret_skipped)
{
    uint64_t cycles = udp->seen.pauses;
    if (!udp->has_on_off || !udp->seen.has_sequence || udp->seen.sequence_off < cycles)
        return SSK_NUMBERS_NONE;
    *ret_skipped = udp->seen.sequence_off - cycles;
    return ssk_udp_judge_share(*ret_skipped, udp->seen.due_off, true);
}

static ssk_udp_numbers ip_id_says(const ssk_result_udp *udp, uint64_t *ret_skipped)
{
    uint64_t cycles = udp->seen.pauses;
    if (!udp->has_on_off || !udp->seen.has_ip_id || udp->seen.packets <= cycles)
        return SSK_NUMBERS_NONE;
    double rise = (double)udp->seen.ip_id_on / (double)(udp->seen.packets - cycles);
    double skipped = rise > 0 ? (double)udp->seen.ip_id_off / rise - (double)cycles : 0;
    *ret_skipped = skipped > 0 ? (uint64_t)(skipped + 0.5) : 0;
    ssk_udp_numbers word = ssk_udp_judge_share(*ret_skipped, udp->seen.due_off, false);
    return word == SSK_NUMBERS_WENT_ON &&
                   udp->seen.ip_id_cv_permille > SSK_LIMIT(IP_ID_EVEN_PERMILLE)
               ? SSK_NUMBERS_BETWEEN
               : word;
}

static const char *numbers_text(ssk_udp_draft *d, const ssk_result_udp *udp, const char *whose,
                                uint64_t skipped)
{
    if (!skipped)
        return ssk_result_printf(d->result,
                                 "over %" G_GUINT64_FORMAT
                                 " pauses the %s by no more than the datagrams seen; "
                                 "%" G_GUINT64_FORMAT " were due at the rate of the on-phases",
                                 udp->seen.pauses, whose, udp->seen.due_off);
    return ssk_result_printf(d->result,
                             "over %" G_GUINT64_FORMAT " pauses the %s by %" G_GUINT64_FORMAT
                             " more than the datagrams seen; %" G_GUINT64_FORMAT
                             " were due at the rate of the on-phases",
                             udp->seen.pauses, whose, skipped, udp->seen.due_off);
}

#define SEQUENCE_RISES "sequence numbers rise"
#define IP_ID_RISES    "IPv4 identifications rise"

/* Which of the two a row's numbers speak for; what lies between speaks for both. */
static void tell_numbers(ssk_udp_draft *d, ssk_udp_numbers word, const uint32_t *frames,
                         const char *text)
{
    ssk_udp_saw(d, SSK_UDP_SAW_WENT_ON, word == SSK_NUMBERS_PAUSED ? SSK_NO : SSK_YES, frames,
                text);
    ssk_udp_saw(d, SSK_UDP_SAW_PAUSED, word == SSK_NUMBERS_WENT_ON ? SSK_NO : SSK_YES, frames,
                text);
}

static void judge_pauses(ssk_udp_draft *d, const ssk_result_udp *udp)
{
    char bytes[SSK_TEXT_ROOM], seconds[SSK_TEXT_ROOM];
    uint64_t skipped = 0, skipped_ids = 0;
    ssk_udp_numbers sequence = sequence_says(udp, &skipped), ids = ip_id_says(udp, &skipped_ids);
    const uint32_t *frames = udp->seen.pause_frames;
    bool equal_bursts = udp->on_off.cv_bytes_permille <= SSK_LIMIT(BURST_EQUAL_PERMILLE) &&
                        udp->on_off.cv_seconds_permille >= SSK_LIMIT(BURST_UNEQUAL_PERMILLE);
    if (sequence != SSK_NUMBERS_NONE)
        tell_numbers(d, sequence, frames, numbers_text(d, udp, SEQUENCE_RISES, skipped));
    else if (ids != SSK_NUMBERS_NONE)
        tell_numbers(d, ids, frames, numbers_text(d, udp, IP_ID_RISES, skipped_ids));
    else if (equal_bursts)
        ssk_udp_saw(
            d, SSK_UDP_SAW_EQUAL_BURSTS, SSK_YES, frames,
            ssk_result_printf(
                d->result,
                "the bursts vary by %s in bytes but by %s in time: a buffer decides when they end",
                ssk_permille_text(udp->on_off.cv_bytes_permille, bytes),
                ssk_permille_text(udp->on_off.cv_seconds_permille, seconds)));
    /* The other numbering, where it tells something too. */
    if (sequence != SSK_NUMBERS_NONE && ids != SSK_NUMBERS_NONE && ids != SSK_NUMBERS_BETWEEN)
        ssk_udp_saw(d, SSK_UDP_SAW_IDS_WENT_ON, ids == SSK_NUMBERS_WENT_ON ? SSK_YES : SSK_NO,
                    frames, numbers_text(d, udp, IP_ID_RISES, skipped_ids));
}

static const char *article_of(const char *reference)
{
    return g_str_has_prefix(reference, "the ") ? "" : "the ";
}

static void judge_beacons(ssk_udp_draft *d, const ssk_result_udp *udp)
{
    if (!udp->seen.dtim || udp->seen.dtim_permille < SSK_LIMIT(BEACON_COHERENT_PERMILLE) ||
        udp->seen.compared.reference_on_off)
        return;
    if (ssk_udp_suspects(d, SSK_CAUSE_UDP_LOST_BEFORE_RECEIVER))
        return; /* something was lost: beacons only delay */
    bool pauses = ssk_udp_suspects(d, SSK_CAUSE_UDP_SENDER_PAUSES);
    char span[SSK_TEXT_ROOM], interval[SSK_TEXT_ROOM], share[SSK_TEXT_ROOM];
    ssk_udp_saw(
        d, SSK_UDP_SAW_ON_BEACONS, SSK_YES, NULL,
        ssk_result_printf(
            d->result,
            "the bunches arrive on a grid of %s, %u beacon intervals of %s, with a phase coherence of "
            "%s",
            ssk_span_text(udp->seen.dtim * SSK_LIMIT(BEACON_INTERVAL), span), udp->seen.dtim,
            ssk_span_text(SSK_LIMIT(BEACON_INTERVAL), interval),
            ssk_permille_text(udp->seen.dtim_permille, share)));
    if (udp->has_reception && udp->reception.delivered_permille >= SSK_LIMIT(DELIVERED_PERMILLE))
        ssk_udp_saw(
            d, SSK_UDP_SAW_ONLY_DELAYED, SSK_YES, NULL,
            ssk_result_printf(d->result, "%s were delivered, by %s%s: they were delayed, not lost",
                              ssk_permille_text(udp->reception.delivered_permille, share),
                              article_of(udp->reception.reference), udp->reception.reference));
    if (pauses)
        ssk_udp_saw(d, SSK_UDP_SAW_OWN_RHYTHM, SSK_NO, NULL,
                    "a sender's own rhythm keeps no phase with beacons");
}

/* Two views of the same datagrams: no more guessing. */
static void judge_compared(ssk_udp_draft *d, const ssk_result_udp *udp)
{
    if (!udp->seen.compared.present || !udp->has_reception)
        return;
    const uint32_t *frames = udp->seen.compared.missing_frames;
    bool lost_some = udp->reception.delivered_permille < SSK_LIMIT(DELIVERED_PERMILLE);
    bool paused_there = udp->has_on_off && udp->seen.compared.reference_on_off;
    if (!lost_some && !udp->has_on_off)
        return;
    const char *missing = ssk_result_printf(
        d->result,
        "%" G_GUINT64_FORMAT " of the %" G_GUINT64_FORMAT " datagrams in %s are not in this one",
        udp->seen.compared.missing, udp->reception.reference_packets, udp->reception.reference);
    if (udp->seen.compared.broken)
        missing = ssk_result_printf(d->result,
                                    "%s, or not whole: of %" G_GUINT64_FORMAT
                                    " the first fragment came, and a later one did not",
                                    missing, udp->seen.compared.broken);
    const char *rhythm =
        udp->seen.compared.reference_on_off
            ? ssk_result_printf(d->result, "%s pauses too, %" G_GUINT64_FORMAT " cycles",
                                udp->reception.reference, udp->seen.compared.cycles)
            : ssk_result_printf(d->result, "%s has no pauses", udp->reception.reference);
    /* Neither lost nor paused: the path held them back, and let them go in bunches. */
    ssk_udp_saw(d, SSK_UDP_SAW_MISSING, lost_some ? SSK_YES : SSK_NO, frames, missing);
    ssk_udp_mark_view(d, SSK_UDP_SAW_MISSING, udp->seen.compared.view);
    ssk_udp_saw(d, SSK_UDP_SAW_PAUSES_THERE, paused_there ? SSK_YES : SSK_NO, NULL, rhythm);
    if (!lost_some && paused_there) {
        ssk_udp_saw(d, SSK_UDP_SAW_NONE_MISSING, SSK_YES, frames, missing);
        ssk_udp_mark_view(d, SSK_UDP_SAW_NONE_MISSING, udp->seen.compared.view);
    }
}

static void judge_losses(ssk_udp_draft *d, const ssk_result_udp *udp)
{
    if (!udp->has_reception || udp->reception.delivered_permille >= SSK_LIMIT(DELIVERED_PERMILLE) ||
        udp->seen.compared.present)
        return;
    /* Whatever the pauses show, so many were lost. */
    if (d->seen[SSK_UDP_SAW_WENT_ON].answer == SSK_NO)
        d->seen[SSK_UDP_SAW_WENT_ON] = (ssk_udp_seen){.answer = SSK_UNKNOWN};
    ssk_udp_saw(d, SSK_UDP_SAW_FEWER_CAME, SSK_YES, udp->seen.lost_frames,
                ssk_result_printf(d->result,
                                  "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                                  " datagrams came through, by %s%s",
                                  udp->reception.received_packets, udp->reception.reference_packets,
                                  article_of(udp->reception.reference), udp->reception.reference));
}

static void judge_receiver(ssk_udp_draft *d, const ssk_result_udp *udp)
{
    if (!udp->seen.buffer_drops)
        return;
    const uint32_t frames[2] = {udp->seen.buffer_drop_frame, 0};
    ssk_udp_saw(d, SSK_UDP_SAW_BUFFER_DROPS, SSK_YES, frames,
                ssk_result_printf(
                    d->result,
                    "the capture names a full socket buffer as the reason of %" G_GUINT64_FORMAT
                    " drops",
                    udp->seen.buffer_drops));
}

static uint64_t risen(const ssk_result_counter *counter, ssk_time_ns from, ssk_time_ns to)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < counter->n_list; i++)
        if (counter->list[i].since <= to + SSK_LIMIT(READING_SLACK) &&
            counter->list[i].at >= from - SSK_LIMIT(READING_SLACK))
            sum += counter->list[i].by;
    return sum;
}

/* The kernel throws away what does not sum up. */
static void judge_bad_sums(ssk_udp_draft *d, const ssk_result_flow *flow)
{
    const ssk_result *result = d->result;
    const ssk_result_counter *found = NULL;
    uint64_t most = 0;
    for (size_t i = 0; flow && i < result->n_counters; i++) {
        const ssk_result_counter *counter = &result->counters[i];
        uint64_t n = strcmp(counter->counter, "bad-udp-checksums") != 0
                         ? 0
                         : risen(counter, flow->first, flow->last);
        if (n <= most)
            continue;
        found = counter;
        most = n;
    }
    if (found)
        ssk_udp_saw(d, SSK_UDP_SAW_BAD_SUMS, SSK_YES, NULL,
                    ssk_result_printf(d->result,
                                      "the kernel counted %" G_GUINT64_FORMAT
                                      " datagrams with a wrong checksum at that host, which no "
                                      "program gets (%s)",
                                      most, found->name ? found->name : "its log"));
}

/* What the receiver's kernel counted: at the very socket, else at all sockets of its host. */
static void judge_counters(ssk_udp_draft *d, const ssk_result_udp *udp, const ssk_result_flow *flow)
{
    const ssk_result *result = d->result;
    ssk_dir to = ssk_dir_other(udp->direction);
    const ssk_result_counter *found = NULL;
    uint64_t most = 0;
    for (size_t i = 0; flow && i < result->n_counters; i++) {
        const ssk_result_counter *counter = &result->counters[i];
        bool socket = !strcmp(counter->counter, "socket-drops") && counter->port == flow->port[to];
        uint64_t n = socket || !strcmp(counter->counter, "buffer-full")
                         ? risen(counter, flow->first, flow->last)
                         : 0;
        /* Two files may list one socket: the one that says most counts. */
        bool less = found && !found->port == !socket && n <= most;
        if (!n || less || (found && found->port && !socket))
            continue;
        found = counter;
        most = n;
    }
    if (!found)
        return;
    const char *file = found->name ? found->name : "its log";
    ssk_udp_saw(
        d, SSK_UDP_SAW_KERNEL_COUNTED, SSK_YES, NULL,
        found->port
            ? ssk_result_printf(d->result,
                                "the kernel counted %" G_GUINT64_FORMAT
                                " datagrams dropped at the socket of port %u, whose receive buffer "
                                "was full (%s)",
                                most, (unsigned)found->port, file)
            : ssk_result_printf(d->result,
                                "the kernel counted %" G_GUINT64_FORMAT
                                " datagrams dropped at a socket of that host, whose receive "
                                "buffer was full (%s)",
                                most, file));
}

/* "The device captured 100 % of the stream; the program received 59 %, in bursts of
 * 131072 bytes: lost inside the device, as by a receive buffer of that size." */
static const char *application_text(ssk_udp_draft *d, const ssk_result_udp *udp)
{
    uint32_t got = udp->application.delivered_permille;
    const char *captured = udp->has_reception
                               ? ssk_result_printf(d->result,
                                                   "the device captured %u.%u %% of the stream; ",
                                                   udp->reception.delivered_permille / 10,
                                                   udp->reception.delivered_permille % 10)
                               : "";
    const char *bursts = udp->application.bursts
                             ? ssk_result_printf(d->result,
                                                 ", in bursts of %" G_GINT64_FORMAT " bytes",
                                                 udp->application.on_bytes.p50)
                             : "";
    return ssk_result_printf(
        d->result,
        "%sthe program received %u.%u %% of what was captured (%" G_GUINT64_FORMAT
        " of %" G_GUINT64_FORMAT " bytes, by %s)%s: lost inside the device%s",
        captured, got / 10, got % 10, udp->application.received_bytes,
        udp->application.captured_bytes, udp->application.source, bursts,
        udp->application.bursts ? ", as by a receive buffer of that size" : "");
}

/* What came out of the device, by the program's receive log, against what reached it. */
static void judge_application(ssk_udp_draft *d, const ssk_result_udp *udp)
{
    if (!udp->has_application ||
        udp->application.delivered_permille >= SSK_LIMIT(APPLICATION_PERMILLE))
        return;
    bool full = udp->application.waited || ssk_udp_suspects(d, SSK_CAUSE_UDP_RECEIVE_BUFFER_FULL);
    ssk_udp_saw(d, full ? SSK_UDP_SAW_GOT_LESS_OF_BUFFER : SSK_UDP_SAW_GOT_LESS, SSK_YES, NULL,
                application_text(d, udp));
    if (udp->application.waited)
        ssk_udp_saw(d, SSK_UDP_SAW_HAD_WAITED, SSK_YES, NULL,
                    "the program got more at once than arrived meanwhile: it had waited in "
                    "a buffer");
}

/* Nobody listens: RFC 1122, 3.2.2.1; RFC 4443, 3.1. */
static bool says_no_port(const ssk_fact_icmp *error)
{
    return (error->type == 3 && error->code == 3) || (error->type == 1 && error->code == 4);
}

static void judge_port(ssk_udp_draft *d, const ssk_facts *facts, const ssk_result_udp *udp,
                       const ssk_result_flow *flow)
{
    ssk_dir from = udp->direction, to = ssk_dir_other(from);
    uint32_t frames[2] = {0, 0}, count = 0;
    ssk_facts_walk errors = ssk_facts_of_kinds(facts, 0, SSK_KIND(SSK_FACT_ICMP));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&errors));) {
        if (fact->icmp.source_port != flow->port[from] ||
            fact->icmp.destination_port != flow->port[to] || !says_no_port(&fact->icmp) ||
            !ssk_addr_equal(&fact->host, &flow->addr[from]) ||
            !ssk_addr_equal(&fact->peer, &flow->addr[to]))
            continue;
        frames[count ? 1 : 0] = fact->frame_first;
        count++;
    }
    /* Where it had spoken, somebody listened: a last datagram as its program ends says nothing of the
     * others. */
    if (!count || (flow->dir[to].packets && count < SSK_LIMIT(ASKED_LEAST)))
        return;
    ssk_udp_saw(d, SSK_UDP_SAW_REFUSED, SSK_YES, frames,
                ssk_result_printf(
                    d->result,
                    "the receiver answered %s that the port is unreachable: its host is alive, "
                    "nothing listens",
                    count == 1 ? "once" : ssk_result_printf(d->result, "%u times", count)));
}

/* A group's stream that ended long before the capture did. */
static void judge_ended(ssk_udp_draft *d, const ssk_facts *facts, const ssk_result_udp *udp,
                        const ssk_result_flow *flow)
{
    const ssk_addr *to = &flow->addr[ssk_dir_other(udp->direction)];
    ssk_span_ns rest;
    if (ssk_udp_is_group(to) && flow->last != SSK_TIME_NONE && d->result->n_inputs &&
        !__builtin_sub_overflow(d->result->inputs[0].last, flow->last, &rest) &&
        rest > SSK_LIMIT(STREAM_ENDED))
        ssk_udp_judge_membership(d, facts, to, flow->last);
}

/* Judged again without facts: what ICMP and IGMP said still holds. */
static void keep_told(ssk_udp_draft *d, const ssk_verdict *before)
{
    for (size_t i = 0; i < before->n_verdict; i++) {
        const ssk_cause *cause = &before->causes[i];
        bool port = cause->id == SSK_CAUSE_UDP_NO_PORT;
        if (!port && cause->id != SSK_CAUSE_UDP_MEMBERSHIP_LOST)
            continue;
        ssk_udp_seen *seen = &d->seen[port ? SSK_UDP_SAW_REFUSED : SSK_UDP_SAW_NO_MEMBER];
        seen->answer = SSK_YES;
        for (size_t k = 0; k < cause->n_evidence && seen->n_lines < SSK_UDP_LINES; k++)
            seen->lines[seen->n_lines++] = cause->evidence[k];
    }
}

void ssk_udp_judge(const ssk_facts *facts, ssk_result *result, ssk_result_udp *udp)
{
    const ssk_result_flow *flow = ssk_result_find_flow(result, udp->flow);
    ssk_udp_draft d = {.result = result};
    ssk_udp_see_hosts(&d, flow);
    judge_compared(&d, udp);
    if (d.seen[SSK_UDP_SAW_MISSING].answer == SSK_UNKNOWN)
        judge_pauses(&d, udp);
    judge_losses(&d, udp);
    judge_beacons(&d, udp);
    judge_receiver(&d, udp);
    judge_counters(&d, udp, flow);
    judge_bad_sums(&d, flow);
    judge_application(&d, udp);
    if (flow && facts) {
        judge_port(&d, facts, udp, flow);
        judge_ended(&d, facts, udp, flow);
    } else {
        keep_told(&d, &udp->verdict);
    }
    udp->verdict = (ssk_verdict){0};
    ssk_udp_finish(&d, udp->direction, &udp->verdict);
    udp->judged = udp->verdict.n_causes > 0;
    udp->verdict.next_capture = ssk_udp_next_capture(&udp->verdict, udp);
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    for (size_t i = 0; i < result->n_udp; i++)
        ssk_udp_judge(facts, result, &result->udp[i]);
    for (size_t i = 0; i < result->n_stalls; i++)
        ssk_udp_judge_stall(facts, result, &result->stalls[i]);
}

const ssk_rule ssk_rule_udp = {
    .name = "udp",
    .source = "docs/causes.md, UDP",
    .judge = judge,
};
