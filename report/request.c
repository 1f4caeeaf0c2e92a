/* request.c - a report asked for in one line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/request.h"

#include <string.h>

/** The length of NAME if @p item is NAME=VALUE; 0 if it is not, as the
 * comparisons "tcp==1" and "ip.ttl=1". */
static size_t option_name_len(const char *item)
{
    size_t len = strspn(item, "abcdefghijklmnopqrstuvwxyz_-");

    return item[len] == '=' && item[len + 1] != '=' ? len : 0;
}

/** @return false: @p item is no option, or one that makes no sense, with @p error */
static bool take_option(ssk_request *request, char *item, GError **error)
{
    size_t len = option_name_len(item);

    if (!len)
        return false;
    item[len] = '\0';
    return ssk_config_set(&request->config, item, item + len + 1, error);
}

static bool take_format(ssk_request *request, const char *item)
{
    if (request->writer)
        return false;
    request->writer = ssk_writer_find(item);
    return request->writer != NULL;
}

static bool take_extent(ssk_request *request, const char *item)
{
    bool wanted = strcmp(item, "verbose") == 0;
    request->verbose |= wanted;
    return wanted;
}

gboolean ssk_request_parse(const char *text, const ssk_config *defaults, ssk_request *ret,
                           GError **error)
{
    ssk_request request = {.config = *defaults};

    if (*text && *text != ',') {
        g_set_error(error, SSK_CONFIG_ERROR, 0, "\"%s\": a comma must come first", text);
        return FALSE;
    }
    while (*text == ',') {
        GError *bad = NULL;
        char *item = g_strndup(text + 1, strcspn(text + 1, ","));
        size_t len = strlen(item);
        bool taken = !len || take_format(&request, item) || take_extent(&request, item) ||
                     take_option(&request, item, &bad);

        g_free(item);
        if (bad) {
            g_propagate_error(error, bad);
            return FALSE;
        }
        if (!taken) {
            request.filter = g_strdup(text + 1);
            break;
        }
        text += 1 + len;
    }
    if (!request.writer)
        request.writer = ssk_writers[0];
    *ret = request;
    return TRUE;
}
