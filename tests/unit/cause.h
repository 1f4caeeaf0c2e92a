/* cause.h - names of tests that say when a cause is named, and when it is not.
 * test_cause_table.c asks for both of every cause.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TEST_CAUSE_H
#define SSK_TEST_CAUSE_H

#define FIRES(id, when, test)  g_test_add_func("/cause/" id "/fires when " when, test)
#define SILENT(id, when, test) g_test_add_func("/cause/" id "/stays silent when " when, test)

#endif
