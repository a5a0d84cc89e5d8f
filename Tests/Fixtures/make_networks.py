"""Small networks with random weights, and what PyTorch says of a picture at every stage.

    pip install torch torchvision timm safetensors numpy pillow
    python make_networks.py

The networks are timm's and torchvision's own classes, narrowed. Weights are rounded to half precision first, so that
the files are small and both sides compute with the same numbers.
"""

import os

import numpy as np
import timm.models.efficientnet as efficientnet
import timm.models.resnet as resnet
import torch
import torchvision.models.vgg as vgg
from PIL import Image
from safetensors.torch import save_file
from torchvision.transforms.v2 import functional

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "networks")
MEAN = torch.tensor([0.485, 0.456, 0.406])[:, None, None]
DEVIATION = torch.tensor([0.229, 0.224, 0.225])[:, None, None]


def randomize(network, seed):
    generator = torch.Generator().manual_seed(seed)
    for name, tensor in network.state_dict().items():
        if name.endswith("num_batches_tracked"):
            continue
        if tensor.dim() == 4:
            fan = tensor[0].numel()
            value = torch.randn(tensor.shape, generator=generator) * (2 / fan) ** 0.5
        elif name.endswith("running_var"):
            value = torch.rand(tensor.shape, generator=generator) + 0.5
        elif name.endswith("running_mean") or name.endswith("bias"):
            value = torch.randn(tensor.shape, generator=generator) * 0.1
        else:
            value = torch.rand(tensor.shape, generator=generator) + 0.5
        tensor.copy_(value.half().float())


def picture(height, width):
    generator = torch.Generator().manual_seed(7)
    return torch.rand(3, height, width, generator=generator).half().float()


def record(network, name, stages, size, mean=MEAN, deviation=DEVIATION, metadata=None, rename=None):
    network.eval()
    with torch.no_grad():
        randomize(network, len(name))
        outputs = {}
        hooks = []
        for stage, module in stages.items():
            def keep(_module, _input, output, stage=stage):
                outputs["expected." + stage] = output[0].clone()
            hooks.append(network.get_submodule(module).register_forward_hook(keep))
        pixels = picture(*size)
        network.forward_features(((pixels - mean) / deviation)[None])
    tensors = {
        (rename(key) if rename else key): value.half().contiguous()
        for key, value in network.state_dict().items()
        if not key.endswith("num_batches_tracked") and not key.startswith(("fc.", "classifier."))
    }
    tensors["picture"] = pixels.permute(1, 2, 0).half().contiguous()
    tensors |= {key: value.permute(1, 2, 0).contiguous() for key, value in outputs.items()}
    save_file(tensors, os.path.join(FOLDER, name + ".safetensors"), metadata=metadata)


def hugging_face(key):
    """torchvision's name of a tensor → Hugging Face's."""
    parts = {"weight": "weight", "bias": "bias", "running_mean": "running_mean", "running_var": "running_var"}
    last = parts[key.rsplit(".", 1)[1]]
    if key.startswith("conv1."):
        return "resnet.embedder.embedder.convolution." + last
    if key.startswith("bn1."):
        return "resnet.embedder.embedder.normalization." + last
    layer, block, what = key.split(".")[:3]
    base = f"resnet.encoder.stages.{int(layer[5:]) - 1}.layers.{block}."
    if what == "downsample":
        return base + "shortcut." + ("convolution." if key.split(".")[3] == "0" else "normalization.") + last
    kind = "convolution" if what.startswith("conv") else "normalization"
    return base + f"layer.{int(what[-1]) - 1}.{kind}.{last}"


def residual(block, layers, **options):
    return resnet.ResNet(block, layers, num_classes=2, stem_width=8, channels=(8, 12, 20, 24), **options)


def narrow_vgg(layers):
    network = vgg.VGG(layers, num_classes=2, init_weights=False)
    network.forward_features = network.features.forward
    return network


def main():
    os.makedirs(FOLDER, exist_ok=True)
    stages = {"stem": "act1", "layer1": "layer1", "layer2": "layer2", "layer3": "layer3", "layer4": "layer4"}
    plain = residual(resnet.BasicBlock, (2, 1, 1, 1))
    plain.conv1 = torch.nn.Conv2d(3, plain.conv1.out_channels, 7, 2, 3, bias=False)
    record(plain, "resnet-basic", stages, (33, 39))
    record(residual(resnet.Bottleneck, (1, 2, 1, 1)), "resnet-bottleneck", stages, (34, 32), rename=hugging_face)

    layers = vgg.make_layers([4, "M", 20, 20, "M", 36, "M"], batch_norm=True)
    network = narrow_vgg(layers)
    record(network, "vgg-normalized", {f"features.{n}": f"features.{n}" for n in (2, 3, 9, 10, 14)}, (33, 40))
    layers = vgg.make_layers([8, "M", 16, "M", 16, 24, "M"])
    network = narrow_vgg(layers)
    record(network, "vgg-plain", {f"features.{n}": f"features.{n}" for n in (1, 2, 5, 9, 10)}, (40, 33))

    half = torch.full((3, 1, 1), 127 / 255), torch.full((3, 1, 1), 128 / 255)
    stages = {"stem": "bn1"} | {f"blocks.{n}": f"blocks.{n}" for n in range(7)} | {"head": "bn2"}
    for name, size in (("efficientnet_lite0", (48, 40)), ("tf_efficientnet_lite0", (48, 41))):
        options = {"pad_type": "same", "bn_eps": 1e-3} if name.startswith("tf_") else {}
        network = efficientnet._gen_efficientnet_lite(
            name, channel_multiplier=0.2, num_classes=2, **options)
        network.conv_head = torch.nn.Conv2d(network.conv_head.in_channels, 32, 1, bias=False)
        network.bn2 = type(network.bn2)(32, eps=network.bn1.eps, act_layer=torch.nn.ReLU6)
        network.num_features = network.head_hidden_size = 32
        network.classifier = torch.nn.Linear(32, 2)
        record(network, name, stages, size, *half, metadata={"architecture": name})

    # Resizing: Pillow's and torchvision's results of a picture made by a formula.
    y, x = np.mgrid[0:37, 0:53]
    source = np.stack([(x * 7 + y * 3) % 256, (x * x + y) % 256, (x * y * 5) % 256], -1).astype(np.uint8)
    results = {}
    for height, width in ((16, 16), (37, 20), (48, 40), (10, 53), (1, 1)):
        small = Image.fromarray(source).resize((width, height), Image.Resampling.BILINEAR)
        results[f"pillow.{height}x{width}"] = torch.from_numpy(np.asarray(small).copy())
        exact = functional.resize(
            torch.from_numpy(source.copy()).permute(2, 0, 1).float() / 255, [height, width], antialias=True)
        results[f"torchvision.{height}x{width}"] = exact.permute(1, 2, 0).contiguous()
    save_file(results, os.path.join(FOLDER, "resizing.safetensors"))


if __name__ == "__main__":
    main()
