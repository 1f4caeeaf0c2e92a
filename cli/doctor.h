/* doctor.h - the command that says whether Wireshark has the module, and if not, why and what mends it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DOCTOR_H
#define SSK_DOCTOR_H

#include "cli/options.h"

extern const ssk_command ssk_command_doctor;

#endif
