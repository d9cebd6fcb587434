"""shocpp-web: links that are made and taken away, and the page that is served until it is told to end."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.support.listening import listening
from tests.support.patience import PATIENCE_S, until
from tests.support.ports import held_port, is_listening
from tests.support.preloaded import launched
from tests.support.programs import Program
from tests.support.scratch import ROOT, TAGS, Scratch

LINK = re.compile(r"^http://127\.0\.0\.1:8082/([\w-]{20,})/$", re.MULTILINE)


def test_a_new_link_is_printed(run: Program, home: Path) -> None:
    """--new-link prints an address with an id that is in no file, and remembers who has it."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    done = run("web", "--new-link", "Anna", "--account", "family-y")
    assert (done.status, done.err) == (0, "")
    found = LINK.fullmatch(done.out.strip())
    assert found
    text = (home / "conf/people.json").read_text()
    assert found[1] not in text
    (entry,) = json.loads(text)
    assert (entry["name"], entry["role"], entry["account"]) == ("Anna", "driver", "family-y")
    assert run("web", "--revoke", "anna").status == 0
    assert json.loads((home / "conf/people.json").read_text()) == []


def test_links_begin_as_the_setting_says(run: Program) -> None:
    """SHOCPP_WEB_URL is what a proxy is reached by; for 0.0.0.0, which nobody can open, this machine has a name."""
    made = run("web", "--new-link", "A", "--role", "viewer", SHOCPP_WEB_URL="https://box.example/w/").out
    assert made.startswith("https://box.example/w/")
    made = run("web", "--new-link", "B", "--role", "viewer", SHOCPP_WEB_ADDRESS="0.0.0.0", SHOCPP_WEB_PORT="80").out
    assert made.startswith(f"http://{os.uname().nodename}:80/")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--account", "family-y"], 64, "give --new-link NAME, too"),
        (["--new-link", "Anna"], 64, "a driver needs --account"),
        (["--new-link", "Anna", "--account", "famly-y"], 66, "did you mean family-y?"),
        (["--new-link", "\x1b", "--role", "viewer"], 64, "letters that nobody sees"),
        (["--revoke", "Anna"], 66, "people.json is not there"),
    ],
)
def test_what_makes_no_sense_is_told(run: Program, home: Path, arguments: list[str], status: int, words: str) -> None:
    """A link that would be nobody's is not made."""
    (home / "conf/tags.json").write_text(json.dumps(TAGS))
    done = run("web", *arguments)
    assert done.status == status and words in done.err
    assert not (home / "conf/people.json").exists()


@pytest.mark.parametrize("address", ["127.0.0.1", "192.0.2.1"])
def test_a_terminal_gets_a_code(tmp_path: Path, address: str) -> None:
    """On a terminal the link has its QR code below, which a phone's camera reads; not one that no phone can open."""
    scratch = Scratch(tmp_path, SHOCPP_WEB_ADDRESS=address)
    ours, theirs = pty.openpty()
    command = [*launched("web"), "--new-link", "Oma", "--role", "viewer"]
    subprocess.run(command, env=scratch.environ, stdout=theirs, stderr=theirs, check=True, timeout=PATIENCE_S)
    os.close(theirs)
    shown = b""
    while data := _read(ours):
        shown += data
    assert re.match(rf"http://{re.escape(address)}:8082/[\w-]{{20,}}/\r\n", shown.decode())
    if address == "127.0.0.1":
        assert "no phone can open it" in shown.decode() and "█" not in shown.decode()
    else:
        assert shown.decode().count("█") > 100


def _read(descriptor: int) -> bytes:
    """Read what a terminal shows; at its end there is an error."""
    try:
        return os.read(descriptor, 1 << 16)
    except OSError:
        return b""


def serve(scratch: Scratch, port: int, *options: str, **environ: str) -> subprocess.Popen[str]:
    """Start the command that serves; return when it listens."""
    process = subprocess.Popen(
        [*launched("web"), "--port", str(port), *options],
        env={**scratch.environ, **environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: is_listening(port) or process.poll() is not None, "the page to be served")
    return process


def test_the_first_start_prints_the_operators_link(tmp_path: Path) -> None:
    """It leads to the page; SIGTERM ends the command as it should; at the next start nothing is printed."""
    scratch, port = Scratch(tmp_path), held_port()
    (tmp_path / "run").mkdir()
    process = serve(scratch, port)
    out, err = _ended(process, lambda: _first_page(process))
    assert process.returncode == 0, err
    assert f"listening on http://127.0.0.1:{port}/<link>/" in err
    assert "Traceback" not in err
    process = serve(scratch, port)
    out, err = _ended(process, lambda: None)
    assert out == "" and "operator" not in err


def _first_page(process: subprocess.Popen[str]) -> None:
    """Open the link that is printed first."""
    assert process.stdout
    link = process.stdout.readline().strip()
    with urllib.request.urlopen(link, timeout=PATIENCE_S) as answer:
        assert "<h1>" in answer.read().decode()
        assert "Server" not in answer.headers
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{link[:-2]}/", timeout=PATIENCE_S)


def _ended(process: subprocess.Popen[str], look: object) -> tuple[str, str]:
    try:
        assert callable(look)
        look()
    finally:
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=PATIENCE_S)
    return said


def test_a_journal_gets_no_link(tmp_path: Path) -> None:
    """Where the output is kept the link is not printed, but the command that makes one; others learn nothing."""
    scratch, port = Scratch(tmp_path), held_port()
    out, err = _ended(serve(scratch, port, JOURNAL_STREAM="8:1234"), lambda: None)
    assert out == ""
    assert "shocpp-web --new-link operator --role operator" in err
    assert not (tmp_path / "conf/people.json").exists()


def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """Two pages on one port are one too many: status 69, and no link is made."""
    scratch, port = Scratch(tmp_path), held_port()
    first = serve(scratch, port, JOURNAL_STREAM="8:1234")
    command = [*launched("web"), "--port", str(port)]
    second = subprocess.run(
        command, env=scratch.environ, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    _ended(first, lambda: None)
    assert second.returncode == 69 and str(port) in second.stderr
    assert not (tmp_path / "conf/people.json").exists()


def test_it_answers_as_a_cgi_program(tmp_path: Path) -> None:
    """A web server may start it for each request; what the query says is no option."""
    scratch = Scratch(tmp_path)
    made = subprocess.run(
        [*launched("web"), "--new-link", "Oma", "--role", "viewer"],
        env=scratch.environ, capture_output=True, text=True, check=True, timeout=PATIENCE_S,
    ).stdout  # fmt: skip
    word = LINK.findall(made)[0]
    variables = {
        "GATEWAY_INTERFACE": "CGI/1.1", "REQUEST_METHOD": "GET", "SCRIPT_NAME": "/wallbox", "PATH_INFO": f"/{word}/",
        "SERVER_NAME": "box", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "QUERY_STRING": "",
    }  # fmt: skip
    command, environ = [*launched("web"), "--revoke"], {**scratch.environ, **variables}
    done = subprocess.run(command, env=environ, capture_output=True, check=True, timeout=PATIENCE_S)
    head, _, body = done.stdout.decode().partition("\r\n\r\n")
    assert head.startswith("Status: 200 OK") and "Content-Security-Policy: " in head
    assert f'href="/wallbox/{word}/"' in body


def test_a_listener_takes_it_along(tmp_path: Path) -> None:
    """With --web the embedded listener serves the page on a port of its own, and even killed leaves none behind."""
    port = held_port()
    with listening(tmp_path / "home", SHOCPP_WEB_PORT=str(port), JOURNAL_STREAM="8:1") as listener:
        listener.end()
        listener.start(["--web"])
        until(lambda: is_listening(port), "the page to be served")
        listener.process.kill()
        until(lambda: not is_listening(port), "the page to go with it")


def test_a_page_that_cannot_be_served(tmp_path: Path) -> None:
    """Started by a listener where a package is missing, it says what installs it, and ends by itself and in order."""
    hide = "import sys; sys.modules['werkzeug'] = None; sys.path.insert(0, sys.argv.pop()); "
    start = f"{hide}from shocpp.cli.page_process import serve_while_started; sys.exit(serve_while_started())"
    with subprocess.Popen(
        [sys.executable, "-I", "-c", start, str(ROOT)],
        env={"SHOCPP_HOME": str(tmp_path), "SHOCPP_WEB_PORT": str(held_port())},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as page:
        assert page.stderr
        said = page.stderr.read()
        assert page.wait(PATIENCE_S) == 69
    assert "Fatal" not in said and "-m pip install" in said.splitlines()[-1]


@pytest.mark.parametrize("option", ["--web", "--soap"])
def test_websocketd_does_not(run: Program, option: str) -> None:
    """What runs websocketd becomes it, can look after no page and takes no SOAP; that is said."""
    done = run("listener", "--websocketd", option)
    assert done.status == 64 and "--embedded" in done.err
