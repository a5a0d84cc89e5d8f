"""Writes supportvectors.json: scores of scikit-learn's OneClassSVM and SGDOneClassSVM and of PyOD's OCSVM.

    python make_supportvectors.py        (pyod 3.6.7, scikit-learn 1.9.1)

`ocsvm` cases whose `source` is scikit-learn were solved to 1e-6 and also hold the dual objective ½ αᵀKα, the part of
the rows that are support vectors and the part that lies outside.
"""
import json
import pathlib
import warnings

import numpy as np
from pyod.models.ocsvm import OCSVM
from sklearn.datasets import load_breast_cancer
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import SGDOneClassSVM
from sklearn.svm import OneClassSVM

warnings.filterwarnings("ignore")
random = np.random.default_rng(3)


def rounded(values, digits):
    return np.round(np.asarray(values, dtype=float), digits).tolist()


def clusters():
    train = np.vstack([random.normal(0, 1, (70, 3)), random.normal(4, 0.5, (40, 3)), random.uniform(-6, 9, (10, 3))])
    return np.round(train, 4), np.round(random.uniform(-6, 9, (40, 3)), 4)


def cancer():
    x = load_breast_cancer().data[:, :10]
    x = np.round((x - x.mean(axis=0)) / x.std(axis=0), 4)
    return x[:300], x[300:360]


tables = {"clusters": clusters(), "cancer": cancer()}
# The linear kernel separates the rows from the origin, which has to lie outside for that.
tables["shifted"] = tuple(np.round(x + 8, 4) for x in tables["clusters"])
parameters = [
    {},
    {"nu": 0.1},
    {"nu": 0.9},
    {"gamma-rule": "scale"},
    {"gamma": 2.0, "nu": 0.2},
    {"kernel": "linear"},
    {"kernel": "linear", "nu": 0.1},
    {"kernel": "poly", "degree": 2, "coef0": 1.0},
    {"kernel": "poly", "gamma": 0.5, "nu": 0.3, "coef0": 0.5},
    {"kernel": "sigmoid", "gamma": 0.01, "coef0": -1.0},
]


def peer_arguments(given):
    given = dict(given)
    rule = given.pop("gamma-rule", "auto")
    given.setdefault("gamma", rule)
    return given


# libsvm keeps kernels in single precision; below this it may never stop.
TOLERANCE = 1e-6
cases = []
for table, (train, new) in tables.items():
    for given in parameters:
        if (given.get("kernel") == "linear") != (table == "shifted"):
            continue
        model = OneClassSVM(tol=TOLERANCE, max_iter=1_000_000, **peer_arguments(given)).fit(train)
        scores = -model.decision_function(train)
        assert model.n_iter_ < 1_000_000, given
        alpha = model.dual_coef_[0]
        # Kα of the support vectors from their scores: ρ − score.
        heights = model.offset_[0] - scores[model.support_]
        cases.append({
            "detector": "ocsvm", "parameters": {"tolerance": TOLERANCE, **given}, "table": table,
            "source": "scikit-learn", "training_scores": rounded(scores, 8),
            "new_scores": rounded(-model.decision_function(new), 8),
            "objective": float(0.5 * alpha @ heights),
            "support_fraction": len(model.support_) / len(train),
            "outside_fraction": float((scores > 1e-6).mean()),
        })
    if table == "shifted":
        continue
    # Weights, 0 among them.
    weights = (np.arange(len(train)) * 7 % 5) / 2
    for given in ({}, {"nu": 0.1}, {"kernel": "poly", "degree": 2, "coef0": 1.0}):
        model = OneClassSVM(tol=TOLERANCE, max_iter=1_000_000, **peer_arguments(given)).fit(train, sample_weight=weights)
        cases.append({
            "detector": "ocsvm", "parameters": {"tolerance": TOLERANCE, **given}, "table": table,
            "source": "scikit-learn", "weights": weights.tolist(),
            "training_scores": rounded(-model.decision_function(train), 8),
            "new_scores": rounded(-model.decision_function(new), 8),
        })
    model = OCSVM().fit(train)
    cases.append({
        "detector": "ocsvm", "parameters": {}, "table": table, "source": "PyOD",
        "training_scores": rounded(model.decision_scores_, 8),
        "new_scores": rounded(model.decision_function(new), 8),
    })
    # Many features, many passes and averaging, so that what is left to chance is small.
    totals = [np.zeros(len(train)), np.zeros(len(new))]
    for seed in range(10):
        sampler = RBFSampler(gamma=1 / train.shape[1], n_components=500, random_state=seed).fit(train)
        model = SGDOneClassSVM(nu=0.5, tol=1e-4, max_iter=200, average=True, random_state=seed).fit(sampler.transform(train))
        for total, rows in zip(totals, (train, new)):
            total -= model.decision_function(sampler.transform(rows)) / 10
    cases.append({
        "detector": "ocsvm-sgd", "parameters": {"features": 4000, "average": True, "tolerance": 1e-4}, "table": table,
        "source": "mean of 10 seeds of scikit-learn", "training_scores": rounded(totals[0], 6),
        "new_scores": rounded(totals[1], 6),
    })

target = pathlib.Path(__file__).with_name("supportvectors.json")
target.write_text(json.dumps({
    "tables": {name: {"train": train.tolist(), "new": new.tolist()} for name, (train, new) in tables.items()},
    "cases": cases,
}))
print(target, target.stat().st_size, "bytes")
