"""Writes preparation.json: what scikit-learn's preprocessors make of small tables.

    python make_preparation.py        (scikit-learn 1.9.1, numpy, scipy)
"""
import json
import pathlib
import warnings

import numpy as np
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer, KNNImputer, MissingIndicator
from scipy import stats
from sklearn.cluster import FeatureAgglomeration
from sklearn.feature_selection import VarianceThreshold, mutual_info_classif
from sklearn.linear_model import Ridge
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import PowerTransformer, QuantileTransformer, TargetEncoder

warnings.filterwarnings("ignore")

tables = {}
cases = []


def rounded(matrix):
    return [[None if np.isnan(value) else float(f"{value:.9g}") for value in row] for row in np.asarray(matrix, float)]


def table(name, train, new, labels=None, levels=None):
    made = {"train": rounded(np.round(train, 6)), "new": rounded(np.round(new, 6))}
    if labels is not None:
        made["labels"] = [int(label) for label in labels]
    if levels is not None:
        made["levels"] = levels
    tables[name] = made
    return np.round(train, 6), np.round(new, 6)


SELECTIONS = ["variance", "kurtosis", "correlation", "mutual-information", "laplacian-score", "quantile", "clip"]


def case(preprocessor, parameters, name, train, new, tolerance=1e-6):
    if preprocessor in SELECTIONS:
        train = train[:5]  # the first rows say as much as all
    cases.append({"preprocessor": preprocessor, "parameters": parameters, "table": name,
                  "train": rounded(train), "new": rounded(new), "tolerance": tolerance})


def both(model, train, new):
    return model.fit(train).transform(train), model.transform(new)


random = np.random.default_rng(11)


# Missing values.
def holes(matrix, share):
    matrix = matrix.copy()
    matrix[random.random(matrix.shape) < share] = np.nan
    return matrix


mixing = random.normal(size=(6, 6))
full = random.normal(size=(100, 6)) @ mixing + [0, 5, -3, 20, 1, 0]
train, new = table("holes", holes(full[:80], 0.2), holes(full[80:], 0.3))
for neighbors in [1, 5]:
    for weights in ["uniform", "distance"]:
        case("knn-imputer", {"neighbors": neighbors, "weights": weights}, "holes",
             *both(KNNImputer(n_neighbors=neighbors, weights=weights), train, new))
case("iterative-imputer", {}, "holes", *both(IterativeImputer(), train, new))
case("iterative-imputer", {"rounds": 3, "tolerance": 0}, "holes",
     *both(IterativeImputer(max_iter=3, tol=0), train, new))
case("iterative-imputer", {"regression": "ridge", "penalty": 0.5}, "holes",
     *both(IterativeImputer(estimator=Ridge(alpha=0.5)), train, new))
indicator = MissingIndicator().fit(train)
case("missing-indicator", {}, "holes", np.hstack([train, indicator.transform(train)]),
     np.hstack([new, indicator.transform(new)]))
# Columns of other magnitudes, one complete, more columns than rows.
wide = random.normal(size=(40, 24)) @ random.normal(size=(24, 24)) * 10.0 ** random.integers(-2, 3, size=24)
wide[:20, 3:] = holes(wide[:20, 3:], 0.1)
wide[20:] = holes(wide[20:], 0.2)
train, new = table("wide", wide[:20], wide[20:])
case("iterative-imputer", {}, "wide", *both(IterativeImputer(), train, new), tolerance=1e-5)
case("knn-imputer", {"neighbors": 3}, "wide", *both(KNNImputer(n_neighbors=3), train, new))


# Shapes of columns.
skewed = np.column_stack([
    random.exponential(3, size=100), random.normal(50, 4, size=100), -random.lognormal(1, 0.7, size=100),
    random.standard_t(2, size=100), random.integers(0, 4, size=100), np.full(100, 7.0),
])
# The peer takes a constant column with holes for one that varies.
skewed[:, :5] = holes(skewed[:, :5], 0.05)
train, new = table("skewed", skewed[:80], skewed[80:] * 1.1)
case("power", {}, "skewed", *both(PowerTransformer(), train, new))
case("power", {"standardize": False}, "skewed", *both(PowerTransformer(standardize=False), train, new))
for count in [10, 1000]:
    for output in ["uniform", "normal"]:
        model = QuantileTransformer(n_quantiles=min(count, 80), output_distribution=output, subsample=None)
        case("quantile", {"output": output, "quantiles": count}, "skewed", *both(model, train, new))
case("clip", {"lower": -1, "upper": 20}, "skewed", np.clip(train, -1, 20), np.clip(new, -1, 20))
low, high = np.nanquantile(train, [0.05, 0.9], axis=0)
case("winsorize", {"lower": 0.05, "upper": 0.9}, "skewed", np.clip(train, low, high), np.clip(new, low, high))
case("variance", {"threshold": 5}, "skewed", *both(VarianceThreshold(5), train, new))
case("variance", {}, "skewed", *both(VarianceThreshold(), train, new))


def keeping(name, parameters, where, train, new, scores, count):
    kept = np.sort(np.argsort(-np.asarray(scores), kind="stable")[:count])
    case(name, {**parameters, "keep": count}, where, train[:, kept], new[:, kept])


keeping("kurtosis", {}, "skewed", train, new,
        np.nan_to_num(stats.kurtosis(train, fisher=False, nan_policy="omit"), nan=-1), 3)

# Many columns, with labels.
labels = random.random(80) < 0.3
informative = random.normal(size=(95, 12))
informative[:80, [2, 5, 9]] += labels[:, None] * [2.0, 1.0, 0.5]
informative[:, 7] = informative[:, 1] * -2 + 0.05 * random.normal(size=95)
informative[:, 8] = informative[:, 5] + 0.4 * random.normal(size=95)
train, new = table("labelled", informative[:80], informative[80:], labels=labels)
information = mutual_info_classif(train, labels, random_state=0)
for count in [1, 3, 6]:
    keeping("mutual-information", {}, "labelled", train, new, information, count)


def uncorrelated(matrix, threshold):
    kept = []
    for column in range(matrix.shape[1]):
        if all(abs(np.corrcoef(matrix[:, column], matrix[:, other])[0, 1]) <= threshold for other in kept):
            kept.append(column)
    return kept


for threshold in [0.95, 0.8]:
    kept = uncorrelated(train, threshold)
    case("correlation", {"threshold": threshold}, "labelled", train[:, kept], new[:, kept])
kept = uncorrelated(stats.rankdata(train, axis=0), 0.8)
case("correlation", {"threshold": 0.8, "method": "spearman"}, "labelled", train[:, kept], new[:, kept])


def laplacian_scores(matrix, neighbors):
    """He, Cai and Niyogi 2005, by its formulas."""
    graph = NearestNeighbors(n_neighbors=neighbors).fit(matrix).kneighbors_graph(mode="distance").toarray()
    graph = np.maximum(graph, graph.T)
    joined = graph > 0
    squares = graph ** 2
    weights = np.where(joined, np.exp(-squares / squares[joined].mean()), 0)
    degrees = np.diag(weights.sum(axis=1))
    ones = np.ones(len(matrix))
    scores = []
    for column in matrix.T:
        centred = column - (column @ degrees @ ones) / (ones @ degrees @ ones)
        scores.append((centred @ (degrees - weights) @ centred) / (centred @ degrees @ centred))
    return np.array(scores)


for count in [2, 5, 8]:
    keeping("laplacian-score", {}, "labelled", train, new, -laplacian_scores(train, 5), count)
for count in [1, 4, 12]:
    model = FeatureAgglomeration(n_clusters=count).fit(train)
    first = [np.flatnonzero(model.labels_ == label)[0] for label in range(count)]
    order = np.argsort(first)
    case("feature-agglomeration", {"clusters": count}, "labelled", model.transform(train)[:, order],
         model.transform(new)[:, order])

# Categories.
words = np.column_stack([random.integers(0, 4, size=100), random.normal(size=100), random.integers(0, 2, size=100)])
words = words.astype(float)
words[80:84, 0] = 5  # not among the words of the fit
labels = random.random(80) < 0.2 + 0.15 * words[:80, 0]
levels = [["a", "b", "c", "d", "e"], None, ["no", "yes"]]
train, new = table("words", words[:80], words[80:], labels=labels, levels=levels)
categories = [0, 2]
for smoothing in [None, 10.0]:
    encoder = TargetEncoder(smooth="auto" if smoothing is None else smoothing, target_type="binary")
    encoder.fit(train[:, categories], labels.astype(int))
    results = []
    for part in [train, new]:
        encoded = part.copy()
        encoded[:, categories] = encoder.transform(part[:, categories])
        results.append(encoded)
    case("target", {"smoothing": smoothing}, "words", *results)
frequencies = []
for part in [train, new]:
    encoded = part.copy()
    for column in categories:
        encoded[:, column] = [(train[:, column] == value).mean() for value in part[:, column]]
    frequencies.append(encoded)
case("frequency", {}, "words", *frequencies)
unknown = new.copy()
unknown[unknown[:, 0] == 5, 0] = -1
case("ordinal", {}, "words", train, unknown)

path = pathlib.Path(__file__).with_name("preparation.json")
path.write_text(json.dumps({"tables": tables, "cases": cases}, separators=(",", ":")))
print(len(cases), "cases,", path.stat().st_size, "bytes")
