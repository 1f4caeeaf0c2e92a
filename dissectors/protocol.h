/* protocol.h - what the dissectors of this folder share: a protocol's names,
 * and text of hostile origin in the tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DISSECTORS_PROTOCOL_H
#define SSK_DISSECTORS_PROTOCOL_H

#include "core/base/types.h"
#include "dissectors/compat.h"

/** Register a protocol with its fields. Registering a name that is taken ends
 * Wireshark: where another plugin was first, protocol and fields get "ssk_" in
 * front of their names.
 * @param fields changed in that case; must stay valid
 * @return the protocol's id */
int ssk_protocol_register(const char *name, const char *short_name, const char *filter_name,
                          hf_register_info *fields, int n_fields);

/** Whether a listener wants expert infos. Wireshark's Expert Information and
 * "tshark -z expert" ask for them without a tree. */
bool ssk_expert_is_tapped(void);

/** Text for people of bytes of any kind: what is no UTF-8 is replaced, a NUL is
 * shown. Lives as long as the packet. @param bytes not NULL */
const char *ssk_packet_text(packet_info *pinfo, const void *bytes, size_t len);

/** Add text that may hold any byte: what is no UTF-8 is replaced. */
proto_item *ssk_add_text(proto_tree *tree, int hf, tvbuff_t *tvb, packet_info *pinfo, int offset,
                         int len, const void *bytes, size_t n_bytes);

/** Add a length of time; negative ones too. */
proto_item *ssk_add_span(proto_tree *tree, int hf, tvbuff_t *tvb, int offset, int len,
                         ssk_span_ns span);
/** Add a point in time. */
proto_item *ssk_add_time(proto_tree *tree, int hf, tvbuff_t *tvb, int offset, int len,
                         ssk_time_ns time);

#endif
