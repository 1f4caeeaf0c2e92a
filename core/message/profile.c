/* profile.c - the set of message profiles in force.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/text.h"
#include "core/message/shape.h"

struct ssk_profile_set {
    GPtrArray *profiles; /* each with a reference */
    ssk_shapes shapes;
};

static void unref(gpointer profile)
{
    g_atomic_rc_box_release_full(profile, (GDestroyNotify)ssk_profile_clear);
}

ssk_profile_set *ssk_profile_set_new_empty(void)
{
    ssk_profile_set *set = g_new(ssk_profile_set, 1);
    set->profiles = g_ptr_array_new_with_free_func(unref);
    ssk_shapes_init(&set->shapes);
    return set;
}

ssk_profile_set *ssk_profile_set_new(void)
{
    ssk_profile_set *set = ssk_profile_set_new_empty();
    for (const char *const *text = ssk_profile_builtins; *text; text++)
        g_ptr_array_add(set->profiles, ssk_profile_parse(*text, "built in", NULL));
    return set;
}

ssk_profile_set *ssk_profile_set_copy(const ssk_profile_set *set)
{
    ssk_profile_set *copy = ssk_profile_set_new_empty();
    for (guint i = 0; i < set->profiles->len; i++)
        g_ptr_array_add(copy->profiles, g_atomic_rc_box_acquire(set->profiles->pdata[i]));
    return copy;
}

void ssk_profile_set_free(ssk_profile_set *set)
{
    if (!set)
        return;
    g_ptr_array_free(set->profiles, TRUE);
    g_free(set);
}

static bool find(const ssk_profile_set *set, const char *name, guint *ret_index)
{
    for (guint i = 0; i < set->profiles->len; i++) {
        const ssk_profile *profile = set->profiles->pdata[i];
        if (g_strcmp0(profile->name, name) == 0) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

ssk_shapes *ssk_profile_set_shapes(const ssk_profile_set *set)
{
    return (ssk_shapes *)&set->shapes;
}

gboolean ssk_profile_set_add(ssk_profile_set *set, const char *text, const char *origin,
                             GError **error)
{
    ssk_profile *profile = ssk_profile_parse(text, origin, error);
    guint index;
    if (!profile)
        return FALSE;
    if (find(set, profile->name, &index))
        g_ptr_array_remove_index(set->profiles, index);
    /* the user's own are tried first */
    g_ptr_array_insert(set->profiles, 0, profile);
    return TRUE;
}

gboolean ssk_profile_set_keep(ssk_profile_set *set, const char *name)
{
    guint index;
    if (!find(set, name, &index))
        return FALSE;
    for (guint i = set->profiles->len; i-- > 0;) {
        if (i != index)
            g_ptr_array_remove_index(set->profiles, i);
    }
    return TRUE;
}

size_t ssk_profile_set_size(const ssk_profile_set *set)
{
    return set->profiles->len;
}

const ssk_profile *ssk_profile_set_get(const ssk_profile_set *set, size_t index)
{
    return index < set->profiles->len ? set->profiles->pdata[index] : NULL;
}

const ssk_profile *ssk_profile_set_find(const ssk_profile_set *set, const char *name)
{
    guint index;
    return find(set, name, &index) ? set->profiles->pdata[index] : NULL;
}

char *ssk_profile_set_hint(const ssk_profile_set *set, const char *name)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < set->profiles->len; i++)
        g_ptr_array_add(names, (char *)ssk_profile_name(set->profiles->pdata[i]));
    g_ptr_array_add(names, NULL);
    char *hint = ssk_words_hint(name, (const char *const *)names->pdata);
    g_ptr_array_free(names, TRUE);
    return hint;
}

const char *ssk_profile_name(const ssk_profile *profile)
{
    return profile->name;
}

const char *ssk_profile_description(const ssk_profile *profile)
{
    return profile->description;
}

const char *ssk_profile_text(const ssk_profile *profile)
{
    return profile->text;
}

ssk_span_ns ssk_profile_period(const ssk_profile *profile)
{
    return profile->period;
}

ssk_span_ns ssk_profile_timeout(const ssk_profile *profile)
{
    return profile->timeout;
}

const char *ssk_profile_time_format(const ssk_profile *profile)
{
    const char *name = NULL;
    for (unsigned i = 0; i < profile->n_groups; i++) {
        const ssk_profile_group *group = &profile->groups[i];
        if (group->time_format != SSK_FORMAT_AUTO && (!name || group->role == SSK_ROLE_TIME))
            name = ssk_time_format_name(group->time_format);
    }
    return name;
}
