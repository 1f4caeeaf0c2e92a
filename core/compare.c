/* compare.c - two captures of the same traffic, one result.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/compare.h"

#include <glib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/decode/packet.h"
#include "core/rule/finding_list.h"
#include "core/rule/udp.h"
#include "core/udp/match.h"
#include "core/udp/udp_lane.h"

/* Datagrams that never arrived and are worth a word. */
#define WORTH_TELLING 8

/* One direction of one flow. */
typedef struct path {
    ssk_addr src, dst;
    uint16_t src_port, dst_port;
    ssk_match *match; /* NULL: given up */
    uint32_t first_frame[2];
} path;

struct ssk_compare {
    ssk_config config;
    ssk_engine *engines[2];
    GHashTable *paths; /* path -> itself */
    GPtrArray *order;  /* of path, as first seen */
    uint64_t dropped;  /* datagrams of paths beyond the limit */
    ssk_match_extent extents[2];
};

static guint path_hash(gconstpointer key)
{
    const path *p = key;
    guint hash = (guint)p->src_port << 16 | p->dst_port;
    for (size_t i = 0; i < sizeof p->src.bytes; i++)
        hash = hash * 31 + (p->src.bytes[i] ^ (guint)p->dst.bytes[i] << 8);
    return hash;
}

static gboolean path_equal(gconstpointer a, gconstpointer b)
{
    const path *x = a, *y = b;
    return x->src_port == y->src_port && x->dst_port == y->dst_port &&
           !memcmp(&x->src, &y->src, sizeof x->src) && !memcmp(&x->dst, &y->dst, sizeof x->dst);
}

static void path_free(gpointer pointer)
{
    path *p = pointer;
    ssk_match_free(p->match);
    g_free(p);
}

ssk_compare *ssk_compare_new(const ssk_config *config, const ssk_profile_set *profiles)
{
    ssk_compare *compare = g_new0(ssk_compare, 1);
    compare->config = *config;
    for (int view = 0; view < 2; view++) {
        compare->engines[view] = ssk_engine_new(config, profiles);
        compare->extents[view].first = compare->extents[view].last = SSK_TIME_NONE;
    }
    compare->paths = g_hash_table_new_full(path_hash, path_equal, NULL, path_free);
    compare->order = g_ptr_array_new();
    return compare;
}

void ssk_compare_free(ssk_compare *compare)
{
    if (!compare)
        return;
    ssk_engine_free(compare->engines[0]);
    ssk_engine_free(compare->engines[1]);
    g_ptr_array_free(compare->order, TRUE);
    g_hash_table_unref(compare->paths);
    g_free(compare);
}

/* ---- feeding ---- */

static path *path_of(ssk_compare *compare, const ssk_packet *packet)
{
    path key = {.src = packet->ip.src,
                .dst = packet->ip.dst,
                .src_port = packet->src_port,
                .dst_port = packet->dst_port};
    path *found = g_hash_table_lookup(compare->paths, &key);
    if (found)
        return found;
    if (g_hash_table_size(compare->paths) == SSK_COMPARE_FLOWS) {
        compare->dropped++;
        return NULL;
    }
    found = g_memdup2(&key, sizeof key);
    found->match = ssk_match_new();
    g_hash_table_add(compare->paths, found);
    g_ptr_array_add(compare->order, found);
    return found;
}

static bool is_wanted(const ssk_config *config, ssk_time_ns time)
{
    return (config->from == SSK_TIME_NONE || time >= config->from) &&
           (config->to == SSK_TIME_NONE || (time <= config->to && time != SSK_TIME_NONE));
}

static void match_datagram(ssk_compare *compare, ssk_view view, const ssk_packet *packet)
{
    path *p = path_of(compare, packet);
    if (!p || !p->match)
        return;
    if (!p->first_frame[view])
        p->first_frame[view] = packet->event->frame;
    ssk_match_add(p->match, view,
                  &(ssk_match_datagram){
                      .time = packet->event->time,
                      .frame = packet->event->frame,
                      .bytes = ssk_udp_bytes(packet),
                      .ip_id = packet->ip.version == 4 ? packet->ip.id : 0,
                      .digest = ssk_match_digest(packet->payload, packet->payload_cap),
                  });
    if (ssk_match_is_hopeless(p->match)) {
        ssk_match_free(p->match);
        p->match = NULL;
    }
}

void ssk_compare_feed(ssk_compare *compare, ssk_view view, const ssk_event *event)
{
    ssk_engine_feed(compare->engines[view], event, NULL);
    if (event->kind != SSK_EVENT_FRAME || !is_wanted(&compare->config, event->time))
        return;
    ssk_match_extent *extent = &compare->extents[view];
    if (event->time != SSK_TIME_NONE) {
        if (extent->first == SSK_TIME_NONE || event->time < extent->first)
            extent->first = event->time;
        if (extent->last == SSK_TIME_NONE || event->time > extent->last)
            extent->last = event->time;
    }
    ssk_packet packet;
    ssk_decode_packet(event, &packet);
    if (packet.kind == SSK_PACKET_UDP)
        match_datagram(compare, view, &packet);
}

/* ---- the outcome ---- */

static const ssk_result_flow *flow_of(const ssk_result *result, const path *p, ssk_dir *ret_dir)
{
    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
            if (flow->transport == SSK_UDP && flow->port[dir] == p->src_port &&
                flow->port[!dir] == p->dst_port &&
                !memcmp(&flow->addr[dir], &p->src, sizeof p->src) &&
                !memcmp(&flow->addr[!dir], &p->dst, sizeof p->dst)) {
                *ret_dir = dir;
                return flow;
            }
    }
    return NULL;
}

static ssk_result_udp *row_of(const ssk_result *result, const path *p)
{
    ssk_dir dir;
    const ssk_result_flow *flow = flow_of(result, p, &dir);
    for (size_t i = 0; flow && i < result->n_udp; i++)
        if (result->udp[i].flow == flow->id && result->udp[i].direction == dir)
            return &result->udp[i];
    return NULL;
}

static void fill_row(ssk_result *device, const ssk_result *wire, const path *p,
                     const ssk_match_report *report, const ssk_delivery *delivery)
{
    ssk_result_udp *udp = row_of(device, p);
    if (!udp)
        return;
    ssk_delivery_freeze(delivery, "the wire's capture", device, udp);
    const ssk_result_udp *reference = row_of(wire, p);
    udp->seen.compared.present = true;
    udp->seen.compared.view = 'a';
    udp->seen.compared.missing = report->missing[SSK_VIEW_WIRE];
    memcpy(udp->seen.compared.missing_frames, report->frames[SSK_VIEW_WIRE],
           sizeof udp->seen.compared.missing_frames);
    if (reference && reference->has_on_off) {
        udp->seen.compared.reference_on_off = true;
        udp->seen.compared.cycles = reference->on_off.cycles;
    }
    ssk_udp_judge(NULL, device, udp);
}

static void tell_never_arrived(ssk_result *device, const path *p, const ssk_match_report *report)
{
    char src[SSK_TEXT_ROOM], dst[SSK_TEXT_ROOM];
    const char *text = ssk_result_printf(
        device,
        "none of the %" G_GUINT64_FORMAT " datagrams from %s port %u to %s port %u in the "
        "wire's capture (its frame %u is the first) reached the device's",
        report->missing[SSK_VIEW_WIRE], ssk_addr_text(&p->src, src), p->src_port,
        ssk_addr_text(&p->dst, dst), p->dst_port, p->first_frame[SSK_VIEW_WIRE]);
    ssk_finding_add(device, &device->findings, &device->n_findings, "udp-policy", "warning", text,
                    NULL, 0, NULL, 0);
}

static void add_clock(ssk_result *device, uint32_t flow, const ssk_match_report *report)
{
    ssk_result_clock *clocks = ssk_result_alloc(device, (device->n_clocks + 1) * sizeof *clocks);
    if (device->n_clocks)
        memcpy(clocks, device->clocks, device->n_clocks * sizeof *clocks);
    clocks[device->n_clocks++] = (ssk_result_clock){
        .flow = flow,
        .source = "two-captures",
        .side = SSK_SIDE_NONE,
        .offset = -report->offset,
        .error = report->spread,
        .samples = report->matched,
    };
    device->clocks = clocks;
}

static void add_input(ssk_result *device, const ssk_result *wire)
{
    ssk_result_input *inputs =
        ssk_result_alloc(device, (device->n_inputs + wire->n_inputs) * sizeof *inputs);
    memcpy(inputs + wire->n_inputs, device->inputs, device->n_inputs * sizeof *inputs);
    for (size_t i = 0; i < wire->n_inputs; i++) {
        ssk_result_input *to = &inputs[i];
        *to = wire->inputs[i];
        to->interfaces = ssk_result_alloc(device, to->n_interfaces * sizeof *to->interfaces);
        for (size_t k = 0; k < to->n_interfaces; k++) {
            to->interfaces[k] = wire->inputs[i].interfaces[k];
            to->interfaces[k].name = ssk_result_text(device, to->interfaces[k].name);
        }
        to->undecoded = ssk_result_alloc(device, to->n_undecoded * sizeof *to->undecoded);
        if (to->n_undecoded) /* its texts are static */
            memcpy(to->undecoded, wire->inputs[i].undecoded,
                   to->n_undecoded * sizeof *to->undecoded);
    }
    device->inputs = inputs;
    device->n_inputs += wire->n_inputs;
}

static void compare_paths(ssk_compare *compare, ssk_result *device, const ssk_result *wire)
{
    ssk_match_report best = {0};
    uint32_t best_flow = 0;
    for (guint i = 0; i < compare->order->len; i++) {
        const path *p = g_ptr_array_index(compare->order, i);
        if (!p->match)
            continue;
        ssk_match_report report;
        ssk_delivery delivery[2];
        ssk_match_measure(p->match, compare->extents, &report, delivery);
        ssk_dir dir;
        const ssk_result_flow *flow = flow_of(device, p, &dir);
        if (report.matched)
            fill_row(device, wire, p, &report, &delivery[SSK_VIEW_WIRE]);
        else if (!flow && report.missing[SSK_VIEW_WIRE] >= WORTH_TELLING)
            tell_never_arrived(device, p, &report);
        if (flow && report.has_offset && report.matched > best.matched) {
            best = report;
            best_flow = flow->id;
        }
        ssk_delivery_clear(&delivery[0]);
        ssk_delivery_clear(&delivery[1]);
    }
    if (best.matched)
        add_clock(device, best_flow, &best);
}

ssk_result *ssk_compare_snapshot(ssk_compare *compare)
{
    ssk_result *device = ssk_engine_snapshot(compare->engines[SSK_VIEW_DEVICE]);
    ssk_result *wire = ssk_engine_snapshot(compare->engines[SSK_VIEW_WIRE]);
    compare_paths(compare, device, wire);
    add_input(device, wire);
    for (size_t i = 0; i < wire->n_flows; i++)
        if (wire->flows[i].transport == SSK_TCP) {
            ssk_result_add_not_analysed(
                device, "TCP in the wire's capture",
                "compare matches UDP; TCP is judged from the device's capture alone");
            break;
        }
    if (compare->dropped)
        ssk_result_add_not_analysed(
            device,
            ssk_result_printf(device, "%" G_GUINT64_FORMAT " UDP datagrams", compare->dropped),
            ssk_result_printf(device, "beyond the first %u one-way flows",
                              (unsigned)SSK_COMPARE_FLOWS));
    ssk_result_free(wire);
    return device;
}
