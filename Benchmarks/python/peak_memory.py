"""The peak memory of whole runs of `outlier` whose plain algorithms would hold all pairs of rows.

    python peak_memory.py --outlier ../.build/release/outlier [--rows 100000] [--columns 10] [--detectors knn,lof,…]

The matrix of all pairs of 100,000 rows would take 80 GB.
"""
import argparse
import pathlib
import tempfile

import numpy as np

from csv_to_scores import timed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--outlier", required=True)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--detectors", default="knn,lof,kde,ocsvm")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        np.save(folder / "table.npy", np.random.default_rng(0).normal(size=(arguments.rows, arguments.columns)))
        for detector in arguments.detectors.split(","):
            (folder / "run.yaml").write_text(
                f"data: {{source: table.npy}}\ndetector: {detector}\noutput: {{model: model.outlier}}\n"
            )
            seconds, peak = timed([arguments.outlier, "run", folder / "run.yaml"])
            print(f"{detector:8} {arguments.rows} x {arguments.columns}: {seconds:7.2f} s, {peak:7.1f} MiB", flush=True)


main()
