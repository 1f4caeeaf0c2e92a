/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/meter/meter.h"

/* In the order in which they hear a packet. */
#define METERS(X)     \
    X(beat_debt)      \
    X(backlog)        \
    X(retransmission) \
    X(answer)         \
    X(window)         \
    X(stream_window)  \
    X(ack_debt)       \
    X(probe_debt)     \
    X(answer_debt)    \
    X(repeat_debt)    \
    X(hole_debt)      \
    X(scattered_debt) \
    X(timestamp)      \
    X(hidden)         \
    X(close)          \
    X(connect)        \
    X(handshake)      \
    X(keepalive)      \
    X(periodic)       \
    X(udp_onoff)      \
    X(host)           \
    X(neighbour)      \
    X(locality)       \
    X(icmp_error)     \
    X(association)    \
    X(power_save)     \
    X(duplicate)      \
    X(drop_count)     \
    X(wake)           \
    X(file_span)      \
    X(timeline)       \
    X(receive_log)    \
    X(host_counter)   \
    X(log)            \
    X(bonjour)        \
    X(clock)          \
    X(dns)            \
    X(multicast)      \
    X(udp_ports)      \
    X(claim)          \
    X(key_exchange)   \
    X(identity)       \
    X(reverse)        \
    X(echo)           \
    X(fragment)

#define DECLARE(name) extern const ssk_meter ssk_meter_##name;
METERS(DECLARE)

#define ROW(name) &ssk_meter_##name,
const ssk_meter *const ssk_meters[] = {METERS(ROW) NULL};
