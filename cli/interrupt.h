/* interrupt.h - Ctrl-C while a pipe is read.
 *
 * `tcpdump -w - | stallshark -` is ended with Ctrl-C, which reaches both. The first one is left to the
 * writer: it sends what it still holds and closes the pipe, and the report covers all of it. The
 * second one ends the program as ever.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CLI_INTERRUPT_H
#define SSK_CLI_INTERRUPT_H

/** From here on the first SIGINT only prints a line. Where SIGINT is ignored, it stays so. */
void ssk_interrupt_spare(void);

/** The end of the pipe: SIGINT does again what it did before. Harmless without the other. */
void ssk_interrupt_restore(void);

#endif
