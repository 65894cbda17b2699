"""Debian's Chromium without a window, driven through its debugging pipe: what a page looks like, and its measures."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Literal, Self

EXECUTABLE = shutil.which("chromium")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
    "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe",
)  # fmt: skip


class Chromium:
    """One browser with one page; every host name resolves to nothing."""

    def __enter__(self) -> Self:
        assert EXECUTABLE, "there is no chromium here"
        self._home = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        theirs, ours = os.pipe()
        back, answers = os.pipe()
        # The browser reads its commands from descriptor 3 and answers on 4.
        shell = ("/bin/bash", "-c", f'exec "$@" 3<&{theirs} 4>&{answers}', "chromium")
        self._process = subprocess.Popen(
            [*shell, EXECUTABLE, *_FLAGS, f"--user-data-dir={self._home.name}", "about:blank"],
            pass_fds=(theirs, answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        os.close(answers)
        self._commands: IO[bytes] = os.fdopen(ours, "wb", buffering=0)
        self._answers: IO[bytes] = os.fdopen(back, "rb")
        self._numbers = itertools.count(1)
        self._session: str | None = None
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(20)
        self._commands.close()
        self._answers.close()
        self._home.cleanup()

    def show(self, html: str, width: int, scheme: Literal["light", "dark"] = "light") -> None:
        """Lay a document out as a screen of this width shows it."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._ask("Emulation.setEmulatedMedia", features=features)
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=True)
        frame = self._ask("Page.getFrameTree")["frameTree"]["frame"]["id"]
        self._ask("Page.setDocumentContent", frameId=frame, html=html)

    def read(self, script: str) -> Any:
        """Return the value of a script in the page."""
        answer = self._ask("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def take_picture(self, path: Path) -> None:
        """Write a PNG of the whole page."""
        data = self._ask("Page.captureScreenshot", format="png", captureBeyondViewport=True)["data"]
        path.write_bytes(base64.b64decode(data))

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._commands.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = json.loads(self._read_message())
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return dict(answer["result"])

    def _read_message(self) -> bytes:
        message = bytearray()
        while (byte := self._answers.read(1)) != b"\0":
            assert byte, "chromium closed its pipe"
            message += byte
        return bytes(message)
