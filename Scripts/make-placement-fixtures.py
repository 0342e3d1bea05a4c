#!/usr/bin/env python3
"""Makes Tests/Fixtures/placements: small networks that take and put elements at places, with ONNX Runtime's outputs.

    Scripts/make-placement-fixtures.py [FOLDER]

NAME.onnx is a network, values.safetensors has the examples NAME/x and what ONNX Runtime gives of them, NAME/y.

Needs numpy, onnx and onnxruntime from PyPI.
"""

import json
import pathlib
import struct
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "Tests/Fixtures/placements")
random = np.random.default_rng(11)
node = helper.make_node
values = {}


def drawn(*shape):
    return (random.standard_normal(shape) * 0.5).astype(np.float32)


def case(name, nodes, weights, shape, outputs, opset=17):
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", *shape])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", *outputs])],
        [numpy_helper.from_array(np.asarray(array), key) for key, array in weights.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.checker.check_model(model, full_check=True)
    x = drawn(8, *shape) * 2
    y = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]
    onnx.save(model, FOLDER / f"{name}.onnx")
    values[f"{name}/x"], values[f"{name}/y"] = x, y


def sums():
    """Attention by Einsum, a causal mask by Trilu, and running sums."""
    nodes = [
        node("Einsum", ["x", "wq"], ["q"], "q", equation="btd,dhk->bhtk"), node("Einsum", ["x", "wk"], ["k"], "k", equation="btd,dhk->bhtk"),
        node("Einsum", ["q", "k"], ["scores"], "scores", equation="bhtk,bhsk->bhts"), node("Trilu", ["scores"], ["lower"], "lower", upper=0),
        node("Einsum", ["lower", "x"], ["mixed"], "mixed", equation="bhts, bsd -> bthd"), node("CumSum", ["mixed", "axis"], ["run"], "run", reverse=1),
        node("Einsum", ["run"], ["flat"], "flat", equation="bthd->bdt"), node("Einsum", ["flat", "wo"], ["y"], "y", equation="...t,to"),
    ]
    weights = {"wq": drawn(4, 2, 3), "wk": drawn(4, 2, 3), "wo": drawn(5, 3), "axis": np.int64(1)}
    case("sums", nodes, weights, (5, 4), (4, 3))


def taken():
    """The place of the largest value as one-hot, and what stands there by GatherElements and GatherND; the best three of all."""
    nodes = [
        node("MatMul", ["x", "w"], ["h"], "h"), node("ArgMax", ["h"], ["a"], "a", axis=2, keepdims=0), node("OneHot", ["a", "depth", "ends"], ["o"], "o", axis=-1),
        node("ArgMax", ["h"], ["b"], "b", axis=2, keepdims=1), node("GatherElements", ["h", "b"], ["g"], "g", axis=2),
        node("ReduceSum", ["h", "last"], ["s"], keepdims=0), node("ArgMax", ["s"], ["c"], "c", axis=1, keepdims=1),
        node("GatherND", ["h", "c"], ["t"], "t", batch_dims=1), node("Unsqueeze", ["t", "one"], ["u"]), node("Mul", ["o", "g"], ["m"]), node("Add", ["m", "u"], ["n"]),
        node("TopK", ["n", "three"], ["best", "places"], "best", axis=2), node("Cast", ["places"], ["p"], to=1), node("Mul", ["best", "p"], ["y"], "y"),
    ]
    weights = {
        "w": drawn(4, 6), "depth": np.int64(6), "ends": np.array([-0.5, 1.5], np.float32), "last": np.array([2]), "one": np.array([1]), "three": np.array([3]),
    }
    case("taken", nodes, weights, (5, 4), (5, 3))


def put():
    """Updates at computed places, replaced, added and compared, and a constant mask of ScatterND."""
    nodes = [
        node("MatMul", ["x", "w"], ["h"], "h"), node("ArgMax", ["h"], ["b"], "b", axis=1, keepdims=1), node("Slice", ["x", "zero", "one", "one"], ["u"]),
        node("ScatterElements", ["h", "b", "u"], ["r"], "r", axis=1), node("ScatterElements", ["r", "b", "u"], ["s"], "s", axis=1, reduction="add"),
        node("ScatterElements", ["s", "b", "u"], ["t"], "t", axis=1, reduction="max"), node("ScatterND", ["mask", "places", "ones"], ["made"], "made"),
        node("Mul", ["t", "made"], ["y"], "y"),
    ]
    weights = {
        "w": drawn(4, 4), "zero": np.array([0]), "one": np.array([1]), "mask": np.zeros((5, 4), np.float32), "places": np.array([[0], [3], [-1]]),
        "ones": np.ones((3, 4), np.float32),
    }
    case("put", nodes, weights, (5, 4), (5, 4), 18)


def kept():
    header, place = {"__metadata__": {"made": "by Scripts/make-placement-fixtures.py"}}, 0
    for name, array in values.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [place, place + array.nbytes]}
        place += array.nbytes
    text = json.dumps(header).encode()
    (FOLDER / "values.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + b"".join(array.tobytes() for array in values.values()))


FOLDER.mkdir(parents=True, exist_ok=True)
for make in [sums, taken, put]:
    make()
kept()
