"""Run a chapter's comparisons over several seeds and write their tables.

    python -m benchmarks.spread chapter4 [--only TABLE] [--seeds 10]

A chapter's module holds ``COMPARISONS``: table name → function of the seed that returns rows
(dicts). The table groundup/tables/NAME.csv has a column ``seed`` and the rows' own columns.
"""

import argparse
import importlib
import inspect
from pathlib import Path

import pandas as pd
import torch
from tqdm import tqdm

TABLES = Path(__file__).parents[2] / "groundup" / "tables"


def run(name: str, comparison, seeds: int) -> None:
    rows = []
    for seed in tqdm(range(seeds), desc=name, unit="seed"):
        rows += [{"seed": seed, **row} for row in comparison(seed)]
    TABLES.mkdir(exist_ok=True)
    pd.DataFrame(rows).to_csv(TABLES / f"{name}.csv", index=False, float_format="%.6g")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=inspect.getdoc(inspect.getmodule(main)).split("\n")[0]
    )
    chapters = sorted(path.stem for path in Path(__file__).parent.glob("chapter*.py"))
    parser.add_argument("chapters", nargs="*", help=f"default: {' '.join(chapters)}")
    parser.add_argument("--only", help="one table")
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args()
    # One thread: the nets are small, and the sums come out the same on any number of cores.
    torch.set_num_threads(1)
    for chapter in arguments.chapters or chapters:
        if chapter not in chapters:
            parser.error(f"chapters must be among {chapters}; got {chapter!r}")
        comparisons = importlib.import_module(f"benchmarks.spread.{chapter}").COMPARISONS
        if arguments.only and arguments.only not in comparisons:
            parser.error(f"--only must be among {list(comparisons)}; got {arguments.only!r}")
        for name, comparison in comparisons.items():
            if arguments.only in (None, name):
                run(name, comparison, arguments.seeds)


if __name__ == "__main__":
    main()
