/* bare.c - what reading a capture costs with libpcap alone: the least that anybody pays.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    pcap_t *file = argc == 2 ? pcap_open_offline(argv[1], error) : NULL;
    struct pcap_pkthdr *header;
    const u_char *bytes;
    unsigned long long packets = 0, length = 0;
    if (!file)
        return 2;
    while (pcap_next_ex(file, &header, &bytes) == 1) {
        packets++;
        length += header->len + bytes[0] % 2;
    }
    pcap_close(file);
    return printf("%llu %llu\n", packets, length) < 0;
}
