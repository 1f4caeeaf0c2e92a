/* packet-bonjour.c - services and TXT records of DNS, in the words of
 * RFC 6763, beside what Wireshark's own dissector shows.
 *
 * A transparent wrapper: whatever is bound to the ports of DNS is called first and
 * keeps its name, its preferences and its place in the packet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/packet-bonjour.h"

#include <string.h>

#include "dissectors/compat.h"

#include <epan/expert.h>

#include "core/decode/dnssd.h"
#include "dissectors/protocol.h"

static int proto_bonjour;
/** What was bound to the ports before. */
static dissector_handle_t wrapped_mdns, wrapped_dns;

static int hf_kind, hf_instance, hf_type, hf_subtype, hf_domain, hf_host, hf_port, hf_address,
    hf_address6, hf_ttl, hf_goodbye, hf_flush;
static int hf_txt, hf_txt_key, hf_txt_value, hf_txt_raw, hf_txt_value_raw, hf_txt_boolean, hf_peer;
static int ett_bonjour = -1, ett_record = -1, ett_txt = -1;
static expert_field ei_goodbye = EI_INIT, ei_txt = EI_INIT, ei_name = EI_INIT, ei_cut = EI_INIT;

/** Where to draw: core's offsets count from the message's start, as the tvb's do. */
typedef struct place {
    tvbuff_t *tvb;
    packet_info *pinfo;
} place;

static void add_part(const place *p, proto_tree *tree, int hf, const ssk_dns_record *record,
                     const char *text, size_t len)
{
    ssk_add_text(tree, hf, p->tvb, p->pinfo, (int)record->offset, (int)record->len, text, len);
}

/** A name of an instance, a type or a subtype, taken apart. */
static void add_service(const place *p, proto_tree *tree, proto_item *item,
                        const ssk_dns_record *record, const ssk_dns_name *name)
{
    char text[SSK_DNS_TEXT_ROOM];
    ssk_dnssd_parts parts = ssk_dnssd_split(name);

    if (parts.kind == SSK_DNSSD_INSTANCE) {
        size_t len = ssk_dnssd_instance_text(name, &parts, text);
        const uint8_t *uuid = ssk_uuid_find((const uint8_t *)text, len);
        add_part(p, tree, hf_instance, record, text, len);
        if (uuid)
            add_part(p, tree, hf_peer, record, (const char *)uuid, SSK_UUID_LEN);
    }
    if (parts.kind == SSK_DNSSD_INSTANCE || parts.kind == SSK_DNSSD_TYPE) {
        add_part(p, tree, hf_type, record, text, ssk_dnssd_type_text(name, &parts, text));
        add_part(p, tree, hf_domain, record, text, ssk_dnssd_domain_text(name, &parts, text));
        const char *fault = ssk_dnssd_name_fault(name, &parts);
        if (fault)
            expert_add_info_format(p->pinfo, item, &ei_name, "The service name %s (RFC 6335)",
                                   fault);
    }
}

static const char *txt_fault(ssk_txt_kind kind)
{
    switch (kind) {
    case SSK_TXT_NO_KEY:
        return "a string without a key is ignored";
    case SSK_TXT_BAD_KEY:
        return "a key with bytes that are no printable US-ASCII";
    case SSK_TXT_DUPLICATE:
        return "this key came before: ignored";
    default:
        return NULL;
    }
}

static void add_txt_string(const place *p, proto_tree *tree, const ssk_dns_record *record,
                           const ssk_txt_string *string)
{
    int at = (int)(record->rdata_offset + string->offset);
    proto_item *item = ssk_add_text(tree, hf_txt, p->tvb, p->pinfo, at, 1 + string->len,
                                    string->bytes, string->len);
    proto_tree *sub = proto_item_add_subtree(item, ett_txt);

    proto_tree_add_item(sub, hf_txt_raw, p->tvb, at + 1, string->len, ENC_NA);
    const char *fault = txt_fault(string->kind);
    if (fault)
        expert_add_info_format(p->pinfo, item, &ei_txt, "TXT: %s (RFC 6763, section 6.4)", fault);
    if (!ssk_txt_counts(string))
        return;
    ssk_add_text(sub, hf_txt_key, p->tvb, p->pinfo, at + 1, string->key_len, string->bytes,
                 string->key_len);
    if (!string->has_value) {
        proto_item_set_generated(
            proto_tree_add_boolean(sub, hf_txt_boolean, p->tvb, at + 1, string->key_len, TRUE));
        return;
    }
    int value_at = at + 1 + string->key_len + 1;
    ssk_add_text(sub, hf_txt_value, p->tvb, p->pinfo, value_at, string->value_len, string->value,
                 string->value_len);
    proto_tree_add_item(sub, hf_txt_value_raw, p->tvb, value_at, string->value_len, ENC_NA);
    const uint8_t *uuid = ssk_uuid_find(string->value, string->value_len);
    if (uuid)
        ssk_add_text(sub, hf_peer, p->tvb, p->pinfo, value_at + (int)(uuid - string->value),
                     SSK_UUID_LEN, uuid, SSK_UUID_LEN);
}

static void add_txt(const place *p, proto_tree *tree, proto_item *item,
                    const ssk_dns_record *record)
{
    ssk_txt_reader reader = ssk_txt_open(record->rdata, record->rdata_len);
    ssk_txt_string string;

    while (ssk_txt_next(&reader, &string))
        add_txt_string(p, tree, record, &string);
    if (reader.status != SSK_OK)
        expert_add_info_format(p->pinfo, item, &ei_txt,
                               "TXT: the last string claims more bytes than there are");
}

static const char *type_text(uint16_t type)
{
    switch (type) {
    case SSK_DNS_A:
        return "A";
    case SSK_DNS_PTR:
        return "PTR";
    case SSK_DNS_TXT:
        return "TXT";
    case SSK_DNS_AAAA:
        return "AAAA";
    case SSK_DNS_SRV:
        return "SRV";
    case SSK_DNS_ANY:
        return "ANY";
    default:
        return "other";
    }
}

static void add_rdata(const place *p, proto_tree *tree, proto_item *item,
                      const ssk_dns_record *record)
{
    char text[SSK_DNS_TEXT_ROOM];
    int at = (int)record->rdata_offset, len = (int)record->rdata_len;

    if (record->rdata_status != SSK_OK)
        return;
    switch (record->type) {
    case SSK_DNS_PTR:
        if (ssk_dnssd_split(&record->name).kind == SSK_DNSSD_SUBTYPE) {
            ssk_dnssd_parts parts = ssk_dnssd_split(&record->name);
            add_part(p, tree, hf_subtype, record, text,
                     ssk_dnssd_instance_text(&record->name, &parts, text));
        }
        add_service(p, tree, item, record, &record->target);
        break;
    case SSK_DNS_SRV:
        add_service(p, tree, item, record, &record->name);
        ssk_add_text(tree, hf_host, p->tvb, p->pinfo, at, len, text,
                     ssk_dns_name_text(&record->target, text));
        proto_tree_add_uint(tree, hf_port, p->tvb, at, len, record->port);
        break;
    case SSK_DNS_A:
    case SSK_DNS_AAAA:
        ssk_add_text(tree, hf_host, p->tvb, p->pinfo, (int)record->offset, (int)record->len, text,
                     ssk_dns_name_text(&record->name, text));
        proto_tree_add_item(tree, record->type == SSK_DNS_A ? hf_address : hf_address6, p->tvb, at,
                            len, ENC_BIG_ENDIAN);
        break;
    case SSK_DNS_TXT:
        add_service(p, tree, item, record, &record->name);
        add_txt(p, tree, item, record);
        break;
    default:
        break;
    }
}

/** Does the record say something of a service, or of a host that offers one? */
static bool concerns_service(const ssk_dns_record *record)
{
    if (record->section == SSK_DNS_QUESTION)
        return ssk_dnssd_split(&record->name).kind != SSK_DNSSD_NONE;
    switch (record->type) {
    case SSK_DNS_A:
    case SSK_DNS_AAAA:
    case SSK_DNS_TXT:
        return true;
    case SSK_DNS_PTR:
    case SSK_DNS_SRV:
        return ssk_dnssd_split(&record->name).kind != SSK_DNSSD_NONE;
    default:
        return false;
    }
}

static void add_question(const place *p, proto_tree *tree, const ssk_dns_record *record)
{
    char text[SSK_DNS_TEXT_ROOM];
    size_t n = ssk_dns_name_text(&record->name, text);
    proto_item *item;
    proto_tree *sub = proto_tree_add_subtree_format(
        tree, p->tvb, (int)record->offset, (int)record->len, ett_record, &item, "Question %s %s",
        type_text(record->type), ssk_packet_text(p->pinfo, text, n));

    add_service(p, sub, item, record, &record->name);
}

static void add_record(const place *p, proto_tree *tree, const ssk_dns_record *record)
{
    char text[SSK_DNS_TEXT_ROOM];
    int at = (int)record->offset, len = (int)record->len;
    size_t n = ssk_dns_name_text(&record->name, text);
    proto_item *item;
    proto_tree *sub = proto_tree_add_subtree_format(tree, p->tvb, at, len, ett_record, &item,
                                                    "%s %s", type_text(record->type),
                                                    ssk_packet_text(p->pinfo, text, n));

    add_rdata(p, sub, item, record);
    proto_tree_add_uint(sub, hf_ttl, p->tvb, at, len, record->ttl);
    proto_tree_add_boolean(sub, hf_flush, p->tvb, at, len, record->top_bit);
    if (record->ttl == 0) {
        proto_item *bye = proto_tree_add_boolean(sub, hf_goodbye, p->tvb, at, len, TRUE);
        proto_item_set_generated(bye);
        expert_add_info(p->pinfo, bye, &ei_goodbye);
    }
}

enum { QUERY, PROBE, RESPONSE };

static const value_string kinds[] = {
    {QUERY, "Query"},
    {PROBE, "Probe"}, /* a query that proposes records: RFC 6762, section 8.2 */
    {RESPONSE, "Response"},
    {0, NULL},
};

static void draw_message(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    place p = {tvb, pinfo};
    uint32_t size = tvb_captured_length(tvb);
    ssk_dns_reader reader;
    ssk_dns_record record;

    if (!size || ssk_dns_open(&reader, tvb_get_ptr(tvb, 0, (int)size), size) != SSK_OK)
        return;
    proto_item *item = proto_tree_add_item(tree, proto_bonjour, tvb, 0, -1, ENC_NA);
    proto_tree *sub = proto_item_add_subtree(item, ett_bonjour);
    unsigned kind = reader.header.response                    ? RESPONSE
                    : reader.header.counts[SSK_DNS_AUTHORITY] ? PROBE
                                                              : QUERY;

    proto_item_set_generated(item);
    proto_item_set_generated(proto_tree_add_uint(sub, hf_kind, tvb, 2, 2, kind));
    while (ssk_dns_next(&reader, &record))
        if (concerns_service(&record)) {
            if (record.section == SSK_DNS_QUESTION)
                add_question(&p, sub, &record);
            else
                add_record(&p, sub, &record);
        }
    if (reader.status != SSK_OK)
        expert_add_info(pinfo, item, &ei_cut);
}

/** The wrapper has no protocol of its own, but what it finds is Bonjour's: an
 * expert info is filed under the protocol at work. */
static void draw(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    const char *at_work = pinfo->current_proto;

    pinfo->current_proto = "Bonjour";
    draw_message(tvb, pinfo, tree);
    pinfo->current_proto = at_work;
}

/** Unicast DNS is mostly about other things. */
static bool speaks_of_services(tvbuff_t *tvb)
{
    uint32_t size = tvb_captured_length(tvb);
    ssk_dns_reader reader;
    ssk_dns_record record;

    if (!size || ssk_dns_open(&reader, tvb_get_ptr(tvb, 0, (int)size), size) != SSK_OK)
        return false;
    while (ssk_dns_next(&reader, &record))
        if (ssk_dnssd_split(&record.name).kind != SSK_DNSSD_NONE)
            return true;
    return false;
}

static bool wanted(const packet_info *pinfo, const proto_tree *tree)
{
    return (tree || ssk_expert_is_tapped()) && !pinfo->flags.in_error_pkt &&
           proto_is_protocol_enabled(find_protocol_by_id(proto_bonjour));
}

static int dissect_mdns(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    int taken = call_dissector_only(wrapped_mdns, tvb, pinfo, tree, data);

    if (taken > 0 && wanted(pinfo, tree))
        draw(tvb, pinfo, tree);
    return taken;
}

static int dissect_dns(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    int taken = call_dissector_only(wrapped_dns, tvb, pinfo, tree, data);

    if (taken > 0 && wanted(pinfo, tree) && speaks_of_services(tvb))
        draw(tvb, pinfo, tree);
    return taken;
}

void proto_register_bonjour(void)
{
    static hf_register_info hf[] = {
        {&hf_kind,
         {"Message", "bonjour.message", FT_UINT8, BASE_DEC, VALS(kinds), 0,
          "A probe is a query that proposes records", HFILL}},
        {&hf_instance,
         {"Instance", "bonjour.instance", FT_STRING, BASE_NONE, NULL, 0,
          "Service instance name, as people see it", HFILL}},
        {&hf_type,
         {"Service type", "bonjour.type", FT_STRING, BASE_NONE, NULL, 0, "As _http._tcp", HFILL}},
        {&hf_subtype, {"Subtype", "bonjour.subtype", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_domain, {"Domain", "bonjour.domain", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_host,
         {"Host", "bonjour.host", FT_STRING, BASE_NONE, NULL, 0,
          "Where the service runs, or whose address this is", HFILL}},
        {&hf_port, {"Port", "bonjour.port", FT_UINT16, BASE_DEC, NULL, 0, NULL, HFILL}},
        {&hf_address, {"Address", "bonjour.address", FT_IPv4, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_address6,
         {"IPv6 address", "bonjour.address6", FT_IPv6, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_ttl, {"Time to live", "bonjour.ttl", FT_UINT32, BASE_DEC, NULL, 0, "Seconds", HFILL}},
        {&hf_flush,
         {"Cache flush", "bonjour.flush", FT_BOOLEAN, BASE_NONE, NULL, 0,
          "Replaces what was known before", HFILL}},
        {&hf_goodbye,
         {"Goodbye", "bonjour.goodbye", FT_BOOLEAN, BASE_NONE, NULL, 0,
          "The record is withdrawn: its time to live is 0", HFILL}},
        {&hf_txt,
         {"TXT", "bonjour.txt", FT_STRING, BASE_NONE, NULL, 0,
          "One string of a TXT record, as it stands there", HFILL}},
        {&hf_txt_raw, {"TXT bytes", "bonjour.txt.raw", FT_BYTES, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_txt_key, {"Key", "bonjour.txt.key", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_txt_value, {"Value", "bonjour.txt.value", FT_STRING, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_txt_value_raw,
         {"Value bytes", "bonjour.txt.value.raw", FT_BYTES, BASE_NONE, NULL, 0, NULL, HFILL}},
        {&hf_txt_boolean,
         {"Boolean key", "bonjour.txt.boolean", FT_BOOLEAN, BASE_NONE, NULL, 0,
          "The key is there without a value", HFILL}},
        {&hf_peer,
         {"Peer id", "bonjour.peer", FT_STRING, BASE_NONE, NULL, 0,
          "A UUID in a TXT value or an instance name", HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_goodbye,
         {"bonjour.goodbye.seen", PI_SEQUENCE, PI_CHAT, "The record is withdrawn", EXPFILL}},
        {&ei_txt, {"bonjour.txt.bad", PI_PROTOCOL, PI_WARN, "TXT record at fault", EXPFILL}},
        {&ei_name, {"bonjour.type.bad", PI_PROTOCOL, PI_WARN, "Service name at fault", EXPFILL}},
        {&ei_cut,
         {"bonjour.cut", PI_MALFORMED, PI_WARN,
          "The message ends before all claimed records, or holds a name that cannot be read",
          EXPFILL}},
    };
    static int *ett[] = {&ett_bonjour, &ett_record, &ett_txt};

    proto_bonjour = ssk_protocol_register("Bonjour (DNS-Based Service Discovery)", "Bonjour",
                                          "bonjour", hf, G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, G_N_ELEMENTS(ett));
    expert_register_field_array(expert_register_protocol(proto_bonjour), ei, G_N_ELEMENTS(ei));
}

/** Put @p function in front of what is bound to @p port. Without a protocol of
 * its own it leaves no trace in frame.protocols.
 * @return what was bound; NULL: nothing, and nothing was done */
static dissector_handle_t wrap(guint32 port, dissector_t function, const char *name,
                               const char *description)
{
    dissector_handle_t before = dissector_get_default_uint_handle("udp.port", port);

    if (before)
        dissector_add_uint(
            "udp.port", port,
            create_dissector_handle_with_name_and_description(function, -1, name, description));
    return before;
}

void proto_reg_handoff_bonjour(void)
{
    wrapped_mdns = wrap(SSK_PORT_MDNS, dissect_mdns, "mdns.bonjour",
                        "Multicast DNS with Bonjour services");
    wrapped_dns = wrap(SSK_PORT_DNS, dissect_dns, "dns.bonjour", "DNS with Bonjour services");
}
