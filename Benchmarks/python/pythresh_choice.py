"""Measures PyThresh's thresholds on labelled tables, to choose those worth having.

    pythresh_choice.py DIRECTORY [--output FILE]     needs pyod, pythresh, scikit-learn and numpy

Each table's columns are z-scored; PyOD's isolation forest, ecod and knn score all rows; each threshold that needs neither
labels nor a network of its own decides. Printed: the mean F1, Matthews correlation and share of alarms over tables and
detectors, how often the call failed or took more than ten seconds, and the seconds it took.
"""

import argparse
import csv
import functools
import importlib
import pathlib
import signal
import time
import warnings

import numpy as np
from pyod.models.ecod import ECOD
from pyod.models.iforest import IForest
from pyod.models.knn import KNN
from sklearn.metrics import f1_score, matthews_corrcoef

warnings.filterwarnings("ignore")


class Share:
    """The default of PyOD: a given share of the rows."""

    def __init__(self, share):
        self.share = share

    def eval(self, scores):
        return (scores > np.quantile(scores, 1 - self.share)).astype(int)


NAMES = (
    "AUCP BOOT CHAU CLUST DSN EB FGD FILTER FWFM GAMGMM GESD HIST IQR KARCH MAD MCST MOLL MTT QMCD REGR WIND YJ ZSCORE"
).split()


def thresholds():
    """Those whose own dependencies are installed."""
    found = {"quantile 0.1": lambda: Share(0.1), "quantile 0.05": lambda: Share(0.05)}
    for name in NAMES:
        try:
            found[name] = getattr(importlib.import_module(f"pythresh.thresholds.{name.lower()}"), name)
        except ImportError as error:
            print(f"{name}: left out, {error}")
    if "KARCH" in found:
        found["KARCH simple"] = functools.partial(found["KARCH"], method="simple")
    return found


THRESHOLDS = thresholds()


def late(*_):
    raise TimeoutError


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directory")
    parser.add_argument("--output")
    parser.add_argument("--rows", type=int, default=6000, help="the longest table that is used")
    arguments = parser.parse_args()
    signal.signal(signal.SIGALRM, late)
    found = {name: [] for name in THRESHOLDS}
    failed = dict.fromkeys(THRESHOLDS, 0)
    seconds = dict.fromkeys(THRESHOLDS, 0.0)
    rows = []
    for path in sorted(pathlib.Path(arguments.directory).glob("*.npz")):
        table = np.load(path)
        values, truth = table["X"].astype(float), table["y"].astype(int).ravel()
        if len(truth) > arguments.rows:
            continue
        spread = values.std(0)
        values = (values - values.mean(0)) / np.where(spread > 0, spread, 1)
        for detector in (IForest(random_state=0), ECOD(), KNN()):
            scores = detector.fit(values).decision_scores_
            if not np.isfinite(scores).all():
                continue
            for name, make in THRESHOLDS.items():
                start = time.perf_counter()
                try:
                    signal.alarm(10)
                    labels = np.asarray(make().eval(scores)).ravel()
                    signal.alarm(0)
                except Exception:
                    signal.alarm(0)
                    failed[name] += 1
                    continue
                seconds[name] += time.perf_counter() - start
                result = (f1_score(truth, labels), matthews_corrcoef(truth, labels), labels.mean())
                found[name].append(result)
                rows.append((path.stem, type(detector).__name__, name, *result))
    if arguments.output:
        with open(arguments.output, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["table", "detector", "threshold", "f1", "mcc", "share"])
            writer.writerows(rows)
    print("| threshold | F1 | MCC | share of alarms | fits | failed | seconds |\n|---|---|---|---|---|---|---|")
    for name in sorted(found, key=lambda name: -np.mean([r[1] for r in found[name]] or [-1])):
        mean = np.mean(found[name], axis=0) if found[name] else (np.nan,) * 3
        print(
            f"| {name} | {mean[0]:.3f} | {mean[1]:.3f} | {mean[2]:.3f} | {len(found[name])} | {failed[name]} "
            f"| {seconds[name]:.1f} |")


if __name__ == "__main__":
    main()
