"""Whole processes from a CSV file to a CSV file of scores (`hbos`): `outlier` against pandas and PyOD.

    python csv_to_scores.py --outlier ../.build/release/outlier [--rows 1000000] [--columns 10]

Prints seconds and peak memory of both sides, and the ratios.
"""
import argparse
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

PEER = """
import sys
import pandas
from pyod.models.hbos import HBOS

table = pandas.read_csv(sys.argv[1])
model = HBOS()
model.fit(table.to_numpy())
pandas.DataFrame({"score": model.decision_scores_, "anomaly": model.labels_}).to_csv(sys.argv[2], index_label="row")
"""


def timed(command):
    """The seconds and the peak MiB of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{command} failed: {errors.decode()[-500:]}")
    return seconds, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--outlier", required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=10)
    arguments = parser.parse_args()
    import numpy as np
    import pandas

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        table = folder / "table.csv"
        data = np.random.default_rng(0).normal(size=(arguments.rows, arguments.columns))
        pandas.DataFrame(data, columns=[f"x{i + 1}" for i in range(arguments.columns)]).to_csv(table, index=False)
        print(f"{table.stat().st_size / 1e6:.0f} MB of CSV, {arguments.rows} x {arguments.columns}")
        (folder / "peer.py").write_text(PEER)
        (folder / "run.yaml").write_text(
            "data: {source: table.csv}\ndetector: hbos\noutput: {scores: ours.csv}\n"
        )
        theirs = min(timed([sys.executable, folder / "peer.py", table, folder / "peer.csv"]) for _ in range(3))
        ours = min(timed([arguments.outlier, "run", folder / "run.yaml"]) for _ in range(3))
        print(f"pandas + PyOD  {theirs[0]:7.3f} s  {theirs[1]:7.1f} MiB")
        print(f"outlier        {ours[0]:7.3f} s  {ours[1]:7.1f} MiB")
        print(f"ratio          {theirs[0] / ours[0]:7.2f}    {ours[1] / theirs[1]:7.2f} of the memory")


if __name__ == "__main__":
    main()
