#!/usr/bin/env python3
"""Makes Tests/Fixtures/packed: small networks of several inputs that differ by example, their examples by name, and what ONNX Runtime gives.

    Scripts/make-packed-fixtures.py [FOLDER]

NAME.onnx is the network; NAME.npz has the examples of each input as INPUT_train and INPUT_test, labels as y_train and y_test, and as `runtime` the outputs
of the test examples by ONNX Runtime without graph optimizations. Of networks whose inputs together are one example NAME.npz has 2 validation and
4 test examples, [4, …] of all that an input holds, and NAME-one.npz the first of them, as the network reads it.

Needs numpy, onnx and onnxruntime from PyPI.
"""

import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "Tests/Fixtures/packed")
TRAIN, TEST = 96, 24
random = np.random.default_rng(7)
node, value = helper.make_node, helper.make_tensor_value_info
FLOAT, INT64, INT32, BOOL = onnx.TensorProto.FLOAT, onnx.TensorProto.INT64, onnx.TensorProto.INT32, onnx.TensorProto.BOOL


def drawn(*shape, scale=0.5):
    return (random.standard_normal(shape) * scale).astype(np.float32)


def ints(*values):
    return np.array(values, np.int64)


def model_of(nodes, weights, inputs, outputs):
    tensors = [numpy_helper.from_array(np.asarray(array), key) for key, array in weights.items()]
    model = helper.make_model(
        helper.make_graph(nodes, "g", inputs, outputs, tensors), opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return model


def outputs_of(model, feed):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    return onnxruntime.InferenceSession(model.SerializeToString(), options).run(None, feed)[0]


def save(name, nodes, weights, inputs, outputs, arrays, fed, label, given=None, examples=None):
    """`fed` makes what the network reads of `arrays`, `label` what is known of its outputs; `examples` is the axis of the examples by input, 0 without a word."""
    model = model_of(nodes, weights, inputs, outputs)
    onnx.save(model, str(FOLDER / f"{name}.onnx"))
    feed = {key: fed(key, array) for key, array in arrays.items()}
    for key, axis in (examples or {}).items():
        feed[key] = np.ascontiguousarray(np.moveaxis(feed[key], 0, axis))
    result = outputs_of(model, feed | (given or {}))
    kept = {"runtime": result[TRAIN:]}
    for key, array in (arrays | {"y": label(result)}).items():
        kept[f"{key}_train"], kept[f"{key}_test"] = array[:TRAIN], array[TRAIN:]
    np.savez_compressed(FOLDER / f"{name}.npz", **kept)


def towers():
    """Two pictures of bytes through the same layers, and whether they are alike."""
    def tower(source, key):
        return [
            node("Conv", [source, "w", "b"], [f"{key}1"], pads=[1, 1, 1, 1], strides=[2, 2], name=f"{key}_conv"),
            node("Relu", [f"{key}1"], [f"{key}2"]), node("Flatten", [f"{key}2"], [f"{key}3"], axis=1),
            node("Gemm", [f"{key}3", "v", "c"], [f"{key}4"], transB=1, name=f"{key}_dense"),
        ]
    nodes = tower("left", "l") + tower("right", "r") + [
        node("Mul", ["l4", "r4"], ["m"]), node("Gemm", ["m", "s", "t"], ["z"], transB=1, name="score"), node("Sigmoid", ["z"], ["alike"])]
    weights = {"w": drawn(4, 1, 3, 3), "b": drawn(4), "v": drawn(6, 64, scale=0.3), "c": drawn(6), "s": drawn(1, 6), "t": np.zeros(1, np.float32)}
    count = TRAIN + TEST
    arrays = {name: random.integers(0, 256, (count, 1, 8, 8)).astype(np.uint8) for name in ["left", "right"]}
    inputs = [value(n, FLOAT, ["batch", 1, 8, 8]) for n in ["left", "right"]]
    outputs = [value("alike", FLOAT, ["batch", 1])]
    feed = {name: array.astype(np.float32) / np.float32(255) for name, array in arrays.items()}
    # As many pairs above 0.5 as below.
    middle = np.median(outputs_of(model_of(nodes, weights, inputs, outputs), feed))
    weights["t"] = np.array([-np.log(middle / (1 - middle))], np.float32)
    save(
        "towers", nodes, weights, inputs, outputs, arrays, lambda _, array: array.astype(np.float32) / np.float32(255), lambda result: (result[:, 0] > 0.5).astype(np.int64))


def tokens():
    """A classifier of texts as BERT's: token ids, a mask and kinds of tokens, of any length."""
    width, heads, length, count = 16, 2, 12, TRAIN + TEST
    part = width // heads
    nodes, weights = [], {
        "words": drawn(40, width), "kinds": drawn(2, width), "scale": 1 + drawn(width, scale=0.1), "shift": drawn(width, scale=0.1),
        "one": np.float32(1), "far": np.float32(-10000), "root": np.float32(part) ** np.float32(0.5), "places": drawn(1, length, width),
        "axes": ints(1, 2), "split": ints(0, 0, heads, part), "whole": ints(0, 0, width), "first": np.int64(0)}
    nodes += [
        node("Gather", ["words", "input_ids"], ["e1"]), node("Gather", ["kinds", "token_type_ids"], ["e2"]), node("Add", ["e1", "e2"], ["e3"]),
        node("Add", ["e3", "places"], ["e4"]), node("LayerNormalization", ["e4", "scale", "shift"], ["e"], axis=-1),
        node("Cast", ["attention_mask"], ["m1"], to=FLOAT), node("Sub", ["one", "m1"], ["m2"]), node("Mul", ["m2", "far"], ["m3"]),
        node("Unsqueeze", ["m3", "axes"], ["mask"])]
    for key in ["q", "k", "v"]:
        weights |= {f"{key}w": drawn(width, width, scale=0.3), f"{key}b": drawn(width, scale=0.1)}
        nodes += [
            node("MatMul", ["e", f"{key}w"], [f"{key}1"], name=key), node("Add", [f"{key}1", f"{key}b"], [f"{key}2"]),
            node("Reshape", [f"{key}2", "split"], [f"{key}3"]),
            node("Transpose", [f"{key}3"], [f"{key}4"], perm=[0, 2, 3, 1] if key == "k" else [0, 2, 1, 3])]
    weights |= {"ow": drawn(width, width, scale=0.3), "ob": drawn(width, scale=0.1), "cw": drawn(3, width), "cb": drawn(3)}
    nodes += [
        node("MatMul", ["q4", "k4"], ["s1"]), node("Div", ["s1", "root"], ["s2"]), node("Add", ["s2", "mask"], ["s3"]),
        node("Softmax", ["s3"], ["s4"], axis=-1), node("MatMul", ["s4", "v4"], ["a1"]), node("Transpose", ["a1"], ["a2"], perm=[0, 2, 1, 3]),
        node("Reshape", ["a2", "whole"], ["a3"]), node("MatMul", ["a3", "ow"], ["a4"], name="o"), node("Add", ["a4", "ob"], ["a5"]),
        node("Add", ["a5", "e"], ["h"]), node("Gather", ["h", "first"], ["p"], axis=1),
        node("Gemm", ["p", "cw", "cb"], ["logits"], transB=1, name="classifier")]
    lengths = random.integers(4, length + 1, (count, 1))
    mask = (np.arange(length)[None] < lengths).astype(np.int64)
    arrays = {
        "input_ids": random.integers(0, 40, (count, length)) * mask, "attention_mask": mask,
        "token_type_ids": (np.arange(length)[None] >= lengths // 2) * mask}
    sizes = ["batch", "sequence"]
    save(
        "tokens", nodes, weights, [value(n, INT64, sizes) for n in ["input_ids", "attention_mask", "token_type_ids"]],
        [value("logits", FLOAT, ["batch", 3])], arrays, lambda _, array: array.astype(np.int64),
        lambda result: result.argmax(1).astype(np.int64))


def states():
    """Sound with a state of its own for each example, along the second axis, and a rate that is one number."""
    nodes = [
        node("Gather", ["state", "zero"], ["s0"], axis=0), node("Gather", ["state", "first"], ["s1"], axis=0),
        node("MatMul", ["sound", "w"], ["a"], name="a"), node("MatMul", ["s0", "u"], ["b"], name="b"), node("MatMul", ["s1", "v"], ["c"], name="c"),
        node("Sum", ["a", "b", "c"], ["d"]), node("Tanh", ["d"], ["h"]), node("Cast", ["rate"], ["r1"], to=FLOAT),
        node("Div", ["r1", "base"], ["r2"]), node("Mul", ["h", "r2"], ["h2"]), node("Gemm", ["h2", "o", "ob"], ["y"], name="out"),
        node("Unsqueeze", ["h", "front"], ["n0"]), node("Mul", ["state", "half"], ["n1"]), node("Add", ["n0", "n1"], ["next"])]
    weights = {
        "zero": np.int64(0), "first": np.int64(1), "w": drawn(16, 8), "u": drawn(8, 8), "v": drawn(8, 8), "o": drawn(8, 4), "ob": drawn(4),
        "base": np.float32(8000), "front": ints(0), "half": np.float32(0.5)}
    count = TRAIN + TEST
    save(
        "states", nodes, weights,
        [value("rate", INT64, []), value("sound", FLOAT, ["N", 16]), value("state", FLOAT, [2, "N", 8])],
        [value("y", FLOAT, ["N", 4]), value("next", FLOAT, [2, "N", 8])],
        {"sound": drawn(count, 16, scale=1), "state": drawn(count, 2, 8, scale=1)}, lambda _, array: array,
        lambda result: result.argmax(1).astype(np.int64), given={"rate": np.array(16000, np.int64)}, examples={"state": 1})


def values():
    """A value by a picture, a category and numbers, and truths; the category is one number an example."""
    nodes = [
        node("Conv", ["picture", "w", "b"], ["p1"], pads=[1, 1, 1, 1], name="conv"), node("Relu", ["p1"], ["p2"]),
        node("GlobalAveragePool", ["p2"], ["p3"]), node("Flatten", ["p3"], ["p"], axis=1),
        node("Gather", ["table", "category"], ["c"]), node("Cast", ["truths"], ["t"], to=FLOAT),
        node("Concat", ["p", "c", "numbers", "t"], ["all"], axis=1), node("Gemm", ["all", "v", "d"], ["h1"], name="hidden"),
        node("Relu", ["h1"], ["h2"]), node("Gemm", ["h2", "u", "e"], ["price"], name="price")]
    weights = {
        "w": drawn(5, 1, 3, 3), "b": drawn(5), "table": drawn(7, 4), "v": drawn(14, 8), "d": drawn(8), "u": drawn(8, 1), "e": drawn(1)}
    count = TRAIN + TEST
    arrays = {
        "picture": drawn(count, 1, 6, 6, scale=1), "category": random.integers(0, 7, count).astype(np.int32),
        "numbers": drawn(count, 3, scale=1), "truths": random.integers(0, 2, (count, 2)).astype(bool)}
    save(
        "values", nodes, weights,
        [value("picture", FLOAT, ["n", 1, 6, 6]), value("category", INT32, ["n"]), value("numbers", FLOAT, ["n", 3]),
         value("truths", BOOL, ["n", 2])],
        [value("price", FLOAT, ["n", 1])], arrays, lambda _, array: array, lambda result: result + drawn(count, 1, scale=0.05))


def mixed():
    """A value by a picture and numbers: layers and what joins them, no more."""
    nodes = [
        node("Conv", ["picture", "w", "b"], ["p1"], pads=[1, 1, 1, 1], name="conv"), node("Relu", ["p1"], ["p2"]),
        node("GlobalAveragePool", ["p2"], ["p3"]), node("Flatten", ["p3"], ["p"], axis=1), node("Concat", ["p", "numbers"], ["all"], axis=1),
        node("Gemm", ["all", "v", "d"], ["h1"], transB=1, name="hidden"), node("Relu", ["h1"], ["h2"]),
        node("Gemm", ["h2", "u", "e"], ["price"], transB=1, name="price")]
    weights = {"w": drawn(5, 1, 3, 3), "b": drawn(5), "v": drawn(12, 8), "d": drawn(12), "u": drawn(1, 12), "e": drawn(1)}
    count = TRAIN + TEST
    save(
        "mixed", nodes, weights, [value("picture", FLOAT, ["n", 1, 6, 6]), value("numbers", FLOAT, ["n", 3])],
        [value("price", FLOAT, ["n", 1])], {"picture": drawn(count, 1, 6, 6, scale=1), "numbers": drawn(count, 3, scale=1)},
        lambda _, array: array, lambda result: result)


def expanded():
    """A first state for as many examples as there are, which the graph makes by their number."""
    nodes = [
        node("Shape", ["numbers"], ["size"], start=0, end=1), node("Concat", ["size", "width"], ["sizes"], axis=0),
        node("Expand", ["start", "sizes"], ["state"]), node("Concat", ["rater", "state", "numbers"], ["all"], axis=1),
        node("Gemm", ["all", "v", "d"], ["h1"], transB=1, name="hidden"), node("Relu", ["h1"], ["h2"]),
        node("Gemm", ["h2", "u", "e"], ["y"], transB=1, name="out")]
    weights = {"width": ints(5), "start": drawn(1, 5, scale=1), "v": drawn(12, 15), "d": drawn(12), "u": drawn(4, 12), "e": drawn(4)}
    count = TRAIN + TEST
    save(
        "expanded", nodes, weights, [value("numbers", FLOAT, ["n", 6]), value("rater", FLOAT, ["n", 4])], [value("y", FLOAT, ["n", 4])],
        {"numbers": drawn(count, 6, scale=1), "rater": drawn(count, 4, scale=1)}, lambda _, array: array,
        lambda result: result.argmax(1).astype(np.int64))


def save_together(name, nodes, weights, inputs, outputs, draw):
    """`draw` makes what the network reads of one example."""
    model = model_of(nodes, weights, inputs, outputs)
    onnx.save(model, str(FOLDER / f"{name}.onnx"))
    others, feeds = [draw() for _ in range(2)], [draw() for _ in range(4)]
    kept = {f"{key}_{split}": np.stack([feed[key] for feed in part]) for key in feeds[0] for split, part in [("val", others), ("test", feeds)]}
    np.savez_compressed(FOLDER / f"{name}.npz", runtime=np.stack([outputs_of(model, feed) for feed in feeds]), **kept)
    np.savez_compressed(FOLDER / f"{name}-one.npz", **feeds[0])


def graph():
    """A step of messages along the edges of a graph: numbers of nodes that are rows to gather and to add to, and classes of the nodes."""
    nodes = [
        node("Gather", ["kinds", "element"], ["k"]), node("Concat", ["k", "position"], ["n0"], axis=1),
        node("Gemm", ["n0", "w", "b"], ["n1"], name="embed"), node("Relu", ["n1"], ["n2"]),
        node("Gather", ["edges", "zero"], ["from"], axis=0), node("Gather", ["edges", "one"], ["to"], axis=0),
        node("Gather", ["n2", "from"], ["m0"], axis=0), node("Unsqueeze", ["distance", "last"], ["d"]), node("Mul", ["m0", "d"], ["m1"]),
        node("MatMul", ["m1", "v"], ["m2"], name="message"), node("Unsqueeze", ["to", "last"], ["t0"]), node("Shape", ["m2"], ["s"]),
        node("Expand", ["t0", "s"], ["t"]), node("Shape", ["n2"], ["ns"]), node("ConstantOfShape", ["ns"], ["z"]),
        node("ScatterElements", ["z", "t", "m2"], ["a"], axis=0, reduction="add"), node("Add", ["n2", "a"], ["n3"]),
        node("Transpose", ["n3"], ["n4"], perm=[1, 0]), node("Gather", ["n4", "chosen"], ["c0"], axis=1), node("Transpose", ["c0"], ["c1"], perm=[1, 0]),
        node("Gemm", ["c1", "u", "c"], ["classes"], name="head")]
    weights = {
        "kinds": drawn(5, 4), "w": drawn(7, 8), "b": drawn(8), "v": drawn(8, 8), "u": drawn(8, 3), "c": drawn(3), "zero": np.int64(0),
        "one": np.int64(1), "last": ints(1)}
    inputs = [
        value("element", INT64, ["atoms"]), value("position", FLOAT, ["atoms", 3]), value("edges", INT64, [2, "pairs"]),
        value("distance", FLOAT, ["pairs"]), value("chosen", INT64, ["residues"])]
    save_together("graph", nodes, weights, inputs, [value("classes", FLOAT, ["residues", 3])], lambda: {
        "element": random.integers(0, 5, 7), "position": drawn(7, 3, scale=1), "edges": random.integers(0, 7, (2, 12)),
        "distance": random.uniform(0, 1, 12).astype(np.float32), "chosen": random.integers(0, 7, 4)})


def members():
    """What the members of a set have to do with each other, by a Softmax along the axis that has them."""
    nodes = [
        node("Gemm", ["member", "w", "b"], ["h"], name="embed"), node("Tanh", ["h"], ["t"]), node("Transpose", ["t"], ["r"], perm=[1, 0]),
        node("MatMul", ["t", "r"], ["s0"]), node("Add", ["s0", "present"], ["s1"]), node("Softmax", ["s1"], ["s"], axis=0),
        node("MatMul", ["s", "t"], ["m"]), node("Gemm", ["m", "u", "c"], ["y"], name="head")]
    weights = {"w": drawn(6, 8), "b": drawn(8), "u": drawn(8, 3), "c": drawn(3)}
    inputs = [value("member", FLOAT, ["D", 6]), value("present", FLOAT, ["D"])]
    save_together("members", nodes, weights, inputs, [value("y", FLOAT, ["D", 3])], lambda: {
        "member": drawn(5, 6, scale=1), "present": np.log(random.integers(1, 3, 5)).astype(np.float32)})


def aligned():
    """Two inputs of one example that the file fixes, and a Gather along them."""
    nodes = [
        node("Gather", ["words", "tokens"], ["e"]), node("MatMul", ["near", "e"], ["f"]), node("Gather", ["f", "zero"], ["g"], axis=0),
        node("MatMul", ["g", "w"], ["h"], name="inner"), node("Transpose", ["h"], ["t"], perm=[1, 0]), node("MatMul", ["g", "t"], ["pairs"])]
    weights = {"words": drawn(9, 6), "w": drawn(6, 6), "zero": np.int64(0)}
    inputs = [value("tokens", INT64, [1, "len"]), value("near", FLOAT, [1, "len", "len"])]
    save_together("aligned", nodes, weights, inputs, [value("pairs", FLOAT, ["len", "len"])], lambda: {
        "tokens": random.integers(0, 9, (1, 5)), "near": random.uniform(0, 1, (1, 5, 5)).astype(np.float32)})


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for make in [towers, tokens, states, values, mixed, expanded, graph, members, aligned]:
        make()
