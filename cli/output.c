/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/output.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/options.h"
#include "cli/source.h"

struct ssk_output {
    char *path, *name; /* path NULL: standard output; name: for messages */
    char *temporary;   /* NULL: written to directly */
    gboolean force;
    FILE *file;
    int problem; /* errno of the first failed write; 0: none */
};

GQuark ssk_output_error_quark(void)
{
    return g_quark_from_static_string("ssk-output-error");
}

/* ---- signals ---- */

/* One output is open at a time. The handler may only read this. */
static char *volatile unfinished;

static char *const *volatile guarded;

static void on_signal(int number)
{
    if (unfinished)
        unlink(unfinished);
    for (char *const *path = guarded; path && *path; path++)
        if (unlink(*path) != 0)
            rmdir(*path);
    signal(number, SIG_DFL);
    raise(number);
}

void ssk_output_guard(char *const *paths)
{
    guarded = paths;
}

void ssk_output_catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ};
    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        struct sigaction action = {.sa_handler = on_signal}, old;
        sigemptyset(&action.sa_mask);
        sigaction(numbers[i], NULL, &old);
        if (old.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
}

unsigned ssk_output_columns(const ssk_output *output)
{
    struct winsize size;
    int descriptor = fileno(output->file);

    return isatty(descriptor) && ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool ssk_output_color(const ssk_output *output, ssk_color wanted)
{
    const char *off = g_getenv("NO_COLOR"), *terminal = g_getenv("TERM");
    if (wanted != SSK_COLOR_AUTO)
        return wanted == SSK_COLOR_ALWAYS;
    return isatty(fileno(output->file)) && !(off && *off) && terminal &&
           strcmp(terminal, "dumb") != 0;
}

/* ---- open, commit, cancel ---- */

static void set_error(GError **error, const ssk_output *output, const char *what)
{
    g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: %s", output->name, what);
}

static void output_free(ssk_output *output)
{
    unfinished = NULL;
    g_free(output->temporary);
    g_free(output->path);
    g_free(output->name);
    g_free(output);
}

/** @return FALSE with an error, or output->file is set */
static gboolean open_temporary(ssk_output *output, GError **error)
{
    output->temporary = g_strdup_printf("%s.XXXXXX", output->path);
    int fd = g_mkstemp_full(output->temporary, O_RDWR, 0666);
    if (fd < 0) {
        int problem = errno;
        g_clear_pointer(&output->temporary, g_free);
        set_error(error, output,
                  problem == ENOENT || problem == ENOTDIR ? "no such folder" : g_strerror(problem));
        return FALSE;
    }
    unfinished = output->temporary;
    output->file = fdopen(fd, "wb");
    return TRUE;
}

static gboolean open_path(ssk_output *output, GError **error)
{
    struct stat info;
    if (stat(output->path, &info) != 0)
        return open_temporary(output, error);
    if (S_ISDIR(info.st_mode)) {
        set_error(error, output, "is a folder; give a file name in it");
        return FALSE;
    }
    if (S_ISREG(info.st_mode)) {
        if (!output->force) {
            set_error(error, output, "exists; --force replaces it");
            return FALSE;
        }
        return open_temporary(output, error);
    }
    output->file = fopen(output->path, "wb");
    if (!output->file)
        set_error(error, output, g_strerror(errno));
    return output->file != NULL;
}

/** A file that a link leads to is the one to replace, as a shell's redirection would. */
static char *behind_link(const char *path)
{
    struct stat info;
    char *real = NULL;
    if (lstat(path, &info) == 0 && S_ISLNK(info.st_mode) && stat(path, &info) == 0 &&
        S_ISREG(info.st_mode))
        real = realpath(path, NULL);
    char *behind = g_strdup(real ? real : path);
    free(real);
    return behind;
}

ssk_output *ssk_output_open(const char *path, gboolean force, GError **error)
{
    ssk_output *output = g_new0(ssk_output, 1);
    output->force = force;
    if (!path || !strcmp(path, "-")) {
        output->name = g_strdup("standard output");
        output->file = stdout;
        return output;
    }
    if (!*path) {
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "-o: no file name given");
        output_free(output);
        return NULL;
    }
    output->path = behind_link(path);
    output->name = ssk_source_name(path);
    if (!open_path(output, error)) {
        output_free(output);
        return NULL;
    }
    return output;
}

void ssk_output_write(ssk_output *output, const void *bytes, size_t length)
{
    if (output->problem)
        return;
    errno = 0;
    if (fwrite(bytes, 1, length, output->file) != length)
        output->problem = errno ? errno : EIO;
}

int ssk_output_descriptor(ssk_output *output)
{
    fflush(output->file);
    return dup(fileno(output->file));
}

/** Without --force nothing that came into being meanwhile is replaced: link()
 * fails where rename() would not. */
static int take_name(const ssk_output *output)
{
    struct stat info;
    if (output->force)
        return rename(output->temporary, output->path);
    if (link(output->temporary, output->path) == 0)
        return unlink(output->temporary);
    if (errno == EEXIST)
        return -1;
    if (lstat(output->path, &info) == 0) { /* a file system without links */
        errno = EEXIST;
        return -1;
    }
    return rename(output->temporary, output->path);
}

gboolean ssk_output_commit(ssk_output *output, GError **error)
{
    FILE *file = output->file;
    int problem = output->problem;

    if (fflush(file) != 0 && !problem)
        problem = errno;
    if (!problem && output->temporary && fsync(fileno(file)) != 0)
        problem = errno;
    if (file != stdout && fclose(file) != 0 && !problem)
        problem = errno;
    output->file = NULL;
    if (!problem && output->temporary && take_name(output) != 0)
        problem = errno;
    if (!problem) {
        output_free(output);
        return TRUE;
    }
    set_error(error, output,
              problem == EEXIST ? "exists; --force replaces it" : g_strerror(problem));
    ssk_output_cancel(output);
    return FALSE;
}

void ssk_output_cancel(ssk_output *output)
{
    if (!output)
        return;
    if (output->file && output->file != stdout)
        fclose(output->file);
    if (output->temporary)
        unlink(output->temporary);
    output_free(output);
}

int ssk_output_print(const char *text)
{
    GError *error = NULL;
    ssk_output *output = ssk_output_open(NULL, FALSE, &error);
    ssk_output_write(output, text, strlen(text));
    return ssk_output_commit(output, &error) ? SSK_EXIT_DONE : ssk_output_complain(error);
}

int ssk_output_complain(GError *error)
{
    fprintf(stderr, "stallshark: %s\n", error->message);
    g_error_free(error);
    return SSK_EXIT_USAGE;
}
