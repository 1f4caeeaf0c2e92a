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

const char *ssk_cause_name(ssk_cause_id id)
{
    return ssk_cause_table[id].name;
}

bool ssk_cause_find(const char *text, ssk_cause_id *ret)
{
    for (int id = 0; id < SSK_N_CAUSES; id++)
        if (strcmp(ssk_cause_table[id].id, text) == 0) {
            *ret = (ssk_cause_id)id;
            return true;
        }
    return false;
}
