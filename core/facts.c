/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/facts.h"

#include <glib.h>

void ssk_facts_init(ssk_facts *facts, size_t limit)
{
    *facts = (ssk_facts){.limit = limit};
}

void ssk_facts_clear(ssk_facts *facts)
{
    g_free(facts->list);
    *facts = (ssk_facts){0};
}

void ssk_facts_add(ssk_facts *facts, const ssk_fact *fact)
{
    if (facts->count >= facts->limit) {
        facts->dropped++;
        return;
    }
    if (facts->count == facts->room) {
        facts->room = MAX(64, facts->room * 2);
        facts->list = g_renew(ssk_fact, facts->list, facts->room);
    }
    facts->list[facts->count++] = *fact;
}

ssk_facts ssk_facts_copy(const ssk_facts *facts)
{
    ssk_facts copy = *facts;
    copy.room = facts->count;
    copy.list = facts->count ? g_memdup2(facts->list, facts->count * sizeof *facts->list) : NULL;
    return copy;
}
