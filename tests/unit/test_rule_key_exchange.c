/* test_rule_key_exchange.c - keys that were not agreed on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/lan.h"

static void eapol(lan *l, unsigned message)
{
    static const unsigned info[] = {0, 0x008a, 0x010a, 0x13ca, 0x030a};
    bool from_station = message == 2 || message == 4;
    begin(l, from_station ? 5 : 1, from_station ? 1 : 5, 0x888e);
    put(l->out, "\2\3\0\x5f\2", 5);
    put16(l->out, info[message]);
    for (int i = 0; i < 90; i++)
        put8(l->out, 0);
    put16(l->out, message == 2 ? 22 : 0);
    end(l);
    wait_ms(l, 300);
}

static void eapol_all(lan *l, const char *messages)
{
    for (; *messages; messages++)
        eapol(l, (unsigned)(*messages - '0'));
}

static void test_key_exchange(void)
{
    static const struct {
        const char *messages, *words;
    } cases[] = {
        {"1234", NULL},
        {"11234", NULL}, /* one repeated */
        {"123", NULL},   /* the last is often missed by a capture */
        {"1", NULL},
        {"11", NULL},
        {"1111", "never answered"},
        {"12121212", "wrong password"},
        {"123333", "never confirmed"},
        {"111234", NULL}, /* late, but done */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        lan *l = lan_new();
        eapol_all(l, cases[i].messages);
        expect(l, "eapol-failed", cases[i].words);
    }
    lan *l = lan_new();
    eapol_all(l, "1");
    wait_ms(l, 60000);
    eapol_all(l, "1"); /* three attempts far apart, each seen in part */
    wait_ms(l, 60000);
    eapol_all(l, "1");
    expect(l, "eapol-failed", NULL);

    l = lan_new();
    begin(l, 1, 5, 0x888e);
    put(l->out, "\1\0\0\4\4\7\0\4", 8); /* EAP failure */
    end(l);
    expect(l, "eapol-failed", "refused");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rule key_exchange/keys that were not agreed on", test_key_exchange);
    return g_test_run();
}
