"""Scores of scikit-learn's histogram-based boosted trees on a small table with holes.

    python3 -m venv .venv && .venv/bin/pip install scikit-learn==1.9.1 numpy==2.4.6
    .venv/bin/python make_supervised.py > supervised.json
"""

import json

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

random = np.random.default_rng(11)


def table(rows):
    values = random.normal(size=(rows, 4))
    values[:, 3] = random.integers(0, 5, size=rows)
    truth = values[:, 0] * values[:, 1] + values[:, 3] / 2 + random.normal(size=rows) / 2 > 1.5
    values[random.uniform(size=rows) < 0.1, 1] = np.nan
    return values, truth


train, truth = table(200)
new, _ = table(60)
cases = []
for depth, regularization, rate, trees in [(3, 1.0, 0.1, 30), (5, 0.1, 0.3, 20), (1, 0.0, 0.5, 40)]:
    model = HistGradientBoostingClassifier(
        max_iter=trees, learning_rate=rate, max_depth=depth, max_leaf_nodes=None, min_samples_leaf=1,
        l2_regularization=regularization, max_bins=255, early_stopping=False,
    ).fit(train, truth)
    cases.append({
        "depth": depth, "regularization": regularization, "learning-rate": rate, "trees": trees,
        "training-scores": model.decision_function(train).round(9).tolist(),
        "new-scores": model.decision_function(new).round(9).tolist(),
    })


def rows(values):
    return [[None if np.isnan(value) else round(float(value), 12) for value in row] for row in values]


print(json.dumps({"train": rows(train), "truth": truth.tolist(), "new": rows(new), "cases": cases}))
