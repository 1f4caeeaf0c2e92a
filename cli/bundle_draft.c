/* bundle_draft.c - what the files that make a bundle share: a pass over the input,
 * the host of its reports, a text put in place.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/bundle_draft.h"

#include "cli/output.h"
#include "cli/source.h"

const char *const ssk_bundle_files[SSK_BUNDLE_N_FILES + 1] = {
    "README.txt",       "report.html",      "report.json",      "report.md",
    "SHA256SUMS",       "app.log",          "capture.pcapng",   "capture-a.pcapng",
    "capture-b.pcapng", "capture-c.pcapng", "capture-d.pcapng", "capture-e.pcapng",
    "capture-f.pcapng", "capture-g.pcapng", "capture-h.pcapng", NULL,
};

bool ssk_bundle_has(const ssk_bundle *self, size_t file)
{
    if (file >= SSK_BUNDLE_CAPTURES)
        return self->n > 1 && file - SSK_BUNDLE_CAPTURES < self->n;
    return file == SSK_BUNDLE_CAPTURE ? self->n == 1
           : file == SSK_BUNDLE_LOG   ? self->options->logs->len > 0
                                      : true;
}

size_t ssk_bundle_capture(const ssk_bundle *self, unsigned view)
{
    if (self->n == 1)
        return SSK_BUNDLE_CAPTURE;
    return SSK_BUNDLE_CAPTURES + (size_t)(ssk_views_letter_of(self->views, view) - 'a');
}

const ssk_bundle_side *ssk_bundle_base(const ssk_bundle *self)
{
    return &self->sides[ssk_views_base(self->views)];
}

ssk_reader *ssk_bundle_open(const ssk_bundle *self, unsigned view, bool tell, bool scrubbed)
{
    const ssk_bundle_side *side = &self->sides[view];
    if (scrubbed && side->scrub)
        ssk_scrub_rewind(side->scrub);
    return tell ? ssk_reader_new(side->paths) : ssk_reader_new_again(side->paths);
}

bool ssk_bundle_next(const ssk_bundle *self, unsigned view, ssk_reader *reader, bool scrubbed,
                     ssk_event *ret)
{
    ssk_scrub *scrub = scrubbed ? self->sides[view].scrub : NULL;
    do
        if (!ssk_reader_next(reader, ret))
            return false;
    while (scrub && ret->kind == SSK_EVENT_LOG); /* a program's own words */
    if (scrub && ret->kind == SSK_EVENT_FRAME)
        ssk_scrub_frame(scrub, ret);
    return true;
}

void ssk_bundle_read(ssk_bundle *self, unsigned view, bool scrubbed, ssk_bundle_frame_fn each,
                     void *user)
{
    ssk_reader *reader = ssk_bundle_open(self, view, false, scrubbed);
    ssk_event event;
    while (ssk_bundle_next(self, view, reader, scrubbed, &event))
        each(self, &event, user);
    ssk_reader_free(reader);
}

ssk_host ssk_bundle_host(const ssk_bundle *self, ssk_host_file *files)
{
    size_t n = 0;
    for (unsigned i = 0; i < self->n; i++)
        files[n++] = (ssk_host_file){.path = self->sides[i].called,
                                     .format = "pcapng",
                                     .kind = "capture",
                                     .first_frame = 1,
                                     .capture = i};
    if (ssk_bundle_has(self, SSK_BUNDLE_LOG))
        files[n++] = (ssk_host_file){
            .path = ssk_bundle_files[SSK_BUNDLE_LOG], .format = "log", .kind = "log"};
    return (ssk_host){.program = "stallshark",
                      .version = SSK_VERSION,
                      .wireshark = ssk_capture_wireshark(),
                      .files = files,
                      .n_files = n};
}

gboolean ssk_bundle_write_text(const char *path, const GString *text, GError **error)
{
    ssk_output *output = ssk_output_open(path, FALSE, error);
    if (!output)
        return FALSE;
    ssk_output_write(output, text->str, text->len);
    return ssk_output_commit(output, error);
}
