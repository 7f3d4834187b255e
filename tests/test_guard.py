"""The guard by itself: what swallows its stops in any form, and where there are no threads."""

import contextlib
import math
import subprocess
import sys
import threading
import time

import pytest

from groundup.questions.guard import Guard


def swallows():
    while True:
        try:
            time.sleep(0.001)
        except:  # noqa: E722
            pass


def swallows_without_calls():
    n = 0
    while True:
        try:
            n += 1
        except:  # noqa: E722
            n = 0


def swallows_three_deep():
    while True:
        try:
            for _ in range(10**9):
                try:
                    while True:
                        try:
                            "x".upper()
                        except:  # noqa: E722
                            pass
                except:  # noqa: E722
                    pass
        except:  # noqa: E722
            pass


def swallows_in_calls():
    while True:
        try:
            swallows()
        except:  # noqa: E722
            continue


def sleeps_when_caught():
    while True:
        try:
            time.sleep(100)
        except BaseException as error:
            time.sleep(len(str(error)) + 100)


def never_leaves_in_finally():
    while True:
        try:
            time.sleep(0.001)
        finally:
            continue  # noqa: B012


def suppresses():
    while True:
        with contextlib.suppress(BaseException):
            while True:
                with contextlib.suppress(BaseException):
                    time.sleep(0.001)


def swallows_in_a_generator():
    def numbers():
        while True:
            try:
                yield 1
            except:  # noqa: E722
                pass

    while True:
        try:
            for _ in numbers():
                pass
        except:  # noqa: E722
            pass


def calls_itself_when_caught():
    try:
        calls_itself_when_caught()
    except:  # noqa: E722
        calls_itself_when_caught()


class SlowToGo:
    def __del__(self):
        for _ in range(10_000):
            pass


def has_finalisers():
    while True:
        try:
            SlowToGo()
        except:  # noqa: E722
            SlowToGo()


SWALLOWERS = [
    swallows,
    swallows_without_calls,
    swallows_three_deep,
    swallows_in_calls,
    sleeps_when_caught,
    never_leaves_in_finally,
    suppresses,
    swallows_in_a_generator,
    calls_itself_when_caught,
    has_finalisers,
]


STRESS = """
import sys
from tests.test_guard import SWALLOWERS, Guard

def hook(unraisable):
    for number in range(100):
        str(number)

if "hook" in sys.argv:
    sys.unraisablehook = hook
for answer in SWALLOWERS:
    print(answer.__name__, flush=True)
    for _ in range(3):
        assert Guard(0.01).run(answer).stopped == "time"
"""


@pytest.mark.parametrize("hook", [["hook"], []], ids=["hook", "no hook"])
def test_what_swallows_is_stopped(hook):
    """In a process of its own, since what hangs here cannot be stopped from within.

    A Python-level ``sys.unraisablehook``, as pytest has one, runs where a finaliser is stopped.
    """
    subprocess.run([sys.executable, "-c", STRESS, *hook], check=True, timeout=300)


def test_what_tidies_up_has_the_time_to():
    left = []

    def answer():
        try:
            while True:
                pass
        finally:
            for number in range(100):
                left.append(number)

    for _ in range(5):
        left.clear()
        assert Guard(0.01).run(answer).stopped == "time"
        assert len(left) == 100


def test_nothing_is_raised_once_it_has_ended():
    """However the end of the call and the end of its time fall."""
    for number in range(100):
        run = Guard(0.002).run(lambda n=number: time.sleep(0.0019 + n * 2e-6))
        assert run.error is None
        assert run.stopped in (None, "time")


def test_without_threads_the_output_alone_is_limited(monkeypatch):
    """So it is in a browser, where the page keeps the time."""

    def no_thread(*args, **kwargs):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setattr(threading.Thread, "start", no_thread)
    guard = Guard(0.01)
    for _ in range(3):
        run = guard.run(lambda: time.sleep(0.02) or print("slept") or 7)
        assert (run.value, run.error, run.stopped, run.printed) == (7, None, None, "slept\n")
    assert guard.run(lambda: [print("again") for _ in range(10**6)]).stopped == "output"
    assert isinstance(guard.run(lambda: 1 / 0).error, ZeroDivisionError)


def test_on_another_thread_the_output_alone_is_limited():
    guard, runs = Guard(0.01), []

    def work():
        for _ in range(2):
            runs.append(guard.run(lambda: time.sleep(0.02) or 7))
        runs.append(guard.run(lambda: [print("again") for _ in range(10**6)]))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert [run.stopped for run in runs] == [None, None, "output"]


def test_without_end_no_time_is_kept_and_output_is_still_limited(monkeypatch):
    monkeypatch.setattr(threading, "Thread", None)  # whoever would start one fails
    guard = Guard(math.inf, output_limit=10)
    assert guard.run(lambda: 7).value == 7
    assert guard.run(lambda: print("x" * 11)).stopped == "output"
