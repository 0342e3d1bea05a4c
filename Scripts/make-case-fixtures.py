#!/usr/bin/env python3
"""Makes Tests/Fixtures/cases: small networks and data of situations that people reported of such tools, with the figures that ONNX Runtime gives.

    Scripts/make-case-fixtures.py [FOLDER]

cases.json has for each case what is right: the accuracy on the validation examples and outputs, by ONNX Runtime without graph optimizations.
data.json has files of examples for the network `forms`, with the exit code and words that a command must leave with.

Needs numpy, onnx and onnxruntime from PyPI.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "Tests/Fixtures/cases")
random = np.random.default_rng(0)
node, value = helper.make_node, helper.make_tensor_value_info
cases, files = [], []


def drawn(*shape, scale=0.5):
    return (random.standard_normal(shape) * scale).astype(np.float32)


def network(name, nodes, weights, inputs, outputs, opset=13, sparse=()):
    initializers = [numpy_helper.from_array(np.asarray(array), key) for key, array in weights.items()]
    graph = helper.make_graph(nodes, "g", inputs, outputs, initializers)
    graph.sparse_initializer.extend(sparse)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8), str(FOLDER / f"{name}.onnx"))


def run(name, x, output=0):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(FOLDER / f"{name}.onnx"), options)
    return session.run(None, {session.get_inputs()[0].name: x.astype(np.float32)})[output]


def data(name, x, y):
    np.savez(FOLDER / f"{name}.npz", x_train=x[:8], y_train=y[:8], x_val=x, y_val=y, x_test=x[:8], y_test=y[:8])


def measured(name, x, y):
    """Accuracy and mean cross-entropy of scores [N, classes], by runs of one example."""
    scores = np.concatenate([run(name, row[None]) for row in x]).astype(np.float64)
    scores -= scores.max(1, keepdims=True)
    losses = np.log(np.exp(scores).sum(1)) - scores[np.arange(len(y)), y]
    return {"accuracy": float((scores.argmax(1) == y).mean()), "entropy": float(losses.mean())}


def case(name, about, **facts):
    cases.append({"name": name, "about": about, **facts})


def dense(name, tail, outputs, last="z"):
    nodes = [node("Gemm", ["x", "w1", "b1"], ["h"], transB=1), node("Relu", ["h"], ["r"]), node("Gemm", ["r", "w2", "b2"], [last], transB=1)]
    weights = {"w1": drawn(32, 16), "b1": drawn(32), "w2": drawn(5, 32), "b2": drawn(5)}
    network(name, nodes + tail, weights, [value("x", 1, ["N", 16])], outputs)


def open_sizes():
    x = drawn(40, 3, 12, 10, scale=1)
    nodes = [node("Conv", ["x", "w"], ["c"]), node("GlobalMaxPool", ["c"], ["g"]), node("Flatten", ["g"], ["y"])]
    network(
        "open", nodes, {"w": drawn(7, 3, 3, 3)}, [value("x", 1, ["batch_size", "num_channels", "height", "width"])],
        [value("y", 1, ["batch_size", 7])])
    data("open", x, run("open", x).argmax(1))
    case("open", "batch, channels, height and width are all symbolic", accuracy=1.0)


def table():
    centres = random.uniform(1, 6, (3, 4))
    y = np.arange(120) % 3
    x = np.abs(centres[y] + random.standard_normal((120, 4)) * 0.5)
    # The nearest centre as a linear layer: 2 c·x − |c|².
    weights = {"w": (2 * centres.T).astype(np.float32), "b": (-(centres**2).sum(1)).astype(np.float32)}
    nodes = [node("MatMul", ["x", "w"], ["m"]), node("Add", ["m", "b"], ["y"])]
    network("table", nodes, weights, [value("x", 1, ["N", 4])], [value("y", 1, ["N", 3])])
    data("table", x, y)
    case("table", "a table of floats that are all positive and below 255", accuracy=float((run("table", x).argmax(1) == y).mean()))


def endings():
    x = drawn(200, 16, scale=1)
    for name, operator in (("softmax", "Softmax"), ("logsoftmax", "LogSoftmax")):
        dense(name, [node(operator, ["z"], ["y"], axis=1)], [value("y", 1, ["N", 5])])
        data(name, x, run(name, x).argmax(1))
        case(name, f"the network ends in {operator}", accuracy=1.0, ending=operator)


def outputs():
    x = drawn(200, 16, scale=1)
    dense("features", [node("Identity", ["z"], ["logits"])], [value("r", 1, ["N", 32]), value("logits", 1, ["N", 5])])
    data("features", x, run("features", x, 1).argmax(1))
    case("features", "features are the first output, logits the second", accuracy=1.0, outputs=["r", "logits"])
    tail = [node("ArgMax", ["z"], ["label"], axis=1, keepdims=0), node("Softmax", ["z"], ["probabilities"], axis=1)]
    dense("labels", tail, [value("label", 7, ["N"]), value("probabilities", 1, ["N", 5])])
    data("labels", x, run("labels", x))
    case("labels", "class numbers are the first output, probabilities the second", accuracy=1.0, outputs=["label", "probabilities"])


def sparse():
    weights = drawn(32, 5)
    weights[abs(weights) < 0.4] = 0
    places = np.argwhere(weights).astype(np.int64)
    stored = onnx.SparseTensorProto(
        dims=[32, 5], values=numpy_helper.from_array(weights[weights != 0], "w"), indices=numpy_helper.from_array(places, "w_i"))
    network("sparse", [node("MatMul", ["x", "w"], ["y"])], {}, [value("x", 1, ["N", 32])], [value("y", 1, ["N", 5])], sparse=[stored])
    x = drawn(200, 32, scale=1)
    data("sparse", x, run("sparse", x).argmax(1))
    case("sparse", "the weights are a sparse initializer", accuracy=1.0, zeros=float((weights == 0).mean()))


def fortran():
    x = drawn(200, 16, scale=1)
    dense("fortran", [], [value("z", 1, ["N", 5])])
    data("fortran", np.asfortranarray(x), run("fortran", x).argmax(1))
    case("fortran", "the examples lie columns first", accuracy=1.0)


def maps():
    network("map", [node("Conv", ["x", "w"], ["y"])], {"w": drawn(7, 3, 3, 3)}, [value("x", 1, ["N", 3, 10, 10])], [value("y", 1, ["N", 7, 8, 8])])
    case("map", "the output is a map and no list of classes", output=[7, 8, 8])


def resized():
    x = drawn(60, 3, 8, 8, scale=1)
    head = [node("Conv", ["r", "w"], ["c"]), node("GlobalMaxPool", ["c"], ["g"]), node("Flatten", ["g"], ["y"])]
    scales = np.array([1, 1, 2, 2], dtype=np.float32)
    up = ("upsample", 9, node("Upsample", ["x", "s"], ["r"], mode="linear"))
    old = ("resize11", 11, node("Resize", ["x", "region", "s"], ["r"], mode="nearest"))
    new = ("resize13", 13, node("Resize", ["x", "", "s"], ["r"], mode="cubic", coordinate_transformation_mode="pytorch_half_pixel"))
    for name, opset, resize in (up, old, new):
        network(
            name, [resize, *head], {"w": drawn(7, 3, 3, 3), "s": scales, "region": np.zeros(0, np.float32)}, [value("x", 1, ["N", 3, 8, 8])], [value("y", 1, ["N", 7])],
            opset=opset)
        data(name, x, run(name, x).argmax(1))
        case(name, f"{resize.op_type} of operator set {opset} before the classifier", accuracy=1.0)


def centred(name, nodes, weights, bias, x, inputs, outputs):
    """The network with scores that are 0 in the mean, so that every class is named now and then."""
    network(name, nodes, weights, inputs, outputs)
    weights[bias] = weights[bias] - run(name, x).mean(0)
    network(name, nodes, weights, inputs, outputs)


def convolution_of_one_axis():
    x = drawn(40, 9, 64, scale=1).astype(np.float16)
    nodes = [
        node("Conv", ["x", "w"], ["c"], kernel_shape=[5]), node("Relu", ["c"], ["r"]), node("GlobalMaxPool", ["r"], ["p"]), node("Flatten", ["p"], ["f"]),
        node("Gemm", ["f", "fw", "fb"], ["y"], transB=1),
    ]
    weights = {"w": drawn(12, 9, 5, scale=0.2), "fw": drawn(5, 12), "fb": drawn(5)}
    centred("conv1d", nodes, weights, "fb", x, [value("x", 1, ["N", 9, 64])], [value("y", 1, ["N", 5])])
    y = run("conv1d", x).argmax(1)
    data("conv1d", x, y)
    case("conv1d", "a convolution of one axis, as of keywords and movements", **measured("conv1d", x, y))


class Reader(CalibrationDataReader):
    def __init__(self, x):
        self.rows = iter([{"x": row[None].astype(np.float32)} for row in x])

    def get_next(self):
        return next(self.rows, None)


def quantized():
    """What ONNX Runtime's quantizers make of a network whose own answers are the labels; run one example at a time."""
    x = drawn(80, 3, 8, 8, scale=1).astype(np.float16)
    nodes = [
        node("Conv", ["x", "c1", "b1"], ["a"], "conv1", pads=[1, 1, 1, 1]), node("Relu", ["a"], ["r"]), node("Conv", ["r", "c2", "b2"], ["c"], "conv2", strides=[2, 2]),
        node("Relu", ["c"], ["s"]), node("Flatten", ["s"], ["f"]), node("Gemm", ["f", "w", "b"], ["y"], "fc", transB=1),
    ]
    weights = {
        "c1": drawn(8, 3, 3, 3, scale=0.3), "b1": drawn(8, scale=0.2), "c2": drawn(8, 8, 3, 3, scale=0.2), "b2": drawn(8, scale=0.2),
        "w": drawn(20, 72, scale=0.2), "b": drawn(20, scale=0.1),
    }
    network("float", nodes, weights, [value("x", 1, ["N", 3, 8, 8])], [value("y", 1, ["N", 20])])
    y = run("float", x).argmax(1)
    source = FOLDER / "float.onnx"
    kinds = (("qdq", QuantFormat.QDQ, True), ("qoperator", QuantFormat.QOperator, False), ("dynamic", None, False))
    for name, form, is_by_channel in kinds:
        made = FOLDER / f"{name}.onnx"
        # 7 bits: products of uint8 and int8 saturate in ONNX Runtime on processors without VNNI.
        kind = {"weight_type": QuantType.QInt8 if form else QuantType.QUInt8, "per_channel": is_by_channel, "reduce_range": True}
        if form is None:
            quantize_dynamic(source, made, **kind)
        else:
            quantize_static(source, made, Reader(x[:40]), quant_format=form, activation_type=QuantType.QUInt8, **kind)
        network_ = onnx.load(made)
        network_.producer_name = network_.producer_version = ""
        onnx.save(network_, str(made))
        case(name, f"int8 by ONNX Runtime, {name}", data="quantized", stored="int8", **measured(name, x, y))
    data("quantized", x, y)
    source.unlink()


def fixed_batch():
    """As CNTK wrote MNIST-8: SAME_UPPER, weights reshaped in the graph, biases [8, 1, 1], one example a run."""
    weights = {
        "k1": drawn(8, 1, 5, 5), "b1": drawn(8, 1, 1), "s1": np.array([1, 512]), "w3": drawn(8, 8, 8, 10), "s3": np.array([512, 10]), "b3": drawn(1, 10),
    }
    nodes = [
        node("Conv", ["x", "k1"], ["c1"], auto_pad="SAME_UPPER", kernel_shape=[5, 5], strides=[1, 1], dilations=[1, 1], group=1),
        node("Add", ["c1", "b1"], ["a1"]), node("Relu", ["a1"], ["r1"]),
        node("MaxPool", ["r1"], ["p1"], kernel_shape=[2, 2], strides=[2, 2], auto_pad="NOTSET", pads=[0, 0, 0, 0]), node("Reshape", ["p1", "s1"], ["f"]),
        node("Reshape", ["w3", "s3"], ["w3r"]), node("MatMul", ["f", "w3r"], ["m"]), node("Add", ["m", "b3"], ["y"]),
    ]
    network("cntk", nodes, weights, [value("x", 1, [1, 1, 16, 16])], [value("y", 1, [1, 10])], opset=8)
    x = drawn(60, 1, 16, 16, scale=1).astype(np.float16)
    y = np.concatenate([run("cntk", row[None]) for row in x]).argmax(1)
    data("cntk", x, y)
    case("cntk", "one example a run, weights reshaped in the graph", **measured("cntk", x, y))


def normalizations():
    """A channel that is dead, a γ of 0, a variance of 1e-12, depthwise, and one output channel."""
    nodes, weights, last = [], {}, "x"
    for index, (channels, kernel, group) in enumerate((((6, 3), 3, 1), ((6, 1), 3, 6), ((1, 6), 1, 1), ((7, 1), 3, 1))):
        name = f"n{index}"
        weights[f"{name}w"] = drawn(*channels, kernel, kernel, scale=0.4)
        weights |= {f"{name}g": 1 + drawn(channels[0], scale=0.2), f"{name}b": drawn(channels[0]), f"{name}m": drawn(channels[0], scale=0.2)}
        weights[f"{name}v"] = np.abs(1 + drawn(channels[0], scale=0.2)) + np.float32(0.1)
        nodes += [
            node("Conv", [last, f"{name}w"], [f"{name}c"], name, pads=[kernel // 2] * 4, group=group),
            node("BatchNormalization", [f"{name}c"] + [f"{name}{part}" for part in "gbmv"], [f"{name}n"]), node("Relu", [f"{name}n"], [f"{name}r"]),
        ]
        last = f"{name}r"
    # Scores have both signs.
    del nodes[-1]
    last = "n3n"
    weights["n0w"][2] = 0
    weights["n0g"][3] = 0
    weights["n0v"][4] = 1e-12
    weights["n0m"][4] = 0
    nodes += [node("GlobalAveragePool", [last], ["p"]), node("Flatten", ["p"], ["y"])]
    x = drawn(60, 3, 8, 8, scale=1).astype(np.float16)
    centred("normalized", nodes, weights, "n3b", x, [value("x", 1, ["N", 3, 8, 8])], [value("y", 1, ["N", 7])])
    y = run("normalized", x).argmax(1)
    data("normalized", x, y)
    case("normalized", "batch normalizations at their edges, depthwise, one channel", **measured("normalized", x, y))


def averages():
    weights = drawn(75, 6)
    x = drawn(30, 3, 10, 10, scale=1).astype(np.float16)
    for opset in (11, 18, 19, 22):
        name = f"averages{opset}"
        pool = node("AveragePool", ["x"], ["a"], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 0, 0], ceil_mode=1, count_include_pad=1)
        nodes = [pool, node("Flatten", ["a"], ["f"]), node("Gemm", ["f", "w"], ["y"])]
        network(name, nodes, {"w": weights}, [value("x", 1, ["N", 3, 10, 10])], [value("y", 1, ["N", 6])], opset=opset)
        y = run(name, x).argmax(1) if opset == 11 else y
        case(name, f"AveragePool with ceil_mode and count_include_pad of operator set {opset}", data="averages", **measured(name, x, y))
    data("averages", x, y)


def halves():
    """bfloat16 and float16 weights in int32_data, cast in the graph; float16 and float64 throughout."""
    x = drawn(60, 16, scale=1)
    for name, kind in (("bfloat16", TensorProto.BFLOAT16), ("float16", TensorProto.FLOAT16)):
        array = drawn(16, 5)
        bits = array.view(np.uint32) >> 16 if kind == TensorProto.BFLOAT16 else array.astype(np.float16).view(np.uint16)
        stored = onnx.TensorProto(data_type=kind, dims=[16, 5], name="w", int32_data=bits.astype(np.int32).reshape(-1).tolist())
        graph = helper.make_graph(
            [node("Cast", ["w"], ["wf"], to=1), node("MatMul", ["x", "wf"], ["y"])], "g", [value("x", 1, ["N", 16])], [value("y", 1, ["N", 5])], [stored])
        onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(FOLDER / f"{name}.onnx"))
        y = run(name, x).argmax(1)
        data(name, x, y)
        case(name, f"{name} weights in int32_data", **measured(name, x, y))
    for name, number, kind in (("half", np.float16, TensorProto.FLOAT16), ("double", np.float64, TensorProto.DOUBLE)):
        weights = {"w": drawn(16, 5).astype(number), "b": drawn(5).astype(number)}
        nodes = [node("MatMul", ["x", "w"], ["m"]), node("Add", ["m", "b"], ["y"])]
        network(name, nodes, weights, [value("x", kind, ["N", 16])], [value("y", kind, ["N", 5])])
        scores = x.astype(number).astype(np.float64) @ weights["w"].astype(np.float64) + weights["b"].astype(np.float64)
        y = onnxruntime.InferenceSession(str(FOLDER / f"{name}.onnx")).run(None, {"x": x.astype(number)})[0].argmax(1)
        assert (y == scores.argmax(1)).all()
        data(name, x, y)
        case(name, f"{name} numbers throughout", accuracy=1.0)


def forms_of_labels():
    dense("forms", [], [value("z", 1, ["N", 5])])
    x = drawn(800, 16, scale=1)
    y = run("forms", x).argmax(1)
    # Eight of each class, so that all come in every half.
    rows = np.sort(np.concatenate([np.flatnonzero(y == label)[:8] for label in range(5)]))
    x, y = x[rows], y[rows]
    assert len(y) == 40
    names = np.array(["ant", "bee", "cat", "dog", "elk"])

    def file(name, code=0, words=(), x=x, y=y, **facts):
        np.savez(FOLDER / f"data-{name}.npz", x=x, y=y)
        files.append({"name": name, "code": code, "words": list(words), **facts})

    file("from-1", y=y + 1, words=["counted from 1"], accuracy=1.0)
    file("one-hot", y=np.eye(5, dtype=np.float32)[y], words=["one-hot"], accuracy=1.0)
    file("text", y=names[y], words=["holds names", "by the alphabet", "'ant', 'bee', 'cat', 'dog', 'elk'"], accuracy=1.0)
    file("bytes", y=names[y].astype("S"), words=["holds names"], accuracy=1.0)
    file("few-names", x=x[y < 4], y=names[y[y < 4]], code=65, words=["expected 5 names", "found 4", "`classes` of the model card"])
    file("objects", y=names[y].astype(object), code=65, words=[".astype(str)"])
    file("minus", y=np.where(np.arange(40) == 3, -1, y), code=65, words=["'y', label 4", "found -1", "Leave examples without a class out."])
    file("fewer", y=y[:-1], code=65, words=["expected 40 labels", "found [39]"])
    file("beyond", y=y + 7, code=65, words=["labels up to 11", "5 classes"])
    file("wide", x=drawn(40, 17), code=65, words=["examples [17]", "reads [16]"])
    file("one-class", x=x[y == y[0]], y=y[y == y[0]], words=["have the label", "one class of 5"], accuracy=1.0)
    file("one", x=x[:1], y=y[:1], words=["one set of 1 example"], accuracy=1.0)
    none = x.copy()
    none[::4, 5] = np.nan
    file("nan", x=none, words=["hold a NaN or an infinity"], nan=True)
    file("all-nan", x=x * np.float32(np.nan), code=65, words=["found a NaN or an infinity in each of"])
    (FOLDER / "data-other.npz").write_bytes(b"no archive")
    files.append({"name": "other", "code": 65, "words": ["expected a zip archive"]})
    files.append({"name": "absent", "code": 66, "words": ["found none"]})


def class_numbers():
    """Networks that give the class and no scores, of an example and at each place of a map; and the largest values in their order, which are no classes."""
    x = drawn(200, 16, scale=1)
    dense("numbers", [node("Softmax", ["z"], ["p"], axis=1), node("ArgMax", ["p"], ["label"], axis=1, keepdims=0)], [value("label", 7, ["N"])])
    data("numbers", x, run("numbers", x))
    case("numbers", "class numbers are the only output", accuracy=1.0, ending="Softmax")
    tail = [node("ArgMax", ["z"], ["n"], axis=1, keepdims=1), node("Squeeze", ["n", "one"], ["label"])]
    nodes = [node("Gemm", ["x", "w1", "b1"], ["h"], transB=1), node("Relu", ["h"], ["r"]), node("Gemm", ["r", "w2", "b2"], ["z"], transB=1)]
    weights = {"w1": drawn(32, 16), "b1": drawn(32), "w2": drawn(5, 32), "b2": drawn(5), "one": np.array([1], np.int64)}
    network("squeezed", nodes + tail, weights, [value("x", 1, ["N", 16])], [value("label", 7, ["N"])])
    data("squeezed", x, run("squeezed", x))
    case("squeezed", "class numbers from which an axis is taken", accuracy=1.0, ending="ArgMax")
    nodes = [node("Conv", ["x", "w"], ["z"]), node("ArgMax", ["z"], ["label"], axis=1, keepdims=0)]
    network("places", nodes, {"w": drawn(4, 3, 3, 3)}, [value("x", 1, ["N", 3, 6, 6])], [value("label", 7, ["N", 4, 4])])
    x = drawn(60, 3, 6, 6, scale=1)
    data("places", x, run("places", x))
    case("places", "class numbers at each place of a map", accuracy=1.0, ending="ArgMax", output=[4, 4, 4])
    weights = {"w1": drawn(32, 16), "b1": drawn(32), "w2": drawn(5, 32), "b2": drawn(5), "k": np.array([3], np.int64)}
    nodes = [node("Gemm", ["x", "w1", "b1"], ["h"], transB=1), node("Relu", ["h"], ["r"]), node("Gemm", ["r", "w2", "b2"], ["z"], transB=1)]
    network("sorted", nodes + [node("TopK", ["z", "k"], ["v", "i"])], weights, [value("x", 1, ["N", 16])], [value("v", 1, ["N", 3]), value("i", 7, ["N", 3])])
    case("sorted", "the outputs are the largest scores and their places", output=[3], outputs=["v", "i"])


def other_resizes():
    """Scales whose quotients are whole numbers in float32 alone, and sizes of a file that is written for one example."""
    x = drawn(24, 3, 15, 10, scale=1)
    head = [node("Conv", ["r", "w"], ["c"]), node("GlobalMaxPool", ["c"], ["g"]), node("Flatten", ["g"], ["y"])]
    for name, scale, settings in (
        ("resized-floor", 1.6, {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}), ("resized-smaller", 0.6, {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}),
        ("resized-half", 0.7, {}), ("resized-up", 1.3, {"nearest_mode": "round_prefer_ceil"}),
    ):
        weights = {"w": drawn(7, 3, 3, 3), "s": np.array([1, 1, scale, scale], np.float32)}
        network(name, [node("Resize", ["x", "", "s"], ["r"], mode="nearest", **settings), *head], weights, [value("x", 1, ["N", 3, 15, 10])], [value("y", 1, ["N", 7])])
        facts = measured(name, x, run(name, x).argmax(1))
        data(name, x, run(name, x).argmax(1))
        case(name, f"Resize by {scale} to the nearest", **facts)
    weights = {"w": drawn(7, 3, 3, 3), "s": np.array([1, 3, 22, 15], np.int64)}
    network("resized-one", [node("Resize", ["x", "", "", "s"], ["r"], mode="linear"), *head], weights, [value("x", 1, [1, 3, 15, 10])], [value("y", 1, [1, 7])])
    labels = np.concatenate([run("resized-one", row[None]) for row in x]).argmax(1)
    data("resized-one", x, labels)
    case("resized-one", "sizes of a file that is written for one example", **measured("resized-one", x, labels))


def computed():
    """What a graph computes from constants (grids, cosines, scattered zeros, a part of a table) is no trained value; parts of a bias are.

    Beside the floats of the file the two bounds of its Clip are numbers that are computed with."""
    x = drawn(24, 1, 8, 16, scale=1)
    whole = lambda *numbers: np.array(numbers, np.int64)
    weights = {
        "w": drawn(4, 1, 3, 3), "places": drawn(12, 16), "fc": drawn(5, 512, scale=0.1), "biases": drawn(10), "scale": np.float32(0.02), "put": drawn(2),
        "zero": np.int64(0), "one": np.int64(1), "sixteen": np.int64(16), "grid": whole(8, 16), "column": whole(16, 1), "from": whole(0), "to": whole(8),
        "size": whole(16), "where": whole(3, 9), "halves": whole(5, 5), "three": np.int64(3),
    }
    nodes = [
        node("Range", ["zero", "sixteen", "one"], ["k"]), node("Cast", ["k"], ["kf"], to=1), node("Expand", ["kf", "grid"], ["ke"]), node("Mul", ["ke", "scale"], ["steps"]),
        node("Reshape", ["k", "column"], ["kc"]), node("Mul", ["kc", "k"], ["kk"]), node("Cast", ["kk"], ["kkf"], to=1), node("Mul", ["kkf", "scale"], ["angles"]), node("Cos", ["angles"], ["cosines"]),
        node("Slice", ["places", "from", "to"], ["part"]), node("ConstantOfShape", ["size"], ["zeros"]), node("ScatterElements", ["zeros", "where", "put"], ["scattered"], axis=0),
        node("Split", ["biases", "halves"], ["b1", "b2"], axis=0),
        node("Conv", ["x", "w"], ["c"], pads=[1, 1, 1, 1]), node("Add", ["c", "steps"], ["c1"]), node("MatMul", ["c1", "cosines"], ["c2"]), node("Add", ["c2", "part"], ["c3"]),
        node("Mul", ["c3", "scattered"], ["c4"]), node("Relu", ["c4"], ["r"]), node("Flatten", ["r"], ["f"]), node("Gemm", ["f", "fc", "b1"], ["g"], transB=1), node("Add", ["g", "b2"], ["y"]),
        node("ArgMax", ["y"], ["a"], axis=1, keepdims=0), node("Clip", ["a", "zero", "three"], ["i"]),
    ]
    network("computed", nodes, weights, [value("x", 1, ["N", 1, 8, 16])], [value("y", 1, ["N", 5]), value("i", 7, ["N"])])
    labels = run("computed", x).argmax(1)
    data("computed", x, labels)
    case("computed", "constants that the graph computes", **measured("computed", x, labels), outputs=["y", "i"], parameters=sum(int(array.size) for array in weights.values() if array.dtype == np.float32) + 2)


def quotients():
    """Div of whole numbers is cut towards zero; a part of a table of 16 bits, and of few values with −0 among them."""
    x = drawn(24, 6, scale=20)
    weights = {"four": np.array([4, 3, 7, -5, 2, 9], np.int64), "w": drawn(5, 6, scale=1), "b": drawn(5)}
    nodes = [node("Cast", ["x"], ["k"], to=7), node("Div", ["k", "four"], ["q"]), node("Cast", ["q"], ["f"], to=1), node("Gemm", ["f", "w", "b"], ["y"], transB=1)]
    network("quotient", nodes, weights, [value("x", 1, ["N", 6])], [value("y", 1, ["N", 5])])
    labels = run("quotient", x).argmax(1)
    data("quotient", x, labels)
    case("quotient", "a quotient of whole numbers", **measured("quotient", x, labels))
    x = drawn(24, 5, 8, scale=1)
    table = np.round(drawn(64, 4) * 8) / 4
    table[:8] = np.where(table[:8] == 0, np.float32(-0.0), table[:8])
    weights = {
        "w": drawn(8, 4), "half": drawn(47, 4).astype(np.float16), "few": table.astype(np.float32), "from": np.array([0], np.int64), "to": np.array([5], np.int64),
        "fc": drawn(5, 20),
    }
    nodes = [
        node("Cast", ["half"], ["wide"], to=1), node("Slice", ["wide", "from", "to"], ["part"]), node("Slice", ["few", "from", "to"], ["others"]),
        node("MatMul", ["x", "w"], ["p"]), node("Add", ["p", "part"], ["a"]), node("Mul", ["a", "others"], ["m"]), node("Flatten", ["m"], ["f"]), node("Gemm", ["f", "fc"], ["y"], transB=1),
    ]
    network("tables", nodes, weights, [value("x", 1, ["N", 5, 8])], [value("y", 1, ["N", 5])])
    labels = run("tables", x).argmax(1)
    data("tables", x, labels)
    case("tables", "parts of tables", **measured("tables", x, labels), parameters=sum(int(array.size) for array in weights.values() if array.dtype != np.int64))


def counted():
    """An output is made of the shape of an input that nothing else reads."""
    x, m = drawn(24, 12, scale=1), drawn(12, 4)
    fill = helper.make_tensor("fill", TensorProto.INT64, [1], [3000])
    nodes = [node("MatMul", ["x", "m"], ["z"]), node("Shape", ["lengths"], ["s"]), node("ConstantOfShape", ["s"], ["frames"], value=fill)]
    network("counted", nodes, {"m": m}, [value("x", 1, ["N", 12]), value("lengths", 7, ["N"])], [value("z", 1, ["N", 4]), value("frames", 7, ["N"])])
    lengths = np.arange(1, 25, dtype=np.int64)
    session = onnxruntime.InferenceSession(str(FOLDER / "counted.onnx"))
    scores = session.run(None, {"x": x, "lengths": lengths})[0].astype(np.float64)
    labels = scores.argmax(1)
    splits = {"train": slice(8), "val": slice(None), "test": slice(8)}
    np.savez(FOLDER / "counted.npz", **{f"{name}_{split}": array[rows] for split, rows in splits.items() for name, array in (("x", x), ("lengths", lengths), ("y", labels))})
    scores -= scores.max(1, keepdims=True)
    entropy = float((np.log(np.exp(scores).sum(1)) - scores[np.arange(24), labels]).mean())
    case("counted", "an output of the shape of an input", accuracy=1.0, entropy=entropy, outputs=["z", "frames"])


FOLDER.mkdir(parents=True, exist_ok=True)
for make in (
    open_sizes, table, endings, outputs, sparse, fortran, maps, resized, convolution_of_one_axis, quantized, fixed_batch, normalizations, averages, halves,
    forms_of_labels, class_numbers, other_resizes, computed, quotients, counted,
):
    make()
(FOLDER / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
(FOLDER / "data.json").write_text(json.dumps(files, indent=1) + "\n")
print(f"{len(cases)} cases, {len(files)} files of data")
