/* fuzz_upper_pdu.c - any tags. Oracle: name and payload lie inside, and what is put
 * together from them reads back the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/upper_pdu.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    ssk_upper_pdu pdu = {.payload_offset = 0x5a5a};
    if (ssk_decode_upper_pdu(data, (uint32_t)size, &pdu) != SSK_OK) {
        g_assert_cmpuint(pdu.payload_offset, ==, 0x5a5a);
        return 0;
    }
    g_assert_cmpuint(pdu.payload_offset, >=, 4);
    g_assert_cmpuint(pdu.payload_offset, <=, size);
    if (!pdu.name) {
        g_assert_cmpuint(pdu.name_len, ==, 0);
        g_assert_false(ssk_upper_pdu_is_log(&pdu));
        return 0;
    }
    g_assert_true((const uint8_t *)pdu.name >= data + 4);
    g_assert_true((const uint8_t *)pdu.name + pdu.name_len <= data + pdu.payload_offset);
    g_assert_null(memchr(pdu.name, 0, pdu.name_len));

    GByteArray *again = g_byte_array_new();
    const uint8_t head[4] = {0, 12, (uint8_t)(pdu.name_len >> 8), (uint8_t)pdu.name_len};
    g_byte_array_append(again, head, sizeof head);
    g_byte_array_append(again, (const uint8_t *)pdu.name, pdu.name_len);
    g_byte_array_append(again, (const uint8_t *)"\0\0\0", 4);
    ssk_upper_pdu same;
    g_assert_cmpint(ssk_decode_upper_pdu(again->data, again->len, &same), ==, SSK_OK);
    g_assert_cmpmem(same.name, same.name_len, pdu.name, pdu.name_len);
    g_assert_cmpuint(same.payload_offset, ==, again->len);
    g_byte_array_free(again, TRUE);
    return 0;
}
