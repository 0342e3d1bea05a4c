#!/usr/bin/env python3
"""Makes networks of MLPerf Tiny's shapes, float and quantized: Scripts/make-tiny-networks.py FOLDER [EXAMPLES].

Four networks of the shapes that MLPerf Tiny states (Banbury and others, 2021): DS-CNN for keywords, MobileNetV1 0.25, ResNet-8 and a dense autoencoder.
What they need of flash and memory depends on the shapes alone, so they are trained for a minute on Fashion-MNIST, its images brought to the input's
size: the answers mean something then. NAME.onnx is the float network, NAME.qdq.onnx what onnxruntime.quantization makes of it (int8, weights by
channel and symmetric, ranges of 200 training images); NAME.npz has the codes of test images, and the outputs of ONNX Runtime for them.

Needs Debian's dataset-fashion-mnist, and torch, numpy, onnx and onnxruntime from PyPI.
"""

import gzip
import pathlib
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from torch import nn
from torch.nn import functional

DATA = pathlib.Path("/usr/share/datasets/fashion-mnist")
FOOTWEAR = (5, 7, 9)


def images(part):
    with gzip.open(DATA / f"{part}-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 1, 28, 28)
    with gzip.open(DATA / f"{part}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    return torch.tensor(pixels), torch.tensor(labels.astype(np.int64))


def block(inputs, outputs, kernel=3, stride=1, padding=None, groups=1):
    padding = kernel // 2 if padding is None else padding
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())


def separable(inputs, outputs, stride=1):
    return nn.Sequential(block(inputs, inputs, stride=stride, groups=inputs), block(inputs, outputs, 1))


def ds_cnn():
    # SAME padding of 49x10 by 10x4 in steps of 2.
    layers = [nn.ZeroPad2d((1, 1, 4, 5)), block(1, 64, (10, 4), 2, 0)] + [separable(64, 64) for _ in range(4)]
    return nn.Sequential(*layers, nn.AvgPool2d((25, 5)), nn.Flatten(), nn.Linear(64, 12), nn.Softmax(1))


def mobilenet():
    widths = [(8, 16, 1), (16, 32, 2), (32, 32, 1), (32, 64, 2), (64, 64, 1), (64, 128, 2)] + [(128, 128, 1)] * 5
    widths += [(128, 256, 2), (256, 256, 1)]
    return nn.Sequential(
        block(3, 8, stride=2), *[separable(*width) for width in widths], nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(256, 2),
        nn.Softmax(1))


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            block(inputs, outputs, stride=stride), nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
        self.side = nn.Identity() if stride == 1 else nn.Conv2d(inputs, outputs, 1, stride)

    def forward(self, x):
        return functional.relu(self.body(x) + self.side(x))


def resnet8():
    return nn.Sequential(
        block(3, 16), Residual(16, 16, 1), Residual(16, 32, 2), Residual(32, 64, 2), nn.AvgPool2d(8), nn.Flatten(), nn.Linear(64, 10),
        nn.Softmax(1))


def autoencoder():
    widths = [640, 128, 128, 128, 128, 8, 128, 128, 128, 128]
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs, bias=False), nn.BatchNorm1d(outputs), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(128, 640))


def sized(height, width, channels):
    def change(pixels):
        small = functional.interpolate(pixels.float() / 127.5 - 1, (height, width), mode="bilinear", antialias=True)
        return small.repeat(1, channels, 1, 1)

    return change


def rows(pixels):
    return functional.interpolate(pixels.float() / 127.5 - 1, (32, 20), mode="bilinear", antialias=True).flatten(1)


# Name, network, what the input is, examples of the training, classes of a label.
NETWORKS = [
    ("ds-cnn", ds_cnn, sized(49, 10, 1), 20_000, lambda labels: labels),
    ("mobilenet-025", mobilenet, sized(96, 96, 3), 5_000, lambda labels: sum(labels == other for other in FOOTWEAR).long()),
    ("resnet-8", resnet8, sized(32, 32, 3), 8_000, lambda labels: labels),
    ("autoencoder", autoencoder, rows, 30_000, None),
]


def trained(network, change, count, classes, pixels, labels):
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    body = network[:-1] if isinstance(network[-1], nn.Softmax) else network
    network.train()
    for start in range(0, count, 50):
        x = change(pixels[start : start + 50])
        loss = functional.mse_loss(body(x), x) if classes is None else functional.cross_entropy(body(x), classes(labels[start : start + 50]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    network.eval()


class Ranges(CalibrationDataReader):
    def __init__(self, examples):
        self.left = iter([{"x": example[None]} for example in examples])

    def get_next(self):
        return next(self.left, None)


def written(name, network, example, calibration, folder):
    path = folder / f"{name}.onnx"
    torch.onnx.export(
        network, example, str(path), input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}}, opset_version=17,
        dynamo=False)
    target = folder / f"{name}.qdq.onnx"
    with tempfile.TemporaryDirectory() as work:
        prepared = pathlib.Path(work) / "prepared.onnx"
        onnxruntime.quantization.shape_inference.quant_pre_process(str(path), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared), str(target), Ranges(calibration), quant_format=QuantFormat.QDQ, per_channel=True, activation_type=QuantType.QInt8,
            weight_type=QuantType.QInt8, extra_options={"WeightSymmetric": True, "ActivationSymmetric": False})
    return target


def quantizer(model):
    """Scale and zero point of the first QuantizeLinear."""
    constants = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    node = next(node for node in model.graph.node if node.op_type == "QuantizeLinear")
    return float(constants[node.input[1]]), int(constants[node.input[2]])


def outputs(path, x, optimized):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    # Else sums of two products are cut to 16 bits where the processor has no VNNI.
    options.add_session_config_entry("session.x64quantprecision", "1")
    if not optimized:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(path), options)
    return np.concatenate([session.run(None, {"x": x[start : start + 100]})[0] for start in range(0, len(x), 100)])


def main():
    folder = pathlib.Path(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    torch.set_num_threads(1)
    (pixels, labels), (tests, answers) = images("train"), images("t10k")
    for name, make, change, examples, classes in NETWORKS:
        network = make()
        trained(network, change, examples, classes, pixels, labels)
        path = written(name, network, change(pixels[:1]), change(pixels[-200:]).numpy(), folder)
        scale, zero = quantizer(onnx.load(path))
        x = np.concatenate([change(tests[start : start + 500]).numpy() for start in range(0, count, 500)])[:count]
        codes = np.clip(np.rint(x / scale) + zero, -128, 127).astype(np.int8)
        # ONNX Runtime gets the numbers of these codes: the same integers.
        exact = ((codes.astype(np.float32) - zero) * np.float32(scale)).astype(np.float32)
        plain, fused, floats = outputs(path, exact, False), outputs(path, exact, True), outputs(folder / f"{name}.onnx", x, True)
        right = [] if classes is None else classes(answers[:count]).numpy()
        np.savez(folder / f"{name}.npz", codes=codes, plain=plain, fused=fused, floats=floats, labels=right)
        parameters = sum(parameter.numel() for parameter in network.parameters())
        quality = np.mean((floats - x) ** 2) if classes is None else np.mean(floats.argmax(1) == right)
        print(f"{name}: {parameters} parameters, float {quality:.4f}", flush=True)


main()
