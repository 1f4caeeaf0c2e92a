/* scout.c - the first reading of one capture: who talks in it, and a sample of what.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/view/scout.h"

#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"

/* Addresses counted to see whose capture it is. */
#define HOSTS 256

typedef struct host {
    ssk_addr addr;
    uint64_t packets;
} host;

struct ssk_scout {
    ssk_copies copies;
    GArray *conversations; /* of ssk_conversation */
    GArray *by_hosts;      /* their numbers, in the order of their two addresses */
    GHashTable *index;     /* ends -> number + 1 */
    GArray *samples;
    guint n_syns;
    uint64_t mask;
    uint64_t packets, dropped;
    ssk_time_ns first, last;
    bool cut;
    GHashTable *hosts;   /* of host; NULL: none yet */
    uint64_t unicast[2]; /* IPv4, IPv6 */
};

static guint ends_hash(gconstpointer key)
{
    return (guint)ssk_hash(key, sizeof(ssk_ends));
}

static gboolean ends_equal(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(ssk_ends));
}

ssk_scout *ssk_scout_new(void)
{
    ssk_scout *scout = g_new0(ssk_scout, 1);
    scout->conversations = g_array_new(FALSE, TRUE, sizeof(ssk_conversation));
    scout->by_hosts = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    scout->index = g_hash_table_new_full(ends_hash, ends_equal, g_free, NULL);
    scout->samples = g_array_new(FALSE, FALSE, sizeof(ssk_sample));
    scout->first = scout->last = SSK_TIME_NONE;
    return scout;
}

void ssk_scout_free(ssk_scout *scout)
{
    if (!scout)
        return;
    g_array_free(scout->conversations, TRUE);
    g_array_free(scout->by_hosts, TRUE);
    g_hash_table_destroy(scout->index);
    g_array_free(scout->samples, TRUE);
    if (scout->hosts)
        g_hash_table_destroy(scout->hosts);
    g_free(scout);
}

uint32_t ssk_scout_find(const ssk_scout *scout, const ssk_ends *ends)
{
    guint number = GPOINTER_TO_UINT(g_hash_table_lookup(scout->index, ends));
    return number ? number - 1 : SSK_SCOUT_NONE;
}

static uint32_t conversation_of(ssk_scout *scout, const ssk_ends *ends)
{
    uint32_t number = ssk_scout_find(scout, ends);
    if (number != SSK_SCOUT_NONE)
        return number;
    if (scout->conversations->len == SSK_SCOUT_CONVERSATIONS) {
        scout->dropped++;
        return SSK_SCOUT_NONE;
    }
    ssk_conversation added = {.ends = *ends,
                              .opener = -1,
                              .first = SSK_TIME_NONE,
                              .last = SSK_TIME_NONE,
                              .heard = {SSK_TIME_NONE, SSK_TIME_NONE},
                              .turn = {INT64_MAX, INT64_MAX}};
    number = scout->conversations->len;
    g_array_append_val(scout->conversations, added);
    g_hash_table_insert(scout->index, g_memdup2(ends, sizeof *ends), GUINT_TO_POINTER(number + 1));
    return number;
}

static void widen(ssk_time_ns time, ssk_time_ns *first, ssk_time_ns *last)
{
    if (time == SSK_TIME_NONE)
        return;
    if (*first == SSK_TIME_NONE || time < *first)
        *first = time;
    if (*last == SSK_TIME_NONE || time > *last)
        *last = time;
}

/* ---- whose capture it is ---- */

static bool is_group(const ssk_packet *packet)
{
    const ssk_addr *dst = &packet->ip.dst;
    return (packet->link.has_macs && (packet->link.dst.bytes[0] & 1)) ||
           ssk_addr_is_multicast(dst) || (dst->family == 4 && dst->bytes[0] == 255);
}

static void count_hosts(ssk_scout *scout, const ssk_packet *packet)
{
    bool flow = packet->kind == SSK_PACKET_TCP || packet->kind == SSK_PACKET_UDP;
    if (!flow || is_group(packet))
        return;
    const ssk_addr *both[] = {&packet->ip.src, &packet->ip.dst};
    scout->unicast[packet->ip.version == 6]++;
    for (int i = 0; i < 2; i++) {
        host *row = ssk_addr_row(&scout->hosts, both[i], sizeof(host), HOSTS);
        if (row)
            row->packets++;
    }
}

static bool is_in_all(const ssk_scout *scout, const host *row)
{
    uint64_t all = scout->unicast[row->addr.family == 6];
    return row->packets >= SSK_LIMIT(LOCAL_LEAST) &&
           row->packets * 1000 >= all * SSK_LIMIT(LOCAL_PERMILLE);
}

bool ssk_scout_may_be_local(const ssk_scout *scout, const ssk_addr *addr)
{
    const host *row = scout->hosts ? g_hash_table_lookup(scout->hosts, addr) : NULL;
    return row && is_in_all(scout, row);
}

/* Where only two hosts talk, it may be the one or the other. */
bool ssk_scout_is_local(const ssk_scout *scout, const ssk_addr *addr)
{
    const host *row = scout->hosts ? g_hash_table_lookup(scout->hosts, addr) : NULL;
    GHashTableIter each;
    gpointer value;
    if (!row || !is_in_all(scout, row))
        return false;
    g_hash_table_iter_init(&each, scout->hosts);
    while (g_hash_table_iter_next(&each, NULL, &value))
        if (value != row && ((const host *)value)->addr.family == addr->family &&
            is_in_all(scout, value))
            return false;
    return true;
}

/* How fast it answers, and from how far its packets come. */
static void time_turns(ssk_conversation *c, const ssk_print *print, ssk_time_ns time)
{
    ssk_span_ns turn;
    unsigned from = print->from;
    /* What stacks begin with. */
    c->fresh[from] = print->ttl == 64 || print->ttl == 128 || print->ttl == 255;
    if (time == SSK_TIME_NONE)
        return;
    if (c->heard[!from] != SSK_TIME_NONE &&
        (c->heard[from] == SSK_TIME_NONE || c->heard[from] <= c->heard[!from]) &&
        !__builtin_sub_overflow(time, c->heard[!from], &turn) && turn >= 0)
        c->turn[from] = MIN(c->turn[from], turn);
    c->heard[from] = time;
}

/* ---- the sample ---- */

static void thin_out(ssk_scout *scout)
{
    scout->mask = scout->mask << 1 | 1;
    guint kept = 0;
    scout->n_syns = 0;
    for (guint i = 0; i < scout->samples->len; i++) {
        ssk_sample s = g_array_index(scout->samples, ssk_sample, i);
        if (s.key[0] & scout->mask && !(s.syn && scout->n_syns < SSK_SCOUT_SAMPLES / 4))
            continue;
        scout->n_syns += s.syn;
        g_array_index(scout->samples, ssk_sample, kept++) = s;
    }
    g_array_set_size(scout->samples, kept);
}

static void take_sample(ssk_scout *scout, const ssk_print *print, const ssk_event *event,
                        uint32_t conversation)
{
    uint64_t wide = print->head ? print->head : print->key[0];
    bool picked = !(wide & scout->mask) || (print->syn && scout->n_syns < SSK_SCOUT_SAMPLES / 4);
    if (!picked || event->time == SSK_TIME_NONE)
        return;
    ssk_sample s = {.key = {wide, print->head ? print->head : print->key[1]},
                    .time = event->time,
                    .frame = event->frame,
                    .conversation = conversation,
                    .from = print->from,
                    .ttl = print->ttl,
                    .syn = print->syn};
    g_array_append_val(scout->samples, s);
    scout->n_syns += print->syn;
    if (scout->samples->len == SSK_SCOUT_SAMPLES)
        thin_out(scout);
}

void ssk_scout_add(ssk_scout *scout, const ssk_event *event)
{
    ssk_packet packet;
    ssk_print print;
    if (event->kind != SSK_EVENT_FRAME)
        return;
    scout->packets++;
    widen(event->time, &scout->first, &scout->last);
    ssk_decode_packet(event, &packet);
    if (!ssk_print_of(&packet, &print) || ssk_copies_again(&scout->copies, &packet))
        return;
    count_hosts(scout, &packet);
    scout->cut |= print.cut;
    uint32_t number = conversation_of(scout, &print.ends);
    if (number == SSK_SCOUT_NONE)
        return;
    ssk_conversation *c = &g_array_index(scout->conversations, ssk_conversation, number);
    c->packets[print.from]++;
    c->bytes[print.from] += print.len;
    c->group |= print.ends.protocol != SSK_PRINT_ARP && is_group(&packet);
    widen(event->time, &c->first, &c->last);
    time_turns(c, &print, event->time);
    if (print.syn && !(packet.tcp.flags & SSK_TCP_ACK))
        c->opener = (int8_t)print.from;
    else if (print.syn && c->opener < 0)
        c->opener = !print.from;
    take_sample(scout, &print, event, number);
}

/* ---- asking ---- */

uint64_t ssk_scout_packets(const ssk_scout *scout)
{
    return scout->packets;
}

ssk_time_ns ssk_scout_first(const ssk_scout *scout)
{
    return scout->first;
}

ssk_time_ns ssk_scout_last(const ssk_scout *scout)
{
    return scout->last;
}

bool ssk_scout_is_cut(const ssk_scout *scout)
{
    return scout->cut;
}

uint64_t ssk_scout_dropped(const ssk_scout *scout)
{
    return scout->dropped;
}

const ssk_conversation *ssk_scout_conversations(const ssk_scout *scout, size_t *ret_count)
{
    *ret_count = scout->conversations->len;
    return (const ssk_conversation *)(const void *)scout->conversations->data;
}

/* Ends stand in the order of their addresses. */
static int compare_hosts(const ssk_addr *a, const ssk_addr *b, const ssk_ends *ends)
{
    bool turned = memcmp(a, b, sizeof *a) > 0;
    int order = memcmp(turned ? b : a, &ends->addr[0], sizeof *a);
    return order ? order : memcmp(turned ? a : b, &ends->addr[1], sizeof *a);
}

static int by_hosts(const void *a, const void *b, void *scout)
{
    const GArray *list = ((const ssk_scout *)scout)->conversations;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    const ssk_ends *ends = &g_array_index(list, ssk_conversation, x).ends;
    int order = compare_hosts(&ends->addr[0], &ends->addr[1],
                              &g_array_index(list, ssk_conversation, y).ends);
    return order ? order : (x > y) - (x < y);
}

static void sort_by_hosts(ssk_scout *scout)
{
    guint n = scout->conversations->len;
    if (scout->by_hosts->len == n)
        return;
    g_array_set_size(scout->by_hosts, n);
    for (guint i = 0; i < n; i++)
        g_array_index(scout->by_hosts, uint32_t, i) = i;
    g_array_sort_with_data(scout->by_hosts, by_hosts, scout);
}

const uint32_t *ssk_scout_between(ssk_scout *scout, const ssk_addr *a, const ssk_addr *b,
                                  size_t *ret_count)
{
    sort_by_hosts(scout);
    const uint32_t *list = (const uint32_t *)(const void *)scout->by_hosts->data;
    guint bounds[2]; /* the first that is not before them, the first behind them */
    for (int bound = 0; bound < 2; bound++) {
        guint low = bound ? bounds[0] : 0, high = scout->by_hosts->len;
        while (low < high) {
            guint middle = low + (high - low) / 2;
            const ssk_conversation *c = &g_array_index(scout->conversations, ssk_conversation,
                                                       list[middle]);
            int order = compare_hosts(a, b, &c->ends);
            if (order > 0 || (order == 0 && bound))
                low = middle + 1;
            else
                high = middle;
        }
        bounds[bound] = low;
    }
    *ret_count = bounds[1] - bounds[0];
    return list ? list + bounds[0] : NULL;
}

static int by_key(const void *a, const void *b, unsigned which)
{
    const ssk_sample *x = a, *y = b;
    return (x->key[which] > y->key[which]) - (x->key[which] < y->key[which]);
}

static int by_long(const void *a, const void *b)
{
    return by_key(a, b, 0);
}

static int by_short(const void *a, const void *b)
{
    return by_key(a, b, 1);
}

GArray *ssk_scout_samples(const ssk_scout *scout, unsigned which)
{
    GArray *list = g_array_sized_new(FALSE, FALSE, sizeof(ssk_sample), scout->samples->len);
    if (!scout->samples->len)
        return list;
    g_array_append_vals(list, scout->samples->data, scout->samples->len);
    qsort(list->data, list->len, sizeof(ssk_sample), which ? by_short : by_long);
    ssk_sample *all = (ssk_sample *)(void *)list->data;
    guint kept = 0;
    for (guint i = 0; i < list->len;) {
        guint next = i + 1;
        while (next < list->len && all[next].key[which] == all[i].key[which])
            next++;
        if (next == i + 1)
            all[kept++] = all[i];
        i = next;
    }
    g_array_set_size(list, kept);
    return list;
}
