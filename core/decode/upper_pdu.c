/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/upper_pdu.h"

#include <string.h>

#include "core/decode/cursor.h"

enum { TAG_END = 0, TAG_DISSECTOR_NAME = 12 };

ssk_status ssk_decode_upper_pdu(const uint8_t *data, uint32_t cap_len, ssk_upper_pdu *ret)
{
    ssk_cursor cursor = ssk_cursor_init(data, cap_len);
    ssk_upper_pdu pdu = {0};
    for (;;) {
        uint16_t tag = ssk_cursor_be16(&cursor), len = ssk_cursor_be16(&cursor);
        const uint8_t *value = ssk_cursor_take(&cursor, len);
        if (cursor.failed)
            return SSK_ETRUNC;
        if (tag == TAG_END)
            break;
        if (tag != TAG_DISSECTOR_NAME || pdu.name)
            continue;
        const uint8_t *end = memchr(value, 0, len); /* padded to four bytes */
        pdu.name = (const char *)value;
        pdu.name_len = end ? (uint32_t)(end - value) : len;
    }
    pdu.payload_offset = cursor.pos;
    *ret = pdu;
    return SSK_OK;
}

bool ssk_upper_pdu_is_log(const ssk_upper_pdu *pdu)
{
    return pdu->name_len == strlen(SSK_UPPER_PDU_LOG) &&
           !memcmp(pdu->name, SSK_UPPER_PDU_LOG, pdu->name_len);
}
