/* bundle_readme.c - what a bundle holds, what was removed and what was not, for its receiver.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/bundle_draft.h"

#include <string.h>

#include "cli/source.h"
#include "report/lines.h"
#include "report/story.h"

static bool names_log(const ssk_options *options, const char *word)
{
    for (guint i = 0; i < options->logs->len; i++)
        if (g_str_has_suffix(word, options->logs->pdata[i]))
            return true;
    return options->log_format && g_str_has_suffix(word, options->log_format);
}

/** As given; names of files may tell more than they should, so not when scrubbing. */
static void append_command_line(const ssk_bundle *self, GString *text)
{
    const ssk_options *options = self->options;
    g_string_append(text, "stallshark");
    for (int i = 1; i < options->n_given; i++) {
        const char *word = options->given[i];
        char *shown = NULL;
        for (size_t j = 0; options->arguments[j]; j++)
            if (word == options->arguments[j])
                shown = g_strdup_printf("IN%" G_GSIZE_FORMAT, j + 1);
        bool names_file = (options->output && g_str_has_suffix(word, options->output)) ||
                          (options->profile && g_str_has_suffix(word, options->profile)) ||
                          names_log(options, word);
        if (!shown && names_file)
            shown = g_strdup(!g_str_has_prefix(word, "-") ? "NAME" : "OPTION=NAME");
        char *quoted = g_shell_quote(shown && self->scrub ? shown : word);
        bool plain = strspn(quoted + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                        "0123456789-_=./") == strlen(quoted) - 2;
        g_string_append_c(text, ' ');
        if (plain)
            g_string_append_len(text, quoted + 1, (gssize)strlen(quoted) - 2);
        else
            g_string_append(text, quoted);
        g_free(quoted);
        g_free(shown);
    }
    g_string_append_c(text, '\n');
}

static size_t keepalives(const ssk_result *result)
{
    size_t n = 0;
    for (size_t i = 0; i < result->n_flows; i++)
        n += result->flows[i].keepalive != NULL;
    return n;
}

static size_t verdict_evidence(const ssk_verdict *verdict)
{
    size_t n = 0;
    for (size_t i = 0; i < verdict->n_causes; i++)
        n += verdict->causes[i].n_evidence + verdict->causes[i].n_against;
    return n;
}

static size_t evidence(const ssk_result *result)
{
    size_t n = 0;
    for (size_t i = 0; i < result->n_stalls; i++)
        n += verdict_evidence(&result->stalls[i].verdict);
    for (size_t i = 0; i < result->n_udp; i++)
        n += verdict_evidence(&result->udp[i].verdict);
    return n;
}

static bool same_verdict(const ssk_verdict *a, const ssk_verdict *b)
{
    if (a->n_verdict != b->n_verdict)
        return false;
    for (size_t i = 0; i < a->n_verdict; i++)
        if (strcmp(a->causes[i].id, b->causes[i].id) || a->causes[i].side != b->causes[i].side)
            return false;
    return true;
}

static size_t changed_stalls(const ssk_result *a, const ssk_result *b)
{
    size_t n = 0;
    for (size_t i = 0; i < MIN(a->n_stalls, b->n_stalls); i++)
        n += a->stalls[i].start != b->stalls[i].start || a->stalls[i].end != b->stalls[i].end ||
             a->stalls[i].frame_before != b->stalls[i].frame_before ||
             !same_verdict(&a->stalls[i].verdict, &b->stalls[i].verdict);
    return n;
}

/** What the analysis lost: both were made, so it is known. */
static void append_difference(const ssk_bundle *self, GString *text)
{
    const ssk_result *a = self->original, *b = self->shared;
    const struct {
        const char *what;
        size_t before, after;
    } rows[] = {
        {"stalls", a->n_stalls, b->n_stalls},
        {"faults of the capture", a->n_measurement, b->n_measurement},
        {"flows", a->n_flows, b->n_flows},
        {"flows with known messages", keepalives(a), keepalives(b)},
        {"pieces of evidence", evidence(a), evidence(b)},
        {"UDP receptions", a->n_udp, b->n_udp},
        {"clocks", a->n_clocks, b->n_clocks},
        {"Bonjour services", a->n_services, b->n_services},
        {"Bonjour findings", a->n_bonjour_findings, b->n_bonjour_findings},
        {"other findings", a->n_findings, b->n_findings},
    };
    size_t told = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].before != rows[i].after) {
            g_string_append_printf(
                text, "  %s: %" G_GSIZE_FORMAT " in the original, %" G_GSIZE_FORMAT " here\n",
                rows[i].what, rows[i].before, rows[i].after);
            told++;
        }
    size_t changed = changed_stalls(a, b);
    if (changed)
        g_string_append_printf(
            text, "  stalls whose times or verdict differ: %" G_GSIZE_FORMAT "\n", changed);
    if (!told && !changed)
        g_string_append(text, "  nothing: the same stalls with the same verdicts, and as much "
                              "evidence, clocks, findings\n");
}

static void append_removed(const ssk_bundle *self, GString *text)
{
    const ssk_scrub_counts *n = &self->scrubbed;
    g_string_append_printf(
        text,
        "Removed (--scrub=%s), lengths kept:\n"
        "  payload of TCP, UDP, ICMP and other protocols on IP: %" G_GUINT64_FORMAT
        " bytes emptied\n"
        "  words in known keep-alive messages: %" G_GUINT64_FORMAT " bytes\n"
        "  names in DNS, mDNS and LLMNR: other names in %" G_GUINT64_FORMAT
        " messages; in DHCP: in %" G_GUINT64_FORMAT "\n"
        "  other protocols, padding, what cannot be read: %" G_GUINT64_FORMAT " bytes emptied\n"
        "  names in capture headers (PKTAP, PPI, NFLOG): in %" G_GUINT64_FORMAT " packets\n"
        "  all else a capture file can hold: comments, names of interfaces and hosts, keys;\n"
        "  log files among the captures\n",
        self->options->scrub == SSK_SCRUB_FULL ? "full" : "payload", n->payload_bytes,
        n->message_bytes, n->dns_messages, n->dhcp_messages, n->other_bytes, n->headers);
    if (n->messages_dropped)
        g_string_append_printf(text,
                               "  %" G_GUINT64_FORMAT " known messages whole, for want of "
                               "memory\n",
                               n->messages_dropped);
    if (self->options->logs->len)
        g_string_append(text,
                        "  in app.log the words of each line but those that say what happened to "
                        "a message; names of\n  programs and connections became other names\n");
    g_string_append(
        text,
        "Names of services, hosts and processes became other names, the same ones everywhere, by a\n"
        "random key that is not kept. Checksums were updated to fit (good ones stay good, bad ones\n"
        "bad), those of fragmented datagrams were not.\n\n");
}

static void append_not_removed(const ssk_bundle *self, GString *text)
{
    g_string_append(text, "NOT removed, read this before you pass the bundle on:\n");
    if (self->options->scrub == SSK_SCRUB_FULL)
        g_string_append(
            text,
            "  of addresses, which became others, the same ones everywhere: what kind they are\n"
            "  (private, link-local, multicast, broadcast), which of them share the beginning of\n"
            "  their network, how many digits they have; of MAC addresses the vendor\n");
    else
        g_string_append(text,
                        "  IP and MAC addresses: in the capture AND the reports; --scrub=full "
                        "replaces them\n");
    g_string_append(
        text,
        "  ports, VLAN numbers, times, sizes; headers up to the transport; who asks whom for what\n"
        "  kind of address or group\n"
        "  in DNS: types of service (_http), kinds of device (iPad), numbers below 100\n"
        "  in known keep-alive messages: numbers, punctuation, words of the message profile, and\n"
        "  in binary ones the fields that the profile names\n"
        "  in UDP: bytes that count up with each datagram, RTP headers, GDL 90 heartbeats\n\n");
}

static void append_scrubbing(const ssk_bundle *self, GString *text)
{
    if (!self->scrub) {
        g_string_append(text,
                        "NOT SCRUBBED (--scrub=off): the capture and the reports hold "
                        "everything the original packets\nhold, payload and addresses included. "
                        "Not carried over: comments, name resolution, keys and\nprocess names "
                        "that the original file may hold.\n");
        return;
    }
    append_removed(self, text);
    append_not_removed(self, text);
    g_string_append(text, "The reports were made from the scrubbed packets. What that changed in "
                          "the analysis:\n");
    append_difference(self, text);
}

static void append_number(const ssk_bundle *self, GString *text, uint32_t frame)
{
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(self->numbers, GUINT_TO_POINTER(frame)));
    if (frame && self->cut)
        g_string_append_printf(text, "%" G_GUINT32_FORMAT " (%u)", frame, number);
    else if (frame)
        g_string_append_printf(text, "%" G_GUINT32_FORMAT, frame);
    else
        g_string_append(text, "none");
}

static void append_stalls(const ssk_bundle *self, GString *text)
{
    const ssk_result *result = self->shared;
    g_string_append_printf(
        text, "capture.pcapng holds %" G_GUINT32_FORMAT " of %" G_GUINT32_FORMAT " packets",
        self->written, self->read);
    g_string_append(
        text,
        self->cut
            ? ": a minute before and after each stall\nand each fault of the capture, the first 10 "
              "packets of each stalled flow, and every packet\nwith a comment. The reports are about "
              "all packets: their packet numbers differ.\n"
            : ".\n");
    if (self->unstamped)
        g_string_append_printf(text, "%" G_GUINT32_FORMAT " packets have no usable time.\n",
                               self->unstamped);
    for (size_t i = 0; i < result->n_stalls && i < 200; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        g_string_append_printf(text, "  stall %" G_GUINT32_FORMAT ": after packet ", stall->id);
        append_number(self, text, stall->frame_before);
        g_string_append(text, ", until packet ");
        append_number(self, text, stall->frame_after);
        g_string_append(text, i || !self->cut ? "\n" : "; in brackets: in capture.pcapng\n");
    }
    if (!result->n_stalls)
        g_string_append(text, "No stall was found.\n");
}

/* What the reports begin with. */
static void append_answer(const ssk_bundle *self, GString *text)
{
    ssk_host_file files[SSK_BUNDLE_SOURCES];
    ssk_host host = ssk_bundle_host(self, files);
    GString *answer = g_string_new(NULL);
    ssk_story story;
    ssk_story_init(&story, self->shared, &host);
    ssk_story_answer(&story, answer);
    ssk_story_clear(&story);
    ssk_lines_wrap(text, "", answer->str, 96);
    g_string_append_c(text, '\n');
    g_string_free(answer, TRUE);
}

gboolean ssk_bundle_write_readme(ssk_bundle *self, GError **error)
{
    GString *text = g_string_new(NULL);
    append_answer(self, text);
    g_string_append(
        text,
        "What is here\n============\n\n"
        "report.html     what went silent, who owed a packet, why: open it in any browser\n"
        "report.md       the same for an issue tracker\n"
        "report.json     the same for programs\n"
        "capture.pcapng  the packets, with comments where it happened: open it in Wireshark and\n"
        "                filter on frame.comment; no plugin is needed\n");
    if (self->options->logs->len)
        g_string_append(text, "app.log         what the applications logged, times in UTC: "
                              "stallshark analyze --log app.log\n");
    g_string_append(text, "SHA256SUMS      checksums: sha256sum -c SHA256SUMS\n\n");
    append_stalls(self, text);
    g_string_append(text, "\nWhat was removed\n================\n\n");
    append_scrubbing(self, text);
    g_string_append(text, "\nHow it was made\n===============\n\n");
    append_command_line(self, text);
    if (self->scrub)
        g_string_append(text, "(names of files are left out)\n");
    const char *wireshark = ssk_capture_wireshark();
    g_string_append(text, "stallshark " SSK_VERSION);
    if (wireshark)
        g_string_append_printf(text, ", Wireshark %s", wireshark);
    g_string_append_c(text, '\n');
    gboolean fine = ssk_bundle_write_text(self->paths[SSK_BUNDLE_README], text, error);
    g_string_free(text, TRUE);
    return fine;
}
