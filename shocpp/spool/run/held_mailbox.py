"""
The backend's end of the mailbox: who holds the connection to a charge point, requests in, confirmations out.

Alive means that the lock on ``shocpp.pid`` is held. The newest connection puts its own locked file in the
old one's place; the old one notices and leaves everything alone. Whoever waits for a confirmation is woken when it is
there, and when the connection is another one's or nobody's. ``spool.run.mailbox`` is the other end.
"""

from __future__ import annotations

import errno
import fcntl
import os

from shocpp.errors import BusyError, MissingError, NoLocksError, ShocppError
from shocpp.json_reading import loads
from shocpp.spool.files import durable, flock
from shocpp.spool.files.disk_faults import explained
from shocpp.spool.files.fifo import tell
from shocpp.spool.files.names import folder_name

PID, REQUEST, CONFIRMATION, LOCK = "shocpp.pid", "request.json", "confirmation.json", "command.lock"
WAITING = "confirmation.fifo"
_PATIENCE_S = 5.0  # with whoever locks the folder


def folder_of(run_dir: str, identity: str) -> str:
    """Give the folder of a charge point: run/ itself for the anonymous one, which has no name."""
    return os.path.join(run_dir, folder_name(identity)) if identity else run_dir


class HeldMailbox:
    """Holds a charge point's mailbox for one connection."""

    def __init__(self, run_dir: str, identity: str) -> None:
        self._run_dir = run_dir
        self.folder = folder_of(run_dir, identity)
        self._pid = os.path.join(self.folder, PID)
        self._held = -1
        self._file = (0, 0)  # which one is held
        self._served: object = None

    @property
    def has_folder(self) -> bool:
        """Tell whether anything is kept of the charge point."""
        return os.path.isdir(self.folder)

    def hold(self) -> None:
        """
        Become the process that holds the connection, in the place of whoever did.

        Raises:
            NoLocksError: There are none below run/, for no charge point.
            ShocppError: The folder cannot be made or written to.
        """
        beside = f"{self._pid}.new"
        try:
            lock = self._lock_folder()
        except MissingError:
            durable.make_folder(self.folder, is_lasting=False)
            lock = self._lock_folder()
        held = -1
        try:
            held = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, durable.FILE_MODE)
            durable.set_mode(held, durable.FILE_MODE)
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            durable.write_all(held, f"{os.getpid()}\n".encode())
            os.rename(beside, self._pid)
            self._file = _file_of(os.fstat(held))
            self._held, held = held, -1
        except OSError as error:
            raise explained(error, self._pid, "write") from error
        finally:
            os.close(lock)
            if held >= 0:
                os.close(held)  # and with it its lock, which the next one wants
        self._wake()

    def is_ours(self) -> bool:
        """Tell whether no newer connection of this charge point has taken over."""
        if self._held < 0:
            return False
        try:
            return _file_of(os.stat(self._pid)) == self._file
        except OSError:
            return False

    @property
    def is_taken_over(self) -> bool:
        """Tell whether a newer connection of this charge point holds what we held."""
        return self._held >= 0 and not self.is_ours()

    def request(self) -> list[object] | None:
        """
        Give the frame in request.json, parsed; None if there is none that was not given before.

        A file that is no frame is passed over: whoever put it there waits in vain, and nobody else is harmed.
        """
        if not self.is_ours():
            return None
        try:
            with open(os.path.join(self.folder, REQUEST), "rb") as file:
                frame = loads(file.read())
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(frame, list) or len(frame) < 2 or frame[1] == self._served:
            return None
        self._served = frame[1]
        return frame

    def confirm(self, frame: str) -> None:
        """
        Put the answer to a command where its sender looks for it.

        Raises:
            ShocppError: It cannot be written.
        """
        if self.is_ours():
            durable.replace(os.path.join(self.folder, CONFIRMATION), f"{frame}\n".encode())
            self._wake()

    def release(self) -> None:
        """Let go of the connection; what a newer one put there stays."""
        if self._held < 0:
            return
        try:
            lock = self._lock_folder()
            try:
                if self.is_ours():
                    os.unlink(self._pid)
            finally:
                os.close(lock)
        except (OSError, ShocppError):
            pass  # the folder is gone or read-only: letting go of the lock says enough
        finally:
            os.close(self._held)
            self._held = -1
        self._wake()

    def _wake(self) -> None:
        """Wake the command that waits for a confirmation, if one does: it looks for its answer anew."""
        tell(os.path.join(self.folder, WAITING))

    def _lock_folder(self) -> int:
        """
        Hold the folder while names in it are looked at and changed: close what is returned to let go.

        Raises:
            MissingError: It is not there, or was removed by who held it before us.
            BusyError: Somebody else holds it.
            NoLocksError: It is on a network file system without locks.
            ShocppError: It cannot be opened or locked.
        """
        try:
            folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise explained(error, self.folder, "open") from error
        try:
            _lock(folder, self.folder)
            if not os.path.samestat(os.stat(self.folder), os.fstat(folder)):
                raise MissingError(f"{self.folder} was removed, and made anew")
        except OSError as error:
            os.close(folder)
            if error.errno == errno.ENOLCK:
                raise NoLocksError(f"cannot lock what is in {self._run_dir}: {os.strerror(errno.ENOLCK)}") from error
            raise explained(error, self.folder, "lock") from error
        except ShocppError:
            os.close(folder)
            raise
        return folder


def _file_of(found: os.stat_result) -> tuple[int, int]:
    """Give what tells a file from all others that there are at the same time."""
    return found.st_ino, found.st_dev


def _lock(descriptor: int, path: str) -> None:
    """
    Lock a folder; others of ours hold it for a moment.

    Raises:
        BusyError: A foreign program holds it for so long that the charge point is better served without a mailbox.
    """
    if not flock.take(descriptor, _PATIENCE_S):
        raise BusyError(f"{path} is locked by another program since {_PATIENCE_S:g} s")
