/* srv.c - who has a service's name: probes, announcements, and names that two want.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/tracker.h"

#include "core/base/limits.h"

#include <string.h>

static bool same_srv(const ssk_bonjour_service *service, const ssk_dns_record *record)
{
    return service->port == record->port && ssk_dns_name_equal(&service->host, &record->target);
}

/* A probe. RFC 6762, section 8. */
static void propose_srv(ssk_bonjour_service *service, const ssk_bonjour_message *message,
                        const ssk_dns_record *record)
{
    ssk_sighting at = message->at;
    if (!message->device)
        return;
    if (ssk_bonjour_rr_alive(&service->srv, at.time)) {
        bool mine = message->device == service->owner;
        if (mine && !service->revived.frame && !service->contest.frame &&
            at.time - service->srv.last.time > SSK_LIMIT(CONTEST)) {
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
        ssk_shown_add(&service->conflict, service->probe.frame);
        ssk_shown_add(&service->conflict, at.frame);
    }
    service->probe = at;
    service->prober = message->device;
    service->probe_host = record->target;
    service->probe_port = record->port;
}

static bool same_type(const ssk_bonjour_service *a, const ssk_bonjour_service *b)
{
    ssk_dns_name x = {.len = (uint8_t)(a->name.len - a->parts.type_at)};
    ssk_dns_name y = {.len = (uint8_t)(b->name.len - b->parts.type_at)};
    memcpy(x.bytes, a->name.bytes + a->parts.type_at, x.len);
    memcpy(y.bytes, b->name.bytes + b->parts.type_at, y.len);
    return ssk_dns_name_equal(&x, &y);
}

static void announce_srv(ssk_bonjour_service *service, const ssk_bonjour_message *message,
                         const ssk_dns_record *record)
{
    ssk_sighting at = message->at;
    ssk_bonjour_device *device = message->device;

    if (record->ttl == 0)
        return;
    if (service->contest.frame && device == service->owner && device) {
        if (at.time - service->contest.time <= SSK_LIMIT(CONTEST)) {
            ssk_shown_add(&service->conflict, service->contest.frame);
            ssk_shown_add(&service->conflict, at.frame);
            service->contester->lost = service;
        }
        service->contest.frame = 0;
    }
    if (record->top_bit && device && service->owner && device != service->owner &&
        ssk_bonjour_rr_alive(&service->srv, at.time) && !same_srv(service, record)) {
        ssk_shown_add(&service->conflict, service->srv.last.frame);
        ssk_shown_add(&service->conflict, at.frame);
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

void ssk_bonjour_hear_srv(ssk_bonjour *bonjour, ssk_bonjour_service *service,
                          const ssk_bonjour_message *message, const ssk_dns_record *record)
{
    ssk_bonjour_role role = ssk_bonjour_role_of(message, record);
    if (role == SSK_RECORD_PROPOSED)
        propose_srv(service, message, record);
    else if (role == SSK_RECORD_ANNOUNCED)
        announce_srv(service, message, record);
    ssk_bonjour_hear_rr(bonjour, message, record, service, &service->srv);
}
