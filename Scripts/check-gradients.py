#!/usr/bin/env python3
"""Compares one whole training step of the usual image classifiers with PyTorch's, in float64.

    Scripts/check-gradients.py OUT BENCHMARKS [--only resnet18,…] [--side 64] [--batch 4]

Each network has 10 classes, seeded weights, no dropout and its normalizations in training. It is exported with them as they are
(training=PRESERVE), and OUT/NAME.npz gets input, logits, the gradient of the logits and, through the network, that of every parameter, and the moved
statistics. BENCHMARKS is the program that `swift build -c release --product Benchmarks` makes: it takes the step in Pare. PyTorch's own step in float32
stands beside it, for what rounding alone does. Ends with 1 where Pare is off by more than 1e-3 of a tensor's largest value.

Needs torch, torchvision, onnx and onnxscript from PyPI; `Scripts/networks` makes an environment that has them.
"""

import argparse
import copy
import json
import pathlib
import subprocess
import sys
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
ALLOWED = 1e-3


def made(name):
    torch.manual_seed(SEED)
    network = getattr(torchvision.models, name)(weights=None, num_classes=10)
    for module in network.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, std=0.1)
            # Equal ones would become one parameter in the file.
            torch.nn.init.normal_(module.running_mean, std=0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
    return network


def step(network, pictures, labels):
    """Logits, their gradient, every gradient and the moved statistics of one step."""
    network.train()
    logits = network(pictures)
    logits.retain_grad()
    torch.nn.functional.cross_entropy(logits, labels).backward()
    found = {"input": pictures, "logits": logits.detach(), "logitsGradient": logits.grad}
    found |= {f"gradient:{name}": value.grad for name, value in network.named_parameters()}
    found |= {f"statistic:{name}": value for name, value in network.named_buffers() if name.endswith(("mean", "var"))}
    return {name: value.double().numpy() for name, value in found.items()}


def difference(actual, expected, kind):
    names = [name for name in expected if name.startswith(kind)]
    least = max((abs(expected[name]).max() for name in names), default=0) / 1000
    return max((abs(actual[n] - expected[n]).max() / max(abs(expected[n]).max(), least) for n in names), default=0.0)


def export(network, pictures, path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(), (pictures,), str(path), dynamo=False, training=torch.onnx.TrainingMode.PRESERVE,
            do_constant_folding=False, input_names=["input"], output_names=["logits"],
            dynamic_axes={"input": {0: "batch"}, "logits": {0: "batch"}})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("program")
    parser.add_argument("--only", default="resnet18,mobilenet_v2,squeezenet1_1")
    parser.add_argument("--side", type=int, default=64)
    parser.add_argument("--batch", type=int, default=4)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    generator = torch.Generator().manual_seed(SEED)
    pictures = torch.randn(options.batch, 3, options.side, options.side, generator=generator)
    labels = torch.arange(options.batch) % 10
    failed = False
    for name in options.only.split(","):
        network = made(name)
        export(network, pictures, options.out / f"{name}.onnx")
        exact = step(copy.deepcopy(network).double(), pictures.double(), labels)
        single = step(network, pictures, labels)
        numpy.savez(options.out / f"{name}.npz", **{key: value.astype(numpy.float32) for key, value in exact.items()})
        run = subprocess.run(
            [options.program, "gradients", options.out / f"{name}.onnx", options.out / f"{name}.npz"], capture_output=True, text=True)
        if run.returncode:
            sys.exit(f"{name}: {run.stderr}")
        pare = json.loads(run.stdout)
        rounding = {kind: float(difference(single, exact, kind)) for kind in ("logits", "gradient:", "statistic:")}
        print(
            f"{name}: {pare['tensors']} gradients; Pare's differences: logits {pare['logits']:.1e}, gradients {pare['gradients']:.1e} "
            f"({pare['worst']}), statistics {pare['statistics']:.1e}; PyTorch's in float32: {rounding['logits']:.1e}, "
            f"{rounding['gradient:']:.1e}, {rounding['statistic:']:.1e}; {pare['milliseconds']} ms a step of {options.batch}", flush=True)
        failed |= max(pare["logits"], pare["gradients"], pare["statistics"]) > ALLOWED
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
