"""Writes the files that the readers of tables are tested with, by NumPy and by Python's csv module."""

import csv
import io
import pathlib
import random
import zipfile

import numpy as np

folder = pathlib.Path(__file__).parent / "data"
folder.mkdir(exist_ok=True)

# Values that every type but bool can hold.
table = np.array([[0, 1, 2], [3, 100, 7], [5, 6, 127], [64, 9, 11]])
for kind in ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"]:
    for order in ["<", ">"]:
        np.save(folder / f"{'little' if order == '<' else 'big'}-{kind}.npy", table.astype(order + kind))
np.save(folder / "bool.npy", table % 2 == 1)
np.save(folder / "fortran.npy", np.asfortranarray(table.astype("f8")))
np.save(folder / "vector.npy", np.array([1.5, np.nan, -np.inf]))
np.save(folder / "half.npy", np.array([1 / 3, 6e-8, -65504, np.inf, np.nan, -0.0], dtype="<f2"))
np.save(folder / "cube.npy", np.zeros((2, 2, 2)))
np.save(folder / "complex.npy", np.zeros((2, 2), dtype=complex))
np.save(folder / "records.npy", np.zeros(2, dtype=[("a", "f8"), ("b", "i4")]))
for version in [(1, 0), (2, 0), (3, 0)]:
    with open(folder / f"version-{version[0]}.npy", "wb") as file:
        np.lib.format.write_array(file, table.astype("f8"), version=version)
np.savez(folder / "stored.npz", X=table.astype("f4"), y=np.array([0, 1, 0, 0]))
np.savez_compressed(folder / "deflated.npz", X=table.astype("f4"), y=np.array([0, 1, 0, 0]), other=np.arange(4.0))

# Sizes of 64 bits in the archive's directory, where they would not be needed.
with zipfile.ZipFile(folder / "forced-zip64.npz", "w") as archive:
    with archive.open("X.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array(member, table.astype("f8"))

# What Python's csv module writes: every field a text with all that is awkward, beside a number.
source = random.Random(5)
rows = []
for row in range(200):
    text = "".join(source.choice(['"', ",", "\n", "\r\n", " ", "é", "x", "\t", ";", "0"]) for _ in range(source.randrange(8)))
    rows.append([f"{row}{text}", source.uniform(-1e6, 1e6)])
for name, options in {"awkward": {}, "awkward-tabs": {"delimiter": "\t", "quoting": csv.QUOTE_ALL}}.items():
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, **options)
    writer.writerow(["name", "value"])
    writer.writerows(rows)
    (folder / f"{name}.csv").write_bytes(buffer.getvalue().encode())
# The same rows in a form that needs no reader: hexadecimal.
with open(folder / "awkward.txt", "w") as file:
    for name, value in rows:
        file.write(f"{name.encode().hex()} {value!r}\n")
