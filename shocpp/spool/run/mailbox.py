"""
The command's end of the mailbox: put a request there, wake the backend, wait for the confirmation.

Knows files, locks and signals; to it a frame is an array whose second item is the unique id.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import select
import signal
import time
from datetime import UTC, datetime

from shocpp.errors import BusyError, NotPermittedError, ShocppError, TryAgainError, UnavailableError
from shocpp.spool.files import durable, names
from shocpp.spool.files.disk_faults import explained
from shocpp.spool.files.fifo import Fifo
from shocpp.spool.run import command_lock, hints, sightings
from shocpp.spool.run.held_mailbox import CONFIRMATION, LOCK, PID, REQUEST, WAITING, folder_of
from shocpp.times import utc

_LOOK_ANYWAY_S = 1.0  # who holds the mailbox may know no more than its files
_LOOK_OFTEN_S = 0.02  # on a file system without FIFOs


def connected(run_dir: str) -> list[str]:
    """Give the identities of all charge points that are connected, the anonymous one as an empty text."""
    return [identity for identity in seen(run_dir) if is_alive(os.path.join(folder_of(run_dir, identity), PID))]


def seen(run_dir: str) -> list[str]:
    """Give the identities of all charge points that left anything below run/, in order."""
    try:
        entries = sorted(entry.name for entry in os.scandir(run_dir) if entry.is_dir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise explained(error, run_dir, "read") from error
    anonymous = any(os.path.exists(os.path.join(run_dir, name)) for name in (PID, "status.json"))
    identities = (_identity_of(run_dir, name) for name in entries if name not in names.RESERVED)
    return [*([""] if anonymous else []), *(identity for identity in identities if identity is not None)]


def _identity_of(run_dir: str, name: str) -> str | None:
    """Find out whose folder this is: its name says it, or where that was too long what is in it."""
    identity = names.identity_of(name)
    if identity is None:
        told = sightings.read(os.path.join(run_dir, name), sightings.STATUS).get("identity")
        identity = told if isinstance(told, str) and names.folder_name(told) == name else None
    return identity


def is_alive(pid_file: str) -> bool:
    """Tell whether a process holds a connection's pid file: whether its lock is held, not whether its number exists."""
    try:
        descriptor = os.open(pid_file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise explained(error, pid_file, "open") from error
    try:
        return _is_locked(descriptor)
    finally:
        os.close(descriptor)


def held_since(pid_file: str) -> str | None:
    """Give when a connection began, if it is held: its pid file is written then, its sightings come later."""
    try:
        began = os.stat(pid_file).st_mtime
    except OSError:
        return None
    return utc(datetime.fromtimestamp(int(began), UTC))


class Mailbox:
    """
    A charge point's mailbox, for commands.

    Args:
        run_dir: The folder run/.
        identity: The charge point's; empty for the anonymous one.
    """

    def __init__(self, run_dir: str, identity: str) -> None:
        self._run_dir = run_dir
        self._identity = identity
        self._folder = folder_of(run_dir, identity)
        self._name = identity or "the anonymous charge point"
        self._place = os.path.join("run", os.path.basename(self._folder)) if identity else "run"

    def ask(self, unique_id: str, frame: str, timeout_s: float) -> list[object]:
        """
        Send a request frame and give the answer's.

        Args:
            unique_id: The frame's; fresh, so that only its own answer is taken for the answer.
            frame: The complete request as JSON.
            timeout_s: How long to wait for other commands, and then again for the answer.

        Raises:
            UnavailableError: The charge point is not connected, or went while we waited.
            BusyError: Other commands held the mailbox.
            TryAgainError: No answer came in time.
            NotPermittedError: The mailbox or its process is not ours to use.
        """
        if not os.path.isdir(self._folder):
            raise self._away()
        try:
            with command_lock.held(os.path.join(self._folder, LOCK), timeout_s):
                return self._ask(unique_id, frame, timeout_s)
        except BusyError:
            raise BusyError(f"{self._name} is busy with another command since {timeout_s:g} s; try again") from None

    def _ask(self, unique_id: str, frame: str, timeout_s: float) -> list[object]:
        try:
            holder = _Holder(os.path.join(self._folder, PID))
        except FileNotFoundError:
            raise self._away() from None
        request = os.path.join(self._folder, REQUEST)
        woken = None
        try:
            if not holder.is_there():
                raise self._away()
            woken = _fifo(os.path.join(self._folder, WAITING))  # before anybody can have an answer
            durable.replace(request, frame.encode())
            if not hints.give(self._run_dir, holder.pid, self._identity):
                holder.signal()
            return self._wait(unique_id, holder, woken, timeout_s)
        finally:
            holder.close()
            durable.remove(request)
            if woken is not None:
                woken.close()

    def _wait(self, unique_id: str, holder: _Holder, woken: Fifo | None, timeout_s: float) -> list[object]:
        """Sleep until the answer is there, or is not to come any more."""
        deadline = time.monotonic() + timeout_s
        while True:
            is_there = holder.is_there()  # before the look: what came with its last breath is still an answer
            answer = self._answer(unique_id)
            if answer is not None:
                return answer
            if not is_there:
                raise UnavailableError(f"{self._name} disconnected before it answered")
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise TryAgainError(f"{self._name} gave no answer in {timeout_s:g} s; try again")
            holder.sleep(min(left_s, _LOOK_ANYWAY_S if woken else _LOOK_OFTEN_S), woken)

    def _answer(self, unique_id: str) -> list[object] | None:
        try:
            with open(os.path.join(self._folder, CONFIRMATION), "rb") as file:
                frame = json.loads(file.read())
        except (FileNotFoundError, ValueError):
            return None
        is_ours = isinstance(frame, list) and len(frame) > 2 and str(frame[1]) == unique_id
        return frame if is_ours else None

    def _away(self) -> UnavailableError:
        return UnavailableError(f"{self._name} is not connected (no process holds {self._place})")


class _Holder:
    """
    The process that held a connection when we looked.

    Attributes:
        pid: Its number; 0 if there is none.

    Raises:
        FileNotFoundError: None does, or it has just gone.
    """

    def __init__(self, pid_file: str) -> None:
        self._path = pid_file
        self._file = os.open(pid_file, os.O_RDONLY | os.O_CLOEXEC)
        self._process, self.pid = -1, 0
        self._has_ended = False
        try:
            # the order matters: the lock says that the number is a living backend's, the descriptor keeps
            # it from meaning another process, the second look at the lock says that it still was
            if _is_locked(self._file):
                self.pid = int(os.read(self._file, 20))
                self._process = os.pidfd_open(self.pid)
        except (OSError, OverflowError, ValueError):
            self._process = -1

    def is_there(self) -> bool:
        """Tell whether it lives and no newer connection has taken its place."""
        if self._process < 0 or self._has_ended or not _is_locked(self._file):
            return False
        try:
            there, ours = os.stat(self._path), os.fstat(self._file)
        except FileNotFoundError:
            return False
        return (there.st_ino, there.st_dev) == (ours.st_ino, ours.st_dev)

    def signal(self) -> None:
        """
        Have it look into all mailboxes that it holds.

        Whoever may read an old pid file may lock it; the number in it is another program's by now, which SIGUSR1 would
        end. So only the process that holds the lock is signalled.

        Raises:
            NotPermittedError: It is another user's.
        """
        if not _may_hold(self.pid, self._file):
            return
        try:
            signal.pidfd_send_signal(self._process, signal.SIGUSR1)
        except ProcessLookupError:
            pass  # gone this moment: the wait sees it at once
        except PermissionError:
            raise NotPermittedError(
                f"the process that holds {os.path.dirname(self._path)} is another user's; run this as that user"
            ) from None

    def sleep(self, seconds: float, woken: Fifo | None) -> None:
        """Sleep until woken, but not beyond the process's end."""
        poll = select.poll()  # select(2) knows no descriptor above 1023
        poll.register(self._process, select.POLLIN)
        if woken is not None:
            poll.register(woken.descriptor, select.POLLIN)
        ready = [descriptor for descriptor, _ in poll.poll(math.ceil(seconds * 1000))]
        self._has_ended = self._process in ready
        if woken is not None and woken.descriptor in ready:
            woken.drain()  # before the next look: what comes after it wakes us again

    def close(self) -> None:
        """Let go of the pid file and of the process."""
        os.close(self._file)
        if self._process >= 0:
            os.close(self._process)


def _fifo(path: str) -> Fifo | None:
    """Make the FIFO that wakes us; None where there are no FIFOs."""
    try:
        return Fifo(path)
    except ShocppError:
        return None


def _may_hold(pid: int, descriptor: int) -> bool:
    """
    Tell whether a process holds the lock of an open file, as far as the system says who does.

    Where it does not (a sandbox, another container), the process must at least be of the file's owner.
    """
    there = os.fstat(descriptor)
    try:
        holders = _holders(str(there.st_ino))
        return pid in holders if holders else os.stat(f"/proc/{pid}").st_uid == there.st_uid
    except FileNotFoundError:
        return False  # gone this moment


def _holders(inode: str) -> set[int]:
    """Give the processes that hold a flock on a file of that number; empty where that is not to be found out."""
    try:
        with open("/proc/locks", encoding="ascii") as file:
            locks = [line.split() for line in file]
    except OSError:
        return set()
    of_file = (words for words in locks if words[1] == "FLOCK" and words[5].rpartition(":")[2] == inode)
    return {int(words[4]) for words in of_file} - {0, -1}  # a process of another container has no number here


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False
