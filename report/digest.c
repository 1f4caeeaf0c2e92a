/* digest.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/digest.h"

#include <string.h>

#include "core/model/cause.h"
#include "report/phrase.h"
#include "report/safe_text.h"

const ssk_result_stall *ssk_digest_find_stall(const ssk_result *result, uint32_t id)
{
    if (id && id <= result->n_stalls && result->stalls[id - 1].id == id)
        return &result->stalls[id - 1];
    for (size_t i = 0; i < result->n_stalls; i++)
        if (result->stalls[i].id == id)
            return &result->stalls[i];
    return NULL;
}

const ssk_result_stall *ssk_digest_lead(const ssk_result *result,
                                        const ssk_result_incident *incident)
{
    const ssk_result_stall *lead = NULL;
    for (size_t i = 0; i < incident->n_stalls; i++) {
        const ssk_result_stall *stall = ssk_digest_find_stall(result, incident->stalls[i]);
        if (!stall)
            continue;
        /* Who waited for another host is not where it began. */
        int judged = stall->verdict.n_verdict ? 2 - (stall->waits_for != 0) : 0,
            lead_judged = lead && lead->verdict.n_verdict ? 2 - (lead->waits_for != 0) : 0;
        if (!lead || judged > lead_judged ||
            (judged == lead_judged && stall->duration > lead->duration))
            lead = stall;
    }
    return lead;
}

/* ---- when two sentences say the same ---- */

static bool is_unit(const char *word, gsize length)
{
    static const char *const units[] = {"ns", "us", "ms", "s", "min", "h", "d"};
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (strlen(units[i]) == length && strncmp(units[i], word, length) == 0)
            return true;
    return false;
}

/* "10.0.0.5", "fe80::1's" */
static bool is_host(const char *word, gsize length)
{
    char name[48];
    if (length > 2 && strncmp(word + length - 2, "'s", 2) == 0)
        length -= 2;
    if (length >= sizeof name)
        return false;
    g_snprintf(name, sizeof name, "%.*s", (int)length, word);
    return g_hostname_is_ip_address(name);
}

/* Numbers, addresses and lists of them become one '#', a plural its singular. */
char *ssk_digest_shape(const char *text, bool hosts)
{
    GString *shape = g_string_new(NULL);
    bool after_number = false;
    while (*text) {
        gsize length = strcspn(text, " ");
        const char *word = text, *next = text + length;
        while (*next == ' ')
            next++;
        text = next;
        gsize core = length;
        while (core && strchr(",.:;)", word[core - 1]))
            core--;
        bool number = strcspn(word, "0123456789") < core && !(hosts && is_host(word, core));
        if (after_number && (is_unit(word, core) || strncmp(word, "more", core) == 0))
            continue;
        if (after_number && core == 3 && strncmp(word, "and", 3) == 0 &&
            strcspn(text, "0123456789") < strcspn(text, " "))
            continue; /* "flows 1, 4 and 3 more" */
        if (number && after_number)
            continue;
        if (number)
            g_string_append_c(shape, '#');
        else
            g_string_append_len(shape, word,
                                (gssize)(core > 1 && word[core - 1] == 's' ? core - 1 : core));
        g_string_append_c(shape, ' ');
        after_number = number;
    }
    return g_string_free(shape, FALSE);
}

/* ---- making a digest ---- */

static void reason_free(void *data)
{
    ssk_reason *reason = data;
    ssk_flow_set_free(reason->flows);
    g_free(reason->key);
    g_free(reason);
}

static void opinion_free(void *data)
{
    ssk_opinion *opinion = data;
    ssk_flow_set_free(opinion->flows);
    g_ptr_array_free(opinion->pro, TRUE);
    g_ptr_array_free(opinion->contra, TRUE);
    g_free(opinion);
}

static ssk_digest *digest_new(void)
{
    ssk_digest *digest = g_new0(ssk_digest, 1);
    digest->stalls = g_ptr_array_new();
    digest->reasons = g_ptr_array_new_with_free_func(reason_free);
    digest->listed = g_ptr_array_new();
    digest->standing = g_ptr_array_new_with_free_func(opinion_free);
    digest->ruled_out = g_ptr_array_new_with_free_func(opinion_free);
    return digest;
}

void ssk_digest_free(ssk_digest *digest)
{
    g_ptr_array_free(digest->stalls, TRUE);
    g_ptr_array_free(digest->listed, TRUE);
    g_ptr_array_free(digest->standing, TRUE);
    g_ptr_array_free(digest->ruled_out, TRUE);
    g_ptr_array_free(digest->reasons, TRUE);
    g_free(digest);
}

static void add_once(GPtrArray *list, void *item)
{
    if (!g_ptr_array_find(list, item, NULL))
        g_ptr_array_add(list, item);
}

/* What is known while stalls are added: which have each reason. */
typedef struct ssk_making {
    ssk_digest *digest;
    GHashTable *shapes;  /* shape of a sentence -> ssk_reason */
    ssk_flow_set *flows; /* of stalls so far */
    uint32_t flow;       /* of the stall that is added */
} ssk_making;

static ssk_reason *reason_for(ssk_making *making, const ssk_evidence *evidence)
{
    char *shape = ssk_digest_shape(evidence->text ? evidence->text : "", true);
    char *key = g_strdup_printf("%c%s", evidence->view ? evidence->view : ' ', shape);
    ssk_reason *reason = g_hash_table_lookup(making->shapes, key);
    g_free(shape);
    if (!reason) {
        reason = g_new0(ssk_reason, 1);
        reason->evidence = evidence;
        reason->flows = ssk_flow_set_new();
        g_ptr_array_add(making->digest->reasons, reason);
        reason->key = key;
        g_hash_table_insert(making->shapes, key, reason);
    } else {
        g_free(key);
        reason->varies |= g_strcmp0(reason->evidence->text, evidence->text) != 0;
    }
    ssk_flow_set_add(reason->flows, making->flow);
    return reason;
}

static ssk_opinion *opinion_on(ssk_making *making, const ssk_cause *cause, bool stands)
{
    GPtrArray *list = stands ? making->digest->standing : making->digest->ruled_out;
    ssk_opinion *found = NULL;
    for (guint i = 0; i < list->len && !found; i++) {
        ssk_opinion *opinion = g_ptr_array_index(list, i);
        if (opinion->cause->id == cause->id && opinion->cause->side == cause->side)
            found = opinion;
    }
    if (!found) {
        found = g_new0(ssk_opinion, 1);
        found->cause = cause;
        found->flow = making->flow;
        found->stands = stands;
        found->flows = ssk_flow_set_new();
        found->pro = g_ptr_array_new();
        found->contra = g_ptr_array_new();
        g_ptr_array_add(list, found);
    }
    ssk_flow_set_add(found->flows, making->flow);
    return found;
}

static void add_verdict(ssk_making *making, const ssk_verdict *verdict, uint32_t flow)
{
    making->flow = flow;
    ssk_flow_set_add(making->flows, flow);
    for (size_t i = 0; i < verdict->n_causes; i++) {
        const ssk_cause *cause = &verdict->causes[i];
        ssk_opinion *opinion = opinion_on(making, cause, i < verdict->n_verdict);
        for (size_t k = 0; opinion->stands && k < cause->n_evidence; k++)
            add_once(opinion->pro, reason_for(making, &cause->evidence[k]));
        for (size_t k = 0; k < cause->n_against; k++)
            add_once(opinion->contra, reason_for(making, &cause->against[k]));
    }
    for (size_t i = 0; i < verdict->n_looked_at; i++)
        reason_for(making, &verdict->looked_at[i])->looked_at = true;
}

static bool is_used(const GPtrArray *opinions, ssk_reason *reason, bool contra_too)
{
    for (guint i = 0; i < opinions->len; i++) {
        const ssk_opinion *opinion = g_ptr_array_index(opinions, i);
        if (g_ptr_array_find(opinion->pro, reason, NULL) ||
            (contra_too && g_ptr_array_find(opinion->contra, reason, NULL)))
            return true;
    }
    return false;
}

/* What speaks for or against a cause that stands is listed; the rest is told where it rules out.
 * @param numbers of the reasons that earlier groups list, by key; borrows the keys of this one */
static void finish(ssk_making *making, GHashTable *numbers)
{
    ssk_digest *digest = making->digest;
    guint flows = ssk_flow_set_size(making->flows);
    for (guint i = 0; i < digest->reasons->len; i++) {
        ssk_reason *reason = g_ptr_array_index(digest->reasons, i);
        reason->everywhere = ssk_flow_set_size(reason->flows) == flows;
        ssk_flow_set_sort(reason->flows);
    }
    for (int contra = 0; contra < 2; contra++)
        for (guint i = 0; i < digest->reasons->len; i++) {
            ssk_reason *reason = g_ptr_array_index(digest->reasons, i);
            if (reason->number || !(reason->looked_at || is_used(digest->standing, reason, contra)))
                continue;
            gpointer known = g_hash_table_lookup(numbers, reason->key);
            reason->repeated = known != NULL;
            reason->number = known ? GPOINTER_TO_UINT(known) : g_hash_table_size(numbers) + 1;
            reason->contra = contra;
            if (!known)
                g_hash_table_insert(numbers, reason->key, GUINT_TO_POINTER(reason->number));
            g_ptr_array_add(digest->listed, reason);
        }
    for (int stands = 0; stands < 2; stands++) {
        GPtrArray *list = stands ? digest->standing : digest->ruled_out;
        for (guint i = 0; i < list->len; i++) {
            ssk_opinion *opinion = g_ptr_array_index(list, i);
            opinion->everywhere = ssk_flow_set_size(opinion->flows) == flows;
            ssk_flow_set_sort(opinion->flows);
        }
    }
    g_hash_table_destroy(making->shapes);
    ssk_flow_set_free(making->flows);
}

static ssk_making making_new(void)
{
    return (ssk_making){digest_new(), g_hash_table_new(g_str_hash, g_str_equal), ssk_flow_set_new(),
                        0};
}

ssk_digest *ssk_digest_verdict(const ssk_verdict *verdict, uint32_t flow)
{
    ssk_making making = making_new();
    GHashTable *numbers = g_hash_table_new(g_str_hash, g_str_equal);
    add_verdict(&making, verdict, flow);
    finish(&making, numbers);
    g_hash_table_destroy(numbers);
    return making.digest;
}

/* Whose verdicts may be told as one: the same causes in the same order, on the same sides as seen
 * from the host that fell silent. */
static char *signature_of(const ssk_result_stall *stall)
{
    GString *text = g_string_new(ssk_stall_kind_text(stall->kind));
    bool turned = stall->direction == SSK_SIDE_B;
    for (size_t i = 0; i < stall->verdict.n_verdict; i++) {
        const ssk_cause *cause = &stall->verdict.causes[i];
        bool on_a = cause->side == SSK_SIDE_A;
        bool on_side = on_a || cause->side == SSK_SIDE_B;
        g_string_append_printf(text, " %s%c", ssk_cause_text(cause->id),
                               !on_side         ? '-'
                               : on_a != turned ? 's'
                                                : 'o');
    }
    return g_string_free(text, FALSE);
}

/* The lead's sentences are told; of what it lacks, those of the lowest flow. */
static int lead_first(const void *a, const void *b, void *lead)
{
    const ssk_result_stall *x = *(ssk_result_stall *const *)a, *y = *(ssk_result_stall *const *)b;
    return x == lead ? -1 : y == lead ? 1 : (x->flow > y->flow) - (x->flow < y->flow);
}

GPtrArray *ssk_digest_incident(const ssk_story *story, const ssk_result_incident *incident)
{
    const ssk_result *result = story->result;
    const ssk_result_stall *lead = ssk_digest_lead(result, incident);
    GPtrArray *groups = g_ptr_array_new_with_free_func((GDestroyNotify)ssk_digest_free);
    GHashTable *by_signature = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; lead && i <= incident->n_stalls; i++) {
        const ssk_result_stall *stall = i ? ssk_digest_find_stall(result, incident->stalls[i - 1])
                                          : lead;
        if (!stall || (i && stall == lead))
            continue;
        char *signature = signature_of(stall);
        ssk_digest *group = g_hash_table_lookup(by_signature, signature);
        if (!group) {
            group = digest_new();
            group->lead = stall;
            g_ptr_array_add(groups, group);
            g_hash_table_insert(by_signature, signature, group);
        } else {
            g_free(signature);
        }
        g_ptr_array_add(group->stalls, (void *)stall);
    }
    g_hash_table_destroy(by_signature);
    GHashTable *numbers = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < groups->len; i++) {
        ssk_making making = making_new();
        ssk_digest_free(making.digest);
        making.digest = g_ptr_array_index(groups, i);
        g_ptr_array_sort_with_data(making.digest->stalls, lead_first, (void *)making.digest->lead);
        for (guint k = 0; k < making.digest->stalls->len; k++) {
            const ssk_result_stall *stall = g_ptr_array_index(making.digest->stalls, k);
            add_verdict(&making, &stall->verdict, stall->flow);
        }
        finish(&making, numbers);
    }
    g_hash_table_destroy(numbers);
    return groups;
}

/* ---- telling it ---- */

bool ssk_digest_is_shared(const ssk_digest *digest, const ssk_reason *reason)
{
    for (guint i = 0; i < digest->standing->len; i++) {
        const ssk_opinion *opinion = g_ptr_array_index(digest->standing, i);
        if (!g_ptr_array_find(opinion->pro, reason, NULL))
            return false;
    }
    return true;
}

void ssk_digest_reason(const ssk_reason *reason, GString *out)
{
    if (!reason->everywhere) {
        ssk_flow_set_put(reason->flows, out);
        g_string_append(out, ": ");
    }
    ssk_story_evidence(reason->evidence, out);
}

bool ssk_digest_numbers(const ssk_digest *digest, GString *out)
{
    bool named = false, varies = false;
    for (guint i = 0; i < digest->listed->len; i++) {
        const ssk_reason *reason = g_ptr_array_index(digest->listed, i);
        if (reason->repeated || !reason->varies || ssk_flow_set_size(reason->flows) < 2)
            continue;
        varies = true;
        named |= !ssk_flow_set_has(reason->flows, digest->lead->flow);
    }
    if (varies)
        g_string_append_printf(out, "those of flow %u%s", digest->lead->flow,
                               named ? ", or of the flow named first" : "");
    return varies;
}

static bool is_named_twice(const ssk_digest *digest, ssk_cause_id id)
{
    unsigned n = 0;
    for (int stands = 0; stands < 2; stands++) {
        const GPtrArray *list = stands ? digest->standing : digest->ruled_out;
        for (guint i = 0; i < list->len; i++)
            n += ((const ssk_opinion *)list->pdata[i])->cause->id == id;
    }
    return n > 1;
}

/* With the host that it is about only where the same may be said of the other one. */
static void put_title(const ssk_story *story, const ssk_digest *digest, const ssk_opinion *opinion,
                      GString *out)
{
    if (is_named_twice(digest, opinion->cause->id))
        ssk_story_cause_title(story, opinion->cause, opinion->flow, out);
    else
        g_string_append(out, ssk_cause_name(opinion->cause->id));
    if (opinion->everywhere)
        return;
    g_string_append(out, " on ");
    ssk_flow_set_put(opinion->flows, out);
}

static bool same_list(const GPtrArray *a, const GPtrArray *b)
{
    if (a->len != b->len)
        return false;
    for (guint i = 0; i < a->len; i++)
        if (!g_ptr_array_find((GPtrArray *)b, a->pdata[i], NULL))
            return false;
    return true;
}

/* "because of 2 and 3", or the sentences. */
static void put_because(const GPtrArray *reasons, bool by_number, GString *out)
{
    bool any = false;
    for (guint i = 0; by_number && i < reasons->len; i++) {
        const ssk_reason *reason = reasons->pdata[i];
        if (reason->number)
            g_string_append_printf(out, "%s%u", any ? ", " : ", because of ", reason->number);
        any |= reason->number != 0;
    }
    for (guint i = 0; i < reasons->len; i++) {
        const ssk_reason *reason = reasons->pdata[i];
        if (by_number && reason->number)
            continue;
        g_string_append(out, any ? ", and because " : ", because ");
        ssk_digest_reason(reason, out);
        any = true;
    }
}

void ssk_digest_ruled_out(const ssk_story *story, const ssk_digest *digest, bool by_number,
                          void (*take)(void *user, const char *line), void *user)
{
    const GPtrArray *list = digest->ruled_out;
    bool *told = g_new0(bool, list->len + 1);
    GString *line = g_string_new(NULL);
    for (guint i = 0; i < list->len; i++) {
        const ssk_opinion *opinion = g_ptr_array_index(list, i);
        if (told[i])
            continue;
        guint last = i;
        for (guint k = i; k < list->len; k++) {
            const ssk_opinion *other = g_ptr_array_index(list, k);
            if (!told[k] && same_list(opinion->contra, other->contra))
                last = k;
        }
        ssk_phrase_begin(line);
        for (guint k = i; k <= last; k++) {
            const ssk_opinion *other = g_ptr_array_index(list, k);
            if (told[k] || !same_list(opinion->contra, other->contra))
                continue;
            told[k] = true;
            g_string_append(line, k == i ? "" : k == last ? " and " : ", ");
            put_title(story, digest, other, line);
        }
        put_because(opinion->contra, by_number, line);
        take(user, line->str);
    }
    g_string_free(line, TRUE);
    g_free(told);
}

/* The reasons that are not of all standing causes, by their numbers. */
static bool put_own(const ssk_digest *digest, const GPtrArray *reasons, bool contra, GString *out)
{
    bool any = false;
    for (guint i = 0; i < reasons->len; i++) {
        const ssk_reason *reason = reasons->pdata[i];
        if (!contra && ssk_digest_is_shared(digest, reason))
            continue;
        g_string_append_printf(out, "%s%u", any ? ", " : "", reason->number);
        any = true;
    }
    return any;
}

void ssk_digest_weighing(const ssk_story *story, const ssk_digest *digest,
                         void (*take)(void *user, const char *line), void *user)
{
    GString *line = g_string_new(NULL), *numbers = g_string_new(NULL);
    for (int contra = 0; contra < 2; contra++) {
        GHashTable *told = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        for (guint i = 0; i < digest->standing->len; i++) {
            const ssk_opinion *opinion = g_ptr_array_index(digest->standing, i);
            if (!put_own(digest, contra ? opinion->contra : opinion->pro, contra,
                         ssk_phrase_begin(numbers)) ||
                !g_hash_table_add(told, g_strdup(numbers->str)))
                continue;
            g_string_append_printf(ssk_phrase_begin(line), "%s speak%s %s ", numbers->str,
                                   strchr(numbers->str, ',') ? "" : "s",
                                   contra ? "against" : "for");
            GString *theirs = g_string_new(NULL);
            guint same = 0;
            for (guint k = 0; k < digest->standing->len; k++) {
                const ssk_opinion *other = g_ptr_array_index(digest->standing, k);
                put_own(digest, contra ? other->contra : other->pro, contra,
                        ssk_phrase_begin(theirs));
                same += strcmp(theirs->str, numbers->str) == 0;
            }
            if (same == digest->standing->len) { /* its label says so */
                g_string_free(theirs, TRUE);
                continue;
            }
            put_title(story, digest, opinion, line);
            for (guint k = i + 1; k < digest->standing->len; k++) {
                const ssk_opinion *other = g_ptr_array_index(digest->standing, k);
                put_own(digest, contra ? other->contra : other->pro, contra,
                        ssk_phrase_begin(theirs));
                if (strcmp(theirs->str, numbers->str) != 0)
                    continue;
                g_string_append(line, ", ");
                put_title(story, digest, other, line);
            }
            g_string_free(theirs, TRUE);
            take(user, line->str);
        }
        g_hash_table_destroy(told);
    }
    g_string_free(line, TRUE);
    g_string_free(numbers, TRUE);
}
