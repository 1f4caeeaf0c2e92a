/* manuals.h - where the documentation was installed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_MANUALS_H
#define SSK_MANUALS_H

/** The folder with README.md and docs/: of the user's own installation, else of the machine's, else where the build
 * was told to install it.
 * @return owned by the caller; NULL: it is nowhere there */
char *ssk_manuals_folder(void);

#endif
