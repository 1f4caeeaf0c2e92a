/* keepalive_fields.h - the fields keepalive.*, in the tree.
 *
 * Messages come from the keep-alive dissector, or, where another dissector
 * claims the payload (MQTT, WebSocket), from what the analysis read there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_KEEPALIVE_FIELDS_H
#define SSK_KEEPALIVE_FIELDS_H

#include "dissectors/keepalive_pairing.h"

/** Register the protocol with its fields; once. @return its id */
int ssk_keepalive_register(void);

/** Add an item for a message, and what is known of it below.
 * @param note       NULL: neither ping nor pong
 * @param originator "client" or "server"; NULL: not known
 * @return the tree below, to add to */
proto_tree *ssk_keepalive_draw(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, int offset,
                               int len, const ssk_said *said, const ssk_pairing_note *note,
                               const char *originator);

/** Add the body of a message. */
void ssk_keepalive_draw_body(proto_tree *sub, tvbuff_t *tvb, int offset, int len, bool is_text);

/** What begins here is no message that can be read.
 * @param why NULL: it is out of step, which is worth a note */
void ssk_keepalive_draw_rest(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, int offset,
                             const char *why);

/** The rest of a message that began in an earlier segment. */
void ssk_keepalive_draw_continued(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, int len);

/** "ping", "hello", "message". */
const char *ssk_said_name(const ssk_said *said);

#endif
