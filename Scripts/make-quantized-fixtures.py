#!/usr/bin/env python3
"""Makes Tests/Fixtures/quantized: small networks that came quantized or fused, as exporters and ONNX Runtime write them, with its outputs.

    Scripts/make-quantized-fixtures.py [FOLDER]

NAME.onnx is a network; values.safetensors has for each the examples NAME/x and what ONNX Runtime without graph optimizations gives of them, one
example at a time, NAME/y; its metadata say what there is to know of NAME.

Needs numpy, onnx and onnxruntime from PyPI.
"""

import json
import pathlib
import struct
import sys
import tempfile

import ml_dtypes
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "Tests/Fixtures/quantized")
random = np.random.default_rng(0)
node, value = helper.make_node, helper.make_tensor_value_info
MICROSOFT = "com.microsoft"
values, about = {}, {}


def drawn(*shape, scale=1.0):
    return (random.standard_normal(shape) * scale).astype(np.float32)


def model(nodes, weights, inputs, outputs, opset=17, ir=8):
    made = [array if isinstance(array, onnx.TensorProto) else numpy_helper.from_array(np.asarray(array), key) for key, array in weights.items()]
    graph = helper.make_graph(nodes, "g", inputs, outputs, made)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset), helper.make_opsetid(MICROSOFT, 1)], ir_version=ir)


def session(file):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(str(file), options)


def case(name, network, x, **facts):
    """Keeps a network, examples and what it gives of each alone. `step` is that of the grid of the result."""
    file = FOLDER / f"{name}.onnx"
    network.producer_name = network.producer_version = ""
    onnx.save(network, str(file))
    runner = session(file)
    first = runner.get_inputs()[0].name
    y = np.concatenate([runner.run(None, {first: row[None]})[0] for row in x])
    values[f"{name}/x"], values[f"{name}/y"] = x, y
    about[name] = {"operators": sorted({n.op_type for n in network.graph.node}), **facts}


class Reader(CalibrationDataReader):
    def __init__(self, x):
        self.rows = iter([{"x": row[None]} for row in x])

    def get_next(self):
        return next(self.rows, None)


def convolutions():
    nodes = [
        node("Conv", ["x", "conv1.weight", "conv1.bias"], ["c1"], "conv1", pads=[1, 1, 1, 1]), node("Relu", ["c1"], ["r1"]),
        node("Conv", ["r1", "conv2.weight", "conv2.bias"], ["c2"], "conv2", pads=[1, 1, 1, 1], group=2), node("Relu", ["c2"], ["r2"]),
        node("Add", ["r1", "r2"], ["sum"], "sum"), node("AveragePool", ["sum"], ["p"], kernel_shape=[2, 2], strides=[2, 2]),
        node("Sigmoid", ["p"], ["s"]), node("Mul", ["s", "p"], ["m"]), node("Concat", ["m", "p"], ["k"], axis=1),
        node("LeakyRelu", ["k"], ["l"], alpha=0.1), node("GlobalAveragePool", ["l"], ["a"]), node("Flatten", ["a"], ["f"]),
        node("Gemm", ["f", "fc.weight", "fc.bias"], ["y"], "fc", transB=1),
    ]
    weights = {
        "conv1.weight": drawn(8, 3, 3, 3, scale=0.3), "conv1.bias": drawn(8, scale=0.2), "conv2.weight": drawn(8, 4, 3, 3, scale=0.3),
        "conv2.bias": drawn(8, scale=0.2), "fc.weight": drawn(5, 16, scale=0.4), "fc.bias": drawn(5, scale=0.2),
    }
    return model(nodes, weights, [value("x", 1, ["N", 3, 8, 8])], [value("y", 1, ["N", 5])])


def attention():
    """One block of a transformer: keys, queries, values, Softmax, sums, LayerNormalization, Gelu by its parts."""
    nodes = [node("MatMul", ["x", f"{k}.weight"], [f"{k}m"], k) for k in "qkv"]
    nodes += [node("Add", [f"{k}m", f"{k}.bias"], [k]) for k in "qkv"]
    nodes += [
        node("Transpose", ["k"], ["kt"], perm=[0, 2, 1]), node("MatMul", ["q", "kt"], ["scores"], "scores"), node("Mul", ["scores", "root"], ["scaled"]),
        node("Softmax", ["scaled"], ["p"], axis=-1), node("MatMul", ["p", "v"], ["mixed"], "mixed"), node("Add", ["mixed", "x"], ["sum"]),
        node("LayerNormalization", ["sum", "g", "b"], ["n"], "norm", axis=-1), node("MatMul", ["n", "up.weight"], ["u"], "up"), node("Relu", ["u"], ["ur"]),
        node("MatMul", ["ur", "down.weight"], ["d"], "down"), node("ReduceMean", ["d"], ["y"], axes=[1], keepdims=0),
    ]
    weights = {f"{k}.weight": drawn(16, 16, scale=0.4) for k in "qkv"} | {f"{k}.bias": drawn(16, scale=0.1) for k in "qkv"}
    weights |= {
        "root": np.float32(0.25), "g": 1 + drawn(16, scale=0.1), "b": drawn(16, scale=0.1), "up.weight": drawn(16, 32, scale=0.3),
        "down.weight": drawn(32, 6, scale=0.3),
    }
    return model(nodes, weights, [value("x", 1, ["N", 6, 16])], [value("y", 1, ["N", 6])])


def dense():
    nodes = [
        node("Gemm", ["x", "fc1.weight", "fc1.bias"], ["h"], "fc1", transB=1), node("Relu", ["h"], ["r"]),
        node("Gemm", ["r", "fc2.weight", "fc2.bias"], ["y"], "fc2", transB=1),
    ]
    weights = {"fc1.weight": drawn(256, 96, scale=0.2), "fc1.bias": drawn(256, scale=0.2), "fc2.weight": drawn(10, 256, scale=0.2), "fc2.bias": drawn(10, scale=0.2)}
    return model(nodes, weights, [value("x", 1, ["N", 96])], [value("y", 1, ["N", 10])])


def last_step(network):
    """The scale by which the output is turned back, or None."""
    made = {name: n for n in network.graph.node for name in n.output}
    last = made[network.graph.output[0].name]
    if last.op_type != "DequantizeLinear":
        return None
    scale = next(i for i in network.graph.initializer if i.name == last.input[1])
    return float(numpy_helper.to_array(scale).reshape(-1)[0])


def runtime_quantized():
    """What ONNX Runtime's own quantizers make."""
    for name, source, x in (("cnn", convolutions(), drawn(40, 3, 8, 8)), ("block", attention(), drawn(40, 6, 16)), ("dense", dense(), drawn(40, 96))):
        with tempfile.TemporaryDirectory() as folder:
            path, made = f"{folder}/source.onnx", f"{folder}/made.onnx"
            onnx.save(source, path)
            # uint8 times int8 saturates on processors without VNNI unless weights have 7 bits.
            kinds = [("qoperator", QuantFormat.QOperator, QuantType.QUInt8), ("qdq", QuantFormat.QDQ, QuantType.QUInt8)]
            if name != "block":
                kinds.append(("signed", QuantFormat.QOperator, QuantType.QInt8))
            for kind, form, activations in kinds:
                reduced = activations == QuantType.QUInt8 and form == QuantFormat.QOperator
                quantize_static(
                    path, made, Reader(x), quant_format=form, activation_type=activations, weight_type=QuantType.QInt8, reduce_range=reduced,
                    per_channel=name != "block" or form == QuantFormat.QDQ)
                network = onnx.load(made)
                case(f"{name}-{kind}", network, x[:8], step=last_step(network))
            dense_kind = {"weight_type": QuantType.QInt8, "per_channel": True, "reduce_range": True}
            quantize_dynamic(path, made, **(dense_kind if name == "dense" else {"weight_type": QuantType.QUInt8}))
            case(f"{name}-dynamic", onnx.load(made), x[:8], dynamic=True)


def quantized(array, axis=None, bits=8):
    """Symmetric integers and their scales."""
    peak = np.abs(array).max(axis=tuple(i for i in range(array.ndim) if i != axis), keepdims=True) if axis is not None else np.abs(array).max()
    scale = np.maximum(peak / (2 ** (bits - 1) - 1), 1e-8).astype(np.float32)
    return np.clip(np.round(array / scale), -(2 ** (bits - 1)) + 1, 2 ** (bits - 1) - 1).astype(np.int8), scale.reshape(-1) if axis is not None else np.float32(scale)


def converted():
    """As tf2onnx writes an int8 network of TFLite: NHWC outside, DequantizeLinear before and QuantizeLinear after each operator, biases int32."""
    nodes, weights = [], {}

    def number(name, scale, zero):
        weights[f"{name}_scale"], weights[f"{name}_zero"] = np.float32(scale), np.int8(zero)

    def back(source, name, output, **extra):
        nodes.append(node("DequantizeLinear", [source, f"{name}_scale", f"{name}_zero"], [output], f"{output}_dequant", **extra))

    def forth(source, name, output):
        nodes.append(node("QuantizeLinear", [source, f"{name}_scale", f"{name}_zero"], [output], f"{output}_quant"))

    def constant(name, array, axis=None):
        codes, scale = quantized(array, axis)
        weights[name], weights[f"{name}_scale"] = codes, scale
        weights[f"{name}_zero"] = np.zeros(np.shape(scale), np.int8)
        back(name, name, f"{name}_float", **({} if axis is None else {"axis": axis}))
        return scale

    def bias(name, array, scale):
        weights[name], weights[f"{name}_scale"] = np.round(array / scale).astype(np.int32), np.asarray(scale, np.float32)
        nodes.append(node("DequantizeLinear", [name, f"{name}_scale"], [f"{name}_float"], f"{name}_dequant", axis=0))

    for name, scale, zero in (("input", 1 / 64, -3), ("conv", 0.035, -128), ("depth", 6 / 255, -128), ("mean", 0.02, -128), ("fc", 0.05, 4), ("soft", 1 / 256, -128)):
        number(name, scale, zero)
    nodes.append(node("Transpose", ["x"], ["xt"], "to_channels", perm=[0, 3, 1, 2]))
    back("xt", "input", "xf")
    # Weights as TFLite has them, [out, height, width, in], moved by the graph.
    scale = constant("k1", drawn(8, 3, 3, 2, scale=0.3), 0)
    nodes.append(node("Transpose", ["k1_float"], ["k1_moved"], perm=[0, 3, 1, 2]))
    bias("b1", drawn(8, scale=0.2), scale * np.float32(1 / 64))
    nodes.append(node("Conv", ["xf", "k1_moved", "b1_float"], ["c1"], "conv", pads=[0, 0, 1, 1], strides=[2, 2]))
    nodes.append(node("Relu", ["c1"], ["c1r"]))
    forth("c1r", "conv", "c1q")
    back("c1q", "conv", "c1f")
    # Of a depthwise convolution [1, height, width, channels].
    scale = constant("k2", drawn(1, 3, 3, 8, scale=0.4), 3)
    nodes.append(node("Transpose", ["k2_float"], ["k2_moved"], perm=[3, 0, 1, 2]))
    nodes.append(node("Conv", ["c1f", "k2_moved"], ["c2"], "depthwise", pads=[1, 1, 1, 1], group=8))
    bias("b2", drawn(8, scale=0.2), scale * np.float32(0.035))
    weights["column"] = np.array([1, 8, 1, 1], np.int64)
    nodes.append(node("Reshape", ["b2_float", "column"], ["b2_column"]))
    nodes.append(node("Add", ["c2", "b2_column"], ["c2b"]))
    weights["low"], weights["high"] = np.float32(0), np.float32(6)
    nodes.append(node("Clip", ["c2b", "low", "high"], ["c2r"]))
    forth("c2r", "depth", "c2q")
    back("c2q", "depth", "c2f")
    nodes.append(node("GlobalAveragePool", ["c2f"], ["a"], "mean"))
    forth("a", "mean", "aq")
    nodes.append(node("Flatten", ["aq"], ["flat"]))
    back("flat", "mean", "af")
    scale = constant("w3", drawn(5, 8, scale=0.4))
    nodes.append(node("Transpose", ["w3_float"], ["w3_moved"], perm=[1, 0]))
    nodes.append(node("MatMul", ["af", "w3_moved"], ["f"], "fc"))
    bias("b3", drawn(5, scale=0.2), np.float32(scale * np.float32(0.02)))
    nodes.append(node("Add", ["f", "b3_float"], ["fb"]))
    forth("fb", "fc", "fq")
    back("fq", "fc", "ff")
    nodes.append(node("Softmax", ["ff"], ["p"], axis=1))
    forth("p", "soft", "y")
    network = model(nodes, weights, [value("x", TensorProto.INT8, ["N", 12, 12, 2])], [value("y", TensorProto.INT8, ["N", 5])], opset=13)
    case("tflite", network, random.integers(-128, 128, (8, 12, 12, 2)).astype(np.int8), step=1.0)


def blocks():
    """MatMulNBits of 4 and 8 bits, with and without zero points, of images of rows too, and a last block that is cut."""
    for name, bits, symmetric, shape in (("nbits4", 4, True, [96]), ("nbits4-zero", 4, False, [96]), ("nbits8", 8, False, [3, 64]), ("nbits4-cut", 4, False, [48])):
        width = shape[-1]
        first, second = drawn(width, 64, scale=0.2), drawn(64, 7, scale=0.2)
        nodes = [node("MatMul", ["x", "fc1.weight"], ["h"], "fc1"), node("Relu", ["h"], ["r"]), node("MatMul", ["r", "fc2.weight"], ["y"], "fc2")]
        if len(shape) > 1:
            nodes[-1] = node("MatMul", ["r", "fc2.weight"], ["t"], "fc2")
            nodes.append(node("ReduceMean", ["t"], ["y"], axes=[1], keepdims=0))
        source = model(nodes, {"fc1.weight": first, "fc2.weight": second}, [value("x", 1, ["N", *shape])], [value("y", 1, ["N", 7])])
        quantizer = MatMulNBitsQuantizer(source, bits=bits, block_size=32, is_symmetric=symmetric)
        quantizer.process()
        case(name, quantizer.model.model, drawn(8, *shape), block=32, bits=bits)
        if name == "nbits4-zero":
            quantizer = MatMulNBitsQuantizer(source, bits=bits, block_size=32, is_symmetric=symmetric, quant_format=QuantFormat.QDQ)
            quantizer.process()
            case("columns4", quantizer.model.model, drawn(8, *shape), block=32, bits=bits)


def block_scales():
    """Weights of opset 21: blocks of INT4 and UINT4, and FLOAT8 with a scale."""
    weights = drawn(12, 64, scale=0.3).reshape(12, 4, 16)
    scale = (np.abs(weights).max(2) / 7).astype(np.float32)
    signed = np.clip(np.round(weights / scale[..., None]), -8, 7).reshape(12, 64)
    low = weights.min(2)
    steps = ((weights.max(2) - low) / 15).astype(np.float32)
    zero = np.clip(np.round(-low / steps), 0, 15)
    unsigned = np.clip(np.round(weights / steps[..., None]) + zero[..., None], 0, 15).reshape(12, 64)
    for name, kind, codes, points, scales in (("int4", TensorProto.INT4, signed, None, scale), ("uint4", TensorProto.UINT4, unsigned, zero, steps)):
        made = {"q": helper.make_tensor("q", kind, [12, 64], codes.astype(int).reshape(-1)), "s": scales}
        inputs = ["q", "s"]
        if points is not None:
            made["z"] = helper.make_tensor("z", kind, [12, 4], points.astype(int).reshape(-1))
            inputs.append("z")
        nodes = [node("DequantizeLinear", inputs, ["w"], axis=1, block_size=16), node("Gemm", ["x", "w"], ["y"], "fc", transB=1)]
        case(name, model(nodes, made, [value("x", 1, ["N", 64])], [value("y", 1, ["N", 12])], opset=21, ir=10), drawn(8, 64), block=16, bits=4)
    eight = drawn(12, 64).astype(ml_dtypes.float8_e4m3fn)
    made = {"q": helper.make_tensor("q", TensorProto.FLOAT8E4M3FN, [12, 64], eight.tobytes(), raw=True), "s": np.float32(0.07)}
    nodes = [node("DequantizeLinear", ["q", "s"], ["w"]), node("Gemm", ["x", "w"], ["y"], "fc", transB=1)]
    case("float8", model(nodes, made, [value("x", 1, ["N", 64])], [value("y", 1, ["N", 12])], opset=21, ir=10), drawn(8, 64))
    # What is handed on, in blocks.
    made = {"s": (0.02 + random.random((1, 4)) * 0.03).astype(np.float32), "w": drawn(12, 64, scale=0.3)}
    nodes = [
        node("QuantizeLinear", ["x", "s"], ["q"], axis=1, block_size=16, output_dtype=TensorProto.INT8), node("DequantizeLinear", ["q", "s"], ["d"], axis=1, block_size=16),
        node("Gemm", ["d", "w"], ["y"], "fc", transB=1),
    ]
    few = {"s": np.float32(0.4), "z": helper.make_tensor("z", TensorProto.INT4, [], [-2]), "w": drawn(12, 64, scale=0.3)}
    nodes = [node("QuantizeLinear", ["x", "s", "z"], ["q"]), node("DequantizeLinear", ["q", "s", "z"], ["d"]), node("Gemm", ["d", "w"], ["y"], "fc", transB=1)]
    case("values4", model(nodes, few, [value("x", 1, ["N", 64])], [value("y", 1, ["N", 12])], opset=21, ir=10), drawn(8, 64))
    nodes = [
        node("QuantizeLinear", ["x", "s"], ["q"], output_dtype=TensorProto.FLOAT8E5M2), node("DequantizeLinear", ["q", "s"], ["d"]),
        node("QuantizeLinear", ["d", "s", "z"], ["r"]), node("DequantizeLinear", ["r", "s", "z"], ["e"]), node("Gemm", ["e", "w"], ["y"], "fc", transB=1),
    ]
    few |= {"s": np.float32(0.03), "z": helper.make_tensor("z", TensorProto.FLOAT8E4M3FN, [], b"\0", raw=True)}
    case("values8", model(nodes, few, [value("x", 1, ["N", 64])], [value("y", 1, ["N", 12])], opset=23, ir=11), drawn(8, 64))
    nodes = [
        node("QuantizeLinear", ["x", "s"], ["q"], axis=1, block_size=16, output_dtype=TensorProto.INT8), node("DequantizeLinear", ["q", "s"], ["d"], axis=1, block_size=16),
        node("Gemm", ["d", "w"], ["y"], "fc", transB=1),
    ]
    case("block-values", model(nodes, made, [value("x", 1, [1, 64])], [value("y", 1, [1, 12])], opset=21, ir=10), drawn(8, 64))


def operators():
    """Operators that the quantizers above don't write."""
    codes = lambda *shape: random.integers(0, 256, shape).astype(np.uint8)
    one = lambda name, scale, zero, kind=np.uint8: {f"{name}s": np.float32(scale), f"{name}z": kind(zero)}
    x8 = [value("x", TensorProto.UINT8, ["N", 6])]
    weights = one("a", 0.04, 110) | one("y", 0.11, 120) | {"b": random.integers(-63, 64, (5, 6)).astype(np.int8), "bs": random.uniform(0.01, 0.02, 5).astype(np.float32)}
    weights |= {"bz": np.zeros(5, np.int8), "c": random.integers(-3000, 3000, 5).astype(np.int32)}
    gemm = node("QGemm", ["x", "as", "az", "b", "bs", "bz", "c", "ys", "yz"], ["y"], "fc", domain=MICROSOFT, transB=1, alpha=0.7)
    case("qgemm", model([gemm], weights, x8, [value("y", TensorProto.UINT8, ["N", 5])]), codes(8, 6), step=1.0)
    gemm = node("QGemm", ["x", "as", "az", "b", "bs", "bz", "c"], ["y"], "fc", domain=MICROSOFT, transB=1)
    case("qgemm-float", model([gemm], weights, x8, [value("y", 1, ["N", 5])]), codes(8, 6))
    nodes = [
        node("ConvInteger", ["x", "w", "xz", "wz"], ["c"], "conv", pads=[1, 1, 1, 1]), node("Cast", ["c"], ["f"], to=1), node("Mul", ["f", "s"], ["m"]),
        node("GlobalAveragePool", ["m"], ["a"]), node("Flatten", ["a"], ["y"]),
    ]
    weights = {"w": codes(4, 3, 3, 3), "xz": np.uint8(118), "wz": np.uint8(131), "s": np.float32(0.003)}
    case("integers", model(nodes, weights, [value("x", TensorProto.UINT8, ["N", 3, 6, 6])], [value("y", 1, ["N", 4])]), codes(8, 3, 6, 6))
    nodes = [
        node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"], "range"), node("MatMulIntegerToFloat", ["q", "w", "s", "ws", "z", "wz", "bias"], ["h"], "fc1", domain=MICROSOFT),
        node("DynamicQuantizeMatMul", ["h", "v", "vs", "vz"], ["k"], "fc2", domain=MICROSOFT),
        node("DynamicQuantizeLinear", ["k"], ["kq", "ks", "kz"]), node("Cast", ["kq"], ["kf"], to=1), node("Mul", ["kf", "ks"], ["y"]),
    ]
    weights = {"w": codes(12, 9), "ws": random.uniform(0.01, 0.02, 9).astype(np.float32), "wz": codes(9), "bias": drawn(9), "v": codes(9, 5), "vs": np.float32(0.02), "vz": np.uint8(100)}
    case("ranges", model(nodes, weights, [value("x", 1, ["N", 12])], [value("y", 1, ["N", 5])]), drawn(8, 12), dynamic=True)
    nodes = [
        node("QuantizeLinear", ["x", "as", "az"], ["q"]), node("QLinearSoftmax", ["q", "as", "az", "ps", "pz"], ["p"], "soft", domain=MICROSOFT, axis=1, opset=13),
        node("QLinearConcat", ["ys", "yz", "q", "as", "az", "p", "ps", "pz"], ["y"], "join", domain=MICROSOFT, axis=1),
    ]
    case("qsoftmax", model(nodes, one("a", 0.03, 128) | one("p", 1 / 256, 0) | one("y", 0.031, 120), [value("x", 1, ["N", 6])], [value("y", TensorProto.UINT8, ["N", 12])]), drawn(8, 6), step=1.0)


def fused():
    """Operators that ONNX Runtime's optimizer makes of several."""
    nodes = [
        node("FusedConv", ["x", "w1", "b1"], ["c1"], "conv1", domain=MICROSOFT, pads=[1, 1, 1, 1], activation="LeakyRelu", activation_params=[0.2]),
        node("FusedConv", ["c1", "w2", "b2", "c1"], ["c2"], "conv2", domain=MICROSOFT, pads=[1, 1, 1, 1], activation="Relu"),
        node("FusedConv", ["c2", "w3"], ["c3"], "conv3", domain=MICROSOFT, activation="HardSigmoid", activation_params=[0.3, 0.4]),
        node("FusedConv", ["c3", "w4"], ["c4"], "conv4", domain=MICROSOFT, activation="Clip", activation_params=[-0.5, 0.6]),
        node("Flatten", ["c4"], ["f"]), node("FusedGemm", ["f", "w", "b"], ["y"], "fc", domain=MICROSOFT, transB=1, activation="Tanh"),
    ]
    weights = {"w1": drawn(6, 3, 3, 3, scale=0.3), "b1": drawn(6), "w2": drawn(6, 6, 3, 3, scale=0.2), "b2": drawn(6), "w3": drawn(4, 6, 3, 3, scale=0.2), "w4": drawn(4, 4, 1, 1)}
    weights |= {"w": drawn(5, 16, scale=0.5), "b": drawn(5)}
    case("fused", model(nodes, weights, [value("x", 1, ["N", 3, 4, 4])], [value("y", 1, ["N", 5])]), drawn(8, 3, 4, 4))
    nodes = [
        node("FusedMatMul", ["x", "x"], ["xx"], "gram", domain=MICROSOFT, transA=1, alpha=0.25), node("FusedMatMul", ["x", "w"], ["h"], "fc", domain=MICROSOFT, transB=1),
        node("BiasGelu", ["h", "b"], ["g"], domain=MICROSOFT), node("FastGelu", ["g", "b"], ["fg"], domain=MICROSOFT), node("FastGelu", ["fg"], ["fh"], domain=MICROSOFT),
        node("Gelu", ["fh"], ["gg"], domain=MICROSOFT), node("QuickGelu", ["gg"], ["qg"], domain=MICROSOFT, alpha=1.5),
        node("SkipLayerNormalization", ["qg", "h", "gamma", "beta", "b"], ["n", "", "", "sum"], "skip", domain=MICROSOFT, epsilon=1e-3),
        node("SkipSimplifiedLayerNormalization", ["n", "sum", "gamma"], ["m"], "rms", domain=MICROSOFT, epsilon=1e-3),
        node("SimplifiedLayerNormalization", ["m", "beta"], ["o"], "last", axis=-1, epsilon=1e-3),
        node("MatMul", ["o", "xx"], ["z"]), node("ReduceMean", ["z"], ["y"], axes=[1], keepdims=0),
    ]
    weights = {"w": drawn(8, 8, scale=0.4), "b": drawn(8, scale=0.3), "gamma": 1 + drawn(8, scale=0.2), "beta": 1 + drawn(8, scale=0.2)}
    case("gelus", model(nodes, weights, [value("x", 1, ["N", 4, 8])], [value("y", 1, ["N", 8])]), drawn(8, 4, 8))


def kept():
    kinds = {"float32": "F32", "uint8": "U8", "int8": "I8"}
    header, place = {"__metadata__": {name: json.dumps(facts) for name, facts in about.items()}}, 0
    for name, array in values.items():
        header[name] = {"dtype": kinds[array.dtype.name], "shape": list(array.shape), "data_offsets": [place, place + array.nbytes]}
        place += array.nbytes
    text = json.dumps(header).encode()
    (FOLDER / "values.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + b"".join(array.tobytes() for array in values.values()))


FOLDER.mkdir(parents=True, exist_ok=True)
for make in (runtime_quantized, converted, blocks, block_scales, operators, fused):
    make()
kept()
print(f"{len(about)} networks, {sum(file.stat().st_size for file in FOLDER.iterdir())} bytes")
