/* fail_on.h - conditions that make the program end with status 1.
 *
 * KIND[:ID][>SPAN], as "stall>5s", "stall:radio-off", "gap>1min",
 * "measurement:capture-hole", "udp", "finding:duplicate-connection".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_FAIL_ON_H
#define SSK_FAIL_ON_H

#include <glib.h>

#include "core/model/result.h"

typedef struct ssk_fail_on ssk_fail_on;

#define SSK_FAIL_ON_ERROR ssk_fail_on_error_quark()
GQuark ssk_fail_on_error_quark(void);

/** @return NULL with an error that says what is allowed */
ssk_fail_on *ssk_fail_on_new(const char *text, GError **error);
void ssk_fail_on_free(ssk_fail_on *condition);

/** @return what meets it, "stall 1, 30.04 s"; owned by the caller; NULL: nothing does */
char *ssk_fail_on_check(const ssk_fail_on *condition, const ssk_result *result);

#endif
