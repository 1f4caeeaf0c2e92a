/* tracker.c - what is kept, by name: services, hosts, types, and the devices that announce them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/tracker.h"

#include <string.h>

#include "core/base/addr.h"

/* Letters of eight bytes at a time: every name of every message is looked up. */
static uint64_t lower8(uint64_t text)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = 0x80 * ones;
    uint64_t low = text & ~high;
    uint64_t from_a = low + (0x80 - 'A') * ones, beyond_z = low + (0x7f - 'Z') * ones;
    return text | ((~text & high & (from_a ^ beyond_z)) >> 2);
}

static guint name_hash(gconstpointer key)
{
    const ssk_dns_name *name = key;
    uint64_t words[(SSK_DNS_NAME_MAX + 7) / 8];
    unsigned n = (name->len + 7u) / 8;
    words[n ? n - 1 : 0] = 0; /* behind the name's end */
    memcpy(words, name->bytes, name->len);
    for (unsigned i = 0; i < n; i++)
        words[i] = lower8(words[i]);
    return (guint)ssk_hash_text(words, name->len);
}

static gboolean name_equal(gconstpointer a, gconstpointer b)
{
    return ssk_dns_name_equal(a, b);
}

static guint device_hash(gconstpointer device)
{
    return (guint)ssk_hash_text(&((const ssk_bonjour_device *)device)->key,
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

/* The records of a message are of one service, mostly, and of one type. */
static bool is_same(const ssk_dns_name *name, const uint8_t *text, uint8_t len)
{
    return name->len == len && !memcmp(name->bytes, text, len);
}

ssk_bonjour_service *ssk_bonjour_get_service(ssk_bonjour *bonjour, const ssk_dns_name *name,
                                             const ssk_dnssd_parts *parts)
{
    ssk_bonjour_service *service = bonjour->latest_service;
    if (service && is_same(&service->name, name->bytes, name->len))
        return service;
    service = g_hash_table_lookup(bonjour->services, name);
    if (service)
        return bonjour->latest_service = service;
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

ssk_bonjour_host *ssk_bonjour_get_host(ssk_bonjour *bonjour, const ssk_dns_name *name)
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

ssk_bonjour_type *ssk_bonjour_get_type(ssk_bonjour *bonjour, const ssk_dns_name *name,
                                       const ssk_dnssd_parts *parts)
{
    const uint8_t *text = name->bytes + parts->type_at;
    uint8_t len = (uint8_t)(name->len - parts->type_at);
    ssk_bonjour_type *type = bonjour->latest_type;
    if (type && is_same(&type->name, text, len))
        return type;
    ssk_dns_name type_name = {.len = len};
    memcpy(type_name.bytes, text, len);
    type = g_hash_table_lookup(bonjour->types, &type_name);
    if (type)
        return bonjour->latest_type = type;
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

void ssk_shown_add(ssk_shown *shown, uint32_t frame)
{
    if (shown->count < SSK_BONJOUR_FRAMES) {
        if (shown->count > 0 && shown->frames[shown->count - 1] == frame)
            return;
        shown->frames[shown->count] = frame;
    }
    shown->count++;
}

ssk_bonjour_device ssk_bonjour_device_key(const ssk_link *link, const ssk_addr *src)
{
    ssk_bonjour_device device = {0};
    if (link->has_macs)
        device.key.mac = link->src;
    else
        device.key.addr = *src;
    return device;
}

ssk_bonjour_device *ssk_bonjour_get_device(ssk_bonjour *bonjour, const ssk_link *link,
                                           const ssk_addr *src)
{
    ssk_bonjour_device key = ssk_bonjour_device_key(link, src);
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

void ssk_bonjour_device_uses(ssk_bonjour_device *device, const ssk_addr *addr, ssk_sighting at)
{
    if (!device)
        return;
    device->heard = at;
    if ((addr->family != 4 && addr->family != 6) || ssk_addr_is_zero(addr))
        return;
    unsigned family = addr->family == 6, slot = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(device->used[family]); i++) {
        if (device->used[family][i].addr.family &&
            ssk_addr_equal(&device->used[family][i].addr, addr)) {
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
