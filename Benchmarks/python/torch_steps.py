"""Training steps per second of 100-64-32-64-100 (ReLU, mean squared error, Adam, single precision) in PyTorch, eager
mode with its fused Adam, and in ours, side by side.

    python torch_steps.py --ours .build/release/TrainingSpeed [--batches 32,256,1024] [--threads 1,2] [--seconds 2]

PyTorch's batches are slices of one tensor that is already there; ours are gathered by the trainer from a shuffled table,
which is part of what is timed. The best of three runs counts on either side.
"""
import argparse
import subprocess
import time

import torch

WIDTHS = [100, 64, 32, 64, 100]


def torch_steps(batch, threads, seconds):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    layers = []
    for index in range(4):
        layers.append(torch.nn.Linear(WIDTHS[index], WIDTHS[index + 1]))
        if index < 3:
            layers.append(torch.nn.ReLU())
    model = torch.nn.Sequential(*layers)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    criterion = torch.nn.MSELoss()
    table = torch.randn(16 * batch, 100)

    def step(index):
        rows = table[index % 16 * batch:(index % 16 + 1) * batch]
        optimizer.zero_grad()
        loss = criterion(model(rows), rows)
        loss.backward()
        optimizer.step()

    for index in range(50):
        step(index)
    best = 0
    for _ in range(3):
        count = 0
        start = time.perf_counter()
        while time.perf_counter() - start < seconds:
            for index in range(20):
                step(index)
            count += 20
        best = max(best, count / (time.perf_counter() - start))
    return best


def our_steps(program, batch, threads, seconds):
    output = subprocess.run(
        [program, str(batch), str(threads), str(seconds)], check=True, capture_output=True, text=True).stdout
    return float(output)


parser = argparse.ArgumentParser()
parser.add_argument("--ours", required=True)
parser.add_argument("--batches", default="32,256,1024")
parser.add_argument("--threads", default="1,2")
parser.add_argument("--seconds", type=float, default=2)
arguments = parser.parse_args()
# Forward, the weights' gradient, and the input's gradient of all layers but the first; two operations a product.
weights = [left * right for left, right in zip(WIDTHS, WIDTHS[1:])]
operations = 2 * (3 * sum(weights) - weights[0])
print(f"torch {torch.__version__}, steps per second")
print(f"{'threads':>7} {'batch':>6} {'torch':>9} {'ours':>9} {'ratio':>6} {'GFLOP/s':>8}")
for threads in map(int, arguments.threads.split(",")):
    for batch in map(int, arguments.batches.split(",")):
        theirs = torch_steps(batch, threads, arguments.seconds)
        ours = our_steps(arguments.ours, batch, threads, arguments.seconds)
        print(f"{threads:7} {batch:6} {theirs:9.0f} {ours:9.0f} {ours / theirs:6.2f} {ours * batch * operations / 1e9:8.1f}",
              flush=True)
