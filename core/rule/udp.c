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

#include "core/rule/udp.h"
#include "core/text.h"

extern const ssk_rule ssk_rule_udp;

/* Of the datagrams due in the pauses: at least half were numbered, the sender
 * went on; at most a tenth, it paused. Between the two nothing is ruled out. */
#define WENT_ON_PERMILLE 500
#define PAUSED_PERMILLE 100
/* Twice as many as due: the sender counts other traffic as well. */
#define SHARED_PERMILLE 2000
/* The random rise of an idle Linux sender's identification varies more:
 * core/udp_lane.h. */
#define EVEN_PERMILLE 300
/* Fewer than nine of ten delivered is a fault without any pattern too; the
 * few percent that broadcast over the air loses are not. */
#define DELIVERED_PERMILLE 900
/* Near 1: docs/causes.md. Chance gives 0.2 over 24 bunches. */
#define COHERENT_PERMILLE 900
/* Equal bytes in unequal times: a buffer somewhere, not a rate. */
#define EQUAL_PERMILLE 50
#define UNEQUAL_PERMILLE 100

#define CAUSES 6
#define LINES 6

typedef struct suspect {
    const char  *id;
    ssk_side     side;
    bool         out; /* ruled out */
    ssk_evidence evidence[LINES], against[LINES];
    size_t       n_evidence, n_against;
} suspect;

typedef struct draft {
    ssk_result *result;
    suspect     list[CAUSES];
    size_t      n;
} draft;

static suspect *suspect_of(draft *d, const char *id, ssk_side side)
{
    for (size_t i = 0; i < d->n; i++)
        if (!strcmp(d->list[i].id, id))
            return &d->list[i];
    if (d->n == CAUSES)
        return &d->list[CAUSES - 1]; /* there are fewer ids than places */
    d->list[d->n] = (suspect){.id = id, .side = side};
    return &d->list[d->n++];
}

/* @p frames: up to two; 0 is none */
static ssk_evidence evidence_of(draft *d, const uint32_t frames[2], const char *text)
{
    ssk_evidence line = {.text = text, .frames = ssk_result_alloc(d->result, 2 * sizeof(uint32_t))};
    for (int i = 0; frames && i < 2; i++)
        if (frames[i])
            line.frames[line.n_frames++] = frames[i];
    return line;
}

static void speak_for(draft *d, suspect *s, const uint32_t frames[2], const char *text)
{
    if (s->n_evidence < LINES)
        s->evidence[s->n_evidence++] = evidence_of(d, frames, text);
}

static void speak_against(draft *d, suspect *s, const uint32_t frames[2], const char *text)
{
    if (s->n_against < LINES)
        s->against[s->n_against++] = evidence_of(d, frames, text);
}

static ssk_evidence *lines_copy(draft *d, const ssk_evidence *lines, size_t count)
{
    ssk_evidence *copy = ssk_result_alloc(d->result, count * sizeof *copy);
    if (count)
        memcpy(copy, lines, count * sizeof *copy);
    return copy;
}

static void finish(draft *d, ssk_verdict *ret)
{
    ret->causes = ssk_result_alloc(d->result, d->n * sizeof *ret->causes);
    for (int out = 0; out <= 1; out++)
        for (size_t i = 0; i < d->n; i++) {
            suspect *s = &d->list[i];
            if (s->out != (out != 0))
                continue;
            ssk_cause *cause = &ret->causes[ret->n_causes++];
            cause->id = s->id;
            cause->side = s->side;
            cause->evidence = lines_copy(d, s->evidence, s->n_evidence);
            cause->n_evidence = s->n_evidence;
            cause->against = lines_copy(d, s->against, s->n_against);
            cause->n_against = s->n_against;
            ret->n_verdict += !s->out;
        }
    /* What stands shares the certainty; what is ruled out has none. */
    for (size_t i = 0; i < ret->n_verdict; i++)
        ret->causes[i].score_permille = ret->n_verdict == 1 ? 900 : 700 - 150 * (int)i;
}

static ssk_side side_of(ssk_dir dir)
{
    return dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
}

/* ---- what the sender's numbers say of the pauses ---- */

typedef enum numbers {
    NUMBERS_NONE = 0,
    NUMBERS_WENT_ON, /* the sender sent into the pauses */
    NUMBERS_PAUSED,
    NUMBERS_BETWEEN,
} numbers;

static numbers judge_share(uint64_t skipped, uint64_t due, bool exact)
{
    if (!due)
        return NUMBERS_NONE;
    double share = 1000.0 * (double)skipped / (double)due;
    if (share <= PAUSED_PERMILLE)
        return NUMBERS_PAUSED;
    if (share < WENT_ON_PERMILLE)
        return NUMBERS_BETWEEN;
    return exact || share <= SHARED_PERMILLE ? NUMBERS_WENT_ON : NUMBERS_BETWEEN;
}

static numbers sequence_says(const ssk_result_udp *udp, uint64_t *ret_skipped)
{
    uint64_t cycles = udp->on_off.cycles;
    if (!udp->has_on_off || !udp->seen.has_sequence || udp->seen.sequence_off < cycles)
        return NUMBERS_NONE;
    *ret_skipped = udp->seen.sequence_off - cycles;
    return judge_share(*ret_skipped, udp->seen.due_off, true);
}

static numbers ip_id_says(const ssk_result_udp *udp, uint64_t *ret_skipped)
{
    uint64_t cycles = udp->on_off.cycles;
    if (!udp->has_on_off || !udp->seen.has_ip_id || udp->seen.packets <= cycles)
        return NUMBERS_NONE;
    double rise = (double)udp->seen.ip_id_on / (double)(udp->seen.packets - cycles);
    double skipped = rise > 0 ? (double)udp->seen.ip_id_off / rise - (double)cycles : 0;
    *ret_skipped = skipped > 0 ? (uint64_t)(skipped + 0.5) : 0;
    numbers word = judge_share(*ret_skipped, udp->seen.due_off, false);
    return word == NUMBERS_WENT_ON && udp->seen.ip_id_cv_permille > EVEN_PERMILLE ? NUMBERS_BETWEEN
                                                                                  : word;
}

static const char *numbers_text(draft *d, const ssk_result_udp *udp, const char *whose,
                                uint64_t skipped)
{
    return ssk_result_printf(d->result, "over %u pauses the %s by %" G_GUINT64_FORMAT
                             " more than the datagrams seen; %" G_GUINT64_FORMAT
                             " were due at the rate of the on-phases",
                             udp->on_off.cycles, whose, skipped, udp->seen.due_off);
}

#define SEQUENCE_RISES "sequence numbers rise"
#define IP_ID_RISES "IPv4 identifications rise"

static void judge_pauses(draft *d, const ssk_result_udp *udp)
{
    ssk_side sender = side_of(udp->direction);
    uint64_t skipped = 0, skipped_ids = 0;
    numbers sequence = sequence_says(udp, &skipped), ids = ip_id_says(udp, &skipped_ids);
    numbers word = sequence != NUMBERS_NONE ? sequence : ids;
    const uint32_t *frames = udp->seen.pause_frames;
    const char *text = sequence != NUMBERS_NONE
                           ? numbers_text(d, udp, SEQUENCE_RISES, skipped)
                           : numbers_text(d, udp, IP_ID_RISES, skipped_ids);
    bool equal_bursts = udp->on_off.cv_bytes_permille <= EQUAL_PERMILLE &&
                        udp->on_off.cv_seconds_permille >= UNEQUAL_PERMILLE;
    if (word == NUMBERS_NONE && !equal_bursts)
        return;
    suspect *lost = suspect_of(d, "udp-lost-before-receiver", SSK_SIDE_PATH);
    suspect *pauses = suspect_of(d, "udp-sender-pauses", sender);
    if (word == NUMBERS_NONE) {
        const char *equal = ssk_result_printf(
            d->result, "the bursts are equal in bytes (they vary by %u permille) but not in time (%u): "
            "a buffer decides when they end", udp->on_off.cv_bytes_permille,
            udp->on_off.cv_seconds_permille);
        speak_for(d, lost, frames, equal);
        speak_for(d, pauses, frames, equal);
        return;
    }
    if (word != NUMBERS_PAUSED)
        speak_for(d, lost, frames, text);
    if (word != NUMBERS_WENT_ON)
        speak_for(d, pauses, frames, text);
    if (word == NUMBERS_WENT_ON) {
        pauses->out = true;
        speak_against(d, pauses, frames, text);
    } else if (word == NUMBERS_PAUSED) {
        lost->out = true;
        speak_against(d, lost, frames, text);
    }
    /* The other numbering, where it tells something too. */
    if (sequence != NUMBERS_NONE && ids != NUMBERS_NONE && ids != NUMBERS_BETWEEN) {
        const char *too = numbers_text(d, udp, IP_ID_RISES, skipped_ids);
        speak_for(d, ids == NUMBERS_WENT_ON ? lost : pauses, frames, too);
        if (ids != sequence)
            speak_against(d, ids == NUMBERS_WENT_ON ? pauses : lost, frames, too);
    }
}

static void judge_beacons(draft *d, const ssk_result_udp *udp)
{
    if (!udp->seen.dtim || udp->seen.dtim_permille < COHERENT_PERMILLE)
        return;
    for (size_t i = 0; i < d->n; i++)
        if (!d->list[i].out && !strcmp(d->list[i].id, "udp-lost-before-receiver"))
            return; /* something was lost: beacons only delay */
    char span[SSK_TEXT_ROOM];
    suspect *dtim = suspect_of(d, "wifi-dtim-bunching", SSK_SIDE_PATH);
    speak_for(d, dtim, NULL, ssk_result_printf(d->result,
              "the bunches arrive on a grid of %s, %u beacon intervals of 102.4 ms: phase "
              "coherence %u permille", ssk_span_text(udp->seen.dtim * 102400 * SSK_US, span),
              udp->seen.dtim, udp->seen.dtim_permille));
    if (udp->has_reception && udp->reception.delivered_permille >= DELIVERED_PERMILLE)
        speak_for(d, dtim, NULL, ssk_result_printf(d->result,
                  "%u permille were delivered, by the %s: delayed, not lost",
                  udp->reception.delivered_permille, udp->reception.reference));
    for (size_t i = 0; i < d->n; i++)
        if (&d->list[i] != dtim) {
            d->list[i].out = true;
            speak_against(d, &d->list[i], NULL, "a sender's own rhythm keeps no phase with beacons");
        }
}

/* Two views of the same datagrams: no more guessing. */
static void judge_compared(draft *d, const ssk_result_udp *udp)
{
    if (!udp->seen.compared.present || !udp->has_reception)
        return;
    const uint32_t *frames = udp->seen.compared.missing_frames;
    bool lost_some = udp->reception.delivered_permille < DELIVERED_PERMILLE;
    if (!lost_some && !udp->has_on_off)
        return;
    suspect *lost = suspect_of(d, "udp-lost-before-receiver", SSK_SIDE_PATH);
    suspect *pauses = suspect_of(d, "udp-sender-pauses", side_of(udp->direction));
    const char *text = ssk_result_printf(
        d->result, "of %" G_GUINT64_FORMAT " datagrams in %s %" G_GUINT64_FORMAT " are missing here",
        udp->reception.reference_packets, udp->reception.reference, udp->seen.compared.missing);
    const char *rhythm = udp->seen.compared.reference_on_off
                             ? ssk_result_printf(d->result, "%s pauses too, %" G_GUINT64_FORMAT
                                                 " cycles", udp->reception.reference,
                                                 udp->seen.compared.cycles)
                             : ssk_result_printf(d->result, "%s has no pauses",
                                                 udp->reception.reference);
    suspect *right = lost_some ? lost : pauses, *wrong = lost_some ? pauses : lost;
    if (lost_some != udp->seen.compared.reference_on_off || !udp->has_on_off) {
        wrong->out = true;
        speak_against(d, wrong, frames, text);
        wrong->against[wrong->n_against - 1].view = udp->seen.compared.view;
        speak_against(d, wrong, NULL, rhythm);
    } else { /* both: a sender that pauses, and losses besides */
        speak_for(d, wrong, NULL, rhythm);
    }
    speak_for(d, right, frames, text);
    right->evidence[right->n_evidence - 1].view = udp->seen.compared.view;
    if (wrong->out)
        speak_for(d, right, NULL, rhythm);
}

static void judge_losses(draft *d, const ssk_result_udp *udp)
{
    if (!udp->has_reception || udp->reception.delivered_permille >= DELIVERED_PERMILLE ||
        udp->seen.compared.present)
        return;
    suspect *lost = suspect_of(d, "udp-lost-before-receiver", SSK_SIDE_PATH);
    if (lost->out)
        return;
    speak_for(d, lost, udp->seen.lost_frames, ssk_result_printf(d->result,
              "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " datagrams came through, by the %s",
              udp->reception.received_packets, udp->reception.reference_packets,
              udp->reception.reference));
}

static void judge_receiver(draft *d, const ssk_result_udp *udp)
{
    if (!udp->seen.buffer_drops)
        return;
    const uint32_t frames[2] = {udp->seen.buffer_drop_frame, 0};
    suspect *full = suspect_of(d, "udp-receive-buffer-full", side_of(ssk_dir_other(udp->direction)));
    speak_for(d, full, frames, ssk_result_printf(d->result,
              "the capture names a full socket buffer as the reason of %" G_GUINT64_FORMAT " drops",
              udp->seen.buffer_drops));
}

/* ICMP type 3 code 3, ICMPv6 type 1 code 4: nobody listens. RFC 1122, 3.2.2.1; RFC 4443, 3.1. */
static void judge_port(draft *d, const ssk_facts *facts, const ssk_result_udp *udp,
                       const ssk_result_flow *flow)
{
    ssk_dir from = udp->direction, to = ssk_dir_other(from);
    int64_t ports = (int64_t)flow->port[from] << 16 | flow->port[to];
    uint32_t frames[2] = {0, 0}, count = 0;
    size_t n;
    const ssk_fact *list = ssk_facts_of(facts, 0, &n);
    for (size_t i = 0; i < n; i++) {
        const ssk_fact *fact = &list[i];
        if (fact->kind != SSK_FACT_ICMP || fact->extra != ports ||
            (fact->value != (3 << 8 | 3) && fact->value != (1 << 8 | 4)) ||
            memcmp(&fact->host, &flow->addr[from], sizeof fact->host) != 0 ||
            memcmp(&fact->peer, &flow->addr[to], sizeof fact->peer) != 0)
            continue;
        frames[count ? 1 : 0] = fact->frame_first;
        count++;
    }
    if (!count)
        return;
    suspect *s = suspect_of(d, "udp-no-port", side_of(to));
    speak_for(d, s, frames, ssk_result_printf(d->result,
              "the receiver answered %u times that the port is unreachable: its host is alive, "
              "nothing listens", count));
}

static bool is_group(const ssk_addr *addr)
{
    return addr->family == 4 ? (addr->bytes[0] & 0xf0) == 0xe0
                             : addr->family == 6 && addr->bytes[0] == 0xff;
}


/* How long a router forwards without hearing a report: robustness 2 times the
 * query interval of 125 s, and one answer. RFC 2236, section 8.4; RFC 2710, 7.4. */
#define MEMBERSHIP (260 * SSK_S)
/* A silence that follows a leave within this is its consequence: the last
 * member queries take 2 s, switches up to the interval of their general one. */
#define AFTER_LEAVE (130 * SSK_S)
/* A stream that has been quiet for so long at the capture's end has ended. */
#define ENDED (10 * SSK_S)

static const ssk_fact *membership_of(const ssk_facts *facts, const ssk_addr *group)
{
    size_t n;
    const ssk_fact *list = ssk_facts_of(facts, 0, &n);
    for (size_t i = 0; i < n; i++)
        if (list[i].kind == SSK_FACT_MEMBERSHIP && !memcmp(&list[i].host, group, sizeof *group))
            return &list[i];
    return NULL;
}

/* The group was left, or nobody answered the querier any more, and then the
 * stream stopped at @p since. */
static void judge_membership(draft *d, const ssk_facts *facts, const ssk_addr *group,
                             ssk_time_ns since)
{
    const ssk_fact *fact = membership_of(facts, group);
    if (!fact || since == SSK_TIME_NONE)
        return;
    if (fact->end != SSK_TIME_NONE && fact->end <= since + AFTER_LEAVE &&
        fact->end + AFTER_LEAVE >= since) {
        const uint32_t frames[2] = {fact->frame_last, 0};
        speak_for(d, suspect_of(d, "udp-membership-lost", SSK_SIDE_PATH), frames,
                  "a host left the group about when the stream stopped");
    } else if (fact->start != SSK_TIME_NONE && fact->value >= 2 &&
               fact->start + MEMBERSHIP / 2 <= since) {
        const uint32_t frames[2] = {fact->frame_first, (uint32_t)fact->extra};
        speak_for(d, suspect_of(d, "udp-membership-lost", SSK_SIDE_PATH), frames,
                  ssk_result_printf(d->result, "the last membership report was followed by %"
                                    G_GINT64_FORMAT " queries that nobody answered, then the "
                                    "stream stopped", fact->value));
    }
}

/* A group's stream that ended long before the capture did. */
static void judge_ended(draft *d, const ssk_facts *facts, const ssk_result_udp *udp,
                        const ssk_result_flow *flow)
{
    const ssk_addr *to = &flow->addr[ssk_dir_other(udp->direction)];
    ssk_span_ns rest;
    if (is_group(to) && flow->last != SSK_TIME_NONE && d->result->n_inputs &&
        !__builtin_sub_overflow(d->result->inputs[0].last, flow->last, &rest) && rest > ENDED)
        judge_membership(d, facts, to, flow->last);
}

/* Judged again without facts: what ICMP and IGMP said still holds. */
static void keep_told(draft *d, const ssk_verdict *before)
{
    for (size_t i = 0; i < before->n_verdict; i++) {
        const ssk_cause *cause = &before->causes[i];
        if (strcmp(cause->id, "udp-no-port") != 0 && strcmp(cause->id, "udp-membership-lost") != 0)
            continue;
        suspect *s = suspect_of(d, cause->id, cause->side);
        for (size_t k = 0; k < cause->n_evidence && k < LINES; k++)
            s->evidence[s->n_evidence++] = cause->evidence[k];
    }
}

static const char *next_capture(const ssk_verdict *verdict, const ssk_result_udp *udp)
{
    bool lost = false, pauses = false;
    for (size_t i = 0; i < verdict->n_verdict; i++) {
        lost |= !strcmp(verdict->causes[i].id, "udp-lost-before-receiver");
        pauses |= !strcmp(verdict->causes[i].id, "udp-sender-pauses");
    }
    if (udp && udp->seen.compared.present && verdict->n_verdict)
        return NULL;
    if (lost && pauses)
        return "a capture at the sender at the same time tells whether it paused; "
               "stallshark compare counts what was lost between the two";
    if (lost)
        return "a second capture nearer to the sender, and stallshark compare, show on which part "
               "of the path they were lost";
    if (verdict->n_verdict == 0 && udp && udp->has_reception &&
        udp->reception.delivered_permille >= DELIVERED_PERMILLE)
        return "the network delivered up to here: if the application got less, its receive log "
               "against this capture counts what its host lost";
    return NULL;
}

void ssk_udp_judge(const ssk_facts *facts, ssk_result *result, ssk_result_udp *udp)
{
    const ssk_result_flow *flow = ssk_result_find_flow(result, udp->flow);
    draft d = {.result = result};
    judge_compared(&d, udp);
    if (d.n == 0)
        judge_pauses(&d, udp);
    judge_losses(&d, udp);
    judge_beacons(&d, udp);
    judge_receiver(&d, udp);
    if (flow && facts) {
        judge_port(&d, facts, udp, flow);
        judge_ended(&d, facts, udp, flow);
    } else {
        keep_told(&d, &udp->verdict);
    }
    udp->verdict = (ssk_verdict){0};
    finish(&d, &udp->verdict);
    udp->judged = udp->verdict.n_causes > 0;
    udp->verdict.next_capture = next_capture(&udp->verdict, udp);
}

/* ---- a stream that fell silent ---- */

/* The sender's numbers across the stall; NULL: it has none. */
static const ssk_fact *numbering_over(const ssk_facts *facts, const ssk_result_stall *stall,
                                      ssk_dir dir)
{
    const ssk_fact *best = NULL;
    size_t n;
    const ssk_fact *list = ssk_facts_of(facts, stall->flow, &n);
    for (size_t i = 0; i < n; i++) {
        const ssk_fact *fact = &list[i];
        if (fact->kind == SSK_FACT_NUMBERING && fact->dir == dir &&
            fact->extra > 0 && fact->end > stall->start &&
            (stall->end == SSK_TIME_NONE || fact->start < stall->end) &&
            (!best || fact->end - fact->start > best->end - best->start))
            best = fact;
    }
    return best;
}

static const char *const numbering_text[] = {
    [SSK_NUMBERING_SEQUENCE] = "the sender's sequence numbers",
    [SSK_NUMBERING_CLOCK] = "the sender's own clock in the datagrams",
    [SSK_NUMBERING_IP_ID] = "the sender's IPv4 identifications",
};

static void judge_numbering(draft *d, const ssk_fact *fact, ssk_side sender)
{
    const uint32_t frames[2] = {fact->frame_first, fact->frame_last};
    bool exact = fact->flags != SSK_NUMBERING_IP_ID;
    numbers word = judge_share((uint64_t)fact->value, (uint64_t)fact->extra, exact);
    if (!exact && word == NUMBERS_WENT_ON)
        word = NUMBERS_BETWEEN; /* one pause alone: the identification may rise at random */
    const char *text = ssk_result_printf(d->result, "across the silence %s moved on by %" G_GINT64_FORMAT
                                         " more than the datagrams seen; %" G_GINT64_FORMAT
                                         " were due",
                                         numbering_text[fact->flags], fact->value, fact->extra);
    suspect *lost = suspect_of(d, "udp-lost-before-receiver", SSK_SIDE_PATH);
    suspect *pauses = suspect_of(d, "udp-sender-pauses", sender);
    lost->out = word == NUMBERS_PAUSED;
    pauses->out = word == NUMBERS_WENT_ON;
    if (lost->out)
        speak_against(d, lost, frames, text);
    else
        speak_for(d, lost, frames, text);
    if (pauses->out)
        speak_against(d, pauses, frames, text);
    else
        speak_for(d, pauses, frames, text);
}

/* Broadcast by what its own row says. Flows of few datagrams have none: by the
 * address then, which for a subnet is a guess. */
static bool is_broadcast(const ssk_result *result, const ssk_result_flow *flow, ssk_dir to)
{
    for (size_t i = 0; i < result->n_udp; i++)
        if (result->udp[i].flow == flow->id)
            return !strcmp(result->udp[i].cast, "broadcast");
    return flow->addr[to].family == 4 && flow->addr[to].bytes[3] == 0xff;
}

/* Nobody answers a one-way stream, so what a conversation's silence shows says
 * little of it; the sender's own numbers say more. */
static void judge_stall(const ssk_facts *facts, ssk_result *result, ssk_result_stall *stall)
{
    const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
    if (!flow || flow->transport != SSK_UDP || stall->direction == SSK_SIDE_BOTH)
        return;
    ssk_dir dir = stall->direction == SSK_SIDE_B ? SSK_B : SSK_A;
    if (flow->dir[ssk_dir_other(dir)].packets)
        return;
    const ssk_fact *fact = numbering_over(facts, stall, dir);
    const ssk_addr *to = &flow->addr[ssk_dir_other(dir)];
    if (!fact && stall->verdict.n_verdict && !is_group(to) &&
        !is_broadcast(result, flow, ssk_dir_other(dir)))
        return;
    draft d = {.result = result};
    const uint32_t frames[2] = {stall->frame_before, stall->frame_after};
    judge_membership(&d, facts, to, stall->start);
    if (fact) {
        judge_numbering(&d, fact, side_of(dir));
    } else {
        const char *text = "a stream that nobody answers stopped, and nothing in it is numbered";
        speak_for(&d, suspect_of(&d, "udp-lost-before-receiver", SSK_SIDE_PATH), frames, text);
        speak_for(&d, suspect_of(&d, "udp-sender-pauses", side_of(dir)), frames, text);
    }
    stall->verdict = (ssk_verdict){0};
    finish(&d, &stall->verdict);
    stall->verdict.next_capture = next_capture(&stall->verdict, NULL);
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    for (size_t i = 0; i < result->n_udp; i++)
        ssk_udp_judge(facts, result, &result->udp[i]);
    for (size_t i = 0; i < result->n_stalls; i++)
        judge_stall(facts, result, &result->stalls[i]);
}

const ssk_rule ssk_rule_udp = {
    .name = "udp", .source = "docs/causes.md, UDP", .judge = judge,
};
