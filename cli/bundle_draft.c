/* bundle_draft.c - what the files that make a bundle share: a pass over the input,
 * the host of its reports, a text put in place.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/bundle_draft.h"

#include "cli/output.h"
#include "cli/reader.h"
#include "cli/source.h"

const char *const ssk_bundle_files[SSK_BUNDLE_N_FILES + 1] = {
    "capture.pcapng", "README.txt", "report.html", "report.json",
    "report.md",      "SHA256SUMS", "app.log",     NULL,
};

void ssk_bundle_read(ssk_bundle *self, bool scrubbed, ssk_bundle_frame_fn each, void *user)
{
    char *const *paths = self->options->arguments;
    ssk_reader *reader = self->original ? ssk_reader_new_again(paths) : ssk_reader_new(paths);
    ssk_scrub *scrub = scrubbed ? self->scrub : NULL;
    ssk_event event;
    if (scrub)
        ssk_scrub_rewind(scrub);
    while (ssk_reader_next(reader, &event)) {
        if (scrub && event.kind == SSK_EVENT_LOG)
            continue; /* a program's own words */
        if (scrub && event.kind == SSK_EVENT_FRAME)
            ssk_scrub_frame(scrub, &event);
        each(self, &event, user);
    }
    self->input_failed = ssk_reader_failed(reader) != 0;
    self->nothing = ssk_reader_got_nothing(reader);
    if (scrub)
        self->scrubbed = ssk_scrub_done(scrub);
    ssk_reader_free(reader);
}

ssk_host ssk_bundle_host(const ssk_bundle *self, ssk_host_file *files)
{
    files[0] = (ssk_host_file){
        .path = "capture.pcapng", .format = "pcapng", .kind = "capture", .first_frame = 1};
    if (self->cut)
        files[0].path = "the whole capture, of which capture.pcapng is cut";
    files[1] =
        (ssk_host_file){.path = ssk_bundle_files[SSK_BUNDLE_LOG], .format = "log", .kind = "log"};
    return (ssk_host){.program = "stallshark",
                      .version = SSK_VERSION,
                      .wireshark = ssk_capture_wireshark(),
                      .files = files,
                      .n_files = self->options->logs->len ? 2 : 1};
}

gboolean ssk_bundle_write_text(const char *path, const GString *text, GError **error)
{
    ssk_output *output = ssk_output_open(path, FALSE, error);
    if (!output)
        return FALSE;
    ssk_output_write(output, text->str, text->len);
    return ssk_output_commit(output, error);
}
