/* source_ahead.h - a source that is read by a thread of its own.
 *
 * Reading is a quarter of the work, more of compressed files, and none of it waits for the analysis.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SOURCE_AHEAD_H
#define SSK_SOURCE_AHEAD_H

#include "cli/source.h"

/** The thread begins with the first record that is asked for; where none can be had, records are read
 * when they are.
 * @param of taken over, path and all: close what is returned instead */
ssk_source *ssk_source_ahead(ssk_source *of);

#endif
