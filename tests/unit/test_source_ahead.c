/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "cli/source_ahead.h"

/* A source of records that tell their number. */
typedef struct numbers {
    ssk_source base;
    uint32_t n, end;
    bool fails;
    bool *ret_closed;
    uint8_t bytes[4000];
    ssk_process process;
    char name[20];
} numbers;

static uint32_t size_of(uint32_t n)
{
    return n * 7919 % 4000;
}

static bool next(ssk_source *source, ssk_event *ret, ssk_stamp *ret_stamp, GError **error)
{
    numbers *self = (numbers *)source;
    if (self->n == self->end) {
        if (self->fails)
            g_set_error(error, SSK_SOURCE_ERROR, 0, "damaged after packet %u", self->n);
        return false;
    }
    uint32_t n = ++self->n;
    memset(self->bytes, (int)n, sizeof self->bytes);
    g_snprintf(self->name, sizeof self->name, "process %u", n);
    self->process = (ssk_process){.name = n % 3 ? self->name : NULL, .pid = (int32_t)n};
    *ret = (ssk_event){.time = n,
                       .bytes = self->bytes,
                       .cap_len = size_of(n),
                       .process = n % 2 ? &self->process : NULL};
    *ret_stamp = (ssk_stamp){true, n, 0};
    return true;
}

static int progress(ssk_source *source)
{
    const numbers *self = (numbers *)source;
    return self->end ? (int)(self->n * 1000 / self->end) : -1;
}

static bool dropped(ssk_source *source, uint64_t *ret_dropped)
{
    *ret_dropped = ((numbers *)source)->n;
    return true;
}

static void close_numbers(ssk_source *source)
{
    *((numbers *)source)->ret_closed = true;
    g_free(source);
}

static ssk_source *open_numbers(uint32_t end, bool fails, bool *ret_closed)
{
    static const ssk_source_ops ops = {next, progress, dropped, close_numbers};
    numbers *self = g_new0(numbers, 1);
    *self = (numbers){.base = {.ops = &ops, .path = g_strdup("numbers")},
                      .end = end,
                      .fails = fails,
                      .ret_closed = ret_closed};
    *ret_closed = false;
    return ssk_source_ahead(&self->base);
}

static bool is_number(const ssk_event *event, const ssk_stamp *stamp, uint32_t n)
{
    bool fits = event->time == n && stamp->seconds == n && event->cap_len == size_of(n) &&
                !event->process == (n % 2 == 0);
    for (uint32_t i = 0; i < event->cap_len; i += 499)
        fits = fits && event->bytes[i] == (uint8_t)n;
    if (event->process) {
        char name[20];
        g_snprintf(name, sizeof name, "process %u", n);
        fits = fits && event->process->pid == (int32_t)n &&
               g_strcmp0(event->process->name, n % 3 ? name : NULL) == 0;
    }
    return fits;
}

static void read_all(uint32_t end, bool fails)
{
    ssk_event event;
    ssk_stamp stamp;
    GError *error = NULL;
    bool closed;
    uint64_t lost = 0;
    ssk_source *source = open_numbers(end, fails, &closed);
    for (uint32_t n = 1; n <= end; n++) {
        g_assert_true(source->ops->next(source, &event, &stamp, &error));
        g_assert_true(is_number(&event, &stamp, n));
    }
    for (int again = 0; again < 2; again++) {
        g_assert_false(source->ops->next(source, &event, &stamp, &error));
        g_assert_true(again ? !error : fails == (error != NULL));
        g_clear_error(&error);
    }
    g_assert_true(source->ops->dropped(source, &lost));
    g_assert_cmpuint(lost, ==, end);
    g_assert_cmpint(source->ops->progress(source), ==, end ? 1000 : -1);
    ssk_source_close(source);
    g_assert_true(closed);
}

static void every_record_comes_whole_and_in_order(void)
{
    read_all(0, false);
    read_all(1, false);
    read_all(512, false);
    read_all(20000, false);
}

static void what_came_before_an_error_is_good(void)
{
    read_all(0, true);
    read_all(513, true);
}

static void it_may_be_closed_at_any_time(void)
{
    for (uint32_t taken = 0; taken < 3000; taken += 271) {
        ssk_event event;
        ssk_stamp stamp;
        bool closed;
        ssk_source *source = open_numbers(3000, false, &closed);
        for (uint32_t n = 1; n <= taken; n++)
            g_assert_true(source->ops->next(source, &event, &stamp, NULL));
        ssk_source_close(source);
        g_assert_true(closed);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/source_ahead/every record comes whole and in order",
                    every_record_comes_whole_and_in_order);
    g_test_add_func("/source_ahead/what came before an error is good",
                    what_came_before_an_error_is_good);
    g_test_add_func("/source_ahead/it may be closed at any time", it_may_be_closed_at_any_time);
    return g_test_run();
}
