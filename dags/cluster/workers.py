"""Who gives workers their work: Dask, on this machine or by the address of a scheduler. It knows no table."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from models.errors import ConfigurationError, TrialwatchError

if TYPE_CHECKING:
    from distributed import Client, Future

Answer = TypeVar("Answer")
_TRIES_AGAIN = 3  # of a task that failed, and of one whose worker was lost
_SECONDS = 30  # in which a scheduler must answer


class LostError(TrialwatchError):
    """A call that no worker brought to its end."""


class Wish(msgspec.Struct, frozen=True):
    """How files are read: `workers` of this machine, or those of a `scheduler`; `staging` is a place that all see."""

    workers: int = 0
    scheduler: str = ""
    staging: str = ""


def read_wish(workers: int, scheduler: str, staging: str) -> Wish | None:
    """Return how files are to be read, as the command line says it; None: by this process.

    Raises:
        ConfigurationError: workers of this machine and of a scheduler, or a staging for nobody.
    """
    if workers and scheduler:
        raise ConfigurationError("--workers are of this machine, --scheduler has its own", "name one of them")
    if staging and not (workers or scheduler):
        raise ConfigurationError("--staging is for workers", "say how many: --workers 2")
    return Wish(workers, scheduler, staging) if workers or scheduler else None


def check_extra() -> None:
    """Refuse what needs the extra where it is not installed.

    Raises:
        ConfigurationError: it is not.
    """
    missing = [name for name in ("distributed", "fsspec") if importlib.util.find_spec(name) is None]
    if missing:
        remedy = "install it: pip install 'trialwatch[distributed]'"
        raise ConfigurationError(f"--workers and --scheduler need Dask; not installed: {', '.join(missing)}", remedy)


class Task(Generic[Answer]):
    """A call under way."""

    def __init__(self, future: Future) -> None:
        self._future = future

    def wait(self) -> Answer:
        """Return what the function returned.

        Raises:
            TrialwatchError, OSError: what the function raised, the last time it was tried.
            LostError: every worker that tried it was lost.
        """
        from distributed import KilledWorker  # noqa: PLC0415  the extra is there by now
        from distributed.client import FutureCancelledError  # noqa: PLC0415  likewise

        try:
            answer: Answer = self._future.result()
        except KilledWorker as error:
            raise LostError("every worker that tried was lost", "have they memory enough? See docs/scale.md") from error
        except FutureCancelledError as error:
            raise LostError("the scheduler is lost", "begin again: files read before are passed over") from error
        return answer


class Workers:
    """Takes calls of functions and gives their answers."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def at_once(self) -> int:
        """How many calls are worked at, at most, by the workers there are now; at least one."""
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def submit(self, function: Callable[..., Answer], *arguments: Any) -> Task[Answer]:
        """Have a function called on a worker; it is called again where it fails or its worker is lost."""
        return Task(self._client.submit(function, *arguments, retries=_TRIES_AGAIN, pure=False))


class Crew(msgspec.Struct, frozen=True):
    """Workers, and the folder or URL below which they write what they read."""

    workers: Workers
    staging: str


@contextlib.contextmanager
def open_crew(wish: Wish, home: Path) -> Iterator[Crew]:
    """Have workers and a staging of their own; it lies in `home` where the wish names no place, and ends with them.

    Raises:
        ConfigurationError: there are no workers, or the staging cannot be made.
    """
    with open_workers(wish) as workers, _open_staging(wish.staging or str(home)) as staging:
        yield Crew(workers, staging)


@contextlib.contextmanager
def _open_staging(place: str) -> Iterator[str]:
    import fsspec  # noqa: PLC0415  comes with the extra

    whole = place if "://" in place else str(Path(place).resolve())  # workers may stand elsewhere
    folder = f"{whole.rstrip('/')}/trialwatch-{uuid.uuid4().hex}"
    try:
        source, path = fsspec.core.url_to_fs(folder)
        source.makedirs(path, exist_ok=True)
    except (OSError, ValueError, ImportError) as error:
        raise ConfigurationError(f"{place}: {error}", "name a folder or URL to write to: --staging") from error
    try:
        yield folder
    finally:
        source.rm(path, recursive=True)


@contextlib.contextmanager
def open_workers(wish: Wish) -> Iterator[Workers]:
    """Have workers at hand: of this machine they are begun and ended here.

    Raises:
        ConfigurationError: the scheduler does not answer, or has no workers.
    """
    from distributed import Client, LocalCluster  # noqa: PLC0415  likewise

    with contextlib.ExitStack() as stack:
        address: Any = wish.scheduler
        if not address:
            address = stack.enter_context(
                LocalCluster(
                    n_workers=wish.workers,
                    threads_per_worker=1,  # Python works at one thing at a time
                    security=True,  # certificates for the while: whoever reaches a worker can have it run anything
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                    worker_dashboard_address="127.0.0.1:0",
                    silence_logs=logging.ERROR,
                )
            )
        try:
            client = stack.enter_context(Client(address, timeout=_SECONDS))
            client.wait_for_workers(1, timeout=_SECONDS)
        except (OSError, ValueError) as error:  # TimeoutError is one of the first
            place = f"--scheduler {wish.scheduler}" if wish.scheduler else "--workers"
            remedy = "are `dask scheduler` and a `dask worker` running there, and may you reach them?"
            raise ConfigurationError(f"{place}: {error}", remedy) from error
        yield Workers(client)
