/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verdict/udp_table.h"

#include <glib.h>

#define P(observation, cell) [SSK_UDP_SAW_##observation] = cell

/* Between two hosts only. */
#define ON_THE_WAY P(ONE_HOST, 'N')

const ssk_udp_hypothesis ssk_udp_hypotheses[] = {
    {SSK_CAUSE_UDP_MEMBERSHIP_LOST,
     SSK_UDP_PLACE_PATH,
     {ON_THE_WAY, P(NO_MEMBER, 'y'), P(JOINED_AGAIN, 'y')}},
    {SSK_CAUSE_UDP_LOST_BEFORE_RECEIVER,
     SSK_UDP_PLACE_PATH,
     {ON_THE_WAY, P(WENT_ON, 'Y'), P(IDS_WENT_ON, 'y'), P(EQUAL_BURSTS, 'y'), P(UNNUMBERED, 'y'),
      P(FEWER_CAME, 'y'), P(MISSING, 'Y'), P(PAUSES_THERE, 'n')}},
    {SSK_CAUSE_UDP_SENDER_PAUSES,
     SSK_UDP_PLACE_SENDER,
     {P(PAUSED, 'Y'), P(IDS_WENT_ON, 'n'), P(EQUAL_BURSTS, 'y'), P(UNNUMBERED, 'y'),
      P(PAUSES_THERE, 'Y'), P(NONE_MISSING, 'y'), P(OWN_RHYTHM, 'Y')}},
    {SSK_CAUSE_WIFI_DTIM_BUNCHING,
     SSK_UDP_PLACE_PATH,
     {ON_THE_WAY, P(ON_BEACONS, 'Y'), P(ONLY_DELAYED, 'y')}},
    {SSK_CAUSE_UDP_RECEIVE_BUFFER_FULL,
     SSK_UDP_PLACE_RECEIVER,
     {P(BUFFER_DROPS, 'y'), P(KERNEL_COUNTED, 'y'), P(GOT_LESS_OF_BUFFER, 'y'),
      P(HAD_WAITED, 'y')}},
    {SSK_CAUSE_UDP_LOST_IN_RECEIVER, SSK_UDP_PLACE_RECEIVER, {P(GOT_LESS, 'y'), P(BAD_SUMS, 'y')}},
    {SSK_CAUSE_UDP_NO_PORT, SSK_UDP_PLACE_RECEIVER, {P(REFUSED, 'y')}},
};
G_STATIC_ASSERT(G_N_ELEMENTS(ssk_udp_hypotheses) <= SSK_UDP_HYPOTHESES);

static const ssk_column columns[SSK_N_UDP_OBSERVATIONS] = {
#define X(name, yes, no, usual) \
    [SSK_UDP_SAW_##name] = {#name, {[SSK_YES] = SSK_##yes, [SSK_NO] = SSK_##no}, SSK_CELL_##usual},
#include "core/verdict/udp_observations.def"
#undef X
};

const ssk_table ssk_udp_table = {
    .columns = columns,
    .n_columns = SSK_N_UDP_OBSERVATIONS,
    .n_rows = G_N_ELEMENTS(ssk_udp_hypotheses),
    .cells = ssk_udp_hypotheses[0].cells,
    .bytes_per_row = sizeof(ssk_udp_hypothesis),
};
