"""Other processors can be played, and what is computed on one is right on another."""

import datetime
import json
import os
import subprocess
import sys

import pytest

from grader import assignment, grade
from groundup.questions import examine, judge, question
from tools import machines

KINDS = machines.kinds()
OLDER = [kind for kind in KINDS if kind.name in machines._OLDER]

USED = """
import json
import numpy as np, threadpoolctl, torch
from numpy._core._multiarray_umath import __cpu_features__ as features
np.ones((2, 2)) @ np.ones((2, 2))
print(json.dumps({
    "numpy": [name for name, here in features.items() if here],
    "torch": torch.backends.cpu.get_cpu_capability(),
    "threads": torch.get_num_threads(),
    "openblas": [it.get("architecture") for it in threadpoolctl.threadpool_info()
                 if it["internal_api"] == "openblas" and "numpy" in it["filepath"]],
}))
"""


def used(kind) -> dict:
    """What the libraries use in a process of this kind."""
    environment = {**os.environ, **kind.environment}
    done = subprocess.run([sys.executable, "-c", USED], env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.mark.parametrize("kind", OLDER, ids=lambda kind: kind.name)
def test_an_older_processor_is_really_played(kind):
    if kind.missing:
        pytest.skip(kind.missing)
    needed, _, (openblas, torch, *_) = machines._OLDER[kind.name]
    found = used(kind)
    assert needed in found["numpy"]
    unused = kind.environment.get("NPY_DISABLE_CPU_FEATURES", "").split()
    assert not set(unused) & set(found["numpy"])
    assert found["torch"].casefold() == torch
    assert set(found["openblas"]) <= {openblas}


@pytest.mark.parametrize("n", [1, 2, 4])
def test_so_many_threads_are_really_used(n):
    assert used(machines.Kind("", machines._threads(n)))["threads"] == n


def test_a_processor_of_another_family_plays_the_threads_alone(monkeypatch):
    monkeypatch.setattr(machines.platform, "machine", lambda: "arm64")
    missing = {kind.name: kind.missing for kind in machines.kinds() if kind.missing}
    assert list(missing) == ["avx2", "sse42"]
    assert all("arm64" in why for why in missing.values())


def test_each_foreign_kind_has_its_turn():
    here = [kind for kind in KINDS if not kind.missing]
    foreign = {kind.name for kind in here} - {"native"}
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(n) for n in range(3 * len(foreign))]
    chosen = [machines.of_the_day(here, day) for day in days]
    assert {(kind.name, path) for kind, paths in chosen for path in paths} == {
        (name, path) for name in foreign for path in machines.TESTS
    }


def test_an_unknown_kind_is_named(capsys):
    with pytest.raises(SystemExit):
        machines.main(["sparc"])
    assert "sparc" in capsys.readouterr().err


def test_the_list_says_what_each_kind_sets(capsys):
    assert machines.main([]) == 0
    said = capsys.readouterr().out
    assert all(kind.name in said and kind.missing in said for kind in KINDS)


# --- what is computed on another processor is right on this one ---

ELSEWHERE = """
import json, sys
from grader import assignment, grade, runner
from groundup.questions import examine, question

def told(asked, outcome):
    try:
        answer = {"answer": runner.encode(outcome.value)}
    except TypeError:
        return None  # a model, a function: it does not leave its process
    if outcome.error:
        return {"error": outcome.said, "type": outcome.error}
    return answer | {"changed": outcome.changed and asked.parameters.index(outcome.changed)}

def graded(id, student, key, calls):
    work = assignment.load(id)
    v = work.variant_of(student, key)
    asked = {it.id: it for it in work.questions}
    for call in calls:
        it = asked[call["question"]]
        cases = (runner.decode(case) for case in call["cases"])
        yield [told(it, grade.own(it, it.reference, case, v)) for case in cases]

def exercised(id):
    it = question.get(id)
    with_answer = examine.outcomes(it, it.answer(it.reference), examine.cases_of(it))
    return [told(it, one) for one in with_answer]

asked = json.load(sys.stdin)
print(json.dumps({
    "graded": {id: list(graded(id, *rest)) for id, *rest in asked["graded"]},
    "exercised": {id: exercised(id) for id in asked["exercised"]},
}))
"""
STUDENT, KEY = "ada", "5eed" * 16


@pytest.fixture(scope="module", params=OLDER, ids=lambda kind: kind.name)
def elsewhere(request):
    """The solutions' answers as another processor computes them."""
    if request.param.missing:
        pytest.skip(request.param.missing)
    asked = {
        "graded": [
            (id, STUDENT, KEY, grade._calls(work, grade._cases(work, STUDENT, KEY)))
            for id, work in ((id, assignment.load(id)) for id in assignment.names())
        ],
        "exercised": [it.id for it in question.all_exercises() if not it.judged_by],
    }
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        input=json.dumps(asked),
        env={**os.environ, **request.param.environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("id", assignment.names())
def test_a_solution_computed_elsewhere_earns_all_points(elsewhere, id):
    work = assignment.load(id)
    v = work.variant_of(STUDENT, KEY)
    cases = grade._cases(work, STUDENT, KEY)
    calls = grade._calls(work, cases)
    events = {
        (call["question"], call["check"], n, False): event
        for call, found in zip(calls, elsewhere["graded"][id], strict=True)
        for n, event in enumerate(found)
    }
    for it in work.questions:
        worth = grade._worth(it, cases[it.id], events, v)
        assert (worth["points"], worth["message"]) == (it.points, ""), it.id


def test_an_exercises_solution_computed_elsewhere_is_right(elsewhere):
    compared = 0
    for id, events in elsewhere["exercised"].items():
        it = question.get(id)
        cases = examine.cases_of(it)
        here = examine.outcomes(it, it.answer(it.reference), cases)
        for event, want in zip(events, here, strict=True):
            if event is not None:
                compared += 1
                got = grade.theirs(it, event)
                assert judge.same_outcome(it, got, want), (id, got, want)
    assert compared > 100  # else most answers could not be compared at all
