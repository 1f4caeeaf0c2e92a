/* bonjour_findings.c - what the tracker knows, as services and findings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/bonjour/bonjour.h"
#include "core/text.h"

/* Beyond this a list of findings is no help; the rest is counted as dropped. */
#define FINDINGS_MAX 1000
/* Browsers ask at 1, 2, 4 ... s: three in vain are no lost packet. RFC 6762, section 5.2. */
#define ASKS_LEAST 3
/* An answer may still come. RFC 6762, section 6. */
#define ANSWER_WITHIN (2 * SSK_S)
#define NAME_CHARS 80

typedef struct freezing {
    const ssk_bonjour *bonjour;
    ssk_result        *result;
    ssk_time_ns        end;
    GArray            *findings;
} freezing;

/* ---- texts ---- */

static const char *safe_name(freezing *out, const char *text, size_t len)
{
    char *valid = g_utf8_make_valid(text, (gssize)len);
    const char *kept = ssk_result_text(out->result, valid);
    g_free(valid);
    return kept;
}

static const char *instance_of(freezing *out, const ssk_bonjour_service *service)
{
    char buf[SSK_DNS_TEXT_ROOM];
    return safe_name(out, buf, ssk_dnssd_instance_text(&service->name, &service->parts, buf));
}

static const char *type_of(freezing *out, const ssk_bonjour_service *service)
{
    char buf[SSK_DNS_TEXT_ROOM];
    return safe_name(out, buf, ssk_dnssd_type_text(&service->name, &service->parts, buf));
}

static const char *name_of(freezing *out, const ssk_dns_name *name)
{
    char buf[SSK_DNS_TEXT_ROOM];
    return safe_name(out, buf, ssk_dns_name_text(name, buf));
}

/* '"Ward 3" (_hospital._tcp)' */
static const char *title(freezing *out, const ssk_bonjour_service *service)
{
    char *instance = ssk_text_safe(instance_of(out, service), NAME_CHARS);
    char *type = ssk_text_safe(type_of(out, service), NAME_CHARS);
    const char *text = ssk_result_printf(out->result, "\"%s\" (%s)", instance, type);
    g_free(instance);
    g_free(type);
    return text;
}

/* ---- findings ---- */

static void add(freezing *out, const char *id, const char *severity, const char *text,
                const uint32_t *frames, size_t n_frames)
{
    if (out->findings->len >= FINDINGS_MAX) {
        out->result->limits.facts_dropped++;
        return;
    }
    ssk_result_finding finding = { .id = id, .severity = severity, .text = text };
    finding.frames = ssk_result_alloc(out->result, n_frames * sizeof *frames);
    for (size_t i = 0; i < n_frames; i++)
        if (frames[i] && (finding.n_frames == 0 || finding.frames[finding.n_frames - 1] != frames[i]))
            finding.frames[finding.n_frames++] = frames[i];
    g_array_append_val(out->findings, finding);
}

static void add_shown(freezing *out, const char *id, const char *severity, const char *text,
                      const ssk_shown *shown)
{
    add(out, id, severity, text, shown->frames, MIN(shown->count, SSK_BONJOUR_FRAMES));
}

/* The goodbye that no announcement followed; NULL: none. */
static const ssk_sighting *last_goodbye(const ssk_bonjour_service *service)
{
    const ssk_bonjour_rr *rrs[] = { &service->ptr, &service->srv, &service->txt };
    const ssk_sighting *goodbye = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(rrs); i++)
        if (rrs[i]->goodbye.frame && (!goodbye || rrs[i]->goodbye.frame > goodbye->frame))
            goodbye = &rrs[i]->goodbye;
    for (size_t i = 0; goodbye && i < G_N_ELEMENTS(rrs); i++)
        if (rrs[i]->last.frame > goodbye->frame)
            return NULL;
    return goodbye;
}

/* ---- questions in vain ---- */

/* Direct questions, and those for the type that came since the service last spoke. */
static ssk_bonjour_asks asked_in_vain(freezing *out, const ssk_bonjour_service *service)
{
    ssk_bonjour_asks asks = service->asked;
    ssk_dns_name name = { .len = (uint8_t)(service->name.len - service->parts.type_at) };
    memcpy(name.bytes, service->name.bytes + service->parts.type_at, name.len);
    const ssk_bonjour_type *type = g_hash_table_lookup(out->bonjour->types, &name);

    if (asks.count && asks.last.time > out->end - ANSWER_WITHIN)
        asks.count--;
    if (!type || !service->ptr.last.frame)
        return asks;
    uint32_t since = type->asks - service->type_asks;
    for (uint32_t i = MIN(since, SSK_BONJOUR_ASKS); i > 0; i--) {
        ssk_sighting ask = type->ring[(type->asks - i) % SSK_BONJOUR_ASKS];
        if (ask.time < service->ptr.last.time + SSK_S || ask.time > out->end - ANSWER_WITHIN)
            continue;
        if (!asks.count || ask.time < asks.first.time)
            asks.first = ask;
        if (!asks.count || ask.time > asks.last.time)
            asks.last = ask;
        asks.count++;
    }
    return asks;
}

static void judge_silence(freezing *out, const ssk_bonjour_service *service)
{
    char span[SSK_TEXT_ROOM];
    if (service->revived.frame) {
        uint32_t frames[] = { service->revived_from.frame, service->revived.frame };
        const char *text = ssk_result_printf(
            out->result,
            "%s was probed for again %s after its last announcement, with no goodbye between: "
            "its program or device had gone, or lost the network, without saying so",
            title(out, service),
            ssk_span_text(service->revived.time - service->revived_from.time, span));
        add(out, "no-goodbye", "warning", text, frames, G_N_ELEMENTS(frames));
    }
    if (service->lapsed.count) {
        uint32_t frames[] = { service->lapsed.first.frame, service->lapsed.last.frame,
                              service->lapsed_until.frame };
        const char *text = ssk_result_printf(
            out->result,
            "%s was asked for %u times near the end of its lifetime, did not answer, expired, and "
            "came back only %s after the first question",
            title(out, service), service->lapsed.count,
            ssk_span_text(service->lapsed_until.time - service->lapsed.first.time, span));
        add(out, "ttl-not-refreshed", "warning", text, frames, G_N_ELEMENTS(frames));
    }
    if (last_goodbye(service) || !service->owner)
        return;
    ssk_bonjour_asks asks = asked_in_vain(out, service);
    if (asks.count < ASKS_LEAST || asks.last.time - asks.first.time < ANSWER_WITHIN)
        return;
    bool heard = service->owner->heard.time > asks.first.time;
    uint32_t frames[] = { service->srv.last.frame, asks.first.frame, asks.last.frame,
                          heard ? service->owner->heard.frame : 0 };
    const char *text = ssk_result_printf(
        out->result,
        heard ? "%s left %u questions in %s unanswered while its host went on speaking: "
                "caches lose it when its lifetime ends"
              : "%s left %u questions in %s unanswered and its host was not heard again: "
                "gone without a goodbye, or out of reach",
        title(out, service), asks.count,
        ssk_span_text(asks.last.time - asks.first.time, span));
    add(out, heard ? "ttl-not-refreshed" : "no-goodbye", "warning", text, frames,
        G_N_ELEMENTS(frames));
}

/* ---- names ---- */

static void judge_conflict(freezing *out, const ssk_bonjour_service *service)
{
    if (!service->conflict.count)
        return;
    const char *text;
    if (service->new_name.len) {
        ssk_bonjour_service renamed = { .name = service->new_name,
                                        .parts = ssk_dnssd_split(&service->new_name) };
        text = ssk_result_printf(out->result, "two hosts wanted the name %s; one took %s instead",
                                 title(out, service), title(out, &renamed));
    } else {
        text = ssk_result_printf(out->result, "two hosts wanted the name %s", title(out, service));
    }
    add_shown(out, "name-conflict", "warning", text, &service->conflict);
}

static void judge_host_conflict(freezing *out, const ssk_bonjour_host *host)
{
    if (!host->conflict.count)
        return;
    char *name = ssk_text_safe(name_of(out, &host->name), NAME_CHARS);
    add_shown(out, "name-conflict", "warning",
              ssk_result_printf(out->result, "two hosts wanted the host name %s", name),
              &host->conflict);
    g_free(name);
}

static void judge_type(freezing *out, const ssk_bonjour_type *type)
{
    if (!type->fault || !type->shown.count)
        return;
    ssk_dnssd_parts parts = ssk_dnssd_split(&type->name);
    char buf[SSK_DNS_TEXT_ROOM];
    size_t len = ssk_dnssd_type_text(&type->name, &parts, buf);
    char *name = ssk_text_safe(safe_name(out, buf, len), NAME_CHARS);
    add_shown(out, "bad-service-name", "warning",
              ssk_result_printf(out->result, "the service name of %s %s (RFC 6335)", name, type->fault),
              &type->shown);
    g_free(name);
}

/* ---- TXT ---- */

/* " (ROLE)" */
static void name_duplicate(const ssk_bonjour_service *service, GString *list)
{
    for (guint i = 0; service->txt_sets && i < service->txt_sets->len; i++) {
        GBytes *rdata = g_array_index(service->txt_sets, ssk_bonjour_txt, i).rdata;
        ssk_txt_reader reader = ssk_txt_open(g_bytes_get_data(rdata, NULL),
                                             (uint32_t)g_bytes_get_size(rdata));
        ssk_txt_string string;
        while (ssk_txt_next(&reader, &string)) {
            if (string.kind != SSK_TXT_DUPLICATE)
                continue;
            g_string_append_printf(list, " (%.*s)", (int)string.key_len, (const char *)string.bytes);
            return;
        }
    }
}

static void judge_txt(freezing *out, const ssk_bonjour_service *service)
{
    static const struct { uint32_t fault; const char *text; } faults[] = {
        { SSK_BAD_TXT_LENGTH, "a string claims more bytes than the record holds" },
        { SSK_BAD_TXT_NOTHING, "the record holds no string, not even an empty one" },
        { SSK_BAD_TXT_NO_KEY, "a string starts with '=' and is ignored" },
        { SSK_BAD_TXT_KEY_BYTES, "a key holds bytes that are no printable ASCII" },
        { SSK_BAD_TXT_LARGE, "the record is longer than 1300 bytes" },
        { SSK_BAD_TXT_DUPLICATE, "a key stands there twice, of which only the first counts" },
    };
    if (service->txt_faults) {
        GString *list = g_string_new(NULL);
        for (size_t i = 0; i < G_N_ELEMENTS(faults); i++)
            if (service->txt_faults & faults[i].fault)
                g_string_append_printf(list, "%s%s", list->len ? "; " : "", faults[i].text);
        if (service->txt_faults & SSK_BAD_TXT_DUPLICATE)
            name_duplicate(service, list);
        const char *text = ssk_result_printf(out->result, "TXT of %s: %s", title(out, service),
                                             list->str);
        g_string_free(list, TRUE);
        bool ignored_only = service->txt_faults == SSK_BAD_TXT_DUPLICATE;
        add_shown(out, "bad-txt", ignored_only ? "note" : "warning", text, &service->bad_txt);
    }
    if (service->txt_changed.count) {
        char *keys = ssk_text_safe(service->txt_changes->str, 200);
        const char *text = ssk_result_printf(out->result, "TXT of %s changed: %s",
                                             title(out, service), keys);
        g_free(keys);
        add_shown(out, "txt-changed", "note", text, &service->txt_changed);
    }
}

/* ---- addresses ---- */

static void judge_addresses(freezing *out, const ssk_bonjour_host *host)
{
    for (unsigned i = 0; i < host->n_addrs; i++) {
        const ssk_bonjour_host_addr *entry = &host->addrs[i];
        if (!entry->stale)
            continue;
        char old[SSK_TEXT_ROOM], new[SSK_TEXT_ROOM], span[SSK_TEXT_ROOM];
        char *name = ssk_text_safe(name_of(out, &host->name), NAME_CHARS);
        const char *until = entry->stale_end.frame
            ? ssk_result_printf(out->result, "withdrawn %s later in frame %u",
                                ssk_span_text(entry->stale_end.time - entry->last.time, span),
                                entry->stale_end.frame)
            : "never withdrawn";
        const char *text = ssk_result_printf(
            out->result,
            "%s was announced at %s (frame %u), was sought there in vain while its host spoke from "
            "%s, and was %s",
            name, ssk_addr_text(&entry->addr, old), entry->stale_shown.frames[0],
            ssk_addr_text(&entry->stale_instead, new), until);
        g_free(name);
        add_shown(out, "stale-address", "error", text, &entry->stale_shown);
    }
}

/* ---- identity ---- */

/* Keys whose value names one peer, by custom; others' UUIDs may name a group or a model. */
static const char *const peer_keys[] = { "peerid", "peer_id", "peer-id", "peer", "deviceid",
                                         "device_id", "device-id", "uuid", "id", "clientid" };
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
    const ssk_sighting *goodbye = last_goodbye(service);
    if (goodbye)
        return goodbye->time;
    return MAX(ssk_bonjour_expiry(&service->srv), ssk_bonjour_expiry(&service->txt));
}

/* Two instances of one type, alive at once, with one peer id. */
static void judge_duplicates(freezing *out)
{
    GHashTable *seen = g_hash_table_new_full(g_bytes_hash, g_bytes_equal,
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
        char *safe = ssk_text_safe(value, NAME_CHARS);
        uint32_t frames[] = { first->txt.first.frame, service->txt.first.frame };
        add(out, "duplicate-peer", "error",
            ssk_result_printf(out->result, "%s and %s are announced at once with one %.*s: %s",
                              title(out, first), title(out, service), (int)id.key_len,
                              (const char *)id.bytes, safe),
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

static void judge_identifier(freezing *out, const ssk_bonjour_service *service)
{
    char        name[SSK_DNS_TEXT_ROOM];
    const char *where = NULL;
    size_t      len = ssk_dnssd_instance_text(&service->name, &service->parts, name);
    const char *what = identifier_in(name, len, service->owner);
    uint32_t    frame = service->first.frame;

    if (what) {
        where = "in its name";
    } else if (service->has_srv &&
               (what = identifier_in(name, ssk_dns_name_text(&service->host, name), service->owner))) {
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
            char *safe = ssk_text_safe(key, NAME_CHARS);
            where = ssk_result_printf(out->result, "as TXT key %s", safe);
            g_free(safe);
            g_free(key);
            frame = service->txt.first.frame ? service->txt.first.frame : frame;
        }
    }
    if (what)
        add(out, "persistent-identifier", "note",
            ssk_result_printf(out->result, "%s carries %s %s: the device can be followed from network to network",
                              title(out, service), what, where),
            &frame, 1);
}

/* "Anna's iPad", "Annas-iPad", "iPhone von Anna": a device word with an owner. */
static bool is_personal(const char *text)
{
    static const char *const devices[] = { "iPhone", "iPad", "iPod", "MacBook", "iMac", "Mac mini",
                                           "Mac Pro", "Mac Studio", "Mac", "Apple Watch", "AirPods",
                                           "HomePod", "Apple TV", "Galaxy", "Pixel", "Phone",
                                           "Laptop", "Tablet" };
    static const char *const before[] = { "\xe2\x80\x99s ", "'s ", "s-", "\xe2\x80\x99 " };
    static const char *const after[] = { " von ", " de ", " of ", " di ", " van ", " d\xe2\x80\x99",
                                         "-von-", "-de-", "-di-", "-van-" };
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

static void judge_personal(freezing *out, const ssk_bonjour_service *service, GHashTable *told)
{
    const char *instance = instance_of(out, service);
    const char *host = service->has_srv ? name_of(out, &service->host) : NULL;
    const char *named = is_personal(instance) ? instance : host && is_personal(host) ? host : NULL;
    if (!named || !g_hash_table_add(told, (gpointer)named))
        return;
    char *safe = ssk_text_safe(named, NAME_CHARS);
    add(out, "personal-name", "note",
        ssk_result_printf(out->result, "\"%s\" looks like a person's name for a device, announced to everyone on the network", safe),
        &service->first.frame, 1);
    g_free(safe);
}

/* ---- services ---- */

static const char *state_of(freezing *out, const ssk_bonjour_service *service)
{
    const ssk_bonjour_rr *rrs[] = { &service->ptr, &service->srv, &service->txt };
    ssk_time_ns expiry = SSK_TIME_NONE;
    if (last_goodbye(service))
        return "goodbye";
    for (size_t i = 0; i < G_N_ELEMENTS(rrs); i++)
        expiry = MAX(expiry, ssk_bonjour_expiry(rrs[i]));
    return expiry < out->end ? "expired" : "alive";
}

static void put_txt(freezing *out, const ssk_bonjour_service *service, ssk_result_service *row)
{
    if (!service->txt_now)
        return;
    gsize len;
    const uint8_t *rdata = g_bytes_get_data(service->txt_now, &len);
    ssk_txt_reader reader = ssk_txt_open(rdata, (uint32_t)len);
    ssk_txt_string string;
    size_t n = 0;
    while (ssk_txt_next(&reader, &string))
        n += ssk_txt_counts(&string);
    row->txt = ssk_result_alloc(out->result, n * sizeof *row->txt);
    reader = ssk_txt_open(rdata, (uint32_t)len);
    while (ssk_txt_next(&reader, &string)) {
        if (!ssk_txt_counts(&string))
            continue;
        ssk_result_txt *txt = &row->txt[row->n_txt++];
        txt->key = safe_name(out, (const char *)string.bytes, string.key_len);
        if (!string.has_value)
            continue;
        uint8_t *copy = ssk_result_alloc(out->result, string.value_len + 1u);
        memcpy(copy, string.value, string.value_len);
        txt->value = safe_name(out, (const char *)string.value, string.value_len);
        txt->value_bytes = copy;
        txt->value_len = string.value_len;
    }
}

static void put_txt_seen(freezing *out, const ssk_bonjour_service *service, ssk_result_service *row)
{
    row->txt_seen_dropped = service->txt_sets_dropped;
    if (!service->txt_sets)
        return;
    row->n_txt_seen = service->txt_sets->len;
    row->txt_seen = ssk_result_alloc(out->result, row->n_txt_seen * sizeof *row->txt_seen);
    for (size_t i = 0; i < row->n_txt_seen; i++) {
        const ssk_bonjour_txt *set = &g_array_index(service->txt_sets, ssk_bonjour_txt, i);
        gsize len;
        const uint8_t *bytes = g_bytes_get_data(set->rdata, &len);
        uint8_t *rdata = ssk_result_alloc(out->result, len + 1);
        if (len)
            memcpy(rdata, bytes, len);
        ssk_txt_reader reader = ssk_txt_open(rdata, (uint32_t)len);
        ssk_txt_string string;
        size_t n = 0;
        while (ssk_txt_next(&reader, &string))
            n++;
        row->txt_seen[i].frame = set->frame;
        row->txt_seen[i].strings =
            ssk_result_alloc(out->result, n * sizeof *row->txt_seen[i].strings);
        reader = ssk_txt_open(rdata, (uint32_t)len);
        while (ssk_txt_next(&reader, &string)) {
            size_t k = row->txt_seen[i].n_strings++;
            row->txt_seen[i].strings[k].bytes = string.bytes;
            row->txt_seen[i].strings[k].len = string.len;
        }
    }
}

static void put_addresses(freezing *out, const ssk_bonjour_service *service, ssk_result_service *row)
{
    const ssk_bonjour_host *host =
        service->has_srv ? g_hash_table_lookup(out->bonjour->hosts, &service->host) : NULL;
    if (!host)
        return;
    /* Valid ones; where all are gone, those that went last. */
    bool     any_valid = false;
    uint32_t last_gone = 0;
    for (unsigned i = 0; i < host->n_addrs; i++) {
        any_valid = any_valid || !host->addrs[i].gone.frame;
        last_gone = MAX(last_gone, host->addrs[i].gone.frame);
    }
    row->addresses = ssk_result_alloc(out->result, host->n_addrs * sizeof *row->addresses);
    for (unsigned family = 4; family <= 6; family += 2)
        for (unsigned i = 0; i < host->n_addrs; i++)
            if (host->addrs[i].addr.family == family &&
                host->addrs[i].gone.frame == (any_valid ? 0 : last_gone))
                row->addresses[row->n_addresses++] = host->addrs[i].addr;
}

static void put_service(freezing *out, const ssk_bonjour_service *service, ssk_result_service *row)
{
    char buf[SSK_DNS_TEXT_ROOM];
    row->instance = instance_of(out, service);
    row->type = type_of(out, service);
    row->domain = safe_name(out, buf, ssk_dnssd_domain_text(&service->name, &service->parts, buf));
    row->host = service->has_srv ? name_of(out, &service->host) : NULL;
    row->has_port = service->has_srv;
    row->port = service->port;
    row->first = service->first.time;
    row->last = service->last.time;
    row->state = state_of(out, service);
    put_addresses(out, service, row);
    put_txt(out, service, row);
    put_txt_seen(out, service, row);
}

/* ---- all of it ---- */

void ssk_bonjour_freeze(const ssk_bonjour *bonjour, ssk_time_ns end, ssk_result *result)
{
    freezing out = { bonjour, result, end, g_array_new(FALSE, FALSE, sizeof(ssk_result_finding)) };
    GHashTable *told = g_hash_table_new(g_str_hash, g_str_equal);

    if (!ssk_bonjour_sane(end))
        out.end = bonjour->now == SSK_TIME_NONE ? 0 : bonjour->now;
    result->txt_records = bonjour->txt_records;
    result->services_dropped = bonjour->names_dropped;
    result->services =
        ssk_result_alloc(result, bonjour->service_list->len * sizeof *result->services);
    for (guint i = 0; i < bonjour->service_list->len; i++)
        put_service(&out, bonjour->service_list->pdata[i], &result->services[result->n_services++]);

    for (guint i = 0; i < bonjour->service_list->len; i++) {
        const ssk_bonjour_service *service = bonjour->service_list->pdata[i];
        if (service->parts.kind == SSK_DNSSD_NONE)
            continue;
        judge_txt(&out, service);
        if (service->unicast)
            continue;
        judge_conflict(&out, service);
        judge_silence(&out, service);
        judge_identifier(&out, service);
        judge_personal(&out, service, told);
    }
    for (guint i = 0; i < bonjour->host_list->len; i++) {
        judge_host_conflict(&out, bonjour->host_list->pdata[i]);
        judge_addresses(&out, bonjour->host_list->pdata[i]);
    }
    for (guint i = 0; i < bonjour->type_list->len; i++)
        judge_type(&out, bonjour->type_list->pdata[i]);
    judge_duplicates(&out);
    if (bonjour->bad_messages.count) {
        char addr[SSK_TEXT_ROOM];
        add_shown(&out, "bad-message", "warning",
                  ssk_result_printf(result, "%u Multicast DNS messages, the first from %s, end inside a record or hold one that contradicts itself",
                                    bonjour->bad_messages.count,
                                    ssk_addr_text(&bonjour->bad_sender, addr)),
                  &bonjour->bad_messages);
    }

    result->n_bonjour_findings = out.findings->len;
    result->bonjour_findings =
        ssk_result_alloc(result, out.findings->len * sizeof *result->bonjour_findings);
    if (out.findings->len)
        memcpy(result->bonjour_findings, out.findings->data,
               out.findings->len * sizeof *result->bonjour_findings);
    g_array_unref(out.findings);
    g_hash_table_destroy(told);
}
