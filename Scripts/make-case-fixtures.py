#!/usr/bin/env python3
"""Makes Tests/Fixtures/cases: small networks and data of situations that people reported of such tools, with the figures that ONNX Runtime gives.

    Scripts/make-case-fixtures.py [FOLDER]

cases.json has for each case what is right: the accuracy on the validation examples and outputs, by ONNX Runtime without graph optimizations.

Needs numpy, onnx and onnxruntime from PyPI.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "Tests/Fixtures/cases")
random = np.random.default_rng(0)
node, value = helper.make_node, helper.make_tensor_value_info
cases = []


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


FOLDER.mkdir(parents=True, exist_ok=True)
for make in (open_sizes, table, endings, outputs, sparse, fortran, maps, resized):
    make()
(FOLDER / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
print(f"{len(cases)} cases")
