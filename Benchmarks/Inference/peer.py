"""ONNX Runtime and Pillow on what `InferenceSpeed` measures.

    pip install onnxruntime pillow numpy
    python peer.py NETWORK.onnx [PICTURE.jpg]
"""

import sys
import time

import numpy as np
import onnxruntime


def best(rounds, body):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        body()
        times.append(time.perf_counter() - start)
    return 1000 * min(times)


for threads in (1, 2):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    data = np.random.default_rng(1).random((8, 3, 224, 224), np.float32)
    one = best(30, lambda: session.run(None, {name: data[:1]}))
    eight = best(8, lambda: session.run(None, {name: data}))
    print(f"{threads} threads: batch 1 {one:.2f} ms, batch 8 {eight / 8:.2f} ms a picture")
if len(sys.argv) > 2:
    from PIL import Image

    elapsed = best(20, lambda: np.asarray(Image.open(sys.argv[2]).convert("RGB").resize((224, 224), Image.BILINEAR)))
    print(f"decoding and resizing: {elapsed:.2f} ms")
