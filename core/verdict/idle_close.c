/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verdict/idle_close.h"

#include "core/base/limits.h"

ssk_span_ns ssk_idle_timeout(const ssk_fact *close)
{
    ssk_span_ns idle = close->close.idle + SSK_LIMIT(ROUND_EARLY);
    ssk_span_ns over = idle % SSK_LIMIT(ROUND_STEP);
    if (!(close->flags & SSK_CLOSE_IDLE) || idle < SSK_LIMIT(ROUND_LEAST) ||
        over > SSK_LIMIT(ROUND_EARLY) + SSK_LIMIT(ROUND_LATE))
        return 0;
    return idle - over;
}
