/* bonjour.c - the life of Multicast DNS records.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/bonjour.h"

#include <string.h>

#include "core/addr.h"

enum { CLASS_IN = 1 };

/* A responder may stay quiet within a second of its last answer. RFC 6762, section 6. */
#define ANSWER_SPACING SSK_S
/* Records older than this go when a new one has the cache-flush bit. RFC 6762, section 10.2. */
#define FLUSH_AFTER SSK_S
/* Probing takes 750 ms after up to 250 ms of waiting; a defence comes at once. RFC 6762, section 8.1. */
#define CONTEST_LASTS (2 * SSK_S)

/* ---- tables ---- */

static guint name_hash(gconstpointer name)
{
    return ssk_dns_name_hash(name);
}

static gboolean name_equal(gconstpointer a, gconstpointer b)
{
    return ssk_dns_name_equal(a, b);
}

static guint device_hash(gconstpointer device)
{
    return ssk_bytes_hash(&((const ssk_bonjour_device *)device)->key,
                      sizeof((const ssk_bonjour_device *)device)->key);
}

static gboolean device_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(&((const ssk_bonjour_device *)a)->key, &((const ssk_bonjour_device *)b)->key,
                  sizeof((const ssk_bonjour_device *)a)->key) == 0;
}

static void service_free(gpointer data)
{
    ssk_bonjour_service *service = data;
    if (service->txt_sets) {
        for (guint i = 0; i < service->txt_sets->len; i++)
            g_bytes_unref(g_array_index(service->txt_sets, ssk_bonjour_txt, i).rdata);
        g_array_unref(service->txt_sets);
    }
    if (service->txt_now)
        g_bytes_unref(service->txt_now);
    if (service->txt_changes)
        g_string_free(service->txt_changes, TRUE);
    g_free(service);
}

ssk_bonjour *ssk_bonjour_new(void)
{
    ssk_bonjour *bonjour = g_new0(ssk_bonjour, 1);
    bonjour->services = g_hash_table_new(name_hash, name_equal);
    bonjour->hosts = g_hash_table_new(name_hash, name_equal);
    bonjour->types = g_hash_table_new(name_hash, name_equal);
    bonjour->devices = g_hash_table_new_full(device_hash, device_equal, g_free, NULL);
    bonjour->addrs = g_hash_table_new(ssk_addr_hash, ssk_addr_equal);
    bonjour->service_list = g_ptr_array_new_with_free_func(service_free);
    bonjour->host_list = g_ptr_array_new_with_free_func(g_free);
    bonjour->type_list = g_ptr_array_new_with_free_func(g_free);
    bonjour->now = SSK_TIME_NONE;
    return bonjour;
}

void ssk_bonjour_free(ssk_bonjour *bonjour)
{
    if (!bonjour)
        return;
    g_hash_table_destroy(bonjour->services);
    g_hash_table_destroy(bonjour->hosts);
    g_hash_table_destroy(bonjour->types);
    g_hash_table_destroy(bonjour->addrs);
    g_hash_table_destroy(bonjour->devices);
    g_ptr_array_unref(bonjour->service_list);
    g_ptr_array_unref(bonjour->host_list);
    g_ptr_array_unref(bonjour->type_list);
    g_free(bonjour);
}

static void init_rr(ssk_bonjour_rr *rr)
{
    rr->known_until = SSK_TIME_NONE;
}

/* Each getter: NULL at the limit, counted. */
static ssk_bonjour_service *get_service(ssk_bonjour *bonjour, const ssk_dns_name *name,
                                        const ssk_dnssd_parts *parts)
{
    ssk_bonjour_service *service = g_hash_table_lookup(bonjour->services, name);
    if (service)
        return service;
    if (bonjour->service_list->len >= SSK_BONJOUR_NAMES) {
        bonjour->names_dropped++;
        return NULL;
    }
    service = g_new0(ssk_bonjour_service, 1);
    service->name = *name;
    service->parts = *parts;
    service->unicast = true;
    init_rr(&service->ptr);
    init_rr(&service->srv);
    init_rr(&service->txt);
    g_ptr_array_add(bonjour->service_list, service);
    g_hash_table_insert(bonjour->services, &service->name, service);
    return service;
}

static ssk_bonjour_host *get_host(ssk_bonjour *bonjour, const ssk_dns_name *name)
{
    ssk_bonjour_host *host = g_hash_table_lookup(bonjour->hosts, name);
    if (host)
        return host;
    if (bonjour->host_list->len >= SSK_BONJOUR_NAMES) {
        bonjour->names_dropped++;
        return NULL;
    }
    host = g_new0(ssk_bonjour_host, 1);
    host->name = *name;
    g_ptr_array_add(bonjour->host_list, host);
    g_hash_table_insert(bonjour->hosts, &host->name, host);
    return host;
}

/* By any name of the type: its own, a subtype's, an instance's. */
static ssk_bonjour_type *get_type(ssk_bonjour *bonjour, const ssk_dns_name *name,
                                  const ssk_dnssd_parts *parts)
{
    ssk_dns_name type_name = { .len = (uint8_t)(name->len - parts->type_at) };
    memcpy(type_name.bytes, name->bytes + parts->type_at, type_name.len);
    ssk_bonjour_type *type = g_hash_table_lookup(bonjour->types, &type_name);
    if (type)
        return type;
    if (bonjour->type_list->len >= SSK_BONJOUR_NAMES) {
        bonjour->names_dropped++;
        return NULL;
    }
    type = g_new0(ssk_bonjour_type, 1);
    type->name = type_name;
    type->fault = ssk_dnssd_name_fault(name, parts);
    g_ptr_array_add(bonjour->type_list, type);
    g_hash_table_insert(bonjour->types, &type->name, type);
    return type;
}

static void show(ssk_shown *shown, uint32_t frame)
{
    if (shown->count < SSK_BONJOUR_FRAMES) {
        if (shown->count > 0 && shown->frames[shown->count - 1] == frame)
            return;
        shown->frames[shown->count] = frame;
    }
    shown->count++;
}

/* ---- devices ---- */

static ssk_bonjour_device key_of(const ssk_link *link, const ssk_addr *src)
{
    ssk_bonjour_device device = { 0 };
    if (link->has_macs)
        device.key.mac = link->src;
    else
        device.key.addr = *src;
    return device;
}

static ssk_bonjour_device *get_device(ssk_bonjour *bonjour, const ssk_link *link,
                                      const ssk_addr *src)
{
    ssk_bonjour_device  key = key_of(link, src);
    ssk_bonjour_device *device = g_hash_table_lookup(bonjour->devices, &key);
    if (device)
        return device;
    if (g_hash_table_size(bonjour->devices) >= SSK_BONJOUR_NAMES) {
        bonjour->names_dropped++;
        return NULL;
    }
    device = g_memdup2(&key, sizeof key);
    g_hash_table_add(bonjour->devices, device);
    return device;
}

static void device_uses(ssk_bonjour_device *device, const ssk_addr *addr, ssk_sighting at)
{
    if (!device)
        return;
    device->heard = at;
    if ((addr->family != 4 && addr->family != 6) || ssk_addr_is_zero(addr))
        return;
    unsigned family = addr->family == 6, slot = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(device->used[family]); i++) {
        if (device->used[family][i].addr.family && ssk_addr_equal(&device->used[family][i].addr, addr)) {
            device->used[family][i].last = at;
            return;
        }
        /* a free one, else the one not used for longest */
        if (device->used[family][slot].addr.family &&
            (!device->used[family][i].addr.family ||
             device->used[family][i].last.time < device->used[family][slot].last.time))
            slot = i;
    }
    device->used[family][slot].addr = *addr;
    device->used[family][slot].first = device->used[family][slot].last = at;
}

/* ---- life of a record ---- */

ssk_time_ns ssk_bonjour_expiry(const ssk_bonjour_rr *rr)
{
    if (rr->goodbye.frame)
        return rr->goodbye.time;
    if (!rr->last.frame)
        return rr->known_until;
    ssk_time_ns expiry = rr->last.time + (ssk_span_ns)rr->ttl * SSK_S;
    return rr->known_until != SSK_TIME_NONE && rr->known_until > expiry ? rr->known_until : expiry;
}

static bool alive(const ssk_bonjour_rr *rr, ssk_time_ns now)
{
    return !rr->goodbye.frame && rr->last.frame && ssk_bonjour_expiry(rr) > now;
}

bool ssk_bonjour_sane(ssk_time_ns time)
{
    return time > -(INT64_MAX / 2) && time < INT64_MAX / 2;
}

/* ---- messages ---- */

typedef enum record_role {
    ANNOUNCED, /* by its owner, in a response */
    PROPOSED,  /* in a probe */
    KNOWN,     /* by a querier, who need not be told */
    MENTIONED,
} record_role;

typedef struct dns_message {
    const ssk_packet     *packet;
    const ssk_dns_header *header;
    ssk_bonjour_device   *device;
    ssk_sighting          at;
    bool                  multicast_dns;
} dns_message;

static record_role role_of(const dns_message *message, const ssk_dns_record *record)
{
    if (message->header->response)
        return record->section == SSK_DNS_AUTHORITY ? MENTIONED : ANNOUNCED;
    if (record->section == SSK_DNS_ANSWER)
        return KNOWN;
    return record->section == SSK_DNS_AUTHORITY ? PROPOSED : MENTIONED;
}

static void count_ask(ssk_bonjour_asks *asks, ssk_sighting at)
{
    if (asks->count++ == 0)
        asks->first = at;
    asks->last = at;
}

/* A question that wants its answer from the owner, sent to all. A probe is
 * none; nor is one whose known answers follow in other messages. */
static void hear_question(ssk_bonjour *bonjour, const dns_message *message,
                          const ssk_dns_record *record)
{
    ssk_dnssd_parts parts = ssk_dnssd_split(&record->name);
    if (parts.kind == SSK_DNSSD_NONE || parts.kind == SSK_DNSSD_META || message->header->response)
        return;
    ssk_bonjour_type *type = get_type(bonjour, &record->name, &parts);
    if (type && type->fault)
        show(&type->shown, message->at.frame);
    if (record->top_bit || message->header->truncated ||
        message->header->counts[SSK_DNS_AUTHORITY] > 0)
        return;
    if (parts.kind == SSK_DNSSD_TYPE && record->type == SSK_DNS_PTR && type) {
        type->ring[type->asks++ % SSK_BONJOUR_ASKS] = message->at;
        return;
    }
    ssk_bonjour_service *service =
        parts.kind == SSK_DNSSD_INSTANCE ? g_hash_table_lookup(bonjour->services, &record->name)
                                         : NULL;
    if (!service || (record->type != SSK_DNS_SRV && record->type != SSK_DNS_TXT))
        return;
    const ssk_bonjour_rr *rr = record->type == SSK_DNS_SRV ? &service->srv : &service->txt;
    if (!rr->last.frame || rr->goodbye.frame || message->at.time - rr->last.time < ANSWER_SPACING)
        return;
    count_ask(&service->asked, message->at);
    if (message->at.time - rr->last.time >= (ssk_span_ns)rr->ttl * SSK_S / 5 * 4)
        service->asked.at_refresh++;
}

/* The owner spoke: what was asked is answered, whatever came before. */
static void answered(ssk_bonjour *bonjour, ssk_bonjour_service *service, ssk_sighting at)
{
    if (service->asked.at_refresh >= 2 && service->srv.last.frame &&
        ssk_bonjour_expiry(&service->srv) < at.time && !service->lapsed.count) {
        service->lapsed = service->asked;
        service->lapsed_until = at;
    }
    service->asked = (ssk_bonjour_asks){ 0 };
    ssk_bonjour_type *type = get_type(bonjour, &service->name, &service->parts);
    if (type)
        service->type_asks = type->asks;
}

static void hear_rr(ssk_bonjour *bonjour, const dns_message *message, const ssk_dns_record *record,
                    ssk_bonjour_service *service, ssk_bonjour_rr *rr)
{
    if (!service->first.frame)
        service->first = message->at;
    service->last = message->at;
    if (message->multicast_dns)
        service->unicast = false;
    bool is_service = service->parts.kind != SSK_DNSSD_NONE;
    switch (role_of(message, record)) {
    case ANNOUNCED:
        if (is_service)
            answered(bonjour, service, message->at);
        if (record->ttl == 0) {
            rr->goodbye = message->at;
            break;
        }
        if (!rr->first.frame)
            rr->first = message->at;
        rr->last = message->at;
        rr->ttl = record->ttl;
        rr->goodbye = (ssk_sighting){ 0 };
        break;
    case KNOWN:
        if (rr->goodbye.frame)
            break;
        rr->known_until = message->at.time + (ssk_span_ns)record->ttl * SSK_S;
        ssk_bonjour_type *type =
            is_service ? get_type(bonjour, &service->name, &service->parts) : NULL;
        if (type)
            service->type_asks = type->asks;
        break;
    case PROPOSED:
    case MENTIONED:
        if (!rr->last.frame && !rr->goodbye.frame && rr->known_until == SSK_TIME_NONE)
            rr->known_until = message->at.time + (ssk_span_ns)record->ttl * SSK_S;
        break;
    }
}

/* ---- names that two want ---- */

static bool same_srv(const ssk_bonjour_service *service, const ssk_dns_record *record)
{
    return service->port == record->port && ssk_dns_name_equal(&service->host, &record->target);
}

/* A probe. RFC 6762, section 8. */
static void propose_srv(ssk_bonjour_service *service, const dns_message *message,
                        const ssk_dns_record *record)
{
    ssk_sighting at = message->at;
    if (!message->device)
        return;
    if (alive(&service->srv, at.time)) {
        bool mine = message->device == service->owner;
        if (mine && !service->revived.frame && !service->contest.frame &&
            at.time - service->srv.last.time > CONTEST_LASTS) {
            service->revived_from = service->srv.last;
            service->revived = at;
        } else if (!mine && !same_srv(service, record)) {
            service->contest = at;
            service->contester = message->device;
        }
        return;
    }
    if (service->prober && service->prober != message->device && service->probe.frame &&
        at.time - service->probe.time < SSK_S &&
        !(service->probe_port == record->port &&
          ssk_dns_name_equal(&service->probe_host, &record->target))) {
        show(&service->conflict, service->probe.frame);
        show(&service->conflict, at.frame);
    }
    service->probe = at;
    service->prober = message->device;
    service->probe_host = record->target;
    service->probe_port = record->port;
}

static bool same_type(const ssk_bonjour_service *a, const ssk_bonjour_service *b)
{
    ssk_dns_name x = { .len = (uint8_t)(a->name.len - a->parts.type_at) };
    ssk_dns_name y = { .len = (uint8_t)(b->name.len - b->parts.type_at) };
    memcpy(x.bytes, a->name.bytes + a->parts.type_at, x.len);
    memcpy(y.bytes, b->name.bytes + b->parts.type_at, y.len);
    return ssk_dns_name_equal(&x, &y);
}

static void announce_srv(ssk_bonjour_service *service, const dns_message *message,
                         const ssk_dns_record *record)
{
    ssk_sighting        at = message->at;
    ssk_bonjour_device *device = message->device;

    if (record->ttl == 0)
        return;
    if (service->contest.frame && device == service->owner && device) {
        if (at.time - service->contest.time <= CONTEST_LASTS) {
            show(&service->conflict, service->contest.frame);
            show(&service->conflict, at.frame);
            service->contester->lost = service;
        }
        service->contest.frame = 0;
    }
    if (record->top_bit && device && service->owner && device != service->owner &&
        alive(&service->srv, at.time) && !same_srv(service, record)) {
        show(&service->conflict, service->srv.last.frame);
        show(&service->conflict, at.frame);
    }
    if (device && device->lost && device->lost != service && same_type(device->lost, service)) {
        if (!device->lost->new_name.len)
            device->lost->new_name = service->name;
        device->lost = NULL;
    }
    service->owner = device;
    service->host = record->target;
    service->port = record->port;
    service->has_srv = true;
}

/* ---- TXT ---- */

static uint32_t txt_faults(const ssk_dns_record *record)
{
    ssk_txt_reader reader = ssk_txt_open(record->rdata, record->rdata_len);
    ssk_txt_string string;
    uint32_t       faults = 0;

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

/* Names the keys of @p a that @p b has with another value; with @p missing
 * only those that @p b has not at all. */
static void diff_keys(GBytes *a, GBytes *b, bool missing, GString *out)
{
    ssk_txt_reader reader = ssk_txt_open(g_bytes_get_data(a, NULL), (uint32_t)g_bytes_get_size(a));
    ssk_txt_string string, other;
    for (unsigned i = 0; i < SSK_TXT_LOOKBACK && ssk_txt_next(&reader, &string); i++) {
        if (!ssk_txt_counts(&string))
            continue;
        char *key = g_strndup((const char *)string.bytes, string.key_len);
        bool found = ssk_txt_find(g_bytes_get_data(b, NULL), (uint32_t)g_bytes_get_size(b), key, &other);
        g_free(key);
        bool differs = found && (string.has_value != other.has_value ||
                                 string.value_len != other.value_len ||
                                 (string.value_len &&
                                  memcmp(string.value, other.value, string.value_len) != 0));
        if (missing ? !found : differs)
            name_key(out, &string);
    }
}

static GBytes *keep_txt(ssk_bonjour *bonjour, ssk_bonjour_service *service,
                        const ssk_dns_record *record, uint32_t frame)
{
    if (!service->txt_sets)
        service->txt_sets = g_array_new(FALSE, FALSE, sizeof(ssk_bonjour_txt));
    for (guint i = 0; i < service->txt_sets->len; i++) {
        GBytes *kept = g_array_index(service->txt_sets, ssk_bonjour_txt, i).rdata;
        gsize   len;
        const void *bytes = g_bytes_get_data(kept, &len);
        if (len == record->rdata_len && (len == 0 || memcmp(bytes, record->rdata, len) == 0))
            return kept;
    }
    if (service->txt_sets->len >= SSK_BONJOUR_TXT_SETS ||
        bonjour->txt_bytes + record->rdata_len > SSK_BONJOUR_TXT_BYTES) {
        service->txt_sets_dropped++;
        return NULL;
    }
    ssk_bonjour_txt set = { g_bytes_new(record->rdata, record->rdata_len), frame };
    bonjour->txt_bytes += record->rdata_len;
    g_array_append_val(service->txt_sets, set);
    return set.rdata;
}

static void hear_txt(ssk_bonjour *bonjour, ssk_bonjour_service *service, const dns_message *message,
                     const ssk_dns_record *record)
{
    uint32_t frame = message->at.frame;
    bool     was_alive = alive(&service->txt, message->at.time);

    hear_rr(bonjour, message, record, service, &service->txt);
    if (service->parts.kind != SSK_DNSSD_NONE) {
        uint32_t faults = txt_faults(record);
        service->txt_faults |= faults;
        if (faults)
            show(&service->bad_txt, frame);
    }
    GBytes *kept = keep_txt(bonjour, service, record, frame);
    if (role_of(message, record) != ANNOUNCED || record->ttl == 0) {
        if (!service->txt_now && kept)
            service->txt_now = g_bytes_ref(kept);
        return;
    }
    if (service->txt_frame == frame && kept != service->txt_now)
        service->txt_several = true;
    if (was_alive && kept && service->txt_now && kept != service->txt_now &&
        service->txt_owner == message->device && !service->txt_several) {
        GString *changes = service->txt_changes ? service->txt_changes : g_string_new(NULL);
        size_t   before = changes->len;
        diff_keys(service->txt_now, kept, false, changes);
        diff_keys(service->txt_now, kept, true, changes);
        diff_keys(kept, service->txt_now, true, changes);
        service->txt_changes = changes;
        if (changes->len > before) {
            show(&service->txt_changed, service->txt_frame);
            show(&service->txt_changed, frame);
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

/* ---- hosts and their addresses ---- */

static bool addr_alive(const ssk_bonjour_host_addr *entry, ssk_time_ns now)
{
    return !entry->gone.frame && entry->last.frame &&
           entry->last.time + (ssk_span_ns)entry->ttl * SSK_S > now;
}

static void withdraw(ssk_bonjour_host_addr *entry, ssk_sighting at)
{
    entry->gone = at;
    if (entry->stale && !entry->stale_end.frame)
        entry->stale_end = at;
    entry->sought = (ssk_bonjour_asks){ 0 };
}

static ssk_bonjour_host_addr *find_addr(ssk_bonjour_host *host, const ssk_addr *addr)
{
    for (unsigned i = 0; i < host->n_addrs; i++)
        if (ssk_addr_equal(&host->addrs[i].addr, addr))
            return &host->addrs[i];
    return NULL;
}

static void announce_addr(ssk_bonjour *bonjour, ssk_bonjour_host *host, const dns_message *message,
                          const ssk_dns_record *record)
{
    ssk_sighting at = message->at;
    if (host->contest.frame && message->device && message->device != host->contester) {
        if (at.time - host->contest.time <= CONTEST_LASTS) {
            show(&host->conflict, host->contest.frame);
            show(&host->conflict, at.frame);
        }
        host->contest.frame = 0;
    }
    ssk_bonjour_host_addr *entry = find_addr(host, &record->addr);
    if (record->ttl == 0) {
        if (entry)
            withdraw(entry, at);
        return;
    }
    if (record->top_bit) {
        for (unsigned i = 0; i < host->n_addrs; i++) {
            ssk_bonjour_host_addr *other = &host->addrs[i];
            if (other != entry && other->addr.family == record->addr.family && !other->gone.frame &&
                at.time - other->last.time > FLUSH_AFTER)
                withdraw(other, at);
        }
    }
    if (!entry) {
        if (host->n_addrs >= SSK_BONJOUR_ADDRESSES) {
            host->addrs_dropped++;
            return;
        }
        entry = &host->addrs[host->n_addrs++];
        entry->addr = record->addr;
        entry->first = at;
    }
    g_hash_table_insert(bonjour->addrs, &entry->addr, entry);
    entry->owner = message->device;
    entry->last = at;
    entry->ttl = record->ttl;
    entry->gone = (ssk_sighting){ 0 };
}

static void propose_addr(ssk_bonjour_host *host, const dns_message *message,
                         const ssk_dns_record *record)
{
    if (!message->device || find_addr(host, &record->addr))
        return;
    for (unsigned i = 0; i < host->n_addrs; i++) {
        const ssk_bonjour_host_addr *entry = &host->addrs[i];
        if (entry->owner && entry->owner != message->device &&
            addr_alive(entry, message->at.time)) {
            host->contest = message->at;
            host->contester = message->device;
        }
    }
}

/* Someone looks for an announced address on the link. When that stays
 * unanswered while the announcer speaks from elsewhere, the record is stale. */
static void seek_addr(ssk_bonjour *bonjour, const ssk_addr *target,
                      const ssk_bonjour_device *seeker, ssk_sighting at)
{
    ssk_bonjour_host_addr *entry = g_hash_table_lookup(bonjour->addrs, target);
    if (!entry || !entry->owner || entry->owner == seeker || !addr_alive(entry, at.time))
        return;
    count_ask(&entry->sought, at);
    if (entry->stale || entry->sought.count < 2)
        return;
    unsigned family = target->family == 6;
    const ssk_bonjour_device *owner = entry->owner;
    for (unsigned i = 0; i < G_N_ELEMENTS(owner->used[family]); i++) {
        if (!owner->used[family][i].addr.family || ssk_addr_equal(&owner->used[family][i].addr, target))
            continue;
        if (owner->used[family][i].last.time < entry->last.time)
            continue;
        entry->stale = true;
        entry->stale_instead = owner->used[family][i].addr;
        entry->stale_end = (ssk_sighting){ 0 };
        entry->stale_shown.count = 0;
        show(&entry->stale_shown, entry->last.frame);
        show(&entry->stale_shown, owner->used[family][i].first.frame);
        show(&entry->stale_shown, entry->sought.first.frame);
        show(&entry->stale_shown, at.frame);
        return;
    }
}

static void hear_address_use(ssk_bonjour *bonjour, const ssk_addr *addr)
{
    ssk_bonjour_host_addr *entry = g_hash_table_lookup(bonjour->addrs, addr);
    if (entry)
        entry->sought = (ssk_bonjour_asks){ 0 };
}

/* ---- one record ---- */

static uint8_t last_label(const ssk_dns_name *name)
{
    unsigned last = 0;
    for (unsigned at = 0; name->bytes[at]; at += 1u + name->bytes[at])
        last = at;
    return (uint8_t)last;
}

static void hear_record(ssk_bonjour *bonjour, const dns_message *message, const ssk_dns_record *record)
{
    const ssk_dns_name *name = record->type == SSK_DNS_PTR ? &record->target : &record->name;
    bool is_txt = record->type == SSK_DNS_TXT;

    if (is_txt && message->multicast_dns)
        bonjour->txt_records++;
    if (record->class != CLASS_IN || record->rdata_status != SSK_OK || name->len == 0)
        return;
    if (record->type == SSK_DNS_A || record->type == SSK_DNS_AAAA) {
        record_role role = role_of(message, record);
        if (!message->multicast_dns || (role != ANNOUNCED && role != PROPOSED))
            return;
        ssk_bonjour_host *host = get_host(bonjour, name);
        if (host && role == ANNOUNCED)
            announce_addr(bonjour, host, message, record);
        else if (host)
            propose_addr(host, message, record);
        return;
    }
    if (record->type != SSK_DNS_PTR && record->type != SSK_DNS_SRV && !is_txt)
        return;
    ssk_dnssd_parts parts = ssk_dnssd_split(name);
    if (parts.kind != SSK_DNSSD_NONE && parts.kind != SSK_DNSSD_META) {
        ssk_bonjour_type *type = get_type(bonjour, name, &parts);
        if (type && type->fault)
            show(&type->shown, message->at.frame);
    }
    if (parts.kind == SSK_DNSSD_NONE && is_txt && message->multicast_dns)
        parts.type_at = parts.domain_at = last_label(name);
    else if (parts.kind != SSK_DNSSD_INSTANCE)
        return;
    ssk_bonjour_service *service = get_service(bonjour, name, &parts);
    if (!service)
        return;
    if (is_txt) {
        hear_txt(bonjour, service, message, record);
    } else if (record->type == SSK_DNS_PTR) {
        /* A goodbye of the PTR record takes the service away: Apple's responder sends no other. */
        hear_rr(bonjour, message, record, service, &service->ptr);
        if (service->ptr.goodbye.frame == message->at.frame &&
            ssk_dnssd_split(&record->name).kind == SSK_DNSSD_TYPE)
            service->srv.goodbye = service->txt.goodbye = message->at;
    } else {
        record_role role = role_of(message, record);
        if (role == PROPOSED)
            propose_srv(service, message, record);
        else if (role == ANNOUNCED)
            announce_srv(service, message, record);
        hear_rr(bonjour, message, record, service, &service->srv);
    }
}

/* ---- one packet ---- */

/* The message may be cut: by the capture, or because this is its first fragment. */
static bool is_whole(const ssk_packet *packet)
{
    return packet->payload_cap >= packet->payload_len && !packet->ip.fragment &&
           packet->udp.length == packet->payload_len + 8u;
}

static void hear_message(ssk_bonjour *bonjour, const ssk_packet *packet, ssk_sighting at,
                         bool multicast_dns)
{
    uint32_t size = MIN(packet->payload_cap, packet->payload_len);
    ssk_dns_reader reader;
    ssk_dns_record record;
    ssk_status     status = ssk_dns_open(&reader, packet->payload, size);

    if (status == SSK_EUNSUPPORTED)
        return;
    if (status == SSK_OK) {
        dns_message message = { packet, &reader.header, NULL, at, multicast_dns };
        if (!multicast_dns && (!reader.header.response || reader.header.rcode))
            return;
        if (multicast_dns) {
            message.device = get_device(bonjour, &packet->link, &packet->ip.src);
            device_uses(message.device, &packet->ip.src, at);
        }
        while (ssk_dns_next(&reader, &record)) {
            if (record.section != SSK_DNS_QUESTION)
                hear_record(bonjour, &message, &record);
            else if (multicast_dns)
                hear_question(bonjour, &message, &record);
            if (record.rdata_status != SSK_OK && multicast_dns)
                status = record.rdata_status;
        }
        if (reader.status != SSK_OK)
            status = reader.status;
    }
    if (status != SSK_OK && multicast_dns && is_whole(packet)) {
        if (bonjour->bad_messages.count == 0)
            bonjour->bad_sender = packet->ip.src;
        show(&bonjour->bad_messages, at.frame);
    }
}

static void hear_arp(ssk_bonjour *bonjour, const ssk_packet *packet, ssk_sighting at)
{
    const ssk_arp_hdr *arp = &packet->arp;
    ssk_link link = { .has_macs = true, .src = arp->sender_mac };
    ssk_bonjour_device  key = key_of(&link, &arp->sender);
    ssk_bonjour_device *sender = g_hash_table_lookup(bonjour->devices, &key);
    device_uses(sender, &arp->sender, at);
    hear_address_use(bonjour, &arp->sender);
    if (arp->operation == 1 && !ssk_addr_equal(&arp->sender, &arp->target))
        seek_addr(bonjour, &arp->target, sender, at);
}

static void hear_neighbour(ssk_bonjour *bonjour, const ssk_packet *packet, ssk_sighting at)
{
    enum { SOLICITATION = 135, ADVERTISEMENT = 136 };
    const ssk_icmp_hdr *icmp = &packet->icmp;
    if (icmp->version != 6 || !icmp->has_target)
        return;
    ssk_bonjour_device  key = key_of(&packet->link, &packet->ip.src);
    ssk_bonjour_device *sender = g_hash_table_lookup(bonjour->devices, &key);
    device_uses(sender, &packet->ip.src, at);
    if (icmp->type == SOLICITATION && !ssk_addr_is_zero(&packet->ip.src))
        seek_addr(bonjour, &icmp->target, sender, at);
    else if (icmp->type == ADVERTISEMENT)
        hear_address_use(bonjour, &icmp->target);
}

void ssk_bonjour_hear(ssk_bonjour *bonjour, const ssk_packet *packet, ssk_time_ns time)
{
    if (ssk_bonjour_sane(time) && (bonjour->now == SSK_TIME_NONE || time > bonjour->now))
        bonjour->now = time;
    ssk_sighting at = { packet->event->frame, bonjour->now == SSK_TIME_NONE ? 0 : bonjour->now };
    switch (packet->kind) {
    case SSK_PACKET_UDP:
        if (packet->src_port == SSK_PORT_MDNS || packet->dst_port == SSK_PORT_MDNS)
            hear_message(bonjour, packet, at, true);
        else if (packet->src_port == SSK_PORT_DNS)
            hear_message(bonjour, packet, at, false);
        break;
    case SSK_PACKET_ARP:
        hear_arp(bonjour, packet, at);
        break;
    case SSK_PACKET_ICMP:
        hear_neighbour(bonjour, packet, at);
        break;
    default:
        break;
    }
}
