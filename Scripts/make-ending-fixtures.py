#!/usr/bin/env python3
"""Makes Tests/Fixtures/endings: classifiers that end in other ways than one Softmax that nothing else reads, with examples, and what ONNX Runtime finds.

    Scripts/make-ending-fixtures.py [FOLDER]

NAME.npz has the examples as a data set, figures.json for each network how many of the 24 are right and the mean cross-entropy [nats], from ONNX Runtime's
probabilities. Every fourth label is another than the answer.

Needs numpy, onnx and onnxruntime from PyPI.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "Tests/Fixtures/endings")
COUNT, CLASSES = 24, 4
random = np.random.default_rng(0)
node, value = helper.make_node, helper.make_tensor_value_info
figures = {}
HEAD = [node("MatMul", ["x", "w"], ["h"]), node("Relu", ["h"], ["r"]), node("MatMul", ["r", "v"], ["z"])]
# z - max(z) as jax2tf and tf2onnx write a Softmax: the maximum is brought back to the shape of z.
WRITTEN = [
    node("ReduceMax", ["z"], ["m"], axes=[1], keepdims=0), node("Reshape", ["m", "column"], ["n"]), node("Sub", ["z", "n"], ["d"]),
    node("Exp", ["d"], ["e"]), node("ReduceSum", ["e", "one"], ["s"], keepdims=0), node("Reshape", ["s", "column"], ["t"]),
    node("Div", ["e", "t"], ["p"]),
]


def drawn(*shape, scale=0.5):
    return (random.standard_normal(shape) * scale).astype(np.float32)


def save(name, nodes, outputs, probabilities=lambda outputs: outputs[-1]):
    weights = {"w": drawn(6, 8), "v": drawn(8, CLASSES, scale=1), "column": np.array([-1, 1]), "one": np.array([1]), "none": np.zeros((1, 0), np.float32)}
    read = {each for part in nodes for each in part.input}
    initializers = [numpy_helper.from_array(array, which) for which, array in weights.items() if which in read]
    graph = helper.make_graph(nodes, "g", [value("x", 1, ["N", 6])], outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 1)], ir_version=8)
    onnx.save(model, str(FOLDER / f"{name}.onnx"))
    examples = drawn(COUNT, 6, scale=1)
    found = onnxruntime.InferenceSession(str(FOLDER / f"{name}.onnx")).run(None, {"x": examples})
    answers = np.asarray(probabilities(found), np.float64)
    labels = answers.argmax(1)
    labels[::4] = (labels[::4] + 1) % CLASSES
    entropy = -np.log(answers[np.arange(COUNT), labels]).mean()
    figures[name] = {"right": int((answers.argmax(1) == labels).sum()), "crossEntropy": entropy}
    arrays = {f"x_{split}": examples for split in ("train", "val", "test")} | {f"y_{split}": labels for split in ("train", "val", "test")}
    np.savez_compressed(FOLDER / f"{name}.npz", **arrays)


def scores(name="p"):
    return value(name, 1, ["N", CLASSES])


FOLDER.mkdir(parents=True, exist_ok=True)
label = value("label", 7, ["N"])
softmax, answer = node("Softmax", ["z"], ["p"], axis=1), node("ArgMax", ["p"], ["label"], axis=1, keepdims=0)
save("written-out", HEAD + WRITTEN, [scores()])
save("written-out-and-label", HEAD + WRITTEN + [answer], [label, scores()])
save("label-of-probabilities", HEAD + [softmax, answer], [label, scores()])
table = helper.make_node("ZipMap", ["p"], ["table"], domain="ai.onnx.ml", classlabels_int64s=list(range(CLASSES)))
maps = helper.make_value_info("table", helper.make_sequence_type_proto(helper.make_map_type_proto(7, helper.make_tensor_type_proto(1, []))))
save("table-of-classes", HEAD + [softmax, answer, table], [label, maps], lambda outputs: [[row[each] for each in range(CLASSES)] for row in outputs[-1]])
# A part of size 0 beside the scores, as exporters leave it where a border turned out to be none.
empty = [
    node("Shape", ["z"], ["size"]), node("Gather", ["size", "first"], ["count"]), node("Concat", ["count", "nothing"], ["extents"], axis=0),
    node("ConstantOfShape", ["extents"], ["border"]), node("Neg", ["border"], ["edge"]), node("Concat", ["z", "edge"], ["all"], axis=1),
    node("Softmax", ["all"], ["p"], axis=1),
]
constants = [
    node("Constant", [], ["first"], value=numpy_helper.from_array(np.array([0]))), node("Constant", [], ["nothing"], value=numpy_helper.from_array(np.array([0]))),
]
save("empty-part", constants + HEAD + empty, [scores()])
(FOLDER / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
