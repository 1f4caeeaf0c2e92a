/* bonjour.c - packets to what the tracker keeps: Multicast DNS, ARP, neighbor discovery.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/bonjour.h"

#include "core/base/addr.h"
#include "core/bonjour/tracker.h"

enum { CLASS_IN = 1 };

static uint8_t last_label(const ssk_dns_name *name)
{
    unsigned last = 0;
    for (unsigned at = 0; name->bytes[at]; at += 1u + name->bytes[at])
        last = at;
    return (uint8_t)last;
}

static void hear_record(ssk_bonjour *bonjour, const ssk_bonjour_message *message,
                        const ssk_dns_record *record)
{
    const ssk_dns_name *name = record->type == SSK_DNS_PTR ? &record->target : &record->name;
    bool is_txt = record->type == SSK_DNS_TXT;

    if (is_txt && message->multicast_dns)
        bonjour->txt_records++;
    if (record->class != CLASS_IN || record->rdata_status != SSK_OK || name->len == 0)
        return;
    if (record->type == SSK_DNS_A || record->type == SSK_DNS_AAAA) {
        ssk_bonjour_hear_addr(bonjour, message, record);
        return;
    }
    if (record->type != SSK_DNS_PTR && record->type != SSK_DNS_SRV && !is_txt)
        return;
    ssk_dnssd_parts parts = ssk_dnssd_split(name);
    if (parts.kind != SSK_DNSSD_NONE && parts.kind != SSK_DNSSD_META) {
        ssk_bonjour_type *type = ssk_bonjour_get_type(bonjour, name, &parts);
        if (type && type->fault)
            ssk_shown_add(&type->shown, message->at.frame);
    }
    if (parts.kind == SSK_DNSSD_NONE && is_txt && message->multicast_dns)
        parts.type_at = parts.domain_at = last_label(name);
    else if (parts.kind != SSK_DNSSD_INSTANCE)
        return;
    ssk_bonjour_service *service = ssk_bonjour_get_service(bonjour, name, &parts);
    if (!service)
        return;
    if (is_txt) {
        ssk_bonjour_hear_txt(bonjour, service, message, record);
    } else if (record->type == SSK_DNS_PTR) {
        /* A goodbye of the PTR record takes the service away: Apple's responder sends no other. */
        ssk_bonjour_hear_rr(bonjour, message, record, service, &service->ptr);
        if (service->ptr.goodbye.frame == message->at.frame &&
            ssk_dnssd_split(&record->name).kind == SSK_DNSSD_TYPE)
            service->srv.goodbye = service->txt.goodbye = message->at;
    } else {
        ssk_bonjour_hear_srv(bonjour, service, message, record);
    }
}

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
    ssk_status status = ssk_dns_open(&reader, packet->payload, size);

    if (status == SSK_EUNSUPPORTED)
        return;
    if (status == SSK_OK) {
        ssk_bonjour_message message = {packet, &reader.header, NULL, at, multicast_dns};
        if (!multicast_dns && (!reader.header.response || reader.header.rcode))
            return;
        if (multicast_dns) {
            message.device = ssk_bonjour_get_device(bonjour, &packet->link, &packet->ip.src);
            ssk_bonjour_device_uses(message.device, &packet->ip.src, at);
        }
        while (ssk_dns_next(&reader, &record)) {
            if (record.section != SSK_DNS_QUESTION)
                hear_record(bonjour, &message, &record);
            else if (multicast_dns)
                ssk_bonjour_hear_question(bonjour, &message, &record);
            if (record.rdata_status != SSK_OK && multicast_dns)
                status = record.rdata_status;
        }
        if (reader.status != SSK_OK)
            status = reader.status;
    }
    if (status != SSK_OK && multicast_dns && is_whole(packet)) {
        if (bonjour->bad_messages.count == 0)
            bonjour->bad_sender = packet->ip.src;
        ssk_shown_add(&bonjour->bad_messages, at.frame);
    }
}

static void hear_arp(ssk_bonjour *bonjour, const ssk_packet *packet, ssk_sighting at)
{
    const ssk_arp_hdr *arp = &packet->arp;
    ssk_link link = {.has_macs = true, .src = arp->sender_mac};
    ssk_bonjour_device key = ssk_bonjour_device_key(&link, &arp->sender);
    ssk_bonjour_device *sender = g_hash_table_lookup(bonjour->devices, &key);
    ssk_bonjour_device_uses(sender, &arp->sender, at);
    ssk_bonjour_addr_used(bonjour, &arp->sender);
    if (arp->operation == 1 && !ssk_addr_equal(&arp->sender, &arp->target))
        ssk_bonjour_seek_addr(bonjour, &arp->target, sender, at);
}

static void hear_neighbour(ssk_bonjour *bonjour, const ssk_packet *packet, ssk_sighting at)
{
    enum { SOLICITATION = 135, ADVERTISEMENT = 136 };
    const ssk_icmp_hdr *icmp = &packet->icmp;
    if (icmp->version != 6 || !icmp->has_target)
        return;
    ssk_bonjour_device key = ssk_bonjour_device_key(&packet->link, &packet->ip.src);
    ssk_bonjour_device *sender = g_hash_table_lookup(bonjour->devices, &key);
    ssk_bonjour_device_uses(sender, &packet->ip.src, at);
    if (icmp->type == SOLICITATION && !ssk_addr_is_zero(&packet->ip.src))
        ssk_bonjour_seek_addr(bonjour, &icmp->target, sender, at);
    else if (icmp->type == ADVERTISEMENT)
        ssk_bonjour_addr_used(bonjour, &icmp->target);
}

void ssk_bonjour_hear(ssk_bonjour *bonjour, const ssk_packet *packet, ssk_time_ns time)
{
    if (ssk_bonjour_sane(time) && (bonjour->now == SSK_TIME_NONE || time > bonjour->now))
        bonjour->now = time;
    ssk_sighting at = {packet->event->frame, bonjour->now == SSK_TIME_NONE ? 0 : bonjour->now};
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
