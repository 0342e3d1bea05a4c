#!/usr/bin/env python3
"""Makes Tests/Fixtures/whole: small networks whose graph has no axis for examples or mixes them along it, with inputs and ONNX Runtime's outputs.

    Scripts/make-whole-fixtures.py [FOLDER]

NAME.npz has the examples as a data set (x_train, x_val, x_test), NAME-inputs.npy those of x_val once more, NAME-outputs.npy what ONNX Runtime gives
for them, one after another.

Needs numpy, onnx and onnxruntime from PyPI.
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "Tests/Fixtures/whole")
random = np.random.default_rng(0)
node, value = helper.make_node, helper.make_tensor_value_info


def drawn(*shape, scale=0.5):
    return (random.standard_normal(shape) * scale).astype(np.float32)


def save(name, nodes, weights, shape, outputs, examples):
    """`shape` is the input as the file states it; an example of fewer axes is fed with a first axis of 1."""
    initializers = [numpy_helper.from_array(np.asarray(array), key) for key, array in weights.items()]
    graph = helper.make_graph(nodes, "g", [value("x", 1, shape)], outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, str(FOLDER / f"{name}.onnx"))
    session = onnxruntime.InferenceSession(str(FOLDER / f"{name}.onnx"))
    feeds = [example if example.ndim == len(shape) else example[None] for example in examples]
    found = np.stack([session.run([outputs[0].name], {"x": feed})[0].reshape(-1) for feed in feeds])
    np.save(FOLDER / f"{name}-outputs.npy", found)
    np.save(FOLDER / f"{name}-inputs.npy", examples)
    np.savez(FOLDER / f"{name}.npz", x_train=examples[:2], x_val=examples, x_test=examples[:2])


def flat():
    """A matrix that becomes a row."""
    nodes = [node("Reshape", ["x", "shape"], ["row"]), node("Gemm", ["row", "w", "b"], ["y"], transB=1)]
    weights = {"shape": np.array([1, 64], np.int64), "w": drawn(5, 64), "b": drawn(5)}
    save("flat", nodes, weights, [8, 8], [value("y", 1, [1, 5])], drawn(6, 8, 8, scale=1))


def means():
    """Means over the first axis, which are one row."""
    nodes = [
        node("Gemm", ["x", "w", "b"], ["h"], transB=1), node("Relu", ["h"], ["r"]), node("ReduceMean", ["r"], ["m"], axes=[0], keepdims=0),
        node("MatMul", ["m", "v"], ["z"]), node("Softmax", ["z"], ["y"], axis=0),
    ]
    weights = {"w": drawn(12, 6), "b": drawn(12), "v": drawn(12, 4)}
    save("means", nodes, weights, [5, 6], [value("y", 1, [4])], drawn(6, 5, 6, scale=1))


def steps(name, examples):
    """Time along the first axis, as of a detector of speech that is exported for a whole sequence."""
    nodes = [
        node("Unsqueeze", ["x", "one"], ["steps"]), node("LSTM", ["steps", "W", "R", "B"], ["states", "last"], hidden_size=8),
        node("Squeeze", ["states", "one"], ["rows3"]), node("Squeeze", ["rows3", "one"], ["rows"]),
        node("Gemm", ["rows", "w", "b"], ["z"], transB=1), node("Sigmoid", ["z"], ["y"]),
    ]
    weights = {
        "one": np.array([1], np.int64), "W": drawn(1, 32, 6), "R": drawn(1, 32, 8), "B": drawn(1, 64), "w": drawn(1, 8), "b": drawn(1),
    }
    outputs = [value("y", 1, ["T", 1]), value("last", 1, [1, 1, 8])]
    save(name, nodes, weights, ["T", 6], outputs, examples)


def squeezed():
    """A batch of 1 that is taken off in the middle; the outputs are put together along the first axis."""
    nodes = [
        node("Conv", ["x", "w"], ["c"]), node("Relu", ["c"], ["r"]), node("GlobalMaxPool", ["r"], ["g"]), node("Squeeze", ["g"], ["row"]),
        node("MatMul", ["row", "v"], ["z"]), node("Slice", ["z", "zero", "two"], ["first"]), node("Slice", ["z", "two", "four"], ["second"]),
        node("Sigmoid", ["first"], ["share"]), node("Concat", ["second", "share"], ["y"], axis=0),
    ]
    weights = {"w": drawn(9, 2, 3, 3), "v": drawn(9, 4)} | {n: np.array([i], np.int64) for n, i in (("zero", 0), ("two", 2), ("four", 4))}
    save("squeezed", nodes, weights, ["batch", 2, 6, 6], [value("y", 1, ["batch"])], drawn(6, 2, 6, 6, scale=1))


FOLDER.mkdir(parents=True, exist_ok=True)
flat()
means()
steps("steps", drawn(6, 7, 6, scale=1))
steps("step", drawn(6, 6, scale=1))
squeezed()
