/* result.c - memory of a result: one arena, freed as a whole.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/model/result.h"

#include <stdarg.h>
#include <string.h>

#include "core/base/addr.h"

/* Large enough that a report of a few flows is one block, small enough not to
 * matter for an empty one. */
#define BLOCK_BYTES ((size_t)16 * 1024)

typedef struct ssk_block {
    struct ssk_block *next;
    size_t size, used;
    max_align_t memory[];
} ssk_block;

struct ssk_arena {
    ssk_block *blocks; /**< the first is the one being filled */
};

ssk_result *ssk_result_new(const ssk_config *config)
{
    ssk_result *result = g_new0(ssk_result, 1);
    result->config = *config;
    result->vantage.value = SSK_VANTAGE_UNKNOWN;
    result->arena = g_new0(struct ssk_arena, 1);
    return result;
}

void ssk_result_free(ssk_result *result)
{
    if (!result)
        return;
    for (size_t i = 0; i < result->n_flows; i++) {
        ssk_hist_clear(&result->flows[i].dir[SSK_A].gaps);
        ssk_hist_clear(&result->flows[i].dir[SSK_B].gaps);
    }
    for (ssk_block *block = result->arena->blocks; block;) {
        ssk_block *next = block->next;
        g_free(block);
        block = next;
    }
    g_free(result->arena);
    g_free(result);
}

static ssk_block *block_new(size_t size)
{
    ssk_block *block = g_malloc0(sizeof *block + size);
    block->size = size;
    return block;
}

void *ssk_result_alloc(ssk_result *result, size_t size)
{
    const size_t align = sizeof(max_align_t);
    struct ssk_arena *arena = result->arena;
    ssk_block *block = arena->blocks;

    size = (size + align - 1) / align * align;
    if (size > BLOCK_BYTES / 4) { /* its own block, behind the one being filled */
        ssk_block *own = block_new(size);
        own->used = size;
        if (block) {
            own->next = block->next;
            block->next = own;
        } else {
            arena->blocks = own;
        }
        return own->memory;
    }
    if (!block || block->size - block->used < size) {
        ssk_block *fresh = block_new(BLOCK_BYTES);
        fresh->next = block;
        arena->blocks = block = fresh;
    }
    void *memory = (char *)block->memory + block->used;
    block->used += size;
    return memory;
}

static const char *keep(ssk_result *result, const char *text, size_t length)
{
    char *copy = ssk_result_alloc(result, length + 1);
    memcpy(copy, text, length);
    return copy;
}

const char *ssk_result_text(ssk_result *result, const char *text)
{
    return text ? keep(result, text, strlen(text)) : NULL;
}

const char *ssk_result_printf(ssk_result *result, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = g_strdup_vprintf(format, args);
    va_end(args);
    const char *kept = keep(result, text, strlen(text));
    g_free(text);
    return kept;
}

/* Rows come one by one, and most flows have none: room doubles in the result's arena. */
ssk_result_clock *ssk_result_add_clock(ssk_result *result)
{
    if ((result->n_clocks & (result->n_clocks - 1)) == 0) {
        size_t room = result->n_clocks ? result->n_clocks * 2 : 1;
        ssk_result_clock *rows = ssk_result_alloc(result, room * sizeof *rows);
        if (result->n_clocks)
            memcpy(rows, result->clocks, result->n_clocks * sizeof *rows);
        result->clocks = rows;
    }
    return &result->clocks[result->n_clocks++];
}

void ssk_result_add_not_analysed(ssk_result *result, const char *what, const char *why)
{
    ssk_result_not_analysed *list = ssk_result_alloc(result,
                                                     (result->n_not_analysed + 1) * sizeof *list);
    if (result->n_not_analysed)
        memcpy(list, result->not_analysed, result->n_not_analysed * sizeof *list);
    list[result->n_not_analysed++] = (ssk_result_not_analysed){what, why};
    result->not_analysed = list;
}

const char *ssk_mark_text(ssk_mark_kind kind)
{
    static const char *const names[SSK_N_MARK_KINDS] = {
        [SSK_MARK_PACKET] = "packet",
        [SSK_MARK_DATA] = "data",
        [SSK_MARK_RETRANSMISSION] = "retransmission",
        [SSK_MARK_KEEPALIVE] = "keep-alive",
        [SSK_MARK_ZERO_WINDOW] = "zero-window",
        [SSK_MARK_SYN] = "syn",
        [SSK_MARK_FIN] = "fin",
        [SSK_MARK_RST] = "rst",
        [SSK_MARK_ARP] = "arp",
        [SSK_MARK_MDNS] = "mdns",
        [SSK_MARK_LOG] = "log",
    };
    return (unsigned)kind < SSK_N_MARK_KINDS ? names[kind] : "packet";
}

const char *ssk_side_text(ssk_side side)
{
    switch (side) {
    case SSK_SIDE_A:
        return "a";
    case SSK_SIDE_B:
        return "b";
    case SSK_SIDE_PATH:
        return "path";
    case SSK_SIDE_BOTH:
        return "both";
    case SSK_SIDE_NONE:
        break;
    }
    return NULL;
}

const char *ssk_stall_kind_text(ssk_stall_kind kind)
{
    static const char *const names[SSK_N_STALL_KINDS] = {
        [SSK_STALL_SILENCE] = "silence",         [SSK_STALL_APP_SILENCE] = "app-silence",
        [SSK_STALL_NO_PROGRESS] = "no-progress", [SSK_STALL_CONNECT] = "connect",
        [SSK_STALL_ANSWER] = "answer",           [SSK_STALL_WINDOW] = "window",
    };
    return names[kind];
}

const char *ssk_recovery_text(ssk_recovery recovery)
{
    static const char *const names[SSK_N_RECOVERIES] = {
        [SSK_RECOVERY_NEVER] = "never",
        [SSK_RECOVERY_BACKLOG] = "resume-with-backlog",
        [SSK_RECOVERY_NO_BACKLOG] = "resume-without-backlog",
        [SSK_RECOVERY_RETRANSMIT] = "retransmit",
        [SSK_RECOVERY_NEW_CONNECTION] = "new-connection",
        [SSK_RECOVERY_FIN] = "fin",
        [SSK_RECOVERY_RST] = "rst",
    };
    return names[recovery];
}

const char *ssk_close_text(ssk_close close)
{
    return close == SSK_CLOSE_FIN ? "fin" : close == SSK_CLOSE_RST ? "rst" : NULL;
}

ssk_span_ns ssk_result_gap_quantile(const ssk_result_direction *dir, unsigned permille)
{
    ssk_span_ns bound = ssk_hist_quantile(&dir->gaps, permille);

    return dir->has_max_gap ? MIN(bound, dir->max_gap) : bound;
}

const ssk_result_flow *ssk_result_find_flow(const ssk_result *result, uint32_t id)
{
    size_t low = 0, high = result->n_flows; /* flows are sorted by id */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (result->flows[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < result->n_flows && result->flows[low].id == id ? &result->flows[low] : NULL;
}

bool ssk_result_flow_has(const ssk_result_flow *flow, const ssk_addr *host)
{
    return ssk_addr_equal(host, &flow->addr[SSK_A]) || ssk_addr_equal(host, &flow->addr[SSK_B]);
}

ssk_time_ns ssk_result_stall_end(const ssk_result *result, const ssk_result_stall *stall)
{
    return stall->end != SSK_TIME_NONE ? stall->end : result->inputs[0].last;
}

size_t ssk_result_find_udp(const ssk_result *result, uint32_t flow)
{
    size_t low = 0, high = result->n_udp;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (result->udp[middle].flow < flow)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
