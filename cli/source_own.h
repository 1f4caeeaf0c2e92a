/* source_own.h - pcap and pcapng past libwiretap, as long as there is no doubt.
 *
 * Our own reader gives the records that can be read in one way only. At the first that cannot, damaged ones
 * and the cut end of a file among them, the other source goes to the same place and reads on: so records,
 * numbers and errors are its own in every case.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SOURCE_OWN_H
#define SSK_SOURCE_OWN_H

#include "cli/packet_file.h"
#include "cli/source.h"

/** @param of opened, nothing read yet; taken over, path and all: close what is returned instead
 *  @return @p of itself where the file is not one for our own reader */
ssk_source *ssk_source_own(ssk_source *of, ssk_packet_linktype_fn linktype);

#endif
