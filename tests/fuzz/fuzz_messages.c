/* fuzz_messages.c - segments in, messages out, against what may be said of them.
 *
 * First byte: transport and whether sound keep-alives go first, so that hostile
 * bytes also meet a flow whose profile is known. Then records: direction and
 * flags, length, cut, bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/message/messages.h"

typedef struct check {
    uint64_t bytes[2]; /* pushed and skipped, per direction */
    uint64_t taken[2]; /* by the messages heard */
    uint32_t frame;
    uint32_t last_frame[2];
    ssk_messages *messages;
    unsigned count;
} check;

static void hear(void *user, const ssk_message *m)
{
    check *c = user;
    g_assert_nonnull(m->profile);
    g_assert_true(ssk_messages_profile(c->messages) == m->profile);
    g_assert_cmpint(m->role, >=, 0);
    g_assert_cmpint(m->role, <, SSK_N_ROLES);
    g_assert_true(m->role == SSK_ROLE_OTHER || m->label);
    g_assert_cmpuint(m->frame, <=, c->frame);
    g_assert_cmpuint(m->frame, >=, c->last_frame[m->dir]);
    g_assert_cmpuint(m->len, >, 0);
    g_assert_true(!m->has_clock || m->role == SSK_ROLE_TIME);
    c->last_frame[m->dir] = m->frame;
    /* messages never overlap: together they are no longer than what was sent */
    c->taken[m->dir] += m->len;
    g_assert_cmpuint(c->taken[m->dir], <=, c->bytes[m->dir]);
    c->count++;
}

static void push(check *c, ssk_dir dir, const uint8_t *data, uint32_t cap, uint32_t wire,
                 uint32_t skipped)
{
    uint8_t *exact = g_memdup2(data, cap);
    const ssk_chunk chunk = {exact,   cap,        wire,
                             skipped, ++c->frame, INT64_C(1795349283) * SSK_S + c->frame * SSK_S};
    c->bytes[dir] += wire + skipped;
    ssk_messages_push(c->messages, dir, &chunk, hear, c);
    g_free(exact);
}

/* A conversation in one of the formats, until the profile is certain. */
static void introduce(check *c, unsigned format)
{
    for (unsigned n = 1; n < 6; n++) {
        char text[128];
        uint8_t bytes[160];
        unsigned len;
        switch (format) {
        case 1:
            len = (unsigned)g_snprintf(text, sizeof text, "{\"type\":\"ping\",\"seq\":%u}", n);
            memcpy(bytes, "\0\0\0", 3);
            bytes[3] = (uint8_t)len;
            memcpy(bytes + 4, text, len);
            len += 4;
            break;
        case 2:
            len = (unsigned)g_snprintf((char *)bytes, sizeof bytes, "PING %u\n", n);
            break;
        case 3:
            memset(bytes, 0, 13);
            bytes[0] = 2;
            bytes[4] = (uint8_t)n;
            len = 13;
            break;
        case 4:
            memcpy(bytes, "\xc0\x00", len = 2);
            break;
        case 5:
            len = (unsigned)g_snprintf((char *)bytes, sizeof bytes,
                                       "%c%c{\"id\":%u,\"type\":\"ping\"}", 0x81, 23, n);
            break;
        default:
            memcpy(bytes, "\x89\x00", len = 2);
            break;
        }
        push(c, SSK_A, bytes, len, len, 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char regex_profile[] = "[profile]\nname=re\nframing=delimiter\nbody=regex\n"
                                        "[ping]\nmatch=^beat (?<n>\\d+)\nsequence=n\n"
                                        "[time]\nmatch=^now (?<t>.*)\ntime=t\n";
    static ssk_profile_set *set;
    static const uint16_t ports[2] = {1, 2};
    if (!set) {
        set = ssk_profile_set_new();
        g_assert_true(ssk_profile_set_add(set, regex_profile, "fuzz", NULL));
    }
    if (size < 1)
        return 0;
    check c = {.messages = ssk_messages_new(set, data[0] & 0x80 ? SSK_UDP : SSK_TCP, ports)};
    if (data[0] & 7)
        introduce(&c, data[0] & 7);
    for (size_t i = 1; i + 3 <= size;) {
        uint8_t flags = data[i];
        uint32_t len = MIN(data[i + 1], size - i - 3), cut = data[i + 2];
        uint32_t cap = flags & 2 ? MIN(len, cut) : len;
        uint32_t wire = len + (flags & 4 ? cut * 40u : 0);
        push(&c, flags & 1, data + i + 3, cap, wire, flags & 8 ? cut : 0);
        i += 3 + len;
    }
    /* what is certain stays, and a flow that was given up says nothing */
    g_assert_true(!c.count || ssk_messages_profile(c.messages));
    g_assert_false(ssk_messages_gave_up(c.messages) && ssk_messages_profile(c.messages));
    ssk_messages_free(c.messages);
    return 0;
}
