/* fuzz_messages.c - segments in, messages out, against what may be said of them.
 *
 * The short way for messages like one before is held against the long one: of two readers of the
 * same segments one tries it first, and both must hear the same.
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
    ssk_messages *quick;     /* the one that tries the short way */
    GArray *heard, *quickly; /* ssk_message of the segment at hand, by the two */
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
    g_array_append_vals(c->heard, m, 1);
}

static void hear_quickly(void *user, const ssk_message *m)
{
    g_array_append_vals(((check *)user)->quickly, m, 1);
}

static void check_same(const ssk_message *a, const ssk_message *b)
{
    g_assert_true(a->profile == b->profile && a->dir == b->dir && a->role == b->role);
    g_assert_true(a->frame == b->frame && a->time == b->time && a->label == b->label);
    g_assert_cmpuint(a->len, ==, b->len);
    g_assert_true(a->has_seq == b->has_seq && (!a->has_seq || a->seq == b->seq));
    g_assert_true(a->has_clock == b->has_clock && (!a->has_clock || a->clock == b->clock));
    g_assert_true(a->has_sent == b->has_sent && (!a->has_sent || a->sent == b->sent));
}

static void push_quickly(check *c, ssk_dir dir, const ssk_chunk *chunk)
{
    if (!ssk_messages_push_alike(c->quick, dir, chunk, hear_quickly, c))
        ssk_messages_push(c->quick, dir, chunk, hear_quickly, c);
    g_assert_cmpuint(c->heard->len, ==, c->quickly->len);
    for (guint i = 0; i < c->heard->len; i++)
        check_same(&g_array_index(c->heard, ssk_message, i),
                   &g_array_index(c->quickly, ssk_message, i));
    g_assert_true(ssk_messages_profile(c->quick) == ssk_messages_profile(c->messages));
    g_array_set_size(c->heard, 0);
    g_array_set_size(c->quickly, 0);
}

static void push(check *c, ssk_dir dir, const uint8_t *data, uint32_t cap, uint32_t wire,
                 uint32_t skipped)
{
    uint8_t *exact = g_memdup2(data, cap);
    const ssk_chunk chunk = {exact,   cap,        wire,
                             skipped, ++c->frame, INT64_C(1795349283) * SSK_S + c->frame * SSK_S};
    c->bytes[dir] += wire + skipped;
    ssk_messages_push(c->messages, dir, &chunk, hear, c);
    push_quickly(c, dir, &chunk);
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
    ssk_transport transport = data[0] & 0x80 ? SSK_UDP : SSK_TCP;
    check c = {.messages = ssk_messages_new(set, transport, ports),
               .quick = ssk_messages_new(set, transport, ports),
               .heard = g_array_new(FALSE, FALSE, sizeof(ssk_message)),
               .quickly = g_array_new(FALSE, FALSE, sizeof(ssk_message))};
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
    if (data[0] & 7) /* what they made of the bytes between is seen by what they make of more */
        introduce(&c, data[0] & 7);
    /* what is certain stays, and a flow that was given up says nothing */
    g_assert_true(!c.count || ssk_messages_profile(c.messages));
    g_assert_false(ssk_messages_gave_up(c.messages) && ssk_messages_profile(c.messages));
    ssk_messages_free(c.messages);
    ssk_messages_free(c.quick);
    g_array_free(c.heard, TRUE);
    g_array_free(c.quickly, TRUE);
    return 0;
}
