/* window.c - Wireshark's window, as far as a module reaches it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/window.h"

const funnel_ops_t *ssk_window(void)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();

    return ops && ops->ops_id && ops->new_text_window ? ops : NULL;
}

const ws_info_t *ssk_window_info(void)
{
    ws_info_t *info = NULL;

    plugin_if_get_ws_info(&info);
    return info && info->ws_info_supported ? info : NULL;
}

uint32_t ssk_window_frame(void)
{
    const ws_info_t *info = ssk_window_info();

    return info ? info->cf_framenr : 0;
}

void ssk_window_show(const char *title, const char *text)
{
    const funnel_ops_t *ops = ssk_window();

    if (!ops)
        return;
    funnel_text_window_t *shown = ops->new_text_window(ops->ops_id, title);
    ops->append_text(shown, text); /* set_text() would take it for HTML if it looks like it */
}
