/* workers.h - one job for each of many things, several at a time, told as if one after the other.
 *
 * Each job has a process of its own: one that crashes, or takes all memory, takes no other with it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_WORKERS_H
#define SSK_WORKERS_H

#include <stdio.h>

#include "core/base/types.h"

/** How a job ended. */
typedef struct ssk_worker_end {
    int status; /**< what the job returned, 0..255 */
    int signal; /**< that ended it; 0: none */
} ssk_worker_end;

typedef struct ssk_workers {
    /** In a process of its own. What it writes to standard output and standard error is kept. */
    int (*run)(void *user, size_t job);
    /** In this process, job after job.
     * @param out what it wrote to standard output, at its start */
    void (*done)(void *user, size_t job, const ssk_worker_end *end, FILE *out);
    void *user;
} ssk_workers;

/** Run jobs 0..count-1. What they write to standard error is passed on before done() is called.
 * @param at_once 1 or more
 * @return false with errno: no process or no temporary file to be had; jobs that had begun were told */
bool ssk_workers_run(const ssk_workers *workers, size_t count, unsigned at_once);

/** Processors at hand, 1 or more. */
unsigned ssk_workers_processors(void);

#endif
