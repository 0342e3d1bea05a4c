#!/usr/bin/env python3
"""Makes Tests/Fixtures/kinds: a small untrained network of each kind that people bring, and a data set that it can learn.

    Scripts/make-kind-networks.py [FOLDER]

NAME.onnx has He-initialized weights, NAME.npz the examples x_train, x_val, x_test and their labels. The network that came quantized is made by ONNX
Runtime's quantize_static of one with random convolutions and a last layer by least squares. kinds.json says what there is to know of each.

Needs numpy, onnx and onnxruntime from PyPI.
"""

import json
import pathlib
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "Tests/Fixtures/kinds")
random = np.random.default_rng(7)
node, value = helper.make_node, helper.make_tensor_value_info
kinds = []


def he(*shape, fan=None):
    """Normal with variance 2 / fan-in: of [out, in, …] the product of all but the first."""
    return (random.standard_normal(shape) * np.sqrt(2 / (fan or np.prod(shape[1:])))).astype(np.float32)


def zeros(*shape):
    return np.zeros(shape, np.float32)


def model(nodes, weights, inputs, outputs, opset=17):
    made = [numpy_helper.from_array(np.asarray(array), key) for key, array in weights.items()]
    graph = helper.make_graph(nodes, "kind", inputs, outputs, made)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 3)], ir_version=8)


def keep(name, about, network, x, y, shares=(0.6, 0.8), **facts):
    """Keeps a network and its examples, in the order they come: so many to train on, so many to validate.

    `least` is the figure `measure` that a training of so many epochs reaches at `rate`, 0 where the network is trained already,
    and that is still there after `again` epochs under a plan. `not_c` is why it is not written as C.
    """
    onnx.save(network, str(FOLDER / f"{name}.onnx"))
    first, second = (int(len(x) * share) for share in shares)
    np.savez_compressed(
        FOLDER / f"{name}.npz", x_train=x[:first], y_train=y[:first], x_val=x[first:second], y_val=y[first:second], x_test=x[second:], y_test=y[second:])
    kinds.append({"name": name, "about": about, **facts})


def gemm(source, name, output):
    return node("Gemm", [source, f"{name}.weight", f"{name}.bias"], [output], name, transB=1)


def linear(name, outputs, inputs):
    return {f"{name}.weight": he(outputs, inputs), f"{name}.bias": zeros(outputs)}


def keywords():
    """Four sounds: features of nine bands over 64 steps, a band that swings at its own rate behind a random start."""
    count, classes = 240, 4
    y = np.arange(count) % classes
    time = np.arange(64)
    x = random.standard_normal((count, 9, 64)) * 0.4
    for row, label in enumerate(y):
        start = random.integers(0, 24)
        sound = np.sin(2 * np.pi * (0.06 + 0.05 * label) * (time - start)) * ((time >= start) & (time < start + 36))
        x[row, [label, label + 2, label + 4]] += sound * random.uniform(0.8, 1.2)
    nodes = [
        node("Conv", ["x", "conv1.weight", "conv1.bias"], ["c1"], "conv1", kernel_shape=[5], pads=[2, 2]), node("Relu", ["c1"], ["r1"]),
        node("MaxPool", ["r1"], ["p1"], kernel_shape=[2], strides=[2]),
        node("Conv", ["p1", "conv2.weight", "conv2.bias"], ["c2"], "conv2", kernel_shape=[5], pads=[2, 2]), node("Relu", ["c2"], ["r2"]),
        node("GlobalAveragePool", ["r2"], ["g"]), node("Flatten", ["g"], ["f"]), gemm("f", "fc", "y"),
    ]
    weights = {"conv1.weight": he(16, 9, 5), "conv1.bias": zeros(16), "conv2.weight": he(24, 16, 5), "conv2.bias": zeros(24)} | linear("fc", classes, 24)
    network = model(nodes, weights, [value("x", 1, ["N", 9, 64])], [value("y", 1, ["N", classes])])
    keep("keywords", "a convolution of one axis", network, x.astype(np.float16), y, measure="accuracy", least=0.95, epochs=9, again=5, rate=0.005)


def sequences():
    """Three motions of two numbers over 16 steps: clockwise, counter-clockwise, to and fro. The last state of an LSTM says which."""
    count, classes, hidden = 300, 3, 16
    y = np.arange(count) % classes
    phase = random.uniform(0, 2 * np.pi, (count, 1)) + np.arange(16) * random.uniform(0.5, 0.8, (count, 1)) * np.where(y == 1, -1, 1)[:, None]
    x = np.stack([np.cos(phase), np.where((y == 2)[:, None], np.cos(phase), np.sin(phase))], 2)
    x += random.standard_normal(x.shape) * 0.2
    nodes = [
        node("Transpose", ["x"], ["steps"], perm=[1, 0, 2]),
        node("LSTM", ["steps", "lstm.W", "lstm.R", "lstm.B"], ["all", "last"], "lstm", hidden_size=hidden), node("Squeeze", ["last", "axis"], ["state"]),
        gemm("state", "fc", "y"),
    ]
    weights = {
        "lstm.W": he(1, 4 * hidden, 2, fan=4), "lstm.R": he(1, 4 * hidden, hidden, fan=2 * hidden), "lstm.B": zeros(1, 8 * hidden), "axis": np.array([0]),
    } | linear("fc", classes, hidden)
    network = model(nodes, weights, [value("x", 1, ["N", 16, 2])], [value("y", 1, ["N", classes])])
    keep("sequences", "an LSTM", network, x.astype(np.float16), y, measure="accuracy", least=0.9, epochs=8, again=3, rate=0.01)


def maps():
    """Discs and squares on noise: each pixel is background, disc or square."""
    count, side = 96, 16
    rows, columns = np.mgrid[0:side, 0:side]
    x, y = random.standard_normal((count, 1, side, side)) * 0.15, np.zeros((count, side, side), np.int64)
    for index in range(count):
        for kind in (1, 2):
            centre, size = random.integers(4, 12, 2), random.integers(2, 4)
            apart = np.abs(rows - centre[0]), np.abs(columns - centre[1])
            inside = apart[0] ** 2 + apart[1] ** 2 <= (size + 0.5) ** 2 if kind == 1 else np.maximum(*apart) <= size
            y[index][inside] = kind
            x[index, 0][inside] = (1.0 if kind == 1 else -1.0) + random.standard_normal(int(inside.sum())) * 0.15
    nodes = [
        node("Conv", ["x", "enter.weight", "enter.bias"], ["c1"], "enter", pads=[1, 1, 1, 1]), node("Relu", ["c1"], ["r1"]),
        node("Conv", ["r1", "down.weight", "down.bias"], ["c2"], "down", pads=[1, 1, 1, 1], strides=[2, 2]), node("Relu", ["c2"], ["r2"]),
        node("Resize", ["r2", "", "scales"], ["u"], "up", mode="nearest"), node("Concat", ["r1", "u"], ["k"], axis=1),
        node("Conv", ["k", "leave.weight", "leave.bias"], ["y"], "leave", pads=[1, 1, 1, 1]),
    ]
    weights = {
        "enter.weight": he(8, 1, 3, 3), "enter.bias": zeros(8), "down.weight": he(16, 8, 3, 3), "down.bias": zeros(16), "leave.weight": he(3, 24, 3, 3),
        "leave.bias": zeros(3), "scales": np.array([1, 1, 2, 2], np.float32),
    }
    network = model(nodes, weights, [value("x", 1, ["N", 1, side, side])], [value("y", 1, ["N", 3, side, side])])
    keep("maps", "a map of classes", network, x.astype(np.float16), y, measure="iou", least=0.75, epochs=7, again=3, rate=0.01)


def blobs(count, features, classes, spread):
    centres = random.standard_normal((classes, features)) * 1.6
    y = np.arange(count) % classes
    return centres[y] + random.standard_normal((count, features)) * spread, y


def tables():
    """As skl2onnx writes scikit-learn's MLPClassifier: the label is the first output, the probabilities are the second."""
    x, y = blobs(300, 8, 3, 1.2)
    nodes = [
        node("MatMul", ["X", "coefficient"], ["mul_result"]), node("Add", ["mul_result", "intercepts"], ["add_result"]),
        node("Relu", ["add_result"], ["next_activations"]), node("MatMul", ["next_activations", "coefficient1"], ["mul_result1"]),
        node("Add", ["mul_result1", "intercepts1"], ["add_result1"]), node("Softmax", ["add_result1"], ["probabilities"], axis=1),
        node("ArgMax", ["probabilities"], ["argmax_output"], axis=1),
        node("ArrayFeatureExtractor", ["classes", "argmax_output"], ["array_feature_extractor_result"], domain="ai.onnx.ml"),
        node("Reshape", ["array_feature_extractor_result", "shape_tensor"], ["reshaped_result"]),
        node("Cast", ["reshaped_result"], ["label"], to=TensorProto.INT64),
    ]
    weights = {
        "coefficient": he(24, 8).T.copy(), "intercepts": zeros(1, 24), "coefficient1": he(3, 24).T.copy(), "intercepts1": zeros(1, 3),
        "classes": np.arange(3, dtype=np.int32), "shape_tensor": np.array([-1]),
    }
    network = model(nodes, weights, [value("X", 1, [None, 8])], [value("label", 7, [None]), value("probabilities", 1, [None, 3])])
    keep("tables", "a table, with a label and probabilities", network, x, y, measure="accuracy", least=0.9, epochs=6, again=3, rate=0.01)


def yes_or_no():
    x, y = blobs(300, 6, 2, 1.4)
    nodes = [gemm("x", "fc1", "h"), node("Relu", ["h"], ["r"]), gemm("r", "fc2", "z"), node("Sigmoid", ["z"], ["y"])]
    network = model(nodes, linear("fc1", 20, 6) | linear("fc2", 1, 20), [value("x", 1, ["N", 6])], [value("y", 1, ["N", 1])])
    keep("binary", "one sigmoid", network, x.astype(np.float32), y, measure="accuracy", least=0.9, epochs=6, again=3, rate=0.01)


def values():
    x = random.standard_normal((400, 6)).astype(np.float32)
    y = np.stack([np.abs(x[:, 0]) + x[:, 1] * 0.5, np.maximum(x[:, 2], x[:, 3])], 1) + random.standard_normal((400, 2)) * 0.05
    nodes = [gemm("x", "fc1", "h"), node("Relu", ["h"], ["r"]), gemm("r", "fc2", "h2"), node("Relu", ["h2"], ["r2"]), gemm("r2", "fc3", "y")]
    network = model(nodes, linear("fc1", 32, 6) | linear("fc2", 16, 32) | linear("fc3", 2, 16), [value("x", 1, ["N", 6])], [value("y", 1, ["N", 2])])
    keep("regression", "two values", network, x, y.astype(np.float32), measure="r2", least=0.75, epochs=18, again=8, rate=0.01)


def strokes(count, side=12):
    """Bytes: a bright bar that lies, stands, falls or rises, on a dark ground."""
    y = np.arange(count) % 4
    rows, columns = np.mgrid[0:side, 0:side]
    x = random.integers(0, 60, (count, 1, side, side))
    for index, kind in enumerate(y):
        shift = random.integers(-2, 3)
        middle = side // 2
        place = (rows - middle - shift, columns - middle - shift, rows - columns - shift, rows + columns - side + 1 - shift)[kind]
        x[index, 0][np.abs(place) <= 1] = random.integers(120, 256)
    return x.astype(np.uint8), y


def images():
    x, y = strokes(240)
    nodes = [
        node("Cast", ["image"], ["cast"], to=1), node("Div", ["cast", "largest"], ["shares"]), node("Sub", ["shares", "mean"], ["centred"]),
        node("Conv", ["centred", "conv.weight", "conv.bias"], ["c"], "conv", pads=[1, 1, 1, 1]), node("Relu", ["c"], ["r"]),
        node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2]), node("Flatten", ["p"], ["f"]), gemm("f", "fc", "y"),
    ]
    weights = {
        "largest": np.float32(255), "mean": np.float32(0.3), "conv.weight": he(8, 1, 3, 3), "conv.bias": zeros(8),
    } | linear("fc", 4, 8 * 36)
    network = model(nodes, weights, [value("image", TensorProto.UINT8, ["N", 1, 12, 12])], [value("y", 1, ["N", 4])])
    keep("bytes", "bytes, with the scaling inside", network, x, y, measure="accuracy", least=0.9, epochs=6, again=3, rate=0.005, not_c="no Cast")


class Reader(CalibrationDataReader):
    def __init__(self, x):
        self.rows = iter([{"x": row[None]} for row in x])

    def get_next(self):
        return next(self.rows, None)


def integers():
    """Random convolutions and a last layer by least squares, quantized by ONNX Runtime."""
    pixels, y = strokes(300)
    # Noise, so that something is left to be learnt.
    x = (pixels / 255 - 0.3 + random.standard_normal(pixels.shape) * 0.35).astype(np.float32)
    weights = {"conv.weight": he(12, 1, 3, 3), "conv.bias": zeros(12)}
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x[:, 0], ((0, 0), (1, 1), (1, 1))), (3, 3), (1, 2))
    maps_ = np.maximum(np.einsum("nhwij,oij->nohw", windows, weights["conv.weight"][:, 0]), 0)
    pooled = maps_.reshape(len(x), 12, 4, 3, 4, 3).mean((3, 5)).reshape(len(x), -1)
    design = np.concatenate([pooled, np.ones((len(x), 1))], 1)[:120]
    targets = np.eye(4)[y[:120]] * 4 - 1
    found = np.linalg.solve(design.T @ design + 0.3 * np.eye(design.shape[1]), design.T @ targets)
    weights |= {"fc.weight": found[:-1].T.astype(np.float32), "fc.bias": found[-1].astype(np.float32)}
    nodes = [
        node("Conv", ["x", "conv.weight", "conv.bias"], ["c"], "conv", pads=[1, 1, 1, 1]), node("Relu", ["c"], ["r"]),
        node("AveragePool", ["r"], ["p"], kernel_shape=[3, 3], strides=[3, 3]), node("Flatten", ["p"], ["f"]), gemm("f", "fc", "y"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        source, made = f"{folder}/source.onnx", f"{folder}/made.onnx"
        onnx.save(model(nodes, weights, [value("x", 1, ["N", 1, 12, 12])], [value("y", 1, ["N", 4])]), source)
        quantize_static(
            source, made, Reader(x[:60]), quant_format=QuantFormat.QDQ, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, per_channel=True,
            reduce_range=True)
        network = onnx.load(made)
    network.producer_name = network.producer_version = ""
    keep("integers", "int8 by QuantizeLinear and DequantizeLinear", network, x.astype(np.float16), y, measure="accuracy", least=0.8, epochs=0, again=3, rate=0.001)


FOLDER.mkdir(parents=True, exist_ok=True)
for make in (keywords, sequences, maps, tables, yes_or_no, values, images, integers):
    make()
(FOLDER / "kinds.json").write_text(json.dumps(kinds, indent=1) + "\n")
print(f"{len(kinds)} kinds")
