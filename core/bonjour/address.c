/* address.c - the addresses of hosts: announced, wanted by two, withdrawn, or sought in vain.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/tracker.h"

#include "core/base/addr.h"
#include "core/base/limits.h"

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
    entry->sought = (ssk_bonjour_asks){0};
}

static ssk_bonjour_host_addr *find_addr(ssk_bonjour_host *host, const ssk_addr *addr)
{
    for (unsigned i = 0; i < host->n_addrs; i++)
        if (ssk_addr_equal(&host->addrs[i].addr, addr))
            return &host->addrs[i];
    return NULL;
}

static void announce_addr(ssk_bonjour *bonjour, ssk_bonjour_host *host,
                          const ssk_bonjour_message *message, const ssk_dns_record *record)
{
    ssk_sighting at = message->at;
    if (host->contest.frame && message->device && message->device != host->contester) {
        if (at.time - host->contest.time <= SSK_LIMIT(CONTEST)) {
            ssk_shown_add(&host->conflict, host->contest.frame);
            ssk_shown_add(&host->conflict, at.frame);
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
                at.time - other->last.time > SSK_LIMIT(FLUSH_AFTER))
                withdraw(other, at);
        }
    }
    if (!entry) {
        if (host->n_addrs >= SSK_BONJOUR_ADDRESSES) {
            bonjour->addrs_dropped++;
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
    entry->gone = (ssk_sighting){0};
}

static void propose_addr(ssk_bonjour_host *host, const ssk_bonjour_message *message,
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

void ssk_bonjour_hear_addr(ssk_bonjour *bonjour, const ssk_bonjour_message *message,
                           const ssk_dns_record *record)
{
    ssk_bonjour_role role = ssk_bonjour_role_of(message, record);
    if (!message->multicast_dns || (role != SSK_RECORD_ANNOUNCED && role != SSK_RECORD_PROPOSED))
        return;
    ssk_bonjour_host *host = ssk_bonjour_get_host(bonjour, &record->name);
    if (host && role == SSK_RECORD_ANNOUNCED)
        announce_addr(bonjour, host, message, record);
    else if (host)
        propose_addr(host, message, record);
}

void ssk_bonjour_seek_addr(ssk_bonjour *bonjour, const ssk_addr *target,
                           const ssk_bonjour_device *seeker, ssk_sighting at)
{
    ssk_bonjour_host_addr *entry = g_hash_table_lookup(bonjour->addrs, target);
    if (!entry || !entry->owner || entry->owner == seeker || !addr_alive(entry, at.time))
        return;
    ssk_bonjour_asks_add(&entry->sought, at);
    if (entry->stale || entry->sought.count < 2)
        return;
    unsigned family = target->family == 6;
    const ssk_bonjour_device *owner = entry->owner;
    for (unsigned i = 0; i < G_N_ELEMENTS(owner->used[family]); i++) {
        if (!owner->used[family][i].addr.family ||
            ssk_addr_equal(&owner->used[family][i].addr, target))
            continue;
        if (owner->used[family][i].last.time < entry->last.time)
            continue;
        entry->stale = true;
        entry->stale_instead = owner->used[family][i].addr;
        entry->stale_end = (ssk_sighting){0};
        entry->stale_shown.count = 0;
        ssk_shown_add(&entry->stale_shown, entry->last.frame);
        ssk_shown_add(&entry->stale_shown, owner->used[family][i].first.frame);
        ssk_shown_add(&entry->stale_shown, entry->sought.first.frame);
        ssk_shown_add(&entry->stale_shown, at.frame);
        return;
    }
}

void ssk_bonjour_addr_used(ssk_bonjour *bonjour, const ssk_addr *addr)
{
    ssk_bonjour_host_addr *entry = g_hash_table_lookup(bonjour->addrs, addr);
    if (entry)
        entry->sought = (ssk_bonjour_asks){0};
}
