/* test_dnssd.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/dnssd.h"

#include "tests/unit/dns_message.h"

static ssk_dns_name name_of(const char *labels)
{
    GByteArray *out = g_byte_array_new();
    ssk_dns_name name = {0};
    put_name(out, labels);
    g_assert_cmpuint(out->len, <=, SSK_DNS_NAME_MAX);
    name.len = (uint8_t)out->len;
    memcpy(name.bytes, out->data, out->len);
    g_byte_array_unref(out);
    return name;
}

static void assert_name(const ssk_dns_name *name, const char *text)
{
    char buf[SSK_DNS_TEXT_ROOM];
    g_assert_cmpuint(ssk_dns_name_text(name, buf), ==, strlen(text));
    g_assert_cmpstr(buf, ==, text);
}

/* ---- messages ---- */

static void test_sections(void)
{
    GByteArray *out = message(0x8400, 1, 1, 1, 2);
    ssk_dns_reader reader;
    ssk_dns_record record;

    put_name(out, "_hospital|_tcp|local");
    put16(out, SSK_DNS_PTR);
    put16(out, 0x8001);
    put_rr(out, "_hospital|_tcp|local", SSK_DNS_PTR, 1, 4500, "\x06Ward 3\xc0\x0c", 9);
    put_rr(out, "Ward 3|_hospital|_tcp|local", SSK_DNS_SRV, 0x8001, 120,
           "\0\1\0\2\x1b\x58\4host\5local", 17);
    put_rr(out, "host|local", SSK_DNS_A, 0x8001, 120, "\xc0\x00\x02\x05", 4);
    put_rr(out, "host|local", SSK_DNS_AAAA, 0x8001, 0, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);

    g_assert_cmpint(ssk_dns_open(&reader, out->data, out->len), ==, SSK_OK);
    g_assert_true(reader.header.response && reader.header.authoritative);

    g_assert_true(ssk_dns_next(&reader, &record));
    g_assert_cmpint(record.section, ==, SSK_DNS_QUESTION);
    g_assert_true(record.top_bit);
    g_assert_cmpuint(record.class, ==, 1);
    assert_name(&record.name, "_hospital._tcp.local");

    g_assert_true(ssk_dns_next(&reader, &record));
    g_assert_cmpint(record.section, ==, SSK_DNS_ANSWER);
    g_assert_false(record.top_bit);
    g_assert_cmpuint(record.ttl, ==, 4500);
    assert_name(&record.target, "Ward 3._hospital._tcp.local");

    g_assert_true(ssk_dns_next(&reader, &record));
    g_assert_cmpint(record.section, ==, SSK_DNS_AUTHORITY);
    g_assert_cmpint(record.rdata_status, ==, SSK_EFORMAT); /* the root is missing */
    g_assert_cmpuint(record.target.len, ==, 0);

    g_assert_true(ssk_dns_next(&reader, &record));
    g_assert_cmpint(record.section, ==, SSK_DNS_ADDITIONAL);
    g_assert_cmpuint(record.addr.family, ==, 4);
    g_assert_cmpmem(record.addr.bytes, 4, "\xc0\x00\x02\x05", 4);
    g_assert_true(record.top_bit);

    g_assert_true(ssk_dns_next(&reader, &record));
    g_assert_cmpuint(record.addr.family, ==, 6);
    g_assert_cmpuint(record.addr.bytes[15], ==, 1);
    g_assert_cmpuint(record.ttl, ==, 0);

    g_assert_false(ssk_dns_next(&reader, &record));
    g_assert_cmpint(reader.status, ==, SSK_OK);
    g_byte_array_unref(out);
}

static void test_srv(void)
{
    GByteArray *out = message(0x8400, 0, 1, 0, 0);
    ssk_dns_reader reader;
    ssk_dns_record record;

    put_rr(out, "Ward 3|_hospital|_tcp|local", SSK_DNS_SRV, 0x8001, 120,
           "\0\1\0\2\x1b\x58\4host\xc0\x22", 13);
    g_assert_cmpuint(out->data[0x22], ==, 5); /* "local" */
    g_assert_cmpint(ssk_dns_open(&reader, out->data, out->len), ==, SSK_OK);
    g_assert_true(ssk_dns_next(&reader, &record));
    g_assert_cmpint(record.rdata_status, ==, SSK_OK);
    g_assert_cmpuint(record.priority, ==, 1);
    g_assert_cmpuint(record.weight, ==, 2);
    g_assert_cmpuint(record.port, ==, 7000);
    assert_name(&record.target, "host.local");
    g_byte_array_unref(out);
}

static void test_nsec(void)
{
    GByteArray *out = message(0x8400, 0, 1, 0, 0);
    ssk_dns_reader reader;
    ssk_dns_record record;

    put_rr(out, "host|local", SSK_DNS_NSEC, 0x8001, 120, "\xc0\x0c\0\4\x40\0\0\x08", 8);
    g_assert_cmpint(ssk_dns_open(&reader, out->data, out->len), ==, SSK_OK);
    g_assert_true(ssk_dns_next(&reader, &record));
    assert_name(&record.target, "host.local");
    g_assert_true(ssk_dns_nsec_has(&record, SSK_DNS_A));
    g_assert_true(ssk_dns_nsec_has(&record, SSK_DNS_AAAA));
    g_assert_false(ssk_dns_nsec_has(&record, SSK_DNS_TXT));
    g_assert_false(ssk_dns_nsec_has(&record, 0x1001));
    g_byte_array_unref(out);
}

/* A message of one question whose name is @p name; what the reader says. */
static ssk_status name_status(const void *name, unsigned len)
{
    GByteArray *out = message(0, 1, 0, 0, 0);
    ssk_dns_reader reader;
    ssk_dns_record record;

    put(out, name, len);
    put(out, "\0\x0c\0\1", 4);
    g_assert_cmpint(ssk_dns_open(&reader, out->data, out->len), ==, SSK_OK);
    g_assert_false(ssk_dns_next(&reader, &record));
    g_assert_false(ssk_dns_next(&reader, &record)); /* and it stays stopped */
    g_byte_array_unref(out);
    return reader.status;
}

static void test_hostile_names(void)
{
    g_assert_cmpint(name_status("\xc0\x0c", 2), ==, SSK_EFORMAT);    /* to itself */
    g_assert_cmpint(name_status("\1a\xc0\x0c", 4), ==, SSK_EFORMAT); /* to its own start */
    g_assert_cmpint(name_status("\1a\xc0\x0e", 4), ==, SSK_EFORMAT); /* inside itself */
    g_assert_cmpint(name_status("\xc0\x20", 2), ==, SSK_EFORMAT);    /* forward */
    g_assert_cmpint(name_status("\xc0\x04", 2), ==, SSK_EFORMAT);    /* into the header */
    g_assert_cmpint(name_status("\x40\0", 2), ==, SSK_EFORMAT);      /* reserved label type */
    g_assert_cmpint(name_status("\x3f\0", 2), ==, SSK_ETRUNC);
    g_assert_cmpint(name_status("\xff\xff", 2), ==, SSK_EFORMAT);
}

static void test_pointer_chain(void)
{
    /* Each name is a pointer to the one before: legal, and it ends. */
    GByteArray *out = message(0, 100, 0, 0, 0);
    ssk_dns_reader reader;
    ssk_dns_record record;
    unsigned previous = 12;

    put_name(out, "host|local");
    put(out, "\0\1\0\1", 4);
    for (unsigned i = 1; i < 100; i++) {
        unsigned at = out->len;
        put16(out, 0xc000 | previous);
        put(out, "\0\1\0\1", 4);
        previous = at;
    }
    g_assert_cmpint(ssk_dns_open(&reader, out->data, out->len), ==, SSK_OK);
    for (unsigned i = 0; i < 100; i++) {
        g_assert_true(ssk_dns_next(&reader, &record));
        assert_name(&record.name, "host.local");
    }
    g_assert_false(ssk_dns_next(&reader, &record));
    g_assert_cmpint(reader.status, ==, SSK_OK);
    g_byte_array_unref(out);
}

/* 129 jumps: more than a name can have labels. Each record would walk them all. */
static void test_pointers_without_end(void)
{
    GByteArray *out = message(0, 140, 0, 0, 0);
    ssk_dns_reader reader;
    ssk_dns_record record;
    unsigned previous = 12, read = 0;

    put_name(out, "host|local");
    put(out, "\0\1\0\1", 4);
    for (unsigned i = 1; i < 140; i++) {
        unsigned at = out->len;
        put16(out, 0xc000 | previous);
        put(out, "\0\1\0\1", 4);
        previous = at;
    }
    g_assert_cmpint(ssk_dns_open(&reader, out->data, out->len), ==, SSK_OK);
    while (ssk_dns_next(&reader, &record))
        read++;
    g_assert_cmpuint(read, ==, 1 + 128);
    g_assert_cmpint(reader.status, ==, SSK_EFORMAT);
    g_byte_array_unref(out);
}

static void test_name_limit(void)
{
    /* 3 x 64 + 62 + 1 = 255 bytes is the longest; one more is not a name. */
    char *label = g_strnfill(63, 'a'), *last = g_strnfill(61, 'b');
    char *longest = g_strdup_printf("%s|%s|%s|%s", label, label, label, last);
    char *longer = g_strdup_printf("%sc", longest);
    ssk_dns_reader reader;
    ssk_dns_record record;

    for (int i = 0; i < 2; i++) {
        GByteArray *out = message(0, 1, 0, 0, 0);
        put_name(out, i ? longer : longest);
        put(out, "\0\1\0\1", 4);
        g_assert_cmpint(ssk_dns_open(&reader, out->data, out->len), ==, SSK_OK);
        g_assert_true(ssk_dns_next(&reader, &record) == (i == 0));
        if (i == 0)
            g_assert_cmpuint(record.name.len, ==, 255);
        else
            g_assert_cmpint(reader.status, ==, SSK_EFORMAT);
        g_byte_array_unref(out);
    }
    g_free(longer);
    g_free(longest);
    g_free(last);
    g_free(label);
}

static void test_lying_counts(void)
{
    GByteArray *out = message(0x8400, 0, 3, 0, 0);
    ssk_dns_reader reader;
    ssk_dns_record record;

    put_rr(out, "a|_x|_tcp|local", SSK_DNS_TXT, 0x8001, 120, "\3k=v", 4);
    put_rr(out, "host|local", SSK_DNS_A, 0x8001, 120, "\xc0\0\2", 3); /* a byte short */
    g_assert_cmpint(ssk_dns_open(&reader, out->data, out->len), ==, SSK_OK);
    g_assert_true(ssk_dns_next(&reader, &record)); /* what is whole is read */
    g_assert_true(ssk_dns_next(&reader, &record));
    g_assert_cmpint(record.rdata_status, ==, SSK_EFORMAT);
    g_assert_cmpuint(record.addr.family, ==, 0);
    g_assert_false(ssk_dns_next(&reader, &record));
    g_assert_cmpint(reader.status, ==, SSK_ETRUNC);
    g_byte_array_unref(out);
}

static void test_every_truncation(void)
{
    GByteArray *out = message(0x8400, 1, 1, 0, 1);
    put_name(out, "_hospital|_tcp|local");
    put(out, "\0\x0c\0\1", 4);
    put_rr(out, "Ward 3|_hospital|_tcp|local", SSK_DNS_TXT, 0x8001, 4500, "\3k=v", 4);
    put_rr(out, "host|local", SSK_DNS_A, 0x8001, 120, "\xc0\0\2\5", 4);

    for (guint len = 0; len < out->len; len++) {
        uint8_t *exact = g_memdup2(out->data, len);
        ssk_dns_reader reader;
        ssk_dns_record record;
        ssk_status status = ssk_dns_open(&reader, exact, len);
        if (status == SSK_OK) {
            while (ssk_dns_next(&reader, &record))
                ;
            status = reader.status;
        }
        g_assert_cmpint(status, ==, SSK_ETRUNC);
        g_free(exact);
    }
    g_byte_array_unref(out);
}

static void test_other_opcodes(void)
{
    GByteArray *out = message(0x2800, 0, 0, 0, 0); /* dynamic update */
    ssk_dns_reader reader;
    g_assert_cmpint(ssk_dns_open(&reader, out->data, out->len), ==, SSK_EUNSUPPORTED);
    g_byte_array_unref(out);
}

/* ---- names ---- */

static void assert_split(const char *labels, ssk_dnssd_kind kind, const char *instance,
                         const char *type, const char *domain)
{
    ssk_dns_name name = name_of(labels);
    ssk_dnssd_parts parts = ssk_dnssd_split(&name);
    char buf[SSK_DNS_TEXT_ROOM];

    g_assert_cmpint(parts.kind, ==, kind);
    if (kind == SSK_DNSSD_NONE)
        return;
    ssk_dnssd_instance_text(&name, &parts, buf);
    g_assert_cmpstr(buf, ==, instance);
    ssk_dnssd_type_text(&name, &parts, buf);
    g_assert_cmpstr(buf, ==, type);
    ssk_dnssd_domain_text(&name, &parts, buf);
    g_assert_cmpstr(buf, ==, domain);
}

static void test_split(void)
{
    assert_split("Ward 3|_hospital|_tcp|local", SSK_DNSSD_INSTANCE, "Ward 3", "_hospital._tcp",
                 "local");
    assert_split("Dr. No\\Yes|_hospital|_TCP|clinic|example", SSK_DNSSD_INSTANCE, "Dr. No\\Yes",
                 "_hospital._TCP", "clinic.example");
    assert_split("Stra\xc3\x9f"
                 "e|_gdl90|_udp|local",
                 SSK_DNSSD_INSTANCE,
                 "Stra\xc3\x9f"
                 "e",
                 "_gdl90._udp", "local");
    assert_split("_hospital|_tcp|local", SSK_DNSSD_TYPE, "", "_hospital._tcp", "local");
    assert_split("_icu|_sub|_hospital|_tcp|local", SSK_DNSSD_SUBTYPE, "_icu._sub", "_hospital._tcp",
                 "local");
    assert_split("_services|_dns-sd|_udp|local", SSK_DNSSD_META, "_services", "_dns-sd._udp",
                 "local");
    assert_split("host|local", SSK_DNSSD_NONE, NULL, NULL, NULL);
    assert_split("5|2|0|192|in-addr|arpa", SSK_DNSSD_NONE, NULL, NULL, NULL);
    /* An instance of two labels is wrong, and is shown so that it can be seen. */
    assert_split("a|b|_hospital|_tcp|local", SSK_DNSSD_INSTANCE, "a.b", "_hospital._tcp", "local");
    assert_split("a.b|c|_hospital|_tcp|local", SSK_DNSSD_INSTANCE, "a\\.b.c", "_hospital._tcp",
                 "local");
}

static void test_escapes(void)
{
    ssk_dns_name name = name_of("Dr. No\\\1|_hospital|_tcp|local"), root = {.len = 1};
    assert_name(&name, "Dr\\. No\\\\\\001._hospital._tcp.local");
    assert_name(&root, ".");
}

static void test_case(void)
{
    ssk_dns_name a = name_of("Ward|_Hospital|_tcp|local"), b = name_of("wARD|_hospital|_TCP|LOCAL");
    ssk_dns_name c = name_of("Ward2|_hospital|_tcp|local");
    g_assert_true(ssk_dns_name_equal(&a, &b));
    g_assert_cmpuint(ssk_dns_name_hash(&a), ==, ssk_dns_name_hash(&b));
    g_assert_false(ssk_dns_name_equal(&a, &c));
}

static const char *fault(const char *labels)
{
    ssk_dns_name name = name_of(labels);
    ssk_dnssd_parts parts = ssk_dnssd_split(&name);
    return ssk_dnssd_name_fault(&name, &parts);
}

static void test_service_names(void)
{
    g_assert_null(fault("_hospital|_tcp|local"));
    g_assert_null(fault("_a|_tcp|local"));
    g_assert_null(fault("_123456789012-ab|_tcp|local")); /* 15 */
    g_assert_null(fault("x y|_http|_tcp|local"));
    g_assert_null(fault("_No letters here_|_sub|_http|_tcp|local")); /* a subtype is free */
    g_assert_null(fault("_services|_dns-sd|_udp|local"));
    g_assert_null(fault("host_name|local"));
    g_assert_nonnull(strstr(fault("_1234567890123-ab|_tcp|local"), "15")); /* 16 */
    g_assert_nonnull(strstr(fault("_ward_app|_tcp|local"), "letters"));
    g_assert_nonnull(strstr(fault("_w\xc3\xa9|_tcp|local"), "letters"));
    g_assert_nonnull(strstr(fault("_a--b|_tcp|local"), "two hyphens"));
    g_assert_nonnull(strstr(fault("_-ab|_tcp|local"), "begins"));
    g_assert_nonnull(strstr(fault("_ab-|_tcp|local"), "begins"));
    g_assert_nonnull(strstr(fault("_1234|_tcp|local"), "no letter"));
    g_assert_nonnull(strstr(fault("_|_tcp|local"), "empty"));
}

/* ---- TXT ---- */

static void test_txt(void)
{
    static const uint8_t rdata[] = "\x05k=a=b"
                                   "\x06"
                                   "empty="
                                   "\x04"
                                   "flag"
                                   "\x00"
                                   "\x05=lost"
                                   "\x04K=no"
                                   "\x07"
                                   "bin=\x00\xff|"
                                   "\x04\xc3\xa9=x"
                                   "\x05"
                                   "FLAG=";
    ssk_txt_reader reader = ssk_txt_open(rdata, sizeof rdata - 1);
    ssk_txt_string string;

    g_assert_true(ssk_txt_next(&reader, &string));
    g_assert_cmpint(string.kind, ==, SSK_TXT_PAIR);
    g_assert_cmpmem(string.bytes, string.key_len, "k", 1);
    g_assert_cmpmem(string.value, string.value_len, "a=b", 3);

    g_assert_true(ssk_txt_next(&reader, &string));
    g_assert_cmpint(string.kind, ==, SSK_TXT_PAIR);
    g_assert_true(string.has_value);
    g_assert_cmpuint(string.value_len, ==, 0);

    g_assert_true(ssk_txt_next(&reader, &string));
    g_assert_cmpint(string.kind, ==, SSK_TXT_BOOLEAN);
    g_assert_false(string.has_value);

    g_assert_true(ssk_txt_next(&reader, &string));
    g_assert_cmpint(string.kind, ==, SSK_TXT_EMPTY);

    g_assert_true(ssk_txt_next(&reader, &string));
    g_assert_cmpint(string.kind, ==, SSK_TXT_NO_KEY);

    g_assert_true(ssk_txt_next(&reader, &string));
    g_assert_cmpint(string.kind, ==, SSK_TXT_DUPLICATE);

    g_assert_true(ssk_txt_next(&reader, &string));
    g_assert_cmpint(string.kind, ==, SSK_TXT_PAIR);
    g_assert_cmpmem(string.value, string.value_len, "\x00\xff|", 3);

    g_assert_true(ssk_txt_next(&reader, &string));
    g_assert_cmpint(string.kind, ==, SSK_TXT_BAD_KEY);

    g_assert_true(ssk_txt_next(&reader, &string));
    g_assert_cmpint(string.kind, ==, SSK_TXT_DUPLICATE); /* FLAG= after flag */

    g_assert_false(ssk_txt_next(&reader, &string));
    g_assert_cmpint(reader.status, ==, SSK_OK);
}

static void test_txt_empty(void)
{
    ssk_txt_reader reader = ssk_txt_open((const uint8_t *)"", 1);
    ssk_txt_string string;
    g_assert_true(ssk_txt_next(&reader, &string));
    g_assert_cmpint(string.kind, ==, SSK_TXT_EMPTY);
    g_assert_false(ssk_txt_next(&reader, &string));

    reader = ssk_txt_open(NULL, 0);
    g_assert_false(ssk_txt_next(&reader, &string));
    g_assert_cmpint(reader.status, ==, SSK_OK);
}

static void test_txt_lies(void)
{
    ssk_txt_reader reader = ssk_txt_open((const uint8_t *)"\3k=v\x09k2=", 8);
    ssk_txt_string string;
    g_assert_true(ssk_txt_next(&reader, &string));
    g_assert_false(ssk_txt_next(&reader, &string));
    g_assert_cmpint(reader.status, ==, SSK_ETRUNC);
    g_assert_false(ssk_txt_next(&reader, &string));
}

static void test_txt_find(void)
{
    const uint8_t *rdata = (const uint8_t *)"\2=x\7peerID=\x08PEERid=2";
    ssk_txt_string string;
    g_assert_true(ssk_txt_find(rdata, 20, "PeerId", &string));
    g_assert_cmpuint(string.value_len, ==, 0);
    g_assert_false(ssk_txt_find(rdata, 20, "", &string));
    g_assert_false(ssk_txt_find(rdata, 20, "peer", &string));
}

static void test_uuid(void)
{
    static const char text[] = "peerID=6BA7B810-9dad-11d1-80b4-00c04fd430c8";
    const uint8_t *bytes = (const uint8_t *)text;
    g_assert_true(ssk_uuid_find(bytes, sizeof text - 1) == bytes + 7);
    g_assert_null(ssk_uuid_find(bytes, sizeof text - 2));
    g_assert_null(ssk_uuid_find((const uint8_t *)"06BA7B810-9dad-11d1-80b4-00c04fd430c8", 37));
    g_assert_null(ssk_uuid_find((const uint8_t *)"6BA7B810x9dad-11d1-80b4-00c04fd430c8", 36));
    g_assert_null(ssk_uuid_find(bytes, 0));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dnssd/every section is read, with QU and cache-flush bits", test_sections);
    g_test_add_func("/dnssd/SRV names its host through a pointer", test_srv);
    g_test_add_func("/dnssd/NSEC says which types exist", test_nsec);
    g_test_add_func("/dnssd/hostile names end and are refused", test_hostile_names);
    g_test_add_func("/dnssd/a long chain of backward pointers is a name", test_pointer_chain);
    g_test_add_func("/dnssd/a chain of 129 pointers is no name", test_pointers_without_end);
    g_test_add_func("/dnssd/a name holds 255 bytes and no more", test_name_limit);
    g_test_add_func("/dnssd/whole records before a broken one are read", test_lying_counts);
    g_test_add_func("/dnssd/every truncation is told", test_every_truncation);
    g_test_add_func("/dnssd/an update is no query", test_other_opcodes);
    g_test_add_func("/dnssd/a service name splits into instance, type and domain", test_split);
    g_test_add_func("/dnssd/dots, backslashes and control bytes are escaped", test_escapes);
    g_test_add_func("/dnssd/names compare without case", test_case);
    g_test_add_func("/dnssd/RFC 6335 judges service names", test_service_names);
    g_test_add_func("/dnssd/TXT strings follow RFC 6763", test_txt);
    g_test_add_func("/dnssd/an empty TXT record is one empty string", test_txt_empty);
    g_test_add_func("/dnssd/a TXT string that lies about its length ends the record",
                    test_txt_lies);
    g_test_add_func("/dnssd/the first of equal TXT keys is found", test_txt_find);
    g_test_add_func("/dnssd/a UUID is found only whole", test_uuid);
    return g_test_run();
}
