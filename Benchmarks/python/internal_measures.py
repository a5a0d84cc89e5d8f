"""Do measures without labels know which detector is good? Excess mass and mass volume against ROC-AUC on labelled tables.

    python internal_measures.py --outlier ../.build/release/outlier --tables DIRECTORY [--max-rows 2000] [--detectors A,B]

Tables are .npz files with `X` and `y` (1 = anomaly), columns are z-scored, longer tables are cut to a random part of them.
Printed: the mean ROC-AUC of the detector that each measure takes, of the detector that is best on average, and of the best
on each table; and the mean rank correlation of a measure with ROC-AUC over the detectors of a table.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import numpy as np

DETECTORS = "mcd,gmm,isolation-forest,pca,hbos,knn,lof,ecod,copod,loda,inne,kde"


def ranks(values):
    return np.argsort(np.argsort(values))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--outlier", type=pathlib.Path, required=True)
    parser.add_argument("--tables", type=pathlib.Path, required=True)
    parser.add_argument("--max-rows", type=int, default=2000)
    parser.add_argument("--detectors", default=DETECTORS)
    arguments = parser.parse_args()
    names = arguments.detectors.split(",")
    taken = {"excess mass": [], "mass volume": []}
    correlations = {"excess mass": [], "mass volume": []}
    areas = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for path in sorted(arguments.tables.glob("*.npz")):
            archive = np.load(path, allow_pickle=True)
            table, labels = archive["X"].astype(float), archive["y"].astype(float).ravel()
            if len(table) > arguments.max_rows:
                chosen = np.sort(np.random.default_rng(0).permutation(len(table))[: arguments.max_rows])
                table, labels = table[chosen], labels[chosen]
            if labels.sum() < 5:
                continue
            np.savez(folder / "table.npz", X=table, y=labels)
            configuration = {
                "data": {"source": "table.npz", "label": "y"}, "preprocess": ["standard-scaler"], "detector": "hbos",
                "metrics": ["roc-auc"], "seed": 0, "threads": 2,
            }
            (folder / "run.json").write_text(json.dumps(configuration))
            result = subprocess.run(
                [arguments.outlier.resolve(), "compare", folder / "run.json", "--detectors", arguments.detectors,
                 "--internal", "--json"], capture_output=True, text=True, check=True)
            found = {row["detector"]: row for row in json.loads(result.stdout)}
            if any("excessMass" not in found[name] for name in names):
                print(f"{path.stem}: left out: {[n for n in names if 'excessMass' not in found[n]]} failed", flush=True)
                continue
            area = np.array([found[name]["metrics"]["roc-auc"] for name in names])
            areas.append(area)
            measures = {
                "excess mass": np.array([found[name]["excessMass"] for name in names]),
                "mass volume": -np.array([found[name]["massVolume"] for name in names]),
            }
            for measure, values in measures.items():
                taken[measure].append(area[values.argmax()])
                correlations[measure].append(np.corrcoef(ranks(values), ranks(area))[0, 1])
            print(f"{path.stem}: " + ", ".join(f"{m} takes {names[v.argmax()]}" for m, v in measures.items()), flush=True)
    areas = np.array(areas)
    means = areas.mean(axis=0)
    print(f"\n{len(areas)} tables, {len(names)} detectors\n")
    print("| taken | mean ROC-AUC | rank correlation with ROC-AUC |\n|---|---|---|")
    for measure in taken:
        print(f"| the highest by {measure} | {np.mean(taken[measure]):.3f} | {np.mean(correlations[measure]):+.2f} |")
    print(f"| a detector at random | {means.mean():.3f} | |")
    print(f"| the best on average, {names[means.argmax()]} | {means.max():.3f} | |")
    print(f"| the best on each table | {areas.max(axis=1).mean():.3f} | |")


if __name__ == "__main__":
    main()
