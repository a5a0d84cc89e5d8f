"""Outputs and gradients of PyTorch's layers for small inputs, as Tests/Fixtures/layers.json.

    pip install torch==2.13.0 && python Tests/Fixtures/make_layers.py

Every case holds the layer's settings, its parameters in the order of this package, one batch of rows, the gradient that is
put in at the output, and what PyTorch makes of them: the output, the gradient of the input and of each parameter.
"""
import json
import pathlib

import torch

torch.manual_seed(7)
cases = []


def numbers(tensor):
    return [round(float(value), 7) for value in tensor.detach().reshape(-1)]


def rounded(*shape):
    """Random numbers that seven decimals hold."""
    return (torch.randn(*shape) * 1000).round() / 1000


def add(kind, settings, call, values, parameters, backward=True):
    """`parameters`: name → leaf tensor, in this package's order."""
    values = values.clone().requires_grad_(values.is_floating_point())
    output = call(values)
    weight = rounded(*output.shape)
    (output * weight).sum().backward()
    cases.append(
        {
            "kind": kind,
            "settings": settings,
            "rows": values.shape[0],
            "input": numbers(values),
            "parameters": {name: numbers(tensor) for name, tensor in parameters.items()},
            "outputGradient": numbers(weight),
            "output": numbers(output),
            "inputGradient": numbers(values.grad) if values.grad is not None else None,
            "gradients": {name: numbers(tensor.grad) for name, tensor in parameters.items()},
        }
    )


def rewrite(module):
    with torch.no_grad():
        for tensor in module.parameters():
            tensor.copy_((tensor * 1000).round() / 1000 + 0.0)
    return module


def convolution(kind, module, shape, **settings):
    rewrite(module)
    add(kind, settings, module, rounded(2, *shape), {"weight": module.weight, "bias": module.bias})


convolution("conv1d", torch.nn.Conv1d(3, 4, 3, stride=2, padding=1), (3, 9),
            channels=3, length=9, filters=4, kernel=3, stride=2, padding=1, dilation=1)
convolution("conv1d", torch.nn.Conv1d(2, 5, 4, padding=3, dilation=2), (2, 11),
            channels=2, length=11, filters=5, kernel=4, stride=1, padding=3, dilation=2)
convolution("conv2d", torch.nn.Conv2d(3, 4, 3, stride=2, padding=1), (3, 7, 6),
            channels=3, height=7, width=6, filters=4, kernel=3, stride=2, padding=1, dilation=1)
convolution("conv2d", torch.nn.Conv2d(1, 6, 5, padding=2), (1, 8, 9),
            channels=1, height=8, width=9, filters=6, kernel=5, stride=1, padding=2, dilation=1)
convolution("conv-transpose1d", torch.nn.ConvTranspose1d(4, 3, 3, stride=2, padding=1, output_padding=1), (4, 5),
            channels=4, length=5, filters=3, kernel=3, stride=2, padding=1, outputPadding=1)
convolution("conv-transpose2d", torch.nn.ConvTranspose2d(4, 3, 4, stride=2, padding=1), (4, 4, 5),
            channels=4, height=4, width=5, filters=3, kernel=4, stride=2, padding=1, outputPadding=0)
convolution("conv-transpose2d", torch.nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, output_padding=1), (2, 4, 3),
            channels=2, height=4, width=3, filters=3, kernel=3, stride=2, padding=1, outputPadding=1)


def recurrent(kind, module, steps, features, units, sequences):
    rewrite(module)

    def call(values):
        every, _ = module(values)
        return every if sequences else every[:, -1]

    add(kind, {"steps": steps, "features": features, "units": units, "returnsSequences": sequences}, call,
        rounded(3, steps, features),
        {"input-weight": module.weight_ih_l0, "recurrent-weight": module.weight_hh_l0, "input-bias": module.bias_ih_l0,
         "recurrent-bias": module.bias_hh_l0})


recurrent("lstm", torch.nn.LSTM(3, 5, batch_first=True), 4, 3, 5, True)
recurrent("lstm", torch.nn.LSTM(2, 9, batch_first=True), 6, 2, 9, False)
recurrent("gru", torch.nn.GRU(3, 5, batch_first=True), 4, 3, 5, True)
recurrent("gru", torch.nn.GRU(2, 9, batch_first=True), 6, 2, 9, False)

embedding = rewrite(torch.nn.Embedding(5, 3))
codes = torch.tensor([[0], [4], [2], [0], [3]])
add("embedding", {"levels": 5, "dimension": 3}, lambda values: embedding(values).reshape(len(values), -1), codes,
    {"weight": embedding.weight})

layer = torch.nn.LayerNorm(6)
with torch.no_grad():
    layer.weight.copy_(rounded(6))
    layer.bias.copy_(rounded(6))
add("layer-norm", {"features": 6}, layer, rounded(4, 6), {"scale": layer.weight, "shift": layer.bias})


def batch(kind, module, shape, settings, training):
    with torch.no_grad():
        module.weight.copy_(rounded(*module.weight.shape))
        module.bias.copy_(rounded(*module.bias.shape))
        module.running_mean.copy_(rounded(*module.running_mean.shape))
        module.running_var.copy_(rounded(*module.running_var.shape).abs() + 0.5)
    before = {"mean": numbers(module.running_mean), "variance": numbers(module.running_var)}
    module.train(training)
    add(kind, {**settings, "training": training, "before": before}, module, rounded(*shape),
        {"scale": module.weight, "shift": module.bias})
    cases[-1]["settings"]["after"] = {"mean": numbers(module.running_mean), "variance": numbers(module.running_var)}


for training in (True, False):
    batch("batch-norm", torch.nn.BatchNorm1d(3), (5, 3), {"channels": 3, "size": 1}, training)
    batch("batch-norm", torch.nn.BatchNorm2d(2), (3, 2, 2, 3), {"channels": 2, "size": 6}, training)

path = pathlib.Path(__file__).with_name("layers.json")
path.write_text(json.dumps({"torch": torch.__version__, "cases": cases}) + "\n")
print(path, len(cases), "cases", path.stat().st_size, "bytes")
