"""Training steps per second in PyTorch, eager mode with its fused Adam, and in ours, side by side.

    python torch_steps.py --ours ../.build/release/TrainingSpeed [--networks dense,convolution,lstm,gru]
        [--batches 32,256,1024] [--threads 1,2] [--seconds 1] [--repeats 3]

`dense` is 100-64-32-64-100 (ReLU, mean squared error), at each of the batches; `convolution` an autoencoder of images of
3 × 32 × 32 (two convolutions of 16 and 32 filters, two transposed ones back), `lstm` and `gru` 64 units on windows of 100
steps of 8 features, with a dense layer behind the last step; these have a batch of 64. PyTorch's convolutions are
oneDNN's. All in single precision, Adam.

PyTorch's batches are slices of one tensor that is already there; ours of `dense` are gathered by the trainer from a
shuffled table, which is part of what is timed. The sides take turns; on either the best of a tenth of `--seconds` counts,
of all repeats. The last column is the share of the speed of BLAS's product of 1,024 × 1,024 with as many threads, by the
fastest of OpenBLAS's kernels: it chooses those of AVX2 on processors with AVX-512 that are newer than it is.
"""
import argparse
import os
import subprocess
import time

import torch

WIDTHS = [100, 64, 32, 64, 100]


class Forecaster(torch.nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.recurrent = kind(8, 64, batch_first=True)
        self.output = torch.nn.Linear(64, 8)

    def forward(self, x):
        return self.output(self.recurrent(x)[0][:, -1])


def dense():
    layers = []
    for index in range(4):
        layers.append(torch.nn.Linear(WIDTHS[index], WIDTHS[index + 1]))
        if index < 3:
            layers.append(torch.nn.ReLU())
    return torch.nn.Sequential(*layers)


def convolution():
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 16, 3, stride=2, padding=1), torch.nn.ReLU(),
        torch.nn.Conv2d(16, 32, 3, stride=2, padding=1), torch.nn.ReLU(),
        torch.nn.ConvTranspose2d(32, 16, 3, stride=2, padding=1, output_padding=1), torch.nn.ReLU(),
        torch.nn.ConvTranspose2d(16, 3, 3, stride=2, padding=1, output_padding=1))


# Of each network: the model, the shape of a row, and of its layers the multiplications for a row. The first layer has
# no gradient of its input; the others have three products.
NETWORKS = {
    "dense": (dense, (100,), [left * right for left, right in zip(WIDTHS, WIDTHS[1:])]),
    "convolution": (convolution, (3, 32, 32), [27 * 16 * 256, 144 * 32 * 64, 144 * 32 * 64, 27 * 16 * 256]),
    "lstm": (lambda: Forecaster(torch.nn.LSTM), (100, 8), [100 * 8 * 256, 99 * 64 * 256, 64 * 8]),
    "gru": (lambda: Forecaster(torch.nn.GRU), (100, 8), [100 * 8 * 192, 99 * 64 * 192, 64 * 8]),
}


def operations(name):
    products = NETWORKS[name][2]
    return 2 * (3 * sum(products) - products[0])


def torch_step(name, batch):
    """A function that does the step with a number."""
    torch.manual_seed(0)
    make, shape, _ = NETWORKS[name]
    model = make()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    criterion = torch.nn.MSELoss()
    table = torch.randn(16 * batch, *shape)
    targets = table if name in ("dense", "convolution") else torch.randn(16 * batch, 8)

    def step(index):
        part = slice(index % 16 * batch, (index % 16 + 1) * batch)
        optimizer.zero_grad()
        loss = criterion(model(table[part]), targets[part])
        loss.backward()
        optimizer.step()

    return step


def torch_steps(step, seconds):
    for index in range(10):
        step(index)
    best = 0
    for _ in range(10):
        count = 0
        start = time.perf_counter()
        while time.perf_counter() - start < seconds / 10:
            for index in range(5):
                step(index)
            count += 5
        best = max(best, count / (time.perf_counter() - start))
    return best


def ours(program, name, batch, threads, seconds, **environment):
    output = subprocess.run(
        [program, name, str(batch), str(threads), str(seconds)], check=True, capture_output=True, text=True,
        env=os.environ | environment).stdout
    return float(output)


def blas_speed(program, threads, seconds):
    speed = ours(program, "product", 1, threads, seconds)
    try:
        return max(speed, ours(program, "product", 1, threads, seconds, OPENBLAS_CORETYPE="SKYLAKEX"))
    except subprocess.CalledProcessError:  # no AVX-512
        return speed


parser = argparse.ArgumentParser()
parser.add_argument("--ours", required=True)
parser.add_argument("--networks", default="dense,convolution,lstm,gru")
parser.add_argument("--batches", default="32,256,1024")
parser.add_argument("--threads", default="1,2")
parser.add_argument("--seconds", type=float, default=1)
parser.add_argument("--repeats", type=int, default=3)
arguments = parser.parse_args()
print(f"torch {torch.__version__}, steps per second")
print(f"{'threads':>7} {'network':12}{'batch':>6} {'torch':>9} {'ours':>9} {'ratio':>6} {'GFLOP/s':>8} {'of BLAS':>8}")
for threads in map(int, arguments.threads.split(",")):
    torch.set_num_threads(threads)
    peak = max(blas_speed(arguments.ours, threads, arguments.seconds / 2) for _ in range(arguments.repeats))
    for name in arguments.networks.split(","):
        for batch in map(int, arguments.batches.split(",") if name == "dense" else ["64"]):
            step = torch_step(name, batch)
            theirs = steps = 0
            for _ in range(arguments.repeats):
                theirs = max(theirs, torch_steps(step, arguments.seconds))
                steps = max(steps, ours(arguments.ours, name, batch, threads, arguments.seconds))
            speed = steps * batch * operations(name) / 1e9
            print(f"{threads:7} {name:12}{batch:6} {theirs:9.0f} {steps:9.0f} {steps / theirs:6.2f} {speed:8.1f} "
                  f"{speed / peak:7.0%}", flush=True)
    print(f"{threads:7} BLAS's product of 1,024 x 1,024: {peak:.0f} GFLOP/s", flush=True)
