/* test_rule_resolver.c - names asked past the usual resolver, not answered, or slowly.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/lan.h"

static void dns(lan *l, unsigned from, unsigned to, unsigned from_port, unsigned to_port,
                unsigned id, const char *name, bool response)
{
    GByteArray *out = g_byte_array_new();
    put16(out, id);
    put16(out, response ? 0x8180 : 0x0100);
    put16(out, 1);
    put16(out, 0);
    put32(out, 0);
    put_question(out, name, 1, 1);
    udp_to(l, from, to, 0, from_port, to_port, out->data, out->len);
    g_byte_array_unref(out);
}

/* Host 5 asks @p resolver for a new name each time. */
static void ask(lan *l, unsigned resolver, unsigned number, bool answered)
{
    char *name = g_strdup_printf("name%u|example", number);
    dns(l, 5, resolver, 30000 + number, 53, number, name, false);
    wait_ms(l, 20);
    if (answered)
        dns(l, resolver, 5, 53, 30000 + number, number, name, true);
    wait_ms(l, 1000);
    g_free(name);
}

/* Host 5 asks resolver 1, from one port or from another each time, @p wait seconds later again. */
static void ask_again(lan *l, unsigned number, unsigned wait, bool other_port)
{
    char *name = g_strdup_printf("lost%u|example", number);
    dns(l, 5, 1, 32000 + number, 53, number, name, false);
    wait_ms(l, 1000 * wait);
    unsigned port = (other_port ? 33000 : 32000) + number;
    dns(l, 5, 1, port, 53, number, name, false);
    wait_ms(l, 20);
    dns(l, 1, 5, 53, port, number, name, true);
    wait_ms(l, 1000);
    g_free(name);
}

static lan *lan_with_late_names(void)
{
    lan *l = lan_new();
    for (unsigned i = 0; i < 12; i++)
        i % 4 ? ask(l, 1, i, true) : ask_again(l, i, 5, i % 8);
    return l;
}

static void test_late(void)
{
    lan *l = lan_with_late_names();
    expect(l, "dns-answer-late", "twice or more for 3 names before it was answered");

    l = lan_with_late_names();
    expect(l, "dns-other-resolver", NULL); /* it is not said twice */

    l = lan_new();
    ask_again(l, 1, 0, true); /* two stubs ask at once */
    expect(l, "dns-answer-late", NULL);
}

static void dhcp_offer(lan *l, unsigned client, unsigned resolver)
{
    uint8_t payload[240 + 10] = {2, 1, 6, 0};
    const uint8_t yiaddr[4] = {192, 0, 2, (uint8_t)client};
    const uint8_t options[] = {53, 1, 5, 6, 4, 192, 0, 2, (uint8_t)resolver, 255};
    memcpy(payload + 16, yiaddr, 4);
    memcpy(payload + 240, options, sizeof options);
    udp_to(l, 1, client, 0, 67, 68, payload, sizeof payload);
}

static void test_resolver(void)
{
    lan *l = lan_new();
    for (unsigned i = 0; i < 8; i++)
        ask(l, 1, i, true);
    ask(l, 8, 20, true);
    expect(l, "dns-other-resolver", "192.0.2.8 for 1 name, past its usual resolver 192.0.2.1");

    l = lan_new();
    for (unsigned i = 0; i < 8; i++)
        ask(l, 1, i, true);
    dns(l, 5, 1, 31000, 53, 9, "slow|example",
        false); /* the usual one does not answer: a fallback */
    wait_ms(l, 5000);
    dns(l, 5, 8, 31001, 53, 10, "slow|example", false);
    dns(l, 8, 5, 53, 31001, 10, "slow|example", true);
    expect(l, "dns-other-resolver", NULL);

    l = lan_new();
    for (unsigned i = 0; i < 8; i++)
        ask(l, i % 2 ? 1 : 8, i, true); /* two in turn: neither is the usual one */
    expect(l, "dns-other-resolver", NULL);

    l = lan_new();
    dhcp_offer(l, 5, 1);
    ask(l, 8, 1, true); /* one question is enough where DHCP told */
    expect(l, "dns-other-resolver", "DHCP gave");

    l = lan_new();
    dhcp_offer(l, 6, 1); /* told to another host */
    ask(l, 8, 1, true);
    expect(l, "dns-other-resolver", NULL);
}

static void test_unanswered(void)
{
    lan *l = lan_new();
    for (unsigned i = 0; i < 8; i++)
        ask(l, 1, i, i % 2);
    wait_ms(l, 10000);
    udp_to(l, 5, 1, 0, 4000, 4001, "x", 1); /* the capture goes on */
    expect(l, "dns-other-resolver", "; 4 never got an answer");

    l = lan_new();
    for (unsigned i = 0; i < 8; i++)
        ask(l, 1, i, false);
    wait_ms(l, 10000);
    dns(l, 5, 1, 31000, 53, 9, "slow|example", false); /* asked only just before the end */
    expect(l, "dns-other-resolver", "for 9 names, and none was answered");

    l = lan_new();
    for (unsigned i = 0; i < 30; i++)
        ask(l, 1, i, i != 3 && i != 9); /* two lost of thirty */
    wait_ms(l, 10000);
    udp_to(l, 5, 1, 0, 4000, 4001, "x", 1);
    expect(l, "dns-other-resolver", NULL);

    l = lan_new();
    ask(l, 1, 1, true);
    for (unsigned i = 2; i < 5; i++)
        dns(l, 5, 1, 30000 + i, 53, i, "late|example",
            false); /* the capture ends before the answers */
    expect(l, "dns-other-resolver", NULL);
}

static void test_slow_answer(void)
{
    for (int slow = 0; slow < 2; slow++) {
        lan *l = lan_new();
        dns(l, 5, 1, 30000, 53, 7, "a|example", false);
        wait_ms(l, slow ? 3000 : 1500);
        dns(l, 1, 5, 53, 30000, 7, "a|example", true);
        expect(l, "dns-other-resolver", slow ? "waited 3 s" : NULL);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rule resolver/a name asked past the usual resolver", test_resolver);
    g_test_add_func("/rule resolver/names that are never answered", test_unanswered);
    g_test_add_func("/rule resolver/a slow answer", test_slow_answer);
    g_test_add_func("/rule resolver/a name that had to be asked for twice", test_late);
    return g_test_run();
}
