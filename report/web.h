/* web.h - what the HTML report embeds; made at build time by web/embed.cmake.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_WEB_H
#define SSK_WEB_H

/** web/page.css and web/page.js. */
extern const char ssk_web_style[], ssk_web_script[];
/** uPlot: script, style, license; all empty where the build had none. */
extern const char ssk_web_library[], ssk_web_library_style[], ssk_web_library_licence[];
extern const char ssk_web_library_version[];

#endif
