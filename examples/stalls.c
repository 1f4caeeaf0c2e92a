/* stalls.c - `stalls FILE [FORMAT]`: a line for each stall of a capture, or the report in a format.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <inttypes.h>
#include <stdio.h>

#include <stallshark/stallshark.h>

static void print_stall(const stallshark_stall *stall)
{
    printf("%" PRIu32 ": %s", stall->id, stall->title);
    for (size_t i = 0; i < stall->n_causes; i++)
        printf("%s%s", i ? " or " : ": ", stall->causes[i].id);
    if (!stall->n_causes)
        printf(": cause not known");
    printf(" (packets %" PRIu32 " to %" PRIu32 ")\n", stall->frame_before, stall->frame_after);
}

static int report(const stallshark_result *result, const char *format)
{
    size_t length;
    char *text = stallshark_result_write(result, format, &length);
    if (!text) {
        fprintf(stderr, "stalls: no format %s; there are:", format);
        for (size_t i = 0; stallshark_format(i); i++)
            fprintf(stderr, " %s", stallshark_format(i));
        fputc('\n', stderr);
        return 2;
    }
    fwrite(text, 1, length, stdout);
    stallshark_free(text);
    return 0;
}

int main(int argc, char **argv)
{
    char *problem = NULL;
    int status = 0;

    if (argc < 2) {
        fprintf(stderr, "usage: stalls FILE [FORMAT]\n");
        return 2;
    }
    stallshark_engine *engine = stallshark_engine_new(NULL);
    if (!stallshark_engine_feed_file(engine, argv[1], &problem)) {
        fprintf(stderr, "stalls: %s: %s\n", argv[1], problem);
        stallshark_free(problem);
        status = 1;
    }
    stallshark_result *result = stallshark_engine_judge(engine);
    if (argc > 2) {
        int failed = report(result, argv[2]);
        status = failed ? failed : status;
    } else {
        for (size_t i = 0; i < stallshark_result_stalls(result); i++)
            print_stall(stallshark_result_stall(result, i));
    }
    stallshark_result_free(result);
    stallshark_engine_free(engine);
    return status;
}
