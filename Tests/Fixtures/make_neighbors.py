"""Writes neighbors.json: what PyOD 3.6.7 gives small tables with its detectors of neighbours.

    python make_neighbors.py
"""
import json
import pathlib
import warnings

import numpy as np
from pyod.models.abod import ABOD
from pyod.models.cblof import CBLOF
from pyod.models.cof import COF
from pyod.models.knn import KNN
from pyod.models.lof import LOF
from pyod.models.sod import SOD

warnings.filterwarnings("ignore")
random = np.random.default_rng(7)


def clusters(rows, columns):
    x = random.normal(size=(rows, columns)) + np.where(np.arange(rows) % 2, 3, -3)[:, None]
    x[-rows // 20 :] = random.uniform(-10, 10, size=(-(-rows // 20), columns))
    return x.round(6)


def blobs():
    centers = np.array([[0, 0, 0], [30, 0, 0], [0, 40, 10]])
    sizes = [120, 50, 8]
    return np.concatenate([random.normal(size=(n, 3)) + c for n, c in zip(sizes, centers)]).round(6)


tables = {
    "narrow": (clusters(160, 4), clusters(20, 4)),
    "wide": (clusters(90, 20), clusters(10, 20)),
    "small": (clusters(40, 3), clusters(8, 3)),
    "blobs": (blobs(), blobs()[::20]),
}
cases = [
    ("knn", {}, KNN(), "narrow"),
    ("knn", {}, KNN(), "wide"),
    ("knn", {"method": "mean", "neighbors": 8}, KNN(method="mean", n_neighbors=8), "narrow"),
    ("knn", {"method": "median", "neighbors": 6}, KNN(method="median", n_neighbors=6), "narrow"),
    ("knn", {"metric": "manhattan"}, KNN(metric="manhattan"), "narrow"),
    ("knn", {"metric": "chebyshev"}, KNN(metric="chebyshev"), "wide"),
    ("knn", {"metric": "minkowski", "power": 3}, KNN(p=3), "narrow"),
    ("knn", {"metric": "cosine"}, KNN(metric="cosine"), "wide"),
    ("lof", {}, LOF(), "narrow"),
    ("lof", {}, LOF(), "wide"),
    ("lof", {"neighbors": 7, "metric": "manhattan"}, LOF(n_neighbors=7, metric="manhattan"), "narrow"),
    ("lof", {"neighbors": 100}, LOF(n_neighbors=100), "small"),
    ("cof", {"chain": "distance-order"}, COF(), "narrow"),
    ("cof", {"chain": "distance-order", "neighbors": 5}, COF(n_neighbors=5), "wide"),
    ("abod", {}, ABOD(), "narrow"),
    ("abod", {"neighbors": 10}, ABOD(n_neighbors=10), "wide"),
    ("abod", {"method": "exact"}, ABOD(method="default"), "small"),
    ("sod", {"normalization": "root-dimensions"}, SOD(), "narrow"),
    ("sod", {"normalization": "root-dimensions"}, SOD(), "wide"),
    ("cblof", {"clusters": 3, "boundary": "both"}, CBLOF(n_clusters=3, random_state=0), "blobs"),
    ("cblof", {"clusters": 3, "boundary": "both", "use-weights": True}, CBLOF(n_clusters=3, use_weights=True, random_state=0), "blobs"),
]
result = []
for name, parameters, model, table in cases:
    train, new = tables[table]
    model.fit(train)
    entry = {
        "detector": name,
        "parameters": parameters,
        "table": table,
        "training_scores": model.decision_scores_.tolist(),
        "new_scores": [],
    }
    # PyOD compares the new rows of these with each other, not with those of the fit.
    if name not in ("cof", "sod"):
        entry["new_scores"] = model.decision_function(new).tolist()
    result.append(entry)
pathlib.Path(__file__).with_name("neighbors.json").write_text(
    json.dumps(
        {
            "tables": {k: {"train": a.tolist(), "new": b.tolist()} for k, (a, b) in tables.items()},
            "cases": result,
        }
    )
)
