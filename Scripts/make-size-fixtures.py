#!/usr/bin/env python3
"""Makes Tests/Fixtures/sizes: small networks whose file leaves sizes open, has steps first or three spatial axes, with examples, and what ONNX Runtime finds.

    Scripts/make-size-fixtures.py [FOLDER]

NAME.npz has the examples as a data set, figures.json for each network how many of the 24 are right and the mean cross-entropy [nats], from ONNX Runtime's
answers, one example after another. Every fourth label is another than the answer.

Needs numpy, onnx and onnxruntime from PyPI.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "Tests/Fixtures/sizes")
COUNT = 24
random = np.random.default_rng(0)
node, value = helper.make_node, helper.make_tensor_value_info
figures = {}


def drawn(*shape, scale=0.5):
    return (random.standard_normal(shape) * scale).astype(np.float32)


def save(name, nodes, weights, stated, examples, *, key="x", axis=0, kind=1):
    """`stated` is the input's shape in the file, None for none; the examples lie along `axis` of it."""
    initializers = [numpy_helper.from_array(np.asarray(array), which) for which, array in weights.items()]
    graph = helper.make_graph(nodes, "g", [value(key, kind, stated)], [value("y", 1, None)], initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    onnx.save(model, str(FOLDER / f"{name}.onnx"))
    session = onnxruntime.InferenceSession(str(FOLDER / f"{name}.onnx"))
    logits = np.stack([session.run(None, {key: np.expand_dims(example, axis)})[0].reshape(-1) for example in examples]).astype(np.float64)
    labels = logits.argmax(1)
    labels[::4] = (labels[::4] + 1) % logits.shape[1]
    shifted = logits - logits.max(1, keepdims=True)
    entropy = (np.log(np.exp(shifted).sum(1)) - shifted[np.arange(COUNT), labels]).mean()
    figures[name] = {"right": int((logits.argmax(1) == labels).sum()), "crossEntropy": entropy}
    arrays = {f"{key}_{split}": examples for split in ("train", "val", "test")} | {f"y_{split}": labels for split in ("train", "val", "test")}
    np.savez_compressed(FOLDER / f"{name}.npz", **arrays)


def rows(name, stated, key="x"):
    """A dense layer for every step, and the mean over the steps."""
    nodes = [
        node("MatMul", [key, "w"], ["h"]), node("Relu", ["h"], ["r"]), node("ReduceMean", ["r"], ["m"], axes=[1], keepdims=0),
        node("MatMul", ["m", "v"], ["y"]),
    ]
    save(name, nodes, {"w": drawn(6, 8), "v": drawn(8, 4, scale=2)}, stated, drawn(COUNT, 20, 6, scale=1), key=key)


def signal(name, stated, turned):
    """A convolution of one axis, behind a Transpose where channels are last."""
    nodes = [node("Transpose", ["x"], ["t"], perm=[0, 2, 1])] if turned else []
    nodes += [
        node("Conv", [nodes[0].output[0] if turned else "x", "w"], ["c"], kernel_shape=[3]), node("Relu", ["c"], ["r"]),
        node("ReduceMean", ["r"], ["m"], axes=[2], keepdims=0), node("MatMul", ["m", "v"], ["y"]),
    ]
    examples = drawn(COUNT, 20, 6, scale=1) if turned else drawn(COUNT, 6, 20, scale=1)
    save(name, nodes, {"w": drawn(8, 6, 3), "v": drawn(8, 4, scale=2)}, stated, examples)


def recurrent(name, stated, steps, axis):
    """An LSTM; examples first by a Transpose, or along the second axis."""
    nodes = [node("Transpose", ["x"], ["t"], perm=[1, 0, 2])] if axis == 0 else []
    nodes += [
        node("LSTM", [nodes[0].output[0] if axis == 0 else "x", "w", "r"], ["", "h"], hidden_size=6), node("Squeeze", ["h", "first"], ["s"]),
        node("MatMul", ["s", "v"], ["y"]),
    ]
    weights = {"w": drawn(1, 24, 5), "r": drawn(1, 24, 6), "v": drawn(6, 4, scale=4), "first": np.array([0], np.int64)}
    save(name, nodes, weights, stated, drawn(COUNT, steps, 5, scale=1), axis=axis)


def pictures(name, stated, kind):
    """Pictures with channels last, as tf2onnx writes networks for them."""
    nodes = [node("Cast", ["x"], ["f"], to=1), node("Div", ["f", "d"], ["s"])] if kind == 2 else []
    nodes += [
        node("Transpose", ["s" if kind == 2 else "x"], ["t"], perm=[0, 3, 1, 2]), node("Conv", ["t", "w"], ["c"], kernel_shape=[3, 3]),
        node("Relu", ["c"], ["r"]), node("ReduceMean", ["r"], ["m"], axes=[2, 3], keepdims=0), node("MatMul", ["m", "v"], ["y"]),
    ]
    weights = {"w": drawn(8, 3, 3, 3), "v": drawn(8, 4, scale=4)} | ({"d": np.float32(255)} if kind == 2 else {})
    examples = random.integers(0, 256, (COUNT, 10, 12, 3), dtype=np.uint8) if kind == 2 else drawn(COUNT, 10, 12, 3, scale=1)
    save(name, nodes, weights, stated, examples, kind=kind)


def volume():
    """A convolution of three axes."""
    nodes = [
        node("Conv", ["x", "w"], ["c"], kernel_shape=[2, 2, 2]), node("Relu", ["c"], ["r"]),
        node("ReduceMean", ["r"], ["m"], axes=[2, 3, 4], keepdims=0), node("MatMul", ["m", "v"], ["y"]),
    ]
    save("volume", nodes, {"w": drawn(6, 2, 2, 2, 2), "v": drawn(6, 4, scale=2)}, ["N", 2, 4, 5, 6], drawn(COUNT, 2, 4, 5, 6, scale=1))


def tokens(name, positions):
    """Words of any number up to that of the positions, or of exactly 37 where there are none."""
    nodes = [node("Gather", ["table", "x"], ["e"])]
    weights = {"table": drawn(12, 6, scale=1), "w": drawn(6, 48)}
    if positions:
        nodes += [
            node("Shape", ["x"], ["all"]), node("Slice", ["all", "one", "two"], ["s"]),
            node("Slice", ["places", "zero", "s", "one"], ["p"]), node("Add", ["e", "p"], ["a"]), node("MatMul", ["a", "w"], ["h"]),
            node("ReduceMean", ["h"], ["m"], axes=[1], keepdims=0), node("MatMul", ["m", "v"], ["y"])]
        weights |= {"places": drawn(1, positions, 6), "v": drawn(48, 4, scale=2)}
        weights |= {key: np.array([number], np.int64) for key, number in [("zero", 0), ("one", 1), ("two", 2)]}
    else:
        nodes += [node("MatMul", ["e", "w"], ["h"]), node("Reshape", ["h", "flat"], ["f"]), node("MatMul", ["f", "v"], ["y"])]
        weights |= {"flat": np.array([-1, 37 * 48], np.int64), "v": drawn(37 * 48, 4, scale=2)}
    save(name, nodes, weights, ["N", "T"], random.integers(0, 12, (COUNT, 20 if positions else 37)), kind=7)


def halved():
    """Pictures of even sides, which are halved and doubled beside themselves."""
    nodes = [
        node("Conv", ["x", "w"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]), node("Relu", ["c"], ["r"]),
        node("ConvTranspose", ["r", "u"], ["d"], kernel_shape=[2, 2], strides=[2, 2]), node("Concat", ["x", "d"], ["b"], axis=1),
        node("ReduceMean", ["b"], ["m"], axes=[2, 3], keepdims=0), node("MatMul", ["m", "v"], ["y"])]
    weights = {"w": drawn(8, 3, 3, 3), "u": drawn(8, 5, 2, 2), "v": drawn(8, 4, scale=4)}
    save("halved", nodes, weights, ["N", 3, "h", "w"], drawn(COUNT, 3, 6, 8, scale=1))


FOLDER.mkdir(parents=True, exist_ok=True)
rows("rows", ["N", "T", 6])
rows("named", ["N", "T", 6], key="feat")
rows("unnamed", [None, None, None])
rows("shapeless", None)
rows("single", [1, "T", 6])
signal("signal", ["N", 6, "T"], False)
signal("signal-last", ["N", "T", 6], True)
recurrent("sequence", ["N", "T", 5], 9, 0)
recurrent("steps-first", ["T", "N", 5], 9, 1)
recurrent("three-steps", ["T", "N", 5], 3, 1)
recurrent("fixed-steps", [9, "N", 5], 9, 1)
pictures("picture-last", ["N", "H", "W", 3], 1)
pictures("bytes-last", ["N", "H", "W", 3], 2)
volume()
tokens("tokens", 40)
tokens("words", 0)
halved()
(FOLDER / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
