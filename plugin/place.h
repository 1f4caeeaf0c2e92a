/* place.h - where a file that is made of the open capture goes.
 *
 * Nobody is asked: the dialog that Wireshark has for modules leaves something behind that ends it when the next one opens
 * while a screen reader listens (docs/platforms.md).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PLUGIN_PLACE_H
#define SSK_PLUGIN_PLACE_H

/** A name that nothing has yet: "in.pcap" gives "in.stallshark.html" beside it, or "in.stallshark-2.html". In the home
 * folder if nobody may write there, or if it is the one for temporary files, which the system clears.
 * @param capture its path
 * @param ending  ".html"
 * @return owned by the caller */
char *ssk_place_beside(const char *capture, const char *ending);

#endif
