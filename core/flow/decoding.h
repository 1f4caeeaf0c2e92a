/* decoding.h - a flow's payload to messages: of its datagrams, of its TCP streams, or of
 * what the host decrypted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODING_H
#define SSK_DECODING_H

#include <glib.h>

#include "core/flow/step.h"

/** Take the payload of a packet; what the flow needs for it is made, and freed once
 * nothing more can be known. The TCP part of the step is set.
 *
 * @param profiles to look for; borrowed by the flow
 * @param messages of ssk_message: those that the packet completed are appended */
void ssk_flow_decode(ssk_step *step, const ssk_profile_set *profiles, GArray *messages);

#endif
