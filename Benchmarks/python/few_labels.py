"""PyOD's DevNet with few known anomalies, by the protocol of `AutomaticQuality --labels N`.

    python few_labels.py TABLES [--labels 10] [--seeds 5] [--corrected] [--write-samples DIR --rows 2000]

TABLES is a folder of .npz files with X and y. Columns are z-scored over the whole table; a fit knows N random anomalies
(half of them where there are fewer than 2 N) and takes the other rows for normal; ROC-AUC is of those other rows. PyOD
3.6.7 hands its loss the scores where it expects labels and the labels where it expects scores; --corrected puts them in
order. --write-samples only writes the tables cut to so many random rows, for both sides to be measured on.
"""
import argparse
import contextlib
import io
import pathlib
import time

import numpy as np


def tables(folder):
    for path in sorted(folder.glob("*.npz")):
        with np.load(path, allow_pickle=True) as data:
            yield path.stem, data["X"].astype(float), data["y"].astype(int).ravel()


def write_samples(source, target, rows):
    target.mkdir(parents=True, exist_ok=True)
    for name, X, y in tables(source):
        chosen = np.sort(np.random.default_rng(0).permutation(len(X))[:rows])
        if y[chosen].sum() >= 4:
            np.savez(target / f"{name}.npz", X=X[chosen], y=y[chosen])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tables", type=pathlib.Path)
    parser.add_argument("--labels", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--corrected", action="store_true")
    parser.add_argument("--write-samples", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=2000)
    parser.add_argument("--part", default="0/1", help="i/n: only every n-th table from the i-th on")
    arguments = parser.parse_args()
    if arguments.write_samples:
        write_samples(arguments.tables, arguments.write_samples, arguments.rows)
        return

    import torch
    from pyod.models import devnet
    from sklearn.metrics import roc_auc_score

    if arguments.corrected:
        loss = devnet.deviation_loss
        devnet.deviation_loss = lambda scores, labels: loss(labels[:, None], scores)
    part, parts = map(int, arguments.part.split("/"))
    means = []
    for number, (name, X, y) in enumerate(tables(arguments.tables)):
        if number % parts != part:
            continue
        deviation = X.std(axis=0)
        X = ((X - X.mean(axis=0)) / np.where(deviation > 0, deviation, 1)).astype(np.float32)
        areas = []
        start = time.time()
        for seed in range(arguments.seeds):
            random = np.random.default_rng(seed)
            anomalies = np.flatnonzero(y)
            known = random.choice(anomalies, min(arguments.labels, len(anomalies) // 2), replace=False)
            labels = np.zeros(len(y), int)
            labels[known] = 1
            torch.manual_seed(seed)
            model = devnet.DevNet()
            with contextlib.redirect_stdout(io.StringIO()):
                model.fit(X, labels)
            rest = labels == 0
            areas.append(roc_auc_score(y[rest], model.decision_function(X)[rest]))
        means.append(np.mean(areas))
        print(f"{name}\t{len(y)}\t{np.mean(areas):.4f}\t{(time.time() - start) / arguments.seeds:.2f} s", flush=True)
    print(f"mean of {len(means)}: {np.mean(means):.4f}")


main()
