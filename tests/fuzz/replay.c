/* replay.c - runs a fuzz target over every file of its corpus, as an ordinary
 * test. A missing or empty corpus fails: a test that cannot fail is none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    unsigned files = 0;
    for (int i = 1; i < argc; i++) {
        GDir *dir = g_dir_open(argv[i], 0, NULL);
        if (!dir) {
            fprintf(stderr, "%s: no corpus folder\n", argv[i]);
            return 1;
        }
        const char *name;
        while ((name = g_dir_read_name(dir))) {
            char *path = g_build_filename(argv[i], name, NULL);
            char *data;
            gsize size;
            if (g_file_get_contents(path, &data, &size, NULL)) {
                /* an exact copy on the heap, so that a read past the end is seen */
                uint8_t *exact = g_memdup2(data, size);
                LLVMFuzzerTestOneInput(exact, size);
                g_free(exact);
                g_free(data);
                files++;
            }
            g_free(path);
        }
        g_dir_close(dir);
    }
    printf("%u inputs replayed\n", files);
    return files ? 0 : 1;
}
