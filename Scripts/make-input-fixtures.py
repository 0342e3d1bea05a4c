#!/usr/bin/env python3
"""Makes Tests/Fixtures/inputs: small networks with further inputs, branches and functions, and what ONNX Runtime gives for several values of the inputs.

    Scripts/make-input-fixtures.py [FOLDER]

inputs.json has for each network its examples and, for each choice of the further inputs, the outputs by ONNX Runtime without graph optimizations.

Needs numpy, onnx and onnxruntime from PyPI.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "Tests/Fixtures/inputs")
random = np.random.default_rng(0)
node, value = helper.make_node, helper.make_tensor_value_info
FLOAT, INT64, BOOL = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64, onnx.TensorProto.BOOL
cases = []


def drawn(*shape, scale=0.5):
    return (random.standard_normal(shape) * scale).astype(np.float32)


def ints(*values):
    return np.array(values, np.int64)


def constant(name, array):
    return node("Constant", [], [name], value=numpy_helper.from_array(np.asarray(array), name))


def branch(name, nodes, output, weights=()):
    tensors = [numpy_helper.from_array(np.asarray(array), key) for key, array in dict(weights).items()]
    return helper.make_graph(nodes, name, [], [value(output, FLOAT, None)], tensors)


def choice(condition, output, then, other, name=""):
    return node("If", [condition], [output], then_branch=then, else_branch=other, name=name)


def network(name, about, nodes, weights, inputs, outputs, runs, opset=17, shape=(6, 16), functions=(), domains=(), refused=None, tokens=0):
    """`runs` are the further inputs by name, a number each; `refused` is a part of why the output can't be measured."""
    tensors = [numpy_helper.from_array(np.asarray(array), key) for key, array in dict(weights).items()]
    graph = helper.make_graph(nodes, "g", inputs, outputs, tensors)
    imports = [helper.make_opsetid("", opset)] + [helper.make_opsetid(domain, 1) for domain in domains]
    model = helper.make_model(graph, opset_imports=imports, ir_version=10, functions=functions)
    onnx.checker.check_model(model)
    onnx.save(model, str(FOLDER / f"{name}.onnx"))
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(FOLDER / f"{name}.onnx"), options)
    x = random.integers(-tokens, tokens, shape) if tokens else drawn(*shape, scale=1)
    types = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(bool)": np.bool_}
    made = []
    for given in runs:
        feed = {}
        for entry in session.get_inputs():
            if entry.name == "x":
                feed["x"] = x
                continue
            sizes = [extent if isinstance(extent, int) else shape[0] for extent in entry.shape]
            feed[entry.name] = np.full(sizes, given.get(entry.name, 0), types[entry.type])
        result = session.run([outputs[0].name], feed)[0].astype(np.float32)
        made.append({"inputs": given, "shape": list(result.shape), "values": [float(number) for number in result.flatten()]})
    cases.append(
        {"name": name, "about": about, "shape": list(shape), "x": [float(number) for number in x.flatten()], "runs": made, "refused": refused})


X, Y = value("x", FLOAT, ["N", 16]), value("y", FLOAT, ["N", 5])
RATE, FLAG = value("sr", INT64, []), value("flag", BOOL, [])


def constants():
    nodes = [
        node("MatMul", ["x", "w"], ["m"]), node("Mul", ["scale", "two"], ["twice"]), node("Mul", ["m", "twice"], ["s"]),
        node("Add", ["s", "offset"], ["y"]),
    ]
    network(
        "constants", "a number and a row that enter a sum and a product", nodes, {"w": drawn(16, 5), "two": np.float32(2)},
        [X, value("scale", FLOAT, []), value("offset", FLOAT, [1, 5])], [Y], [{}, {"scale": 0.75}, {"scale": -1, "offset": 0.5}])


def states():
    nodes = [
        node("Gather", ["state", "zero"], ["h"], axis=0), node("Gather", ["state", "one"], ["c"], axis=0),
        node("Gemm", ["x", "w", "b"], ["z"]), node("MatMul", ["h", "u"], ["r"]), node("Add", ["z", "r"], ["a"]), node("Tanh", ["a"], ["t"]),
        node("Mul", ["t", "c"], ["p"]), node("Add", ["p", "z"], ["y"]), node("Unsqueeze", ["y", "axis"], ["n"]),
        node("Concat", ["n", "n"], ["next"], axis=0),
    ]
    weights = {"w": drawn(16, 5), "b": drawn(5), "u": drawn(5, 5), "zero": np.int64(0), "one": np.int64(1), "axis": ints(0)}
    network(
        "states", "a state [2, N, 5] that is read and handed on", nodes, weights, [X, value("state", FLOAT, [2, "N", 5])],
        [Y, value("next", FLOAT, [2, "N", 5])], [{}, {"state": 0.5}])


def one_example():
    nodes = [
        node("Gather", ["state", "zero"], ["h"], axis=0), node("Gemm", ["x", "w", "b"], ["z"]), node("MatMul", ["h", "u"], ["r"]),
        node("Add", ["z", "r"], ["y"]),
    ]
    weights = {"w": drawn(16, 5), "b": drawn(5), "u": drawn(5, 5), "zero": np.int64(0)}
    network(
        "one-example", "a state [2, 1, 5] of a file that is fixed to one example", nodes, weights,
        [value("x", FLOAT, [1, 16]), value("state", FLOAT, [2, 1, 5])], [value("y", FLOAT, [1, 5])], [{}, {"state": 0.25}], shape=(1, 16))


def rates():
    then = branch("t", [node("Gemm", ["x", "w16", "b"], ["a"]), node("Relu", ["a"], ["r"]), node("MatMul", ["r", "v"], ["o"])], "o")
    inside = [constant("w8", drawn(16, 5)), constant("k", np.float32(3)), node("MatMul", ["x", "w8"], ["a"]), node("Mul", ["a", "k"], ["o"])]
    nodes = [
        node("Reshape", ["sr", "flat"], ["s"]), node("Gather", ["s", "zero"], ["g"]), node("Equal", ["g", "rate"], ["is16"]),
        choice("is16", "o1", then, branch("e", inside, "o"), "rates"), node("Add", ["o1", "shift"], ["y"]),
    ]
    weights = {
        "w16": drawn(16, 8), "b": drawn(8), "v": drawn(8, 5), "flat": ints(-1), "zero": np.int64(0), "rate": np.int64(16000),
        "shift": drawn(5),
    }
    network(
        "rates", "an If by the rate, with weights in the branch and outside it", nodes, weights, [X, RATE], [Y],
        [{"sr": 16000}, {"sr": 8000}, {}])


def sizes():
    then = branch("t", [node("Squeeze", ["u", "last"], ["o"])], "o")
    other = branch("e", [node("ReduceMean", ["u"], ["o"], axes=[2], keepdims=0)], "o")
    nodes = [
        node("Unsqueeze", ["x", "last"], ["u"]), node("Shape", ["u"], ["s"]), node("Gather", ["s", "last"], ["g"]),
        node("Equal", ["g", "one"], ["isOne"]), choice("isOne", "v", then, other), node("MatMul", ["v", "w"], ["y"]),
    ]
    network(
        "sizes", "an If by a size, as exporters write a squeeze", nodes, {"w": drawn(16, 5), "last": ints(2), "one": ints(1)},
        [value("x", FLOAT, ["N", "length"])], [Y], [{}])


def deep():
    innermost = choice(
        "flag", "o3", branch("t3", [constant("w", drawn(16, 5)), node("MatMul", ["x", "w"], ["o"])], "o"),
        branch("e3", [constant("w", drawn(16, 5)), node("MatMul", ["x", "w"], ["a"]), node("Neg", ["a"], ["o"])], "o"))
    middle = [
        node("Shape", ["x"], ["s"]), node("Gather", ["s", "axis"], ["g"]), node("Equal", ["g", "size"], ["fits"]),
        choice("fits", "o2", branch("t2", [innermost], "o3"), branch("e2", [node("MatMul", ["x", "w2"], ["o"])], "o")),
        node("Relu", ["o2"], ["o"]),
    ]
    nodes = [
        node("Equal", ["sr", "rate"], ["is16"]),
        choice("is16", "y", branch("t1", middle, "o"), branch("e1", [node("MatMul", ["x", "w1"], ["a"]), node("Tanh", ["a"], ["o"])], "o")),
    ]
    weights = {"rate": np.int64(16000), "w1": drawn(16, 5), "w2": drawn(16, 5), "axis": ints(1), "size": ints(16)}
    network(
        "deep", "Ifs three deep: by a rate, by a size, by a flag, with the same names in all branches", nodes, weights, [X, RATE, FLAG], [Y],
        [{"sr": 16000, "flag": 1}, {"sr": 16000, "flag": 0}, {"sr": 8000, "flag": 1}])


def undecided():
    nodes = [
        node("MatMul", ["x", "w"], ["m"]), node("ReduceMax", ["m"], ["top"], keepdims=0), node("Greater", ["top", "zero"], ["isAbove"]),
        choice(
            "isAbove", "y", branch("t", [constant("v", drawn(5, 5)), node("MatMul", ["m", "v"], ["o"])], "o"),
            branch("e", [node("Neg", ["m"], ["o"])], "o"), "by-value"),
    ]
    network(
        "undecided", "an If by what the examples hold", nodes, {"w": drawn(16, 5), "zero": np.float32(0)}, [X], [Y], [{}],
        refused="its condition 'isAbove' is open")


def tokens():
    nodes = [
        node("Gather", ["table", "x"], ["e"]), node("Gather", ["places", "order"], ["p"]), node("Add", ["e", "p"], ["s"]),
        node("ReduceMean", ["s"], ["m"], axes=[1], keepdims=0), node("Gemm", ["m", "w", "b"], ["y"]),
    ]
    weights = {"table": drawn(30, 8), "places": drawn(12, 8), "order": ints(*range(7)), "w": drawn(8, 5), "b": drawn(5)}
    network(
        "tokens", "token ids whose embeddings are looked up", nodes, weights, [value("x", INT64, ["N", "length"])], [Y], [{}], shape=(6, 7),
        tokens=30)


def functions():
    inner = helper.make_function(
        "pare.test", "Leaky", ["a"], ["b"], [node("LeakyRelu", ["a"], ["t"]), node("Identity", ["t"], ["b"])], [helper.make_opsetid("", 17)],
        ["slope"])
    attribute = onnx.AttributeProto()
    attribute.name, attribute.ref_attr_name, attribute.type = "alpha", "slope", onnx.AttributeProto.FLOAT
    inner.node[0].attribute.append(attribute)
    passed = onnx.AttributeProto()
    passed.name, passed.ref_attr_name, passed.type = "slope", "alpha", onnx.AttributeProto.FLOAT
    call = node("Leaky", ["m"], ["t"], domain="pare.test")
    call.attribute.append(passed)
    outer = helper.make_function(
        "pare.test", "Dense", ["a", "w", "b"], ["o"],
        [node("MatMul", ["a", "w"], ["m"]), call, node("Add", ["t", "b"], ["o"])],
        [helper.make_opsetid("", 17), helper.make_opsetid("pare.test", 1)], ["alpha"])
    nodes = [
        node("Dense", ["x", "w1", "b1"], ["h"], domain="pare.test", alpha=0.25, name="first"),
        node("Dense", ["h", "w2", "b2"], ["y"], domain="pare.test", alpha=-0.5, name="second"),
    ]
    weights = {"w1": drawn(16, 8), "b1": drawn(8), "w2": drawn(8, 5), "b2": drawn(5)}
    network(
        "functions", "local functions in each other, with attributes that refer to attributes", nodes, weights, [X], [Y], [{}],
        functions=[outer, inner], domains=["pare.test"])


def kept():
    body = helper.make_graph(
        [node("Identity", ["c_in"], ["c_out"]), node("MatMul", ["v_in", "lw"], ["v_out"])], "body",
        [value("i", INT64, []), value("c_in", BOOL, []), value("v_in", FLOAT, ["N", 5])],
        [value("c_out", BOOL, []), value("v_out", FLOAT, ["N", 5])])
    nodes = [
        node("MatMul", ["x", "w"], ["y"]), node("Loop", ["count", "go", "y"], ["z"], body=body, name="loop"),
        node("TopK", ["z", "k"], ["best", "places"], axis=1, name="top"),
    ]
    weights = {"w": drawn(16, 5), "lw": drawn(5, 5), "count": np.int64(3), "go": np.bool_(True), "k": ints(2)}
    network(
        "kept", "a Loop and a TopK behind an output", nodes, weights, [X], [Y, value("best", FLOAT, ["N", 2]), value("places", INT64, ["N", 2])],
        [{}])


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for make in [constants, states, one_example, rates, sizes, deep, undecided, functions, kept, tokens]:
        make()
    (FOLDER / "inputs.json").write_text(json.dumps(cases, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")
