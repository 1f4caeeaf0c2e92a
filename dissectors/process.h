/* process.h - who owned a packet's socket: Apple's blocks and options in pcapng.
 *
 * libwiretap 4.0 to 4.4 skips them, but calls back for blocks and options that
 * are registered. From 4.6 on it knows them itself and nothing is registered.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DISSECTORS_PROCESS_H
#define SSK_DISSECTORS_PROCESS_H

#include "core/model/event.h"
#include "dissectors/compat.h"

/** Once, before a file is opened. */
void ssk_process_register(void);

/** Who owned the packet at hand; call once per visit.
 * @return allocated with the packet; NULL: not known */
const ssk_process *ssk_process_of(packet_info *pinfo);

#endif
