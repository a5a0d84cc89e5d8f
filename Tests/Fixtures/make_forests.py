"""Writes forests.json: scores that scikit-learn and PyOD give two small tables, averaged over many trees or seeds.

    python make_forests.py            (needs numpy, scikit-learn and pyod)

Random forests cannot agree number by number; the means over thousands of trees can. `isolation-forest` is scikit-learn's
−score_samples, the paper's score; `inne` is PyOD's with its squared radii.
"""
import json
import pathlib
import warnings

import numpy as np
from pyod.models.inne import INNE
from sklearn.ensemble import IsolationForest

warnings.filterwarnings("ignore")


def table(rows, columns, seed):
    """Three clusters of different spread, scattered points, rows that are equal and a column of few values."""
    random = np.random.default_rng(seed)
    centers = random.normal(scale=4, size=(3, columns))
    spread = np.array([0.3, 1.0, 2.0])
    which = random.integers(0, 3, size=rows)
    x = centers[which] + random.normal(size=(rows, columns)) * spread[which, None]
    scattered = rows // 20
    x[:scattered] = random.uniform(-12, 12, size=(scattered, columns))
    x[-10:] = x[-10]
    x[:, -1] = np.round(x[:, -1])
    # Numbers that 32 bits hold exactly: scikit-learn grows its trees on such.
    return x.astype(np.float32).astype(np.float64).round(3).astype(np.float32).astype(np.float64)


def forest(train, new, trees, sample):
    model = IsolationForest(n_estimators=trees, max_samples=sample, random_state=0).fit(train)
    return -model.score_samples(train), -model.score_samples(new)


def neighbors(train, new, estimators):
    model = INNE(n_estimators=estimators, random_state=0).fit(train)
    return model.decision_scores_, model.decision_function(new)


def main():
    tables = {}
    cases = []
    for name, columns, seed in (("wide", 8, 1), ("narrow", 2, 2)):
        x = table(400, columns, seed)
        train, new = x[:320], x[320:]
        tables[name] = {"train": train.tolist(), "new": new.tolist()}

        def add(detector, parameters, scores):
            cases.append({
                "detector": detector, "parameters": parameters, "table": name,
                "training_scores": scores[0].round(7).tolist(), "new_scores": scores[1].round(7).tolist(),
            })

        add("isolation-forest", {"trees": 5000}, forest(train, new, 5000, 256))
        add("isolation-forest", {"trees": 5000, "sample-size": 32}, forest(train, new, 5000, 32))
        add("inne", {"sets": 5000, "sample-size": 8, "squared-radii": True}, neighbors(train, new, 5000))
    path = pathlib.Path(__file__).with_name("forests.json")
    path.write_text(json.dumps({"tables": tables, "cases": cases}) + "\n")
    print(path, path.stat().st_size, "bytes")


main()
