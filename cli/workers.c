/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/workers.h"

#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* Jobs begun for each one at work: behind a long one, so many may have ended and wait to be told. */
#define AHEAD 8

typedef struct worker {
    pid_t pid; /* 0: has ended */
    ssk_worker_end end;
    FILE *out, *err; /* temporary files without a name */
} worker;

typedef struct crew {
    const ssk_workers *workers;
    worker *list; /* a ring of @c room */
    size_t room, begun, told;
    unsigned running;
} crew;

unsigned ssk_workers_processors(void)
{
    return g_get_num_processors();
}

/** Never returns. */
static void be_worker(const ssk_workers *workers, size_t job, const worker *self)
{
    static const int handled[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ};
    for (size_t i = 0; i < G_N_ELEMENTS(handled); i++)
        signal(handled[i], SIG_DFL); /* the files to be removed are not ours */
    if (dup2(fileno(self->out), STDOUT_FILENO) < 0 || dup2(fileno(self->err), STDERR_FILENO) < 0)
        _exit(255);
    int status = workers->run(workers->user, job);
    fflush(NULL);
    _exit(status);
}

static void drop(worker *w)
{
    if (w->out)
        fclose(w->out);
    if (w->err)
        fclose(w->err);
    *w = (worker){0};
}

static bool begin(crew *c)
{
    worker *w = &c->list[c->begun % c->room];
    *w = (worker){.out = tmpfile(), .err = tmpfile()};
    fflush(NULL); /* or it would be written twice */
    pid_t pid = w->out && w->err ? fork() : -1;
    if (pid == 0)
        be_worker(c->workers, c->begun, w);
    if (pid < 0) {
        int problem = errno;
        drop(w);
        errno = problem;
        return false;
    }
    w->pid = pid;
    c->begun++;
    c->running++;
    return true;
}

static void wait_for_one(crew *c)
{
    int status;
    pid_t pid;
    do
        pid = waitpid(-1, &status, 0);
    while (pid < 0 && errno == EINTR);
    for (size_t i = c->told; i < c->begun; i++) {
        worker *w = &c->list[i % c->room];
        if (w->pid != pid)
            continue;
        w->pid = 0;
        w->end.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
        w->end.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        c->running--;
    }
}

static void pass_on(FILE *from, FILE *to)
{
    char bytes[4096];
    rewind(from);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, from)) > 0;)
        fwrite(bytes, 1, n, to);
    fflush(to);
}

static void tell(crew *c)
{
    for (; c->told < c->begun && !c->list[c->told % c->room].pid; c->told++) {
        worker *w = &c->list[c->told % c->room];
        pass_on(w->err, stderr);
        rewind(w->out);
        c->workers->done(c->workers->user, c->told, &w->end, w->out);
        drop(w);
    }
}

bool ssk_workers_run(const ssk_workers *workers, size_t count, unsigned at_once)
{
    crew c = {.workers = workers, .room = (size_t)at_once * AHEAD};
    int problem = 0;
    c.list = g_new0(worker, c.room);
    while (c.told < count && (!problem || c.told < c.begun)) {
        while (!problem && c.running < at_once && c.begun < count && c.begun - c.told < c.room)
            if (!begin(&c))
                problem = errno;
        if (c.running)
            wait_for_one(&c);
        tell(&c);
    }
    g_free(c.list);
    errno = problem;
    return !problem;
}
