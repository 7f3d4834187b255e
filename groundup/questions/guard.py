"""Running a learner's code within limits: of time, of output, of recursion.

The code runs on the caller's own thread, since in a notebook that is where figures, torch and
interrupts belong. A second thread keeps the time and sends the main thread a signal, whose handler
raises :class:`Stopped` there. Where there are no threads (in a browser), and on another thread than
the main one, which gets no signals, only the output is limited.
"""

from __future__ import annotations

import _thread
import builtins
import contextlib
import io
import linecache
import math
import random
import signal
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

# No program of a learner's uses it; Windows has the first of them only.
_SIGNAL = getattr(signal, "SIGUSR1", signal.SIGABRT)


class Stopped(BaseException):
    """The learner's code has overstepped a limit; a BaseException, not to be caught by mistake."""


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
        The budget; a call that oversteps it is stopped, later ones are not begun. With ``inf`` no
        time is kept, which takes a thread for each call: for answers of our own.
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
        run, watch = Run(), _Watch(self.left, self.tick)
        capture = _Capture(self.output_limit, watch.hurry)
        with _surroundings(capture, self.warnings_raise) as warned, watch.keeping_time():
            # Python looks for signals after a call, never between two of these lines: so none is
            # raised outside of the ``try``.
            try:
                watch.armed = True
                run.value = call()
                watch.armed = False
            except BaseException as error:
                watch.armed = False
                run.error = error
        if isinstance(run.error, KeyboardInterrupt):
            raise run.error
        if isinstance(run.error, Stopped):
            run = Run(stopped="time")
        if capture.full:  # even if it caught what was to stop it
            run = Run(stopped="output")
        self.left -= watch.passed
        run.printed = "".join(capture.parts)
        run.warned = sorted({str(w.message) for w in warned if w.category is RuntimeWarning})
        return run


class _Watch:
    """Raises :class:`Stopped` in the main thread when the time is over, as long as it is armed."""

    def __init__(self, seconds: float, tick: Callable[[float], None] | None):
        self.seconds, self.tick = seconds, tick
        self.armed = self.over = self.insist = False
        self.passed = 0.0  # seconds, where time is kept
        # A bare lock, taken here and given back to wake the other thread. An Event has locks of its
        # own, which Stopped, raised between any two steps of Python, could leave taken for ever.
        self.asleep = threading.Lock()
        self.asleep.acquire()

    @contextlib.contextmanager
    def keeping_time(self):
        """Signals from another thread; none is on its way when this is left."""
        main = threading.current_thread() is threading.main_thread()
        # In the book's pages those keep the time.
        if not main or sys.platform == "emscripten" or self.seconds == math.inf:
            yield
            return
        start, handler = time.monotonic(), signal.signal(_SIGNAL, self._raise)
        thread = threading.Thread(target=self._keep_time, args=(start,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self.over = True
            self.hurry()
            thread.join()
            signal.signal(_SIGNAL, handler)
            self.passed = time.monotonic() - start

    def hurry(self) -> None:
        """Act as if the time were over, and one :class:`Stopped` raised already."""
        self.insist = True
        if self.asleep.locked():  # and stays so until the next line: only this thread gives it back
            self.asleep.release()

    def _keep_time(self, start: float) -> None:
        while (passed := time.monotonic() - start) < self.seconds:
            if self.tick:
                self.tick(passed)
            wait = self.seconds - passed
            if self.asleep.acquire(timeout=min(wait, 0.5) if self.tick else wait):
                break
        while not self.over:
            if hasattr(signal, "pthread_kill"):  # it also wakes a sleeper
                signal.pthread_kill(threading.main_thread().ident, _SIGNAL)
            else:
                _thread.interrupt_main(_SIGNAL)
            time.sleep(0.01)

    def _raise(self, number, frame) -> None:
        """Raise :class:`Stopped`, and from the second time on at every further step.

        What is raised within a ``try`` may be caught by a bare ``except:``; what is raised at the
        next step, when Python leaves that, is caught by the next outer one, and so on outwards. For
        this the next signal has to be there already: it is sent in a way that is no call, as after
        a call Python looks for signals here. One in ten is let pass, since in Python 3.12 the jump
        after an ``except:`` belongs to its ``try`` and the one after that does not.
        """
        if not self.armed:
            return
        if self.insist:
            passes = random.random() < 0.1
            [*map(_thread.interrupt_main, [number])]
            if passes:
                return
        self.insist = True
        raise Stopped


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
        # torch.manual_seed would also seed other devices, for good, and keep a note of each call.
        torch.default_generator.manual_seed(0)


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
