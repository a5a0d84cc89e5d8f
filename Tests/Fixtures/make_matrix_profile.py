"""Writes matrix_profile.json: stumpy's profiles of small series, for the tests of the matrix profile.

    pip install stumpy==1.14.1 && python make_matrix_profile.py
"""
import json
import pathlib

import numpy as np
import stumpy

random = np.random.default_rng(0)
walk = np.cumsum(random.normal(size=400))
steps = walk.copy()
steps[100:140] = steps[100]
steps[300:330] = 2.0
other = 1e6 + np.cumsum(random.normal(size=150))
cases = []
for name, series in [("walk", walk), ("steps", steps)]:
    for length in [8, 25, 60]:
        profile = stumpy.stump(series, length)
        left = profile[:, 2].astype(int)
        windows = np.lib.stride_tricks.sliding_window_view(series, length)

        def distance(i, j):
            return stumpy.core.mass(windows[i], windows[j])[0]

        cases.append(
            {
                "name": f"{name} {length}",
                "series": series.tolist(),
                "other": other.tolist(),
                "length": length,
                "profile": profile[:, 0].astype(float).tolist(),
                "left": [float(distance(i, j)) if j >= 0 else None for i, j in enumerate(left)],
                "join": stumpy.stump(other, length, series, ignore_trivial=False)[:, 0].astype(float).tolist(),
            }
        )
path = pathlib.Path(__file__).parent / "matrix_profile.json"
path.write_text(json.dumps({"cases": cases}) + "\n")
