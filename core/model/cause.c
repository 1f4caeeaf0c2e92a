/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/model/cause.h"

#include <string.h>

const ssk_cause_words ssk_cause_table[SSK_N_CAUSES] = {
#define X(name, id, family, called, meaning, clause) \
    {id, SSK_FAMILY_##family, called, meaning, clause},
#include "core/model/causes.def"
#undef X
};

const char *ssk_cause_text(ssk_cause_id id)
{
    return ssk_cause_table[id].id;
}

const ssk_cause_words *ssk_cause_words_table(size_t *ret_count)
{
    *ret_count = SSK_N_CAUSES;
    return ssk_cause_table;
}

const ssk_cause_words *ssk_cause_words_find(const char *id)
{
    for (size_t i = 0; i < SSK_N_CAUSES; i++)
        if (strcmp(ssk_cause_table[i].id, id) == 0)
            return &ssk_cause_table[i];
    return NULL;
}

const char *ssk_cause_name(const char *id)
{
    const ssk_cause_words *words = ssk_cause_words_find(id);
    return words ? words->name : id;
}
