"""What PyTorch makes of small trainings, as Tests/Fixtures/training.json.

    pip install torch==2.13.0 && python Tests/Fixtures/make_training.py

Dense layers with every activation (output and gradients), losses (value and gradient), and optimizers (the parameters
after some steps, with the gradients put in). Weight matrices are transposed: this package has inputs × outputs.
"""
import json
import pathlib

import torch
from torch import nn

torch.manual_seed(11)


def numbers(tensor):
    return [round(float(value), 7) for value in tensor.detach().reshape(-1)]


def rounded(*shape):
    """Random numbers that seven decimals hold."""
    return (torch.randn(*shape) * 1000).round() / 1000


activations = {
    "identity": nn.Identity(), "relu": nn.ReLU(), "leaky-relu": nn.LeakyReLU(0.2), "elu": nn.ELU(), "tanh": nn.Tanh(),
    "sigmoid": nn.Sigmoid(), "softplus": nn.Softplus(), "silu": nn.SiLU(), "gelu": nn.GELU(),
}
dense = []
for name, function in activations.items():
    layer = nn.Linear(5, 19)
    with torch.no_grad():
        layer.weight.copy_(rounded(19, 5))
        layer.bias.copy_(rounded(19))
    rows = rounded(4, 5).requires_grad_(True)
    output = function(layer(rows))
    weight = rounded(*output.shape)
    (output * weight).sum().backward()
    dense.append({
        "activation": name, "input": numbers(rows), "weight": numbers(layer.weight.T), "bias": numbers(layer.bias),
        "outputGradient": numbers(weight), "output": numbers(output), "inputGradient": numbers(rows.grad),
        "weightGradient": numbers(layer.weight.grad.T), "biasGradient": numbers(layer.bias.grad),
    })

losses = []
for name, function in {
    "squared": nn.MSELoss(), "absolute": nn.L1Loss(), "huber": nn.HuberLoss(delta=0.7),
    "logistic": nn.BCEWithLogitsLoss(),
}.items():
    prediction = rounded(3, 21).requires_grad_(True)
    target = rounded(3, 21)
    if name == "logistic":
        target = (torch.sigmoid(target) * 1000).round() / 1000
    value = function(prediction, target)
    value.backward()
    losses.append({"loss": name, "prediction": numbers(prediction), "target": numbers(target),
                   "value": float(value.detach()), "gradient": numbers(prediction.grad)})

mean, logarithm = rounded(3, 18).requires_grad_(True), rounded(3, 18).requires_grad_(True)
target = rounded(3, 18)
value = nn.functional.gaussian_nll_loss(mean, target, logarithm.exp(), full=True, reduction="sum") / 3
value.backward()
gaussian = {"mean": numbers(mean), "logVariance": numbers(logarithm), "target": numbers(target),
            "value": float(value.detach()), "meanGradient": numbers(mean.grad), "logVarianceGradient": numbers(logarithm.grad)}
mean, logarithm = rounded(3, 18).requires_grad_(True), rounded(3, 18).requires_grad_(True)
normal = torch.distributions.Normal
value = torch.distributions.kl_divergence(normal(mean, (logarithm / 2).exp()), normal(0.0, 1.0)).sum() / 3
value.backward()
divergence = {"mean": numbers(mean), "logVariance": numbers(logarithm), "value": float(value.detach()),
              "meanGradient": numbers(mean.grad), "logVarianceGradient": numbers(logarithm.grad)}

optimizers = []
for name, make in {
    "descent": lambda p: torch.optim.SGD(p, lr=0.05),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "adam-penalty": lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.1),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1),
}.items():
    parameter = rounded(23).requires_grad_(True)
    begin = numbers(parameter)
    optimizer = make([parameter])
    gradients = []
    for _ in range(12):
        parameter.grad = rounded(23)
        gradients.append(numbers(parameter.grad))
        optimizer.step()
    optimizers.append({"optimizer": name, "begin": begin, "gradients": gradients, "end": numbers(parameter)})

path = pathlib.Path(__file__).with_name("training.json")
path.write_text(json.dumps({"torch": torch.__version__, "dense": dense, "losses": losses, "gaussian": gaussian,
                            "divergence": divergence, "optimizers": optimizers}))
