"""A browser without a window, driven over WebDriver with the standard library alone.

Source: W3C WebDriver; the log of the console is a Chromium extension.

SPDX-License-Identifier: GPL-2.0-or-later
"""
import base64
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'


def programs():
    """(driver, browser) or None."""
    driver = shutil.which('chromedriver')
    browser = next((path for path in map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome')) if path), None)
    return (driver, browser) if driver and browser else None


class Browser:
    def __init__(self, width=1200, height=900):
        driver, browser = programs()
        self.process = subprocess.Popen([driver, '--port=0'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        port = None
        for line in self.process.stdout:
            if 'started successfully on port' in line:
                port = line.rstrip('.\n').rsplit(' ', 1)[1]
                break
        assert port, 'chromedriver does not start'
        self.base = 'http://127.0.0.1:%s/session' % port
        arguments = ['--headless=new', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars', '--window-size=%d,%d' % (width, height)]
        if os.geteuid() == 0:
            arguments.append('--no-sandbox')
        session = self.call('POST', '', {'capabilities': {'alwaysMatch': {
            'goog:chromeOptions': {'binary': browser, 'args': arguments}, 'goog:loggingPrefs': {'browser': 'ALL'}}}})
        self.base += '/' + session['sessionId']

    def call(self, method, path, body=None):
        data = None if method != 'POST' else json.dumps(body or {}).encode()
        request = urllib.request.Request(self.base + path, data, {'Content-Type': 'application/json'}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)['value']
        except urllib.error.HTTPError as error:
            raise AssertionError(json.load(error)['value']['message'].partition('\nStacktrace:')[0]) from error

    def open(self, path):
        self.call('POST', '/url', {'url': path.resolve().as_uri()})

    def run(self, script, *arguments):
        return self.call('POST', '/execute/sync', {'script': script, 'args': list(arguments)})

    def wait(self, script, *arguments, seconds=20):
        """Until the script says true; its last answer otherwise."""
        end = time.monotonic() + seconds
        while True:
            answer = self.run(script, *arguments)
            if answer or time.monotonic() > end:
                return answer
            time.sleep(0.05)

    def find(self, selector):
        return self.call('POST', '/element', {'using': 'css selector', 'value': selector})[ELEMENT]

    def click(self, selector):
        self.call('POST', '/element/%s/click' % self.find(selector))

    def keys(self, selector, text):
        self.call('POST', '/element/%s/value' % self.find(selector), {'text': text})

    def drag(self, selector, start, end):
        """Press, move, release; positions as parts of the element's width, at its middle."""
        x, y, width, height = self.run('var b = document.querySelector(arguments[0]).getBoundingClientRect();'
                                       'return [b.left, b.top, b.width, b.height]', selector)
        def at(part):
            return {'type': 'pointerMove', 'duration': 50, 'x': int(x + width * part), 'y': int(y + height / 2)}
        self.call('POST', '/actions', {'actions': [{'type': 'pointer', 'id': 'mouse', 'parameters': {'pointerType': 'mouse'},
                  'actions': [at(start), {'type': 'pointerDown', 'button': 0}, at((start + end) / 2), at(end),
                              {'type': 'pointerUp', 'button': 0}]}]})

    def console(self):
        """What was written to the console since the last call."""
        return self.call('POST', '/se/log', {'type': 'browser'})

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self.call('GET', '/screenshot')))

    def media(self, **features):
        """Emulate a medium: media='print', or a feature such as prefers-color-scheme."""
        medium = features.pop('media', '')
        self.call('POST', '/goog/cdp/execute', {'cmd': 'Emulation.setEmulatedMedia', 'params': {
            'media': medium, 'features': [{'name': name.replace('_', '-'), 'value': value} for name, value in features.items()]}})

    def width(self, pixels):
        """As wide as a telephone; 0: as before."""
        self.call('POST', '/goog/cdp/execute', {'cmd': 'Emulation.setDeviceMetricsOverride' if pixels else
                  'Emulation.clearDeviceMetricsOverride', 'params': {
            'width': pixels, 'height': 800, 'deviceScaleFactor': 1, 'mobile': False} if pixels else {}})

    def close(self):
        try:
            self.call('DELETE', '')
        finally:
            self.process.terminate()
            self.process.wait(10)
