"""Times fit and score of PyOD's detectors and of ours, side by side, and prints the ratios.

    python pyod_speed.py --speed .build/release/Speed [--tables DIR] [--detectors hbos,lof,…] [--min-rows 5000]

DIR holds .npz files with `X`; without it, tables of made data are used. Both sides get two threads, fit with PyOD's
defaults, take the scores of the training rows, and score the same rows again as new ones; the least seconds of three
repeats count, of one where that takes more than five seconds. What PyOD imports and compiles at its first call is not
counted. `ecod`, `copod`, `knn` and `lof` are timed with `n_jobs` 1 and 2, and the faster counts. Columns are z-scored
first.
"""
import argparse
import contextlib
import io
import math
import os
import pathlib
import subprocess
import tempfile
import time
import warnings

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = os.environ["NUMBA_NUM_THREADS"] = "2"
import numpy as np

warnings.filterwarnings("ignore")


AUTOENCODER = (
    'autoencoder:{"hidden": [64, 32], "activation": "relu", "code-activation": "relu", "loss": "mse", "dropout": 0.2,'
    ' "batch-normalization": true, "epochs": 10, "batch-size": 32, "weight-decay": 1e-5, "initialization": "he-uniform", "drop-partial-batch": true}'
)


def makers(names):
    return {name: maker for name, maker in all_makers("autoencoder" in (names or [])).items() if not names or name in names}


def all_makers(neural):
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

    makers = {
        "hbos": ("hbos", HBOS),
        "ecod": ("ecod", ECOD, lambda: ECOD(n_jobs=2)),
        "copod": ("copod", COPOD, lambda: COPOD(n_jobs=2)),
        "pca": ("pca", lambda: PCA(random_state=0)),
        "iforest": ("isolation-forest", lambda: IForest(random_state=0, n_jobs=2)),
        "loda": ("loda", LODA),
        "knn": ("knn", KNN, lambda: KNN(n_jobs=2)),
        "lof": ("lof", LOF, lambda: LOF(n_jobs=2)),
        "cblof": ("cblof", lambda: CBLOF(random_state=0)),
        "gmm": ('gmm:{"components": 4}', lambda: GMM(n_components=4, random_state=0)),
        "inne": ("inne", lambda: INNE(random_state=0)),
        "mcd": ("mcd", lambda: MCD(random_state=0)),
        "abod": ("abod", ABOD),
        "kde": ("kde", KDE),
        "ocsvm": ("ocsvm", OCSVM),
    }
    if neural:
        import torch
        from pyod.models.auto_encoder import AutoEncoder

        torch.set_num_threads(2)
        makers["autoencoder"] = (AUTOENCODER, lambda: AutoEncoder(random_state=0, verbose=0))
    return makers


def made_tables():
    random = np.random.default_rng(0)
    for rows, columns in [(6000, 36), (7600, 100), (11000, 6), (50000, 9)]:
        mixture = random.normal(size=(5, columns)) * 3
        x = mixture[random.integers(0, 5, rows)] + random.normal(size=(rows, columns)) @ (
            np.eye(columns) + 0.3 * random.normal(size=(columns, columns)) / math.sqrt(columns)
        )
        yield f"made-{rows}x{columns}", x


def read_tables(folder, least):
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as file:
            x = file["X"].astype(np.float64)
        if len(x) >= least:
            yield path.stem, x


def seconds(make, x):
    """The least seconds of fit and score."""
    least = math.inf
    spent = 0.0
    # Parallel detectors of PyOD talk.
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for _ in range(3):
            np.random.seed(0)
            start = time.perf_counter()
            model = make()
            model.fit(x)
            model.decision_function(x)
            least = min(least, time.perf_counter() - start)
            spent += time.perf_counter() - start
            if spent > 5:
                break
    return least


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--speed", required=True)
    parser.add_argument("--tables", type=pathlib.Path)
    parser.add_argument("--detectors")
    parser.add_argument("--min-rows", type=int, default=5000)
    parser.add_argument("--max-rows", type=int, default=12000, help="larger tables for linear detectors only")
    arguments = parser.parse_args()
    names = arguments.detectors.split(",") if arguments.detectors else []
    known = makers(names)
    names = names or list(known)
    linear = {"hbos", "ecod", "copod", "pca", "iforest", "loda"}
    tables = read_tables(arguments.tables, arguments.min_rows) if arguments.tables else made_tables()
    ratios = {name: [] for name in names}
    warm = set()
    print(f"{'table':24}{'rows':>8}{'columns':>8}  {'detector':10}{'PyOD s':>10}{'ours s':>10}{'ratio':>9}")
    for table, x in tables:
        deviation = x.std(axis=0)
        deviation[deviation == 0] = 1
        x = np.ascontiguousarray((x - x.mean(axis=0)) / deviation)
        with tempfile.NamedTemporaryFile(suffix=".f64") as file:
            x.tofile(file.name)
            for name in names:
                if len(x) > arguments.max_rows and name not in linear:
                    continue
                ours_name, *ways = known[name]
                if name not in warm:
                    seconds(ways[0], x[:200])
                    warm.add(name)
                theirs = min(seconds(make, x) for make in ways)
                run = subprocess.run(
                    [arguments.speed, file.name, str(x.shape[0]), str(x.shape[1]), ours_name, "3"],
                    capture_output=True, text=True,
                )
                if run.returncode != 0:
                    print(f"{table:24}{x.shape[0]:8}{x.shape[1]:8}  {name:10} failed: {run.stderr.strip()[-300:]}")
                    continue
                ours = float(run.stdout)
                ratios[name].append(theirs / ours)
                print(
                    f"{table:24}{x.shape[0]:8}{x.shape[1]:8}  {name:10}{theirs:10.4f}{ours:10.4f}{theirs / ours:9.1f}",
                    flush=True,
                )
    print("\ndetector     least   geometric mean")
    for name, values in ratios.items():
        if values:
            print(f"{name:10}{min(values):8.1f}{math.exp(sum(map(math.log, values)) / len(values)):17.1f}")
    everything = [value for values in ratios.values() for value in values]
    print(f"{'all':10}{min(everything):8.1f}{math.exp(sum(map(math.log, everything)) / len(everything)):17.1f}")


main()
