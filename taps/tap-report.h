/* tap-report.h - the report as a statistic: -z stallshark,report
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TAP_REPORT_H
#define SSK_TAP_REPORT_H

void register_tap_listener_stallshark_report(void);

#endif
