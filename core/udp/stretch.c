/* stretch.c - an empty stretch in the gaps between datagrams.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/udp/stretch.h"

#include <math.h>

/* Narrowest empty stretch. */
#define WIDTH 4
/* One gap in 50 pauses may lie in an "empty" stretch: in a long capture some
 * packet strays into every stretch. */
#define STRAYS 50
#define RARE   50

static ssk_span_ns cell_from(const ssk_hist *gaps, size_t index)
{
    unsigned bucket = gaps->cells[index].bucket;
    return bucket ? ssk_hist_bucket_up_to(bucket - 1) + 1 : 0;
}

bool ssk_stretch_above(const ssk_hist *gaps, size_t low, uint64_t above, ssk_span_ns floor,
                       unsigned fewest, ssk_stretch *ret)
{
    ssk_span_ns from = ssk_hist_cell_up_to(gaps, low);
    if (from < SSK_US)
        from = SSK_US;
    bool found = false;
    uint64_t strays = 0;
    for (size_t i = low + 1; i < gaps->used; i++) {
        ssk_span_ns to = cell_from(gaps, i);
        if (above <= fewest)
            break;
        if (strays * STRAYS <= above && to / WIDTH >= from) {
            ssk_span_ns middle = (ssk_span_ns)sqrt((double)from * (double)to);
            ssk_span_ns threshold = middle < floor ? floor : middle;
            if (threshold < to - to / 5) {
                *ret = (ssk_stretch){threshold, above, log2((double)to / (double)from)};
                found = true;
            }
        }
        uint64_t count = ssk_hist_cell_count(gaps, i);
        strays += count;
        above -= count;
        if (strays * STRAYS > above)
            break;
    }
    return found;
}

bool ssk_stretch_is_better(const ssk_stretch *s, const ssk_stretch *than)
{
    return s->width > than->width && s->pauses >= than->pauses / RARE;
}
