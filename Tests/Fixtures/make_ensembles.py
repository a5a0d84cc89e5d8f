"""Writes ensembles.json: what PyOD's combinations of detectors give on small tables.

    python make_ensembles.py        (pyod 3.6.7, numpy 2.4.6)

Only what has no random numbers in it can be compared: `lscp` on one column, where every subset is the whole.
"""
import json
import pathlib
import warnings

import numpy as np
from pyod.models.copod import COPOD
from pyod.models.ecod import ECOD
from pyod.models.hbos import HBOS
from pyod.models.knn import KNN
from pyod.models.lof import LOF
from pyod.models.lscp import LSCP
from pyod.utils.utility import standardizer

warnings.filterwarnings("ignore")


def table(random, rows, columns):
    train = random.normal(size=(rows, columns))
    train[: rows // 2] = train[: rows // 2] * 0.4 + 3
    train[-5:] += random.uniform(-6, 6, size=(5, columns))
    new = random.uniform(-5, 7, size=(25, columns))
    return np.round(train, 6), np.round(new, 6)


def main():
    random = np.random.default_rng(3)
    tables = {"three": table(random, 120, 3), "one": table(random, 160, 1)}
    cases = []
    train, new = tables["three"]
    models = [HBOS().fit(train), ECOD().fit(train), COPOD().fit(train), KNN().fit(train), LOF().fit(train)]
    members = [{"hbos": {"bin-lookup": "pyod"}}, {"ecod": {"new-rows": "batch"}}, {"copod": {"new-rows": "batch"}}, "knn", "lof"]
    training_scores, new_scores = standardizer(
        np.column_stack([model.decision_scores_ for model in models]),
        np.column_stack([model.decision_function(new) for model in models]))
    for name, combine in [("average", np.mean), ("maximum", np.max), ("median", np.median)]:
        cases.append({
            "detector": "ensemble", "parameters": {"members": members, "combination": name}, "table": "three",
            "training_scores": combine(training_scores, axis=1).tolist(),
            "new_scores": combine(new_scores, axis=1).tolist()})
    # PyOD scores training rows as new ones, which detectors of histograms do anyway.
    train, new = tables["one"]
    for bins, region in [(10, 30), (2, 40)]:
        sizes = [4, 5, 7, 10, 15, 25]
        model = LSCP([HBOS(n_bins=size) for size in sizes], local_region_size=region, n_bins=bins, random_state=0)
        model.fit(train)
        cases.append({
            "detector": "lscp",
            "parameters": {"members": [{"hbos": {"bins": size, "bin-lookup": "pyod"}} for size in sizes], "bins": bins,
                           "local-region-size": region},
            "table": "one", "training_scores": model.decision_scores_.tolist(),
            "new_scores": model.decision_function(new).tolist()})
    content = {
        "tables": {name: {"train": train.tolist(), "new": new.tolist()} for name, (train, new) in tables.items()},
        "cases": cases,
    }
    path = pathlib.Path(__file__).with_name("ensembles.json")
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")


main()
