"""Writes gaussian.json: scores of scikit-learn's and PyOD's normal and kernel density models on small tables.

    pip install pyod==3.6.7 scikit-learn==1.9.1 && python make_gaussian.py
"""

import json
import pathlib

import numpy as np
from pyod.models.gmm import GMM
from pyod.models.kde import KDE
from pyod.models.mcd import MCD
from sklearn.covariance import EmpiricalCovariance
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity


def rounded(values):
    return [float(f"{value:.12g}") for value in np.ravel(values)]


generator = np.random.default_rng(7)
mixing = generator.normal(size=(4, 4))
plain = np.round(generator.normal(size=(80, 4)) @ mixing + 2, 4)
plain_new = np.round(2 * generator.normal(size=(12, 4)) @ mixing + 2, 4)
dirty = np.round(np.vstack([generator.normal(size=(170, 3)), generator.normal(size=(30, 3)) * 0.5 + 9]), 4)
dirty_new = np.round(generator.normal(size=(12, 3)) * 4, 4)
places = np.array([[0, 0, 0], [12, 0, 4], [0, 12, -4]])
clusters = np.round(np.vstack([generator.normal(size=(40, 3)) * (1 + i / 2) + place for i, place in enumerate(places)]), 4)
clusters_new = np.round(generator.normal(size=(12, 3)) * 6 + 3, 4)
tables = {
    "plain": (plain, plain_new), "dirty": (dirty, dirty_new), "clusters": (clusters, clusters_new),
    "line": (np.round(generator.normal(size=(61, 1)), 4), np.round(3 * generator.normal(size=(9, 1)), 4)),
}
cases = []


def add(detector, parameters, name, training, new):
    cases.append({
        "detector": detector, "parameters": parameters, "table": name,
        "training_scores": rounded(training), "new_scores": rounded(new),
    })


model = EmpiricalCovariance().fit(plain)
unbiased = (len(plain) - 1) / len(plain)
add("mahalanobis", {}, "plain", model.mahalanobis(plain) * unbiased, model.mahalanobis(plain_new) * unbiased)

# With three quarters of the rows every start ends in one minimum; with half of them, in several.
model = MCD(random_state=1, support_fraction=0.75).fit(dirty)
add("mcd", {"support-fraction": 0.75}, "dirty", model.decision_scores_, model.decision_function(dirty_new))

model = GMM().fit(plain)
add("gmm", {"leave-one-out": False}, "plain", model.decision_scores_, model.decision_function(plain_new))
alone = [-GaussianMixture().fit(np.delete(plain, row, 0)).score_samples(plain[row:row + 1])[0] for row in range(len(plain))]
add("gmm", {}, "plain", alone, model.decision_function(plain_new))
for ours, theirs in [("full", "full"), ("tied", "tied"), ("diagonal", "diag"), ("spherical", "spherical")]:
    model = GMM(n_components=3, covariance_type=theirs, tol=1e-10, max_iter=1000, n_init=5, random_state=0).fit(clusters)
    add("gmm", {"components": 3, "covariance": ours, "tolerance": 1e-10, "iterations": 1000, "starts": 5,
                "leave-one-out": False},
        "clusters", model.decision_scores_, model.decision_function(clusters_new))

for name in ("plain", "line"):
    train, new = tables[name]
    model = KDE().fit(train)
    add("kde", {"normalized": True}, name, model.decision_scores_, model.decision_function(new))
for kernel in ("tophat", "epanechnikov", "exponential", "linear", "cosine"):
    for name, bandwidth in (("plain", 2.5), ("line", 0.8)):
        if kernel == "cosine" and name == "plain":
            # The integral that scikit-learn divides by comes out negative in four dimensions.
            continue
        train, new = tables[name]
        model = KernelDensity(kernel=kernel, bandwidth=bandwidth).fit(train)
        # A new row that no kernel reaches has no finite score there.
        add("kde", {"kernel": kernel, "bandwidth": bandwidth, "normalized": True}, name,
            -model.score_samples(train), -model.score_samples(new) if kernel == "exponential" else [])

# Weights, 0 among them: its training scores are those of the weighted density too.
for name, bandwidth in (("plain", 0.9), ("line", 0.4)):
    train, new = tables[name]
    weights = (np.arange(len(train)) * 7 % 5) / 2
    model = KernelDensity(bandwidth=bandwidth).fit(train, sample_weight=weights)
    add("kde", {"bandwidth": bandwidth, "normalized": True}, name, -model.score_samples(train), -model.score_samples(new))
    cases[-1]["weights"] = weights.tolist()

document = {
    "tables": {name: {"train": t.tolist(), "new": n.tolist()} for name, (t, n) in tables.items()},
    "cases": cases,
}
path = pathlib.Path(__file__).with_name("gaussian.json")
path.write_text(json.dumps(document, separators=(",", ":")) + "\n")
print(path, path.stat().st_size, "bytes", len(cases), "cases")
