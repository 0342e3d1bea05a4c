#!/usr/bin/env python3
"""Makes Tests/Fixtures/blocks: small networks of three classes, untrained, as exporters write them, for trainings.

    Scripts/make-block-fixtures.py [FOLDER]

transformer.onnx reads tokens [N, 6, 4]: one block of attention with its normalizations written out, as PyTorch's exporter does before operator set 17.
excitation.onnx weights channels by what their means say, upward.onnx goes down and up again by ConvTranspose beside a Concat, quantized.onnx has int8
weights and uint8 activations between QuantizeLinear and DequantizeLinear; these read images [N, 1, 8, 8].

Needs numpy, onnx and onnxruntime from PyPI.
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "Tests/Fixtures/blocks")
random = np.random.default_rng(7)


class Graph:
    """Nodes and weights in their order; each call gives the name of what it makes."""

    def __init__(self):
        self.nodes, self.weights = [], {}

    def weight(self, name, *shape, scale=0.4):
        return self.constant(name, (random.standard_normal(shape) * scale).astype(np.float32))

    def constant(self, name, values):
        self.weights[name] = np.asarray(values)
        return name

    def add(self, kind, *inputs, name=None, **attributes):
        made = name or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [made], made, **attributes))
        return made

    def write(self, name, shape, opset):
        self.nodes[-1].output[0] = "logits"
        made = helper.make_graph(
            self.nodes, name, [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", *shape])],
            [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 3])],
            [numpy_helper.from_array(values, key) for key, values in self.weights.items()])
        model = helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        logits = session.run(None, {"input": random.standard_normal((2, *shape)).astype(np.float32)})[0]
        assert logits.shape == (2, 3) and np.isfinite(logits).all()
        FOLDER.mkdir(parents=True, exist_ok=True)
        onnx.save(model, FOLDER / f"{name}.onnx")


def normalization(graph, value, name, width):
    two = graph.constant(f"{name}.two", np.float32(2))
    epsilon = graph.constant(f"{name}.epsilon", np.float32(1e-5))
    mean = graph.add("ReduceMean", value, axes=[-1], keepdims=1)
    centred = graph.add("Sub", value, mean)
    variance = graph.add("ReduceMean", graph.add("Pow", centred, two), axes=[-1], keepdims=1)
    divided = graph.add("Div", centred, graph.add("Sqrt", graph.add("Add", variance, epsilon)))
    scaled = graph.add("Mul", divided, graph.constant(f"{name}.weight", np.ones(width, np.float32)))
    return graph.add("Add", scaled, graph.constant(f"{name}.bias", np.zeros(width, np.float32)))


def linear(graph, value, name, inputs, outputs):
    product = graph.add("MatMul", value, graph.weight(f"{name}.weight", inputs, outputs))
    return graph.add("Add", product, graph.weight(f"{name}.bias", outputs, scale=0.1))


def transformer(steps=6, width=8, heads=2):
    graph = Graph()
    value = graph.add("Add", linear(graph, "input", "embed", 4, width), graph.weight("positions", 1, steps, width, scale=0.1))
    read = normalization(graph, value, "norm1", width)
    parts = []
    for name in "qkv":
        shape = graph.constant(f"{name}.shape", np.array([0, steps, heads, width // heads]))
        split = graph.add("Reshape", linear(graph, read, name, width, width), shape)
        parts.append(graph.add("Transpose", split, perm=[0, 2, 3, 1] if name == "k" else [0, 2, 1, 3]))
    scores = graph.add("Div", graph.add("MatMul", parts[0], parts[1]), graph.constant("root", np.float32((width / heads) ** 0.5)))
    mixed = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), parts[2])
    joined = graph.add("Reshape", graph.add("Transpose", mixed, perm=[0, 2, 1, 3]), graph.constant("joined", np.array([0, steps, width])))
    value = graph.add("Add", value, linear(graph, joined, "projection", width, width))
    read = normalization(graph, value, "norm2", width)
    inner = linear(graph, read, "mlp1", width, 16)
    # GELU as x · (1 + erf(x / √2)) · ½.
    error = graph.add("Erf", graph.add("Div", inner, graph.constant("root2", np.float32(2**0.5))))
    half = graph.add("Mul", graph.add("Mul", inner, graph.add("Add", error, graph.constant("one", np.float32(1)))), graph.constant("half", np.float32(0.5)))
    value = graph.add("Add", value, linear(graph, half, "mlp2", 16, width))
    mean = graph.add("ReduceMean", normalization(graph, value, "norm3", width), axes=[1], keepdims=0)
    linear(graph, mean, "head", width, 3)
    graph.write("transformer", (steps, 4), 13)


def head(graph, value, channels):
    flat = graph.add("Flatten", graph.add("GlobalAveragePool", value), axis=1)
    graph.add("Gemm", flat, graph.weight("head.weight", 3, channels), graph.weight("head.bias", 3, scale=0.1), transB=1)


def convolution(graph, value, name, inputs, outputs, kernel, kind="Conv", **attributes):
    shape = (inputs, outputs) if kind == "ConvTranspose" else (outputs, inputs)
    weights = [graph.weight(f"{name}.weight", *shape, kernel, kernel), graph.weight(f"{name}.bias", outputs, scale=0.1)]
    return graph.add(kind, value, *weights, **attributes)


def excitation():
    graph = Graph()
    value = convolution(graph, "input", "stem", 1, 8, 3, pads=[1, 1, 1, 1])
    value = graph.add("PRelu", value, graph.constant("slopes", np.full((8, 1, 1), 0.25, np.float32)))
    squeezed = graph.add("Relu", convolution(graph, graph.add("GlobalAveragePool", value), "squeeze", 8, 4, 1))
    value = graph.add("Mul", value, graph.add("HardSigmoid", convolution(graph, squeezed, "excite", 4, 8, 1)))
    head(graph, graph.add("Relu", convolution(graph, value, "last", 8, 12, 3)), 12)
    graph.write("excitation", (1, 8, 8), 17)


def upward():
    graph = Graph()
    first = graph.add("Relu", convolution(graph, "input", "first", 1, 4, 3, pads=[1, 1, 1, 1]))
    low = graph.add("Relu", convolution(graph, graph.add("MaxPool", first, kernel_shape=[2, 2], strides=[2, 2]), "low", 4, 8, 3, pads=[1, 1, 1, 1]))
    high = convolution(graph, low, "up", 8, 4, 2, kind="ConvTranspose", strides=[2, 2])
    joined = graph.add("Concat", high, first, axis=1)
    groups = graph.add("InstanceNormalization", joined, graph.constant("norm.weight", np.ones(8, np.float32)), graph.constant("norm.bias", np.zeros(8, np.float32)))
    head(graph, graph.add("Relu", convolution(graph, groups, "last", 8, 12, 3)), 12)
    graph.write("upward", (1, 8, 8), 17)


def quantized():
    graph = Graph()

    def activation(value, name, scale, zero):
        settings = [graph.constant(f"{name}.scale", np.float32(scale)), graph.constant(f"{name}.zero", np.uint8(zero))]
        return graph.add("DequantizeLinear", graph.add("QuantizeLinear", value, *settings), *settings)

    def weights(name, *shape):
        found = random.standard_normal(shape) * 0.4
        axis = tuple(range(1, len(shape)))
        scale = (np.abs(found).max(axis) / 127).astype(np.float32)
        codes = np.round(found / scale.reshape(-1, *[1] * len(axis))).astype(np.int8)
        parts = [graph.constant(f"{name}.codes", codes), graph.constant(f"{name}.scale", scale), graph.constant(f"{name}.zero", np.zeros(shape[0], np.int8))]
        return graph.add("DequantizeLinear", *parts, name=f"{name}.weight", axis=0)

    value = activation("input", "input", 0.05, 128)
    value = graph.add("Conv", value, weights("first", 8, 1, 3, 3), graph.weight("first.bias", 8, scale=0.1))
    value = activation(graph.add("Relu", value), "first.out", 0.03, 0)
    value = graph.add("Conv", value, weights("last", 12, 8, 3, 3), graph.weight("last.bias", 12, scale=0.1))
    value = activation(graph.add("Relu", value), "last.out", 0.04, 0)
    flat = activation(graph.add("Flatten", graph.add("GlobalAveragePool", value), axis=1), "flat", 0.03, 0)
    graph.add("Gemm", flat, weights("head", 3, 12), graph.weight("head.bias", 3, scale=0.1), transB=1)
    graph.write("quantized", (1, 8, 8), 17)


for make in [transformer, excitation, upward, quantized]:
    make()
