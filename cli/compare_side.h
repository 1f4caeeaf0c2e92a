/* compare_side.h - which of the given files are one capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_COMPARE_SIDE_H
#define SSK_COMPARE_SIDE_H

#include <glib.h>

/** The files of one capture each, in the order in which their first files were given: a folder is the
 * files in it, "one,two" both, and files of one ring belong together by the names that dumpcap and
 * tcpdump give them.
 * @param arguments NULL-terminated, borrowed
 * @return of char ** (NULL-terminated), owned by the caller: g_ptr_array_free(, TRUE) */
GPtrArray *ssk_compare_sides(char *const *arguments);

/** The name of a ring without what tells its files apart, as "day.pcap" of day_00002_20261101120000.pcap
 * and of day.pcap2; NULL: it is no ring's. The caller frees it. */
char *ssk_compare_ring(const char *path);

#endif
