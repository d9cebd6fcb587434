"""
The command's end of the mailbox: put a request there, wake the backend, wait for the confirmation.

Knows files, locks and signals; to it a frame is an array whose second item is the unique id.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import time

from shocpp.errors import BusyError, NotPermittedError, TryAgainError, UnavailableError
from shocpp.spool import durable, names, sightings
from shocpp.spool.held_mailbox import CONFIRMATION, LOCK, PID, REQUEST, folder_of

_FIRST_LOOK_S, _LAST_LOOK_S = 0.002, 0.02


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
        raise durable.explained(error, run_dir, "read") from error
    anonymous = any(os.path.exists(os.path.join(run_dir, name)) for name in (PID, "status.json"))
    identities = (_identity_of(run_dir, name) for name in entries if name != sightings.TRANSACTIONS)
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
        raise durable.explained(error, pid_file, "open") from error
    try:
        return _is_locked(descriptor)
    finally:
        os.close(descriptor)


class Mailbox:
    """
    A charge point's mailbox, for commands.

    Args:
        run_dir: The folder run/.
        identity: The charge point's; empty for the anonymous one.
    """

    def __init__(self, run_dir: str, identity: str) -> None:
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
        from filelock import FileLock, Timeout

        if not os.path.isdir(self._folder):
            raise self._away()
        try:
            with FileLock(os.path.join(self._folder, LOCK), timeout=timeout_s):
                return self._ask(unique_id, frame, timeout_s)
        except Timeout:
            raise BusyError(f"{self._name} is busy with another command since {timeout_s:g} s; try again") from None
        except OSError as error:
            raise durable.explained(error, os.path.join(self._folder, LOCK), "lock") from error

    def _ask(self, unique_id: str, frame: str, timeout_s: float) -> list[object]:
        try:
            holder = _Holder(os.path.join(self._folder, PID))
        except FileNotFoundError:
            raise self._away() from None
        request = os.path.join(self._folder, REQUEST)
        try:
            if not holder.is_there():
                raise self._away()
            durable.replace(request, frame.encode(), mode=0o640)
            holder.wake()
            return self._wait(unique_id, holder, timeout_s)
        finally:
            holder.close()
            durable.remove(request)

    def _wait(self, unique_id: str, holder: _Holder, timeout_s: float) -> list[object]:
        deadline = time.monotonic() + timeout_s
        pause = _FIRST_LOOK_S
        while True:
            is_there = holder.is_there()  # before the look: what came with its last breath is still an answer
            answer = self._answer(unique_id)
            if answer is not None:
                return answer
            if not is_there:
                raise UnavailableError(f"{self._name} disconnected before it answered")
            if time.monotonic() >= deadline:
                raise TryAgainError(f"{self._name} gave no answer in {timeout_s:g} s; try again")
            holder.pause(pause)
            pause = min(pause * 2, _LAST_LOOK_S)

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

    Raises:
        FileNotFoundError: None does, or it has just gone.
    """

    def __init__(self, pid_file: str) -> None:
        self._path = pid_file
        self._file = os.open(pid_file, os.O_RDONLY | os.O_CLOEXEC)
        self._process = -1
        try:
            # the order matters: the lock says that the number is a living backend's, the descriptor keeps
            # it from meaning another process, the second look at the lock says that it still was
            if _is_locked(self._file):
                self._process = os.pidfd_open(int(os.read(self._file, 20)))
        except (OSError, OverflowError, ValueError):
            self._process = -1

    def is_there(self) -> bool:
        """Tell whether it lives and no newer connection has taken its place."""
        if self._process < 0 or not _is_locked(self._file):
            return False
        try:
            there, ours = os.stat(self._path), os.fstat(self._file)
        except FileNotFoundError:
            return False
        return (there.st_ino, there.st_dev) == (ours.st_ino, ours.st_dev)

    def wake(self) -> None:
        try:
            signal.pidfd_send_signal(self._process, signal.SIGUSR1)
        except ProcessLookupError:
            pass  # gone this moment: the wait sees it at once
        except PermissionError:
            raise NotPermittedError(
                f"the process that holds {os.path.dirname(self._path)} is another user's; run this as that user"
            ) from None

    def pause(self, seconds: float) -> None:
        """Wait, but not beyond the process's end."""
        end = select.poll()  # select(2) knows no descriptor above 1023
        end.register(self._process, select.POLLIN)
        end.poll(seconds * 1000)

    def close(self) -> None:
        os.close(self._file)
        if self._process >= 0:
            os.close(self._process)


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    return False
