/* compat.h - what differs between Wireshark's versions, for the program. The
 * only file of this folder with #if on the version.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CLI_COMPAT_H
#define SSK_CLI_COMPAT_H

#include <glib.h>
#include <stdbool.h>
#include <ws_version.h>

#define SSK_WIRESHARK_AT_LEAST(major, minor) \
    (WIRESHARK_VERSION_MAJOR > (major) ||    \
     (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

/* 4.6: the record holds its bytes; one argument less in the set-up calls. The log takes the
 * program's name from GLib. */
#if SSK_WIRESHARK_AT_LEAST(4, 5)
#define ssk_wtap_log_init(program)                         (g_set_prgname(program), ws_log_init(NULL))
#define ssk_wtap_configuration_init(program)               configuration_init(program)
#define ssk_wtap_rec_init(rec, buffer)                     wtap_rec_init(rec, 2048)
#define ssk_wtap_rec_cleanup(rec, buffer)                  wtap_rec_cleanup(rec)
#define ssk_wtap_read(wth, rec, buffer, err, info, offset) wtap_read(wth, rec, err, info, offset)
#define ssk_wtap_bytes(rec, buffer)                        ws_buffer_start_ptr(&(rec)->data)
#define ssk_wtap_dump(out, rec, buffer, err, info)         wtap_dump(out, rec, err, info)
#else
#define ssk_wtap_log_init(program)           ws_log_init(program, NULL)
#define ssk_wtap_configuration_init(program) configuration_init(program, NULL)
#define ssk_wtap_rec_init(rec, buffer)       (wtap_rec_init(rec), ws_buffer_init(buffer, 2048))
#define ssk_wtap_rec_cleanup(rec, buffer)    (wtap_rec_cleanup(rec), ws_buffer_free(buffer))
#define ssk_wtap_read(wth, rec, buffer, err, info, offset) \
    wtap_read(wth, rec, buffer, err, info, offset)
#define ssk_wtap_bytes(rec, buffer) ws_buffer_start_ptr(buffer)
#define ssk_wtap_dump(out, rec, buffer, err, info) \
    wtap_dump(out, rec, ws_buffer_start_ptr(buffer), err, info)
#endif

/* 4.2: interface ids are counted per section, names over all of them. */
#if SSK_WIRESHARK_AT_LEAST(4, 2)
#define ssk_wtap_interface(wth, rec)                                  \
    wtap_file_get_shb_global_interface_id(wth, (rec)->section_number, \
                                          (rec)->rec_header.packet_header.interface_id)
#else
#define ssk_wtap_interface(wth, rec) ((rec)->rec_header.packet_header.interface_id)
#endif

/* 4.4: true and false of C, where GLib's were. */
#if SSK_WIRESHARK_AT_LEAST(4, 4)
typedef bool ssk_wtap_bool;
#else
typedef gboolean ssk_wtap_bool;
#endif

/* 4.6 knows Apple's blocks and options itself. */
#if SSK_WIRESHARK_AT_LEAST(4, 5)
#define SSK_WIRETAP_HOOKS_DARWIN 0
#else
#define SSK_WIRETAP_HOOKS_DARWIN 1
#endif

#define SSK_STRINGIFY_(x) #x
#define SSK_STRINGIFY(x)  SSK_STRINGIFY_(x)
#define SSK_WIRESHARK_VERSION              \
    SSK_STRINGIFY(WIRESHARK_VERSION_MAJOR) \
    "." SSK_STRINGIFY(WIRESHARK_VERSION_MINOR) "." SSK_STRINGIFY(WIRESHARK_VERSION_MICRO)

#endif
