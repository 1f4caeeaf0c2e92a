/* record.c - the life of a record: announced, known, asked for, said goodbye to, expired.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/tracker.h"

#include "core/base/limits.h"

ssk_time_ns ssk_bonjour_expiry(const ssk_bonjour_rr *rr)
{
    if (rr->goodbye.frame)
        return rr->goodbye.time;
    if (!rr->last.frame)
        return rr->known_until;
    ssk_time_ns expiry = rr->last.time + (ssk_span_ns)rr->ttl * SSK_S;
    return rr->known_until != SSK_TIME_NONE && rr->known_until > expiry ? rr->known_until : expiry;
}

bool ssk_bonjour_rr_alive(const ssk_bonjour_rr *rr, ssk_time_ns now)
{
    return !rr->goodbye.frame && rr->last.frame && ssk_bonjour_expiry(rr) > now;
}

const ssk_sighting *ssk_bonjour_last_goodbye(const ssk_bonjour_service *service)
{
    const ssk_bonjour_rr *rrs[] = {&service->ptr, &service->srv, &service->txt};
    const ssk_sighting *goodbye = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(rrs); i++)
        if (rrs[i]->goodbye.frame && (!goodbye || rrs[i]->goodbye.frame > goodbye->frame))
            goodbye = &rrs[i]->goodbye;
    for (size_t i = 0; goodbye && i < G_N_ELEMENTS(rrs); i++)
        if (rrs[i]->last.frame > goodbye->frame)
            return NULL;
    return goodbye;
}

bool ssk_bonjour_sane(ssk_time_ns time)
{
    return time > -(INT64_MAX / 2) && time < INT64_MAX / 2;
}

ssk_bonjour_role ssk_bonjour_role_of(const ssk_bonjour_message *message,
                                     const ssk_dns_record *record)
{
    if (message->header->response)
        return record->section == SSK_DNS_AUTHORITY ? SSK_RECORD_MENTIONED : SSK_RECORD_ANNOUNCED;
    if (record->section == SSK_DNS_ANSWER)
        return SSK_RECORD_KNOWN;
    return record->section == SSK_DNS_AUTHORITY ? SSK_RECORD_PROPOSED : SSK_RECORD_MENTIONED;
}

void ssk_bonjour_asks_add(ssk_bonjour_asks *asks, ssk_sighting at)
{
    if (asks->count++ == 0)
        asks->first = at;
    asks->last = at;
}

void ssk_bonjour_hear_question(ssk_bonjour *bonjour, const ssk_bonjour_message *message,
                               const ssk_dns_record *record)
{
    ssk_dnssd_parts parts = ssk_dnssd_split(&record->name);
    if (parts.kind == SSK_DNSSD_NONE || parts.kind == SSK_DNSSD_META || message->header->response)
        return;
    ssk_bonjour_type *type = ssk_bonjour_get_type(bonjour, &record->name, &parts);
    if (type && type->fault)
        ssk_shown_add(&type->shown, message->at.frame);
    if (record->top_bit || message->header->truncated ||
        message->header->counts[SSK_DNS_AUTHORITY] > 0)
        return;
    if (parts.kind == SSK_DNSSD_TYPE && record->type == SSK_DNS_PTR && type) {
        type->ring[type->asks++ % SSK_BONJOUR_ASKS] = message->at;
        return;
    }
    ssk_bonjour_service *service = parts.kind == SSK_DNSSD_INSTANCE
                                       ? g_hash_table_lookup(bonjour->services, &record->name)
                                       : NULL;
    if (!service || (record->type != SSK_DNS_SRV && record->type != SSK_DNS_TXT))
        return;
    const ssk_bonjour_rr *rr = record->type == SSK_DNS_SRV ? &service->srv : &service->txt;
    if (!rr->last.frame || rr->goodbye.frame ||
        message->at.time - rr->last.time < SSK_LIMIT(ANSWER_SPACING))
        return;
    ssk_bonjour_asks_add(&service->asked, message->at);
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
    service->asked = (ssk_bonjour_asks){0};
    ssk_bonjour_type *type = ssk_bonjour_get_type(bonjour, &service->name, &service->parts);
    if (type)
        service->type_asks = type->asks;
}

void ssk_bonjour_hear_rr(ssk_bonjour *bonjour, const ssk_bonjour_message *message,
                         const ssk_dns_record *record, ssk_bonjour_service *service,
                         ssk_bonjour_rr *rr)
{
    if (!service->first.frame)
        service->first = message->at;
    service->last = message->at;
    if (message->multicast_dns)
        service->unicast = false;
    bool is_service = service->parts.kind != SSK_DNSSD_NONE;
    switch (ssk_bonjour_role_of(message, record)) {
    case SSK_RECORD_ANNOUNCED:
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
        rr->goodbye = (ssk_sighting){0};
        break;
    case SSK_RECORD_KNOWN:
        if (rr->goodbye.frame)
            break;
        rr->known_until = message->at.time + (ssk_span_ns)record->ttl * SSK_S;
        ssk_bonjour_type *type =
            is_service ? ssk_bonjour_get_type(bonjour, &service->name, &service->parts) : NULL;
        if (type)
            service->type_asks = type->asks;
        break;
    case SSK_RECORD_PROPOSED:
    case SSK_RECORD_MENTIONED:
        if (!rr->last.frame && !rr->goodbye.frame && rr->known_until == SSK_TIME_NONE)
            rr->known_until = message->at.time + (ssk_span_ns)record->ttl * SSK_S;
        break;
    }
}
