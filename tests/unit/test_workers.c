/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/workers.h"

enum { KILLED = 7, FAILS = 11 };

typedef struct told {
    size_t next;
    unsigned killed, failed;
} told;

/* The lower its number in a group of five, the later it ends. */
static int work(void *user, size_t job)
{
    (void)user;
    volatile uint64_t sum = 0;
    for (uint64_t i = 0; i < (5 - job % 5) * 100000; i++)
        sum += i;
    (void)sum; /* or gcc 16 would warn */
    printf("job %zu says so\n", job);
    fflush(stdout);
    if (job == KILLED)
        raise(SIGKILL);
    return job == FAILS ? 3 : 0;
}

static void hear(void *user, size_t job, const ssk_worker_end *end, FILE *out)
{
    told *t = user;
    char line[64] = "", expected[64];
    g_assert_cmpuint(job, ==, t->next++);
    t->killed += end->signal == SIGKILL;
    t->failed += end->status == 3;
    g_assert_true(!end->signal == (job != KILLED));
    g_assert_true((end->status == 3) == (job == FAILS));
    g_snprintf(expected, sizeof expected, "job %zu says so\n", job);
    g_assert_nonnull(fgets(line, sizeof line, out));
    g_assert_cmpstr(line, ==, expected);
    g_assert_null(fgets(line, sizeof line, out));
}

static void run(size_t count, unsigned at_once)
{
    told t = {0};
    ssk_workers workers = {.run = work, .done = hear, .user = &t};
    g_assert_true(ssk_workers_run(&workers, count, at_once));
    g_assert_cmpuint(t.next, ==, count);
    g_assert_cmpuint(t.killed, ==, count > KILLED);
    g_assert_cmpuint(t.failed, ==, count > FAILS);
}

static void what_they_write_comes_in_order_however_many_work(void)
{
    run(0, 4);
    run(1, 4);
    run(30, 1);
    run(30, 3);
    run(100, 16);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func(
        "/workers/what they write comes in order, however many work, and one that is killed "
        "takes no other with it",
        what_they_write_comes_in_order_however_many_work);
    return g_test_run();
}
