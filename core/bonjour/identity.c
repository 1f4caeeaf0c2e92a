/* identity.c - names that say too much of a device, or of two devices the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/freeze.h"

#include <string.h>

#include "core/base/hash.h"
#include "core/base/text.h"

/* Keys whose value names one peer, by custom; others' UUIDs may name a group or a model. */
static const char *const peer_keys[] = {"peerid",    "peer_id",   "peer-id", "peer", "deviceid",
                                        "device_id", "device-id", "uuid",    "id",   "clientid"};
#define PEER_ID_LEAST 8

static bool peer_id(const ssk_bonjour_service *service, ssk_txt_string *ret)
{
    if (!service->txt_now)
        return false;
    gsize len;
    const uint8_t *rdata = g_bytes_get_data(service->txt_now, &len);
    for (size_t i = 0; i < G_N_ELEMENTS(peer_keys); i++)
        if (ssk_txt_find(rdata, (uint32_t)len, peer_keys[i], ret) && ret->has_value &&
            ret->value_len >= PEER_ID_LEAST)
            return true;
    return false;
}

static ssk_time_ns gone_at(const ssk_bonjour_service *service)
{
    const ssk_sighting *goodbye = ssk_bonjour_last_goodbye(service);
    if (goodbye)
        return goodbye->time;
    return MAX(ssk_bonjour_expiry(&service->srv), ssk_bonjour_expiry(&service->txt));
}

void ssk_bonjour_judge_duplicates(ssk_bonjour_freezing *out)
{
    GHashTable *seen = g_hash_table_new_full(ssk_gbytes_hash, g_bytes_equal,
                                             (GDestroyNotify)g_bytes_unref, NULL);
    for (guint i = 0; i < out->bonjour->service_list->len; i++) {
        const ssk_bonjour_service *service = out->bonjour->service_list->pdata[i];
        ssk_txt_string id;
        if (!service->txt.last.frame || !peer_id(service, &id))
            continue;
        GByteArray *both = g_byte_array_new();
        for (unsigned at = service->parts.type_at; at < service->name.len; at++) {
            uint8_t lower = (uint8_t)g_ascii_tolower((char)service->name.bytes[at]);
            g_byte_array_append(both, &lower, 1);
        }
        g_byte_array_append(both, id.value, id.value_len);
        GBytes *key = g_byte_array_free_to_bytes(both);
        const ssk_bonjour_service *first = g_hash_table_lookup(seen, key);
        if (!first) {
            g_hash_table_insert(seen, key, (gpointer)service);
            continue;
        }
        g_bytes_unref(key);
        if (gone_at(first) <= service->txt.first.time || gone_at(service) <= first->txt.first.time)
            continue;
        char *value = g_strndup((const char *)id.value, id.value_len);
        char *safe = ssk_text_safe(value, SSK_BONJOUR_CHARS);
        uint32_t frames[] = {first->txt.first.frame, service->txt.first.frame};
        ssk_bonjour_tell(
            out, SSK_CAUSE_DUPLICATE_PEER, "error",
            ssk_result_printf(out->result, "%s and %s are announced at once with one %.*s: %s",
                              ssk_bonjour_title(out, first), ssk_bonjour_title(out, service),
                              (int)id.key_len, (const char *)id.bytes, safe),
            frames, G_N_ELEMENTS(frames));
        g_free(safe);
        g_free(value);
    }
    g_hash_table_destroy(seen);
}

/* Does the text hold this MAC address, with or without separators? */
static bool holds_mac(const uint8_t *bytes, size_t len, const ssk_mac *mac)
{
    static const ssk_mac none;
    char hex[13];
    if (memcmp(mac, &none, sizeof none) == 0)
        return false;
    for (int i = 0; i < 6; i++) {
        hex[2 * i] = "0123456789abcdef"[mac->bytes[i] >> 4];
        hex[2 * i + 1] = "0123456789abcdef"[mac->bytes[i] & 15];
    }
    for (size_t start = 0; start < len; start++) {
        unsigned found = 0;
        for (size_t at = start; at < len && found < 12; at++) {
            char byte = g_ascii_tolower((char)bytes[at]);
            if (byte == hex[found])
                found++;
            else if (!(found && found % 2 == 0 && (byte == ':' || byte == '-' || byte == '.')))
                break;
        }
        if (found == 12)
            return true;
    }
    return false;
}

/* What lets a device be followed: a UUID, or its own MAC address. */
static const char *identifier_in(const void *bytes, size_t len, const ssk_bonjour_device *device)
{
    if (ssk_uuid_find(bytes, len))
        return "a UUID";
    if (device && holds_mac(bytes, len, &device->key.mac))
        return "the device's MAC address";
    return NULL;
}

void ssk_bonjour_judge_identifier(ssk_bonjour_freezing *out, const ssk_bonjour_service *service)
{
    char name[SSK_DNS_TEXT_ROOM];
    const char *where = NULL;
    size_t len = ssk_dnssd_instance_text(&service->name, &service->parts, name);
    const char *what = identifier_in(name, len, service->owner);
    uint32_t frame = service->first.frame;

    if (what) {
        where = "in its name";
    } else if (service->has_srv &&
               (what = identifier_in(name, ssk_dns_name_text(&service->host, name),
                                     service->owner))) {
        where = "in its host name";
        frame = service->srv.first.frame;
    } else if (service->txt_now) {
        ssk_txt_reader reader = ssk_txt_open(g_bytes_get_data(service->txt_now, NULL),
                                             (uint32_t)g_bytes_get_size(service->txt_now));
        ssk_txt_string string;
        while (!what && ssk_txt_next(&reader, &string))
            if (string.has_value && ssk_txt_counts(&string))
                what = identifier_in(string.value, string.value_len, service->txt_owner);
        if (what) {
            char *key = g_strndup((const char *)string.bytes, string.key_len);
            char *safe = ssk_text_safe(key, SSK_BONJOUR_CHARS);
            where = ssk_result_printf(out->result, "as TXT key %s", safe);
            g_free(safe);
            g_free(key);
            frame = service->txt.first.frame ? service->txt.first.frame : frame;
        }
    }
    if (what)
        ssk_bonjour_tell(out, SSK_CAUSE_PERSISTENT_IDENTIFIER, "note",
                         ssk_result_printf(
                             out->result,
                             "%s carries %s %s: the device can be followed from network to network",
                             ssk_bonjour_title(out, service), what, where),
                         &frame, 1);
}

/* "Anna's iPad", "Annas-iPad", "iPhone von Anna": a device word with an owner. */
static bool is_personal(const char *text)
{
    static const char *const devices[] = {
        "iPhone",   "iPad",       "iPod",  "MacBook",     "iMac",    "Mac mini",
        "Mac Pro",  "Mac Studio", "Mac",   "Apple Watch", "AirPods", "HomePod",
        "Apple TV", "Galaxy",     "Pixel", "Phone",       "Laptop",  "Tablet"};
    static const char *const before[] = {"\xe2\x80\x99s ", "'s ", "s-", "\xe2\x80\x99 "};
    static const char *const after[] = {" von ",          " de ",  " of ", " di ", " van ",
                                        " d\xe2\x80\x99", "-von-", "-de-", "-di-", "-van-"};
    for (size_t i = 0; i < G_N_ELEMENTS(devices); i++) {
        for (const char *at = strstr(text, devices[i]); at; at = strstr(at + 1, devices[i])) {
            for (size_t k = 0; k < G_N_ELEMENTS(before); k++) {
                size_t len = strlen(before[k]);
                if ((size_t)(at - text) > len && memcmp(at - len, before[k], len) == 0)
                    return true;
            }
            for (size_t k = 0; k < G_N_ELEMENTS(after); k++)
                if (g_str_has_prefix(at + strlen(devices[i]), after[k]))
                    return true;
        }
    }
    return false;
}

void ssk_bonjour_judge_personal(ssk_bonjour_freezing *out, const ssk_bonjour_service *service,
                                GHashTable *told)
{
    const char *instance = ssk_bonjour_instance(out, service);
    const char *host = service->has_srv ? ssk_bonjour_name_text(out, &service->host) : NULL;
    const char *named = is_personal(instance) ? instance : host && is_personal(host) ? host : NULL;
    if (!named || !g_hash_table_add(told, (gpointer)named))
        return;
    char *safe = ssk_text_safe(named, SSK_BONJOUR_CHARS);
    ssk_bonjour_tell(
        out, SSK_CAUSE_PERSONAL_NAME, "note",
        ssk_result_printf(
            out->result,
            "\"%s\" looks like a person's name for a device, announced to everyone on the network",
            safe),
        &service->first.frame, 1);
    g_free(safe);
}
