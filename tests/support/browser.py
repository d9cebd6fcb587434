"""A headless Chromium that opens pages, and is asked over a pipe what has become of them (DevTools protocol)."""

from __future__ import annotations

import base64
import json
import os
import re
import select
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from tests.support.patience import PATIENCE_S

# no sync, no updates, no look-ups of its own: what goes over the network then is the page's doing
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)


class PageLeftError(AssertionError):
    """The page was left before it had answered."""


class Browser:
    """One Chromium with one tab; close it."""

    def __init__(self) -> None:
        """Start it: it reads commands from descriptor 3 and answers on 4, each ended by a zero byte."""
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        commands, ours = os.pipe()
        self._commands = open(ours, "wb")  # noqa: SIM115 - closed with the browser; writes long scripts whole
        self._answers, answers = os.pipe()
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium's sandbox does not work for root
        command = ["chromium", *FLAGS, *sandbox, f"--user-data-dir={self._profile.name}", "about:blank"]
        # a shell puts the pipes where Chromium looks for them; sh knows no descriptors of two digits
        self._process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{commands} 4>&{answers}', "bash", *command],
            pass_fds=(commands, answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(commands)
        os.close(answers)
        self._answered = select.poll()
        self._answered.register(self._answers, select.POLLIN)
        self._buffer, self._number, self._session = b"", 0, ""
        self._document = ""  # which one is open
        self._fetched: list[tuple[str, str]] = []  # by which document, and the address
        target = next(each for each in self._ask("Target.getTargets")["targetInfos"] if each["type"] == "page")
        self._session = self._ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self._ask(f"{domain}.enable")

    def close(self) -> None:
        """End it."""
        self._commands.close()
        os.close(self._answers)
        self._process.terminate()
        self._process.wait(timeout=PATIENCE_S)
        self._profile.cleanup()

    def open(self, url: str, width: int = 1000, scheme: str = "light", media: str = "") -> None:
        """Open a page and wait until it is there."""
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        scheme_feature = {"name": "prefers-color-scheme", "value": scheme}
        self._ask("Emulation.setEmulatedMedia", media=media, features=[scheme_feature])
        self._fetched.clear()
        self._document = str(self._ask("Page.navigate", url=url)["loaderId"])
        while self._next().get("method") != "Page.loadEventFired":
            pass

    @property
    def requests(self) -> list[str]:
        """Give the addresses of all that the page has fetched; what the one before still asked for is not its."""
        return [address for document, address in self._fetched if document == self._document]

    def tell(self, expression: str, is_promise: bool = False) -> Any:
        """Evaluate an expression in the page and give its value; a promise is waited for, and its value given."""
        answer = self._ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=is_promise)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def look(self, expression: str) -> Any:
        """Do the same with an expression that may be evaluated twice: it is, if the page was just left for another."""
        while True:
            try:
                return self.tell(expression)
            except PageLeftError:
                pass

    def run_scripts(self, is_wanted: bool) -> None:
        """Have the scripts of pages that are opened from now on run, or not."""
        self._ask("Emulation.setScriptExecutionDisabled", value=not is_wanted)

    def press(self, selector: str) -> None:
        """Click in the middle of the first element that a selector finds, as a mouse does."""
        self.tell(f"document.querySelector({json.dumps(selector)}).scrollIntoView({{block: 'center'}})")
        box = self.tell(f"JSON.stringify(document.querySelector({json.dumps(selector)}).getBoundingClientRect())")
        found = json.loads(box)
        x, y = found["x"] + found["width"] / 2, found["y"] + found["height"] / 2
        for kind in ("mousePressed", "mouseReleased"):
            self._ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def print_out(self) -> tuple[int, set[tuple[int, int]]]:
        """Print the page; the number of sheets, and their sizes in whole millimetres."""
        paper = base64.b64decode(self._ask("Page.printToPDF", preferCSSPageSize=True, printBackground=False)["data"])
        boxes = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", paper)
        return len(boxes), {(round(float(wide) / 72 * 25.4), round(float(high) / 72 * 25.4)) for wide, high in boxes}

    def screenshot(self, path: Path, height: int = 0) -> None:
        """Draw the whole page, or its first ``height`` pixels, into a PNG file, for who wants to look at it."""
        width = self.tell("document.documentElement.clientWidth")
        tall = height or self.tell("document.documentElement.scrollHeight")  # what is fixed lies at the end, then
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=tall, deviceScaleFactor=1, mobile=False)
        clip = {"clip": {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}} if height else {}
        answer = self._ask("Page.captureScreenshot", captureBeyondViewport=True, **clip)
        path.write_bytes(base64.b64decode(answer["data"]))

    def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        session = {"sessionId": self._session} if self._session else {}
        command = {"id": self._number, "method": method, "params": params, **session}
        self._commands.write(json.dumps(command).encode() + b"\0")
        self._commands.flush()
        while (answer := self._next()).get("id") != self._number:
            pass
        if "navigated" in answer.get("error", {}).get("message", ""):
            raise PageLeftError(str(answer))
        assert "error" not in answer, answer
        return dict(answer["result"])

    def _next(self) -> dict[str, Any]:
        """Give the next message; note what is fetched."""
        pieces = [self._buffer]  # joined once: a printed page comes in hundreds
        while b"\0" not in pieces[-1]:
            assert self._answered.poll(PATIENCE_S * 1000), "Chromium says nothing any more"
            pieces.append(os.read(self._answers, 1 << 20))
            assert pieces[-1], "Chromium has gone"
        message, _, self._buffer = b"".join(pieces).partition(b"\0")
        found = json.loads(message)
        if found.get("method") == "Network.requestWillBeSent":
            self._fetched.append((found["params"]["loaderId"], found["params"]["request"]["url"]))
        return dict(found)
