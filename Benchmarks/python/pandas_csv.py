"""Reading a CSV file of numbers: `OutlierData` against pandas' C reader.

    python pandas_csv.py --speed ../.build/release/CSVSpeed [--rows 1000000] [--columns 10] [--repeats 3]

Writes a table with 17 significant digits, reads it on both sides, and prints seconds (the least of the repeats) and
peak memory of both processes, and the ratios.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

PEER = """
import sys, time
import pandas

least = float("inf")
for _ in range(int(sys.argv[2])):
    start = time.perf_counter()
    table = pandas.read_csv(sys.argv[1], engine="c")
    least = min(least, time.perf_counter() - start)
print(least, *table.shape, table.to_numpy().sum())
"""


def run(command):
    """The process's words and its peak MiB."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    words = process.stdout.read().decode().split()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{command} failed")
    return words, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--speed", required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()

    import numpy as np

    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "table.csv"
        random = np.random.default_rng(1)
        with open(path, "w") as file:
            file.write(",".join(f"x{column}" for column in range(options.columns)) + "\n")
            np.savetxt(file, random.standard_normal((options.rows, options.columns)), fmt="%.17g", delimiter=",")
        repeats = str(options.repeats)
        ours, memory = run([options.speed, str(path), repeats])
        print(f"outlier: {float(ours[0]):.3f} s, peak {memory:.0f} MiB, {ours[1]} × {ours[2]}")
        peer, peer_memory = run([sys.executable, "-c", PEER, str(path), repeats])
        assert peer[1:3] == ours[1:3], (peer, ours)
        print(f"pandas:  {float(peer[0]):.3f} s, peak {peer_memory:.0f} MiB")
        speed = float(peer[0]) / float(ours[0])
        print(f"outlier is {speed:.1f}× as fast, with {memory / peer_memory:.2f}× the memory")


if __name__ == "__main__":
    main()
