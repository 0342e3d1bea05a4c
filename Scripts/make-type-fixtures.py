#!/usr/bin/env python3
"""Makes Tests/Fixtures/types: small networks whose values, weights, attributes and outputs have other types than plain float32 tensors.

    Scripts/make-type-fixtures.py [FOLDER]
    Scripts/make-type-fixtures.py --check NETWORK WRITTEN

NAME.onnx is the network; types.json has for each its input and what ONNX Runtime gives for it. With --check a file that was written of NETWORK is held
against it: onnx.checker with all checks, types and names of inputs and outputs, and outputs by ONNX Runtime; what differs is printed.

Needs numpy, onnx and onnxruntime from PyPI.
"""

import json
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

onnxruntime.set_default_logger_severity(4)
random = np.random.default_rng(5)
node, value = helper.make_node, helper.make_tensor_value_info
FLOAT, HALF, DOUBLE, INT64 = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE, TensorProto.INT64
FLOATS = {FLOAT: np.float32, HALF: np.float16, DOUBLE: np.float64, INT64: np.int64}


def drawn(*shape, scale=0.5):
    return (random.standard_normal(shape) * scale).astype(np.float32)


def array(tensor, name):
    return numpy_helper.from_array(np.asarray(tensor), name)


def feed(model):
    fixed = {tensor.name for tensor in model.graph.initializer}
    stream, given = np.random.default_rng(1), {}
    for entry in model.graph.input:
        if entry.name in fixed:
            continue
        kind = FLOATS[entry.type.tensor_type.elem_type]
        sizes = [dimension.dim_value or 1 for dimension in entry.type.tensor_type.shape.dim]
        draw = stream.integers(0, 5, sizes) if kind == np.int64 else stream.standard_normal(sizes)
        given[entry.name] = draw.astype(kind)
    return given


def outputs(model):
    return onnxruntime.InferenceSession(model.SerializeToString()).run(None, feed(model))


def stated(model):
    fixed = {tensor.name for tensor in model.graph.initializer}

    def kind(entry):
        return entry.type.tensor_type.elem_type if entry.type.HasField("tensor_type") else str(entry.type)

    inputs = sorted((entry.name, kind(entry)) for entry in model.graph.input if entry.name not in fixed)
    return inputs, [(entry.name, kind(entry)) for entry in model.graph.output]


def check(network, written):
    """Problems of a file that was written of a network, a line each."""
    before, after = onnx.load(network), onnx.load(written)
    try:
        onnx.checker.check_model(after, full_check=True)
    except Exception as problem:
        yield f"check_model: {problem}"
    if stated(before) != stated(after):
        yield f"inputs and outputs: {stated(before)} became {stated(after)}"
    try:
        found = outputs(after)
    except Exception as problem:
        yield f"ONNX Runtime: {problem}"
        return
    for old, new in zip(outputs(before), found):
        if isinstance(old, list):
            pairs = [(first[key], second.get(key, np.nan)) for first, second in zip(old, new) for key in first]
            old, new = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
        difference = np.abs(old.astype(np.float64) - new.astype(np.float64)).max() / np.abs(old.astype(np.float64)).max()
        if old.dtype != new.dtype or old.shape != new.shape or not difference <= (5e-3 if old.dtype == np.float16 else 1e-5):
            yield f"outputs {old.dtype} {old.shape} became {new.dtype} {new.shape}, {difference} off"


def main(folder):
    networks = []

    def save(name, nodes, weights, inputs, results, opset=14, others=()):
        graph = helper.make_graph(nodes, "g", inputs, results, [array(tensor, key) for key, tensor in weights.items()])
        imports = [helper.make_opsetid("", opset)] + [helper.make_opsetid(*other) for other in others]
        model = helper.make_model(graph, opset_imports=imports, ir_version=8)
        onnx.save(model, str(folder / f"{name}.onnx"))
        if ("test", 1) in others:
            return
        onnx.checker.check_model(model, full_check=True)
        outputs(model)
        networks.append({"name": name, "bytes": len(model.SerializeToString())})

    def dense(name, kind):
        """Two layers, biases, a scalar and a sigmoid, all of one type of floats."""
        weights = {"w1": drawn(16, 20), "b1": drawn(20), "w2": drawn(20, 5), "b2": drawn(5), "two": np.float32(2)}
        nodes = [node("Gemm", ["x", "w1", "b1"], ["a"]), node("Relu", ["a"], ["r"]), node("MatMul", ["r", "w2"], ["m"]),
                 node("Add", ["m", "b2"], ["s"]), node("Mul", ["s", "two"], ["y"])]
        save(name, nodes, {key: tensor.astype(FLOATS[kind]) for key, tensor in weights.items()}, [value("x", kind, ["N", 16])],
             [value("y", kind, ["N", 5])])

    dense("half", HALF)
    dense("double", DOUBLE)
    weights = {"w": drawn(3, 2, 3, 3), "b": drawn(3), "f": drawn(3, 4), "g": drawn(4)}
    save("half-conv", [node("Conv", ["x", "w", "b"], ["c"]), node("Clip", ["c", "low", "high"], ["r"]),
                       node("GlobalAveragePool", ["r"], ["p"]), node("Flatten", ["p"], ["q"]), node("Gemm", ["q", "f", "g"], ["z"]),
                       node("Softmax", ["z"], ["y"])],
         {key: tensor.astype(np.float16) for key, tensor in (weights | {"low": np.float32(0), "high": np.float32(6)}).items()},
         [value("x", HALF, ["N", 2, 6, 6])], [value("y", HALF, ["N", 4])])
    # float32 outside, rounded inside, with a rounding that ends at once.
    inside = {"w": drawn(16, 20).astype(np.float16), "b": drawn(20).astype(np.float16), "w2": drawn(20, 5).astype(np.float16)}
    save("half-inside", [node("Cast", ["x"], ["h"], to=HALF), node("MatMul", ["h", "w"], ["m"]), node("Add", ["m", "b"], ["a"]),
                         node("Relu", ["a"], ["r"]), node("MatMul", ["r", "w2"], ["q"]), node("Cast", ["q"], ["s"], to=FLOAT),
                         node("Cast", ["s"], ["t"], to=HALF), node("Cast", ["t"], ["y"], to=FLOAT)],
         inside, [value("x", FLOAT, ["N", 16])], [value("y", FLOAT, ["N", 5])])
    # Two outputs of one value, one of them in 16 bits.
    save("half-output", [node("MatMul", ["x", "w"], ["y"]), node("Cast", ["y"], ["z"], to=HALF)], {"w": drawn(16, 5)},
         [value("x", FLOAT, ["N", 16])], [value("y", FLOAT, ["N", 5]), value("z", HALF, ["N", 5])])
    save("half-large", [node("MatMul", ["x", "w"], ["h"]), node("Relu", ["h"], ["r"]), node("MatMul", ["r", "w2"], ["y"])],
         {"w": drawn(40, 60).astype(np.float16), "w2": drawn(60, 10).astype(np.float16)}, [value("x", HALF, ["N", 40])],
         [value("y", HALF, ["N", 10])])
    brain = TensorProto(data_type=TensorProto.BFLOAT16, dims=[16, 20], name="w",
                        raw_data=(drawn(16, 20).view(np.uint32) >> 16).astype("<u2").tobytes())
    graph = helper.make_graph([node("Cast", ["w"], ["f"], to=FLOAT), node("MatMul", ["x", "f"], ["y"])], "g",
                              [value("x", FLOAT, ["N", 16])], [value("y", FLOAT, ["N", 20])], [brain])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.save(model, str(folder / "brain.onnx"))
    networks.append({"name": "brain", "bytes": len(model.SerializeToString())})

    # Sparse values of a Constant, by coordinates and by places.
    for name, isLinear in (("sparse-coordinates", False), ("sparse-linear", True)):
        dense_values = drawn(32, 8)
        dense_values[np.abs(dense_values) < 0.4] = 0
        places = np.flatnonzero(dense_values) if isLinear else np.argwhere(dense_values)
        sparse = onnx.SparseTensorProto(dims=[32, 8], values=array(dense_values[dense_values != 0], "v"),
                                        indices=array(places.astype(np.int64), "v_indices"))
        save(name, [node("Constant", [], ["w"], sparse_value=sparse), node("MatMul", ["x", "w"], ["h"]), node("Relu", ["h"], ["r"]),
                    node("MatMul", ["r", "w2"], ["y"])], {"w2": drawn(8, 5)}, [value("x", FLOAT, ["N", 32])], [value("y", FLOAT, ["N", 5])])
    save("constants", [node("Constant", [], ["a"], value_float=0.5), node("Constant", [], ["b"], value_floats=[1.0, 2.0, 3.0, 4.0, 5.0]),
                       node("Constant", [], ["c"], value_int=1), node("Constant", [], ["d"], value_ints=[-1, 5]),
                       node("Constant", [], ["e"], value=array(drawn(16, 5), "e")), node("MatMul", ["x", "e"], ["m"]),
                       node("Mul", ["m", "a"], ["n"]), node("Add", ["n", "b"], ["o"]), node("Unsqueeze", ["o", "u"], ["p"]),
                       node("Squeeze", ["p", "u"], ["q"]), node("Reshape", ["q", "d"], ["y"])],
         {"u": np.array([1], np.int64)}, [value("x", FLOAT, ["N", 16])], [value("y", FLOAT, ["N", 5])])

    # An output that is a list of maps, as scikit-learn's classifiers have.
    maps = helper.make_value_info("pr", helper.make_sequence_type_proto(helper.make_map_type_proto(
        INT64, helper.make_tensor_type_proto(FLOAT, []))))
    graph = helper.make_graph(
        [node("MatMul", ["x", "w"], ["z"]), node("Softmax", ["z"], ["s"], axis=1), node("ArgMax", ["s"], ["label"], axis=1, keepdims=0),
         node("ZipMap", ["s"], ["pr"], domain="ai.onnx.ml", classlabels_int64s=[0, 1, 2, 3])], "g", [value("x", FLOAT, ["N", 12])],
        [value("label", INT64, ["N"]), maps], [array(drawn(12, 4), "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14), helper.make_opsetid("ai.onnx.ml", 1)], ir_version=8)
    onnx.save(model, str(folder / "maps.onnx"))
    networks.append({"name": "maps", "bytes": len(model.SerializeToString())})

    # Recurrent layers behind a Transpose: with a clip, with lengths for one example, and one that is not run, for its function has no numbers.
    cells = {"w": drawn(1, 16, 6), "r": drawn(1, 16, 4), "f": drawn(4, 3)}
    for name, batch, further, settings, more in (
            ("recurrent-clip", "N", [], {"clip": 1.0}, {}),
            ("recurrent-lengths", 1, ["", "lengths"], {}, {"lengths": np.array([5], np.int32)}),
            ("recurrent-affine", "N", [], {"activations": ["Affine", "Tanh", "Tanh"]}, {})):
        save(name, [node("Transpose", ["x"], ["t"], "/lstm/Transpose", perm=[1, 0, 2]),
                    node("LSTM", ["t", "w", "r"] + further, ["", "h"], "/lstm/LSTM", hidden_size=4, **settings),
                    node("Squeeze", ["h", "first"], ["s"], "/lstm/Squeeze"), node("MatMul", ["s", "f"], ["y"], "/fc/MatMul")],
             cells | more | {"first": np.array([0], np.int64)}, [value("x", FLOAT, [batch, 7, 6])], [value("y", FLOAT, [batch, 3])])

    # Weights that are read twice, once transposed.
    save("tied", [node("MatMul", ["x", "w"], ["h"]), node("Relu", ["h"], ["r"]), node("Transpose", ["w"], ["t"], perm=[1, 0]),
                  node("MatMul", ["r", "t"], ["y"])], {"w": drawn(12, 7)}, [value("x", FLOAT, ["N", 12])], [value("y", FLOAT, ["N", 12])])
    save("tied-embedding", [node("Gather", ["w", "ids"], ["g"]), node("Relu", ["g"], ["r"]), node("Transpose", ["w"], ["t"], perm=[1, 0]),
                            node("MatMul", ["r", "t"], ["z"]), node("ReduceMean", ["z"], ["y"], axes=[1], keepdims=0)], {"w": drawn(30, 8)},
         [value("ids", INT64, ["N", 6])], [value("y", FLOAT, ["N", 30])])
    save("tied-twice", [node("Transpose", ["w"], ["t"], perm=[1, 0]), node("Gemm", ["x", "t", "b"], ["h"]), node("Relu", ["h"], ["r"]),
                        node("Transpose", ["w"], ["u"], perm=[1, 0]), node("Gemm", ["r", "u", "b"], ["y"])],
         {"w": drawn(9, 9), "b": drawn(9)}, [value("x", FLOAT, ["N", 9])], [value("y", FLOAT, ["N", 9])])

    # A node of no known operator, with every kind of attribute.
    tensor, graph = array(drawn(3), "t"), helper.make_graph([node("Relu", ["h"], ["inner"])], "inside", [], [value("inner", FLOAT, ["N", 4])])
    sparse = onnx.SparseTensorProto(dims=[4], values=array(drawn(2), "v"), indices=array(np.array([1, 3]), "i"))
    text = helper.make_tensor("words", TensorProto.STRING, [2], [b"one", b"two"])
    kind = helper.make_sequence_type_proto(helper.make_tensor_type_proto(FLOAT, [2]))
    made = node("Every", ["h"], ["y"], "every", domain="test", f=0.5, i=3, s="text", t=tensor, words=text, floats=[0.5, 2.0], ints=[1, -2],
                strings=["a", "b"], tensors=[tensor, tensor], graph=graph, graphs=[graph, graph], sparse=sparse, sparses=[sparse, sparse],
                kind=kind, kinds=[kind, kind])
    save("attributes", [node("MatMul", ["x", "w"], ["h"]), made], {"w": drawn(16, 4)}, [value("x", FLOAT, ["N", 16])],
         [value("y", FLOAT, ["N", 4])], others=[("test", 1)])

    # Nodes of operator set 9 behind one that isn't run: their forms changed since.
    chain = [("Hardmax", {"axis": 1}), ("Unsqueeze", {"axes": [1]}), ("Upsample", {"mode": "nearest"}), ("Squeeze", {"axes": [1]}), ("Softmax", {"axis": 1}),
             ("Slice", {"axes": [1, 2], "starts": [1, 2], "ends": [7, 11]}), ("Pad", {"pads": [0, 1, 0, 0, 0, 2], "value": 0.02}),
             ("Clip", {"min": 0.0101, "max": 0.0125}), ("Dropout", {"ratio": 0.3})]
    nodes = [node(kind, [f"v{place}"] + (["double"] if kind == "Upsample" else []), [f"v{place + 1}"], f"{kind}_kept", **settings)
             for place, (kind, settings) in enumerate(chain)]
    nodes += [node("Split", [f"v{len(chain)}"], ["a", "b"], "Split_kept", axis=1, split=[3, 4]), node("ReduceSum", ["a"], ["c"], "Sum_kept", axes=[2], keepdims=0),
              node("ReduceMax", ["b"], ["d"], "Max_kept", axes=[2], keepdims=0), node("Concat", ["c", "d"], ["e"], "Concat_kept", axis=1),
              node("TopK", ["e"], ["k", "places"], "TopK_kept", k=5)]
    save("older-set", [node("MatMul", ["x", "w"], ["v0"], "first"), node("MatMul", ["v0", "w2"], ["y"], "second")] + nodes,
         {"w": drawn(6, 6), "w2": drawn(6, 5), "double": np.float32([1, 1, 2, 2])}, [value("x", FLOAT, ["N", 4, 6])],
         [value("y", FLOAT, ["N", 4, 5]), value("k", FLOAT, ["N", 5])], opset=9)
    (folder / "types.json").write_text(json.dumps(networks, indent=1) + "\n")


if sys.argv[1:2] == ["--check"]:
    problems = list(check(*sys.argv[2:4]))
    print("\n".join(problems))
    sys.exit(1 if problems else 0)
target = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "Tests/Fixtures/types")
target.mkdir(parents=True, exist_ok=True)
main(target)
