/* freeze.h - from the tracker to the result: texts, services, findings.
 *
 * For core/bonjour only.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_BONJOUR_FREEZE_H
#define SSK_BONJOUR_FREEZE_H

#include "core/bonjour/tracker.h"

/** Characters of a name in a finding. */
#define SSK_BONJOUR_CHARS 80

typedef struct ssk_bonjour_freezing {
    const ssk_bonjour *bonjour;
    ssk_result *result;
    ssk_time_ns end;
    GArray *findings; /**< of ssk_result_finding */
} ssk_bonjour_freezing;

/* ---- texts, all valid UTF-8 and owned by the result: words.c ---- */

const char *ssk_bonjour_safe_name(ssk_bonjour_freezing *out, const char *text, size_t len);
const char *ssk_bonjour_instance(ssk_bonjour_freezing *out, const ssk_bonjour_service *service);
const char *ssk_bonjour_type_text(ssk_bonjour_freezing *out, const ssk_bonjour_service *service);
const char *ssk_bonjour_name_text(ssk_bonjour_freezing *out, const ssk_dns_name *name);
/** '"Ward 3" (_hospital._tcp)' */
const char *ssk_bonjour_title(ssk_bonjour_freezing *out, const ssk_bonjour_service *service);

/** Add a finding. @param frames 0 is none, and left out; so is one that comes twice in a row */
void ssk_bonjour_tell(ssk_bonjour_freezing *out, ssk_cause_id id, const char *severity,
                      const char *text, const uint32_t *frames, size_t n_frames);
void ssk_bonjour_tell_shown(ssk_bonjour_freezing *out, ssk_cause_id id, const char *severity,
                            const char *text, const ssk_shown *shown);

/* ---- service.c ---- */

void ssk_bonjour_put_service(ssk_bonjour_freezing *out, const ssk_bonjour_service *service,
                             ssk_result_service *row);

/* ---- finding.c ---- */

/** Gone without a goodbye, or not refreshed in time. */
void ssk_bonjour_judge_silence(ssk_bonjour_freezing *out, const ssk_bonjour_service *service);
/** A name that two wanted. */
void ssk_bonjour_judge_conflict(ssk_bonjour_freezing *out, const ssk_bonjour_service *service);
void ssk_bonjour_judge_host_conflict(ssk_bonjour_freezing *out, const ssk_bonjour_host *host);
/** A service name against the rules of RFC 6335. */
void ssk_bonjour_judge_type(ssk_bonjour_freezing *out, const ssk_bonjour_type *type);
void ssk_bonjour_judge_txt(ssk_bonjour_freezing *out, const ssk_bonjour_service *service);
/** Addresses that are announced and not there. */
void ssk_bonjour_judge_addresses(ssk_bonjour_freezing *out, const ssk_bonjour_host *host);

/* ---- identity.c ---- */

/** Two instances of one type, alive at once, with one peer id. */
void ssk_bonjour_judge_duplicates(ssk_bonjour_freezing *out);
/** A UUID or a MAC address by which the device can be followed. */
void ssk_bonjour_judge_identifier(ssk_bonjour_freezing *out, const ssk_bonjour_service *service);
/** "Anna's iPad". @param told set of names that were reported already, by text */
void ssk_bonjour_judge_personal(ssk_bonjour_freezing *out, const ssk_bonjour_service *service,
                                GHashTable *told);

#endif
