"""ROC-AUC of every missing-value strategy, with 5, 20 and 40 % of the values of labelled tables removed at random.

    python missing_values.py --outlier ../.build/release/outlier --tables DIRECTORY [--max-rows 1500] [--max-columns 60]

Tables are .npz files with `X` and `y` (1 = anomaly). Columns are z-scored; tables of more rows are cut to a random part of
them, with their share of anomalies. The same values are removed for every strategy. Printed: the mean ROC-AUC over the
tables of each strategy and share, and how far it is from that of the complete tables by the same detector.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy as np

SHARES = [0.05, 0.2, 0.4]
NATIVE = ["isolation-forest", "hbos", "ecod", "pca", "knn"]
STRATEGIES = {
    "drop-rows": ["drop-rows"],
    "drop-columns at 0.3": [{"drop-columns": {"max-missing": 0.3}}, "drop-rows"],
    "mean": [{"impute": {"strategy": "mean"}}],
    "median": [{"impute": {"strategy": "median"}}],
    "mode": [{"impute": {"strategy": "mode"}}],
    "constant 0": [{"impute": {"strategy": "constant"}}],
    "median and missing-indicator": ["missing-indicator", {"impute": {"strategy": "median"}}],
    "knn": [{"impute": {"strategy": "knn"}}],
    "iterative": [{"impute": {"strategy": "iterative"}}],
}


def run(outlier, folder, source, preprocess, detector):
    configuration = {
        "data": {"source": str(source), "label": "y"}, "preprocess": preprocess, "detector": detector,
        "metrics": ["roc-auc"], "seed": 0, "threads": 2,
    }
    path = folder / "run.json"
    path.write_text(json.dumps(configuration))
    result = subprocess.run([outlier, "run", path, "--json", "--top", "0"], capture_output=True, text=True)
    if result.returncode != 0:
        return np.nan
    value = json.loads(result.stdout)["metrics"]["roc-auc"]
    return np.nan if value is None else value


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--outlier", type=pathlib.Path, required=True)
    parser.add_argument("--tables", type=pathlib.Path, required=True)
    parser.add_argument("--max-rows", type=int, default=1500)
    parser.add_argument("--max-columns", type=int, default=60)
    arguments = parser.parse_args()
    outlier = arguments.outlier.resolve()
    rows = {}
    count = 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for path in sorted(arguments.tables.glob("*.npz")):
            archive = np.load(path, allow_pickle=True)
            table, labels = archive["X"].astype(float), archive["y"].astype(float).ravel()
            if table.shape[1] > arguments.max_columns or table.shape[1] < 2:
                continue
            random = np.random.default_rng(0)
            if len(table) > arguments.max_rows:
                chosen = np.sort(random.permutation(len(table))[: arguments.max_rows])
                table, labels = table[chosen], labels[chosen]
            if labels.sum() < 5:
                continue
            count += 1
            spread = table.std(axis=0)
            table = (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1)
            source = folder / "table.npz"
            np.savez(source, X=table, y=labels)
            complete = {detector: run(outlier, folder, source, [], detector) for detector in NATIVE}
            for detector in NATIVE:
                rows.setdefault((detector, "complete"), []).append([complete[detector]] * len(SHARES))
            draws = random.random(table.shape)
            measured = {}
            for share in SHARES:
                np.savez(source, X=np.where(draws < share, np.nan, table), y=labels)
                for detector in NATIVE:
                    measured.setdefault((detector, "native"), []).append(run(outlier, folder, source, [], detector))
                for strategy, preprocess in STRATEGIES.items():
                    measured.setdefault(("knn", strategy), []).append(run(outlier, folder, source, preprocess, "knn"))
            for key, values in measured.items():
                rows.setdefault(key, []).append(values)
            print(f"{path.stem}: done", flush=True)
    print(f"\nmean ROC-AUC of {count} tables (of those where there is a result)\n")
    print(f"| {'detector':18} | {'strategy':30} | complete | " + " | ".join(f"{share:.0%}" for share in SHARES) + " |")
    print("|---|---|---|" + "---|" * len(SHARES))
    for (detector, strategy), values in rows.items():
        if strategy == "complete":
            continue
        means = [np.nanmean(column) for column in np.array(values, float).T]
        lost = [int(np.isnan(column).sum()) for column in np.array(values, float).T]
        cells = [f"{mean:.3f}" + (f" ({gone} failed)" if gone else "") for mean, gone in zip(means, lost)]
        whole = np.nanmean(np.array(rows[(detector, "complete")], float)[:, 0])
        print(f"| {detector:18} | {strategy:30} | {whole:.3f} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
