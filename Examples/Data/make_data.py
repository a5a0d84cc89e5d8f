"""Writes the labelled tables of this folder from the copies that two packages of PyPI carry.

    pip install scikit-learn==1.9.1
    pip download --no-deps orange3==3.40.0
    python make_data.py orange3-3.40.0-*.whl

As usual in the field, the ill patients are reduced to a minority, so that they are the anomalies (Campos et al., 2016).
"""
import csv
import io
import pathlib
import random
import sys
import zipfile

from sklearn.datasets import load_breast_cancer

here = pathlib.Path(__file__).parent


def write(name, header, rows):
    with open(here / name, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print(name, len(rows), "rows")


def reduced(rows, is_anomaly, count):
    """All normal rows and `count` of the others, in their order."""
    anomalies = [index for index, row in enumerate(rows) if is_anomaly(row)]
    kept = set(random.Random(0).sample(anomalies, count))
    return [row for index, row in enumerate(rows) if not is_anomaly(row) or index in kept]


def breast_cancer():
    bunch = load_breast_cancer()
    names = [name.replace(" ", "_") for name in bunch.feature_names]
    rows = []
    for index, (values, target) in enumerate(zip(bunch.data, bunch.target)):
        diagnosis = bunch.target_names[target]
        rows.append([f"case-{index + 1}", *(f"{value:.10g}" for value in values), diagnosis])
    kept = reduced(rows, lambda row: row[-1] == "malignant", 40)
    write("breast-cancer.csv", ["case", *names, "diagnosis"], kept)
    # The means alone, and what is known of the few cases that somebody has looked at.
    means = [index for index, name in enumerate(names) if name.startswith("mean_")]
    draw = random.Random(1)
    reviewed = set()
    for diagnosis, count in (("malignant", 8), ("benign", 32)):
        reviewed.update(draw.sample([row[0] for row in kept if row[-1] == diagnosis], count))
    write(
        "breast-cancer-reviewed.csv",
        ["case", *(names[index] for index in means), "reviewed", "diagnosis"],
        [
            [row[0], *(row[1 + index] for index in means), row[-1] if row[0] in reviewed else "", row[-1]]
            for row in kept
        ],
    )


def heart_disease(wheel):
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read("Orange/datasets/heart_disease.tab").decode()
    lines = list(csv.reader(io.StringIO(text), delimiter="\t"))
    names = [name.replace(" ", "_") for name in lines[0][:-1]]
    rows = []
    for index, line in enumerate(lines[3:]):
        values = ["?" if value in ("", "?") else value for value in line[:-1]]
        rows.append([f"patient-{index + 1}", *values, "ill" if line[-1] == "1" else "healthy"])
    write(
        "heart-disease.csv",
        ["patient", *names, "diagnosis"],
        reduced(rows, lambda row: row[-1] == "ill", 18),
    )


if __name__ == "__main__":
    breast_cancer()
    heart_disease(sys.argv[1])
