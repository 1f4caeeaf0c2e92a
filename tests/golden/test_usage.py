"""Every exit status and one-line message of the program.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import fcntl
import gzip
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import termios
import time

import pytest

import captures


@pytest.fixture(scope='module')
def good(tmp_path_factory):
    path = tmp_path_factory.mktemp('good') / 'good.pcap'
    path.write_bytes(captures.pcap(captures.conversation()))
    return path


@pytest.fixture(scope='module')
def stalled(tmp_path_factory):
    """A flow that owes a packet each second, silent for 30 s."""
    path = tmp_path_factory.mktemp('stalled') / 'stalled.pcap'
    talk = captures.conversation(n=20)
    late = [(time + (30 * 10**9 if i > 22 else 0), data) for i, (time, data) in enumerate(talk)]
    path.write_bytes(captures.pcap(late))
    return path


# arguments -> what standard error says, whole
WRONG = {
    '': 'analyze: takes FILE..., 0 given; see stallshark analyze --help',
    'analyse x': 'analyse: no such command or file; nearest command: analyze',
    '--mingap=2s x': '--mingap: no such option; nearest: --min-gap',
    '--min_gap 2s x': '--min_gap: no such option; nearest: --min-gap',
    '--zzzz x': '--zzzz: no such option; see stallshark analyze --help',
    '-x x': '-x: no such option; see stallshark analyze --help',
    '--min-gap=0 x': '--min-gap=0: must be 1ms..1h',
    '--min-gap 2 x': '--min-gap=2: must be 1ms..1h, with a unit: ns, us, ms, s, min, h or d',
    '--min-gap': '--min-gap: needs a value: 1ms..1h',
    '-o': '-o: needs a value: OUT',
    '--period -1s x': '--period=-1s: must be 1ms..1d or auto',
    '--vantage moon x': '--vantage=moon: must be auto, server, client, middle or air',
    '--tz Mars x': '--tz=Mars: must be a time zone, as Europe/Berlin, UTC or +02:00',
    '--from tomorrow x': '--from=tomorrow: must be a time from 1677 to 2262, as 2025-03-24T18:34:16Z or 1742841256.5, '
                         'or none',
    '--from 20 --to 10 x': '--from=20.000000000: must not be after to=10.000000000',
    '--each --format text x': '--each: writes a line of JSON per FILE; leave out --format text',
    '--force=1 x': '--force: takes no value',
    '- -': '-: standard input can be read only once',
    '--fail-on=stal>5s x': '--fail-on=stal>5s: no such condition; allowed: stall, gap, measurement, udp or finding, '
                           'then optionally :ID and >LENGTH, as stall:radio-off>5s',
    '--fail-on=stall>5 x': '--fail-on=stall>5: what follows > must be a length of time, as 5s; allowed: stall, gap, '
                           'measurement, udp or finding, then optionally :ID and >LENGTH, as stall:radio-off>5s',
    '--fail-on=stall:nothing x': '--fail-on=stall:nothing: no such ID; allowed: stall, gap, measurement, udp or '
                                 'finding, then optionally :ID and >LENGTH, as stall:radio-off>5s',
    'profiles sho x': 'profiles sho: must be list, show NAME or check FILE',
    'profiles --min-gap 2s': '--min-gap: no such option; see stallshark profiles --help',
    'profiles a b c': 'profiles: takes [list | show NAME | check FILE], 3 given; see stallshark profiles --help',
}


@pytest.mark.parametrize('arguments', WRONG, ids=lambda text: text or 'nothing')
def test_wrong_usage_is_told_in_one_line(run, arguments):
    done = run(*arguments.split())
    assert done.stderr == 'stallshark: %s\n' % WRONG[arguments]
    assert done.returncode == 2
    assert done.stdout == ''


def test_formats_are_listed(run):
    done = run('--format', 'xml', 'x')
    assert re.fullmatch(r'stallshark: --format=xml: must be text, \w+(, \w+)* or \w+\n', done.stderr)
    assert done.returncode == 2


def test_hostile_arguments_do_not_reach_the_terminal(run):
    for arguments in (['\x1b[31m'], ['--\x1b[31m'], ['--tz', '\x1b[31m', 'x'], ['-\x1b', 'x'],
                      ['--fail-on', '\x1b[31m', 'x'], ['--profile', '\x1b[31m', 'x'], ['-o', '/nowhere/\x1b', 'x'],
                      ['profiles', '\x1b'], ['profiles', 'show', '\x1b[31m'], ['--format', '\x9b', 'x']):
        done = run(*arguments)
        assert done.returncode in (2, 3)
        assert len(done.stderr.splitlines()) == 1
        assert not re.search('[\x00-\x09\x0b-\x1f\x7f-\x9f]', done.stderr), repr(done.stderr)


def test_an_unreadable_input_is_told_in_one_line(run, tmp_path):
    (tmp_path / 'empty.pcap').write_bytes(b'')
    (tmp_path / 'text.txt').write_text('Dear analyzer,\nthis is no capture.\n' * 50)
    (tmp_path / 'some.json').write_text('{"a": 1}\n' * 50)
    (tmp_path / 'zeros').write_bytes(bytes(10000))
    (tmp_path / 'header').write_bytes(captures.pcap([])[:20])
    cases = {'missing.pcap': 'no such file', 'empty.pcap': 'is empty, not even a file header',
             '.': 'is a folder; give the capture files in it'}
    for name, what in cases.items():
        done = run(tmp_path / name)
        assert (done.returncode, done.stdout) == (3, '')
        assert done.stderr == 'stallshark: %s: %s\n' % (tmp_path / name, what)
    for name in ('text.txt', 'some.json', 'zeros', 'header'):
        done = run(tmp_path / name)
        assert (done.returncode, done.stdout) == (3, ''), name
        assert len(done.stderr.splitlines()) == 1
        assert done.stderr.startswith('stallshark: %s: ' % (tmp_path / name))
    assert 'not a capture file; ' in run(tmp_path / 'text.txt').stderr
    assert run('/dev/null').stderr == 'stallshark: /dev/null: is no file; - reads standard input\n'
    assert run('').stderr == "stallshark: '': no file name given\n"


def test_a_file_without_permission(program, good, tmp_path):
    path = tmp_path / 'closed.pcap'
    path.write_bytes(good.read_bytes())
    path.chmod(0)
    # root reads everything, unless it gives that up
    drop = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--inh-caps=-dac_override,-dac_read_search']
    if os.getuid() == 0 and not shutil.which('setpriv'):
        pytest.skip('root reads everything, and there is no setpriv')
    done = subprocess.run((drop if os.getuid() == 0 else []) + [program, path], capture_output=True, text=True)
    assert done.returncode == 3
    assert done.stderr == 'stallshark: %s: Permission denied\n' % path


def test_a_capture_without_packets_is_fine(run, tmp_path):
    for name, content in (('none.pcap', captures.pcap([])), ('none.pcapng', captures.pcapng([]))):
        (tmp_path / name).write_bytes(content)
        done = run('--format', 'json', tmp_path / name)
        assert (done.returncode, done.stderr) == (0, '')
        report = json.loads(done.stdout)
        assert report['flows'] == [] and report['stalls'] == []


def test_analyze_may_be_left_out(run, good):
    whole = run('analyze', '--format', 'json', good)
    short = run('--format', 'json', good)
    assert whole.returncode == 0
    assert whole.stdout == short.stdout


def test_options_may_follow_files_and_two_hyphens_end_them(run, good, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / '--force').write_bytes(good.read_bytes())
    done = run('--format=json', '--', '--force')
    assert done.returncode == 0
    assert json.loads(done.stdout)['host']['files'][0]['path'] == '--force'
    assert run(good, '--format', 'json').stdout == run('--format', 'json', good).stdout


def test_help_and_version(run):
    text = run('--help').stdout
    for word in ('usage: stallshark [analyze] [OPTION]... FILE...', '--min-gap LENGTH', '--fail-on CONDITION',
                 '-o, --output OUT', 'Exit status:'):
        assert word in text
    assert max(map(len, text.splitlines())) <= 80
    assert run('-h').stdout == text == run('analyze', '--help').stdout == run('help').stdout
    assert run('help', 'bundle').stdout == run('bundle', '--help').stdout
    assert 'no such command or file; nearest command: bundle' in run('help', 'bundl').stderr
    version = run('--version').stdout.splitlines()
    assert re.fullmatch(r'stallshark \d+\.\d+\.\d+', version[0])
    assert re.match('reads files through (libwiretap|its own reader)', version[1])
    assert run('profiles', '--help').stdout.startswith('usage: stallshark profiles')


def test_every_option_of_the_report_is_an_option_of_the_program(run, report, good):
    text = run('--help').stdout
    for key in report(good)['config']:
        name = key.removesuffix('_ns').replace('_', '-')
        assert '--%s ' % name in text, key


def test_options_reach_the_analysis(report, good):
    config = report('--min-gap', '250ms', '--period=3s', '--vantage', 'server', '--tz', 'UTC', good)['config']
    assert config['min_gap_ns'] == 250000000
    assert config['period_ns'] == 3000000000
    assert config['vantage'] == 'server'
    assert config['tz'] == 'UTC'


def test_from_and_to_leave_packets_out(report, good):
    whole = report(good)
    assert whole['inputs'][0]['packets'] == 19
    part = report('--from', '1742841290', '--to', '2025-03-24T18:34:52Z', good)
    assert part['inputs'][0]['packets'] == 5
    assert part['inputs'][0]['first'] == '1742841290.000000000'


def test_fail_on(run, stalled, good):
    def status(condition, path):
        done = run('--fail-on', condition, '--format', 'json', path)
        assert done.stderr == ''
        json.loads(done.stdout)
        return done.returncode
    assert status('stall', stalled) == 1
    assert status('stall>5s', stalled) == 1
    assert status(' stall > 5s', stalled) == 1
    assert status('stall>31s', stalled) == 0
    assert status('stall:policy-close', stalled) == 0
    assert status('gap>20s', stalled) == 1
    assert status('gap>1min', stalled) == 0
    assert status('measurement:clock-step', stalled) == 0
    assert status('udp', stalled) == 0
    for condition in ('stall', 'gap>20s', 'measurement', 'udp', 'finding:duplicate-connection'):
        assert status(condition, good) == 0, condition
    both = run('--fail-on', 'udp', '--fail-on', 'stall>5s', stalled)
    assert both.returncode == 1


def test_a_failed_input_outweighs_a_condition(run, stalled, tmp_path):
    done = run('--fail-on', 'stall', stalled, tmp_path / 'missing')
    assert done.returncode == 3
    assert 'INCIDENT 1' in done.stdout
    assert done.stderr == 'stallshark: %s: no such file\n' % (tmp_path / 'missing')


def test_profiles(run, good, tmp_path):
    names = [line.split()[0] for line in run('profiles').stdout.splitlines()]
    assert {'json-len32', 'text-lines', 'bin-13'} <= set(names)
    assert run('profiles', 'list').stdout == run('profiles').stdout
    text = run('profiles', 'show', 'text-lines').stdout
    assert text.startswith('[profile]\n')
    done = run('profiles', 'show', 'text-line')
    assert done.returncode == 2
    assert done.stderr.startswith('stallshark: text-line: no such profile or file; nearest: text-lines')

    own = tmp_path / 'own.profile'
    own.write_text(text.replace('text-lines', 'my-lines'))
    assert run('profiles', 'check', own).stdout == '%s: fine, profile my-lines\n' % own
    report = json.loads(run('--profile', own, '--format', 'json', good).stdout)
    assert report['config']['profile'] == 'my-lines'
    assert {flow['keepalive'] and flow['keepalive']['profile'] for flow in report['flows']} == {'my-lines'}
    other = json.loads(run('--profile', 'bin-13', '--format', 'json', good).stdout)
    assert {flow['keepalive'] for flow in other['flows']} == {None}

    own.write_text('[profile]\nname=x\nframing=telepathy\n')
    for arguments in (['profiles', 'check', own], ['--profile', own, good]):
        done = run(*arguments)
        assert done.returncode == 2
        assert re.fullmatch(r'stallshark: %s:\d+: .*telepathy.*\n' % re.escape(str(own)), done.stderr)


def test_profiles_of_the_personal_folder(run, tmp_path, good):
    folder = tmp_path / 'stallshark/profiles'
    folder.mkdir(parents=True)
    text = run('profiles', 'show', 'text-lines').stdout
    (folder / 'mine.profile').write_text(text.replace('text-lines', 'mine'))
    (folder / 'bad.profile').write_text('nonsense\n')
    (folder / 'notes.txt').write_text('nonsense\n')
    environment = {**os.environ, 'XDG_CONFIG_HOME': str(tmp_path)}
    done = run('profiles', env=environment)
    assert done.returncode == 0
    assert 'mine ' in done.stdout
    assert len(done.stderr.splitlines()) == 1 and 'bad.profile:1:' in done.stderr
    report = json.loads(run('--profile', 'mine', '--format', 'json', good, env=environment).stdout)
    assert report['flows'][0]['keepalive']['profile'] == 'mine'


def test_the_locale_changes_nothing(run, stalled):
    plain = run('--format', 'json', stalled).stdout
    text = run('--tz', 'UTC', stalled).stdout
    for locale in ('de_DE.UTF-8', 'tr_TR.UTF-8', 'ar_EG.UTF-8', 'C'):
        environment = {**os.environ, 'LC_ALL': locale}
        assert run('--format', 'json', stalled, env=environment).stdout == plain
        assert run('--tz', 'UTC', stalled, env=environment).stdout == text


def test_standard_input(run, good, program):
    plain = json.loads(run('--format', 'json', good).stdout)
    with open(good, 'rb') as stream:
        done = run('--format', 'json', '-', stdin=stream)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report['host']['files'][0]['path'] == '-'
    del plain['host'], report['host']
    assert report == plain
    piped = subprocess.run([str(program), '--format', 'json', '-'], input=good.read_bytes(), capture_output=True)
    assert piped.returncode == 0
    assert json.loads(piped.stdout)['flows'] == plain['flows']
    done = run('-', stdin=subprocess.DEVNULL)
    assert done.returncode == 3
    assert done.stderr.startswith('stallshark: standard input: ')


def test_a_named_pipe(program, good, tmp_path):
    pipe = tmp_path / 'pipe'
    os.mkfifo(pipe)
    with subprocess.Popen(['cp', '/dev/stdin', str(pipe)], stdin=open(good, 'rb')):
        done = subprocess.run(['timeout', '60', str(program), '--format', 'json', str(pipe)], capture_output=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)['inputs'][0]['packets'] == 19


@pytest.mark.parametrize('command', ['annotate', 'bundle'])
def test_a_named_pipe_is_not_read_twice(run, tmp_path, command):
    pipe = tmp_path / 'pipe'
    os.mkfifo(pipe)
    done = run(command, pipe, '-o', tmp_path / 'out', timeout=20)
    assert done.returncode == 2
    assert re.fullmatch('stallshark: %s: %s reads its input (twice|several times); give a file\n' %
                        (re.escape(str(pipe)), command), done.stderr)


@pytest.mark.parametrize('times', [1, 2])
def test_the_first_interrupt_waits_for_the_end_of_the_pipe(program, good, times):
    content = good.read_bytes()
    whole = subprocess.run([program, '-'], input=content, capture_output=True).stdout
    # A shell's background job ignores the interrupt, and so would its children.
    reading = subprocess.Popen([program, '-'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    reading.stdin.write(content[:len(content) // 2])
    reading.stdin.flush()
    while fcntl.ioctl(reading.stdin, termios.FIONREAD, b'    ') != b'\0' * 4:  # until it has been read
        time.sleep(0.01)
    reading.send_signal(signal.SIGINT)
    assert reading.stderr.readline() + reading.stderr.readline() == \
        b'\nstallshark: the report follows when the pipe is closed; Ctrl-C again ends without one\n'
    if times == 2:
        reading.send_signal(signal.SIGINT)
        assert reading.wait(60) == -signal.SIGINT
        reading.communicate()
        return
    reading.stdin.write(content[len(content) // 2:])
    out, _ = reading.communicate(timeout=60)
    assert (reading.returncode, out) == (0, whole)


def test_gzip(run, good, tmp_path):
    path = tmp_path / 'good.pcap.gz'
    path.write_bytes(gzip.compress(good.read_bytes()))
    done = run('--format', 'json', path)
    if 'libwiretap' not in run('--version').stdout:
        assert done.returncode == 3
        return
    assert done.returncode == 0
    assert json.loads(done.stdout)['inputs'] == json.loads(run('--format', 'json', good).stdout)['inputs']
    path.write_bytes(gzip.compress(good.read_bytes())[:-200])
    done = run('--format', 'json', path)
    assert done.returncode == 3


def test_standard_error_that_is_no_terminal_stays_empty(run, good):
    assert run(good).stderr == ''


def test_the_documents_say_what_help_says(program, root):
    done = subprocess.run([sys.executable, root / 'docs/cli.py', program, '--check'], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
