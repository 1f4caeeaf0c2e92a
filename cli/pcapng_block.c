/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/pcapng_block.h"

void ssk_pcapng_put(GByteArray *body, const void *bytes, size_t length)
{
    static const uint8_t zeros[4];
    g_byte_array_append(body, bytes, (guint)length);
    g_byte_array_append(body, zeros, -length & 3);
}

void ssk_pcapng_put32(GByteArray *body, uint32_t value)
{
    value = GUINT32_TO_LE(value);
    g_byte_array_append(body, (uint8_t *)&value, sizeof value);
}

void ssk_pcapng_put_option(GByteArray *body, uint16_t code, const void *bytes, size_t length)
{
    ssk_pcapng_put32(body, code | (uint32_t)length << 16);
    ssk_pcapng_put(body, bytes, length);
}

void ssk_pcapng_put_section(GByteArray *body)
{
    ssk_pcapng_put32(body, 0x1a2b3c4d);
    ssk_pcapng_put32(body, 1);
    ssk_pcapng_put32(body, UINT32_MAX);
    ssk_pcapng_put32(body, UINT32_MAX);
}

void ssk_pcapng_write(ssk_output *output, uint32_t type, GByteArray *body)
{
    uint32_t head[2] = {GUINT32_TO_LE(type), GUINT32_TO_LE(body->len + 12)};
    ssk_output_write(output, head, sizeof head);
    ssk_output_write(output, body->data, body->len);
    ssk_output_write(output, &head[1], sizeof head[1]);
    g_byte_array_set_size(body, 0);
}
