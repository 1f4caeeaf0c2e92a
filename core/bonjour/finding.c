/* finding.c - services that fall silent, names and addresses in dispute, TXT
 * records and types out of order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/freeze.h"

#include <string.h>

#include "core/base/limits.h"
#include "core/base/text.h"

/* Browsers ask at 1, 2, 4 ... s: three in vain are no lost packet. RFC 6762, section 5.2. */
#define ASKS_LEAST 3

/* Direct questions, and those for the type that came since the service last spoke. */
static ssk_bonjour_asks asked_in_vain(ssk_bonjour_freezing *out, const ssk_bonjour_service *service)
{
    ssk_bonjour_asks asks = service->asked;
    ssk_dns_name name = {.len = (uint8_t)(service->name.len - service->parts.type_at)};
    memcpy(name.bytes, service->name.bytes + service->parts.type_at, name.len);
    const ssk_bonjour_type *type = g_hash_table_lookup(out->bonjour->types, &name);

    if (asks.count && asks.last.time > out->end - SSK_LIMIT(MDNS_ANSWER_WITHIN))
        asks.count--;
    if (!type || !service->ptr.last.frame)
        return asks;
    uint32_t since = type->asks - service->type_asks;
    for (uint32_t i = MIN(since, SSK_BONJOUR_ASKS); i > 0; i--) {
        ssk_sighting ask = type->ring[(type->asks - i) % SSK_BONJOUR_ASKS];
        if (ask.time < service->ptr.last.time + SSK_S ||
            ask.time > out->end - SSK_LIMIT(MDNS_ANSWER_WITHIN))
            continue;
        if (!asks.count || ask.time < asks.first.time)
            asks.first = ask;
        if (!asks.count || ask.time > asks.last.time)
            asks.last = ask;
        asks.count++;
    }
    return asks;
}

void ssk_bonjour_judge_silence(ssk_bonjour_freezing *out, const ssk_bonjour_service *service)
{
    char span[SSK_TEXT_ROOM];
    if (service->revived.frame) {
        uint32_t frames[] = {service->revived_from.frame, service->revived.frame};
        const char *text = ssk_result_printf(
            out->result,
            "%s was probed for again %s after its last announcement, with no goodbye between: "
            "its program or device had gone, or lost the network, without saying so",
            ssk_bonjour_title(out, service),
            ssk_span_text(service->revived.time - service->revived_from.time, span));
        ssk_bonjour_tell(out, SSK_CAUSE_NO_GOODBYE, "warning", text, frames, G_N_ELEMENTS(frames));
    }
    if (service->lapsed.count) {
        uint32_t frames[] = {service->lapsed.first.frame, service->lapsed.last.frame,
                             service->lapsed_until.frame};
        const char *text = ssk_result_printf(
            out->result,
            "%s was asked for %u times near the end of its lifetime, did not answer, expired, and "
            "came back only %s after the first question",
            ssk_bonjour_title(out, service), service->lapsed.count,
            ssk_span_text(service->lapsed_until.time - service->lapsed.first.time, span));
        ssk_bonjour_tell(out, SSK_CAUSE_TTL_NOT_REFRESHED, "warning", text, frames,
                         G_N_ELEMENTS(frames));
    }
    if (ssk_bonjour_last_goodbye(service) || !service->owner)
        return;
    ssk_bonjour_asks asks = asked_in_vain(out, service);
    if (asks.count < ASKS_LEAST || asks.last.time - asks.first.time < SSK_LIMIT(MDNS_ANSWER_WITHIN))
        return;
    bool heard = service->owner->heard.time > asks.first.time;
    uint32_t frames[] = {service->srv.last.frame, asks.first.frame, asks.last.frame,
                         heard ? service->owner->heard.frame : 0};
    const char *text = ssk_result_printf(
        out->result,
        heard ? "%s left %u questions in %s unanswered while its host went on speaking: "
                "caches lose it when its lifetime ends"
              : "%s left %u questions in %s unanswered and its host was not heard again: "
                "gone without a goodbye, or out of reach",
        ssk_bonjour_title(out, service), asks.count,
        ssk_span_text(asks.last.time - asks.first.time, span));
    ssk_bonjour_tell(out, heard ? SSK_CAUSE_TTL_NOT_REFRESHED : SSK_CAUSE_NO_GOODBYE, "warning",
                     text, frames, G_N_ELEMENTS(frames));
}

void ssk_bonjour_judge_conflict(ssk_bonjour_freezing *out, const ssk_bonjour_service *service)
{
    if (!service->conflict.count)
        return;
    const char *text;
    if (service->new_name.len) {
        ssk_bonjour_service renamed = {.name = service->new_name,
                                       .parts = ssk_dnssd_split(&service->new_name)};
        text = ssk_result_printf(out->result, "two hosts wanted the name %s; one took %s instead",
                                 ssk_bonjour_title(out, service), ssk_bonjour_title(out, &renamed));
    } else {
        text = ssk_result_printf(out->result, "two hosts wanted the name %s",
                                 ssk_bonjour_title(out, service));
    }
    ssk_bonjour_tell_shown(out, SSK_CAUSE_NAME_CONFLICT, "warning", text, &service->conflict);
}

void ssk_bonjour_judge_host_conflict(ssk_bonjour_freezing *out, const ssk_bonjour_host *host)
{
    if (!host->conflict.count)
        return;
    char *name = ssk_text_safe(ssk_bonjour_name_text(out, &host->name), SSK_BONJOUR_CHARS);
    ssk_bonjour_tell_shown(
        out, SSK_CAUSE_NAME_CONFLICT, "warning",
        ssk_result_printf(out->result, "two hosts wanted the host name %s", name), &host->conflict);
    g_free(name);
}

void ssk_bonjour_judge_type(ssk_bonjour_freezing *out, const ssk_bonjour_type *type)
{
    if (!type->fault || !type->shown.count)
        return;
    ssk_dnssd_parts parts = ssk_dnssd_split(&type->name);
    char buf[SSK_DNS_TEXT_ROOM];
    size_t len = ssk_dnssd_type_text(&type->name, &parts, buf);
    char *name = ssk_text_safe(ssk_bonjour_safe_name(out, buf, len), SSK_BONJOUR_CHARS);
    ssk_bonjour_tell_shown(
        out, SSK_CAUSE_BAD_SERVICE_NAME, "warning",
        ssk_result_printf(out->result, "the service name of %s %s (RFC 6335)", name, type->fault),
        &type->shown);
    g_free(name);
}

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
            g_string_append_printf(list, " (%.*s)", (int)string.key_len,
                                   (const char *)string.bytes);
            return;
        }
    }
}

void ssk_bonjour_judge_txt(ssk_bonjour_freezing *out, const ssk_bonjour_service *service)
{
    static const struct {
        uint32_t fault;
        const char *text;
    } faults[] = {
        {SSK_BAD_TXT_LENGTH, "a string claims more bytes than the record holds"},
        {SSK_BAD_TXT_NOTHING, "the record holds no string, not even an empty one"},
        {SSK_BAD_TXT_NO_KEY, "a string starts with '=' and is ignored"},
        {SSK_BAD_TXT_KEY_BYTES, "a key holds bytes that are no printable ASCII"},
        {SSK_BAD_TXT_LARGE, "the record is longer than 1300 bytes"},
        {SSK_BAD_TXT_DUPLICATE, "a key occurs twice, and only the first counts"},
    };
    if (service->txt_faults) {
        GString *list = g_string_new(NULL);
        for (size_t i = 0; i < G_N_ELEMENTS(faults); i++)
            if (service->txt_faults & faults[i].fault)
                g_string_append_printf(list, "%s%s", list->len ? "; " : "", faults[i].text);
        if (service->txt_faults & SSK_BAD_TXT_DUPLICATE)
            name_duplicate(service, list);
        const char *text = ssk_result_printf(out->result, "TXT of %s: %s",
                                             ssk_bonjour_title(out, service), list->str);
        g_string_free(list, TRUE);
        bool ignored_only = service->txt_faults == SSK_BAD_TXT_DUPLICATE;
        ssk_bonjour_tell_shown(out, SSK_CAUSE_BAD_TXT, ignored_only ? "note" : "warning", text,
                               &service->bad_txt);
    }
    if (service->txt_changed.count) {
        char *keys = ssk_text_safe(service->txt_changes->str, 200);
        const char *text = ssk_result_printf(out->result, "TXT of %s changed: %s",
                                             ssk_bonjour_title(out, service), keys);
        g_free(keys);
        ssk_bonjour_tell_shown(out, SSK_CAUSE_TXT_CHANGED, "note", text, &service->txt_changed);
    }
}

void ssk_bonjour_judge_addresses(ssk_bonjour_freezing *out, const ssk_bonjour_host *host)
{
    for (unsigned i = 0; i < host->n_addrs; i++) {
        const ssk_bonjour_host_addr *entry = &host->addrs[i];
        if (!entry->stale)
            continue;
        char old[SSK_TEXT_ROOM], new[SSK_TEXT_ROOM], span[SSK_TEXT_ROOM];
        char *name = ssk_text_safe(ssk_bonjour_name_text(out, &host->name), SSK_BONJOUR_CHARS);
        const char *until =
            entry->stale_end.frame
                ? ssk_result_printf(out->result, "withdrawn %s later in frame %u",
                                    ssk_span_text(entry->stale_end.time - entry->last.time, span),
                                    entry->stale_end.frame)
                : "never withdrawn";
        const char *text = ssk_result_printf(
            out->result,
            "%s was announced at %s (frame %u), was queried there without an answer while its host spoke from "
            "%s, and was %s",
            name, ssk_addr_text(&entry->addr, old), entry->stale_shown.frames[0],
            ssk_addr_text(&entry->stale_instead, new), until);
        g_free(name);
        ssk_bonjour_tell_shown(out, SSK_CAUSE_STALE_ADDRESS, "error", text, &entry->stale_shown);
    }
}
