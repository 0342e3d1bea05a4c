#!/usr/bin/env python3
"""Makes Tests/Fixtures/forms.safetensors: forms of operators that the standard's own cases leave out, with what ONNX Runtime makes of them.

    Scripts/make-form-cases.py [OUT]

A case has the form that make-operator-cases.py gives its own: Resize in all modes and coordinates by scales whose extents are no whole numbers, floats of 8 bits of
all four kinds through QuantizeLinear, DequantizeLinear and Cast, and GroupNormalization with scales of groups.

Needs numpy, onnx and onnxruntime from PyPI.
"""

import importlib.util
import pathlib
import sys

import numpy
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).parent
OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else HERE.parent / "Tests/Fixtures/forms.safetensors")
spec = importlib.util.spec_from_file_location("operators", HERE / "make-operator-cases.py")
operators = importlib.util.module_from_spec(spec)
spec.loader.exec_module(operators)
random = numpy.random.default_rng(0)
cases = []


def add(name, nodes, constants, x, opset):
    made = [array if hasattr(array, "data_type") else numpy_helper.from_array(array, key) for key, array in constants.items()]
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", 1, x.shape)], [helper.make_tensor_value_info("y", 1, None)], made)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    y = onnxruntime.InferenceSession(model.SerializeToString(), options).run(None, {"x": x})[0]
    about = {"operators": sorted({node.op_type for node in nodes}), "opset": opset, "kind": "form"}
    tensors = {f"{name}/in/0/x": x, f"{name}/out/0/y": y, f"{name}/model": numpy.frombuffer(model.SerializeToString(), dtype=numpy.uint8)}
    cases.append((name, about, tensors))


def resizes():
    scales = [(2, 3), (0.6, 0.7), (1.3, 2.6), (0.5, 1.7)]
    forms = [("nearest", "tf_half_pixel_for_nn", rounding) for rounding in ("round_prefer_floor", "round_prefer_ceil", "floor", "ceil")]
    forms += [("nearest", "align_corners", rounding) for rounding in ("round_prefer_floor", "ceil")]
    forms += [(mode, "align_corners", "round_prefer_floor") for mode in ("linear", "cubic")]
    for mode, coordinates, rounding in forms:
        for place, (high, wide) in enumerate(scales):
            node = helper.make_node("Resize", ["x", "", "s"], ["y"], mode=mode, coordinate_transformation_mode=coordinates, nearest_mode=rounding)
            x = random.standard_normal((2, 1, 5, 7)).astype(numpy.float32)
            add(f"resize_{mode}_{coordinates}_{rounding}_{place}", [node], {"s": numpy.array([1, 1, high, wide], numpy.float32)}, x, 13)


def floats_of_eight_bits():
    for kind in ("FLOAT8E4M3FN", "FLOAT8E4M3FNUZ", "FLOAT8E5M2", "FLOAT8E5M2FNUZ"):
        number = getattr(TensorProto, kind)
        x = numpy.concatenate([random.standard_normal(200) * 2.0 ** random.integers(-12, 12, 200), [0, 1e-9, -1e-9, 1e9, -1e9]]).astype(numpy.float32)
        x = numpy.stack([x, -x])
        zero = helper.make_tensor("z", number, [], b"\0", raw=True)
        through = [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"]), helper.make_node("DequantizeLinear", ["q", "s", "z"], ["y"])]
        add(f"codes_{kind.lower()}", through, {"s": numpy.float32(0.5), "z": zero}, x, 19)
        casts = [helper.make_node("Cast", ["x"], ["q"], to=number), helper.make_node("Cast", ["q"], ["y"], to=1)]
        add(f"cast_{kind.lower()}", casts, {}, x, 19)
        bits = numpy.arange(256, dtype=numpy.uint8)
        bits = bits[numpy.isfinite(numpy.frombuffer(bits.tobytes(), helper.tensor_dtype_to_np_dtype(number)).astype(numpy.float32))]
        weights = helper.make_tensor("w", number, [len(bits)], bits.tobytes(), raw=True)
        nodes = [helper.make_node("DequantizeLinear", ["w", "s"], ["d"]), helper.make_node("Mul", ["x", "d"], ["y"])]
        add(f"weights_{kind.lower()}", nodes, {"w": weights, "s": numpy.float32(0.25)}, numpy.ones((2, len(bits)), numpy.float32), 19)


def groups():
    x = random.standard_normal((3, 6, 4, 5)).astype(numpy.float32)
    node = helper.make_node("GroupNormalization", ["x", "s", "b"], ["y"], num_groups=3)
    add("groups_of_set_18", [node], {"s": random.standard_normal(3).astype(numpy.float32), "b": random.standard_normal(3).astype(numpy.float32)}, x, 18)


resizes()
floats_of_eight_bits()
groups()
operators.write(OUT, cases)
print(f"{len(cases)} cases")
