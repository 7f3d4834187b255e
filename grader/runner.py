"""Runs one notebook inside the sandbox and hands its answers out. Stands alone: no groundup here.

It reads one JSON request from standard input and writes one JSON line for each event to standard
output. A question is asked right after its cells have run, as the student had it, and those that
the grader then names in a second line are asked again at the end of the notebook. Nothing that is
said here is trusted: whoever reads it compares the answers themselves. Arrays travel as dtype,
shape and bytes; nothing is pickled.
"""

import base64
import io
import json
import os
import random
import re
import resource
import signal
import sys
import time
import warnings

DTYPES = {"b": "|b1", "i": "<i8", "u": "<u8", "f": "<f8", "c": "<c16"}

#: what is no array, by the name of its type, where values travel as they were given
KINDS = {"list": "list", "tuple": "tuple", "Tensor": "tensor"}
KINDS |= dict.fromkeys(("int", "float", "complex"), "number")


#: what is another on the student's machine: its packages and their versions, its devices
ELSEWHERE = re.compile(
    r"^module '[\w.]+' has no attribute|^'numpy\.ndarray' object has no attribute"
    r"|\b(CUDA|NVIDIA|MPS|cuda|mps)\b"
)


class Stopped(BaseException):
    """The time for a cell or a call is over; not an Exception, which answers may catch.

    With ``idle`` it had less than half of that time on a processor: it slept, or the machine was
    slow to read and write.
    """

    def __init__(self, idle=False):
        self.idle = idle


def waited(process="self"):
    """Seconds that a process has waited for a processor that others had; 0 if nobody counts."""
    try:
        with open(f"/proc/{process}/schedstat") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, LookupError, ValueError):
        return 0.0


class Clock:
    """The time for a cell or a call, which stands still while others have the processor."""

    patience = 1
    more = before = half = 0.0

    @classmethod
    def limit(cls, seconds):
        cls.before, cls.more = waited(), (cls.patience - 1) * seconds
        cls.half = time.process_time() + seconds / 2
        signal.setitimer(signal.ITIMER_REAL, seconds)

    @classmethod
    def stop(cls, signum, frame):
        lost = min(waited() - cls.before, cls.more)
        if lost < 0.05:
            raise Stopped(idle=time.process_time() < cls.half)
        cls.before, cls.more = cls.before + lost, cls.more - lost
        signal.setitimer(signal.ITIMER_REAL, lost)


limit = Clock.limit


def decode(tree):
    """From JSON to numbers, texts, lists, tuples, dictionaries and arrays."""
    import numpy as np

    if not isinstance(tree, dict):
        return tree
    if "array" in tree:
        data = base64.b64decode(tree["array"])
        array = np.frombuffer(data, tree["dtype"]).reshape(tree["shape"]).copy()
        if tree.get("kind") == "tensor":
            import torch

            return torch.from_numpy(array)
        if "kind" in tree:
            return tuple(array.tolist()) if tree["kind"] == "tuple" else array.tolist()
        return array
    items = [decode(item) for item in tree["items"]]
    if tree["kind"] == "dict":
        return dict(zip(tree["keys"], items, strict=True))
    return tuple(items) if tree["kind"] == "tuple" else items


def encode(value, depth=0, as_given=False):
    """The opposite; numbers, lists of numbers and tensors go as arrays, unless ``as_given``.

    Raises TypeError for what is neither a number, a text nor an array of numbers,
    or a list, tuple or dictionary of such.
    """
    import numpy as np

    kind = KINDS.get(type(value).__name__) if as_given else None

    if value is ...:
        raise TypeError("nothing yet: it is still ...")
    if value is None or isinstance(value, (bool, str)):
        return value
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, dict) and depth < 4 and all(isinstance(key, str) for key in value):
        items = [encode(item, depth + 1, as_given) for item in value.values()]
        return {"kind": "dict", "keys": list(value), "items": items}
    if isinstance(value, (list, tuple)) and depth < 4:
        try:
            array = np.asarray(value)
        except ValueError:
            array = None  # parts of different shapes, as a list of weight matrices
        plain = all(isinstance(item, (bool, int, float)) for item in value)
        if as_given and len({type(item) for item in value}) != 1:
            plain = False  # else 1 would come back as 1.0
        if array is None or array.dtype.kind not in DTYPES or not plain:
            items = [encode(item, depth + 1, as_given) for item in value]
            return {"kind": "tuple" if isinstance(value, tuple) else "list", "items": items}
    array = np.asarray(value)
    if array.dtype.kind not in DTYPES:
        raise TypeError(f"neither a number nor an array of numbers but {type(value).__name__}")
    single = array.dtype == np.float32
    array = np.ascontiguousarray(array, dtype="<f4" if single else DTYPES[array.dtype.kind])
    return ({"kind": kind} if kind else {}) | {
        "array": base64.b64encode(array.tobytes()).decode(),
        "dtype": array.dtype.str,
        "shape": list(np.shape(value)),
    }


def changed(before, after):
    """The number of the first argument that is no longer as it was, or None."""
    for number, (one, other) in enumerate(zip(before, after, strict=True)):
        try:
            if encode(one) != encode(other):
                return number
        except TypeError:
            return number
    return None


def describe(error):
    if isinstance(error, Stopped):
        return "took too long and was stopped"
    return f"{type(error).__name__}: {error}"[:300]


def foreign(error):
    """Whether it looks like a difference of machines: a package, a file, a network, a keyboard.

    Whether another Python takes the code of a SyntaxError is for the grader to find out.
    """
    if isinstance(error, (ImportError, OSError, EOFError, SyntaxError)):
        return True
    return type(error).__name__ == "StdinNotImplementedError" or bool(ELSEWHERE.search(str(error)))


def failure(error):
    """What is said of an error."""
    found = {"error": describe(error), "type": type(error).__name__}
    if isinstance(error, Stopped):
        return found | ({"idle": True} if error.idle else {})
    return found | ({"foreign": True} if foreign(error) else {})


def outcome_of(answer):
    """The answer for the way out, or why it cannot go there."""
    try:
        return {"answer": encode(answer)}
    except TypeError as error:
        return {"error": describe(error), "type": "unfit"}


def quiet_shell():
    """An IPython that shows nothing, with nowhere to read from and nowhere to write to."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    sys.stdout = sys.stderr = open(os.devnull, "w")
    sys.stdin = io.StringIO()
    sys.argv = [""]

    from IPython.core.interactiveshell import InteractiveShell

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            pass  # %matplotlib asks for one

        def showtraceback(self, *args, **kwargs):
            pass

        showsyntaxerror = showtraceback

    shell = Shell.instance()
    shell.history_manager.enabled = False
    return shell


def run_cell(shell, code, seconds):
    """The error of a cell, or None."""
    try:
        limit(seconds)
        result = shell.run_cell(code, store_history=False, silent=True)
        limit(0)
        return result.error_before_exec or result.error_in_exec
    except BaseException as caught:
        limit(0)
        return caught


def answer_to(call, case, names):
    """What the answer does on one case, for the way out."""
    if call["name"] not in names:
        raise NameError(f"name '{call['name']}' is not defined")
    answer = names[call["name"]]
    if not call["function"]:
        return outcome_of(answer)
    given, copies = decode(case), decode(case)
    with warnings.catch_warnings():
        if call["warnings_raise"]:
            warnings.simplefilter("error", RuntimeWarning)
        answer = answer(*copies)
    return outcome_of(answer) | {"changed": changed(given, copies)}


def run_call(call, names, say, again):
    """Say what the answer does on each case of a check, within the check's time."""
    limit(call["seconds"])
    stopped = False
    where = {"question": call["question"], "check": call["check"], "again": again}
    for number, case in enumerate(call["cases"]):
        event = where | {"case": number}
        try:
            if stopped:
                raise Stopped
            event |= answer_to(call, case, names)
        except BaseException as caught:
            stopped = stopped or isinstance(caught, Stopped)
            event |= failure(caught)
        try:
            say(**event)
        except Stopped:
            stopped = True
    limit(0)


def generators():
    """The functions that set the global generators' states, and the states."""
    import numpy as np

    legacy = np.random.mtrand._rand  # the one behind np.random.seed and np.random.normal
    found = [(random.setstate, random.getstate()), (legacy.set_state, legacy.get_state())]
    torch = sys.modules.get("torch")
    if hasattr(torch, "set_rng_state"):
        found.append((torch.set_rng_state, torch.get_rng_state()))
    return found


def run_notebook(shell, request, say):
    """Run the cells, and ask each question after the last cell that belongs to it."""
    for number, (id, code) in enumerate(request["cells"]):
        error = run_cell(shell, code, request["cell_seconds"])
        if error is not None:  # an exception may be false
            say(cell=id, place=number, **failure(error))
        calls = [c for c in request["calls"] if request["after"][c["question"]] == number]
        states = generators() if calls else []
        for call in calls:
            run_call(call, shell.user_ns, say, again=False)
        for put_back, state in states:  # for the cells below nobody has asked
            put_back(state)


def be_modest():
    """Others come first: for a processor, and to stay where memory ends."""
    os.nice(5)
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def main():
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    request = json.loads(requests.readline())
    for name, value in request["limits"].items():
        resource.setrlimit(getattr(resource, name), (value, value))

    def say(**event):
        channel.write(json.dumps(event) + "\n")
        channel.flush()

    be_modest()
    shell = quiet_shell()
    Clock.patience = request["patience"]
    signal.signal(signal.SIGALRM, Clock.stop)
    say(started=True)
    run_notebook(shell, request, say)
    say(asked=True)
    questions = json.loads(requests.readline())
    for call in request["calls"]:
        if call["question"] in questions:
            run_call(call, shell.user_ns, say, again=True)
    say(done=True)


if __name__ == "__main__":
    main()
