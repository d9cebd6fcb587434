"""A mail server that keeps what it gets, on the loopback: enough of SMTP (RFC 5321) for who sends a mail."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType


class MailServer:
    """
    A server in a thread of its own, for a ``with`` block.

    Attributes:
        port: Where it listens.
        mails: What came: sender, recipients, and the message.
    """

    def __init__(self) -> None:
        mails: list[tuple[str, list[str], EmailMessage]] = []

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                sender, recipients = "", list[str]()
                self.wfile.write(b"220 here\r\n")
                for line in self.rfile:
                    verb, _, rest = line.decode().strip().partition(" ")
                    address = rest.partition("<")[2].partition(">")[0]
                    if verb == "MAIL":
                        sender, recipients = address, []
                    elif verb == "RCPT":
                        recipients.append(address)
                    elif verb == "DATA":
                        self.wfile.write(b"354 go on\r\n")
                        mails.append((sender, recipients, self._message()))
                    self.wfile.write(b"221 bye\r\n" if verb == "QUIT" else b"250 ok\r\n")
                    if verb == "QUIT":
                        return

            def _message(self) -> EmailMessage:
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line.removeprefix(b"."))
                found = message_from_bytes(b"".join(lines), policy=policy.default)
                assert isinstance(found, EmailMessage)
                return found

        self.mails = mails
        self._server = socketserver.TCPServer(("127.0.0.1", 0), Session)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def __enter__(self) -> MailServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
