# SPDX-License-Identifier: MIT
"""A headless Chromium with one page, by Chromium's DevTools protocol over a pipe.

    with Browser(folder) as browser:
        browser.open(path)
        browser.click("#look")
        browser.value("document.title")

Requests of the page, what it logs and errors of its script are kept; the machine's
network is not asked for anything.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import typing

LIMIT = 60
NAMES = "chromium-headless-shell", "chromium"
# Becomes Chromium, with the two pipes where it wants them.
BECOME = (
    "import os, sys; os.dup2(int(sys.argv[1]), 3); os.dup2(int(sys.argv[2]), 4); "
    "os.execvp(sys.argv[3], sys.argv[3:])"
)


def found() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


class Browser:
    def __init__(self, folder: pathlib.Path, size: tuple[int, int] = (1280, 900)):
        # Its processes write into that until the last of them has ended.
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        command = [
            *(str(found()), "--headless", "--remote-debugging-pipe", "--no-first-run"),
            *("--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
            f"--user-data-dir={self.profile.name}",
            f"--window-size={size[0]},{size[1]}",
        ]
        if os.getuid() == 0:  # which its sandbox refuses
            command.append("--no-sandbox")
        to_read, self.to = os.pipe()
        self.of, to_write = os.pipe()
        self.log = (folder / "chromium.log").open("w+b")
        self.process = subprocess.Popen(
            [sys.executable, "-c", BECOME, str(to_read), str(to_write), *command],
            pass_fds=(to_read, to_write),
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            env={**os.environ, "HOME": self.profile.name},
            start_new_session=True,
        )
        os.close(to_read)
        os.close(to_write)
        self.bytes = b""
        self.number = 0
        self.session: str | None = None
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.loaded = False

    def __enter__(self) -> Browser:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call(
            "Target.attachToTarget", targetId=target, flatten=True
        )["sessionId"]
        for domain in "Page", "Runtime", "Network", "Log":
            self.call(f"{domain}.enable")
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.log.close()
        os.close(self.to)
        os.close(self.of)
        self.profile.cleanup()

    def message(self, end: float) -> dict[str, typing.Any]:
        while b"\0" not in self.bytes:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.of], [], [], left)[0]:
                raise AssertionError("Chromium does not answer")
            data = os.read(self.of, 1 << 20)
            if not data:
                self.log.seek(0)
                raise AssertionError(f"Chromium has ended: {self.log.read()!r}")
            self.bytes += data
        one, self.bytes = self.bytes.split(b"\0", 1)
        return json.loads(one)

    def note(self, message: dict[str, typing.Any]) -> None:
        method, what = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(what["request"]["url"])
        elif method == "Page.loadEventFired":
            self.loaded = True
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(what["exceptionDetails"]))
        elif method == "Log.entryAdded":
            self.complaints.append(what["entry"]["text"])
        elif method == "Page.javascriptDialogOpening":
            self.complaints.append("a dialog opened")

    def call(self, method: str, **params: object) -> dict[str, typing.Any]:
        self.number += 1
        request = {"id": self.number, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.to, json.dumps(request).encode() + b"\0")
        end = time.monotonic() + LIMIT
        while True:
            message = self.message(end)
            if message.get("id") != self.number:
                self.note(message)
                continue
            if "error" in message:
                raise AssertionError(f"{method}: {message['error']}")
            return message["result"]

    def open(self, path: pathlib.Path) -> None:
        self.loaded = False
        self.call("Page.navigate", url=path.resolve().as_uri())
        end = time.monotonic() + LIMIT
        while not self.loaded:
            self.note(self.message(end))

    def value(self, expression: str) -> typing.Any:
        result = self.call(
            "Runtime.evaluate",
            expression=expression,
            returnByValue=True,
            awaitPromise=True,
        )
        if "exceptionDetails" in result:
            raise AssertionError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def drawn(self) -> None:
        """What was asked to be drawn with the next frame is."""
        self.value("new Promise((r) => requestAnimationFrame(() => setTimeout(r)))")

    def mouse(self, kind: str, x: float, y: float, **more: object) -> None:
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def click_at(self, x: float, y: float, count: int = 1) -> None:
        for kind in "mouseMoved", "mousePressed", "mouseReleased":
            self.mouse(kind, x, y, button="left", clickCount=count)
        self.drawn()

    def click(self, selector: str) -> None:
        """In its middle, as a user does: what covers it gets the click."""
        self.click_at(
            *self.value(
                f"(() => {{ const one = document.querySelector({json.dumps(selector)});"
                "one.scrollIntoView({block: 'nearest'});"
                "const box = one.getBoundingClientRect();"
                "return [box.x + box.width / 2, box.y + box.height / 2]; })()"
            )
        )

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)
        self.drawn()

    def picture(self) -> bytes:
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])
