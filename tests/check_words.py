#!/usr/bin/env python3
"""Keep the words of stallshark plain: fail on a term or phrase that people should not have to read.

Everything a person reads is looked at: strings and comments of the sources, comments and texts of the tests, the web
page, documents, the man page, help files and the cases of testdata. Names in code are free; what is said in words is
not. Text between backticks is quoted, not said.
  check_words.py [DIR]         check a source tree (default: this one)
  check_words.py --self-test   plant each phrase, and see that it is found where people read it and nowhere else
Without an argument both are done.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import io
import pathlib
import re
import sys
import tempfile
import tokenize

import checker

# Where a phrase is unwanted: T text for users (strings of the program, documents), C comments and docstrings.
# Each row: where, the pattern (any case), what to write instead, an example that must be found.
PHRASES = [
    ('TC', r'\btime stamp|\bstamps?\b', 'timestamp', 'packets without a time stamp'),
    ('TC', r'\bsent again\b(?! and again)', 'retransmitted; of datagrams and messages: repeated', 'it was sent again'),
    ('TC', r'\blikeliest\b', 'most likely', 'the likeliest is named first'),
    ('TC', r'\b(gives?|gave) way\b', 'is dropped (counted)', 'the longest idle one gives way'),
    ('TC', r'\b(tells?|told|speaks?) of\b', 'records, reports, shows, is about', 'the messages that it tells of'),
    ('C', r'^\W*So many\b', 'Minimum ..., Maximum ...: say what is counted', 'So many in a row are a rhythm'),
    ('TC', r'\bin so many\b', 'in N, in this many', 'one in so many'),
    ('TC', r'\bin the house\b', 'is not removed', 'what stays in the house'),
    ('TC', r'\bnothing later\b', 'no later event ...', 'Nothing later concerns it'),
    ('TC', r'\bshares? on\b', 'duty cycle', 'the share on is half'),
    ('TC', r'\bhow far \w+(\'s)? clock is off\b', 'clock offset', 'how far its clock is off'),
    ('TC', r'\btime-outs?\b', 'timeout', 'its time-out is 30 s'),
    ('TC', r'\bmade meanwhile\b', 'sent, or produced, during the silence', 'messages made meanwhile'),
    ('T', r'\boutages?\b', 'stall, silence, incident', 'the outage began'),
    ('T', r'\bnever arrived here\b', 'not seen in this capture', 'bytes that never arrived here'),
    ('T', r'\bseeks?\b|\bsought\b', 'looks for, asks for', 'the address is sought'),
    ('T', r'\b(is|was|are) heard (from|again|anywhere)\b', 'sends', 'it is heard again'),
    ('T', r'\b(near|far) (side|end)\b', 'client, server, or "the other side"', 'the far side closed'),
    ('T', r'\b(stood|stands) at\b|\bwas taken at\b', 'was captured at', 'the capture stands at the server'),
    ('T', r'\bbecomes? (another|others)\b', 'is replaced by a pseudonym', 'addresses become others'),
    ('T', r'\b(come|comes|came) again\b', 'resumed, recurs', 'messages came again'),
    ('T', r'\bmay be given again\b', 'Can be repeated', 'May be given again.'),
    ('T', r'\b[a-z]{3,}!(?=[\s"]|$)', 'no exclamation marks', 'it works!'),
    ('TC', r'\b(neighb|flav|hon|fav|behavi|col|rum|harb)our', 'American spelling: -or', 'a neighbour answered'),
    ('TC', r'\b\w*(recogn|organ|optim|synchron|initial|normal|serial|summar|minim|maxim|general|util|visual'
           r'|priorit|categor|standard|special)is(e|ed|es|ing|ation)\b', 'American spelling: -ize', 'recognised on any port'),
    ('TC', r'\banalys(e|ed|er|ing)\b|\b(licence|defence|offence|judgement|artefact|whilst|amongst|grey|centre|catalogue'
           r'|labelled|modelled|cancelled|travelled|signalled|fulfil|acknowledgement)s?\b',
     'American spelling', 'only one was analysed'),
    ('TC', r'\b(the the|a a|of of|to to|is is|and and|that that)\b(?! (it|they|is|are)\b)', 'a word twice', 'of the the flow'),
    ('TC', r'\bteh\b|\brecieve|\boccured\b|\bseperate|\bdefinately\b|\bdoesnt\b', 'a spelling mistake', 'it recieved one'),
]
# Files whose subject is the words themselves, or that quote what others wrote.
EXEMPT = re.compile(r'tests/(check_words\.py|fuzz/corpus/)|report/web/(package|uPlot)|LICENSE|packaging/copyright'
                    r'|testdata/.*\.(json|log|txt)$|docs/images/')
# docs/causes.md shows the table of verdicts, whose columns are by design "near" and "far", and defines them.
DEFINES = {'docs/causes.md': r'near|far', 'docs/causes.py': r'near|far'}

C = {'.c', '.h', '.def'}
PROSE = {'.md', '.1', '.toml', '.json', '.html', '.css', '.js', '.sh', '.cmake', '.yml', '.txt', ''}
FOLDERS = ('core', 'report', 'bundle', 'cli', 'library', 'include', 'examples', 'dissectors', 'taps', 'plugin', 'packaging', 'docs', 'tests', 'testdata')
C_TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*|\'(?:\\.|[^\'\\\n])*\'', re.S)
QUOTED = re.compile(r'`[^`\n]*`|@p \w+|@param(\[\w+\])? +\w+|\b\w+_\w+\b|\w+\.\w+|\w+\(|\w*/\w+\.[chm]\w*|\\f[A-Z]|\\n')


def c_pieces(source, is_test):
    """(line, kind, text): comments, and strings that are sentences; those of one literal are joined."""
    for match in C_TOKEN.finditer(source):
        text, line = match.group(), source.count('\n', 0, match.start()) + 1
        if text[0] == '/':
            yield line, 'C', re.sub(r'\n\s*\*? ?', ' ', text)
        elif text[0] == '"' and not is_test and ' ' in text:
            yield line, 'T', re.sub(r'"\s*"', '', text)


def python_pieces(source, is_document):
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT or token.type == tokenize.STRING and token.string.startswith('"""'):
            yield token.start[0], 'C', re.sub(r'\s*\n\s*', ' ', token.string)
        elif token.type == tokenize.STRING and is_document and ' ' in token.string:
            yield token.start[0], 'T', token.string


def prose_pieces(source):
    """By paragraph, so that a phrase is found across the end of a line."""
    line = 1
    for paragraph in re.split(r'(\n\s*\n|\n(?=\s*[-*|>#]))', source):
        if paragraph.strip():
            yield line, 'T', re.sub(r'\s*\n\s*', ' ', paragraph)
        line += paragraph.count('\n')


def pieces(name, source):
    path = pathlib.PurePath(name)
    if path.suffix in C:
        return c_pieces(source, name.startswith('tests/'))
    if path.suffix == '.py':
        return python_pieces(source, name.startswith('docs/'))
    if path.suffix in PROSE or name == 'dev':
        return prose_pieces(source)
    return ()


def check_file(name, source):
    """Yield one line for each phrase that people should not have to read."""
    for line, kind, text in pieces(name, source):
        said = QUOTED.sub(' ', text)
        for where, pattern, instead, _ in PHRASES:
            match = kind in where and re.search(pattern, said, re.I)
            if match and not (name in DEFINES and re.match(DEFINES[name], match.group(), re.I)):
                yield '%s:%d: "%s": %s (%s)' % (name, line, match.group().strip(), instead,
                                                said[max(0, match.start() - 30):match.end() + 30].strip())


def check_tree(root):
    found, count = [], 0
    files = [p for p in root.glob('*') if p.suffix == '.md' or p.name in ('dev', 'CMakeLists.txt')]
    files += [p for folder in FOLDERS for p in (root / folder).rglob('*')]
    for path in sorted(files):
        name = path.relative_to(root).as_posix()
        if not path.is_file() or EXEMPT.match(name) or path.suffix not in C | PROSE | {'.py'}:
            continue
        try:
            source = path.read_text(encoding='utf-8')
        except UnicodeDecodeError:  # a picture, a capture
            continue
        count += 1
        found += check_file(name, source)
    return found, count


def self_test():
    """Each phrase is found in each place where it is unwanted; in code, and quoted, it is free."""
    wrong = []
    for where, _, _, example in PHRASES:
        planted = {}
        if 'T' in where:
            planted['report/a.c'] = 'const char *s = "words, %s";' % example
            planted['docs/a.md'] = 'Some words.\n\nMore words: %s\n' % example.replace(' ', '\n', 1)
            planted['docs/a.1'] = '.TP\n' + example
        if 'C' in where:
            planted['core/a.h'] = '/** %s */' % example.replace(' ', '\n * ', 1)
            planted['tests/golden/a.py'] = '# ' + example
            planted['tests/golden/b.py'] = '"""%s"""' % example
        for name, content in planted.items():
            with tempfile.TemporaryDirectory() as folder:
                path = pathlib.Path(folder) / name
                path.parent.mkdir(parents=True)
                path.write_text(content + '\n')
                found, count = check_tree(pathlib.Path(folder))
                if len(found) != 1 or count != 1:
                    wrong.append('planted in %s: "%s", found %s' % (name, example, found))
        for name, content in {'core/a.c': 'int x = 1; /* `%s` */' % example, 'docs/a.md': 'Write `%s`.' % example}.items():
            found = list(check_file(name, content))
            if found:
                wrong.append('quoted, and found all the same: %s' % found)
    clean = 'int stamp(int sent_again)\n{\n    return neighbour(sent_again, so_many); /* the packet was retransmitted */\n}\n'
    wrong += ['a clean file raised ' + line for line in check_file('core/a.c', clean)]
    return wrong


if __name__ == '__main__':
    sys.exit(checker.run(sys.argv[1:], self_test, check_tree, 'nothing to read', '%d unwanted phrases'))
