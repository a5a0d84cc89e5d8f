"""Times isotree's isolation forest, for `IsolationForestSpeed` to compare with.

    python isotree_forest.py X.f64 ROWS COLUMNS --trees N --sample N --threads N --repeats N [--order C|F]

Prints one line of JSON for each repeat: seconds to fit and to score all rows, and the scores' mean. The table is read
before the clock starts.
"""
import argparse
import importlib.metadata
import json
import time

import isotree
import numpy as np


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("table")
    parser.add_argument("rows", type=int)
    parser.add_argument("columns", type=int)
    parser.add_argument("--trees", type=int, default=100)
    parser.add_argument("--sample", type=int, default=256)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--order", choices=["C", "F"], default="C")
    arguments = parser.parse_args()
    table = np.fromfile(arguments.table).reshape(arguments.rows, arguments.columns)
    table = np.asarray(table, order=arguments.order)
    settings = {"ntrees": arguments.trees, "sample_size": arguments.sample, "ndim": 1, "missing_action": "fail"}
    for seed in range(arguments.repeats):
        start = time.perf_counter()
        model = isotree.IsolationForest(nthreads=arguments.threads, random_seed=seed + 1, **settings)
        model.fit(table)
        fitted = time.perf_counter()
        scores = model.predict(table)
        end = time.perf_counter()
        print(json.dumps({
            "version": importlib.metadata.version("isotree"), "fit": fitted - start, "score": end - fitted,
            "mean": float(scores.mean()),
        }), flush=True)


main()
