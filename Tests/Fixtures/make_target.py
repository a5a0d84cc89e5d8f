"""Writes target.json: the training rows as scikit-learn's TargetEncoder encodes them, part by part.

    python make_target.py        (scikit-learn 1.9.1, numpy 2.4.6)
"""
import json
import pathlib

import numpy as np
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import TargetEncoder

random = np.random.default_rng(5)
words = np.column_stack([random.integers(0, 5, size=60), random.integers(0, 3, size=60)])
words[59, 0] = 5  # a word of one row
labels = (random.random(60) < 0.15 + 0.1 * words[:, 0]).astype(int)
parts = np.zeros(60, int)
for number, (_, held) in enumerate(StratifiedKFold(5).split(words, labels)):
    parts[held] = number
cases = []
for smoothing in [None, 10.0]:
    encoder = TargetEncoder(
        smooth="auto" if smoothing is None else smoothing, target_type="binary", cv=StratifiedKFold(5))
    encoded = encoder.fit_transform(words, labels)
    cases.append({"smoothing": smoothing, "encoded": encoded.tolist()})
path = pathlib.Path(__file__).with_name("target.json")
path.write_text(json.dumps(
    {"words": words.tolist(), "labels": labels.tolist(), "parts": parts.tolist(), "cases": cases},
    separators=(",", ":")))
