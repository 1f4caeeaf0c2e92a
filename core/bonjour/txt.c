/* txt.c - TXT records: what is wrong with them, and what changes from one to the next.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/tracker.h"

#include <string.h>

static uint32_t txt_faults(const ssk_dns_record *record)
{
    ssk_txt_reader reader = ssk_txt_open(record->rdata, record->rdata_len);
    ssk_txt_string string;
    uint32_t faults = 0;

    while (ssk_txt_next(&reader, &string)) {
        if (string.kind == SSK_TXT_NO_KEY)
            faults |= SSK_BAD_TXT_NO_KEY;
        if (string.kind == SSK_TXT_BAD_KEY)
            faults |= SSK_BAD_TXT_KEY_BYTES;
        if (string.kind == SSK_TXT_DUPLICATE)
            faults |= SSK_BAD_TXT_DUPLICATE;
    }
    if (reader.status != SSK_OK)
        faults |= SSK_BAD_TXT_LENGTH;
    if (record->rdata_len == 0)
        faults |= SSK_BAD_TXT_NOTHING;
    if (record->rdata_len > SSK_TXT_RECOMMENDED_MAX)
        faults |= SSK_BAD_TXT_LARGE;
    return faults;
}

static void name_key(GString *out, const ssk_txt_string *string)
{
    if (out->len > 200) {
        if (!g_str_has_suffix(out->str, "..."))
            g_string_append(out, ", ...");
        return;
    }
    if (out->len)
        g_string_append(out, ", ");
    g_string_append_len(out, (const char *)string->bytes, string->key_len);
}

static guint key_hash(gconstpointer string)
{
    return (guint)ssk_txt_key_hash(string);
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    return ssk_txt_same_key(a, b);
}

/* The strings of a record by their keys: both records of a change may have thousands. */
static GHashTable *index_keys(GBytes *rdata)
{
    GHashTable *keys = g_hash_table_new_full(key_hash, key_equal, g_free, NULL);
    ssk_txt_reader reader = ssk_txt_open(g_bytes_get_data(rdata, NULL),
                                         (uint32_t)g_bytes_get_size(rdata));
    ssk_txt_string string;
    while (ssk_txt_next(&reader, &string))
        if (ssk_txt_counts(&string) && !g_hash_table_contains(keys, &string))
            g_hash_table_add(keys, g_memdup2(&string, sizeof string));
    return keys;
}

/* Names the keys of @p a that @p b has with another value; with @p missing
 * only those that @p b has not at all. */
static void diff_keys(GBytes *a, GHashTable *b, bool missing, GString *out)
{
    ssk_txt_reader reader = ssk_txt_open(g_bytes_get_data(a, NULL), (uint32_t)g_bytes_get_size(a));
    ssk_txt_string string;
    for (unsigned i = 0; i < SSK_TXT_LOOKBACK && ssk_txt_next(&reader, &string); i++) {
        if (!ssk_txt_counts(&string))
            continue;
        const ssk_txt_string *other = g_hash_table_lookup(b, &string);
        bool differs =
            other &&
            (string.has_value != other->has_value || string.value_len != other->value_len ||
             (string.value_len && memcmp(string.value, other->value, string.value_len) != 0));
        if (missing ? !other : differs)
            name_key(out, &string);
    }
}

static void diff(GBytes *before, GBytes *after, GString *out)
{
    GHashTable *old = index_keys(before), *new = index_keys(after);
    diff_keys(before, new, false, out);
    diff_keys(before, new, true, out);
    diff_keys(after, old, true, out);
    g_hash_table_destroy(new);
    g_hash_table_destroy(old);
}

static GBytes *keep_txt(ssk_bonjour *bonjour, ssk_bonjour_service *service,
                        const ssk_dns_record *record, uint32_t frame)
{
    if (!service->txt_sets)
        service->txt_sets = g_array_new(FALSE, FALSE, sizeof(ssk_bonjour_txt));
    for (guint i = 0; i < service->txt_sets->len; i++) {
        GBytes *kept = g_array_index(service->txt_sets, ssk_bonjour_txt, i).rdata;
        gsize len;
        const void *bytes = g_bytes_get_data(kept, &len);
        if (len == record->rdata_len && (len == 0 || memcmp(bytes, record->rdata, len) == 0))
            return kept;
    }
    if (service->txt_sets->len >= SSK_BONJOUR_TXT_SETS ||
        bonjour->txt_bytes + record->rdata_len > SSK_BONJOUR_TXT_BYTES) {
        service->txt_sets_dropped++;
        return NULL;
    }
    ssk_bonjour_txt set = {g_bytes_new(record->rdata, record->rdata_len), frame};
    bonjour->txt_bytes += record->rdata_len;
    g_array_append_val(service->txt_sets, set);
    return set.rdata;
}

void ssk_bonjour_hear_txt(ssk_bonjour *bonjour, ssk_bonjour_service *service,
                          const ssk_bonjour_message *message, const ssk_dns_record *record)
{
    uint32_t frame = message->at.frame;
    bool was_alive = ssk_bonjour_rr_alive(&service->txt, message->at.time);

    ssk_bonjour_hear_rr(bonjour, message, record, service, &service->txt);
    if (service->parts.kind != SSK_DNSSD_NONE) {
        uint32_t faults = txt_faults(record);
        service->txt_faults |= faults;
        if (faults)
            ssk_shown_add(&service->bad_txt, frame);
    }
    GBytes *kept = keep_txt(bonjour, service, record, frame);
    if (ssk_bonjour_role_of(message, record) != SSK_RECORD_ANNOUNCED || record->ttl == 0) {
        if (!service->txt_now && kept)
            service->txt_now = g_bytes_ref(kept);
        return;
    }
    if (service->txt_frame == frame && kept != service->txt_now)
        service->txt_several = true;
    if (was_alive && kept && service->txt_now && kept != service->txt_now &&
        service->txt_owner == message->device && !service->txt_several) {
        GString *changes = service->txt_changes ? service->txt_changes : g_string_new(NULL);
        size_t before = changes->len;
        diff(service->txt_now, kept, changes);
        service->txt_changes = changes;
        if (changes->len > before) {
            ssk_shown_add(&service->txt_changed, service->txt_frame);
            ssk_shown_add(&service->txt_changed, frame);
        }
    }
    if (kept) {
        g_bytes_ref(kept);
        if (service->txt_now)
            g_bytes_unref(service->txt_now);
        service->txt_now = kept;
    }
    service->txt_frame = frame;
    service->txt_owner = message->device;
}
