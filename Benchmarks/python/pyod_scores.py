"""Fits PyOD's detectors on labelled tables and keeps their scores, for `quality` to compare with.

    python pyod_scores.py --tables DIR --output DIR [--detectors hbos,lof,…] [--max-rows 12000]

`none` writes the tables alone. The neural ones, `autoencoder`, `vae`, `deepsvdd` and `alad`, are fitted where they are asked for; they need PyTorch.

Each table is an .npz file with `X` (rows × columns) and `y` (1 = anomaly). Columns are z-scored over the whole table
(population standard deviation, constant columns to 0); detectors are fitted on all rows without labels, with PyOD's
defaults and seed 0 (`gmm` with 4 components). Written for each table: `X.f64`, `y.u8`, `shape.txt`, and
`DETECTOR.f64` (the training scores).
"""
import argparse
import pathlib
import time
import warnings

import numpy as np

warnings.filterwarnings("ignore")


def neural():
    from pyod.models.alad import ALAD
    from pyod.models.auto_encoder import AutoEncoder
    from pyod.models.deep_svdd import DeepSVDD
    from pyod.models.vae import VAE

    class Described:
        """Deep SVDD wants to know how many columns there are."""

        def fit(self, x):
            self.model = DeepSVDD(n_features=x.shape[1], random_state=0, verbose=0)
            self.model.fit(x)
            self.decision_scores_ = self.model.decision_scores_

    return {
        "autoencoder": lambda: AutoEncoder(random_state=0, verbose=0),
        "vae": lambda: VAE(random_state=0, verbose=0),
        "deepsvdd": Described,
        "alad": ALAD,
    }


def detectors():
    from pyod.models.abod import ABOD
    from pyod.models.cblof import CBLOF
    from pyod.models.copod import COPOD
    from pyod.models.ecod import ECOD
    from pyod.models.gmm import GMM
    from pyod.models.hbos import HBOS
    from pyod.models.iforest import IForest
    from pyod.models.inne import INNE
    from pyod.models.kde import KDE
    from pyod.models.knn import KNN
    from pyod.models.loda import LODA
    from pyod.models.lof import LOF
    from pyod.models.mcd import MCD
    from pyod.models.ocsvm import OCSVM
    from pyod.models.pca import PCA

    return {
        "hbos": HBOS,
        "ecod": ECOD,
        "copod": COPOD,
        "pca": lambda: PCA(random_state=0),
        "iforest": lambda: IForest(random_state=0),
        "loda": LODA,
        "knn": KNN,
        "lof": LOF,
        "cblof": lambda: CBLOF(random_state=0),
        "gmm": lambda: GMM(n_components=4, random_state=0),
        "inne": lambda: INNE(random_state=0),
        "mcd": lambda: MCD(random_state=0),
        "abod": ABOD,
        "kde": KDE,
        "ocsvm": OCSVM,
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tables", type=pathlib.Path, required=True)
    parser.add_argument("--output", type=pathlib.Path, required=True)
    parser.add_argument("--detectors")
    parser.add_argument("--max-rows", type=int, default=12_000)
    arguments = parser.parse_args()
    makers = detectors()
    names = arguments.detectors.split(",") if arguments.detectors else list(makers)
    if names == ["none"]:
        names = []
    if any(name not in makers for name in names):
        makers |= neural()
    tables = []
    for path in sorted(arguments.tables.glob("*.npz")):
        with np.load(path) as file:
            x, y = file["X"].astype(np.float64), file["y"]
        if len(x) > arguments.max_rows:
            continue
        deviation = x.std(axis=0)
        constant = deviation == 0
        deviation[constant] = 1
        x = (x - x.mean(axis=0)) / deviation
        x[:, constant] = 0
        folder = arguments.output / path.stem
        folder.mkdir(parents=True, exist_ok=True)
        x.tofile(folder / "X.f64")
        (y != 0).astype(np.uint8).tofile(folder / "y.u8")
        (folder / "shape.txt").write_text(f"{x.shape[0]} {x.shape[1]}\n")
        tables.append((folder, x))
    for name in names:
        for folder, x in tables:
            if (folder / f"{name}.f64").exists():
                continue
            np.random.seed(0)
            start = time.perf_counter()
            try:
                model = makers[name]()
                model.fit(x)
            except Exception as error:  # A peer that fails on a table is a result too.
                print(folder.name, name, "failed:", error, flush=True)
                continue
            np.asarray(model.decision_scores_, dtype=np.float64).tofile(folder / f"{name}.f64")
            print(f"{folder.name} {name} {time.perf_counter() - start:.2f} s", flush=True)


main()
