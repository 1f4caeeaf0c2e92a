/* packet-timesync.c - a message that tells its sender's clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/packet-timesync.h"

#include "dissectors/compat.h"

#include "dissectors/protocol.h"

static int proto_timesync;
static int hf_server_time, hf_offset, hf_format, hf_why;
static int ett_timesync = -1;

static int dissect_timesync(tvbuff_t *tvb, packet_info *pinfo G_GNUC_UNUSED, proto_tree *tree,
                            void *data)
{
    const ssk_timesync_data *said = data;
    int len = (int)tvb_captured_length(tvb);

    if (!said)
        return 0;
    proto_item *item = proto_tree_add_item(tree, proto_timesync, tvb, 0, len, ENC_NA);
    proto_tree *sub = proto_item_add_subtree(item, ett_timesync);

    ssk_add_time(sub, hf_server_time, tvb, 0, len, said->clock);
    if (said->capture != SSK_TIME_NONE)
        proto_item_set_generated(
            ssk_add_span(sub, hf_offset, tvb, 0, 0, said->clock - said->capture));
    proto_item_set_generated(
        proto_tree_add_string(sub, hf_format, tvb, 0, 0, ssk_time_format_name(said->format)));
    char why[SSK_TIMESYNC_WHY];
    proto_item_set_generated(proto_tree_add_string(sub, hf_why, tvb, 0, 0,
                                                   said->declared ? "declared by the profile"
                                                   : said->found
                                                       ? ssk_timesync_why(said->found, why)
                                                       : "its text shows it"));
    return len;
}

void proto_register_timesync(void)
{
    static hf_register_info hf[] = {
        {&hf_server_time,
         {"Sender's time", "timesync.server_time", FT_ABSOLUTE_TIME, ABSOLUTE_TIME_UTC, NULL, 0,
          NULL, HFILL}},
        {&hf_offset,
         {"Offset", "timesync.offset", FT_RELATIVE_TIME, BASE_NONE, NULL, 0,
          "The sender's clock minus the capture's; the time on the way makes it smaller", HFILL}},
        {&hf_format,
         {"Format", "timesync.format", FT_STRING, BASE_NONE, NULL, 0, "How the time is written",
          HFILL}},
        {&hf_why,
         {"Format known", "timesync.why", FT_STRING, BASE_NONE, NULL, 0,
          "Declared by the profile, or found out from what", HFILL}},
    };
    static int *ett[] = {&ett_timesync};

    proto_timesync = ssk_protocol_register("Time synchronization of an application", "TimeSync",
                                           "timesync", hf, G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    register_dissector("timesync", dissect_timesync, proto_timesync);
}

void proto_reg_handoff_timesync(void)
{
}
