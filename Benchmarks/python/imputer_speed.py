"""Seconds of the imputers against scikit-learn's, in one run on the same table with two threads each.

    OMP_NUM_THREADS=2 python imputer_speed.py --outlier ../.build/release/outlier [--rows 100000] [--missing 0.01] [--share 0.1]

The table has 20 columns, half of them mixtures of the others. Ours is the time of the fit that `outlier run --json` tells:
the imputer is fitted, fills the table, and a detector (`z-score`) is fitted and scores it; scikit-learn's is `fit_transform`
alone. --missing 0.01 makes one row in six lack some value. Even so scikit-learn's nearest neighbours take minutes: it looks for
those of a --share of the rows among all rows, and its seconds are divided by the share. Its time grows with the rows to fill
and hardly with anything else (its fit is a copy of the table).
"""
import argparse
import json
import pathlib
import subprocess
import tempfile
import time
import warnings

import numpy as np
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer

warnings.filterwarnings("ignore")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--outlier", type=pathlib.Path, required=True)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--missing", type=float, default=0.01)
    parser.add_argument("--share", type=float, default=0.1, help="of the rows that scikit-learn's KNNImputer fills")
    arguments = parser.parse_args()
    random = np.random.default_rng(0)
    hidden = random.normal(size=(arguments.rows, 10))
    table = np.hstack([hidden, hidden @ random.normal(size=(10, 10)) + 0.5 * random.normal(size=(arguments.rows, 10))])
    table[random.random(table.shape) < arguments.missing] = np.nan
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        np.save(folder / "table.npy", table)
        for preprocessor, peer in [("iterative-imputer", IterativeImputer()), ("knn-imputer", KNNImputer())]:
            configuration = {
                "data": {"source": "table.npy"}, "preprocess": [preprocessor], "detector": "z-score", "threads": 2,
            }
            (folder / "run.json").write_text(json.dumps(configuration))
            result = subprocess.run(
                [arguments.outlier.resolve(), "run", folder / "run.json", "--json", "--top", "0"], capture_output=True,
                text=True, check=True)
            ours = json.loads(result.stdout)["fitSeconds"]
            start = time.perf_counter()
            share = 1.0
            if preprocessor == "knn-imputer":
                share = arguments.share
                peer.fit(table).transform(table[: int(share * len(table))])
            else:
                peer.fit_transform(table)
            seconds = time.perf_counter() - start
            theirs = seconds / share
            measured = f" ({seconds:.2f} s for {share:.0%} of the rows)" if share < 1 else ""
            print(
                f"{preprocessor}: {ours:.2f} s, scikit-learn {theirs:.2f} s{measured}, ratio {theirs / ours:.1f}",
                flush=True)


if __name__ == "__main__":
    main()
