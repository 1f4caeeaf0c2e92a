/* ground.c - how two captures stand to each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/view/ground.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"

/* Two packets so near in time: no clock drifts noticeably between them. */
#define NEAR (2 * SSK_S)
/* Differences below this are the timestamps' own. */
#define STAMP 200

/* One sampled packet in both captures. */
typedef struct joined {
    const ssk_sample *here, *there;
} joined;

/* Conversations that share packets. */
typedef struct vote {
    uint32_t here, there;
    bool turned;
    uint32_t count, syns;
} vote;

typedef struct work {
    const ssk_scout *scout[2];
    const ssk_conversation *list[2];
    ssk_ground *ground;
    GArray *samples[2];
    GArray *joins; /* of joined */
    int8_t *weak;  /* by the number of here's conversation: what few hints say of who is first */
    GHashTable *foreign[2]; /* addresses whose packets the other capture sees first; NULL: none */
} work;

/* ---- which is which ---- */

static void join(work *w)
{
    for (guint i = 0, k = 0; i < w->samples[0]->len && k < w->samples[1]->len;) {
        const ssk_sample *x = &g_array_index(w->samples[0], ssk_sample, i);
        const ssk_sample *y = &g_array_index(w->samples[1], ssk_sample, k);
        uint64_t a = x->key[w->ground->key], b = y->key[w->ground->key];
        if (a == b && w->list[0][x->conversation].ends.protocol ==
                          w->list[1][y->conversation].ends.protocol) {
            joined both = {x, y};
            g_array_append_val(w->joins, both);
        }
        i += a <= b;
        k += b <= a;
    }
    w->ground->shared = w->joins->len;
    w->ground->sampled = MIN(w->samples[0]->len, w->samples[1]->len);
}

static guint vote_hash(gconstpointer key)
{
    const vote *v = key;
    return (v->here * 2654435761u) ^ (v->there << 1 | v->turned);
}

static gboolean vote_equal(gconstpointer a, gconstpointer b)
{
    const vote *x = a, *y = b;
    return x->here == y->here && x->there == y->there && x->turned == y->turned;
}

static int by_count(const void *a, const void *b)
{
    const vote *x = *(const vote *const *)a, *y = *(const vote *const *)b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return x->here != y->here ? (x->here > y->here) - (x->here < y->here)
                              : (x->there > y->there) - (x->there < y->there);
}

static void pair_up(ssk_ground *ground, uint32_t here, uint32_t there, bool turned, uint32_t shared)
{
    ground->here[here] = (ssk_twin){.number = there, .turned = turned, .shared = shared};
    ground->there[there] = (ssk_twin){.number = here, .turned = turned, .shared = shared};
}

/* One packet alone may be alike by chance, but not what TCP numbers. */
static bool is_enough(const work *w, const vote *v)
{
    const ssk_ends *here = &w->list[0][v->here].ends, *there = &w->list[1][v->there].ends;
    return v->count > 1 || v->syns || !memcmp(here, there, sizeof *here);
}

/* Both packets that open a connection, at one and the same end: few packets, and no chance. */
static bool is_handshake(const work *w, const vote *v)
{
    const ssk_ends *here = &w->list[0][v->here].ends, *there = &w->list[1][v->there].ends;
    for (unsigned end = 0; end < 2; end++)
        if (v->syns > 1 && here->port[end] == there->port[end ^ v->turned] &&
            ssk_addr_equal(&here->addr[end], &there->addr[end ^ v->turned]))
            return true;
    return false;
}

static void pair_by_votes(work *w)
{
    GHashTable *votes = g_hash_table_new_full(vote_hash, vote_equal, g_free, NULL);
    for (guint i = 0; i < w->joins->len; i++) {
        const joined *both = &g_array_index(w->joins, joined, i);
        vote asked = {both->here->conversation, both->there->conversation,
                      both->here->from != both->there->from, 0, 0};
        vote *v = g_hash_table_lookup(votes, &asked);
        if (!v) {
            v = g_memdup2(&asked, sizeof asked);
            g_hash_table_add(votes, v);
        }
        v->count++;
        v->syns += both->here->syn;
    }
    GPtrArray *order = g_ptr_array_new();
    GHashTableIter each;
    gpointer key;
    g_hash_table_iter_init(&each, votes);
    while (g_hash_table_iter_next(&each, &key, NULL))
        g_ptr_array_add(order, key);
    if (order->len)
        qsort(order->pdata, order->len, sizeof *order->pdata, by_count);
    for (guint i = 0; i < order->len; i++) {
        const vote *v = g_ptr_array_index(order, i);
        if (w->ground->here[v->here].number == SSK_SCOUT_NONE &&
            w->ground->there[v->there].number == SSK_SCOUT_NONE && is_enough(w, v))
            pair_up(w->ground, v->here, v->there, v->turned, v->count);
        w->ground->handshake |= is_handshake(w, v);
    }
    g_ptr_array_free(order, TRUE);
    g_hash_table_destroy(votes);
}

/* What has the same addresses and ports, and no packet picked for the sample. */
static void pair_by_name(work *w)
{
    for (uint32_t i = 0; i < w->ground->n_here; i++) {
        if (w->ground->here[i].number != SSK_SCOUT_NONE)
            continue;
        uint32_t there = ssk_scout_find(w->scout[1], &w->list[0][i].ends);
        if (there != SSK_SCOUT_NONE && w->ground->there[there].number == SSK_SCOUT_NONE)
            pair_up(w->ground, i, there, false, 0);
    }
}

/* ---- who sees it first ---- */

ssk_first ssk_twin_first(const ssk_twin *twin, unsigned from)
{
    ssk_first first = (ssk_first)twin->first;
    if (first == SSK_FIRST_UNKNOWN || from == 0)
        return first;
    return first == SSK_FIRST_HERE ? SSK_FIRST_THERE : SSK_FIRST_HERE;
}

static void set_first(ssk_ground *ground, uint32_t here, ssk_first first)
{
    ssk_twin *twin = &ground->here[here], *other = &ground->there[twin->number];
    twin->first = (uint8_t)first;
    other->first = (uint8_t)ssk_twin_first(twin, twin->turned ? 1 : 0);
}

static int by_conversation(const void *a, const void *b)
{
    const joined *x = a, *y = b;
    if (x->here->conversation != y->here->conversation)
        return x->here->conversation < y->here->conversation ? -1 : 1;
    return (x->here->frame > y->here->frame) - (x->here->frame < y->here->frame);
}

/* A host that took the capture is in all of its packets, but who is in all of them did not take it
 * where the other capture has its packets sooner. */
static bool is_local(const work *w, unsigned view, const ssk_addr *addr)
{
    return ssk_scout_is_local(w->scout[view], addr) &&
           !(w->foreign[view] && g_hash_table_contains(w->foreign[view], addr));
}

typedef struct stranger {
    ssk_addr addr;
} stranger;

static void note_strangers(work *w)
{
    for (uint32_t i = 0; i < w->ground->n_here; i++) {
        const ssk_twin *twin = &w->ground->here[i];
        if (twin->number == SSK_SCOUT_NONE || twin->first == SSK_FIRST_UNKNOWN)
            continue;
        const ssk_ends *here = &w->list[0][i].ends, *there = &w->list[1][twin->number].ends;
        for (unsigned end = 0; end < 2; end++) {
            bool here_first = ssk_twin_first(twin, end) == SSK_FIRST_HERE;
            const ssk_addr *addr = here_first ? &there->addr[end ^ twin->turned] : &here->addr[end];
            (void)ssk_addr_row(&w->foreign[here_first ? 1 : 0], addr, sizeof(stranger), 65536);
        }
    }
}

/* Is this pair of packets of the conversations that were paired? */
static bool is_of_twins(const work *w, const joined *both)
{
    const ssk_twin *twin = &w->ground->here[both->here->conversation];
    return twin->number == both->there->conversation &&
           twin->turned == (both->here->from != both->there->from);
}

/* What one hint says: ends[0] sends past the capture here first, or past the one there. */
typedef struct hints {
    int64_t here, there, none;
} hints;

static void count_hint(hints *h, int sign)
{
    h->here += sign > 0;
    h->there += sign < 0;
    h->none += sign == 0;
}

static void take_turn(const joined *a, const joined *b, hints *turns)
{
    ssk_span_ns x, y, apart, difference;
    if (a->here->from == b->here->from ||
        __builtin_sub_overflow(b->here->time, a->here->time, &apart) || ABS(apart) > NEAR ||
        __builtin_sub_overflow(a->there->time, a->here->time, &x) ||
        __builtin_sub_overflow(b->there->time, b->here->time, &y) ||
        __builtin_sub_overflow(x, y, &difference) || ABS(difference) > 600 * SSK_S)
        return;
    int sign = ABS(difference) < STAMP ? 0 : difference > 0 ? 1 : -1;
    count_hint(turns, a->here->from == 0 ? sign : -sign);
}

/* A router between the two takes one off the TTL. */
static int by_ttl(const joined *a)
{
    if (!a->here->ttl || !a->there->ttl || a->here->ttl == a->there->ttl)
        return 0;
    int sign = a->here->ttl > a->there->ttl ? 1 : -1;
    return a->here->from == 0 ? sign : -sign;
}

/* Delays are never negative, so nearly all of the hints must agree; chance makes no majority. */
static int clear_sign(const hints *h, int64_t least)
{
    int64_t half = (h->here + h->there + h->none) / 2;
    if (h->here + h->there < least)
        return 0;
    return h->here > half ? 1 : h->there > half ? -1 : 0;
}

static void judge_by_packets(work *w)
{
    for (guint i = 0; i < w->joins->len;) {
        uint32_t number = g_array_index(w->joins, joined, i).here->conversation;
        hints turns = {0}, ttls = {0};
        const joined *previous = NULL;
        guint next = i;
        for (; next < w->joins->len; next++) {
            const joined *both = &g_array_index(w->joins, joined, next);
            if (both->here->conversation != number)
                break;
            if (!is_of_twins(w, both))
                continue;
            if (previous)
                take_turn(previous, both, &turns);
            count_hint(&ttls, by_ttl(both));
            previous = both;
        }
        int sign = clear_sign(&ttls, 1);
        if (!sign)
            sign = clear_sign(&turns, SSK_LIMIT(HINTS_LEAST));
        if (previous)
            w->weak[number] = (int8_t)clear_sign(&turns, 1);
        ssk_twin *twin = &w->ground->here[number];
        if (previous)
            twin->same_link = w->ground->there[twin->number].same_link = !ttls.here && !ttls.there;
        if (sign && previous)
            set_first(w->ground, number, sign > 0 ? SSK_FIRST_HERE : SSK_FIRST_THERE);
        i = next;
    }
}

typedef struct side {
    ssk_addr addr;
    int64_t nearer_here; /* packets that say so, less those that say the reverse */
} side;

static int64_t nearness(GHashTable *sides, const ssk_addr *addr)
{
    const side *s = sides ? g_hash_table_lookup(sides, addr) : NULL;
    return s ? s->nearer_here : 0;
}

/* One side so many times the other one, and once more. */
static int outweighs(int64_t here, int64_t there, int64_t ratio)
{
    return here > ratio * (there + 1) ? 1 : there > ratio * (here + 1) ? -1 : 0;
}

/* Much nearer to one another there than here. */
static bool are_bunched(ssk_span_ns here, ssk_span_ns there)
{
    return here >= SSK_LIMIT(SPREAD) && there >= 0 && there < here / SSK_LIMIT(CLOSER);
}

/* By the number of here's conversation: packets that were spread in one capture and are together in
 * the other. The joins are sorted by conversation and frame. */
static void judge_by_bunches(const work *w, int8_t *ret)
{
    uint32_t spread_here = 0, spread_there = 0;
    for (guint i = 1; i <= w->joins->len; i++) {
        const joined *a = &g_array_index(w->joins, joined, i - 1);
        const joined *b = i < w->joins->len ? &g_array_index(w->joins, joined, i) : NULL;
        uint32_t number = a->here->conversation;
        if (b && b->here->conversation == number) {
            if (a->here->from != b->here->from || !is_of_twins(w, a) || !is_of_twins(w, b))
                continue;
            ssk_span_ns apart_here, apart_there;
            if (__builtin_sub_overflow(b->here->time, a->here->time, &apart_here) ||
                __builtin_sub_overflow(b->there->time, a->there->time, &apart_there))
                continue;
            spread_here += are_bunched(apart_here, apart_there);
            spread_there += are_bunched(apart_there, apart_here);
            continue;
        }
        int sign = outweighs(spread_here, spread_there, SSK_LIMIT(BUNCHES));
        ret[number] = (int8_t)(a->here->from == 0 ? sign : -sign);
        spread_here = spread_there = 0;
    }
}

/* What a capture has of a conversation, between the first and the last packet that both have of it. */
typedef struct share {
    ssk_time_ns first, last; /* by its own clock */
    int64_t alone[2];        /* sampled packets of either end that only this capture has */
} share;

static void widen(share *s, ssk_time_ns time)
{
    s->first = MIN(s->first, time);
    s->last = MAX(s->last, time);
}

static share *share_samples(const work *w, unsigned view)
{
    size_t n = view ? w->ground->n_there : w->ground->n_here;
    share *shares = g_new(share, MAX(n, 1));
    for (size_t i = 0; i < n; i++)
        shares[i] = (share){.first = INT64_MAX, .last = INT64_MIN};
    for (guint i = 0; i < w->joins->len; i++) {
        const joined *both = &g_array_index(w->joins, joined, i);
        const ssk_sample *sample = view ? both->there : both->here;
        share *s = &shares[sample->conversation];
        if (!is_of_twins(w, both))
            continue;
        widen(s, sample->time);
        s->alone[sample->from]--;
    }
    for (guint i = 0; i < w->samples[view]->len; i++) {
        const ssk_sample *sample = &g_array_index(w->samples[view], ssk_sample, i);
        share *s = &shares[sample->conversation];
        if (sample->time >= s->first && sample->time <= s->last)
            s->alone[sample->from]++;
    }
    return shares;
}

/* @return > 0: what this end sends passes here before some of it is lost */
static int by_loss(int64_t here, int64_t there)
{
    return MAX(here, there) >= SSK_LIMIT(LOST_LEAST) ? outweighs(here, there, SSK_LIMIT(LOST_RATIO))
                                                     : 0;
}

/* By the number of here's conversation. */
static void judge_by_loss(const work *w, int8_t *ret)
{
    share *here = share_samples(w, 0), *there = share_samples(w, 1);
    for (uint32_t i = 0; i < w->ground->n_here; i++) {
        const ssk_twin *twin = &w->ground->here[i];
        if (twin->number == SSK_SCOUT_NONE)
            continue;
        const share *other = &there[twin->number];
        int sign = by_loss(here[i].alone[0], other->alone[twin->turned]) -
                   by_loss(here[i].alone[1], other->alone[!twin->turned]);
        ret[i] = (int8_t)((sign > 0) - (sign < 0));
    }
    g_free(here);
    g_free(there);
}

/* A delay has a least value and no greatest: what is late now and then is seen later there. So many
 * packets in a row are compared, no clock drifts noticeably between them. */
#define TAIL_WINDOW 32

static int by_span(const void *a, const void *b)
{
    ssk_span_ns x = *(const ssk_span_ns *)a, y = *(const ssk_span_ns *)b;
    return (x > y) - (x < y);
}

/* @param apart timestamps there less timestamps here, of TAIL_WINDOW packets that one end sent */
static int by_tail(ssk_span_ns *apart)
{
    qsort(apart, TAIL_WINDOW, sizeof *apart, by_span);
    ssk_span_ns middle = apart[TAIL_WINDOW / 2];
    ssk_span_ns above = apart[TAIL_WINDOW - 1] - middle, below = middle - apart[0];
    if (MAX(above, below) < SSK_LIMIT(TAIL_LEAST))
        return 0;
    return above > SSK_LIMIT(TAIL_RATIO) * below   ? 1
           : below > SSK_LIMIT(TAIL_RATIO) * above ? -1
                                                   : 0;
}

/* By the number of here's conversation. */
static void judge_by_tails(const work *w, int8_t *ret)
{
    hints tails = {0};
    ssk_span_ns apart[TAIL_WINDOW];
    unsigned n = 0;
    for (guint i = 0; i < w->joins->len; i++) {
        const joined *both = &g_array_index(w->joins, joined, i);
        const joined *next = i + 1 < w->joins->len ? &g_array_index(w->joins, joined, i + 1) : NULL;
        uint32_t number = both->here->conversation;
        bool fits = is_of_twins(w, both) &&
                    !__builtin_sub_overflow(both->there->time, both->here->time, &apart[n]) &&
                    ABS(apart[n]) < INT64_MAX / 4;
        n += fits;
        if (n == TAIL_WINDOW) {
            int sign = by_tail(apart);
            count_hint(&tails, both->here->from == 0 ? sign : -sign);
            n = 0;
        }
        if (!next || next->here->conversation != number) {
            if (tails.here + tails.there >= SSK_LIMIT(HINTS_LEAST))
                ret[number] = tails.here > SSK_LIMIT(TAIL_RATIO) * tails.there   ? 1
                              : tails.there > SSK_LIMIT(TAIL_RATIO) * tails.here ? -1
                                                                                 : 0;
            tails = (hints){0};
            n = 0;
        } else if (next->here->from != both->here->from) {
            n = 0;
        }
    }
}

/* More of what ends[0] sent is here, and more of what ends[1] sent there. By bytes: offload merges
 * and splits packets. */
static int by_counts(const ssk_conversation *here, const ssk_conversation *there, bool turned)
{
    int64_t more = (int64_t)(here->bytes[0] - there->bytes[turned]) -
                   (int64_t)(here->bytes[1] - there->bytes[!turned]);
    if (!more)
        more = (int64_t)(here->packets[0] - there->packets[turned]) -
               (int64_t)(here->packets[1] - there->packets[!turned]);
    return (more > 0) - (more < 0);
}

static int by_locality(const work *w, const ssk_conversation *here, const ssk_conversation *there,
                       bool turned)
{
    int sign = 0;
    for (unsigned end = 0; end < 2; end++) {
        int at = is_local(w, 0, &here->ends.addr[end]) -
                 is_local(w, 1, &there->ends.addr[end ^ turned]);
        sign += end == 0 ? at : -at;
    }
    return (sign > 0) - (sign < 0);
}

/* What is lost of one conversation of two hosts says something about their others: only later
 * fragments may be lost, which are a conversation of their own. */
static GHashTable *hosts_by_loss(const work *w, const int8_t *losses)
{
    GHashTable *sides = NULL;
    for (uint32_t i = 0; i < w->ground->n_here; i++)
        for (unsigned end = 0; end < 2 && losses[i]; end++) {
            side *row = ssk_addr_row(&sides, &w->list[0][i].ends.addr[end], sizeof(side), 65536);
            if (row)
                row->nearer_here += end ? -losses[i] : losses[i];
        }
    return sides;
}

/* One-way streams, and those of which too little was sampled: by what other
 * conversations show about the same hosts. */
static void judge_by_hosts(work *w)
{
    GHashTable *sides = NULL;
    for (uint32_t i = 0; i < w->ground->n_here; i++) {
        const ssk_twin *twin = &w->ground->here[i];
        for (unsigned end = 0; end < 2 && twin->first != SSK_FIRST_UNKNOWN; end++) {
            side *row = ssk_addr_row(&sides, &w->list[0][i].ends.addr[end], sizeof(side), 65536);
            int64_t weight = 1 + twin->shared;
            if (row)
                row->nearer_here += ssk_twin_first(twin, end) == SSK_FIRST_HERE ? weight : -weight;
        }
    }
    int8_t *bunches = g_new0(int8_t, MAX(w->ground->n_here, 1));
    judge_by_bunches(w, bunches);
    int8_t *losses = g_new0(int8_t, MAX(w->ground->n_here, 1));
    judge_by_loss(w, losses);
    GHashTable *lossy = hosts_by_loss(w, losses);
    int8_t *tails = g_new0(int8_t, MAX(w->ground->n_here, 1));
    judge_by_tails(w, tails);
    for (uint32_t i = 0; i < w->ground->n_here; i++) {
        const ssk_twin *twin = &w->ground->here[i];
        if (twin->number == SSK_SCOUT_NONE || twin->first != SSK_FIRST_UNKNOWN)
            continue;
        const ssk_conversation *here = &w->list[0][i], *there = &w->list[1][twin->number];
        int64_t sign = nearness(sides, &here->ends.addr[0]) - nearness(sides, &here->ends.addr[1]);
        if (!sign)
            sign = by_locality(w, here, there, twin->turned);
        if (!sign)
            sign = w->weak[i];
        if (!sign)
            sign = losses[i];
        if (!sign)
            sign = nearness(lossy, &here->ends.addr[0]) - nearness(lossy, &here->ends.addr[1]);
        if (!sign)
            sign = tails[i];
        if (!sign)
            sign = bunches[i];
        if (!sign)
            sign = by_counts(here, there, twin->turned);
        if (sign)
            set_first(w->ground, i, sign > 0 ? SSK_FIRST_HERE : SSK_FIRST_THERE);
    }
    g_free(bunches);
    g_free(losses);
    g_free(tails);
    if (sides)
        g_hash_table_destroy(sides);
    if (lossy)
        g_hash_table_destroy(lossy);
}

/* ---- who should have seen what ---- */

/* It crosses both: enough of it is in both, or the other capture is of one of its hosts. */
static bool is_on_path(const work *w, unsigned view, uint32_t number)
{
    const ssk_twin *twin = view ? &w->ground->there[number] : &w->ground->here[number];
    if (twin->number == SSK_SCOUT_NONE)
        return false;
    const ssk_conversation *own = &w->list[view][number], *other = &w->list[!view][twin->number];
    uint64_t least = MIN(own->packets[0] + own->packets[1], other->packets[0] + other->packets[1]);
    for (unsigned end = 0; end < 2; end++)
        if (is_local(w, !view, &other->ends.addr[end]))
            return true;
    return twin->shared >= SSK_LIMIT(ON_PATH_LEAST) ||
           twin->shared * SSK_LIMIT(ON_PATH_TENTH) >= least;
}

/* Two addresses as they are named in one capture. */
typedef struct hosts {
    ssk_addr addr[2];
} hosts;

static guint hosts_hash(gconstpointer key)
{
    return (guint)ssk_hash(key, sizeof(hosts));
}

static gboolean hosts_equal(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(hosts));
}

/* What NAT calls otherwise there. */
typedef struct alias {
    ssk_addr addr, other;
    bool nearer; /* the other capture sees first what it sends */
} alias;

/* Behind one address of a NAT are several hosts. The other capture, which is nearer to one of them, would
 * have had what that one sent: where it has none of it, this conversation is a neighbor's. */
static bool is_of_neighbour(const ssk_conversation *c, unsigned end, const alias *row)
{
    return row && row->nearer && !ssk_addr_equal(&row->addr, &row->other) && c->packets[end] &&
           (c->bytes[end] || c->opener == (int)end);
}

static void expect(work *w, unsigned view)
{
    GHashTable *known = g_hash_table_new_full(hosts_hash, hosts_equal, g_free, NULL);
    GHashTable *aliases = NULL, *talkers = NULL;
    ssk_twin *twins = view ? w->ground->there : w->ground->here;
    size_t n = view ? w->ground->n_there : w->ground->n_here;
    for (uint32_t i = 0; i < n; i++) {
        twins[i].expected = is_on_path(w, view, i);
        const ssk_ends *own = &w->list[view][i].ends;
        /* A question for an address goes to everybody, its answer does not. */
        if (own->protocol == SSK_PRINT_ARP)
            twins[i].expected = false;
        if (!twins[i].expected || !twins[i].shared)
            continue;
        const ssk_ends *other = &w->list[!view][twins[i].number].ends;
        hosts pair = {{own->addr[0], own->addr[1]}};
        g_hash_table_add(known, g_memdup2(&pair, sizeof pair));
        for (unsigned end = 0; end < 2; end++) {
            alias *row = ssk_addr_row(&aliases, &own->addr[end], sizeof(alias), 65536);
            if (row) {
                row->other = other->addr[end ^ twins[i].turned];
                row->nearer = ssk_twin_first(&twins[i], end) ==
                              (view ? SSK_FIRST_HERE : SSK_FIRST_THERE);
            }
            if (twins[i].same_link)
                (void)ssk_addr_row(&talkers, &own->addr[end], sizeof(alias), 65536);
        }
    }
    for (uint32_t i = 0; i < n; i++) {
        const ssk_ends *own = &w->list[view][i].ends;
        hosts pair = {{own->addr[0], own->addr[1]}};
        if (twins[i].number != SSK_SCOUT_NONE || own->protocol == SSK_PRINT_ARP)
            continue;
        twins[i].expected = g_hash_table_contains(known, &pair);
        for (unsigned end = 0; end < 2; end++) {
            const alias *row = aliases ? g_hash_table_lookup(aliases, &own->addr[end]) : NULL;
            twins[i].expected |= is_local(w, !view, row ? &row->other : &own->addr[end]) ||
                                 (w->list[view][i].group && talkers &&
                                  g_hash_table_contains(talkers, &own->addr[end]));
        }
        for (unsigned end = 0; end < 2; end++) {
            const alias *row = aliases ? g_hash_table_lookup(aliases, &own->addr[end]) : NULL;
            twins[i].expected &= !is_of_neighbour(&w->list[view][i], end, row);
        }
    }
    g_hash_table_destroy(known);
    if (aliases)
        g_hash_table_destroy(aliases);
    if (talkers)
        g_hash_table_destroy(talkers);
}

/* One-way streams that only one of them has, though the other should: that one is at the receiver. */
static double starved_side(const work *w, unsigned view)
{
    const ssk_twin *twins = view ? w->ground->there : w->ground->here;
    size_t n = view ? w->ground->n_there : w->ground->n_here;
    for (uint32_t i = 0; i < n; i++) {
        const ssk_conversation *c = &w->list[view][i];
        if (twins[i].number == SSK_SCOUT_NONE && twins[i].expected && c->ends.protocol == SSK_UDP &&
            (!c->packets[0] || !c->packets[1]))
            return 0.5;
    }
    return 0;
}

/* Who opens a connection is a client; so is who receives a stream. */
static int client_of(const ssk_conversation *c, const ssk_conversation *twin, bool turned)
{
    if (c->ends.protocol == SSK_TCP)
        return c->opener >= 0 ? c->opener : twin->opener >= 0 ? twin->opener ^ turned : -1;
    for (int from = 0; from < 2; from++)
        if (c->ends.protocol == SSK_UDP && c->bytes[from] > 4 * c->bytes[!from])
            return !from;
    return -1;
}

static double client_side(const work *w)
{
    double sum = starved_side(w, 1) - starved_side(w, 0);
    for (uint32_t i = 0; i < w->ground->n_here; i++) {
        const ssk_twin *twin = &w->ground->here[i];
        const ssk_conversation *c = &w->list[0][i];
        if (twin->number == SSK_SCOUT_NONE || twin->first == SSK_FIRST_UNKNOWN)
            continue;
        double weight = 1 + twin->shared;
        int client = client_of(c, &w->list[1][twin->number], twin->turned);
        if (client >= 0)
            sum += ssk_twin_first(twin, (unsigned)client) == SSK_FIRST_HERE ? weight : -weight;
    }
    return sum;
}

/* ---- the clocks ---- */

static uint64_t fitting(const ssk_pace *pace)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < pace->n_pieces; i++)
        sum += pace->pieces[i].crossings;
    return sum;
}

/* Who does not say which end is nearer would bound the clocks from both sides, by a delay on one. */
static size_t drop_unknown(ssk_crossing *list, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (list[i].first != SSK_FIRST_UNKNOWN)
            list[kept++] = list[i];
    return kept;
}

static void compare_clocks(work *w)
{
    ssk_crossing *list = g_new(ssk_crossing, MAX(w->joins->len, 1));
    size_t n = 0, known = 0;
    for (guint i = 0; i < w->joins->len; i++) {
        const joined *both = &g_array_index(w->joins, joined, i);
        if (!is_of_twins(w, both))
            continue;
        const ssk_twin *twin = &w->ground->here[both->here->conversation];
        list[n++] = (ssk_crossing){.here = both->here->time,
                                   .there = both->there->time,
                                   .here_frame = both->here->frame,
                                   .there_frame = both->there->frame,
                                   .first = (uint8_t)ssk_twin_first(twin, both->here->from)};
        known += list[n - 1].first != SSK_FIRST_UNKNOWN;
    }
    if (known >= SSK_LIMIT(SHARED_LEAST))
        n = drop_unknown(list, n);
    ssk_pace_find(list, n, &w->ground->pace);
    /* Where nothing tells who was first and the delay changes, no one clock fits both; one of them is right. */
    if (known < SSK_LIMIT(SHARED_LEAST) &&
        (w->ground->pace.n_pieces > 1 || fitting(&w->ground->pace) * 2 < n)) {
        for (size_t i = 0; i < n; i++)
            if (list[i].first == SSK_FIRST_UNKNOWN)
                list[i].first = SSK_FIRST_HERE;
        ssk_pace_find(list, n, &w->ground->pace);
    }
    g_free(list);
}

bool ssk_ground_is_unrelated(const ssk_ground *ground)
{
    uint64_t fit = fitting(&ground->pace);
    return !ground->handshake && fit < SSK_LIMIT(SHARED_LEAST) && fit * 2 <= ground->sampled;
}

static void judge_as_told(work *w, int told)
{
    for (uint32_t i = 0; told && i < w->ground->n_here; i++) {
        const ssk_twin *twin = &w->ground->here[i];
        if (twin->number == SSK_SCOUT_NONE)
            continue;
        int client = client_of(&w->list[0][i], &w->list[1][twin->number], twin->turned);
        if (client >= 0)
            set_first(w->ground, i, (client == 0) == (told > 0) ? SSK_FIRST_HERE : SSK_FIRST_THERE);
    }
}

ssk_ground *ssk_ground_new(const ssk_scout *here, const ssk_scout *there, int told)
{
    ssk_ground *ground = g_new0(ssk_ground, 1);
    work w = {.scout = {here, there}, .ground = ground};
    w.list[0] = ssk_scout_conversations(here, &ground->n_here);
    w.list[1] = ssk_scout_conversations(there, &ground->n_there);
    ground->here = g_new0(ssk_twin, MAX(ground->n_here, 1));
    ground->there = g_new0(ssk_twin, MAX(ground->n_there, 1));
    for (size_t i = 0; i < ground->n_here; i++)
        ground->here[i].number = SSK_SCOUT_NONE;
    for (size_t i = 0; i < ground->n_there; i++)
        ground->there[i].number = SSK_SCOUT_NONE;
    ground->key = ssk_scout_is_cut(here) || ssk_scout_is_cut(there);
    w.samples[0] = ssk_scout_samples(here, ground->key);
    w.samples[1] = ssk_scout_samples(there, ground->key);
    w.joins = g_array_new(FALSE, FALSE, sizeof(joined));
    w.weak = g_new0(int8_t, MAX(ground->n_here, 1));
    join(&w);
    pair_by_votes(&w);
    pair_by_name(&w);
    if (w.joins->len)
        qsort(w.joins->data, w.joins->len, sizeof(joined), by_conversation);
    judge_by_packets(&w);
    judge_as_told(&w, told);
    note_strangers(&w);
    judge_by_hosts(&w);
    compare_clocks(&w);
    expect(&w, 0);
    expect(&w, 1);
    ground->nearer_client = client_side(&w);
    if (told && (ground->nearer_client > 0) != (told > 0))
        ground->nearer_client = told; /* nothing of theirs tells clients from servers */
    g_array_free(w.joins, TRUE);
    g_free(w.weak);
    for (unsigned view = 0; view < 2; view++)
        if (w.foreign[view])
            g_hash_table_destroy(w.foreign[view]);
    g_array_free(w.samples[0], TRUE);
    g_array_free(w.samples[1], TRUE);
    return ground;
}

void ssk_ground_free(ssk_ground *ground)
{
    if (!ground)
        return;
    g_free(ground->here);
    g_free(ground->there);
    g_free(ground);
}
