/* fuzz_dnssd.c - what the DNS reader returns lies inside the message, in
 * order, and is what the message says.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/dnssd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A name is labels of 1..63 bytes that end with the root exactly at len. */
static void check_name(const ssk_dns_name *name)
{
    char buf[SSK_DNS_TEXT_ROOM];
    unsigned at = 0;

    while (name->bytes[at]) {
        g_assert_cmpuint(name->bytes[at], <=, 63);
        at += 1u + name->bytes[at];
        g_assert_cmpuint(at, <, name->len);
    }
    g_assert_cmpuint(at + 1, ==, name->len);
    g_assert_true(ssk_dns_name_equal(name, name));

    size_t len = ssk_dns_name_text(name, buf);
    g_assert_cmpuint(len, <, sizeof buf);
    g_assert_cmpuint(strlen(buf), ==, len); /* control bytes are escaped, NUL too */

    ssk_dnssd_parts parts = ssk_dnssd_split(name);
    if (parts.kind == SSK_DNSSD_NONE) {
        g_assert_null(ssk_dnssd_name_fault(name, &parts));
        return;
    }
    g_assert_cmpuint(parts.type_at, <, parts.domain_at);
    g_assert_cmpuint(parts.domain_at, <, name->len);
    g_assert_true((parts.type_at == 0) == (parts.kind == SSK_DNSSD_TYPE));
    size_t type = ssk_dnssd_type_text(name, &parts, buf);
    g_assert_cmpint(buf[0], ==, '_');
    g_assert_cmpuint(type, >=, 6); /* "_._tcp" */
    g_assert_cmpuint(ssk_dnssd_instance_text(name, &parts, buf), <, sizeof buf);
    g_assert_cmpuint(ssk_dnssd_domain_text(name, &parts, buf), <, sizeof buf);
    ssk_dnssd_name_fault(name, &parts);
}

/* A name that points nowhere is the bytes that stand there. */
static void check_plain_name(const ssk_dns_name *name, const uint8_t *at)
{
    unsigned len = 0;
    while (at[len] && at[len] < 0x40)
        len += 1u + at[len];
    if (at[len])
        return;
    g_assert_cmpuint(name->len, ==, len + 1);
    g_assert_true(!memcmp(name->bytes, at, name->len));
}

static void check_txt(const uint8_t *rdata, uint32_t len)
{
    ssk_txt_reader reader = ssk_txt_open(rdata, len);
    ssk_txt_string string, found;
    uint32_t next = 0;

    while (ssk_txt_next(&reader, &string)) {
        g_assert_cmpuint(string.offset, ==, next);
        g_assert_true(string.bytes == rdata + string.offset + 1);
        g_assert_cmpuint(rdata[string.offset], ==, string.len);
        next = string.offset + 1 + string.len;
        g_assert_cmpuint(next, <=, len);
        g_assert_cmpuint(string.key_len, <=, string.len);
        if (string.has_value) {
            g_assert_cmpint(string.bytes[string.key_len], ==, '=');
            g_assert_true(string.value + string.value_len == string.bytes + string.len);
        } else {
            g_assert_cmpuint(string.key_len, ==, string.len);
        }
        if (ssk_txt_counts(&string)) {
            char *key = g_strndup((const char *)string.bytes, string.key_len);
            g_assert_cmpuint(strlen(key), ==, string.key_len);
            g_assert_true(ssk_txt_find(rdata, len, key, &found));
            g_assert_cmpuint(found.offset, <=, string.offset); /* the first wins */
            g_free(key);
        }
    }
    g_assert_true((reader.status == SSK_OK) == (next == len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ssk_dns_reader reader;
    ssk_dns_record record;
    unsigned seen[SSK_N_DNS_SECTIONS] = {0};
    uint32_t next = 12;

    if (size > 8192)
        return 0;
    check_txt(data, (uint32_t)size);
    const uint8_t *uuid = ssk_uuid_find(data, size);
    g_assert_true(!uuid || (uuid >= data && uuid + SSK_UUID_LEN <= data + size));

    ssk_status status = ssk_dns_open(&reader, data, (uint32_t)size);
    if (status != SSK_OK) {
        g_assert_true((status == SSK_ETRUNC) == (size < 12));
        return 0;
    }
    ssk_dns_section section = SSK_DNS_QUESTION;
    while (ssk_dns_next(&reader, &record)) {
        g_assert_cmpint(record.section, >=, section);
        section = record.section;
        seen[section]++;
        g_assert_cmpuint(record.offset, ==, next); /* no byte is skipped or read twice */
        next = record.offset + record.len;
        g_assert_cmpuint(next, <=, size);
        g_assert_cmpuint(record.class, <, 0x8000);
        check_name(&record.name);
        check_plain_name(&record.name, data + record.offset);
        if (section == SSK_DNS_QUESTION)
            continue;
        g_assert_true(record.rdata == data + record.rdata_offset);
        g_assert_cmpuint(record.rdata_offset + record.rdata_len, ==, next);
        if (record.target.len)
            check_name(&record.target);
        g_assert_true(record.addr.family == 0 ||
                      record.rdata_len == (record.addr.family == 4 ? 4u : 16u));
        if (record.type == SSK_DNS_TXT)
            check_txt(record.rdata, record.rdata_len);
        if (record.type == SSK_DNS_NSEC)
            ssk_dns_nsec_has(&record, SSK_DNS_AAAA);
    }
    for (int i = 0; i < SSK_N_DNS_SECTIONS; i++)
        g_assert_true(reader.status == SSK_OK ? seen[i] == reader.header.counts[i]
                                              : seen[i] <= reader.header.counts[i]);
    return 0;
}
