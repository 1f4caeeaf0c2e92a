/* protocol_words.h - words of protocols that tell what a payload asks, and nothing of who asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PROTOCOL_WORDS_H
#define SSK_PROTOCOL_WORDS_H

#define SSK_PROTOCOL_WORDS                                                                           \
    "http rtsp mqtt mqisdp mqis amqp ping noop urn xmpp octet netascii post head options connect "   \
    "delete trace patch propfind invite register subscribe notify publish message info update "      \
    "refer prack cancel describe setup play pause record teardown announce redirect user pass acct " \
    "quit port pasv eprt epsv type mode stru retr stor appe rest rnfr rnto abor dele list nlst "     \
    "site syst stat help feat opts size mdtm mlsd pbsz prot auth helo ehlo mail rcpt data rset "     \
    "vrfy stls capa apop uidl expn starttls login capability select examine fetch lsub status "      \
    "search logout close namespace psubscribe ssubscribe blpop brpop brpoplpush blmove blmpop "      \
    "bzpopmin bzpopmax xread xreadgroup monitor wait psync replconf gets version cdup cwd get put "

#endif
