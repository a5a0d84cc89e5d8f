"""Writes labels.json: the confident joint and the suspect rows that cleanlab finds in probabilities and labels.

    python make_labels.py        (cleanlab 2.9.0, numpy 2.4.6)
"""
import json
import pathlib
import warnings

import numpy as np

warnings.filterwarnings("ignore")

from cleanlab.count import compute_confident_joint, get_confident_thresholds  # noqa: E402
from cleanlab.internal.label_quality_utils import _subtract_confident_thresholds  # noqa: E402

random = np.random.default_rng(3)
cases = []
for share, flips in [(0.1, 0.1), (0.5, 0.2), (0.03, 0.3)]:
    truth = random.random(400) < share
    probability = np.clip(0.15 + 0.6 * truth + 0.15 * random.normal(size=400), 0, 1).round(6)
    labels = np.where(random.random(400) < flips * share, ~truth, truth).astype(int)
    both = np.column_stack([1 - probability, probability])
    joint = compute_confident_joint(labels, both, calibrate=False)
    adjusted = _subtract_confident_thresholds(labels, both)
    suspects = np.flatnonzero((both.argmax(axis=1) != labels) & (adjusted.argmax(axis=1) != labels))
    cases.append({
        "probabilities": probability.tolist(), "labels": labels.tolist(), "joint": joint.tolist(),
        "thresholds": get_confident_thresholds(labels, both).tolist(), "suspects": sorted(int(row) for row in suspects),
    })
path = pathlib.Path(__file__).with_name("labels.json")
path.write_text(json.dumps(cases, separators=(",", ":")))
