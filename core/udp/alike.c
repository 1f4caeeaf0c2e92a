/* alike.c - how many of some lengths agree, and whether chance would have them agree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/udp/alike.h"

#include <math.h>
#include <stdlib.h>

static int by_length(const void *a, const void *b)
{
    const ssk_alike_item *x = a, *y = b;
    return (x->length > y->length) - (x->length < y->length);
}

void ssk_alike_find(ssk_alike_item *items, size_t n, double half_width, ssk_alike *ret)
{
    double ratio = (1 + half_width) / (1 - half_width), all = 0, inside = 0, most = 0;
    *ret = (ssk_alike){0};
    if (n)
        qsort(items, n, sizeof *items, by_length);
    for (size_t i = 0; i < n; i++)
        all += items[i].weight;
    for (size_t low = 0, end = 0; low < n && all > 0; low++) {
        for (; end < n && items[end].length <= items[low].length * ratio; end++)
            inside += items[end].weight;
        if (inside > most) {
            most = inside;
            *ret = (ssk_alike){items[low].length, items[end - 1].length, inside / all};
        }
        inside -= items[low].weight;
    }
}

double ssk_alike_chance(unsigned n, unsigned alike, double half_width)
{
    /* An exponential length lies between 1 - w and 1 + w of its mean; that is
     * where its chance is greatest. */
    double p = exp(half_width - 1) - exp(-half_width - 1);
    if (alike == 0 || n == 0)
        return n;
    if (alike > n)
        return 0;
    double term = exp(lgamma(n + 1.0) - lgamma(alike + 1.0) - lgamma(n - alike + 1.0) +
                      alike * log(p) + (n - alike) * log1p(-p));
    double sum = 0;
    for (unsigned k = alike; k <= n && term > 0; k++) {
        sum += term;
        term *= (double)(n - k) / (k + 1) * p / (1 - p);
        if (term < sum * 1e-9)
            break;
    }
    return n * sum;
}
