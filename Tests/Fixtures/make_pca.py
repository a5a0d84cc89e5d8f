"""Writes pca.json: scores of PyOD's PCA and KPCA and of scikit-learn's PCA on small tables.

    pip install pyod==3.6.7 scikit-learn==1.9.1 && python make_pca.py
"""

import json
import pathlib

import numpy as np
from pyod.models.kpca import KPCA
from pyod.models.pca import PCA as PyODPCA
from sklearn.decomposition import PCA
from sklearn.preprocessing import StandardScaler


def rounded(values):
    return [float(f"{value:.12g}") for value in np.ravel(values)]


def table(rows, new, columns, seed):
    generator = np.random.default_rng(seed)
    mixing = generator.normal(size=(columns, columns))
    train = np.round(generator.normal(size=(rows, columns)) @ mixing + 3, 4)
    other = np.round(1.5 * generator.normal(size=(new, columns)) @ mixing + 3, 4)
    return train, other


tables = {
    "tall": table(90, 15, 5, 1),
    "two": table(60, 10, 2, 2),
    "wide": table(12, 6, 18, 3),
}
cases = []


def add(detector, parameters, name, training, new):
    cases.append({
        "detector": detector, "parameters": parameters, "table": name,
        "training_scores": rounded(training), "new_scores": rounded(new),
    })


def standardized(train, new, components=None):
    scaler = StandardScaler().fit(train)
    model = PCA(n_components=components, whiten=True).fit(scaler.transform(train))
    return [np.sum(model.transform(scaler.transform(x)) ** 2, axis=1) for x in (train, new)]


def reconstruction(train, new, components):
    scaler = StandardScaler().fit(train)
    model = PCA(n_components=components).fit(scaler.transform(train))
    scores = []
    for x in (train, new):
        z = scaler.transform(x)
        scores.append(np.sum((z - model.inverse_transform(model.transform(z))) ** 2, axis=1))
    return scores


for name in ("tall", "two"):
    train, new = tables[name]
    add("pca", {}, name, *standardized(train, new))
    model = PyODPCA().fit(train)
    add("pca", {"score": "pyod"}, name, model.decision_scores_, model.decision_function(new))
train, new = tables["tall"]
add("pca", {"components": 3}, "tall", *standardized(train, new, 3))
add("pca", {"score": "reconstruction", "components": 2}, "tall", *reconstruction(train, new, 2))
add("pca", {"score": "reconstruction", "reconstruction-share": 0.8}, "tall", *reconstruction(train, new, 0.8))
for options, parameters in [
    ({"n_components": 3, "n_selected_components": 2}, {"components": 3, "selected-components": 2}),
    ({"weighted": False}, {"weighted": False}),
    ({"standardization": False}, {"standardize": False}),
]:
    model = PyODPCA(**options).fit(train)
    add("pca", {"score": "pyod", **parameters}, "tall", model.decision_scores_, model.decision_function(new))
train, new = tables["wide"]
# Eleven directions have variance; scikit-learn keeps a twelfth, which is rounding.
add("pca", {}, "wide", *standardized(train, new, 11))
add("pca", {"score": "reconstruction", "components": 4}, "wide", *reconstruction(train, new, 4))

for name, kernel, options in [
    ("tall", "rbf", {}), ("tall", "linear", {}), ("tall", "poly", {"gamma": 0.05, "degree": 2}),
    ("tall", "cosine", {}), ("wide", "rbf", {"gamma": 0.02}),
]:
    train, new = tables[name]
    model = KPCA(kernel=kernel, n_components=4, random_state=0, eigen_solver="dense", **options).fit(train)
    parameters = {"kernel": kernel, "components": 4}
    for ours, theirs in [("gamma", "gamma"), ("degree", "degree"), ("offset", "coef0")]:
        if theirs in options:
            parameters[ours] = options[theirs]
    add("kernel-pca", parameters, name, model.decision_scores_, model.decision_function(new))

document = {
    "tables": {name: {"train": t.tolist(), "new": n.tolist()} for name, (t, n) in tables.items()},
    "cases": cases,
}
path = pathlib.Path(__file__).with_name("pca.json")
path.write_text(json.dumps(document, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes", len(cases), "cases")
