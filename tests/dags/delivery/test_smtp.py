"""What became of a mail, by what a server says or does: one that answers word for word, and one that hangs up."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import IO, Self

import pytest

from dags.delivery.outcome import Outcome, UnreachableError
from dags.delivery.smtp import MailServer
from models.settings import MailSettings

MAIL = b"Subject: news\r\n\r\nText.\r\n"
HANG_UP = b""
_YES = {"EHLO": b"250 here\r\n", "DATA": b"354 go on\r\n", "QUIT": b"221 bye\r\n"}
Send = Callable[[str], Outcome]


class Wire:
    """A server that says `said`, by command, each answer once and then its own; nothing at all: it hangs up."""

    def __init__(self) -> None:
        self.said: dict[str, list[bytes | None]] = {}
        self.heard: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with contextlib.suppress(ConnectionError), connection, connection.makefile("rb") as file:
                self._talk(connection, file)

    def _talk(self, connection: socket.socket, file: IO[bytes]) -> None:
        connection.sendall(b"220 hello\r\n")
        while line := file.readline():
            command = line[:4].decode().strip().upper()
            if not self._answer(connection, command):
                return
            if command == "DATA":
                while file.readline() not in (b".\r\n", b""):
                    pass
                if not self._answer(connection, "."):
                    return

    def _answer(self, connection: socket.socket, command: str) -> bool:
        self.heard.append(command)
        own = _YES.get(command, b"250 yes\r\n")
        said = self.said.get(command) or [None]
        answer = said.pop(0)
        answer = own if answer is None else answer
        if answer:
            connection.sendall(answer)
        return bool(answer)


@pytest.fixture
def wire() -> Iterator[Wire]:
    with Wire() as server:
        yield server


@pytest.fixture
def send(wire: Wire) -> Iterator[Send]:
    """Return what sends one mail over one connection as long as that holds."""
    settings = MailSettings(
        sender="letters@trialwatch.test", host="127.0.0.1", port=wire.port, security="none", timeout_seconds=5
    )
    with MailServer(settings, "", "") as server:
        yield lambda address: server.send(address, MAIL, lambda: None)


@pytest.mark.parametrize(
    ("answer", "state", "is_permanent"),
    [
        (b"250 taken\r\n", "sent", False),
        (b"452 no room\r\n", "refused", False),
        (b"552 too large\r\n", "refused", True),
        (b"354 go on\r\n", "doubt", False),
        (b"what is that\r\n", "doubt", False),
        (b"250 " + b"x" * 20_000 + b"\r\n", "doubt", False),
        (HANG_UP, "doubt", False),
    ],
)
def test_after_the_text_only_yes_is_sent_and_only_no_is_refused(
    answer: bytes, state: str, is_permanent: bool, wire: Wire, send: Send
) -> None:
    wire.said["."] = [answer]
    outcome = send("a@example.org")
    assert (outcome.state, outcome.is_permanent) == (state, is_permanent)
    assert send("b@example.org").state == "sent"


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
@pytest.mark.parametrize("answer", [HANG_UP, b"421 closing\r\n", b"what is that\r\n"])
def test_before_the_text_there_is_no_doubt_and_the_next_recipient_is_sent_its_own(
    stage: str, answer: bytes, wire: Wire, send: Send
) -> None:
    wire.said[stage] = [answer]
    outcome = send("a@example.org")
    assert (outcome.state, outcome.is_permanent) == ("refused", False)
    assert send("b@example.org").state == "sent"


@pytest.mark.parametrize("answer", [HANG_UP, b"421 too many mails on one connection\r\n"])
def test_a_connection_ended_between_two_mails_is_made_anew(answer: bytes, wire: Wire, send: Send) -> None:
    wire.said["MAIL"] = [None, answer, None]
    assert [send("a@example.org").state, send("b@example.org").state] == ["sent", "sent"]
    assert wire.heard.count(".") == 2


def test_a_sender_that_a_new_connection_refuses_is_asked_for_no_second_time(wire: Wire, send: Send) -> None:
    wire.said["MAIL"] = [b"550 not you\r\n", None]
    with pytest.raises(UnreachableError, match=r"takes no mail from letters@trialwatch.test: 550 not you"):
        send("a@example.org")
    assert wire.heard.count("MAIL") == 1


def test_a_line_that_is_a_dot_does_not_end_a_text(wire: Wire) -> None:
    settings = MailSettings(sender="letters@trialwatch.test", host="127.0.0.1", port=wire.port, security="none")
    with MailServer(settings, "", "") as server:
        assert server.send("a@example.org", b"One\r\n.\r\nQUIT\r\n", lambda: None).state == "sent"
    assert wire.heard == ["EHLO", "MAIL", "RCPT", "DATA", ".", "QUIT"]
