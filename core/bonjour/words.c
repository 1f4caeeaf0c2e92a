/* words.c - names and findings in words, put into the result.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/freeze.h"

#include "core/base/text.h"

/* Beyond this a list of findings is no help; the rest is counted as dropped. */
#define FINDINGS_MAX 1000

const char *ssk_bonjour_safe_name(ssk_bonjour_freezing *out, const char *text, size_t len)
{
    char *valid = g_utf8_make_valid(text, (gssize)len);
    const char *kept = ssk_result_text(out->result, valid);
    g_free(valid);
    return kept;
}

const char *ssk_bonjour_instance(ssk_bonjour_freezing *out, const ssk_bonjour_service *service)
{
    char buf[SSK_DNS_TEXT_ROOM];
    return ssk_bonjour_safe_name(out, buf,
                                 ssk_dnssd_instance_text(&service->name, &service->parts, buf));
}

const char *ssk_bonjour_type_text(ssk_bonjour_freezing *out, const ssk_bonjour_service *service)
{
    char buf[SSK_DNS_TEXT_ROOM];
    return ssk_bonjour_safe_name(out, buf,
                                 ssk_dnssd_type_text(&service->name, &service->parts, buf));
}

const char *ssk_bonjour_name_text(ssk_bonjour_freezing *out, const ssk_dns_name *name)
{
    char buf[SSK_DNS_TEXT_ROOM];
    return ssk_bonjour_safe_name(out, buf, ssk_dns_name_text(name, buf));
}

const char *ssk_bonjour_title(ssk_bonjour_freezing *out, const ssk_bonjour_service *service)
{
    char *instance = ssk_text_safe(ssk_bonjour_instance(out, service), SSK_BONJOUR_CHARS);
    char *type = ssk_text_safe(ssk_bonjour_type_text(out, service), SSK_BONJOUR_CHARS);
    const char *text = ssk_result_printf(out->result, "\"%s\" (%s)", instance, type);
    g_free(instance);
    g_free(type);
    return text;
}

void ssk_bonjour_tell(ssk_bonjour_freezing *out, ssk_cause_id id, const char *severity,
                      const char *text, const uint32_t *frames, size_t n_frames)
{
    if (out->findings->len >= FINDINGS_MAX) {
        out->result->limits.facts_dropped++;
        return;
    }
    ssk_result_finding finding = {.id = id, .severity = severity, .text = text};
    finding.frames = ssk_result_alloc(out->result, n_frames * sizeof *frames);
    for (size_t i = 0; i < n_frames; i++)
        if (frames[i] &&
            (finding.n_frames == 0 || finding.frames[finding.n_frames - 1] != frames[i]))
            finding.frames[finding.n_frames++] = frames[i];
    g_array_append_val(out->findings, finding);
}

void ssk_bonjour_tell_shown(ssk_bonjour_freezing *out, ssk_cause_id id, const char *severity,
                            const char *text, const ssk_shown *shown)
{
    ssk_bonjour_tell(out, id, severity, text, shown->frames, MIN(shown->count, SSK_BONJOUR_FRAMES));
}
