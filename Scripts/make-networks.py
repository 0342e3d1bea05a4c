#!/usr/bin/env python3
"""Builds the usual image classifiers with seeded weights and exports each by both of PyTorch's exporters.

    Scripts/make-networks.py OUT [--only resnet18,…] [--exporter script|dynamo] [--table BENCHMARKS]

Per network: OUT/NAME.EXPORTER.onnx, inputs.npy [8, 3, S, S] and, by ONNX Runtime, logits.npy [8, classes] and the time of one image.
OUT/networks.json lists them. With --table nothing is built: each network that is there is measured in turn by ONNX Runtime and by Pare's
program Benchmarks, and Docs/Networks.md is written (`Scripts/networks` does it all). Random weights give logits that hardly depend on the input, so the statistics of each normalization are
taken from the inputs themselves, and in the last layer what they have in common is taken out, and their main difference is taken out or made less, until at least 5 of them have top-1 classes of their own.

Needs torch, torchvision, onnx, onnxscript and onnxruntime from PyPI.
"""

import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import time
import warnings

import numpy
import torch

try:
    torch.library.Library("torchvision", "DEF").define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    torch.library.Library("torchvision", "FRAGMENT").define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
except RuntimeError:
    pass  # The versions fit, and torchvision declares them itself.
import torchvision  # noqa: E402

SEED = 20
# With the common seed what EfficientNet makes of the pictures is so alike that its logits are small differences of large numbers.
SEEDS = {"efficientnet_b0": 13}
# Below the table; `Benchmarks networks FOLDER NAME 15 --stages` lists the slowest stages.
REMARKS = [
    "Nearly all the time goes into oneDNN's convolutions, at what the processors can do. A residual sum takes some microseconds, so joining it to the",
    "convolution before it would gain nothing (and oneDNN 2.6 has no fast kernel for that). Where Pare was slower on a machine at rest (two AVX2 cores):",
    "",
    "- SqueezeNet 1.0: convolutions take four fifths, Concat and MaxPool a sixth, which is about what ONNX Runtime is ahead by.",
    "- DenseNet: the 25 slowest stages, convolutions all but one, take less than half. The rest is spread over hundreds of small ones; normalizations and",
    "  Concats are passes of their own.",
    "- ShuffleNet: convolutions read blocks of channels, the channel shuffle writes rows; those stages that begin with a reorder take two fifths.",
    "- MobileNet, EfficientNet: many small stages. Stages are run one by one, so that a key can interrupt them and changed layers start in the middle.",
    "- Transformers: where the difference lies was not looked into; it goes from 0.6 to 1.5 between runs and networks.",
]
COUNT = 8
ENOUGH = 5
TURNS, REPEATS = 2, 8


class Attention(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = torch.nn.Linear(width, 3 * width)
        self.projection = torch.nn.Linear(width, width)

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = self.qkv(x).reshape(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        weights = ((q * (width // self.heads) ** -0.5) @ k.transpose(-2, -1)).softmax(-1)
        return self.projection((weights @ v).transpose(1, 2).reshape(batch, length, width))


class Block(torch.nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2 = torch.nn.LayerNorm(width, 1e-6), torch.nn.LayerNorm(width, 1e-6)
        self.attention = Attention(width, heads)
        self.mlp = torch.nn.Sequential(torch.nn.Linear(width, 4 * width), torch.nn.GELU(), torch.nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class TinyTransformer(torch.nn.Module):
    """ViT-Ti/16 of Touvron and others, 2021: width 192, 12 blocks, 3 heads."""

    def __init__(self, width=192, depth=12, heads=3, classes=1000):
        super().__init__()
        self.patches = torch.nn.Conv2d(3, width, 16, 16)
        self.token = torch.nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.positions = torch.nn.Parameter(torch.randn(1, 197, width) * 0.02)
        self.blocks = torch.nn.Sequential(*[Block(width, heads) for _ in range(depth)])
        self.norm = torch.nn.LayerNorm(width, 1e-6)
        self.head = torch.nn.Linear(width, classes)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        return self.head(self.norm(self.blocks(x))[:, 0])


def plain(name, **settings):
    return lambda: getattr(torchvision.models, name)(weights=None, **settings)


NETWORKS = {
    "alexnet": plain("alexnet"),
    "vgg11": plain("vgg11"),
    "vgg16": plain("vgg16"),
    "vgg11_bn": plain("vgg11_bn"),
    "vgg16_bn": plain("vgg16_bn"),
    "squeezenet1_0": plain("squeezenet1_0"),
    "squeezenet1_1": plain("squeezenet1_1"),
    "resnet18": plain("resnet18"),
    "resnet50": plain("resnet50"),
    "mobilenet_v2": plain("mobilenet_v2"),
    "mobilenet_v3_small": plain("mobilenet_v3_small"),
    "mobilenet_v3_large": plain("mobilenet_v3_large"),
    "efficientnet_b0": plain("efficientnet_b0"),
    "densenet121": plain("densenet121"),
    "shufflenet_v2_x1_0": plain("shufflenet_v2_x1_0"),
    "googlenet": plain("googlenet", aux_logits=False, init_weights=False),
    "vit_tiny": TinyTransformer,
    "swin_t": plain("swin_t"),
    "maxvit_t": plain("maxvit_t"),
    "vit_b_16": plain("vit_b_16"),
    "vit_torchvision": lambda: torchvision.models.VisionTransformer(224, 32, 4, 3, 192, 768),
}


# What these make of the pictures is so alike that without its first direction little but rounding is left.
EVENED = torchvision.models.EfficientNet


def inputs():
    """Smooth random pictures of different scale, brightness and contrast."""
    generator = torch.Generator().manual_seed(SEED)
    pictures = []
    for index in range(COUNT):
        size = 4 + 7 * index
        coarse = torch.randn(1, 3, size, size, generator=generator)
        fine = torch.nn.functional.interpolate(coarse, size=(224, 224), mode="bilinear")
        pictures.append(fine * (0.5 + 0.25 * index) + torch.randn(1, 3, 1, 1, generator=generator))
    return torch.cat(pictures)


def settle(network, pictures):
    """Takes the statistics of normalizations from the pictures, and spreads the logits until enough classes win."""
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    network.train()
    with torch.no_grad():
        network(pictures)
    network.eval()
    last = [m for m in network.modules() if isinstance(m, (torch.nn.Linear, torch.nn.Conv2d))][-1]
    with torch.no_grad():
        # torchvision starts the head of its transformer with zeros.
        if last.weight.abs().max() == 0:
            torch.nn.init.normal_(last.weight, std=0.1)
        # MaxViT's head has no bias, which takes away what pictures have in common.
        if last.bias is None:
            last.bias = torch.nn.Parameter(torch.zeros(last.weight.shape[0]))
        weights = last.weight.clone()
        for place in range(COUNT - 1):
            change = evened if isinstance(network, EVENED) else flattened
            last.weight.copy_(change(weights, seen(network, last, pictures)[0], place))
            classes = spread(network, last, pictures)
            if classes >= ENOUGH:
                break
            if change is flattened:
                weights = last.weight.clone()
    return classes


def seen(network, last, pictures):
    """What the last layer reads and makes: [pictures, channels, ...]."""
    values = []
    hook = last.register_forward_hook(lambda module, inputs, output: values.append((inputs[0], output)))
    network(pictures)
    hook.remove()
    return values[0]


def spread(network, last, pictures):
    """Takes what all pictures have in common away by the last bias, so that the rest decides, and has the logits spread by 1; the classes that win."""
    made = seen(network, last, pictures)[1]
    last.bias -= made.mean([axis for axis in range(made.dim()) if axis != 1])
    factor = (1.0 / network(pictures).std()).clamp(max=1e6)
    last.weight *= factor
    last.bias *= factor
    return len(set(network(pictures).argmax(1).tolist()))


def directions(read):
    """The directions along which what the last layer reads of the pictures differs most, the strongest first."""
    features = read.flatten(2).mean(2) if read.dim() == 4 else read.reshape(COUNT, -1)
    return torch.linalg.svd(features - features.mean(0), full_matrices=False)


def flattened(weights, read, place):
    """The last weights without the first direction, from the second try on: along one direction only two classes win."""
    if place == 0:
        return weights
    direction = directions(read).Vh[0]
    rows = weights.flatten(1)
    return (rows - rows @ direction.outer(direction)).reshape(weights.shape)


def evened(weights, read, place):
    """The last weights so scaled that the pictures differ along their first directions no more than along the one at `place`."""
    found = directions(read)
    factors = 1 - (found.S[place] / found.S).clamp(max=1)
    rows = weights.flatten(1)
    return (rows - rows @ (found.Vh.T * factors) @ found.Vh).reshape(weights.shape)


def export(network, pictures, path, exporter):
    example = pictures[:2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if exporter == "dynamo":
            program = torch.onnx.export(
                network, (example,), dynamo=True, external_data=False, verbose=False,
                dynamic_shapes=({0: torch.export.Dim("batch")},), input_names=["input"], output_names=["logits"])
            program.save(str(path))
        else:
            torch.onnx.export(
                network, (example,), str(path), dynamo=False, input_names=["input"], output_names=["logits"],
                dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}})


def run(path, pictures, repeats=30):
    """Logits of all pictures, and the least time of one image in milliseconds, by ONNX Runtime on the processors that Pare has."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    logits = session.run(None, {name: pictures})[0]
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        session.run(None, {name: pictures[:1]})
        times.append(time.perf_counter() - start)
    return logits, 1000 * min(times)


def turns(out, program, key, pictures):
    """Pare's and ONNX Runtime's times in turn, so that both meet the same machine: the least of each."""
    measured, least, runtime = None, float("inf"), float("inf")
    for _ in range(TURNS):
        made = subprocess.run([program, "networks", out, key, str(REPEATS)], capture_output=True, text=True, check=True).stdout
        measured = json.loads(made)
        if "error" in measured:
            return measured, runtime
        least = min(least, measured["milliseconds"])
        runtime = min(runtime, run(out / f"{key}.onnx", pictures, REPEATS)[1])
    measured["milliseconds"] = least
    return measured, runtime


def table(out, program, found):
    """Measures all networks that are there, and writes the table of the documentation."""
    pictures = numpy.load(out / "inputs.npy")
    lines = [
        "# Networks", "",
        "The usual image classifiers with seeded random weights (`Scripts/make-networks.py`), exported by both of PyTorch's exporters (`script` is",
        "TorchScript's, `dynamo` the newer one), run by Pare and by ONNX Runtime in turn. The difference is the largest one between logits of 8 pictures,",
        "as a part of the largest logit; asked is at most 1e-4. Classes are the distinct top-1 classes of the pictures, agreed are the pictures where",
        f"both find the same one. Times are the fastest of {TURNS * REPEATS} runs of one image on 2 processors, in {TURNS} turns each, in milliseconds.",
        "", f"PyTorch {torch.__version__.split('+')[0]}, torchvision {torchvision.__version__.split('+')[0]}, "
        f"ONNX Runtime {__import__('onnxruntime').__version__}.", "",
        "| network | exporter | parameters | difference | classes | agreed | Pare | ONNX Runtime | Pare / ONNX Runtime |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    ratios = []
    for key in sorted(found):
        name, exporter = key.rsplit(".", 1)
        if "error" in found[key]:
            lines.append(f"| {name} | {exporter} | | not exported: {found[key]['error']} | | | | | |")
            continue
        measured, runtime = turns(out, program, key, pictures)
        if "error" in measured:
            lines.append(f"| {name} | {exporter} | {found[key]['parameters']:,} | {measured['error']} | | | | | |")
            continue
        lines.append(
            f"| {name} | {exporter} | {found[key]['parameters']:,} | {measured['difference']:.1e} | {found[key]['classes']} | "
            f"{measured['agreed']} of {measured['images']} | {measured['milliseconds']:.2f} | {runtime:.2f} | "
            f"{measured['milliseconds'] / runtime:.2f} |")
        ratios.append(measured["milliseconds"] / runtime)
        print(lines[-1], flush=True)
    lines += ["", f"Of the {len(ratios)} ratios the geometric mean is {statistics.geometric_mean(ratios):.2f}, the largest {max(ratios):.2f}.", "", *REMARKS]
    path = pathlib.Path(__file__).resolve().parent.parent / "Docs" / "Networks.md"
    path.write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--only", default=",".join(NETWORKS))
    parser.add_argument("--exporter", default="script,dynamo")
    parser.add_argument("--table", metavar="BENCHMARKS", help="the program that measures Pare")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.table:
        return table(options.out, options.table, json.loads((options.out / "networks.json").read_text()))
    pictures = inputs()
    numpy.save(options.out / "inputs.npy", pictures.numpy())
    listing = options.out / "networks.json"
    found = json.loads(listing.read_text()) if listing.exists() else {}
    for name in options.only.split(","):
        torch.manual_seed(SEEDS.get(name, SEED))
        network = NETWORKS[name]()
        classes = settle(network, pictures)
        parameters = sum(p.numel() for p in network.parameters())
        for exporter in options.exporter.split(","):
            key = f"{name}.{exporter}"
            path = options.out / f"{key}.onnx"
            try:
                export(network, pictures, path, exporter)
                logits, milliseconds = run(path, pictures.numpy())
            except Exception as error:  # The table says what an exporter refused.
                found[key] = {"error": f"{type(error).__name__}: {error}"[:200]}
                print(key, found[key]["error"], file=sys.stderr)
                continue
            numpy.save(options.out / f"{key}.logits.npy", logits)
            found[key] = {
                "parameters": parameters, "classes": len(set(logits.argmax(1).tolist())), "milliseconds": round(milliseconds, 3),
                "bytes": path.stat().st_size,
            }
            print(key, found[key], "top-1 before export:", classes)
            listing.write_text(json.dumps(found, indent=1))
    listing.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
