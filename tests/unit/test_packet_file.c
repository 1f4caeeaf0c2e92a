/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/packet_file.h"

/** A pcap of one packet, 4 bytes of 60, in the version 2.@p minor. @param first, second its two lengths */
static int file_of(uint16_t minor, bool swapped, uint32_t first, uint32_t second)
{
    uint32_t words[10] = {0xa1b2c3d4, 0, 0, 0, 65535, 1, 1742841288, 5, first, second};
    uint16_t version[2] = {2, minor};
    for (size_t i = 0; swapped && i < G_N_ELEMENTS(words); i++)
        words[i] = GUINT32_SWAP_LE_BE(words[i]);
    for (size_t i = 0; swapped && i < G_N_ELEMENTS(version); i++)
        version[i] = GUINT16_SWAP_LE_BE(version[i]);
    memcpy(&words[1], version, sizeof version);
    char *path = NULL;
    int fd = g_file_open_tmp("pcap-XXXXXX", &path, NULL);
    g_assert_cmpint(fd, >=, 0);
    g_unlink(path);
    g_free(path);
    g_assert_cmpint(write(fd, words, sizeof words), ==, sizeof words);
    g_assert_cmpint(write(fd, "data", 4), ==, 4);
    g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
    return fd;
}

static void reads(uint16_t minor, bool swapped, uint32_t first, uint32_t second)
{
    int fd = file_of(minor, swapped, first, second);
    ssk_packet_file *file = ssk_packet_file_open(fd, false, NULL);
    ssk_event event;
    ssk_stamp stamp;
    g_assert_nonnull(file);
    g_assert_cmpint(ssk_packet_file_next(file, &event, &stamp), ==, SSK_PACKET_STEP_RECORD);
    g_assert_cmpuint(event.cap_len, ==, 4);
    g_assert_cmpuint(event.wire_len, ==, 60);
    g_assert_cmpint(ssk_packet_file_next(file, &event, &stamp), ==, SSK_PACKET_STEP_END);
    ssk_packet_file_close(file);
    close(fd);
}

static void test_lengths_changed_places(void)
{
    for (int swapped = 0; swapped < 2; swapped++) {
        reads(4, swapped, 4, 60);
        reads(3, swapped, 4, 60);
        reads(3, swapped, 60, 4); /* says 2.3, and has them as before */
        reads(2, swapped, 60, 4);
        reads(1, swapped, 60, 4);
    }
}

static void test_strict_reads_what_is_clear(void)
{
    for (uint16_t minor = 0; minor < 6; minor++) {
        int fd = file_of(minor, false, 4, 60);
        ssk_packet_file *file = ssk_packet_file_open(fd, true, NULL);
        g_assert_true((file != NULL) == (minor == 4));
        ssk_packet_file_close(file);
        close(fd);
    }
    int fd = file_of(5, false, 4, 60); /* not known to anybody */
    g_assert_null(ssk_packet_file_open(fd, false, NULL));
    close(fd);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/packet-file/older versions have their lengths the other way round",
                    test_lengths_changed_places);
    g_test_add_func("/packet-file/in strict mode only what can be read in one way",
                    test_strict_reads_what_is_clear);
    return g_test_run();
}
