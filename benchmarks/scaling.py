"""Measure what chapter 8's cost model needs, with one and with two processes of this machine.

    python -m benchmarks.scaling [--repeats 15]

Writes groundup/tables/scaling_measured.csv, in seconds, one row a repetition and kind of work:

``step``        a training step of 784-256-256-10 (float32, SGD) on ``rows`` rows of the joint batch
``compute``     the same step without the exchange of gradients
``all_reduce``  the sum of a vector of ``bytes`` bytes over the processes

Each is the median of several in a row, each process on a core of its own. The kinds take turns, so
that whatever else the machine does meets all of them alike. It had better do nothing else.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from tqdm import tqdm

from groundup.models import count_parameters, mlp
from groundup.parallel import process_group
from groundup.training import set_seed

TABLE = Path(__file__).parents[1] / "groundup" / "tables" / "scaling_measured.csv"
SIZES = (784, 256, 256, 10)
BATCHES = (16, 32, 64, 128, 256, 512, 1024)
BYTES = (4, 1024, 16_384, 262_144, 1_048_576, 4_194_304)
IN_A_ROW = 21


def timed(work) -> float:
    """Median seconds of a few runs in a row, after one to warm up."""
    work()
    seconds = []
    for _ in range(IN_A_ROW):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def stepper(model, rows: int):
    """A function that takes one training step on so many random rows."""
    X, y = torch.rand(rows, SIZES[0]), torch.randint(0, SIZES[-1], (rows,))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

    def step():
        loss = nn.functional.cross_entropy(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return step


def repetition(alone, replica, rank: int) -> list[dict]:
    """Each kind of work once: first in process 0 alone, then in both."""
    found = []

    def note(what, processes, seconds, **more):
        found.append({"what": what, "processes": processes, **more, "seconds": seconds})

    for rows in BATCHES:
        if rank == 0:
            note("compute", 1, timed(stepper(alone, rows)), rows=rows)
        dist.barrier()
        note("compute", 2, timed(stepper(alone, rows // 2)), rows=rows)
        dist.barrier()
        note("step", 2, timed(stepper(replica, rows // 2)), rows=rows)
        dist.barrier()
    for size in BYTES:
        vector = torch.ones(size // 4)
        note("all_reduce", 2, timed(lambda v=vector: dist.all_reduce(v.fill_(1.0))), bytes=size)
    return found


def worker(repeats: int) -> None:
    with process_group("cpu"):
        rank = dist.get_rank()
        if hasattr(os, "sched_setaffinity"):  # a core for each, or the scheduler moves them about
            free = sorted(os.sched_getaffinity(0))
            os.sched_setaffinity(0, {free[rank % len(free)]})
        set_seed(0)
        alone = mlp(SIZES)
        replica = DistributedDataParallel(mlp(SIZES))
        rows = []
        repetition(alone, replica, rank)  # to warm up
        for k in tqdm(range(repeats), disable=rank > 0):
            rows += [{"repetition": k, **row} for row in repetition(alone, replica, rank)]
        if rank == 0:
            table = pd.DataFrame(rows).assign(parameters=count_parameters(alone))
            columns = ["repetition", "what", "processes", "rows", "bytes", "parameters", "seconds"]
            table = table.astype({"rows": "Int64", "bytes": "Int64"})[columns]
            table.to_csv(TABLE, index=False, float_format="%.4g")


def main() -> None:
    parser = argparse.ArgumentParser(description="measure what chapter 8's cost model needs")
    parser.add_argument("--repeats", type=int, default=15)
    repeats = parser.parse_args().repeats
    if "RANK" in os.environ:
        worker(repeats)
        return
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    command = [*torchrun, "-m", "benchmarks.scaling", f"--repeats={repeats}"]
    subprocess.run(command, check=True, env={"OMP_NUM_THREADS": "1", **os.environ})


if __name__ == "__main__":
    main()
