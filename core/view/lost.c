/* lost.c - which packets of a capture did not get to another one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/view/inside.h"

void ssk_views_keep_lost(ssk_views *views)
{
    views->keeps_lost = true;
    for (unsigned i = 0; i + 1 < views->n; i++)
        ssk_ledger_keep_alone(views->others[i].ledger);
}

uint64_t ssk_views_lost_dropped(ssk_views *views)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i + 1 < views->n; i++) {
        size_t n;
        uint64_t dropped;
        (void)ssk_ledger_alone(views->others[i].ledger, &n, &dropped);
        sum += dropped;
    }
    return sum;
}

char ssk_views_letter_of(const ssk_views *views, unsigned view)
{
    for (unsigned i = 0; i + 1 < views->n; i++)
        if (views->others[i].view == view)
            return views->others[i].letter;
    return ssk_views_letter(views);
}

/* It was sent nearer to this capture than to the other one, which stands on its way. */
static bool should_arrive(const ssk_other *other, const ssk_alone *alone)
{
    const ssk_ground *ground = other->ground;
    uint32_t number = alone->lane / 2;
    unsigned from = alone->lane & 1;
    if (number >= ground->n_here) { /* a conversation of the other capture alone */
        number -= (uint32_t)ground->n_here;
        return alone->view == 1 && number < ground->n_there && ground->there[number].expected;
    }
    const ssk_twin *twin = &ground->here[number];
    if (twin->number == SSK_SCOUT_NONE)
        return alone->view == 0 && twin->expected;
    bool here_first = ssk_twin_first(twin, from) == SSK_FIRST_HERE;
    if (ssk_twin_first(twin, from) == SSK_FIRST_UNKNOWN || here_first != (alone->view == 0))
        return false;
    return alone->view == 0 ? twin->expected : ground->there[twin->number].expected;
}

static bool is_lost(ssk_other *other, unsigned side, uint32_t frame)
{
    size_t n;
    uint64_t dropped;
    const ssk_alone *list = ssk_ledger_alone(other->ledger, &n, &dropped);
    size_t at = other->asked[side];
    while (at < n && (list[at].view < side || (list[at].view == side && list[at].frame < frame)))
        at++;
    other->asked[side] = at;
    return at < n && list[at].view == side && list[at].frame == frame &&
           should_arrive(other, &list[at]);
}

char ssk_views_lost(ssk_views *views, unsigned view, uint32_t frame)
{
    char lost = 0;
    for (unsigned i = 0; i + 1 < views->n; i++) {
        ssk_other *other = &views->others[i];
        if (other->unrelated || (view != views->base && other->view != view))
            continue;
        unsigned side = view == views->base ? 0 : 1;
        if (is_lost(other, side, frame) && !lost)
            lost = side ? ssk_views_letter(views) : other->letter;
    }
    return lost;
}
