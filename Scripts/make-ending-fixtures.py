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


def save(name, nodes, outputs, probabilities=lambda outputs: outputs[-1], **more):
    weights = more | {"w": drawn(6, 8), "v": drawn(8, CLASSES, scale=1), "column": np.array([-1, 1]), "one": np.array([1]), "none": np.zeros((1, 0), np.float32)}
    read = {each for part in nodes for each in part.input}
    initializers = [numpy_helper.from_array(array, which) for which, array in weights.items() if which in read]
    graph = helper.make_graph(nodes, "g", [value("x", 1, ["N", 6])], outputs, initializers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13), helper.make_opsetid("ai.onnx.ml", 1)], ir_version=8)
    onnx.save(model, str(FOLDER / f"{name}.onnx"))
    examples = drawn(COUNT, 6, scale=1)
    found = onnxruntime.InferenceSession(str(FOLDER / f"{name}.onnx")).run(None, {"x": examples})
    answers = np.asarray(probabilities(found), np.float64)
    labels = answers.argmax(1)
    labels[::4] = (labels[::4] + 1) % answers.shape[1]
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
# Probabilities made in other ways: by the exponential of their logarithms, as scikit-learn's naive Bayes is written, and as 1 - p and p of two classes.
logarithms = [
    node("ReduceLogSumExp", ["z"], ["l"], axes=[1], keepdims=0), node("Reshape", ["l", "column"], ["c"]), node("Sub", ["z", "c"], ["g"]), node("Exp", ["g"], ["p"]),
]
save("exponential", HEAD + [node("LogSoftmax", ["z"], ["g"], axis=1), node("Exp", ["g"], ["p"])], [scores()])
save("exponential-written-out", HEAD + [node("ArgMax", ["z"], ["label"], axis=1, keepdims=0)] + logarithms, [label, scores()])
two = [node("MatMul", ["r", "u"], ["y"]), node("Sigmoid", ["y"], ["q"]), node("Sub", ["unity", "q"], ["o"]), node("Concat", ["o", "q"], ["p"], axis=1)]
save("two-classes", HEAD[:2] + two, [value("p", 1, ["N", 2])], u=drawn(8, 1, scale=1), unity=np.float32([1]))


# Scikit-learn's linear models as skl2onnx writes them: coefficients are attributes.
def learned(kind, reads, makes, **settings):
    return node(kind, reads, makes, domain="ai.onnx.ml", **{key: each.ravel().tolist() if isinstance(each, np.ndarray) else each for key, each in settings.items()})


def classifier(classes, post, rows=None, reads="x", **names):
    return learned("LinearClassifier", [reads], ["label", "s"], coefficients=drawn(rows or classes, 6, scale=1), intercepts=drawn(rows or classes), post_transform=post, **names)


shares = learned("Normalizer", ["s"], ["p"], norm="L1")
scaled = learned("Scaler", ["x"], ["t"], offset=drawn(6), scale=np.abs(drawn(6)) + np.float32(0.5))
save("logistic-regression", [scaled, classifier(CLASSES, "SOFTMAX", reads="t", classlabels_ints=[0, 1, 2, 3]), shares], [label, scores()])
save("one-against-rest", [classifier(CLASSES, "LOGISTIC", classlabels_ints=[3, 5, 7, 9]), shares], [label, scores()])
save("linear-of-two", [classifier(2, "LOGISTIC", 1, classlabels_strings=["no", "yes"])], [value("label", 8, ["N"]), value("s", 1, ["N", 2])])
parts = [
    scaled, learned("Normalizer", ["t"], ["a"], norm="L2"), learned("ArrayFeatureExtractor", ["a", "columns"], ["b"]), learned("Normalizer", ["b"], ["c"], norm="MAX"),
    learned("Normalizer", ["c"], ["d"], norm="L1"), learned("LinearRegressor", ["d"], ["z"], coefficients=drawn(CLASSES, 3, scale=3), intercepts=drawn(CLASSES), targets=CLASSES),
]
save("scaled-and-regressed", parts + [softmax], [scores()], columns=np.array([4, 0, 5]))
(FOLDER / "figures.json").write_text(json.dumps(figures, indent=1) + "\n")
