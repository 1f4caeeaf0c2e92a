/* source_ahead.c - batches of records go round between two threads.
 *
 * Whoever has a batch is alone with it, and the source beneath is the reader's
 * alone until it has ended: nothing needs a lock but the two queues.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/source_ahead.h"

#include <string.h>

/* So little that a batch is still in the cache when it is taken up. */
#define BATCH_BYTES   ((size_t)128 * 1024)
#define BATCH_RECORDS 512
/* One is filled, one emptied; the others are for moments when one side is slow. */
#define BATCHES 4

typedef struct record {
    ssk_event event;
    ssk_stamp stamp;
    ssk_process process;
    size_t bytes, name; /**< places in the batch's bytes, which move as it is filled */
} record;

/** Records in the order of the file. */
typedef struct batch {
    GByteArray *bytes; /**< of all of them */
    record list[BATCH_RECORDS];
    size_t n;
    bool last;     /**< nothing follows */
    GError *error; /**< what it ended with; NULL: the end of the file */
    int progress;  /**< when it was filled */
    bool has_dropped;
    uint64_t dropped;
} batch;

typedef struct ahead {
    ssk_source base;
    ssk_source *of;
    bool begun;
    GThread *thread; /**< NULL: not begun, or none can be had */
    GAsyncQueue *filled, *empty;
    batch *now; /**< being emptied; NULL: none yet */
    size_t at;  /**< in it */
    gint closing;
} ahead;

static size_t keep(batch *b, const void *bytes, size_t len)
{
    size_t at = b->bytes->len;
    g_byte_array_append(b->bytes, bytes, (guint)len);
    return at;
}

static void take(batch *b, const ssk_event *event, const ssk_stamp *stamp)
{
    const ssk_process *process = event->process;
    record *r = &b->list[b->n++];

    *r = (record){.event = *event, .stamp = *stamp};
    if (event->cap_len)
        r->bytes = keep(b, event->bytes, event->cap_len);
    if (process)
        r->process = *process;
    if (process && process->name)
        r->name = keep(b, process->name, strlen(process->name) + 1);
}

/** @return as the source gave it; what it points to lives as long as the batch is not filled again */
static const ssk_event *give(batch *b, record *r)
{
    if (r->event.cap_len)
        r->event.bytes = b->bytes->data + r->bytes;
    if (r->event.process)
        r->event.process = &r->process;
    if (r->process.name)
        r->process.name = (const char *)b->bytes->data + r->name;
    return &r->event;
}

static void fill(ahead *self, batch *b)
{
    ssk_event event;
    ssk_stamp stamp;

    b->n = 0;
    g_byte_array_set_size(b->bytes, 0);
    while (b->n < BATCH_RECORDS && b->bytes->len < BATCH_BYTES && !b->last) {
        if (self->of->ops->next(self->of, &event, &stamp, &b->error))
            take(b, &event, &stamp);
        else
            b->last = true;
    }
    b->progress = self->of->ops->progress(self->of);
    b->has_dropped = self->of->ops->dropped(self->of, &b->dropped);
}

static void *read_ahead(void *user)
{
    ahead *self = user;
    for (bool last = false; !last;) {
        batch *b = g_async_queue_pop(self->empty);
        if (g_atomic_int_get(&self->closing))
            b->last = true;
        else
            fill(self, b);
        last = b->last;
        g_async_queue_push(self->filled, b);
    }
    return NULL;
}

static void begin(ahead *self)
{
    self->begun = true;
    for (int i = 0; i < BATCHES; i++) {
        batch *b = g_new0(batch, 1);
        b->bytes = g_byte_array_sized_new(BATCH_BYTES);
        g_async_queue_push(self->empty, b);
    }
    self->thread = g_thread_try_new("reader", read_ahead, self, NULL);
}

static bool ahead_next(ssk_source *source, ssk_event *ret, ssk_stamp *ret_stamp, GError **error)
{
    ahead *self = (ahead *)source;

    if (!self->begun)
        begin(self);
    if (!self->thread)
        return self->of->ops->next(self->of, ret, ret_stamp, error);
    while (!self->now || self->at == self->now->n) {
        if (self->now && self->now->last) {
            if (self->now->error)
                g_propagate_error(error, g_steal_pointer(&self->now->error));
            return false;
        }
        if (self->now)
            g_async_queue_push(self->empty, self->now);
        self->now = g_async_queue_pop(self->filled);
        self->at = 0;
    }
    record *r = &self->now->list[self->at++];
    *ret = *give(self->now, r);
    *ret_stamp = r->stamp;
    return true;
}

static int ahead_progress(ssk_source *source)
{
    const ahead *self = (ahead *)source;
    if (!self->thread)
        return self->of->ops->progress(self->of);
    return self->now ? self->now->progress : -1;
}

static bool ahead_dropped(ssk_source *source, uint64_t *ret_dropped)
{
    const ahead *self = (ahead *)source;
    if (!self->thread)
        return self->of->ops->dropped(self->of, ret_dropped);
    if (self->now && self->now->has_dropped)
        *ret_dropped = self->now->dropped;
    return self->now && self->now->has_dropped;
}

static void free_batch(void *user)
{
    batch *b = user;
    g_byte_array_free(b->bytes, TRUE);
    g_clear_error(&b->error);
    g_free(b);
}

static void ahead_close(ssk_source *source)
{
    ahead *self = (ahead *)source;

    g_atomic_int_set(&self->closing, 1); /* the next batch that it gets ends it */
    if (self->now)
        g_async_queue_push(self->empty, self->now);
    for (batch *b; (b = g_async_queue_try_pop(self->filled));)
        g_async_queue_push(self->empty, b);
    if (self->thread)
        g_thread_join(self->thread);
    self->of->ops->close(self->of);
    g_async_queue_unref(self->filled);
    g_async_queue_unref(self->empty);
    g_free(self);
}

static const ssk_source_ops ahead_ops = {
    .next = ahead_next,
    .progress = ahead_progress,
    .dropped = ahead_dropped,
    .close = ahead_close,
};

ssk_source *ssk_source_ahead(ssk_source *of)
{
    ahead *self = g_new0(ahead, 1);
    self->base = *of;
    self->base.ops = &ahead_ops;
    self->of = of;
    self->filled = g_async_queue_new_full(free_batch);
    self->empty = g_async_queue_new_full(free_batch);
    return &self->base;
}
