/* profiles.h - the message profiles in force, and which traffic each is bound to.
 *
 * What a profile says is told once, in its file; a table in the preferences
 * says where it applies.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DISSECTORS_PROFILES_H
#define SSK_DISSECTORS_PROFILES_H

#include "core/message/profile.h"
#include "dissectors/compat.h"

/** What carries the messages; each has a dissector table. */
typedef enum ssk_carrier {
    SSK_CARRIER_TCP = 0, /**< by port */
    SSK_CARRIER_UDP,
    SSK_CARRIER_TLS,
    SSK_CARRIER_ALPN,      /**< by the protocol that TLS negotiates */
    SSK_CARRIER_WEBSOCKET, /**< by the subprotocol that the upgrade names */
    SSK_N_CARRIERS
} ssk_carrier;

/** A row of the table. */
typedef struct ssk_binding {
    ssk_ws_bool on;
    char *profile;
    unsigned carrier;
    char *where;            /**< a port, or a name */
    char *period, *timeout; /**< spans, said instead of the profile's own; empty: not */
} ssk_binding;

/** Built-in profiles and those in the personal folder stallshark/profiles, as
 * the table changes them; never NULL. Stays valid when the table changes. */
const ssk_profile_set *ssk_profiles(void);

/** @param handles by carrier; bound and unbound as the table changes */
void ssk_bindings_register(module_t *module, dissector_handle_t (*handle_of)(ssk_carrier carrier));

/** The row for a conversation. Wireshark does not tell which negotiated name a
 * packet was handed over by: of carriers by name, only a row that is alone.
 * @return NULL: none */
const ssk_binding *ssk_binding_find(ssk_carrier carrier, const uint16_t ports[2]);

#endif
