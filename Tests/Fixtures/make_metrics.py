"""Writes metrics.json: scikit-learn's metrics on small tables with ties, for the tests of the metrics.

    pip install scikit-learn==1.9.1 && python make_metrics.py
"""
import json
import pathlib

import numpy as np
from sklearn import metrics

random = np.random.default_rng(0)
cases = []
for rows, levels, share in [(5, 3, 0.4), (30, 4, 0.2), (30, 1000, 0.5), (200, 7, 0.05), (200, 10**6, 0.1), (50, 1, 0.3)]:
    for _ in range(3):
        truth = random.random(rows) < share
        truth[0], truth[1] = True, False
        scores = random.integers(0, levels, rows) / 8 + 0.25 * truth * random.integers(0, 3, rows)
        predictions = scores > np.median(scores)
        precision, recall, _ = metrics.precision_recall_curve(truth, scores)
        with np.errstate(invalid="ignore"):
            best = np.nanmax(2 * precision * recall / (precision + recall))
        tn, fp, fn, tp = metrics.confusion_matrix(truth, predictions).ravel()
        cases.append(
            {
                "truth": [bool(value) for value in truth],
                "scores": scores.tolist(),
                "predictions": [bool(value) for value in predictions],
                "values": {
                    "roc-auc": metrics.roc_auc_score(truth, scores),
                    "average-precision": metrics.average_precision_score(truth, scores),
                    "best-f1": best,
                    "accuracy": metrics.accuracy_score(truth, predictions),
                    "balanced-accuracy": metrics.balanced_accuracy_score(truth, predictions),
                    "precision": metrics.precision_score(truth, predictions, zero_division=0),
                    "recall": metrics.recall_score(truth, predictions),
                    "f1": metrics.f1_score(truth, predictions),
                    "mcc": metrics.matthews_corrcoef(truth, predictions),
                },
                "confusion": [int(tp), int(fp), int(fn), int(tn)],
            }
        )
(pathlib.Path(__file__).parent / "metrics.json").write_text(json.dumps({"cases": cases}) + "\n")
