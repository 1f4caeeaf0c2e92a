/* hypotheses.c - one row for each cause, with what it predicts.
 *
 * A cell that must be kept (Y, N) needs a reason from a specification or from what the words mean,
 * not from a sample. A row speaks on the columns its rivals speak on: they share the fragments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/hypothesis.h"

#include <glib.h>

#define P(observation, cell) [SSK_OBS_##observation] = cell
#define SAME(id)             SSK_CAUSE_##id, SSK_CAUSE_##id

/* No packet of far arrives, on any flow; near's link works. */
#define GONE                                                                           \
    P(CLIENT_HEARD, 'N'), P(SERVER_HEARD, 'N'), P(SAME_HOSTS, 'N'), P(BOTH_WAYS, 'N'), \
        P(ONE_WAY, 'N'), P(ACKS_LOST, 'N'), P(LINK_ALIVE, 'Y'), P(SERVER_IP, 'N')
/* Far does not hear near, on this flow at least. */
#define UNHEARD                                                                            \
    P(ACK_OWED, 'y'), P(UNANSWERED, 'y'), P(TIMEOUTS, 'y'), P(ACKED, 'N'), P(WAITED, 'N'), \
        P(MUTE, 'N')
/* With TCP, what was produced during the silence arrives late. */
#define LOSES P(LOST_BYTES, 'y'), P(MADE_MEANWHILE, 'y'), P(HOST_MADE, 'y')
/* Far's own link is down, so it cannot answer ARP. */
#define FAR_OFF                                                                              \
    GONE, UNHEARD, P(IN_VAIN, 'y'), P(ON_LINK, 'N'), P(HAD_HEARD, 'N'), P(FAR_LINK_UP, 'y'), \
        P(LACKING, 'n')
/* Near's own link is down: nobody is heard. */
#define NEAR_OFF                                                                        \
    P(LINK_ALIVE, 'N'), P(SAME_HOSTS, 'N'), P(CLIENT_HEARD, 'N'), P(SERVER_HEARD, 'N'), \
        P(ON_LINK, 'N'), P(ONE_WAY, 'N'), P(NEAR_AWAKE, 'N'), P(NEAR_LINK_UP, 'y')
/* The hosts and the path work; the silent side's program says nothing. */
#define PROCESS                                                                               \
    P(ONE_HOST, '.'), P(ANSWER_OWED, 'y'), P(ACK_OWED, 'N'), P(IN_VAIN, 'N'), P(ACKED, 'y'),  \
        P(WAITED, 'y'), P(MUTE, 'y'), P(ONLY_THIS_MUTE, 'y'), P(MUTE_AND_AWAKE, 'y'),         \
        P(NEVER_HEARD, 'n'), P(NEW_PACKETS, 'y'), P(CLIENT_HEARD, 'y'), P(SERVER_HEARD, 'y'), \
        P(SAME_HOSTS, 'y'), P(LINK_ALIVE, 'y'), P(ONE_WAY, 'N'), P(ACKS_LOST, 'N'),           \
        P(LOST_BYTES, 'N'), P(MADE_MEANWHILE, 'n'), P(KNEW_NOTHING, 'N'),                     \
        P(ONLY_KERNEL_BACK, 'y'), P(ICMP, 'N'), P(FRAGMENTS_CUT, 'N'), P(NOT_JOINED, 'N'),    \
        P(LACKING, 'N'), P(BOTH_WAYS, 'y'), P(UNANSWERED, 'y')
/* What arrives at the capture does not get to near's own kernel. */
#define BEHIND_THE_TAP \
    P(NEAR_DEAF, 'Y'), P(CLIENT_HEARD, 'y'), P(SERVER_HEARD, 'y'), P(LINK_ALIVE, 'y')
#define ANY_END P(OWN_FIN, '.'), P(OWN_RST, '.')
/* It may also keep a connection from coming about. */
#define OR_CONNECT P(CONNECT, '.'), P(SYN_UNANSWERED, 'y')
/* ... on the way: the host may well be alive, but is not heard at this place. */
#define OR_CONNECT_LOST OR_CONNECT, P(HOST_LIVES, '.'), P(AT_SERVER, 'N')

/* With a second capture at far's host. */
#define ALL_ARRIVES P(IN_ARRIVED, 'Y'), P(OUT_ARRIVED, 'Y'), P(FLOW_ARRIVED, 'Y'), P(FAR_LINK, 'y')
#define NOTHING_ARRIVES                                                                    \
    P(IN_ARRIVED, 'N'), P(OUT_ARRIVED, 'N'), P(FLOW_ARRIVED, 'N'), P(OTHERS_ARRIVED, 'N'), \
        P(SOCKET_DROPS, 'N')
#define MUTE_THERE P(FAR_SENT, 'y'), P(SILENT_SENT, 'n')
/* The same of far, by its own capture: what near sends arrives, and far's kernel does not get it. */
#define BEHIND_FAR                                                                     \
    UNHEARD, P(FAR_VIEW, 'Y'), P(IN_VAIN, 'y'), P(FAR_DEAF, 'Y'), P(OUT_ARRIVED, 'Y'), \
        P(FLOW_ARRIVED, 'Y'), P(FAR_LINK, 'y'), P(CLIENT_HEARD, '.'), P(SERVER_HEARD, '.')
/* With the log of the silent side's program. */
#define STOPPED P(LOG_RAN, 'N'), P(LOG_PAUSED, 'y'), P(LOG_SENT, 'N'), P(STACK_SAMPLES, 'n')
#define RAN_ON  P(LOG_RAN, 'y'), P(LOG_PAUSED, 'n'), P(LOG_SENT, 'y')

const ssk_hypothesis ssk_hypotheses[] = {
    {SAME(READER_BLOCKED),
     SSK_PLACE_SILENT,
     {PROCESS, ANY_END, P(WINDOW_CLOSED, 'Y'), ALL_ARRIVES, MUTE_THERE, P(LOG_RAN, 'y')}},
    {SAME(PROCESS_SUSPENDED),
     SSK_PLACE_SILENT,
     {PROCESS, ANY_END, P(ANSWERS_PILED, 'y'), P(WINDOW_CLOSED, 'y'), ALL_ARRIVES, MUTE_THERE,
      STOPPED, P(PROGRAM_SPOKE, 'N')}},
    {SAME(APP_WEDGED),
     SSK_PLACE_SILENT,
     {PROCESS, ANY_END, P(CLOSED_ON_TIME, '.'), P(WINDOW_CLOSED, 'y'), ALL_ARRIVES, MUTE_THERE,
      P(LOG_RAN, 'y'), P(LOG_SENT, 'y'), P(STACK_SAMPLES, 'y')}},
    {SAME(IDLE_TIMEOUT_CLOSE),
     SSK_PLACE_SILENT,
     {PROCESS, ANY_END, P(CLOSED_ON_TIME, 'Y'), ALL_ARRIVES, MUTE_THERE}},
    {SAME(APP_CLOSED),
     SSK_PLACE_SILENT,
     {PROCESS, P(CLOSED_ON_TIME, '.'), P(OWN_FIN, 'Y'), P(OWN_RST, 'N'), P(CRASH_REPORT, 'n'),
      ALL_ARRIVES, MUTE_THERE}},
    {SAME(APP_CRASHED),
     SSK_PLACE_SILENT,
     {PROCESS, P(CLOSED_ON_TIME, '.'), P(OWN_RST, 'Y'), P(OWN_FIN, 'N'), P(CRASH_REPORT, 'y'),
      ALL_ARRIVES, MUTE_THERE}},
    {SAME(TIMER_THROTTLED),
     SSK_PLACE_SILENT,
     {PROCESS, ANY_END, P(STRETCHED, 'Y'), ALL_ARRIVES, MUTE_THERE}},
    {SAME(RADIO_OFF),
     SSK_PLACE_FAR,
     {FAR_OFF, LOSES, P(SERVER_FAR, 'N'), P(DOZED, 'y'), NOTHING_ARRIVES, P(FAR_LINK, 'N'),
      RAN_ON}},
    /* Near to far. */
    {SSK_CAUSE_UPLINK_LOSS,
     SSK_CAUSE_DOWNLINK_LOSS,
     SSK_PLACE_PATH,
     {UNHEARD,           P(IN_VAIN, 'y'),      P(OUTSTANDING, 'Y'),    OR_CONNECT_LOST,
      P(ASKS_ON, 'y'),   P(CLIENT_HEARD, 'Y'), P(SERVER_HEARD, 'n'),   P(ONE_WAY, 'y'),
      P(ACKS_LOST, 'y'), P(BOTH_WAYS, 'N'),    P(BEAT_GONE, 'n'),      P(MADE_MEANWHILE, 'y'),
      P(HOST_MADE, 'y'), P(LINK_ALIVE, 'Y'),   P(ON_LINK, 'y'),        P(UNRESOLVED, '.'),
      P(HAD_HEARD, 'N'), P(OUT_ARRIVED, 'N'),  P(SOCKET_DROPS, 'N'),   P(IN_ARRIVED, 'Y'),
      P(FAR_LINK, 'Y'),  P(FLOW_ARRIVED, 'N'), P(OTHERS_ARRIVED, 'N'), RAN_ON}},
    /* Far to near. */
    {SSK_CAUSE_DOWNLINK_LOSS,
     SSK_CAUSE_UPLINK_LOSS,
     SSK_PLACE_PATH,
     {GONE, UNHEARD, P(IN_VAIN, 'y'), P(LACKING, 'y'), LOSES, OR_CONNECT_LOST, P(ON_LINK, 'y'),
      P(HAD_HEARD, 'y'), P(IN_ARRIVED, 'N'), P(OUT_ARRIVED, 'Y'), P(FAR_LINK, 'Y'),
      P(FAR_SENT, 'y'), P(SILENT_SENT, 'y'), P(FLOW_ARRIVED, 'N'), P(OTHERS_ARRIVED, 'N'), RAN_ON}},
    {SAME(PATH_BLACKOUT),
     SSK_PLACE_PATH,
     {GONE, UNHEARD, P(IN_VAIN, 'y'), LOSES, OR_CONNECT_LOST, P(ON_LINK, 'y'), P(HAD_HEARD, 'N'),
      P(NEAR_LINK_UP, '.'), P(FAR_LINK_UP, '.'), P(LACKING, 'n'), NOTHING_ARRIVES, P(FAR_LINK, 'Y'),
      P(SILENT_SENT, 'y'), RAN_ON}},
    {SAME(HOST_DOWN),
     SSK_PLACE_FAR,
     {FAR_OFF, OR_CONNECT, P(AT_SERVER, 'N'), P(CLIENT_FAR, 'N'), P(LOST_BYTES, 'y'),
      P(KNEW_NOTHING, '.'), P(SOUGHT_THEN_RST, 'y'), P(ICMP, '.'), P(ICMP_HOST, 'Y'),
      NOTHING_ARRIVES, P(FAR_LINK, 'N'), P(FAR_SENT, 'n'), P(SILENT_SENT, 'n'), RAN_ON}},
    {SAME(CONNECT_UNANSWERED),
     SSK_PLACE_SILENT,
     {P(CONNECT, 'Y'), P(ONE_HOST, '.'), P(SYN_UNANSWERED, 'y'), P(HOST_LIVES, 'y'),
      P(BOTH_WAYS, 'y'), P(LISTEN_FULL, 'y'), P(LISTEN_DROPS, 'y'), P(FLOW_ARRIVED, 'Y'),
      P(OUT_ARRIVED, 'Y'), P(IN_ARRIVED, 'Y'), P(FAR_LINK, 'y')}},
    {SAME(HOST_ASLEEP),
     SSK_PLACE_FAR,
     {FAR_OFF, P(SERVER_FAR, 'n'), P(LOST_BYTES, 'N'), P(MADE_MEANWHILE, 'N'), P(HOST_MADE, 'N'),
      P(CLOCK_STOOD, 'y'), P(CLOCK_RAN, 'n'), P(ONLY_KERNEL_BACK, 'y'), NOTHING_ARRIVES,
      P(FAR_LINK, 'N'), P(FAR_SENT, 'N'), P(SILENT_SENT, 'N'), STOPPED}},
    {SAME(HOST_REBOOTED),
     SSK_PLACE_FAR,
     {FAR_OFF, P(LOST_BYTES, 'y'), P(KNEW_NOTHING, 'y'), P(SOUGHT_THEN_RST, 'Y'), P(REMEMBERS, 'N'),
      NOTHING_ARRIVES, P(FAR_LINK, 'N')}},
    /* The same, by how it came back: it asked for its address, and began anew. */
    {SAME(HOST_REBOOTED),
     SSK_PLACE_FAR,
     {FAR_OFF, P(LOST_BYTES, 'y'), P(KNEW_NOTHING, 'y'), P(STARTED_OVER, 'Y'), P(JOINED, 'Y'),
      P(REMEMBERS, 'N'), NOTHING_ARRIVES, P(FAR_LINK, 'N')}},
    {SAME(FLOW_BLACKOUT),
     SSK_PLACE_PATH,
     {UNHEARD,
      P(IN_VAIN, 'y'),
      LOSES,
      P(SAME_HOSTS, 'y'),
      P(RST_ON_THE_WAY, 'y'),
      P(BOTH_WAYS, 'y'),
      P(CLIENT_HEARD, 'y'),
      P(SERVER_HEARD, 'y'),
      P(LINK_ALIVE, 'y'),
      P(KNEW_NOTHING, '.'),
      P(ACKS_LOST, 'y'),
      P(LARGE_ONLY, 'N'),
      P(LACKING, 'y'),
      P(WENT_ON, 'n'),
      P(FAR_LARGE, 'N'),
      P(HAD_HEARD, '.'),
      P(ONE_WAY, 'n'),
      P(ICMP, 'N'),
      P(FORGED_RST, 'y'),
      P(FLOW_ARRIVED, 'N'),
      P(OTHERS_ARRIVED, 'Y'),
      P(FAR_LINK, 'y'),
      P(SILENT_SENT, 'y'),
      RAN_ON}},
    {SAME(PMTU_BLACK_HOLE),
     SSK_PLACE_PATH,
     {UNHEARD, P(LARGE_ONLY, 'Y'), P(IN_VAIN, 'y'), P(OUTSTANDING, 'Y'), P(SAME_HOSTS, 'y'),
      P(BOTH_WAYS, 'y'), P(CLIENT_HEARD, 'y'), P(SERVER_HEARD, 'y'), P(LINK_ALIVE, 'Y'),
      P(ONE_WAY, '.'), P(ON_LINK, 'y'), P(FLOW_ARRIVED, '.'), P(OTHERS_ARRIVED, 'y'),
      P(FAR_LINK, 'y'), RAN_ON}},
    /* The same from far to near: near lacks what is large. */
    {SAME(PMTU_BLACK_HOLE),
     SSK_PLACE_PATH,
     {P(ACKED, 'N'), P(LACKING, 'Y'), P(LACKS_LONGEST, 'Y'), P(SAME_HOSTS, 'y'), P(BOTH_WAYS, 'y'),
      P(CLIENT_HEARD, 'y'), P(SERVER_HEARD, 'y'), P(LINK_ALIVE, 'Y'), P(ON_LINK, 'y'),
      P(FLOW_ARRIVED, '.'), P(OTHERS_ARRIVED, 'y'), P(FAR_LINK, 'y'), RAN_ON}},
    /* By far's own capture. */
    {SAME(PMTU_BLACK_HOLE),
     SSK_PLACE_PATH,
     {UNHEARD, P(FAR_VIEW, 'Y'), P(FAR_LARGE, 'Y'), P(IN_VAIN, '.'), P(FLOW_ARRIVED, '.'),
      P(OTHERS_ARRIVED, 'y'), P(IN_ARRIVED, 'n'), P(FAR_LINK, 'y'), P(FAR_SENT, 'y'),
      P(SILENT_SENT, 'y'), RAN_ON}},
    {SAME(FRAGMENTS_LOST),
     SSK_PLACE_PATH,
     {P(IN_FRAGMENTS, 'Y'), P(FRAGMENTS_CUT, 'y'), P(NOT_JOINED, 'y'), P(IN_VAIN, 'y'),
      P(ACKED, 'N'), P(WAITED, 'N'), P(SAME_HOSTS, 'y'), P(BOTH_WAYS, 'y'), P(CLIENT_HEARD, 'y'),
      P(SERVER_HEARD, 'y'), P(LINK_ALIVE, 'y'), P(ON_LINK, 'y'), RAN_ON}},
    {SAME(ADDRESS_CONFLICT),
     SSK_PLACE_PATH,
     {OR_CONNECT,
      UNHEARD,
      P(BOTH_WAYS, 'n'),
      P(HOST_LIVES, '.'),
      P(CLAIMED, 'Y'),
      P(IN_VAIN, 'y'),
      P(NEAR_DEAF, '.'),
      P(NEW_PACKETS, '.'),
      P(HAD_HEARD, '.'),
      P(ACKS_LOST, 'y'),
      P(UNRESOLVED, '.'),
      P(MADE_MEANWHILE, 'y'),
      P(HOST_MADE, 'y'),
      P(SOUGHT_IN_VAIN, '.'),
      P(KNEW_NOTHING, '.'),
      P(OWN_RST, '.'),
      P(IN_ARRIVED, 'n'),
      P(FLOW_ARRIVED, 'N'),
      P(OTHERS_ARRIVED, 'n'),
      P(FAR_LINK, 'y'),
      P(FAR_SENT, 'y'),
      P(SILENT_SENT, 'y')}},
    /* Between the capture and near, where it was not taken by near itself. */
    {SSK_CAUSE_DOWNLINK_LOSS,
     SSK_CAUSE_UPLINK_LOSS,
     SSK_PLACE_PATH,
     {BEHIND_THE_TAP, P(SELF_CAPTURED, 'N'), P(NEAR_SENT, 'y'), RAN_ON}},
    {SAME(LOCAL_DROP),
     SSK_PLACE_NEAR,
     {BEHIND_THE_TAP, P(ONE_HOST, '.'), P(SELF_CAPTURED, 'Y'), P(NEAR_SENT, 'y'), P(BAD_SUMS, 'y'),
      RAN_ON}},
    {SAME(NO_ROUTE),
     SSK_PLACE_NEAR,
     {BEHIND_THE_TAP, P(SELF_CAPTURED, 'Y'), P(NEAR_SENT, 'N'), P(NEAR_REACHED, 'N'), RAN_ON}},
    /* By a rule for this one service: what near sends on others is heard. That what near sends
     * again is in vain, and that its acknowledgments are lost, is the same seen twice. */
    {SAME(LOCAL_DROP),
     SSK_PLACE_FAR,
     {UNHEARD, P(ONE_HOST, '.'), P(DEAF_HERE, 'Y'), P(ONE_WAY, 'Y'), P(SAME_HOSTS, 'Y'),
      P(BOTH_WAYS, 'Y'), P(CLIENT_HEARD, 'Y'), P(SERVER_HEARD, 'Y'), P(LINK_ALIVE, 'y'),
      P(LARGE_ONLY, 'N'), P(BEAT_GONE, 'N'), P(HAD_HEARD, '.'), P(ICMP, 'N'), P(FAR_DEAF, 'y'),
      P(OUT_ARRIVED, 'Y'), P(FLOW_ARRIVED, 'Y'), P(OTHERS_ARRIVED, 'Y'), P(FAR_LINK, 'y'), RAN_ON}},
    {SAME(LOCAL_DROP),
     SSK_PLACE_FAR,
     {BEHIND_FAR, P(ONE_HOST, '.'), P(FAR_MUTE, 'N'), P(FAR_SEEKS, 'N'), RAN_ON}},
    {SAME(NO_ROUTE), SSK_PLACE_FAR, {BEHIND_FAR, P(FAR_MUTE, 'Y'), P(FAR_SEEKS, 'N'), RAN_ON}},
    {SAME(RADIO_OFF),
     SSK_PLACE_NEAR,
     {NEAR_OFF, P(ONLY_THIS_MUTE, 'N'), P(CLIENT_FAR, 'N'), P(TRIED, 'y'), P(MADE_MEANWHILE, 'y'),
      P(HOST_MADE, 'y'), NOTHING_ARRIVES, P(FAR_LINK, 'y'), RAN_ON}},
    {SAME(HOST_DOWN),
     SSK_PLACE_NEAR,
     {NEAR_OFF, P(SERVER_FAR, 'N'), P(TRIED, 'y'), P(MADE_MEANWHILE, 'y'), P(HOST_MADE, 'y'),
      NOTHING_ARRIVES, P(FAR_LINK, 'y'), RAN_ON}},
    {SAME(HOST_ASLEEP),
     SSK_PLACE_NEAR,
     {NEAR_OFF, P(ONLY_THIS_MUTE, 'N'), P(CLIENT_FAR, 'n'), P(NOTHING_CAPTURED, 'Y'), P(MUTE, 'y'),
      P(ACKED, 'N'), P(WAITED, 'N'), P(MADE_MEANWHILE, 'N'), P(HOST_MADE, 'N'), P(CLOCK_STOOD, 'y'),
      P(CLOCK_RAN, 'n'), P(WOKEN, 'y'), NOTHING_ARRIVES, P(FAR_LINK, 'y'), STOPPED}},
    {SAME(FRAMES_HELD),
     SSK_PLACE_PATH,
     {LOSES, P(HAD_HEARD, '.'), P(OLD_STAMPS, 'Y'), P(IN_VAIN, 'y'), P(ACKED, 'N'), P(WAITED, 'y'),
      P(CLIENT_HEARD, 'N'), P(SERVER_HEARD, 'N'), P(SAME_HOSTS, 'n'), P(ARRIVED_LATE, 'Y'),
      P(IN_ARRIVED, 'N'), P(OUT_ARRIVED, 'N'), P(FLOW_ARRIVED, 'N'), RAN_ON}},
    {SAME(ROAMING),
     SSK_PLACE_FAR,
     {FAR_OFF, LOSES, P(JOINED, 'Y'), NOTHING_ARRIVES, P(FAR_LINK, 'N')}},
    {SAME(ADDRESS_CHANGED),
     SSK_PLACE_MOVER,
     {P(MOVED, 'Y'), P(NEW_PACKETS, '.'), P(NEAR_DEAF, '.'), P(HAD_HEARD, '.'), P(UNRESOLVED, '.'),
      P(FAR_DEAF, '.'), P(FAR_SEEKS, '.'), P(FAR_TOLD, '.')}},
    {SAME(ARP_FAILURE),
     SSK_PLACE_PATH,
     {OR_CONNECT, P(UNRESOLVED, 'Y'), P(NEAR_DEAF, '.'), P(MADE_MEANWHILE, 'y'), P(HOST_MADE, 'y'),
      P(HOST_LIVES, '.'), P(ANSWERS_SEEK, 'Y'), P(ONE_WAY, 'y'), P(IN_VAIN, 'y'),
      P(OUTSTANDING, 'Y'), P(ACKED, 'N'), P(WAITED, 'N'), P(CLIENT_HEARD, 'Y'),
      P(SERVER_HEARD, 'y'), P(BOTH_WAYS, 'N'), P(LINK_ALIVE, 'y'), P(IN_ARRIVED, 'Y'),
      P(OUT_ARRIVED, 'N'), RAN_ON}},
    /* Far cannot find near, whose answers it does not get. */
    {SAME(ARP_FAILURE),
     SSK_PLACE_PATH,
     {UNHEARD, P(ASKS_ON, 'Y'), P(IN_VAIN, 'y'), P(ON_LINK, 'y'), P(SAME_HOSTS, 'N'),
      P(BOTH_WAYS, 'N'), P(CLIENT_HEARD, 'n'), P(SERVER_HEARD, 'n'), P(LINK_ALIVE, 'y'),
      P(OUT_ARRIVED, 'N'), P(FAR_LINK, 'y'), P(FAR_SEEKS, '.'), P(HAD_HEARD, '.'), RAN_ON}},
    /* Far cannot find near. */
    {SAME(ARP_FAILURE),
     SSK_PLACE_PATH,
     {OR_CONNECT, UNHEARD, P(FAR_VIEW, 'Y'), P(FAR_SEEKS, 'Y'), P(FAR_DEAF, 'y'), P(FAR_MUTE, 'y'),
      P(HOST_LIVES, '.'), P(ANSWERS_SEEK, '.'), P(HAD_HEARD, '.'), P(OWN_RST, '.'), P(IN_VAIN, 'y'),
      P(OUT_ARRIVED, 'Y'), P(FLOW_ARRIVED, 'Y'), P(FAR_LINK, 'y'), RAN_ON}},
    {SAME(ICMP_UNREACHABLE),
     SSK_PLACE_NEAR,
     {OR_CONNECT, UNHEARD, P(FAR_VIEW, 'Y'), P(FAR_TOLD, 'Y'), P(IN_VAIN, 'y'), P(IN_ARRIVED, 'n'),
      P(OUT_ARRIVED, 'y'), P(FLOW_ARRIVED, 'n'), P(FAR_LINK, 'y'), P(FAR_SENT, 'y'), RAN_ON}},
    {SAME(ICMP_UNREACHABLE),
     SSK_PLACE_UNREACHED,
     {OR_CONNECT, P(ONE_HOST, '.'), P(OUT_ARRIVED, 'n'), P(IN_ARRIVED, 'y'), P(FLOW_ARRIVED, 'n'),
      P(FAR_LINK, 'y'), P(ICMP, 'Y'), P(ICMP_HOST, 'y'), P(IN_VAIN, 'y'), P(LINK_ALIVE, 'y'),
      P(REFUSED, '.'), P(ACKED, 'N'), P(WAITED, 'N'), P(HOST_LIVES, '.'), P(SOUGHT_IN_VAIN, '.'),
      RAN_ON}},
    {SAME(STALE_ADDRESS),
     SSK_PLACE_SILENT,
     {P(CONNECT, 'Y'), P(HOST_LIVES, 'N'), P(SOUGHT_IN_VAIN, 'Y'), P(FLOW_ARRIVED, 'N')}},
    {SAME(CONNECT_REFUSED),
     SSK_PLACE_SILENT,
     {P(CONNECT, 'Y'), P(ONE_HOST, '.'), P(REFUSED, 'Y'), P(HOST_LIVES, '.')}},
    {SAME(APP_CLOSED),
     SSK_PLACE_SILENT,
     {P(CONNECT, 'Y'), P(ONE_HOST, '.'), P(REFUSED, 'Y'), P(HOST_LIVES, '.'), P(CLOSED_BEFORE, 'Y'),
      P(CRASH_REPORT, 'n')}},
    {SAME(APP_CRASHED),
     SSK_PLACE_SILENT,
     {P(CONNECT, 'Y'), P(ONE_HOST, '.'), P(REFUSED, 'Y'), P(HOST_LIVES, '.'), P(CLOSED_BEFORE, 'Y'),
      P(RESET_BEFORE, 'y'), P(CRASH_REPORT, 'y')}},
};
const size_t ssk_n_hypotheses = G_N_ELEMENTS(ssk_hypotheses);
G_STATIC_ASSERT(G_N_ELEMENTS(ssk_hypotheses) <= SSK_HYPOTHESES);

const ssk_table ssk_stall_table = {
    .columns = ssk_observation_columns,
    .n_columns = SSK_N_OBSERVATIONS,
    .n_rows = G_N_ELEMENTS(ssk_hypotheses),
    .cells = ssk_hypotheses[0].cells,
    .bytes_per_row = sizeof(ssk_hypothesis),
};
