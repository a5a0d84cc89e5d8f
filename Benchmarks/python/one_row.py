"""The time of `outlier score` for one row with a small model, whole processes.

    python one_row.py --outlier ../.build/release/outlier [--detectors isolation-forest,knn] [--repeats 50]

The models are fitted on 200 rows of three columns. Every run must succeed and write one score.
"""
import argparse
import csv
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from csv_to_scores import timed


def score(command, scores):
    """The seconds of one run, which is checked."""
    scores.unlink(missing_ok=True)
    start = time.perf_counter()
    process = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    seconds = time.perf_counter() - start
    if process.returncode != 0:
        sys.exit(f"{command} failed with the code {process.returncode}: {process.stderr.decode()[-500:]}")
    with scores.open() as file:
        rows = list(csv.DictReader(file))
    if len(rows) != 1 or float(rows[0]["score"]) != float(rows[0]["score"]):
        sys.exit(f"{command} wrote no score: {rows}")
    return seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--outlier", required=True)
    parser.add_argument("--detectors", default="isolation-forest,knn")
    parser.add_argument("--repeats", type=int, default=50)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "table.csv").write_text(
            "a,b,c\n" + "".join(f"{i % 7 + i / 200},{i % 5},{i % 3 - i / 100}\n" for i in range(200)))
        (folder / "one.csv").write_text("a,b,c\n1,2,3\n")
        scores = folder / "scores.csv"
        for detector in arguments.detectors.split(","):
            (folder / "fit.yaml").write_text(f"data: {{source: table.csv}}\ndetector: {detector}\n")
            model = folder / f"{detector}.outlier"
            timed([arguments.outlier, "fit", folder / "fit.yaml", "--model", model])
            command = [arguments.outlier, "score", model, folder / "one.csv", "--output", scores]
            seconds = sorted(score(command, scores) for _ in range(arguments.repeats))
            print(
                f"one row scored by {detector}, whole process, {arguments.repeats} runs: "
                f"median {statistics.median(seconds) * 1000:.1f} ms, largest {seconds[-1] * 1000:.1f} ms",
                flush=True,
            )


main()
