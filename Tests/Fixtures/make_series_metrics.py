"""Writes series_metrics.json: TSB-AD's metrics and NAB's rules on small series, for the tests of the series metrics.

    pip install TSB-AD==1.5 scikit-learn && python make_series_metrics.py
"""
import json
import math
import pathlib

import numpy as np
from TSB_AD.evaluation.affiliation.generics import convert_vector_to_events
from TSB_AD.evaluation.affiliation.metrics import pr_from_events
from TSB_AD.evaluation.basic_metrics import basic_metricor, generate_curve


def nab(scores, truth):
    """NAB's scoring rules: its sigmoid, probation and profiles, at the best cutoff."""

    def sigmoid(y):
        return -1.0 if y > 3 else 2 / (1 + math.exp(5 * y)) - 1

    spans = [(begin, end - 1) for begin, end in convert_vector_to_events(truth)]
    result = {}
    for profile, (fp, fn) in {"standard": (0.11, 1), "reward-low-FP": (0.22, 1), "reward-low-FN": (0.11, 2)}.items():
        best = worst = -fn * len(spans)
        for cutoff in np.unique(scores):
            value, found = 0.0, {}
            for i in range(min(math.floor(0.15 * len(truth)), 750), len(truth)):
                if scores[i] < cutoff:
                    continue
                inside = [k for k, (a, b) in enumerate(spans) if a <= i <= b]
                before = [k for k, (a, b) in enumerate(spans) if b < i]
                if inside:
                    a, b = spans[inside[0]]
                    worth = sigmoid(-(b - i + 1) / (b - a + 1)) / sigmoid(-1.0)
                    found[inside[0]] = max(found.get(inside[0], -fn), worth)
                else:
                    a, b = spans[before[-1]] if before else (0, 0)
                    value += fp * (-1.0 if not before else sigmoid((i - b) / max(1, b - a)))
            value += sum(found.get(k, -fn) for k in range(len(spans)))
            best = max(best, value)
        result[profile] = 100 * (best - worst) / (len(spans) - worst)
    return result


random = np.random.default_rng(0)
grader = basic_metricor()
cases = []
for count, spans, levels in [
    (300, [(100, 130)], None),
    (300, [(0, 20), (140, 141), (150, 190), (280, 300)], None),
    (400, [(90, 110), (115, 160), (350, 352)], 6),
    (257, [(30, 31)], None),
    (1000, [(200, 420), (700, 760)], 40),
]:
    truth = np.zeros(count, int)
    for begin, end in spans:
        truth[begin:end] = 1
    scores = random.random(count) + np.roll(truth, 5) * random.random(count) * 0.9
    if levels:
        scores = np.round(scores * levels) / levels
    scores += 0.125
    for share in [0.8, 0.95]:
        decisions = (scores > np.quantile(scores, share)).astype(int)
        values = {}
        for buffer in [0, 1, 10, 57]:
            curves = generate_curve(truth, scores, buffer, "opt", 250)
            values[f"vus-roc {buffer}"], values[f"vus-pr {buffer}"] = curves[6], curves[7]
        values["event-f1"] = grader.metric_EventF1PA(truth, scores, preds=decisions)
        values["best-event-f1"] = max(
            grader.metric_EventF1PA(truth, scores, preds=(scores >= cutoff).astype(int)) for cutoff in np.unique(scores)
        )
        # A normal point in front: the reference forgets the first point of an event that begins with the series.
        front = [np.concatenate([[0], part]) for part in (truth, scores, decisions)]
        values["point-adjusted-f1"] = grader.metric_PointF1PA(front[0], front[1], preds=front[2])
        affiliation = pr_from_events(convert_vector_to_events(decisions), convert_vector_to_events(truth), (0, count))
        values["affiliation-precision"] = affiliation["Affiliation_Precision"]
        values["affiliation-recall"] = affiliation["Affiliation_Recall"]
        values["affiliation-f1"] = grader.metric_Affiliation(truth, scores, preds=decisions)
        cases.append(
            {
                "truth": truth.tolist(),
                "scores": scores.tolist(),
                "decisions": decisions.tolist(),
                "values": {name: float(value) for name, value in values.items()},
                "nab": nab(scores, truth),
            }
        )
path = pathlib.Path(__file__).parent / "series_metrics.json"
path.write_text(json.dumps({"cases": cases}) + "\n")
