/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/interrupt.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static struct sigaction before;
static bool spared;

static void on_first(int number)
{
    static const char text[] = "\nstallshark: the report follows when the pipe is closed; "
                               "Ctrl-C again ends without one\n";
    ssize_t written = write(STDERR_FILENO, text, sizeof text - 1);
    (void)written;
    sigaction(number, &before, NULL);
}

void ssk_interrupt_spare(void)
{
    struct sigaction action = {.sa_handler = on_first, .sa_flags = SA_RESTART};
    if (spared || sigaction(SIGINT, NULL, &before) != 0 || before.sa_handler == SIG_IGN)
        return;
    sigemptyset(&action.sa_mask);
    spared = sigaction(SIGINT, &action, NULL) == 0;
}

void ssk_interrupt_restore(void)
{
    if (spared)
        sigaction(SIGINT, &before, NULL);
    spared = false;
}
