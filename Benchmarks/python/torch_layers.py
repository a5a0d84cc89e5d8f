"""Training steps per second of PyTorch: a convolutional autoencoder on 32 × 32 images, and an LSTM on windows of 100.

    python torch_layers.py [--threads N] [--seconds S]
"""
import argparse
import json
import time

import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--seconds", type=float, default=5)
arguments = parser.parse_args()
torch.set_num_threads(arguments.threads)
torch.manual_seed(0)


class Recurrent(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.layer = kind(8, 64, batch_first=True)
        self.head = nn.Linear(64, 8)

    def forward(self, values):
        return self.head(self.layer(values)[0][:, -1])


convolutional = nn.Sequential(
    nn.Conv2d(1, 16, 3, stride=2, padding=1), nn.ReLU(),
    nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),
    nn.ConvTranspose2d(32, 16, 3, stride=2, padding=1, output_padding=1), nn.ReLU(),
    nn.ConvTranspose2d(16, 1, 3, stride=2, padding=1, output_padding=1),
)
images = torch.randn(64, 1, 32, 32)
windows, targets = torch.randn(64, 100, 8), torch.randn(64, 8)
results = {}
for name, model, values, target in [
    ("convolutional", convolutional, images, images),
    ("lstm", Recurrent(nn.LSTM), windows, targets),
    ("gru", Recurrent(nn.GRU), windows, targets),
]:
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

    def step():
        optimizer.zero_grad()
        nn.functional.mse_loss(model(values), target).backward()
        optimizer.step()

    for _ in range(3):
        step()
    best = 0.0
    for _ in range(3):
        start, steps = time.perf_counter(), 0
        while time.perf_counter() - start < arguments.seconds / 3:
            step()
            steps += 1
        best = max(best, steps / (time.perf_counter() - start))
    results[name] = best
print(json.dumps({"torch": torch.__version__, "threads": arguments.threads, "stepsPerSecond": results}))
