/* fuzz_packet_file.c - the bytes of a capture file, and the same with some of them changed.
 *
 * Oracle: where libwiretap is at hand, every record that our own reader gives in its strict way is the one
 * that libwiretap gives, and at the end of the file libwiretap has no more. Without it: what is given lies in
 * the file, and the reader of what it can stops by itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/backend.h"
#include "cli/source_own.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int write_file(const uint8_t *data, size_t size, char **ret_path)
{
    char *path = g_build_filename(g_get_tmp_dir(), "fuzz_packet_file-XXXXXX", NULL);
    int fd = g_mkstemp(path);
    g_assert_cmpint(fd, >=, 0);
    for (size_t done = 0; done < size;) {
        ssize_t some = write(fd, data + done, size - done);
        g_assert_cmpint(some, >, 0);
        done += (size_t)some;
    }
    *ret_path = path;
    return fd;
}

/* ---- what it can ---- */

static void read_all(const char *path, size_t size)
{
    ssk_packet_file *file = ssk_packet_file_open(open(path, O_RDONLY), false, NULL);
    ssk_event event;
    ssk_stamp stamp;
    uint64_t records = 0, dropped;
    if (!file)
        return;
    while (ssk_packet_file_next(file, &event, &stamp) == SSK_PACKET_STEP_RECORD) {
        volatile uint8_t sum = 0;
        for (uint32_t i = 0; i < event.cap_len; i += 61)
            sum = (uint8_t)(sum + event.bytes[i]);
        g_assert_cmpuint(event.cap_len, <=, size);
        g_assert_cmpuint(++records, <=, size / 12);
    }
    g_assert_cmpuint(ssk_packet_file_offset(file), <=, size);
    ssk_packet_file_dropped(file, &dropped);
    ssk_packet_file_close(file);
}

/* ---- what libwiretap reads too ---- */

#ifdef SSK_WITH_WIRETAP

/* libwiretap 4.0 loses a buffer of names with each block of them that is damaged. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libwiretap.so";
}

static ssk_source *open_wiretap(const char *path)
{
    static bool ready;
    if (!ready) {
        ssk_backend_wiretap.init("fuzz_packet_file");
        atexit(ssk_backend_wiretap.cleanup);
    }
    ready = true;
    ssk_source *source = ssk_backend_wiretap.open(path, NULL);
    if (source)
        source->path = g_strdup(path);
    return source;
}

static void check_same_process(const ssk_process *a, const ssk_process *b)
{
    g_assert_true(!a == !b);
    if (!a)
        return;
    g_assert_cmpstr(a->name, ==, b->name);
    g_assert_cmpint(a->pid, ==, b->pid);
    g_assert_cmpuint(a->flags, ==, b->flags);
    g_assert_cmpuint(a->drop_reason, ==, b->drop_reason);
}

static void check_same(const ssk_event *a, const ssk_stamp *at, const ssk_event *b,
                       const ssk_stamp *bt)
{
    g_assert_cmpint(a->kind, ==, b->kind);
    g_assert_cmpint(a->time, ==, b->time);
    g_assert_cmpuint(a->linktype, ==, b->linktype);
    g_assert_cmpuint(a->interface_id, ==, b->interface_id);
    g_assert_cmpstr(a->interface_name, ==, b->interface_name);
    g_assert_cmpmem(a->bytes, a->cap_len, b->bytes, b->cap_len);
    g_assert_cmpuint(a->wire_len, ==, b->wire_len);
    g_assert_cmpuint(a->drops, ==, b->drops);
    check_same_process(a->process, b->process);
    g_assert_true(at->known == bt->known);
    g_assert_true(!at->known || (at->seconds == bt->seconds && at->nanoseconds == bt->nanoseconds));
}

/* Records one by one, beginning to end, and the same error or none. */
static void compare(const char *path)
{
    ssk_source *reference = open_wiretap(path), *of = open_wiretap(path);
    g_assert_true(!reference == !of);
    if (!of)
        return;
    ssk_source *quick = ssk_source_own(of, ssk_backend_wiretap.linktype);
    GError *a_error = NULL, *b_error = NULL;
    ssk_event a, b;
    ssk_stamp at, bt;
    for (;;) {
        bool a_more = quick->ops->next(quick, &a, &at, &a_error);
        bool b_more = reference->ops->next(reference, &b, &bt, &b_error);
        g_assert_true(a_more == b_more);
        if (!a_more)
            break;
        check_same(&a, &at, &b, &bt);
    }
    g_assert_cmpstr(a_error ? a_error->message : NULL, ==, b_error ? b_error->message : NULL);
    uint64_t a_lost = 0, b_lost = 0;
    g_assert_true(quick->ops->dropped(quick, &a_lost) ==
                  reference->ops->dropped(reference, &b_lost));
    g_assert_cmpuint(a_lost, ==, b_lost);
    g_clear_error(&a_error);
    g_clear_error(&b_error);
    ssk_source_close(quick);
    ssk_source_close(reference);
}

#else

static void compare(const char *path)
{
    (void)path;
}

#endif

static void check(const uint8_t *data, size_t size)
{
    char *path;
    close(write_file(data, size, &path));
    read_all(path, size);
    compare(path);
    unlink(path);
    g_free(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { TURNS = 40 };
    if (!size || size > 100000)
        return 0;
    check(data, size);
    /* Where headers are dense, and what a header's numbers break at. */
    static const uint8_t values[] = {0x00, 0xff, 0x01, 0x80, 0x7f, 0x04};
    GRand *rand = g_rand_new_with_seed((guint32)size);
    for (int turn = 0; turn < TURNS; turn++) {
        uint8_t *changed = g_memdup2(data, size);
        size_t cut = turn % 8 ? size : (size_t)g_rand_int_range(rand, 1, (gint32)size + 1);
        for (int n = 0; n <= turn % 3; n++) {
            size_t at = (size_t)g_rand_int_range(rand, 0,
                                                 (gint32)(turn % 2 ? MIN(size, 400) : size));
            changed[at] = turn % 4 ? values[g_rand_int_range(rand, 0, G_N_ELEMENTS(values))]
                                   : (uint8_t)(changed[at] ^ 1 << g_rand_int_range(rand, 0, 8));
        }
        check(changed, cut);
        g_free(changed);
    }
    g_rand_free(rand);
    return 0;
}
