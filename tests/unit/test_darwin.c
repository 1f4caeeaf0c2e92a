/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "core/decode/darwin.h"

static const uint8_t little[] = {0xe0, 1, 0, 0, 2, 0, 5, 0, 'W', 'a', 'r', 'd', 's', 0,
                                 0,    0, 4, 0, 4, 0, 9, 9, 9,   9,   0,   0,   0,   0};
static const uint8_t big[] = {0, 0, 1, 0xe0, 0, 2, 0, 5, 'W', 'a', 'r', 'd', 's', 0, 0, 0};

static void processes_are_decoded(void)
{
    ssk_darwin_process process;
    g_assert_cmpint(ssk_decode_darwin_process(little, sizeof little, false, &process), ==, SSK_OK);
    g_assert_cmpint(process.pid, ==, 480);
    g_assert_cmpstr(process.name, ==, "Wards");
    memset(&process, 7, sizeof process);
    g_assert_cmpint(ssk_decode_darwin_process(big, sizeof big, true, &process), ==, SSK_OK);
    g_assert_cmpint(process.pid, ==, 480);
    g_assert_cmpstr(process.name, ==, "Wards");
}

static void cut_blocks_give_what_is_whole(void)
{
    for (uint32_t len = 0; len <= sizeof little; len++) {
        ssk_darwin_process process = {.pid = 77};
        uint8_t *exact = g_memdup2(little, len);
        ssk_status status = ssk_decode_darwin_process(exact, len, false, &process);
        g_assert_cmpint(status, ==, len < 4 ? SSK_ETRUNC : SSK_OK);
        g_assert_cmpint(process.pid, ==, len < 4 ? 77 : 480);
        g_assert_cmpstr(process.name, ==, len < 13 ? "" : "Wards");
        g_free(exact);
    }
}

static void long_names_are_cut(void)
{
    uint8_t body[8 + 200] = {1, 0, 0, 0, 2, 0, 200, 0};
    memset(body + 8, 'x', 200);
    ssk_darwin_process process;
    g_assert_cmpint(ssk_decode_darwin_process(body, sizeof body, false, &process), ==, SSK_OK);
    g_assert_cmpuint(strlen(process.name), ==, sizeof process.name - 1);
}

static void options_are_decoded(void)
{
    static const uint8_t three[] = {3, 0, 0, 0}, nine[] = {9, 0, 0, 0};
    ssk_darwin_packet packet = {0};
    g_assert_cmpint(ssk_decode_darwin_option(1, three, 4, false, &packet), ==, SSK_EUNSUPPORTED);
    g_assert_cmpint(ssk_decode_darwin_option(0x8008, three, 4, false, &packet), ==,
                    SSK_EUNSUPPORTED);
    g_assert_cmpint(ssk_decode_darwin_option(SSK_DARWIN_FLAGS, three, 3, false, &packet), ==,
                    SSK_EFORMAT);
    g_assert_cmpint(ssk_decode_darwin_option(SSK_DARWIN_PROCESS, three, 4, false, &packet), ==,
                    SSK_OK);
    g_assert_true(packet.has_process && packet.process == 3 && !packet.has_effective);
    g_assert_cmpint(ssk_decode_darwin_option(SSK_DARWIN_EFFECTIVE, three, 4, true, &packet), ==,
                    SSK_OK);
    g_assert_cmpuint(packet.effective, ==, 0x03000000);
    g_assert_cmpint(ssk_decode_darwin_option(SSK_DARWIN_FLAGS, nine, 4, false, &packet), ==,
                    SSK_OK);
    g_assert_cmpint(ssk_decode_darwin_option(SSK_DARWIN_DROP, three, 4, false, &packet), ==,
                    SSK_OK);
    g_assert_cmpint(ssk_decode_darwin_option(SSK_DARWIN_SERVICE, three, 4, false, &packet), ==,
                    SSK_OK);
    g_assert_cmpuint(packet.flags, ==, SSK_DARWIN_NEW_FLOW | SSK_DARWIN_SOCKET);
    g_assert_cmpuint(packet.drop_reason, ==, 3);
}

static void the_effective_process_wins(void)
{
    ssk_darwin_table *table = ssk_darwin_table_new();
    ssk_darwin_process daemon = {1, "networkd"}, app = {2, "Wards"};
    ssk_darwin_packet packet = {0};
    ssk_darwin_table_add(table, &daemon);
    ssk_darwin_table_add(table, NULL);
    ssk_darwin_table_add(table, &app);
    g_assert_null(ssk_darwin_table_find(table, &packet));
    packet.has_process = true;
    g_assert_cmpstr(ssk_darwin_table_find(table, &packet)->name, ==, "networkd");
    packet.has_effective = true;
    packet.effective = 2;
    g_assert_cmpstr(ssk_darwin_table_find(table, &packet)->name, ==, "Wards");
    packet.effective = 1;
    g_assert_null(ssk_darwin_table_find(table, &packet));
    packet.effective = 3;
    g_assert_null(ssk_darwin_table_find(table, &packet));
    ssk_darwin_table_clear(table);
    packet.effective = 0;
    g_assert_null(ssk_darwin_table_find(table, &packet));
    ssk_darwin_table_free(table);
    ssk_darwin_table_free(NULL);
}

static void the_table_is_bounded(void)
{
    ssk_darwin_table *table = ssk_darwin_table_new();
    ssk_darwin_process app = {2, "Wards"};
    ssk_darwin_packet packet = {.has_process = true, .process = SSK_DARWIN_PROCESSES - 1};
    for (int i = 0; i < SSK_DARWIN_PROCESSES + 10; i++)
        ssk_darwin_table_add(table, &app);
    g_assert_nonnull(ssk_darwin_table_find(table, &packet));
    packet.process++;
    g_assert_null(ssk_darwin_table_find(table, &packet));
    ssk_darwin_table_free(table);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/darwin/processes are decoded in both byte orders", processes_are_decoded);
    g_test_add_func("/darwin/a cut block gives what is whole", cut_blocks_give_what_is_whole);
    g_test_add_func("/darwin/a long name is cut", long_names_are_cut);
    g_test_add_func("/darwin/packet options are decoded", options_are_decoded);
    g_test_add_func("/darwin/the effective process wins", the_effective_process_wins);
    g_test_add_func("/darwin/the table is bounded", the_table_is_bounded);
    return g_test_run();
}
