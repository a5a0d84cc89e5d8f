"""Writes statistical.json: what PyOD's detectors of distributions give on small tables.

    python make_statistical.py        (pyod 3.6.7, numpy 2.4.6)
"""
import json
import pathlib
import warnings

import numpy as np
from pyod.models.copod import COPOD
from pyod.models.ecod import ECOD
from pyod.models.hbos import HBOS
from pyod.models.mad import MAD

warnings.filterwarnings("ignore")


def tables():
    random = np.random.default_rng(7)
    normal = random.normal(size=(150, 4)) * [1, 3, 0.5, 2] + [0, 10, -4, 1]
    normal[-6:] += random.uniform(-9, 9, size=(6, 4))
    # Ties, values on the edges of bins, a constant column and a skewed one.
    counts = np.column_stack([
        random.integers(0, 11, size=120), random.integers(0, 2, size=120), np.full(120, 3),
        np.round(random.exponential(4, size=120)),
    ]).astype(float)
    counts[-3:, 0] = [25, 30, -4]
    single = np.round(random.standard_t(2, size=(80, 1)), 3)
    made = {}
    for name, train in [("normal", normal), ("counts", counts), ("single", single)]:
        span = np.ptp(train, axis=0) + 1
        new = train.mean(axis=0) + random.uniform(-0.9, 0.9, size=(25, train.shape[1])) * span
        made[name] = (np.round(train, 6), np.round(new, 6))
    return made


def case(detector, parameters, table, training, new=()):
    return {"detector": detector, "parameters": parameters, "table": table,
            "training_scores": np.asarray(training).tolist(), "new_scores": np.asarray(new).tolist()}


def main():
    made = tables()
    cases = []
    for name, (train, new) in made.items():
        for parameters, keywords in [
            ({}, {}),
            ({"bins": 7, "alpha": 0.3, "tolerance": 0.2}, {"n_bins": 7, "alpha": 0.3, "tol": 0.2}),
            ({"bins": None}, {"n_bins": "auto"}),
        ]:
            model = HBOS(**keywords).fit(train)
            cases.append(case(
                "hbos", parameters | {"bin-lookup": "pyod"}, name, model.decision_scores_, model.decision_function(new)))
        for detector, maker in [("ecod", ECOD), ("copod", COPOD)]:
            model = maker().fit(train)
            cases.append(case(
                detector, {"new-rows": "batch"}, name, model.decision_scores_, model.decision_function(new)))
    train, new = made["single"]
    model = MAD().fit(train)
    cases.append(case("mad", {}, "single", model.decision_scores_, model.decision_function(new)))
    content = {
        "tables": {name: {"train": train.tolist(), "new": new.tolist()} for name, (train, new) in made.items()},
        "cases": cases,
    }
    path = pathlib.Path(__file__).with_name("statistical.json")
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")


main()
