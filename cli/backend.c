/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/backend.h"

#include <dlfcn.h>
#include <stdio.h>

#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include "cli/source_own.h"
#include "core/base/text.h"

static const char *program;
static const ssk_backend *chosen;
static char *complaint;
static bool is_ready; /* init() was called */

/* ---- the library ---- */

#ifdef SSK_BACKEND_FROM_PROGRAM /* from the folder of the program to that of wiretap.so */

static char *folder_of_program(void)
{
    char *path;
#ifdef __APPLE__
    char raw[4096];
    uint32_t size = sizeof raw;
    path = _NSGetExecutablePath(raw, &size) == 0 ? g_strdup(raw) : NULL;
#else
    path = g_file_read_link("/proc/self/exe", NULL);
#endif
    char *folder = path ? g_path_get_dirname(path) : NULL;

    g_free(path);
    return folder;
}

/** In the build folder it lies beside the program. Owned by the caller; NULL: it is nowhere. */
static char *find_library(void)
{
    char *folder = folder_of_program();
    char *found = NULL;
    static const char *const places[] = {"", SSK_BACKEND_FROM_PROGRAM};

    for (size_t i = 0; folder && i < G_N_ELEMENTS(places) && !found; i++) {
        found = g_build_filename(folder, places[i], "wiretap.so", NULL);
        if (!g_file_test(found, G_FILE_TEST_EXISTS)) {
            g_free(found);
            found = NULL;
        }
    }
    g_free(folder);
    return found;
}

/** It stays loaded: what it registered with GLib points into it. */
static const ssk_backend *load(void)
{
    char *path = find_library();
    void *library = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    const ssk_backend *backend = library ? dlsym(library, "ssk_backend_wiretap") : NULL;

    if (!backend) {
        const char *why = path ? dlerror() : "its library wiretap.so was not found";
        complaint = ssk_text_safe(why ? why : "no reason is known", 300);
    }
    g_free(path);
    return backend;
}

#else

static const ssk_backend *load(void)
{
    return NULL;
}

#endif

const ssk_backend *ssk_backend_chosen(void)
{
    if (!chosen)
        chosen = load();
    if (!chosen)
        chosen = &ssk_backend_pcap;
    return chosen;
}

const char *ssk_backend_complaint(void)
{
    ssk_backend_chosen();
    return complaint;
}

/* ---- what the commands ask for ---- */

void ssk_capture_init(const char *name)
{
    program = name;
}

static const ssk_backend *ready(void)
{
    const ssk_backend *backend = ssk_backend_chosen();

    if (is_ready)
        return backend;
    is_ready = true;
    if (complaint)
        fprintf(stderr,
                "stallshark: reads only pcap and pcapng, without libwiretap: %s (see stallshark "
                "doctor)\n",
                complaint);
    if (backend->init)
        backend->init(program);
    return backend;
}

void ssk_capture_cleanup(void)
{
    if (is_ready && chosen->cleanup)
        chosen->cleanup();
    is_ready = false;
}

void ssk_capture_load(void)
{
    ready();
}

ssk_source *ssk_capture_open(const char *path, GError **error)
{
    return ready()->open(path, error);
}

ssk_source *ssk_capture_hasten(ssk_source *of)
{
    return of->direct || of->fed || !chosen->linktype ? of : ssk_source_own(of, chosen->linktype);
}

const char *ssk_capture_backend(void)
{
    return ssk_backend_chosen()->name;
}

const char *ssk_capture_wireshark(void)
{
    return ssk_backend_chosen()->wireshark;
}
