/* profiles.c - the message profiles in force, and which traffic each is bound to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/profiles.h"

#include <string.h>

#include <epan/prefs.h>
#include <epan/uat.h>
#include <wsutil/report_message.h>

#include "core/base/text.h"

#define SUFFIX            ".profile"
#define MAX_PROFILE_BYTES (1 << 20)

/* ---- profiles ---- */

static void add_file(ssk_profile_set *set, const char *path)
{
    GError *error = NULL;
    char *text = NULL;
    gsize len;

    if (g_file_get_contents(path, &text, &len, &error)) {
        if (len > MAX_PROFILE_BYTES)
            g_set_error(&error, SSK_PROFILE_ERROR, 0, "%s: too long for a profile, at most 1 MiB",
                        path);
        else
            (void)ssk_profile_set_add(set, text, path, &error);
    }
    if (error) {
        report_warning("%s (left out)", error->message);
        g_error_free(error);
    }
    g_free(text);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/** Built-in and personal profiles. */
static ssk_profile_set *load(void)
{
    ssk_profile_set *set = ssk_profile_set_new();
    char *folder = g_build_filename(g_get_user_config_dir(), "stallshark", "profiles", NULL);
    GDir *dir = g_dir_open(folder, 0, NULL);
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);

    for (const char *name; dir && (name = g_dir_read_name(dir));)
        if (g_str_has_suffix(name, SUFFIX))
            g_ptr_array_add(files, g_build_filename(folder, name, NULL));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(files, by_name); /* the order of a folder is chance */
    for (guint i = 0; i < files->len; i++)
        add_file(set, g_ptr_array_index(files, i));
    g_ptr_array_free(files, TRUE);
    g_free(folder);
    return set;
}

/* ---- where they apply ---- */

static const struct carrier {
    const char *name, *table;
    bool by_port;
} carriers[SSK_N_CARRIERS] = {
    [SSK_CARRIER_TCP] = {"TCP port", "tcp.port", true},
    [SSK_CARRIER_UDP] = {"UDP port", "udp.port", true},
    [SSK_CARRIER_TLS] = {"TLS port", "tls.port", true},
    [SSK_CARRIER_ALPN] = {"TLS ALPN", "tls.alpn", false},
    [SSK_CARRIER_WEBSOCKET] = {"WebSocket protocol", "ws.protocol", false},
};

static const value_string carrier_names[] = {
    {SSK_CARRIER_TCP, "TCP port"},
    {SSK_CARRIER_UDP, "UDP port"},
    {SSK_CARRIER_TLS, "TLS port"},
    {SSK_CARRIER_ALPN, "TLS ALPN"},
    {SSK_CARRIER_WEBSOCKET, "WebSocket protocol"},
    {0, NULL},
};

static ssk_binding *rows;
static guint n_rows;
static dissector_handle_t (*handle_for)(ssk_carrier carrier);
/** What is bound now, to be unbound before the table is bound anew. */
static GArray *bound;

typedef struct bound_row {
    ssk_carrier carrier;
    char *where;
} bound_row;

static bool port_of(const ssk_binding *row, uint16_t *ret_port)
{
    guint64 port;

    if (!g_ascii_string_to_unsigned(row->where, 10, 1, 65535, &port, NULL))
        return false;
    *ret_port = (uint16_t)port;
    return true;
}

/* ---- the set in force ---- */

static ssk_profile_set *current;
/** Conversations of an open file may still point into these. */
static GPtrArray *former;

static void add_usual_port(GKeyFile *text, const char *port)
{
    char *ports = g_key_file_get_string(text, "profile", "usual-ports", NULL);
    char *more = ports ? g_strjoin(";", ports, port, NULL) : g_strdup(port);

    g_key_file_set_string(text, "profile", "usual-ports", more);
    g_free(more);
    g_free(ports);
}

/** What a row of the table says of its profile goes into the profile itself, for the report too. */
static void say(ssk_profile_set *set, const ssk_binding *row)
{
    const ssk_profile *profile = ssk_profile_set_find(set, row->profile);
    GKeyFile *text = g_key_file_new();
    GError *error = NULL;

    if (profile && g_key_file_load_from_data(text, ssk_profile_text(profile), (gsize)-1,
                                             G_KEY_FILE_NONE, NULL)) {
        if (carriers[row->carrier].by_port)
            add_usual_port(text, row->where);
        if (*row->period)
            g_key_file_set_string(text, "profile", "period", row->period);
        if (*row->timeout)
            g_key_file_set_string(text, "profile", "timeout", row->timeout);
        char *changed = g_key_file_to_data(text, NULL, NULL);
        if (!ssk_profile_set_add(set, changed, "Message profiles in use", &error)) {
            report_failure("%s", error->message);
            g_error_free(error);
        }
        g_free(changed);
    }
    g_key_file_free(text);
}

const ssk_profile_set *ssk_profiles(void)
{
    if (current)
        return current;
    current = load();
    for (guint i = 0; i < n_rows; i++)
        if (rows[i].on)
            say(current, &rows[i]);
    return current;
}

static void forget_profiles(void)
{
    if (!current)
        return;
    if (!former)
        former = g_ptr_array_new();
    g_ptr_array_add(former, current);
    current = NULL;
}

static void bind_one(ssk_carrier carrier, const char *where, bool on)
{
    dissector_handle_t handle = handle_for(carrier);

    if (carriers[carrier].by_port) {
        guint32 port = (guint32)g_ascii_strtoull(where, NULL, 10);
        if (on)
            dissector_add_uint(carriers[carrier].table, port, handle);
        else
            dissector_delete_uint(carriers[carrier].table, port, handle);
    } else if (on) {
        dissector_add_string(carriers[carrier].table, where, handle);
    } else {
        dissector_delete_string(carriers[carrier].table, where, handle);
    }
}

static void unbind_all(void)
{
    for (guint i = 0; bound && i < bound->len; i++) {
        bound_row *row = &g_array_index(bound, bound_row, i);
        bind_one(row->carrier, row->where, false);
        g_free(row->where);
    }
    if (bound)
        g_array_set_size(bound, 0);
}

static void apply_table(void)
{
    forget_profiles();
    if (!bound)
        bound = g_array_new(FALSE, FALSE, sizeof(bound_row));
    unbind_all();
    for (guint i = 0; i < n_rows; i++) {
        if (!rows[i].on)
            continue;
        bound_row row = {(ssk_carrier)rows[i].carrier, g_strdup(rows[i].where)};
        bind_one(row.carrier, row.where, true);
        g_array_append_val(bound, row);
    }
}

const ssk_binding *ssk_binding_find(ssk_carrier carrier, const uint16_t ports[2])
{
    const ssk_binding *found = NULL;
    uint16_t port;

    for (guint i = 0; i < n_rows; i++) {
        const ssk_binding *row = &rows[i];
        if (!row->on || row->carrier != carrier)
            continue;
        if (!carriers[carrier].by_port) {
            if (found)
                return NULL;
            found = row;
        } else if (port_of(row, &port) && (port == ports[0] || port == ports[1])) {
            return row;
        }
    }
    return found;
}

/* ---- the table in the preferences ---- */

/** A row that was just added has no value yet: who adds one wants it to apply. */
static void rows_on_set_cb(void *record, const char *text, guint len,
                           const void *unused_1 G_GNUC_UNUSED, const void *unused_2 G_GNUC_UNUSED)
{
    ((ssk_binding *)record)->on = len != strlen("FALSE") || strncmp(text, "FALSE", len) != 0;
}

static void rows_on_tostr_cb(void *record, char **ret_text, unsigned *ret_len,
                             const void *unused_1 G_GNUC_UNUSED, const void *unused_2 G_GNUC_UNUSED)
{
    *ret_text = g_strdup(((ssk_binding *)record)->on ? "TRUE" : "FALSE");
    *ret_len = (unsigned)strlen(*ret_text);
}

UAT_CSTRING_CB_DEF(rows, profile, ssk_binding)
UAT_VS_DEF(rows, carrier, ssk_binding, guint, SSK_CARRIER_TCP, "TCP port")
UAT_CSTRING_CB_DEF(rows, where, ssk_binding)
UAT_CSTRING_CB_DEF(rows, period, ssk_binding)
UAT_CSTRING_CB_DEF(rows, timeout, ssk_binding)

static void *row_copy(void *to, const void *from, size_t len G_GNUC_UNUSED)
{
    ssk_binding *a = to;
    const ssk_binding *b = from;

    *a = *b;
    a->profile = g_strdup(b->profile);
    a->where = g_strdup(b->where);
    a->period = g_strdup(b->period);
    a->timeout = g_strdup(b->timeout);
    return to;
}

static void row_free(void *data)
{
    ssk_binding *row = data;

    g_free(row->profile);
    g_free(row->where);
    g_free(row->period);
    g_free(row->timeout);
}

static bool span_is_good(const char *text)
{
    ssk_span_ns span;

    return !*text || (ssk_span_parse(text, &span) && span > 0);
}

static ssk_ws_bool row_update(void *data, char **ret_error)
{
    const ssk_binding *row = data;
    uint16_t port;

    *ret_error = NULL;
    if (!ssk_profile_set_find(ssk_profiles(), row->profile)) {
        char *hint = ssk_profile_set_hint(ssk_profiles(), row->profile);
        *ret_error = g_strdup_printf("%s: no such message profile; %s", row->profile, hint);
        g_free(hint);
    } else if (carriers[row->carrier].by_port && !port_of(row, &port))
        *ret_error = g_strdup_printf("%s: a port must be 1..65535", row->where);
    else if (!*row->where)
        *ret_error = g_strdup("where it applies must be named");
    else if (!span_is_good(row->period))
        *ret_error = g_strdup_printf("period %s: must be a length of time, as 1s, or empty",
                                     row->period);
    else if (!span_is_good(row->timeout))
        *ret_error = g_strdup_printf("timeout %s: must be a length of time, as 30s, or empty",
                                     row->timeout);
    return *ret_error == NULL;
}

void ssk_bindings_register(module_t *module, dissector_handle_t (*handle_of)(ssk_carrier carrier))
{
    static uat_field_t columns[] = {
        UAT_FLD_BOOL(rows, on, "On", "Whether this row applies"),
        UAT_FLD_CSTRING(rows, profile, "Message profile",
                        "Name of a built-in profile or of one in the folder stallshark/profiles"),
        UAT_FLD_VS(rows, carrier, "Applies to", carrier_names, "What carries the messages"),
        UAT_FLD_CSTRING(rows, where, "Port or name",
                        "A port number, or the name that was negotiated"),
        UAT_FLD_CSTRING(rows, period, "Period",
                        "Of the messages, as 1s; empty: as the profile says, or learned"),
        UAT_FLD_CSTRING(
            rows, timeout, "Timeout",
            "After which the application gives up, as 30s; empty: as the profile says, or learned"),
        UAT_END_FIELDS};
    handle_for = handle_of;
    uat_t *table = uat_new("Message profiles in use", sizeof(ssk_binding), "stallshark_profiles",
                           TRUE, &rows, &n_rows, UAT_AFFECTS_DISSECTION, NULL, row_copy, row_update,
                           row_free, apply_table, NULL, columns);
    prefs_register_uat_preference(module, "profiles", "Message profiles in use",
                                  "Which traffic speaks in which message profile", table);
}
