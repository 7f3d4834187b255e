"""Running a learner's code within limits: of time, of output, of recursion.

The code runs on the caller's own thread, since in a notebook that is where figures, torch and
interrupts belong. A second thread keeps the time and sends the main thread a signal, whose handler
raises :class:`Stopped` there. On another thread than the main one, which gets no signals, only the
output is limited.
"""

from __future__ import annotations

import _thread
import builtins
import contextlib
import io
import linecache
import random
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

_HERE = str(Path(__file__).resolve().parent)


# No program of a learner's uses it; Windows has the first of them only.
_SIGNAL = getattr(signal, "SIGUSR1", signal.SIGABRT)


class Stopped(BaseException):
    """The learner's code has overstepped a limit.

    A BaseException, so that ``except Exception`` lets it pass. One that is caught all the same is
    thrown away at the end of its ``except:``, and then the next line raises another: that one lies
    outside of the ``try``. So nested loops are left one after the other.
    """

    def __del__(self):
        if sys.version_info[:2] == (3, 12):  # which hung when it was tried; there the signals do it
            return
        on_main_thread = threading.get_ident() == threading.main_thread().ident
        if _Watch.current is not None and not _Watch.current.over and on_main_thread:
            _trace_lines(sys._getframe(1))


def _trace_lines(frame, event=None, argument=None) -> None:
    """Raise :class:`Stopped` at the next line of this frame, or of its callers up to the guard.

    A bare ``except:`` in a loop catches what is raised in its ``try``, but the first line after the
    ``except:`` lies outside of it, and nothing catches what is raised there. As a profile function
    this sets the trace anew at every call and return, since Python drops one that has raised.
    """
    while frame is not None and frame.f_code is not Guard.run.__code__:
        frame.f_trace = _raise_at_line
        frame = frame.f_back
    sys.settrace(_raise_at_line)


def _raise_at_line(frame, event, argument):
    if event == "line" and not frame.f_code.co_filename.startswith(_HERE):
        raise Stopped
    return _raise_at_line


@dataclass
class Run:
    """What came of a guarded call: a value, or an error, or what stopped it ("time", "output")."""

    value: object = None
    error: BaseException | None = None
    stopped: str | None = None
    printed: str = ""
    warned: list[str] = field(default_factory=list)


class Guard:
    """Runs calls within one budget of seconds, which all calls made through it share.

    Parameters
    ----------
    seconds
        The budget; a call that oversteps it is stopped, later ones are not begun.
    output_limit
        Characters that one call may print.
    warnings_raise
        True: NumPy's RuntimeWarnings are raised as exceptions.
    tick
        Called twice a second with the seconds passed, from another thread, for a progress bar.
    """

    def __init__(
        self,
        seconds: float,
        *,
        output_limit: int = 10_000,
        warnings_raise: bool = False,
        tick: Callable[[float], None] | None = None,
    ):
        self.left, self.output_limit = seconds, output_limit
        self.warnings_raise, self.tick = warnings_raise, tick

    def run(self, call: Callable[[], object]) -> Run:
        """Call it. Nothing that it does is raised here, except the reader's own Ctrl-C."""
        if self.left <= 0:
            return Run(stopped="time")
        watch = _Watch(self.left, self.tick)
        run, capture = Run(), _Capture(self.output_limit, watch.hurry)
        tracing, profiling = sys.gettrace(), sys.getprofile()
        start = time.monotonic()
        with _surroundings(capture, self.warnings_raise) as warned:
            try:
                try:
                    watch.start()
                    run.value = call()
                finally:
                    watch.stop()
            except Stopped:
                run.stopped = "time"
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                run.error = error
            finally:
                while not watch.over:
                    with contextlib.suppress(Stopped):
                        watch.stop()
                watch.stop()
                watch.close()
                sys.setprofile(profiling)
                sys.settrace(tracing)
        if capture.full:  # even if it caught what was to stop it
            run = Run(stopped="output")
        self.left -= time.monotonic() - start
        run.printed = "".join(capture.parts)
        run.warned = sorted({str(w.message) for w in warned if w.category is RuntimeWarning})
        return run


class _Watch:
    """Raises :class:`Stopped` in the main thread when the time is over, until stopped."""

    current: _Watch | None = None  # the one that watches the main thread now

    def __init__(self, seconds: float, tick: Callable[[float], None] | None):
        self.seconds, self.tick = seconds, tick
        # A bare lock, taken here and given back to wake the other thread. An Event has locks of its
        # own, which Stopped, raised between any two lines of Python, could leave taken for ever.
        self.asleep, self.over = threading.Lock(), False
        self.asleep.acquire()
        self.thread = None

    def start(self) -> None:
        # In the book's pages there are no threads: the page itself keeps the time.
        if threading.current_thread() is threading.main_thread() and sys.platform != "emscripten":
            self.previous, _Watch.current = _Watch.current, self
            self.handler = signal.signal(_SIGNAL, self._raise)
            self.thread = threading.Thread(target=self._keep_time, daemon=True)
            self.thread.start()

    def hurry(self) -> None:
        """Act as if the time were over."""
        if (
            self.asleep.locked()
        ):  # only this thread gives it back, so it stays so until the next line
            self.asleep.release()

    def stop(self) -> None:
        """Raise nothing more. It may itself be left by a :class:`Stopped`: call it again then."""
        self.over = True
        sys.setprofile(None)
        sys.settrace(None)

    def close(self) -> None:
        """Wait for the last signal, and give back the signal's handler."""
        self.hurry()
        if self.thread is not None:
            self.thread.join()
            signal.signal(_SIGNAL, self.handler)
            _Watch.current = self.previous

    def _raise(self, number, frame) -> None:
        if not self.over:
            _trace_lines(frame)
            sys.setprofile(_trace_lines)
            raise Stopped

    def _keep_time(self) -> None:
        start = time.monotonic()
        while (passed := time.monotonic() - start) < self.seconds:
            if self.tick:
                self.tick(passed)
            wait = min(self.seconds - passed, 0.5 if self.tick else self.seconds)
            if self.asleep.acquire(timeout=wait):
                break
        while not self.over:
            if hasattr(signal, "pthread_kill"):  # it also wakes a sleeper
                signal.pthread_kill(threading.main_thread().ident, _SIGNAL)
            else:
                _thread.interrupt_main(_SIGNAL)
            time.sleep(0.05)


class _Capture(io.TextIOBase):
    """A text stream that keeps what is written, and stops the writer at the limit."""

    def __init__(self, limit: int, on_full: Callable[[], None]):
        self.limit, self.on_full = limit, on_full
        self.parts, self.length, self.full = [], 0, False

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if text.startswith("\r"):  # a progress bar, which overwrites itself
            return len(text)
        self.length += len(text)
        if self.length > self.limit:
            self.full = True
            self.on_full()
            raise Stopped
        self.parts.append(text)
        return len(text)


@contextlib.contextmanager
def _surroundings(capture: _Capture, warnings_raise: bool):
    """Output and figures caught, input() refused, warnings kept, random numbers seeded.

    All of it is put back as it was: a check changes nothing for the cells that follow.
    """
    with contextlib.ExitStack() as stack:
        stack.callback(setattr, builtins, "input", builtins.input)
        builtins.input = _no_input
        _seed(stack)
        _hide_figures(stack)
        stack.enter_context(contextlib.redirect_stdout(capture))
        stack.enter_context(contextlib.redirect_stderr(capture))
        warned = stack.enter_context(warnings.catch_warnings(record=True))
        warnings.simplefilter("always")
        if warnings_raise:
            warnings.simplefilter("error", RuntimeWarning)
        yield warned


def _no_input(*args):
    raise EOFError("input() cannot be answered while an answer is checked")


def _seed(stack: contextlib.ExitStack) -> None:
    stack.callback(random.setstate, random.getstate())
    stack.callback(np.random.set_state, np.random.get_state())  # noqa: NPY002
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002
    if torch := sys.modules.get("torch"):
        stack.callback(torch.set_rng_state, torch.get_rng_state())
        torch.manual_seed(0)


def _hide_figures(stack: contextlib.ExitStack) -> None:
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        before = set(pyplot.get_fignums())
        stack.callback(lambda: [pyplot.close(n) for n in set(pyplot.get_fignums()) - before])
    ipython = sys.modules.get("IPython")
    if shell := ipython and ipython.get_ipython():
        from IPython.core.displaypub import CapturingDisplayPublisher

        stack.callback(setattr, shell, "display_pub", shell.display_pub)
        shell.display_pub = CapturingDisplayPublisher()


def learner_lines(error: BaseException, filename: str | None) -> list[str]:
    """The lines of the learner's own code that led to the error, outermost first, three at most.

    ``filename`` is the file (in a notebook: the cell) that defines the answer, None if unknown.
    """
    lines = []
    for frame in traceback.extract_tb(error.__traceback__):
        cell = "ipykernel_" in frame.filename or frame.filename.startswith("<ipython-input")
        if cell or frame.filename == filename:
            source = linecache.getline(frame.filename, frame.lineno).strip()
            source = source if len(source) <= 80 else source[:80] + "…"
            place = f"line {frame.lineno} in {frame.name}"
            lines.append(f"{place}, `{source}`" if source and "`" not in source else place)
    return lines[-3:]
