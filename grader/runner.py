"""Runs one notebook inside the sandbox and hands its answers out. Stands alone: no groundup here.

It reads one JSON request from standard input and writes one JSON line for each event to standard
output. Nothing that it says is trusted: whoever reads it compares the answers themselves. Arrays
travel as dtype, shape and bytes; nothing is pickled.
"""

import base64
import io
import json
import os
import resource
import signal
import sys

DTYPES = {"b": "|b1", "i": "<i8", "u": "<u8", "f": "<f8", "c": "<c16"}


class Stopped(BaseException):
    """The time for a cell or a call is over; not an Exception, which answers may catch."""


def limit(seconds):
    signal.setitimer(signal.ITIMER_REAL, seconds)


def stop(signum, frame):
    raise Stopped


def decode(tree):
    """From JSON to numbers, texts, lists, tuples and arrays."""
    import numpy as np

    if not isinstance(tree, dict):
        return tree
    if "array" in tree:
        data = base64.b64decode(tree["array"])
        return np.frombuffer(data, tree["dtype"]).reshape(tree["shape"]).copy()
    items = [decode(item) for item in tree["items"]]
    if tree["kind"] == "dict":
        return dict(zip(tree["keys"], items, strict=True))
    return tuple(items) if tree["kind"] == "tuple" else items


def encode(value, depth=0):
    """The opposite; raises TypeError for what is neither a number, a text nor an array of numbers,
    or a list, tuple or dictionary of such.

    Tensors of PyTorch are taken as arrays.
    """
    import numpy as np

    if value is ...:
        raise TypeError("nothing yet: it is still ...")
    if value is None or isinstance(value, (bool, str)):
        return value
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if isinstance(value, dict) and depth < 4 and all(isinstance(key, str) for key in value):
        items = [encode(item, depth + 1) for item in value.values()]
        return {"kind": "dict", "keys": list(value), "items": items}
    if isinstance(value, (list, tuple)) and depth < 4:
        try:
            array = np.asarray(value)
        except ValueError:
            array = None  # parts of different shapes, as a list of weight matrices
        plain = all(isinstance(item, (bool, int, float)) for item in value)
        if array is None or array.dtype.kind not in DTYPES or not plain:
            items = [encode(item, depth + 1) for item in value]
            return {"kind": "tuple" if isinstance(value, tuple) else "list", "items": items}
    array = np.asarray(value)
    if array.dtype.kind not in DTYPES:
        raise TypeError(f"neither a number nor an array of numbers but {type(value).__name__}")
    single = array.dtype == np.float32
    array = np.ascontiguousarray(array, dtype="<f4" if single else DTYPES[array.dtype.kind])
    return {
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


def outcome_of(answer):
    """The answer for the way out, or why it cannot go there."""
    try:
        return {"answer": encode(answer)}
    except TypeError as error:
        return {"error": describe(error), "type": "unfit"}


def main():
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    request = json.load(sys.stdin)
    for name, value in request["limits"].items():
        resource.setrlimit(getattr(resource, name), (value, value))
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    sys.stdout = sys.stderr = open(os.devnull, "w")
    sys.stdin = io.StringIO()
    sys.argv = [""]

    def say(**event):
        channel.write(json.dumps(event) + "\n")
        channel.flush()

    from IPython.core.interactiveshell import InteractiveShell

    class Shell(InteractiveShell):
        def enable_gui(self, gui=None):
            pass  # %matplotlib asks for one

        def showtraceback(self, *args, **kwargs):
            pass

        showsyntaxerror = showtraceback

    shell = Shell.instance()
    shell.history_manager.enabled = False
    signal.signal(signal.SIGALRM, stop)

    for id, code in request["cells"]:
        try:
            limit(request["cell_seconds"])
            result = shell.run_cell(code, store_history=False, silent=True)
            limit(0)
            error = result.error_before_exec or result.error_in_exec
        except BaseException as caught:
            limit(0)
            error = caught
        if error is not None:
            say(cell=id, error=describe(error))

    for call in request["calls"]:
        limit(call["seconds"])
        stopped = False
        for number, case in enumerate(call["cases"]):
            event = {"question": call["question"], "check": call["check"], "case": number}
            try:
                if stopped:
                    raise Stopped
                answer = shell.user_ns[call["name"]]
                if call["function"]:
                    given, copies = decode(case), decode(case)
                    answer = answer(*copies)
                    event["changed"] = changed(given, copies)
                event |= outcome_of(answer)
            except BaseException as caught:
                stopped = stopped or isinstance(caught, Stopped)
                event |= {"error": describe(caught), "type": type(caught).__name__}
            try:
                say(**event)
            except Stopped:
                stopped = True
        limit(0)
    say(done=True)


if __name__ == "__main__":
    main()
