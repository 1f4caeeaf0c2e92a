/* profile_text.c - a profile's text to a profile, or the line that is wrong and
 * what would be right.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdarg.h>
#include <string.h>

#include "core/message/profile_key.h"

G_DEFINE_QUARK(ssk - profile - error - quark, ssk_profile_error)

/** Longest text: a profile is a page, not a program. */
#define TEXT_MAX (64 * 1024)
#define HEAD     "profile"

/** A text that is being read. */
typedef struct page {
    const char *origin; /**< for errors: a file's name */
    char **lines;
    GKeyFile *file;
    GError **error; /**< set by complain() */
} page;

/* The line, from 1, of a key of a group (NULL: of the group's own line); 0: none. */
static unsigned line_of(const page *text, const char *group, const char *name)
{
    bool inside = false;
    for (unsigned i = 0; text->lines[i]; i++) {
        char *line = g_strstrip(g_strdup(text->lines[i]));
        size_t len = strlen(line);
        bool found = false;
        if (*line == '[' && line[len - 1] == ']') {
            line[len - 1] = '\0';
            inside = strcmp(line + 1, group) == 0;
            found = inside && !name;
        } else if (inside && name && *line != '#') {
            size_t key_len = strcspn(line, "=");
            while (key_len && g_ascii_isspace(line[key_len - 1]))
                key_len--;
            found = strlen(name) == key_len && strncmp(line, name, key_len) == 0;
        }
        g_free(line);
        if (found)
            return i + 1;
    }
    return 0;
}

G_GNUC_PRINTF(3, 4)
static void complain(const page *text, unsigned line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *what = g_strdup_vprintf(format, args);
    va_end(args);
    char *safe = g_utf8_make_valid(what, -1);
    g_set_error(text->error, SSK_PROFILE_ERROR, 0, "%s:%u: %s", text->origin, line, safe);
    g_free(safe);
    g_free(what);
}

/* GKeyFile takes repeated groups and keys without a word, and its own errors
 * name no line. */
static bool check_lines(const page *text)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    char *group = NULL;
    bool good = true;
    for (unsigned i = 0; text->lines[i] && good; i++) {
        char *line = g_strstrip(g_strdup(text->lines[i]));
        size_t len = strlen(line);
        char *id = NULL;
        if (*line == '[') {
            good = len > 2 && line[len - 1] == ']';
            if (good) {
                line[len - 1] = '\0';
                g_free(group);
                group = g_strdup(line + 1);
                id = g_strdup(group);
            }
        } else if (*line && *line != '#') {
            char *equals = strchr(line, '=');
            good = equals && equals != line && group;
            if (good) {
                *equals = '\0';
                id = g_strdup_printf("%s\n%s", group, g_strstrip(line));
            }
        }
        if (!good)
            complain(text, i + 1, "must be [group], key=value or a # comment%s",
                     group ? "" : "; the first group is [" HEAD "]");
        else if (id && !g_hash_table_add(seen, id)) {
            complain(text, i + 1, "%s%s: said before", line, *line == '[' ? "]" : "");
            good = false;
        }
        g_free(line);
    }
    g_free(group);
    g_hash_table_destroy(seen);
    return good;
}

static bool has_key(const ssk_profile_key *keys, const char *name)
{
    while (keys->name && strcmp(keys->name, name) != 0)
        keys++;
    return keys->name != NULL;
}

static bool read_group(const page *text, const char *group, const ssk_profile_key *keys,
                       ssk_profile_setting *s)
{
    char **names = g_key_file_get_keys(text->file, group, NULL, NULL);
    bool good = true;
    for (char **name = names; name && *name && good; name++) {
        good = has_key(keys, *name);
        if (!good) {
            GString *all = g_string_new(NULL);
            for (const ssk_profile_key *key = keys; key->name; key++)
                g_string_append_printf(all, "%s%s", key == keys ? "" : ", ", key->name);
            complain(text, line_of(text, group, *name), "%s: no such key; [%s] has %s", *name,
                     group, all->str);
            g_string_free(all, TRUE);
        }
    }
    g_strfreev(names);
    for (const ssk_profile_key *key = keys; key->name && good; key++) {
        char *value = g_key_file_get_value(text->file, group, key->name, NULL);
        if (!value)
            continue;
        s->value = value;
        good = key->set(s);
        if (!good)
            complain(text, line_of(text, group, key->name), "%s=%s: must be %s", key->name, value,
                     s->why ? s->why : key->allowed);
        g_clear_pointer(&s->why, g_free);
        g_free(value);
    }
    return good;
}

static const char *const role_names[SSK_N_ROLES] = {
    [SSK_ROLE_OTHER] = "other", [SSK_ROLE_PING] = "ping", [SSK_ROLE_PONG] = "pong",
    [SSK_ROLE_TIME] = "time",   [SSK_ROLE_ACK] = "ack",   [SSK_ROLE_CLOSE] = "close",
};

const char *ssk_role_text(ssk_role role)
{
    return (unsigned)role < SSK_N_ROLES ? role_names[role] : "?";
}

/* What no single key can see. */
static const char *check_role(const ssk_profile *p, const ssk_profile_group *group)
{
    bool matches = group->n_match || group->words || group->regex || group->opcode >= 0;
    if (!matches && !group->max_size)
        return "the group needs a match, an opcode or a size";
    if (!matches && !p->period && !p->n_ports)
        return "a group that goes by size alone needs period or ports in [" HEAD "]";
    if (group->awaited && !group->sequence.set)
        return "awaited needs a sequence";
    if (group->time_format != SSK_FORMAT_AUTO && !group->time.set)
        return "time-format needs a time";
    return NULL;
}

/** Beyond this a longer constant proves no more: the format is known, chance is out. */
#define BITS_MAX 40

static bool read_roles(const page *text, ssk_profile *p)
{
    char **names = g_key_file_get_groups(text->file, NULL);
    bool good = true;
    for (char **name = names; *name && good; name++) {
        if (strcmp(*name, HEAD) == 0)
            continue;
        unsigned line = line_of(text, *name, NULL);
        char *word = g_strndup(*name, strcspn(*name, " "));
        int role = ssk_profile_choose(word, role_names, SSK_N_ROLES);
        g_free(word);
        good = role >= 0;
        if (!good) {
            complain(text, line, "[%s]: must begin with ping, pong, time, ack, close or other",
                     *name);
            break;
        }
        good = p->n_groups < SSK_PROFILE_GROUPS;
        if (!good) {
            complain(text, line, "[%s]: more than %d groups", *name, SSK_PROFILE_GROUPS);
            break;
        }
        ssk_profile_group *group = &p->groups[p->n_groups++];
        group->role = (ssk_role)role;
        group->label = g_strdup(*name);
        group->opcode = -1;
        ssk_profile_setting s = {.profile = p, .group = group};
        good = read_group(text, *name, ssk_profile_role_keys, &s);
        const char *wrong = good ? check_role(p, group) : NULL;
        if (wrong) {
            complain(text, line, "[%s]: %s", *name, wrong);
            good = false;
        }
        if (group->opcode >= 0)
            group->bits += group->opcode >= 8 ? 12 : 2;
        if (group->max_size && group->min_size == group->max_size)
            group->bits += p->framing == SSK_FRAMING_DATAGRAM ? 2 : 8;
        group->bits = MIN(group->bits, BITS_MAX);
    }
    g_strfreev(names);
    if (good && !p->n_groups) {
        complain(text, 1, "no group for a role; at least [ping], [pong] or [time]");
        good = false;
    }
    return good;
}

static const char *check_profile(const ssk_profile *p)
{
    if (!p->name)
        return "name is missing";
    if (p->framing == SSK_FRAMING_FIXED && !p->size)
        return "framing=fixed needs size";
    if (p->size && p->framing != SSK_FRAMING_FIXED)
        return "size is for framing=fixed; a group may have one with any";
    if (p->delimiter_len && p->framing != SSK_FRAMING_DELIMITER)
        return "delimiter is for framing=delimiter";
    return NULL;
}

/* The whole text into a profile that holds its defaults. */
static bool read_page(const page *text, const char *whole, ssk_profile *p)
{
    GError *broken = NULL;
    if (!check_lines(text))
        return false;
    if (!g_key_file_load_from_data(text->file, whole, (gsize)-1, G_KEY_FILE_KEEP_TRANSLATIONS,
                                   &broken)) {
        complain(text, 1, "%s", broken->message);
        g_error_free(broken);
        return false;
    }
    if (!g_key_file_has_group(text->file, HEAD)) {
        complain(text, 1, "no group [" HEAD "]");
        return false;
    }
    ssk_profile_setting s = {.profile = p};
    if (!read_group(text, HEAD, ssk_profile_head_keys, &s))
        return false;
    const char *wrong = check_profile(p);
    if (wrong) {
        complain(text, line_of(text, HEAD, NULL), "[" HEAD "]: %s", wrong);
        return false;
    }
    if (p->framing == SSK_FRAMING_DELIMITER && !p->delimiter_len)
        p->delimiter[p->delimiter_len++] = '\n';
    return read_roles(text, p);
}

ssk_profile *ssk_profile_parse(const char *text, const char *origin, GError **error)
{
    page all = {.origin = origin, .error = error};
    if (strlen(text) > TEXT_MAX) {
        complain(&all, 1, "longer than 64 kB");
        return NULL;
    }
    if (!g_utf8_validate(text, -1, NULL)) {
        complain(&all, 1, "not UTF-8");
        return NULL;
    }
    ssk_profile *p = g_atomic_rc_box_new0(ssk_profile);
    p->tcp = true;
    p->length_size = 4;
    p->max_message = 1 << 20;
    p->regex_bytes = 256;
    p->text = g_strdup(text);
    all.lines = g_strsplit(text, "\n", -1);
    all.file = g_key_file_new();
    bool good = read_page(&all, text, p);
    g_key_file_free(all.file);
    g_strfreev(all.lines);
    if (!good) {
        g_atomic_rc_box_release_full(p, (GDestroyNotify)ssk_profile_clear);
        return NULL;
    }
    return p;
}

static void clear_field(ssk_field *field)
{
    g_free(field->path);
}

void ssk_profile_clear(ssk_profile *profile)
{
    for (unsigned i = 0; i < profile->n_groups; i++) {
        ssk_profile_group *group = &profile->groups[i];
        g_free(group->label);
        for (unsigned k = 0; k < SSK_PROFILE_MATCHES; k++) {
            g_free(group->match[k].path);
            g_free(group->match[k].value);
        }
        g_free(group->words);
        if (group->regex)
            g_regex_unref(group->regex);
        clear_field(&group->sequence);
        clear_field(&group->time);
        clear_field(&group->trailer);
    }
    g_free(profile->name);
    g_free(profile->description);
    g_free(profile->text);
}
