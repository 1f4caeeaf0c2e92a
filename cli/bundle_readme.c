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
        char *quoted = g_shell_quote(shown && self->sides[0].scrub ? shown : word);
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
        if (a->causes[i].id != b->causes[i].id || a->causes[i].side != b->causes[i].side)
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

static size_t packets_in_both(const ssk_result *result)
{
    size_t n = 0;
    for (size_t i = 0; i < result->n_views; i++)
        n += result->views[i].both;
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
        {"packets found in two captures", packets_in_both(a), packets_in_both(b)},
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

static ssk_scrub_counts scrubbed(const ssk_bundle *self)
{
    ssk_scrub_counts sum = {0};
    for (unsigned i = 0; i < self->n; i++) {
        ssk_scrub_counts n = ssk_scrub_done(self->sides[i].scrub);
        sum.payload_bytes += n.payload_bytes;
        sum.message_bytes += n.message_bytes;
        sum.dns_messages += n.dns_messages;
        sum.dhcp_messages += n.dhcp_messages;
        sum.other_bytes += n.other_bytes;
        sum.headers += n.headers;
        sum.messages_dropped += n.messages_dropped;
    }
    return sum;
}

static void append_removed(const ssk_bundle *self, GString *text)
{
    const ssk_scrub_counts counts = scrubbed(self), *n = &counts;
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
    if (!self->sides[0].scrub) {
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
    if (frame && ssk_bundle_base(self)->cut)
        g_string_append_printf(text, "%" G_GUINT32_FORMAT " (%u)", frame, number);
    else if (frame)
        g_string_append_printf(text, "%" G_GUINT32_FORMAT, frame);
    else
        g_string_append(text, "none");
}

/** How many packets each capture holds. */
static void append_captures(const ssk_bundle *self, GString *text)
{
    bool cut = false;
    for (size_t file = SSK_BUNDLE_CAPTURE; file < SSK_BUNDLE_N_FILES; file++)
        for (unsigned i = 0; i < self->n; i++) {
            const ssk_bundle_side *side = &self->sides[i];
            if (!ssk_bundle_has(self, file) || ssk_bundle_capture(self, i) != file)
                continue;
            g_string_append_printf(
                text, "%s holds %" G_GUINT32_FORMAT " of %" G_GUINT32_FORMAT " packets.\n",
                ssk_bundle_files[file], side->written, side->read);
            if (side->unstamped)
                g_string_append_printf(text, "%" G_GUINT32_FORMAT " packets have no usable time.\n",
                                       side->unstamped);
            cut |= side->cut;
        }
    if (cut)
        g_string_append(
            text,
            "Kept were a minute before and after each stall and each fault of the capture, the "
            "beginning\nof each stalled flow, and every packet with a comment. The reports are "
            "about all packets: their\npacket numbers differ.\n");
    if (self->n > 1)
        g_string_append_printf(
            text, "The packet numbers of the stalls are those of %s.\n",
            ssk_bundle_files[ssk_bundle_capture(self, ssk_views_base(self->views))]);
}

static void append_stalls(const ssk_bundle *self, GString *text)
{
    const ssk_result *result = self->shared;
    append_captures(self, text);
    for (size_t i = 0; i < result->n_stalls && i < 200; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        g_string_append_printf(text, "  stall %" G_GUINT32_FORMAT ": after packet ", stall->id);
        append_number(self, text, stall->frame_before);
        g_string_append(text, ", until packet ");
        append_number(self, text, stall->frame_after);
        g_string_append(text,
                        i || !ssk_bundle_base(self)->cut ? "\n" : "; in brackets: as it is here\n");
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

/* The captures and the log, and with which command they tell the same. */
static void append_here(const ssk_bundle *self, GString *text)
{
    const char *log = ssk_bundle_has(self, SSK_BUNDLE_LOG) ? "--log app.log " : "";
    bool several = self->n > 1;
    g_string_append(
        text, several ? "capture-a.pcapng and so on\n"
                        "                the packets of each capture, by its letter in the "
                        "reports, with comments where it\n"
                        "                happened: open one in Wireshark and filter on "
                        "frame.comment; no plugin is needed\n"
                      : "capture.pcapng  the packets, with comments where it happened: open it "
                        "in Wireshark and\n"
                        "                filter on frame.comment; no plugin is needed\n");
    if (*log)
        g_string_append(text, "app.log         what the applications logged, times in UTC\n");
    g_string_append_printf(text, "                once more: stallshark %s %s%s\n",
                           several ? "compare" : "analyze", log,
                           several ? "capture-*.pcapng" : "capture.pcapng");
}

gboolean ssk_bundle_write_readme(ssk_bundle *self, GError **error)
{
    GString *text = g_string_new(NULL);
    append_answer(self, text);
    g_string_append(
        text, "What is here\n============\n\n"
              "report.html     what went silent, who owed a packet, why: open it in any browser\n"
              "report.md       the same for an issue tracker\n"
              "report.json     the same for programs\n");
    append_here(self, text);
    g_string_append(text, "SHA256SUMS      checksums: sha256sum -c SHA256SUMS\n\n");
    append_stalls(self, text);
    g_string_append(text, "\nWhat was removed\n================\n\n");
    append_scrubbing(self, text);
    g_string_append(text, "\nHow it was made\n===============\n\n");
    append_command_line(self, text);
    if (self->sides[0].scrub)
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
