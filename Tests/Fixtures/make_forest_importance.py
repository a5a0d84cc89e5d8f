"""Writes forest_importance.json: the Gini importances of scikit-learn's random forests.

    python make_forest_importance.py        (scikit-learn 1.9.1, numpy 2.4.6)
"""
import json
import pathlib

import numpy as np
from sklearn.ensemble import RandomForestClassifier

random = np.random.default_rng(8)
values = random.normal(size=(400, 9)).round(2)
values[:, 4] = random.integers(0, 3, size=400)
# The second and third column tell only together.
truth = (values[:, 1] * values[:, 2] > 0.8) & (values[:, 4] > 0) | (values[:, 0] > 2)
importances = np.mean([
    RandomForestClassifier(500, class_weight="balanced_subsample", max_depth=12, random_state=seed)
    .fit(values, truth).feature_importances_ for seed in range(5)], axis=0)
path = pathlib.Path(__file__).with_name("forest_importance.json")
path.write_text(json.dumps(
    {"values": values.tolist(), "truth": truth.tolist(), "importances": importances.round(6).tolist()},
    separators=(",", ":")))
print(truth.sum(), importances.round(3))
