"""What the log promises: lines that nobody can forge, in the file that is there now, and never in the way."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from shocpp.log import Log
from tests.support.patience import PATIENCE_S
from tests.support.scratch import BACKEND, Scratch

NOON = 1_693_742_400.75


def log_to(path: Path | str, clock: Callable[[], float] = lambda: NOON) -> Log:
    return Log(str(path), clock)


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def say(log: Log, words: str) -> None:
    log.line("INFO", words)
    log.flush()


def test_a_line_has_time_level_and_words(tmp_path: Path) -> None:
    """A line is our time in UTC, the level, and what was said."""
    times = iter([NOON, NOON, NOON + 1])
    log = log_to(tmp_path / "log", lambda: next(times))
    for level, words in (("INFO", "one"), ("WARNING", "two"), ("ERROR", "three")):
        log.line(level, words)
    log.flush()
    assert lines(tmp_path / "log") == [
        "2023-09-03T12:00:00Z INFO one",
        "2023-09-03T12:00:00Z WARNING two",
        "2023-09-03T12:00:01Z ERROR three",
    ]


def test_levels(tmp_path: Path) -> None:
    """Lines below the least that is wanted are not written."""
    for least, count in (("debug", 4), ("info", 3), ("warning", 2), ("error", 1)):
        log = Log(str(tmp_path / least), least=least)
        for level in ("DEBUG", "INFO", "WARNING", "ERROR"):
            log.line(level, "words")
        log.flush()
        assert len(lines(tmp_path / least)) == count


def test_lines_wait_for_the_flush(tmp_path: Path) -> None:
    """Nothing is written before the answers have left, then everything at once, and nothing twice."""
    log = log_to(tmp_path / "log")
    log.line("INFO", "one")
    assert not (tmp_path / "log").exists()
    log.flush()
    log.flush()
    assert len(lines(tmp_path / "log")) == 1


def test_a_log_is_added_to(tmp_path: Path) -> None:
    """What other connections wrote stays, and whole lines alternate."""
    path = tmp_path / "log"
    logs = [log_to(path), log_to(path)]
    for number in range(6):
        say(logs[number % 2], f"line {number}")
    assert [line[-6:] for line in lines(path)] == [f"line {number}" for number in range(6)]


def test_lone_surrogates_are_written(tmp_path: Path) -> None:
    """What is no Unicode text is written escaped instead of ending the backend."""
    say(log_to(tmp_path / "log"), "a\udcffb")
    assert lines(tmp_path / "log")[0].endswith("a\\udcffb")


# --- logrotate


def test_a_log_that_was_moved_away_is_made_anew(tmp_path: Path) -> None:
    """After logrotate's move the next line is in the new file and none is lost, however often it moves."""
    path = tmp_path / "log"
    log = log_to(path)
    for number in range(3):
        say(log, f"line {number}")
        path.rename(tmp_path / f"log.{number}")
    say(log, "line 3")
    assert [lines(each)[0][-6:] for each in (*(tmp_path / f"log.{n}" for n in range(3)), path)] == [
        f"line {number}" for number in range(4)
    ]
    assert len([each for each in os.listdir("/proc/self/fd") if _is_below(each, tmp_path)]) == 1


def _is_below(descriptor: str, folder: Path) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}").startswith(f"{folder}/")
    except OSError:
        return False


def test_a_log_that_logrotate_made_is_found(tmp_path: Path) -> None:
    """logrotate's ``create``: the new file is there before our next line, and gets it."""
    path = tmp_path / "log"
    log = log_to(path)
    say(log, "old")
    path.rename(tmp_path / "log.1")
    path.touch()
    say(log, "new")
    assert [line[-3:] for line in lines(path)] == ["new"]


def test_a_log_that_was_emptied_goes_on(tmp_path: Path) -> None:
    """logrotate's ``copytruncate``: the next line is at the beginning, with no hole before it."""
    path = tmp_path / "log"
    log = log_to(path)
    say(log, "old")
    os.truncate(path, 0)
    say(log, "new")
    assert path.read_bytes().startswith(b"2023-09-03T12")


def test_real_logrotate_loses_no_line(tmp_path: Path) -> None:
    """The program itself, with what it does by default and with ``create``: every line is in one of the files."""
    path, state = tmp_path / "log", tmp_path / "state"
    log = log_to(path)
    for number, how in enumerate(("nocreate", "create 0640", "copytruncate")):
        configuration = tmp_path / "logrotate.conf"
        configuration.write_text(f'"{path}" {{\n rotate 9\n {how}\n}}\n')
        configuration.chmod(0o644)
        say(log, f"line {number}")
        command = ["/usr/sbin/logrotate", "--force", "--state", str(state), str(configuration)]
        subprocess.run(command, check=True, capture_output=True)
        say(log, f"after {number}")
    files = [path, *tmp_path.glob("log.*")]
    written = sorted(line.split("INFO ")[1] for each in files for line in lines(each))
    assert written == sorted(f"{word} {number}" for word in ("line", "after") for number in range(3))


def test_a_log_that_is_let_go_lets_go_of_its_file(tmp_path: Path) -> None:
    """A process with many logs, such as one that runs these tests, does not run out of descriptors."""
    for number in range(3):
        say(log_to(tmp_path / "log"), f"line {number}")
    assert not [each for each in os.listdir("/proc/self/fd") if _is_below(each, tmp_path)]
    assert len(lines(tmp_path / "log")) == 3


# --- a log that cannot be written


@pytest.mark.parametrize("place", ["missing/log", "folder", "file/log"])
def test_a_log_without_a_file_is_on_stderr(tmp_path: Path, place: str, capfd: pytest.CaptureFixture[str]) -> None:
    """In a folder that is not there, or under a name that is a folder: stderr has the lines and, once, the reason."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    log = log_to(tmp_path / place)
    for number in range(3):
        say(log, f"line {number}")
    complaint, *said = capfd.readouterr().err.splitlines()
    assert f" WARNING log file {tmp_path / place}: " in complaint and complaint.endswith("; logging to stderr")
    assert [line[-6:] for line in said] == ["line 0", "line 1", "line 2"]


def test_a_log_comes_back_when_its_folder_does(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """When the folder is there again so is the log, with the lines from then on; those between are on stderr."""
    log = log_to(tmp_path / "logs" / "log")
    say(log, "aside")
    (tmp_path / "logs").mkdir()
    say(log, "kept")
    assert [line[-4:] for line in lines(tmp_path / "logs" / "log")] == ["kept"]
    os.rename(tmp_path / "logs", tmp_path / "away")
    say(log, "aside")
    os.rename(tmp_path / "away", tmp_path / "logs")
    say(log, "back")
    assert [line[-4:] for line in lines(tmp_path / "logs" / "log")] == ["kept", "back"]
    said = capfd.readouterr().err.splitlines()
    assert [line.endswith("INFO aside") for line in said] == [False, True, False, True], "a reason each time"


@pytest.mark.parametrize("path", ["/dev/full", ""])
def test_without_room_or_reader_nothing_is_raised(path: str) -> None:
    """A full disk, and a stderr that nobody holds open any more, are no reason to fail."""
    code = f"from shocpp.log import Log; log = Log({path!r}); log.line('INFO', 'x' * 100_000); log.flush(); print('on')"
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=write, text=True, check=True)
    os.close(write)
    assert done.stdout == "on\n"


# --- a log that nobody reads


class Unread:
    """A pipe in the place of a log file, whose reader reads when it is told to."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe2(os.O_NONBLOCK)
        os.set_blocking(self._write, True)
        self.path = f"/proc/self/fd/{self._write}"

    def __enter__(self) -> Unread:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._read)
        os.close(self._write)

    def lines(self, log: Log) -> list[str]:
        """Read all that the log still has, flushing it until nothing comes any more."""
        data, more = b"", b"-"
        while more:
            data, more = data + more, b""
            log.flush()
            with suppress(BlockingIOError):
                more = os.read(self._read, 1 << 20)
        return data[1:].decode().splitlines()


def test_a_pipe_that_nobody_reads_is_not_waited_for() -> None:
    """What the pipe does not take is kept and comes, whole and in order, when it is read."""
    with Unread() as pipe:
        log = log_to(pipe.path)
        said = [f"line {number:04}" for number in range(3000)]  # about 120 KiB; a pipe takes 64
        for words in said:
            say(log, words)
        assert [line[-9:] for line in pipe.lines(log)] == said


def test_lines_that_there_is_no_room_for_are_counted() -> None:
    """Beyond 256 KiB the newest are lost; once there is room, a line says how many, in their place."""
    with Unread() as pipe:
        log = log_to(pipe.path)
        for number in range(9000):
            say(log, f"line {number:04}")
        say(log, "a hundred lines, " * 100)
        written = pipe.lines(log)
        say(log, "again")
        assert pipe.lines(log)[-1].endswith("INFO again")
    kept = sum("INFO line " in line for line in written)
    assert [line[-9:] for line in written[:-1]] == [f"line {number:04}" for number in range(kept)]
    assert written[-1] == f"2023-09-03T12:00:00Z WARNING {9001 - kept} lines lost: the log took no more"
    assert (320 << 10) - 9000 < sum(len(line) + 1 for line in written) < (330 << 10)


def test_a_stderr_that_nobody_reads_holds_nobody_up(tmp_path: Path) -> None:
    """A backend whose stderr is a full pipe answers every frame, and leaves when it is told to."""
    scratch = Scratch(tmp_path)
    with subprocess.Popen(
        BACKEND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=scratch.environ
    ) as backend:
        assert backend.stdin and backend.stdout
        watch = threading.Timer(PATIENCE_S, backend.kill)
        watch.start()
        for number in range(6):
            frames = [f'[2,"{number}-{each}","Heartbeat",{{}}]\n' for each in range(300)]
            backend.stdin.write("".join(frames).encode())
            backend.stdin.flush()
            assert all(backend.stdout.readline() for _ in frames)
        backend.terminate()
        assert backend.wait() == 0
        watch.cancel()
