#!/usr/bin/env python3
"""Collects the test cases of single operators that the `onnx` package carries into one safetensors file.

    Scripts/make-operator-cases.py OUT [--small]

A case NAME becomes tensors: "NAME/model", the ONNX file's bytes, "NAME/in/I/VALUE" and "NAME/out/I/VALUE", its inputs and outputs in their
order. The metadata entry "NAME" is a JSON object: operators, opset, kind, and, where values have types that can't be kept, "left out".
With --small only up to two small cases of each operator are kept: what `Tests/Fixtures/operators.safetensors` holds.

Needs numpy and onnx from PyPI.
"""

import argparse
import collections
import json
import pathlib
import warnings

import numpy
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases
from onnx.backend.test.loader import load_model_tests

TYPES = {
    "float32": "F32", "float64": "F64", "float16": "F16", "int8": "I8", "uint8": "U8", "int16": "I16", "uint16": "U16",
    "int32": "I32", "uint32": "U32", "int64": "I64", "uint64": "U64", "bool": "BOOL", "bfloat16": "BF16",
}


class NoType(Exception):
    pass


def array(value):
    if isinstance(value, onnx.TensorProto):
        value = numpy_helper.to_array(value)
    if not isinstance(value, (numpy.ndarray, numpy.generic)):
        raise NoType(type(value).__name__)
    value = numpy.asarray(value)
    if str(value.dtype) not in TYPES:
        raise NoType(str(value.dtype))
    return numpy.ascontiguousarray(value).reshape(value.shape)


def node_cases():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in collect_testcases(None):
            if case.model is not None and case.data_sets:
                yield case.name, "node", case.model, case.data_sets[0]


def stored_cases(kind):
    for case in load_model_tests(kind=kind):
        folder = pathlib.Path(case.model_dir)
        model = onnx.load(str(folder / "model.onnx"))
        data = folder / "test_data_set_0"
        if not data.exists():
            continue
        read = lambda prefix: [  # noqa: E731
            onnx.TensorProto.FromString((data / f"{prefix}_{i}.pb").read_bytes()) for i in range(len(list(data.glob(f"{prefix}_*.pb"))))
        ]
        try:
            yield case.name, kind, model, (read("input"), read("output"))
        except Exception:
            continue


def collect():
    for name, kind, model, (inputs, outputs) in [
        *node_cases(), *stored_cases("pytorch-operator"), *stored_cases("pytorch-converted"), *stored_cases("simple"),
    ]:
        operators = sorted({node.op_type for node in model.graph.node})
        opset = next((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), 0)
        about = {"operators": operators, "opset": opset, "kind": kind}
        tensors = {}
        try:
            initializers = {tensor.name for tensor in model.graph.initializer}
            names = [value.name for value in model.graph.input if value.name not in initializers]
            for index, (value, tensor) in enumerate(zip(names, inputs)):
                tensors[f"{name}/in/{index}/{value}"] = array(tensor)
            for index, (value, tensor) in enumerate(zip(model.graph.output, outputs)):
                tensors[f"{name}/out/{index}/{value.name}"] = array(tensor)
        except NoType as error:
            about["left out"] = f"values of type {error}"
            tensors = {}
        tensors[f"{name}/model"] = numpy.frombuffer(model.SerializeToString(), dtype=numpy.uint8)
        yield name, about, tensors


def write(path, cases):
    header, blobs, place = {"__metadata__": {name: json.dumps(about) for name, about, _ in cases}}, [], 0
    for _, _, tensors in cases:
        for name, tensor in tensors.items():
            data = tensor.tobytes()
            header[name] = {
                "dtype": TYPES[str(tensor.dtype)], "shape": list(tensor.shape), "data_offsets": [place, place + len(data)],
            }
            blobs.append(data)
            place += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + b"".join(blobs))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    seen, cases = set(), []
    for name, about, tensors in collect():
        if name not in seen:
            seen.add(name)
            cases.append((name, about, tensors))
    if options.small:
        kept, count = [], collections.Counter()
        for name, about, tensors in cases:
            size = sum(tensor.nbytes for tensor in tensors.values())
            operator = ",".join(about["operators"])
            if about["kind"] != "node" or "left out" in about or len(about["operators"]) != 1 or size > 3000 or count[operator] >= 2:
                continue
            if any(str(tensor.dtype) not in ("float32", "int64", "uint8", "bool", "int32") for tensor in tensors.values()):
                continue
            count[operator] += 1
            kept.append((name, about, tensors))
        cases = kept
    write(options.out, cases)
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main()
