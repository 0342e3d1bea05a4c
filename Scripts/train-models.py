#!/usr/bin/env python3
"""Trains the two bundled networks on Fashion-MNIST and exports them as ONNX.

For each network this writes two files into `Models/` (or --out):

    NAME.onnx   the trained network, weights inside, opset 18
    NAME.json   its model card: data, settings, accuracy, SHA-256

The networks are those of the pruning literature:

    lenet-300-100   784-300-100-10, ReLU between; 266,610 parameters
    lenet-5         Caffe's: 20 filters of 5x5, maxpool 2, 50 filters of 5x5,
                    maxpool 2, 500 ReLU, 10; 431,080 parameters. As in Caffe,
                    the only ReLU stands after the first dense layer.

Training uses the first 50,000 examples of the training file, validation the
last 10,000, test the t10k files. Pixels are divided by 255, nothing else.
The settings below were chosen on validation. Test is measured once, after the
last epoch of a run without --trial.

How to run it, in a virtual environment of its own:

    python3 -m venv venv
    venv/bin/pip install torch onnx onnxscript
    venv/bin/python Scripts/train-models.py

The data is looked for in --data, then in PARE_DATA, then where Debian's package
dataset-fashion-mnist puts it. Equal seed, thread count, processor and PyTorch
version give equal weights.
"""

import argparse
import dataclasses
import gzip
import hashlib
import json
import math
import os
import pathlib
import struct
import sys
import time

try:
    import onnx
    import torch
    from torch import nn
except ImportError as error:
    sys.exit(f"train-models: {error.name} is missing; pip install torch onnx onnxscript")

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEBIAN_FOLDER = "/usr/share/datasets/fashion-mnist"
CLASSES = [
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
]
TRAINING_COUNT = 50_000
OPSET = 18


# Networks


class LeNet300(nn.Module):
    """784-300-100-10 with ReLU between the dense layers."""

    title = "LeNet-300-100"

    def __init__(self):
        super().__init__()
        self.fc1 = nn.Linear(784, 300)
        self.fc2 = nn.Linear(300, 100)
        self.fc3 = nn.Linear(100, 10)

    def forward(self, x):
        """Logits [n, 10] of images [n, 1, 28, 28]."""
        x = torch.flatten(x, 1)
        x = torch.relu(self.fc1(x))
        x = torch.relu(self.fc2(x))
        return self.fc3(x)


class LeNet5(nn.Module):
    """Caffe's LeNet: two convolutions without ReLU, two dense layers."""

    title = "LeNet-5 (Caffe)"

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 20, 5)
        self.conv2 = nn.Conv2d(20, 50, 5)
        self.fc1 = nn.Linear(800, 500)
        self.fc2 = nn.Linear(500, 10)

    def forward(self, x):
        """Logits [n, 10] of images [n, 1, 28, 28]."""
        x = torch.max_pool2d(self.conv1(x), 2)
        x = torch.max_pool2d(self.conv2(x), 2)
        x = torch.flatten(x, 1)
        x = torch.relu(self.fc1(x))
        return self.fc2(x)


@dataclasses.dataclass
class Settings:
    """How one network is trained. `shift` is in pixels, `flip` a probability."""

    epochs: int
    learning_rate: float
    weight_decay: float
    batch: int = 128
    momentum: float = 0.9
    warmup: float = 1.0  # epochs of linear rise before the cosine
    shift: int = 0
    flip: float = 0.0
    seed: int = 1

    def augmentation(self):
        """The augmentation in words, for the model card."""
        words = []
        if self.flip > 0:
            words.append(f"horizontal flip with probability {self.flip:g}")
        if self.shift > 0:
            words.append(f"random shift of up to {self.shift} px in each direction")
        return "; ".join(words) or "none"


# What the choice rests on, in validation accuracy, one seed each:
# lenet-300-100: 60 epochs 90.29 %, 120 epochs 90.38 %.
# lenet-5: 10 epochs 91.54 %, 16 epochs 91.73 %, 16 with shift 91.90 %, 40 with shift 92.91 %.
NETWORKS = {
    "lenet-300-100": (LeNet300, 266_610, Settings(epochs=60, learning_rate=0.05, weight_decay=5e-4, flip=0.5)),
    "lenet-5": (LeNet5, 431_080, Settings(epochs=40, learning_rate=0.05, weight_decay=5e-4, flip=0.5, shift=1)),
}


# Data


def data_folder(given):
    """The folder with the four IDX files, or an end with a message that says what was tried."""
    if given:
        candidates = [("--data", given)]
    else:
        candidates = [("PARE_DATA", os.environ.get("PARE_DATA")), ("Debian package", DEBIAN_FOLDER)]
    tried = []
    for source, folder in candidates:
        if not folder:
            continue
        if find_file(folder, "train-images-idx3-ubyte"):
            return pathlib.Path(folder)
        tried.append(f"  {folder} ({source})")
    sys.exit(
        "train-models: Fashion-MNIST not found. Looked in:\n" + "\n".join(tried)
        + "\nInstall Debian's package dataset-fashion-mnist, or give the folder by --data or PARE_DATA."
    )


def find_file(folder, name):
    """The path of an IDX file, plain or gzipped, or None."""
    for path in (pathlib.Path(folder) / name, pathlib.Path(folder) / (name + ".gz")):
        if path.is_file():
            return path
    return None


def read_idx(folder, name, dimensions):
    """An IDX file of bytes as a uint8 tensor."""
    path = find_file(folder, name)
    if path is None:
        sys.exit(f"train-models: {name}[.gz] is missing in {folder}")
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rb") as file:
            content = file.read()
    except (OSError, EOFError) as error:
        sys.exit(f"train-models: {path}: {error}")
    header = 4 + 4 * dimensions
    if len(content) < header or content[:4] != bytes([0, 0, 8, dimensions]):
        sys.exit(f"train-models: {path} is not an IDX file of bytes with {dimensions} dimensions")
    shape = struct.unpack(f">{dimensions}I", content[4:header])
    if len(content) - header != math.prod(shape):
        sys.exit(f"train-models: {path} is truncated or too long for {shape}")
    return torch.frombuffer(bytearray(content[header:]), dtype=torch.uint8).reshape(shape)


def read_split(folder, prefix):
    """Images [n, 1, 28, 28] in 0...1 and labels [n] of one file pair."""
    images = read_idx(folder, f"{prefix}-images-idx3-ubyte", 3)
    labels = read_idx(folder, f"{prefix}-labels-idx1-ubyte", 1)
    if len(images) != len(labels):
        sys.exit(f"train-models: {prefix}: {len(images)} images but {len(labels)} labels")
    return images.unsqueeze(1).float() / 255, labels.long()


# Training


def augment(images, settings, generator):
    """A batch with each image flipped or shifted on its own."""
    count = len(images)
    if settings.flip > 0:
        flipped = torch.rand(count, generator=generator) < settings.flip
        images = torch.where(flipped[:, None, None, None], images.flip(-1), images)
    if settings.shift > 0:
        s = settings.shift
        windows = nn.functional.pad(images[:, 0], (s, s, s, s)).unfold(1, 28, 1).unfold(2, 28, 1)
        offsets = torch.randint(0, 2 * s + 1, (2, count), generator=generator)
        images = windows[torch.arange(count), offsets[0], offsets[1]].unsqueeze(1)
    return images


def rate_at(step, steps, settings, steps_per_epoch):
    """The learning rate: a linear rise, then half a cosine down to zero."""
    rise = settings.warmup * steps_per_epoch
    if step < rise:
        return settings.learning_rate * (step + 1) / rise
    return settings.learning_rate * 0.5 * (1 + math.cos(math.pi * (step - rise) / (steps - rise)))


def make_optimizer(network, settings):
    """SGD with Nesterov momentum. Weights decay, biases do not."""
    weights = [p for p in network.parameters() if p.dim() > 1]
    biases = [p for p in network.parameters() if p.dim() == 1]
    groups = [{"params": weights, "weight_decay": settings.weight_decay}, {"params": biases, "weight_decay": 0.0}]
    return torch.optim.SGD(groups, lr=settings.learning_rate, momentum=settings.momentum, nesterov=True)


def train(make_network, settings, training, validation, report):
    """A trained network. Calls report(epoch, loss, accuracy) every few epochs and after the last."""
    torch.manual_seed(settings.seed)
    generator = torch.Generator().manual_seed(settings.seed)
    network = make_network().to(memory_format=torch.channels_last)
    optimizer = make_optimizer(network, settings)
    images, labels = training
    steps_per_epoch = len(images) // settings.batch
    steps = settings.epochs * steps_per_epoch
    step = 0
    for epoch in range(1, settings.epochs + 1):
        order = torch.randperm(len(images), generator=generator)
        total = 0.0
        for start in range(0, steps_per_epoch * settings.batch, settings.batch):
            chosen = order[start : start + settings.batch]
            batch = augment(images[chosen], settings, generator).contiguous(memory_format=torch.channels_last)
            for group in optimizer.param_groups:
                group["lr"] = rate_at(step, steps, settings, steps_per_epoch)
            loss = nn.functional.cross_entropy(network(batch), labels[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            total += loss.item()
            step += 1
        if epoch % 5 == 0 or epoch == settings.epochs:
            report(epoch, total / steps_per_epoch, accuracy(network, *validation))
    return network.to(memory_format=torch.contiguous_format)


@torch.no_grad()
def accuracy(network, images, labels):
    """The fraction of examples whose largest logit is at their label."""
    correct = 0
    for start in range(0, len(images), 1000):
        logits = network(images[start : start + 1000])
        correct += (logits.argmax(1) == labels[start : start + 1000]).sum().item()
    return correct / len(images)


# Export


def export(network, path):
    """Writes the network as one ONNX file: input [batch, 1, 28, 28], output logits [batch, 10]."""
    example = torch.zeros(2, 1, 28, 28)
    program = torch.onnx.export(
        network.eval(), (example,), dynamo=True, opset_version=OPSET, verbose=False,
        input_names=["input"], output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
    )
    model = program.model_proto
    strip(model)
    check(model, network)
    path.write_bytes(model.SerializeToString(deterministic=True))


def strip(model):
    """Removes what says where the file was made: stack traces and other notes of the exporter."""
    del model.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.graph.value_info[:]
    entries = [*model.graph.node, *model.graph.initializer, *model.graph.input, *model.graph.output]
    for entry in entries:
        del entry.metadata_props[:]
        entry.ClearField("doc_string")
    model.ClearField("doc_string")
    model.graph.ClearField("doc_string")


def check(model, network):
    """Stops unless the file is valid, whole, and has the parameters by their names."""
    onnx.checker.check_model(model, full_check=True)
    allowed = {"Conv", "MaxPool", "Relu", "Flatten", "Reshape", "Gemm"}
    strange = {node.op_type for node in model.graph.node} - allowed
    if strange:
        sys.exit(f"train-models: unexpected operators in the exported graph: {sorted(strange)}")
    stored = {tensor.name: tensor for tensor in model.graph.initializer}
    for name, value in network.state_dict().items():
        if name not in stored or tuple(stored[name].dims) != tuple(value.shape):
            sys.exit(f"train-models: parameter {name} was not exported as it is")


def write_card(name, title, path, settings, threads, parameters, measured):
    """Writes the model card beside the ONNX file."""
    card = {
        "name": name,
        "title": title,
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "parameters": parameters,
        "data": {
            "name": "Fashion-MNIST",
            "debianPackage": "dataset-fashion-mnist",
            "training": "first 50,000 of the training file",
            "validation": "last 10,000 of the training file",
        },
        "input": {"shape": [1, 28, 28], "scale": 0.00392156862745098, "mean": [0], "standardDeviation": [1]},
        "classes": CLASSES,
        "training": {
            "script": "Scripts/train-models.py",
            "framework": f"PyTorch {torch.__version__.split('+')[0]}",
            "seed": settings.seed,
            "threads": threads,
            "epochs": settings.epochs,
            "batch": settings.batch,
            "optimizer": f"SGD, Nesterov momentum {settings.momentum:g}",
            "learningRate": settings.learning_rate,
            "schedule": f"linear rise for {settings.warmup:g} epoch, then cosine to 0, by step",
            "weightDecay": settings.weight_decay,
            "augmentation": settings.augmentation(),
        },
        "accuracy": measured,
    }
    path.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n")


# Command line


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description="Trains the bundled networks on Fashion-MNIST and exports them as ONNX.")
    parser.add_argument("--model", choices=[*NETWORKS, "all"], default="all", help="which network (default: all)")
    parser.add_argument("--epochs", type=int, help="instead of the network's own number of epochs")
    parser.add_argument("--seed", type=int, help="instead of the network's own seed")
    parser.add_argument("--data", help="folder with the IDX files, plain or .gz (default: PARE_DATA, then Debian's)")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "Models", help="where to write (default: Models)")
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch; part of what fixes the result (default: 1)")
    parser.add_argument("--trial", action="store_true", help="measure validation only and write nothing")
    parser.add_argument("--measure", action="store_true", help="print validation and test accuracy as a line of JSON and write nothing: Scripts/results cross-check")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="change a setting, such as weight_decay=1e-3")
    return parser.parse_args()


def chosen_settings(settings, arguments):
    """The network's settings with what the command line changes."""
    changes = {}
    types = {field.name: type(getattr(settings, field.name)) for field in dataclasses.fields(settings)}
    for text in arguments.set:
        name, _, value = text.partition("=")
        if name not in types:
            sys.exit(f"train-models: no setting {name}; there are {', '.join(types)}")
        try:
            changes[name] = types[name](value)
        except ValueError:
            sys.exit(f"train-models: {name}: {value!r} is not of type {types[name].__name__}")
    for name in ("epochs", "seed"):
        if getattr(arguments, name) is not None:
            changes[name] = getattr(arguments, name)
    settings = dataclasses.replace(settings, **changes)
    if settings.epochs < 1:
        sys.exit("train-models: epochs must be at least 1")
    return settings


def make(name, folder, arguments):
    """Trains one network; without --trial also exports it and writes its card."""
    make_network, parameters, settings = NETWORKS[name]
    settings = chosen_settings(settings, arguments)
    images, labels = read_split(folder, "train")
    training = images[:TRAINING_COUNT], labels[:TRAINING_COUNT]
    validation = images[TRAINING_COUNT:], labels[TRAINING_COUNT:]
    begin = time.monotonic()

    def report(epoch, loss, share):
        seconds = time.monotonic() - begin
        text = f"{name}: epoch {epoch}/{settings.epochs}, loss {loss:.4f}, validation {100 * share:.2f} %, {seconds:.0f} s"
        print(text, file=sys.stderr if arguments.measure else sys.stdout, flush=True)

    network = train(make_network, settings, training, validation, report)
    if sum(p.numel() for p in network.parameters()) != parameters:
        sys.exit(f"train-models: {name} does not have {parameters} parameters")
    if arguments.trial:
        return
    measured = {"validation": accuracy(network, *validation), "test": accuracy(network, *read_split(folder, "t10k"))}
    if arguments.measure:
        result = {split: {"current": share} for split, share in measured.items()}
        print(json.dumps({"event": "result", "framework": f"PyTorch {torch.__version__.split('+')[0]}", "seconds": time.monotonic() - begin, **result}))
        return
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / f"{name}.onnx"
    export(network, path)
    write_card(name, make_network.title, path, settings, arguments.threads, parameters, measured)
    print(f"{name}: validation {100 * measured['validation']:.2f} %, test {100 * measured['test']:.2f} %, wrote {path}", flush=True)


def main():
    """Trains the networks asked for, one after the other."""
    arguments = parse_arguments()
    folder = data_folder(arguments.data)
    torch.set_num_threads(arguments.threads)
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False
    for name in NETWORKS if arguments.model == "all" else [arguments.model]:
        make(name, folder, arguments)


if __name__ == "__main__":
    main()
