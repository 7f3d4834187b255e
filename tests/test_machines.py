"""Other processors can be played, and what is computed on one is right on another."""

import datetime
import json
import os
import subprocess
import sys

import pytest

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
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(n) for n in range(len(KINDS) - 1)]
    here = [kind for kind in KINDS if not kind.missing]
    chosen = {machines.of_the_day(here, day).name for day in days}
    assert chosen == {kind.name for kind in here} - {"native"}


def test_an_unknown_kind_is_named(capsys):
    with pytest.raises(SystemExit):
        machines.main(["sparc"])
    assert "sparc" in capsys.readouterr().err


def test_the_list_says_what_each_kind_sets(capsys):
    assert machines.main([]) == 0
    said = capsys.readouterr().out
    assert all(kind.name in said and kind.missing in said for kind in KINDS)
