"""Every registered component on tables that are not as tables should be: what is no right answer and no clear error?

    python bad_inputs.py --outlier ../.build/release/outlier [--wide] [--components A,B] [--tables "A;B"] [--seconds 120]
                         [--mebibytes 4096] [--messages FILE] [--jobs 1]

The components are those that `outlier list --json` names. Detectors are run as they are, thresholds and metrics behind `hbos`,
preprocessors before it. Without --wide the tables are small; with it there is one alone, of 50 rows and 100,000 columns.
A run may take so many seconds and so much memory, or it counts as a failure, and so do a crash, a score that is missing, NaN or
infinite, another number of scores than of rows, an error that says nothing of what to do, and one without words of its own.
--messages writes the error of every run to a file.
"""
import argparse
import concurrent.futures
import csv
import json
import math
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

ROWS = 60
# Detectors and thresholds that the engine cannot make without being told more.
PARAMETERS = {"fixed": {"cutoff": 1.0}}


def write_csv(path, columns):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values()))


def make_tables(folder, wide):
    """Name → (file, keys of `data`)."""
    random = np.random.default_rng(0)
    a, b, c = random.normal(size=(3, ROWS))
    labels = np.zeros(ROWS, dtype=int)
    labels[:6] = 1
    a[:6] += 5
    known = {"label": "y", "known-labels": "y"}
    if wide:
        table = random.normal(size=(50, 100_000))
        table[:5] += 2
        np.savez(folder / "wide.npz", X=table, y=(np.arange(50) < 5).astype(int))
        return {"wide": ("wide.npz", known)}
    tables = {}

    def add(name, columns, data=known):
        write_csv(folder / f"{name}.csv", columns)
        tables[name] = (f"{name}.csv", data)

    whole = {"a": a, "b": b, "c": c}
    add("good", whole | {"y": labels})
    add("good, no labels", whole, {})
    add("empty column", whole | {"d": [""] * ROWS, "y": labels})
    add("missing column", whole | {"d": ["NA"] * ROWS, "y": labels})
    add("everything missing", {"a": [""] * ROWS, "b": [""] * ROWS, "y": labels})
    add("all normal", whole | {"y": np.zeros(ROWS, dtype=int)})
    add("all anomalies", whole | {"y": np.ones(ROWS, dtype=int)})
    add("one label", whole | {"y": [1] + [""] * (ROWS - 1)}, {"known-labels": "y"})
    add("one row", {"a": [1.5], "b": [2.0], "y": [1]})
    add("one row, no label", {"a": [1.5], "b": [2.0]}, {})
    add("two rows", {"a": [1.5, 2], "b": [2.0, 7], "y": [1, 0]})
    add("no rows", {"a": [], "b": [], "y": []})
    add("no columns", {"y": labels})
    add("constant column", whole | {"d": [3] * ROWS, "y": labels})
    add("constant columns", {"a": [3] * ROWS, "b": [1e9] * ROWS, "y": labels})
    add("huge", {"a": a * 1e300, "b": b, "c": c, "y": labels})
    add("all huge", {"a": a * 1e300, "b": b * 1e300, "c": c * 1e300, "y": labels})
    add("largest", {"a": np.where(a > 0, 1.7e308, -1.7e308), "b": b, "c": c, "y": labels})
    add("tiny", {"a": a * 1e-300, "b": b * 1e-310, "y": labels})
    add("duplicates", {"a": [1.5] * (ROWS - 1) + [9], "b": [2.5] * (ROWS - 1) + [1], "y": [0] * (ROWS - 1) + [1]})
    add("all duplicates, three values", {"a": np.arange(ROWS) % 3, "b": np.arange(ROWS) % 3, "y": labels})
    return tables


def configuration(kind, name, data, source, holed):
    parameters = {name: PARAMETERS[name]} if name in PARAMETERS else name
    run = {"data": {"source": source} | data, "detector": "hbos", "seed": 1, "threads": 2,
           "metrics": ["f1"] if "label" in data else [], "output": {"scores": "scores.csv"}}
    if kind == "detectors":
        run["detector"] = parameters
    elif kind == "preprocessors":
        run["preprocess"] = [parameters]
    elif kind == "thresholds":
        run["threshold"] = parameters
    else:
        run["metrics"] = [parameters]
    if holed and kind in ("thresholds", "metrics"):
        run["preprocess"] = ["drop-columns", "impute"]
    return run


def examine(arguments, folder, kind, name, table, file, data):
    """→ (what is wrong or None, exit status, seconds, the error's text)."""
    place = pathlib.Path(tempfile.mkdtemp(dir=folder))
    (place / "run.json").write_text(json.dumps(
        configuration(kind, name, data, str(folder / file), "missing" in table or "empty" in table)))

    def limit():
        size = arguments.mebibytes << 20
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    start = time.monotonic()
    try:
        result = subprocess.run(
            [arguments.outlier.resolve(), "run", "run.json"], cwd=place, capture_output=True, text=True,
            timeout=arguments.seconds, preexec_fn=limit)
    except subprocess.TimeoutExpired:
        return "takes too long", None, arguments.seconds, ""
    seconds = time.monotonic() - start
    text = result.stderr.strip()
    status = result.returncode
    if status < 0 or status not in (0, 1, 65):
        return f"ends with status {status}", status, seconds, text
    if status != 0:
        first = next((line for line in text.splitlines() if line.startswith("outlier: ")), "")
        if not first:
            return "fails without words", status, seconds, text
        if "\n  " not in text:
            return "does not say what to do", status, seconds, text
        return None, status, seconds, text
    with open(place / "scores.csv", newline="") as written:
        rows = list(csv.DictReader(written))
    scores = [row.get("score", "") for row in rows]
    bad = [score for score in scores if not score or not math.isfinite(float(score))]
    if bad:
        return f"{len(bad)} of {len(scores)} scores are {bad[0] or 'missing'}", status, seconds, text
    # A metric that one class does not define is shown as nan, and why.
    if {"nan", "inf", "-inf"} & set(result.stdout.lower().split()) and "undefined, because" not in result.stdout:
        return "prints NaN or infinity", status, seconds, result.stdout
    return None, status, seconds, text


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--outlier", type=pathlib.Path, required=True)
    parser.add_argument("--wide", action="store_true")
    parser.add_argument("--components", default="")
    parser.add_argument("--tables", default="", help="separated by semicolons")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--mebibytes", type=int, default=4096)
    parser.add_argument("--messages", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    listed = json.loads(subprocess.run(
        [arguments.outlier.resolve(), "list", "--json"], capture_output=True, text=True, check=True).stdout)
    wanted = [name for name in arguments.components.split(",") if name]
    chosen = [name for name in arguments.tables.split(";") if name]
    counts = {"runs": 0, "answers": 0, "errors": 0, "failures": 0}
    messages = []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        tables = {k: v for k, v in make_tables(folder, arguments.wide).items() if not chosen or k in chosen}
        work = [
            (kind, entry["name"], table, file, data) for kind, entries in listed.items() for entry in entries
            if not wanted or entry["name"] in wanted for table, (file, data) in tables.items()]
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            for job, (wrong, status, seconds, text) in zip(
                    work, pool.map(lambda job: examine(arguments, folder, *job), work)):
                kind, component, table = job[:3]
                counts["runs"] += 1
                counts["failures" if wrong else "answers" if status == 0 else "errors"] += 1
                if wrong or arguments.wide:
                    print(f"{component} | {table} | {wrong or ('answer' if status == 0 else 'error')} | {seconds:.1f} s | "
                          f"{text.replace(chr(10), ' / ')[:400]}", flush=True)
                if status:
                    messages.append(f"{component} | {table} | {text.replace(chr(10), ' / ')}")
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    if arguments.messages:
        arguments.messages.write_text("\n".join(messages) + "\n")
    sys.exit(1 if counts["failures"] else 0)


if __name__ == "__main__":
    main()
