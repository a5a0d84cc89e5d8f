"""Writes decisions.json: what PyOD, PyThresh and scikit-learn make of some scores.

    make_decisions.py OUTPUT      needs pyod==3.6.7 pythresh==1.1.1 scikit-learn==1.9.1
"""

import json
import pathlib
import sys

import numpy as np
from pyod.models.base import BaseDetector
from pythresh.thresholds.aucp import AUCP
from pythresh.thresholds.karch import KARCH
from sklearn.isotonic import IsotonicRegression


class Given(BaseDetector):
    """A detector whose scores are its data."""

    def __init__(self, contamination):
        super().__init__(contamination=contamination)

    def fit(self, X, y=None):
        self._set_n_classes(y)
        self.decision_scores_ = X[:, 0]
        self._process_decision_scores()
        return self

    def decision_function(self, X):
        return X[:, 0]


random = np.random.default_rng(3)
cases = []
for count, contamination in ((397, 0.1), (200, 0.05), (1000, 0.02)):
    labels = (random.random(count) < contamination).astype(int)
    scores = np.round(random.gamma(2, 1, count) + labels * random.gamma(3, 1.5, count), 4)
    new = np.round(np.concatenate([random.gamma(2, 1.5, 60), scores[:20], [-1, 0, scores.max(), 30]]), 4)
    detector = Given(contamination=contamination).fit(scores.reshape(-1, 1))
    column = new.reshape(-1, 1)
    isotonic = IsotonicRegression(out_of_bounds="clip", y_min=0, y_max=1).fit(scores, labels)

    def limit(threshold):
        threshold.eval(scores)
        return float(scores.min() + threshold.thresh_ * (scores.max() - scores.min()))

    cases.append({
        "contamination": contamination, "scores": scores.tolist(), "labels": labels.tolist(), "new": new.tolist(),
        "confidence": detector.predict_confidence(column).tolist(),
        "rejected": (detector.predict_with_rejection(column, T=32, c_r=0.1) == -2).astype(int).tolist(),
        "unification": detector.predict_proba(column, method="unify")[:, 1].tolist(),
        "isotonic": isotonic.predict(new).tolist(),
        "aucp": limit(AUCP()), "karcher": limit(KARCH()),
    })
pathlib.Path(sys.argv[1]).write_text(json.dumps({"cases": cases}, separators=(",", ":")) + "\n")
