/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/bundle.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/archive.h"
#include "cli/capture_writer.h"
#include "cli/leak.h"
#include "cli/output.h"
#include "cli/profiles.h"
#include "cli/reader.h"
#include "cli/scrub.h"
#include "cli/source.h"
#include "core/decode/packet.h"
#include "core/engine.h"
#include "report/annotate.h"

/* Kept on either side of a stall, and of a stalled flow's beginning. */
#define MARGIN SSK_MINUTE
#define HANDSHAKE_PACKETS 10

enum { CAPTURE, README, N_REPORTS = 3, SUMS = 2 + N_REPORTS, N_FILES };
static const char *const file_names[N_FILES + 1] = {
    "capture.pcapng", "README.txt", "report.html", "report.json", "report.md", "SHA256SUMS", NULL,
};
static const char *const report_formats[N_REPORTS] = { "html", "json", "markdown" };

typedef struct bundle {
    const ssk_options *options;
    ssk_config         config;
    ssk_profile_set   *profiles;
    uint8_t            key[32];
    char              *target, *stage; /* without a slash at the end */
    char              *paths[N_FILES + 2]; /* of the stage's files, then the stage */
    bool               archive, input_failed, nothing;
    ssk_result        *original, *shared; /* shared: of what the receiver gets; may be the same */
    ssk_scrub         *scrub; /* NULL: --scrub=off */
    ssk_scrub_counts   scrubbed;
    bool               cut;
    GHashTable        *numbers; /* packet of the report -> packet of capture.pcapng */
    uint32_t           read, written, unstamped;
} bundle;

/* ---- reading the inputs, once per pass ---- */

typedef void (*frame_fn)(bundle *self, const ssk_event *event, void *user);

/** Knows all frames after a pass of its own. */
static ssk_scrub *new_scrub(const bundle *self)
{
    ssk_scrub *scrub = ssk_scrub_new(self->key, self->options->scrub == SSK_SCRUB_FULL);
    for (size_t i = 0; i < self->original->n_flows; i++) {
        const ssk_result_flow *flow = &self->original->flows[i];
        const ssk_profile *profile =
            flow->keepalive && flow->keepalive->profile
                ? ssk_profile_set_find(self->profiles, flow->keepalive->profile) : NULL;
        if (profile)
            ssk_scrub_keep_messages(scrub, flow->transport, flow->addr, flow->port,
                                    flow->first_frame, flow->last_frame, profile);
    }
    ssk_reader *reader = ssk_reader_new_again(self->options->arguments);
    ssk_event   event;
    while (ssk_reader_next(reader, &event))
        ssk_scrub_learn(scrub, &event);
    ssk_reader_free(reader);
    return scrub;
}

/** Every event as the receiver gets it. */
static void read_all(bundle *self, bool scrubbed, frame_fn each, void *user)
{
    char *const *paths = self->options->arguments;
    ssk_reader *reader = self->original ? ssk_reader_new_again(paths) : ssk_reader_new(paths);
    ssk_scrub  *scrub = scrubbed ? self->scrub : NULL;
    ssk_event   event;
    if (scrub)
        ssk_scrub_rewind(scrub);
    while (ssk_reader_next(reader, &event)) {
        if (scrub && event.kind == SSK_EVENT_LOG)
            continue; /* a program's own words */
        if (scrub && event.kind == SSK_EVENT_FRAME)
            ssk_scrub_frame(scrub, &event);
        each(self, &event, user);
    }
    self->input_failed = ssk_reader_failed(reader) != 0;
    self->nothing = ssk_reader_got_nothing(reader);
    if (scrub)
        self->scrubbed = ssk_scrub_done(scrub);
    ssk_reader_free(reader);
}

static void feed(bundle *self, const ssk_event *event, void *user)
{
    self->read = event->frame;
    ssk_engine_feed(user, event, NULL);
}

static ssk_result *analyse(bundle *self, bool scrubbed)
{
    ssk_engine *engine = ssk_engine_new(&self->config, self->profiles);
    read_all(self, scrubbed, feed, engine);
    ssk_result *result = ssk_engine_snapshot(engine);
    ssk_engine_free(engine);
    return result;
}

/* ---- the capture ---- */

typedef struct copy {
    ssk_capture_writer *writer;
    const ssk_comments *comments;
    size_t              next; /* comment */
    uint32_t            frames; /* seen */
    uint32_t           *flow_packets; /* kept of each flow's beginning */
} copy;

static bool in_a_window(const bundle *self, ssk_time_ns time)
{
    const ssk_result *result = self->shared;
    if (time == SSK_TIME_NONE)
        return true;
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        if (time >= stall->start - MARGIN && (stall->open || time <= stall->end + MARGIN))
            return true;
    }
    for (size_t i = 0; i < result->n_measurement; i++) {
        const ssk_result_measurement *fault = &result->measurement[i];
        if (time >= fault->start - MARGIN && time <= fault->end + MARGIN)
            return true;
    }
    return false;
}

static bool is_of(const ssk_packet *packet, const ssk_result_flow *flow)
{
    bool tcp = packet->kind == SSK_PACKET_TCP;
    if ((!tcp && packet->kind != SSK_PACKET_UDP) || (flow->transport == SSK_TCP) != tcp)
        return false;
    for (int a = 0; a < 2; a++)
        if (packet->src_port == flow->port[a] && packet->dst_port == flow->port[!a] &&
            !memcmp(&packet->ip.src, &flow->addr[a], sizeof flow->addr[a]) &&
            !memcmp(&packet->ip.dst, &flow->addr[!a], sizeof flow->addr[!a]))
            return true;
    return false;
}

/** One of the first packets of a flow that stalls later. */
static bool is_beginning(const bundle *self, copy *c, const ssk_event *event)
{
    ssk_packet packet;
    bool       found = false;
    ssk_decode_packet(event, &packet);
    for (size_t i = 0; i < self->shared->n_stalls; i++) {
        const ssk_result_flow *flow = ssk_result_find_flow(self->shared,
                                                           self->shared->stalls[i].flow);
        if (flow && event->frame >= flow->first_frame && event->frame <= flow->last_frame &&
            c->flow_packets[i] < HANDSHAKE_PACKETS && is_of(&packet, flow)) {
            c->flow_packets[i]++;
            found = true;
        }
    }
    return found;
}

static void copy_frame(bundle *self, const ssk_event *event, void *user)
{
    copy               *c = user;
    const ssk_comments *all = c->comments;
    const char         *texts[SSK_COMMENTS_PER_FRAME + 1];
    size_t              n = 0;

    c->frames = event->frame;
    if (event->kind != SSK_EVENT_FRAME)
        return;
    for (; c->next < all->n && all->list[c->next].frame <= event->frame; c->next++)
        if (all->list[c->next].frame == event->frame && n < SSK_COMMENTS_PER_FRAME)
            texts[n++] = all->list[c->next].text;
    bool beginning = is_beginning(self, c, event);
    bool window = !self->shared->n_stalls || in_a_window(self, event->time);
    if (!n && !beginning && !window) {
        self->cut = true;
        return;
    }
    self->written++;
    self->unstamped += event->time == SSK_TIME_NONE || event->time < 0;
    char *number = NULL;
    if (n) {
        g_hash_table_insert(self->numbers, GUINT_TO_POINTER(event->frame),
                            GUINT_TO_POINTER(self->written));
        if (event->frame != self->written)
            texts[n++] = number = g_strdup_printf("stallshark: packet %" G_GUINT32_FORMAT
                                                  " of the report", event->frame);
    }
    ssk_capture_writer_add(c->writer, event, texts, n);
    g_free(number);
}

static ssk_host host_of(const bundle *self, ssk_host_file *file)
{
    *file = (ssk_host_file){ .path = "capture.pcapng", .format = "pcapng", .kind = "capture",
                             .first_frame = 1 };
    if (self->cut)
        file->path = "the whole capture, of which capture.pcapng is cut";
    return (ssk_host){ .program = "stallshark", .version = SSK_VERSION,
                       .wireshark = ssk_capture_wireshark(), .files = file, .n_files = 1 };
}

static gboolean write_capture(bundle *self, GError **error)
{
    ssk_host_file file;
    ssk_host      host = host_of(self, &file);
    ssk_output   *output = ssk_output_open(self->paths[CAPTURE], FALSE, error);
    if (!output)
        return FALSE;
    ssk_comments *comments = ssk_comments_new(self->shared, &host);
    copy c = { .writer = ssk_capture_writer_new(output, comments->summary), .comments = comments,
               .flow_packets = g_new0(uint32_t, self->shared->n_stalls + 1) };
    read_all(self, self->scrub != NULL, copy_frame, &c);
    ssk_capture_writer_free(c.writer);
    ssk_comments_free(comments);
    g_free(c.flow_packets);
    if (c.frames != self->read) {
        g_set_error(error, SSK_SOURCE_ERROR, 0, "the input changed while it was read");
        ssk_output_cancel(output);
        return FALSE;
    }
    return ssk_output_commit(output, error);
}

/* ---- text ---- */

static gboolean write_text(const char *path, const GString *text, GError **error)
{
    ssk_output *output = ssk_output_open(path, FALSE, error);
    if (!output)
        return FALSE;
    ssk_output_write(output, text->str, text->len);
    return ssk_output_commit(output, error);
}

static gboolean write_reports(bundle *self, GError **error)
{
    ssk_host_file file;
    ssk_host      host = host_of(self, &file);
    gboolean      fine = TRUE;
    for (size_t i = 0; i < N_REPORTS && fine; i++) {
        GString *text = g_string_new(NULL);
        ssk_writer_find(report_formats[i])->write(self->shared, &host, text);
        fine = write_text(self->paths[README + 1 + i], text, error);
        g_string_free(text, TRUE);
    }
    return fine;
}

/** As given; names of files may tell more than they should, so not when scrubbing. */
static void append_command_line(const bundle *self, GString *text)
{
    const ssk_options *options = self->options;
    g_string_append(text, "stallshark");
    for (int i = 1; i < options->n_given; i++) {
        const char *word = options->given[i];
        char       *shown = NULL;
        for (size_t j = 0; options->arguments[j]; j++)
            if (word == options->arguments[j])
                shown = g_strdup_printf("IN%" G_GSIZE_FORMAT, j + 1);
        bool names_file = (options->output && g_str_has_suffix(word, options->output)) ||
                          (options->profile && g_str_has_suffix(word, options->profile));
        if (!shown && names_file)
            shown = g_strdup(!g_str_has_prefix(word, "-") ? "NAME" : "OPTION=NAME");
        char *quoted = g_shell_quote(shown && self->scrub ? shown : word);
        bool  plain = strspn(quoted + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
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
static void append_difference(const bundle *self, GString *text)
{
    const ssk_result *a = self->original, *b = self->shared;
    const struct { const char *what; size_t before, after; } rows[] = {
        { "stalls", a->n_stalls, b->n_stalls },
        { "faults of the capture", a->n_measurement, b->n_measurement },
        { "flows", a->n_flows, b->n_flows },
        { "flows with known messages", keepalives(a), keepalives(b) },
        { "pieces of evidence", evidence(a), evidence(b) },
        { "UDP receptions", a->n_udp, b->n_udp },
        { "clocks", a->n_clocks, b->n_clocks },
        { "Bonjour services", a->n_services, b->n_services },
        { "Bonjour findings", a->n_bonjour_findings, b->n_bonjour_findings },
        { "other findings", a->n_findings, b->n_findings },
    };
    size_t told = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
        if (rows[i].before != rows[i].after) {
            g_string_append_printf(text, "  %s: %" G_GSIZE_FORMAT " in the original, %"
                                   G_GSIZE_FORMAT " here\n", rows[i].what, rows[i].before,
                                   rows[i].after);
            told++;
        }
    size_t changed = changed_stalls(a, b);
    if (changed)
        g_string_append_printf(text, "  stalls whose times or verdict differ: %" G_GSIZE_FORMAT
                               "\n", changed);
    if (!told && !changed)
        g_string_append(text, "  nothing: the same stalls with the same verdicts, and as much "
                              "evidence, clocks, findings\n");
}

static void append_removed(const bundle *self, GString *text)
{
    const ssk_scrub_counts *n = &self->scrubbed;
    g_string_append_printf(text,
        "Removed (--scrub=%s), lengths kept:\n"
        "  payload of TCP, UDP, ICMP and other protocols on IP: %" G_GUINT64_FORMAT " bytes emptied\n"
        "  words in known keep-alive messages: %" G_GUINT64_FORMAT " bytes\n"
        "  names in DNS, mDNS and LLMNR: other names in %" G_GUINT64_FORMAT " messages; in DHCP: in %"
        G_GUINT64_FORMAT "\n"
        "  other protocols, padding, what cannot be read: %" G_GUINT64_FORMAT " bytes emptied\n"
        "  names in capture headers (PKTAP, PPI, NFLOG): in %" G_GUINT64_FORMAT " packets\n"
        "  all else a capture file can hold: comments, names of interfaces and hosts, keys;\n"
        "  log files given as input\n",
        self->options->scrub == SSK_SCRUB_FULL ? "full" : "payload", n->payload_bytes,
        n->message_bytes, n->dns_messages, n->dhcp_messages, n->other_bytes, n->headers);
    if (n->messages_dropped)
        g_string_append_printf(text, "  %" G_GUINT64_FORMAT " known messages whole, for want of "
                               "memory\n", n->messages_dropped);
    g_string_append(text,
        "Names of services, hosts and processes became other names, the same ones everywhere, by a\n"
        "random key that is not kept. Checksums were updated to fit (good ones stay good, bad ones\n"
        "bad), those of fragmented datagrams were not.\n\n");
}

static void append_not_removed(const bundle *self, GString *text)
{
    g_string_append(text, "NOT removed, read this before you pass the bundle on:\n");
    if (self->options->scrub == SSK_SCRUB_FULL)
        g_string_append(text,
            "  of addresses, which became others, the same ones everywhere: what kind they are\n"
            "  (private, link-local, multicast, broadcast), which of them share the beginning of\n"
            "  their network, how many digits they have; of MAC addresses the vendor\n");
    else
        g_string_append(text, "  IP and MAC addresses: in the capture AND the reports; --scrub=full "
                              "replaces them\n");
    g_string_append(text,
        "  ports, VLAN numbers, times, sizes; headers up to the transport; who asks whom for what\n"
        "  kind of address or group\n"
        "  in DNS: types of service (_http), kinds of device (iPad), numbers below 100\n"
        "  in known keep-alive messages: numbers, punctuation, words of the message profile, and\n"
        "  in binary ones the fields that the profile names\n"
        "  in UDP: bytes that count up with each datagram, RTP headers, GDL 90 heartbeats\n\n");
}

static void append_scrubbing(const bundle *self, GString *text)
{
    if (!self->scrub) {
        g_string_append(text, "NOT SCRUBBED (--scrub=off): the capture and the reports hold "
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

static void append_number(const bundle *self, GString *text, uint32_t frame)
{
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(self->numbers, GUINT_TO_POINTER(frame)));
    if (frame)
        g_string_append_printf(text, "%" G_GUINT32_FORMAT " (%u)", frame, number);
    else
        g_string_append(text, "none");
}

static void append_stalls(const bundle *self, GString *text)
{
    const ssk_result *result = self->shared;
    g_string_append_printf(text, "capture.pcapng holds %" G_GUINT32_FORMAT " of %" G_GUINT32_FORMAT
                           " packets", self->written, self->read);
    g_string_append(text, self->cut
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
        g_string_append(text, i ? "\n" : "; in brackets: in capture.pcapng\n");
    }
    if (!result->n_stalls)
        g_string_append(text, "No stall was found.\n");
}

static gboolean write_readme(bundle *self, GError **error)
{
    GString *text = g_string_new("What is here\n============\n\n"
        "report.html     what went silent, who owed a packet, why: open it in any browser\n"
        "report.md       the same for an issue tracker\n"
        "report.json     the same for programs\n"
        "capture.pcapng  the packets, with comments where it happened: open it in Wireshark and\n"
        "                filter on frame.comment; no plugin is needed\n"
        "SHA256SUMS      checksums: sha256sum -c SHA256SUMS\n\n");
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
    gboolean fine = write_text(self->paths[README], text, error);
    g_string_free(text, TRUE);
    return fine;
}

static gboolean add_sum(const char *path, const char *name, GString *text, GError **error)
{
    FILE *file = g_fopen(path, "rb");
    if (!file) {
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: %s", path, g_strerror(errno));
        return FALSE;
    }
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    uint8_t    bytes[16384];
    size_t     n;
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0)
        g_checksum_update(sum, bytes, (gssize)n);
    bool fine = !ferror(file);
    fclose(file);
    g_string_append_printf(text, "%s  %s\n", g_checksum_get_string(sum), name);
    g_checksum_free(sum);
    if (!fine)
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: cannot be read back", path);
    return fine;
}

static gboolean write_sums(bundle *self, GError **error)
{
    GString *text = g_string_new(NULL);
    gboolean fine = TRUE;
    for (size_t i = 0; i < SUMS && fine; i++)
        fine = add_sum(self->paths[i], file_names[i], text, error);
    fine = fine && write_text(self->paths[SUMS], text, error);
    g_string_free(text, TRUE);
    return fine;
}

/* ---- the folder ---- */

static void remove_stage(bundle *self)
{
    for (size_t i = 0; self->stage && i < N_FILES; i++)
        unlink(self->paths[i]);
    if (self->stage)
        rmdir(self->stage);
    ssk_output_guard(NULL);
}

/** A folder with nothing in it but what a bundle holds. */
static bool is_bundle(const char *path)
{
    GDir       *dir = g_dir_open(path, 0, NULL);
    const char *name;
    bool        fine = dir != NULL;
    while (fine && (name = g_dir_read_name(dir)))
        fine = g_strv_contains(file_names, name);
    if (dir)
        g_dir_close(dir);
    return fine;
}

static gboolean check_target(const bundle *self, GError **error)
{
    struct stat info;
    if (lstat(self->target, &info) != 0)
        return TRUE;
    char *name = ssk_source_name(self->target);
    if (!self->options->force)
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: exists; --force replaces it", name);
    else if (self->archive ? !S_ISREG(info.st_mode) : !S_ISDIR(info.st_mode))
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: exists and is no %s", name,
                    self->archive ? "file" : "folder");
    else if (!self->archive && !is_bundle(self->target))
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: holds more than a bundle; it is not replaced",
                    name);
    g_free(name);
    return !error || !*error;
}

static gboolean open_stage(bundle *self, GError **error)
{
    char *path = g_strdup_printf("%s.XXXXXX", self->target);
    if (!g_mkdtemp_full(path, 0700)) {
        int   problem = errno;
        char *name = ssk_source_name(self->target);
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: %s", name,
                    problem == ENOENT || problem == ENOTDIR ? "no such folder"
                                                            : g_strerror(problem));
        g_free(name);
        g_free(path);
        return FALSE;
    }
    self->stage = path;
    for (size_t i = 0; i < N_FILES; i++)
        self->paths[i] = g_build_filename(path, file_names[i], NULL);
    self->paths[N_FILES] = g_strdup(path);
    ssk_output_guard(self->paths);
    return TRUE;
}

static gboolean publish_folder(bundle *self, GError **error)
{
    char  *old = g_strconcat(self->stage, ".old", NULL);
    mode_t mask = umask(0);
    umask(mask);
    chmod(self->stage, 0777 & ~mask);
    bool replaced = self->options->force && rename(self->target, old) == 0;
    bool fine = rename(self->stage, self->target) == 0;
    int  problem = errno;
    if (!fine && replaced)
        fine = rename(old, self->target) == 0 && false;
    if (fine) {
        ssk_output_guard(NULL);
        g_clear_pointer(&self->stage, g_free);
        for (size_t i = 0; replaced && i < N_FILES; i++) {
            char *path = g_build_filename(old, file_names[i], NULL);
            unlink(path);
            g_free(path);
        }
        if (replaced)
            rmdir(old);
    } else {
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: %s", self->target, g_strerror(problem));
    }
    g_free(old);
    return fine;
}

static gboolean publish_archive(bundle *self, GError **error)
{
    char *base = g_path_get_basename(self->target);
    char *prefix = g_strndup(base, MIN(strcspn(base, "."), (size_t)100));
    ssk_output *output = ssk_output_open(self->target, self->options->force, error);
    gboolean    fine = output && ssk_archive_write(output, self->stage, file_names,
                                                   *prefix ? prefix : "bundle",
                                                   g_get_real_time() / G_USEC_PER_SEC, error);
    if (fine)
        fine = ssk_output_commit(output, error);
    else
        ssk_output_cancel(output);
    g_free(prefix);
    g_free(base);
    return fine;
}

/* ---- the check ---- */

static ssk_leak *new_leak(bundle *self)
{
    bool      full = self->options->scrub == SSK_SCRUB_FULL;
    ssk_leak *leak = ssk_leak_new(full ? ssk_scrub_pseudonym(self->scrub) : NULL, self->profiles);
    ssk_event event;
    for (char **path = self->options->arguments; *path; path++)
        ssk_leak_learn_file(leak, *path);
    ssk_reader *reader = ssk_reader_new_again(self->options->arguments);
    while (ssk_reader_next(reader, &event))
        ssk_leak_learn(leak, &event);
    ssk_reader_free(reader);
    return leak;
}

static void compare_frames(bundle *self, ssk_leak *leak)
{
    ssk_reader *reader = ssk_reader_new_again(self->options->arguments);
    ssk_event   original;
    ssk_scrub_rewind(self->scrub);
    while (ssk_reader_next(reader, &original)) {
        ssk_event scrubbed = original;
        if (original.kind != SSK_EVENT_FRAME)
            continue;
        ssk_scrub_frame(self->scrub, &scrubbed);
        ssk_leak_compare(leak, &original, &scrubbed);
    }
    ssk_reader_free(reader);
}

/** Before the bundle takes its name. */
static gboolean check_leaks(bundle *self, GError **error)
{
    if (!self->options->check)
        return TRUE;
    ssk_leak *leak = new_leak(self);
    gboolean  fine = TRUE;
    compare_frames(self, leak);
    for (size_t i = 0; i < N_FILES && fine; i++)
        fine = ssk_leak_search(leak, self->paths[i], file_names[i], error);
    if (fine && ssk_leak_found(leak)) {
        fprintf(stderr, "%s", ssk_leak_text(leak));
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "--check: %" G_GSIZE_FORMAT " places hold what the "
                    "input held; no bundle was made", ssk_leak_found(leak));
        fine = FALSE;
    }
    ssk_leak_free(leak);
    return fine;
}

/* ---- the command ---- */

static gboolean take_key(bundle *self, GError **error)
{
    FILE *random = fopen("/dev/urandom", "rb");
    bool  fine = random && fread(self->key, 1, sizeof self->key, random) == sizeof self->key;
    if (random)
        fclose(random);
    if (!fine)
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "/dev/urandom: cannot be read");
    return fine;
}

static gboolean make(bundle *self, GError **error)
{
    self->original = analyse(self, false);
    if (self->nothing)
        return TRUE;
    self->scrub = self->options->scrub == SSK_SCRUB_OFF ? NULL : new_scrub(self);
    self->shared = self->scrub ? analyse(self, true) : self->original;
    return open_stage(self, error) && write_capture(self, error) && write_reports(self, error) &&
           write_readme(self, error) && write_sums(self, error) && check_leaks(self, error) &&
           (self->archive ? publish_archive(self, error) : publish_folder(self, error));
}

/** A folder of such a name would be a surprise. */
static bool is_other_archive(const char *path)
{
    static const char *const endings[] = { ".zip", ".7z", ".tar", ".tar.xz", ".tar.bz2", ".tar.zst" };
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(path, endings[i]))
            return true;
    return false;
}

static gboolean check_usage(const ssk_options *options, GError **error)
{
    for (char **path = options->arguments; *path; path++)
        if (ssk_source_is_pipe(*path)) {
            char *name = ssk_source_name(*path);
            g_set_error(error, SSK_OPTIONS_ERROR, 0,
                        "%s: bundle reads its input several times; give a file", name);
            g_free(name);
            return FALSE;
        }
    if (!options->output || !*options->output || !strcmp(options->output, "-"))
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "bundle: give -o FOLDER or -o FILE.tar.gz");
    else if (is_other_archive(options->output))
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "-o %s: must be FOLDER, FILE.tar.gz or FILE.tgz",
                    options->output);
    else if (ssk_options_output_is_input(options))
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "-o %s: is one of the inputs", options->output);
    else if (options->check && options->scrub == SSK_SCRUB_OFF)
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "--check: with --scrub=off all of the input is left");
    else
        return TRUE;
    return FALSE;
}

static char *without_slash(const char *path)
{
    char  *copied = g_strdup(path);
    size_t n = strlen(copied);
    while (n > 1 && copied[n - 1] == '/')
        copied[--n] = 0;
    return copied;
}

static int run_bundle(const ssk_options *options)
{
    bundle  self = { .options = options, .config = options->config };
    GError *error = NULL;

    self.profiles = ssk_profiles_load();
    self.numbers = g_hash_table_new(NULL, NULL);
    if (check_usage(options, &error)) {
        self.target = without_slash(options->output);
        self.archive = g_str_has_suffix(self.target, ".tar.gz") ||
                       g_str_has_suffix(self.target, ".tgz");
        if (check_target(&self, &error) && take_key(&self, &error) &&
            (!options->profile || ssk_profiles_choose(self.profiles, options->profile, &self.config,
                                                      &error)))
            make(&self, &error);
    }
    remove_stage(&self);
    ssk_scrub_free(self.scrub);
    if (self.shared != self.original)
        ssk_result_free(self.shared);
    if (self.original)
        ssk_result_free(self.original);
    g_hash_table_destroy(self.numbers);
    for (size_t i = 0; i <= N_FILES; i++)
        g_free(self.paths[i]);
    g_free(self.stage);
    g_free(self.target);
    ssk_profile_set_free(self.profiles);
    if (error) {
        bool input = error->domain == SSK_SOURCE_ERROR;
        int  status = ssk_output_complain(error);
        return input ? SSK_EXIT_INPUT : status;
    }
    return self.input_failed ? SSK_EXIT_INPUT : SSK_EXIT_DONE;
}

const ssk_command ssk_command_bundle = {
    .name = "bundle",
    .arguments = "FILE... -o FOLDER|FILE.tar.gz",
    .help = "Pack reports and the packets around the stalls for somebody else.",
    .more = "The bundle holds report.html, report.json, report.md, capture.pcapng (the packets "
            "a minute around each stall, with comments), README.txt for the receiver and "
            "SHA256SUMS.\n"
            "Payload is emptied in the capture, names become other names, and the reports are made "
            "from what is left: the same stalls, verdicts and evidence. README.txt lists what was "
            "removed, what was not, and whether that changed the analysis. IP and MAC addresses "
            "stay unless --scrub=full is given: then they become others, the same ones everywhere, "
            "by a random key that is not kept.",
    .core_options = true,
    .min_arguments = 1,
    .run = run_bundle,
};
