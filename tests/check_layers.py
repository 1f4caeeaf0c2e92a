#!/usr/bin/env python3
"""Keep data flowing one way: fail when a folder includes, or calls, what it may not.

The rules stand in the tables below; docs/architecture.md gives the reasons.
  check_layers.py [DIR]         check a source tree (default: this one)
  check_layers.py --self-test   plant one violation of each rule and see that each is found
Without an argument both are done.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import pathlib
import re
import sys
import tempfile

import checker

# What "quoted" project headers each folder may include: regular expressions on the path from the project's root.
# The first row that fits a file holds; a file may always include its own header.
PROJECT = [
    (r'core/base/', r'core/base/([a-z_]+\.h|limits\.def)'),
    (r'core/model/', r'core/(model/causes\.def|(base/[a-z_]+|model/[a-z_]+|flow/flow|udp/[a-z_]+|message/profile)\.h)'),
    (r'core/decode/(packet|applog)\.', r'core/(decode/[a-z0-9_]+|model/event|base/types|message/(profile|message)|base/text)\.h'),
    (r'core/decode/', r'core/(decode/[a-z0-9_]+|base/(hash|limits|types|text)|message/(profile|message))\.h'),
    (r'core/flow/', r'core/(flow/[a-z_]+|decode/(packet|declared|request)|message/(profile|messages|chunk)|model/config'
                    r'|base/(activity|addr|hash|histogram|limits|types))\.h'),
    (r'core/message/', r'core/(message/[a-z_]+|decode/[a-z0-9_]+|base/(text|types))\.h'),
    (r'core/udp/', r'core/(udp/[a-z_]+|decode/[a-z0-9_]+|flow/step|model/(event|facts|result)'
                    r'|base/(histogram|limits|text|types))\.h'),
    (r'core/bonjour/', r'core/(bonjour/[a-z_]+|decode/[a-z0-9_]+|model/result|base/(addr|hash|limits|text|types))\.h'),
    (r'core/meter/', r'core/(meter/meter|flow/(flow|step|period)|udp/(udp_lane|counter|intake)|bonjour/bonjour|decode/[a-z0-9_]+'
                     r'|message/(message|profile)|model/(config|event|facts|result)'
                     r'|base/(addr|clock|hash|limits|log_match|histogram|text|ttl|types))\.h'),
    (r'core/debt/', r'core/(meter/meter|flow/copies|decode/[a-z0-9_]+|model/(config|facts)|base/(addr|limits|port|types))\.h'),
    (r'core/verdict/', r'core/(verdict/[a-z_]+(\.def)?|model/(facts|result|cause)|base/(addr|limits|port|text|ttl|types))(\.h|(?<=\.def))'),
    (r'core/rule/', r'core/(rule/[a-z0-9_]+|verdict/[a-z_]+|flow/(flow|period|quiet)|model/(facts|config|filter|result)'
                    r'|base/(addr|histogram|limits|port|text|types))\.h'),
    (r'core/', r'core/.+\.h'),
    (r'report/', r'(report/[a-z0-9_]+|core/(model/(result|config|facts|filter|cause)|base/(addr|text|histogram|types)))\.h'),
    (r'dissectors/', r'(dissectors/.+|core/.+|report/(story|phrase|writer))\.h'),
    (r'taps/', r'(taps/.+|report/[a-z0-9_]+|core/.+|dissectors/(compat|prefs|bridge))\.h'),
    (r'plugin/', r'(plugin|taps|dissectors|report|core)/.+\.h'),
    (r'bundle/', r'(bundle|core)/.+\.h'),
    (r'cli/', r'(cli|bundle|report|core)/.+\.h'),
    (r'library/', r'(stallshark/stallshark|cli/packet_file|report/(story|writer)|core/(engine|base/text))\.h'),
    (r'tests/', r'.+\.h'),
]
# <angle> headers, by folder. GLib, libm and C11 are everybody's; core and report have nothing else.
C11 = (r'(assert|ctype|errno|float|inttypes|limits|math|stdarg|stdalign|stdbool|stddef|stdint|stdio|stdlib|string'
       r'|time)\.h|glib\.h')
EPAN = r'(config|epan/.+|wsutil/.+|wiretap/.+|gmodule|ws_[a-z_]+|wireshark)(\.h)?'
SYSTEM = [
    (r'core/base/text\.c', C11 + r'|(arpa/inet|netinet/in|sys/socket)\.h'),
    (r'core/', C11),
    (r'report/', C11),
    (r'bundle/', C11 + r'|gio/gio\.h|arpa/inet\.h|sys/stat\.h'),
    (r'(dissectors|taps|plugin)/', C11 + '|' + EPAN + r'|(fcntl|unistd|sys/[a-z]+)\.h|glib/[a-z]+\.h'),
    (r'cli/', None),
    (r'library/', C11 + r'|fcntl\.h'),
    (r'(include|examples)/', C11.replace(r'|glib\.h', '') + r'|stallshark/stallshark\.h'),
    (r'tests/', None),
]
# Wireshark's headers, in the program, stay where files are read or rewritten.
WIRESHARK_IN_CLI = r'cli/([a-z_]*(wiretap|wtap|host|rewrite|annotate)[a-z_]*)\.[ch]'

# The model knows no terminal, no clock, no environment, no locale and no file; and nothing it reads ends the process.
FORBIDDEN = re.compile(
    r'(?<![\w.>])(printf|vprintf|fprintf|puts|fputs|putchar|perror|exit|_exit|abort|getenv|secure_getenv|setenv|time'
    r'|clock|clock_gettime|gettimeofday|setlocale|localtime|localtime_r|strftime|fopen|freopen|fread|open|read|write'
    r'|system|popen|strtok|rand|random|g_print|g_printerr|g_error|g_assert|g_assert_not_reached|assert|g_getenv'
    r'|g_get_real_time|g_get_monotonic_time|g_date_time_new_now\w*|g_file_get_contents|g_file_set_contents'
    r'|g_random_\w+|g_message|g_warning|g_critical|g_debug|g_log)\s*\(')
# ssk_addr_equal() is the one way to ask; an order may take memcmp().
SAME_ADDRESS = re.compile(r'!\s*memcmp\([^;{]*\b(addr|host|peer)\b[^;{]*?\)|memcmp\([^;{&|]*\b(addr|host|peer)\b[^;{|]*?\)\s*[!=]=\s*0')
VERSION_SWITCH = re.compile(r'^\s*#\s*(?:el)?if.*\b(WIRESHARK_VERSION|VERSION_MAJOR|VERSION_MINOR|SSK_WIRESHARK)', re.M)
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

FOLDERS = ('core', 'report', 'bundle', 'dissectors', 'taps', 'plugin', 'cli', 'library', 'include', 'examples', 'tests')
SPDX = 'SPDX-License-Identifier: GPL-2.0-or-later'
SPDX_SUFFIXES = {'.c', '.h', '.py', '.sh', '.cmake'}


def without_text(source):
    """The source with comments and strings blanked, line numbers kept."""
    def blank(match):
        text = match.group()
        return re.sub(r'[^\n]', ' ', text) if text.startswith('/') else '""'
    return COMMENT_OR_STRING.sub(blank, source)


def first_row(table, name):
    return next((allowed for pattern, allowed in table if re.match(pattern, name)), None)


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


def check_file(name, source):
    """Yield one line for each violation."""
    code = without_text(source)
    # strings are blanked in code, include paths among them: look for those in a copy without comments only
    uncommented = re.sub(r'/\*.*?\*/', lambda m: re.sub(r'[^\n]', ' ', m.group()), source, flags=re.S)
    for match in INCLUDE.finditer(uncommented):
        kind, header = match.groups()
        where = '%s:%d' % (name, line_of(uncommented, match.start()))
        if kind == '"':
            allowed = first_row(PROJECT, name)
            if header != name[:-2] + '.h' and not (allowed and re.fullmatch(allowed, header)):
                yield '%s: includes "%s"; allowed here: %s' % (where, header, allowed)
        else:
            allowed = first_row(SYSTEM, name)
            if allowed and not re.fullmatch(allowed, header):
                yield '%s: includes <%s>; allowed here: %s' % (where, header, allowed)
            elif (name.startswith('cli/') and re.match(r'(epan|wiretap|wsutil)/', header)
                  and not re.fullmatch(WIRESHARK_IN_CLI, name)):
                yield '%s: includes <%s>; in cli/ only files that fit %s may' % (where, header, WIRESHARK_IN_CLI)
    if name.startswith(('core/', 'report/')):
        for match in FORBIDDEN.finditer(code):
            yield '%s:%d: calls %s()' % (name, line_of(code, match.start()), match.group(1))
        for match in SAME_ADDRESS.finditer(code) if name != 'core/base/addr.h' else ():
            yield '%s:%d: compares addresses byte by byte; ssk_addr_equal() does' % (name, line_of(code, match.start()))
    if not name.endswith('/compat.h'):
        for match in VERSION_SWITCH.finditer(code):
            yield '%s:%d: asks for a version of Wireshark; only compat.h may' % (name, line_of(code, match.start()))


def check_tree(root):
    found = []
    count = 0
    for path in sorted(p for folder in FOLDERS for p in (root / folder).rglob('*')):
        if path.suffix not in SPDX_SUFFIXES and path.name != 'CMakeLists.txt' or not path.is_file():
            continue
        name = path.relative_to(root).as_posix()
        source = path.read_text(encoding='utf-8', errors='replace')
        count += 1
        if SPDX not in source:
            found.append('%s: no "%s"' % (name, SPDX))
        if path.suffix in ('.c', '.h'):
            found += check_file(name, source)
    return found, count


PLANTED = {  # file -> (content, what the report must say)
    'core/engine.c': ('#include <pcap.h>', 'includes <pcap.h>'),
    'core/flow/flow.c': ('#include "report/writer.h"', 'includes "report/writer.h"'),
    'core/decode/tcp.c': ('#include "core/engine.h"', 'includes "core/engine.h"'),
    'core/meter/gap.c': ('#include "core/rule/rule.h"', 'includes "core/rule/rule.h"'),
    'core/rule/radio.c': ('#include "core/model/event.h"', 'includes "core/model/event.h"'),
    'core/flow/stream.c': ('void f(void)\n{\n    printf("");\n}', 'core/flow/stream.c:3: calls printf()'),
    'core/flow/period.c': ('long f(void)\n{\n    return time(0);\n}', 'calls time()'),
    'core/base/text.c': ('#include <glib.h>\nvoid f(void)\n{\n    g_assert (0);\n}', 'calls g_assert()'),
    'core/rule/same.c': ('int f(t *x)\n{\n    return !memcmp(&x->host, &x->flow->addr[0], sizeof x->host);\n}', 'ssk_addr_equal() does'),
    'report/json.c': ('#include "core/model/event.h"', 'includes "core/model/event.h"'),
    'report/text.c': ('void f(void)\n{\n    exit(1);\n}', 'calls exit()'),
    'bundle/scrub.c': ('#include "cli/output.h"', 'includes "cli/output.h"'),
    'bundle/archive.c': ('#include <pcap.h>', 'includes <pcap.h>'),
    'cli/main.c': ('#include <epan/packet.h>', 'includes <epan/packet.h>'),
    'cli/options.c': ('#include "taps/tap-report.h"', 'includes "taps/tap-report.h"'),
    'dissectors/prefs.c': ('#if WIRESHARK_VERSION_MINOR > 2\n#endif', 'only compat.h may'),
    'library/stallshark.c': ('#include "cli/reader.h"', 'includes "cli/reader.h"'),
    'include/stallshark/stallshark.h': ('#include <glib.h>', 'includes <glib.h>'),
    'examples/stalls.c': ('#include "core/engine.h"', 'includes "core/engine.h"'),
    'taps/tap-tree.c': ('#include "plugin/plugin.h"', 'includes "plugin/plugin.h"'),
}


def self_test():
    """Each planted violation is found, alone, and a clean file raises nothing."""
    wrong = []
    for name, (content, expected) in PLANTED.items():
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True)
            path.write_text('/* %s */\n%s\n' % (SPDX, content.replace('core/flow/stream.c:3', '')))
            found, _ = check_tree(pathlib.Path(folder))
            expected = expected.replace('core/flow/stream.c:3', 'core/flow/stream.c:4')
            if len(found) != 1 or expected not in found[0]:
                wrong.append('planted in %s, expected "%s", found %s' % (name, expected, found))
    clean = ('/* %s printf() exit( */\n#include <glib.h>\n#include "core/base/types.h"\n'
             'static const char *s = "abort()";\nvoid f(t *p)\n{\n    p->time(s);\n    ssk_time(s);\n}\n' % SPDX)
    found = list(check_file('core/clean.c', clean))
    if found:
        wrong.append('a clean file raised %s' % found)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / 'core' / 'bare.c'
        path.parent.mkdir()
        path.write_text('int x;\n')
        found, _ = check_tree(pathlib.Path(folder))
        if len(found) != 1 or 'SPDX' not in found[0]:
            wrong.append('a file without license raised %s' % found)
    return wrong


if __name__ == '__main__':
    sys.exit(checker.run(sys.argv[1:], self_test, check_tree, 'no source files', '%d violations'))
