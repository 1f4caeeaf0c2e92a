/* annotate_pcap.h - the part of the backend that writes pcapng with comments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ANNOTATE_PCAP_H
#define SSK_ANNOTATE_PCAP_H

#include "cli/output.h"
#include "cli/pcapng_rewrite.h"

/** ssk_backend.convert */
gboolean ssk_annotate_convert_pcap(const char *path, const ssk_pcapng_edit *edit,
                                   ssk_output *output, ssk_pcapng_outcome *ret, GError **error);

#endif
