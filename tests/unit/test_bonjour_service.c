/* test_bonjour_service.c - services and their rows in the result.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/mdns_net.h"

static void test_service(void)
{
    net *n = net_new();
    announce(n, 1, "peerID=x|empty=|flag|PEERID=y");
    wait_ms(n, 1000);
    announce(n, 1, "peerID=x|empty=|flag|PEERID=y");
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->n_services, ==, 1);
    const ssk_result_service *service = &result->services[0];
    g_assert_cmpstr(service->instance, ==, "Ward 3");
    g_assert_cmpstr(service->type, ==, "_hospital._tcp");
    g_assert_cmpstr(service->domain, ==, "local");
    g_assert_cmpstr(service->host, ==, "server.local");
    g_assert_cmpuint(service->port, ==, 7000);
    g_assert_cmpuint(service->n_addresses, ==, 1);
    g_assert_cmpuint(service->addresses[0].bytes[3], ==, 1);
    g_assert_cmpstr(service->state, ==, "alive");
    g_assert_cmpuint(service->n_txt, ==, 3);
    g_assert_cmpstr(service->txt[0].key, ==, "peerID");
    g_assert_cmpstr(service->txt[0].value, ==, "x");
    g_assert_cmpstr(service->txt[1].value, ==, "");
    g_assert_null(service->txt[2].value);
    g_assert_cmpuint(service->n_txt_seen, ==, 1);
    g_assert_cmpuint(service->txt_seen[0].n_strings, ==, 4);
    g_assert_cmpuint(result->txt_records, ==, 2);
    ssk_result_free(result);

    result = freeze(n); /* again, and the same */
    g_assert_cmpuint(result->n_services, ==, 1);
    g_assert_cmpuint(result->txt_records, ==, 2);
    ssk_result_free(result);
    goodbye(n, 1);
    result = freeze(n);
    g_assert_cmpstr(result->services[0].state, ==, "goodbye");
    ssk_result_free(result);
    announce(n, 1, "a=1");
    wait_ms(n, 4501 * 1000);
    result = freeze(n);
    g_assert_cmpstr(result->services[0].state, ==, "expired");
    ssk_result_free(result);
    expect(n, "no-goodbye", NULL, NULL); /* nobody asked: nothing was owed */
}

static void test_host_txt(void)
{
    net *n = net_new();
    GByteArray *out = message(0x8400, 0, 1, 0, 0);
    put_txt(out, "_kerberos|Ward|local", 120, "LKDC:SHA1.00|=");
    send(n, 1, out);
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->n_services, ==, 1);
    g_assert_cmpstr(result->services[0].instance, ==, "_kerberos.Ward");
    g_assert_cmpstr(result->services[0].type, ==, "");
    g_assert_cmpstr(result->services[0].domain, ==, "local");
    ssk_result_free(result);
    expect(n, "bad-txt", NULL, NULL); /* RFC 6763 is about services */
}

static void test_unicast(void)
{
    net *n = net_new();
    GByteArray *out = message(0x8400, 0, 3, 0, 0);
    put_ptr(out, "_http|_tcp|example|com", "Site|_http|_tcp|example|com", 300);
    put_txt(out, "Site|_http|_tcp|example|com", 300, "path=/");
    put_txt(out, "example|com", 300, "v=spf1");
    ssk_packet packet = {.kind = SSK_PACKET_UDP,
                         .src_port = SSK_PORT_DNS,
                         .dst_port = 40000,
                         .payload = out->data,
                         .payload_cap = out->len,
                         .payload_len = out->len};
    hear(n, &packet);
    g_byte_array_unref(out);
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->txt_records, ==, 0); /* those of Multicast DNS are counted */
    g_assert_cmpuint(result->n_services, ==, 1);
    g_assert_cmpstr(result->services[0].domain, ==, "example.com");
    g_assert_cmpstr(result->services[0].txt[0].key, ==, "path");
    ssk_result_free(result);
    expect(n, "no-goodbye", NULL, NULL);
}

static void test_hostile_text(void)
{
    net *n = net_new();
    announce_as(n, 1, TYPE, "<script>\x1b[31m\xff|" TYPE, HOST, "k=\xff\xfe|peerID=" UUID);
    ssk_result *result = freeze(n);
    g_assert_true(g_utf8_validate(result->services[0].instance, -1, NULL));
    g_assert_true(g_utf8_validate(result->services[0].txt[0].value, -1, NULL));
    g_assert_cmpmem(result->services[0].txt[0].value_bytes, result->services[0].txt[0].value_len,
                    "\xff\xfe", 2);
    for (size_t i = 0; i < result->n_bonjour_findings; i++) {
        g_assert_true(g_utf8_validate(result->bonjour_findings[i].text, -1, NULL));
        g_assert_null(strchr(result->bonjour_findings[i].text, '\x1b'));
    }
    ssk_result_free(result);
    expect(n, "bad-txt", NULL, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bonjour service/a service is listed with host, port, addresses and TXT",
                    test_service);
    g_test_add_func("/bonjour service/a TXT record of a name that is no service is listed",
                    test_host_txt);
    g_test_add_func("/bonjour service/services of a DNS server are listed, not judged",
                    test_unicast);
    g_test_add_func("/bonjour service/hostile text comes out harmless", test_hostile_text);
    return g_test_run();
}
