/* json_verdict.c - causes and what they rest on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/json_rows.h"

#include <string.h>

void ssk_json_put_evidence(ssk_json *json, const char *key, const ssk_evidence *list, size_t count)
{
    ssk_json_array(json, key, SSK_JSON_LINES);
    for (size_t i = 0; i < count; i++) {
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        ssk_json_string(json, "text", list[i].text);
        ssk_json_numbers(json, "frames", list[i].frames, list[i].n_frames);
        if (list[i].view)
            ssk_json_string(json, "view", (const char[]){list[i].view, '\0'});
        ssk_json_end(json);
    }
    ssk_json_end(json);
}

/* One id may stand for either side: causes tell which, the list of ids has it once. */
static bool is_named_before(const ssk_verdict *verdict, size_t number)
{
    for (size_t i = 0; i < number; i++)
        if (verdict->causes[i].id == verdict->causes[number].id)
            return true;
    return false;
}

void ssk_json_put_verdict(ssk_json *json, const ssk_verdict *verdict)
{
    ssk_json_array(json, "verdict", SSK_JSON_INLINE);
    for (size_t i = 0; i < verdict->n_verdict; i++)
        if (!is_named_before(verdict, i))
            ssk_json_string(json, NULL, ssk_cause_text(verdict->causes[i].id));
    if (verdict->n_verdict == 0)
        ssk_json_string(json, NULL, "unknown");
    ssk_json_end(json);
    ssk_json_array(json, "causes", SSK_JSON_LINES);
    for (size_t i = 0; i < verdict->n_causes; i++) {
        const ssk_cause *cause = &verdict->causes[i];
        ssk_json_object(json, NULL, SSK_JSON_LINES);
        ssk_json_string(json, "id", ssk_cause_text(cause->id));
        ssk_json_string(json, "side", ssk_side_text(cause->side));
        ssk_json_thousandths(json, "score", cause->score_permille);
        ssk_json_put_evidence(json, "evidence", cause->evidence, cause->n_evidence);
        ssk_json_put_evidence(json, "against", cause->against, cause->n_against);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_put_evidence(json, "looked_at", verdict->looked_at, verdict->n_looked_at);
    ssk_json_string(json, "next_capture", verdict->next_capture);
}
