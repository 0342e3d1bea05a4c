#!/usr/bin/env python3
"""Checks ONNX files that Pare has written.

Every file must pass ONNX's checker with shape inference, run in ONNX Runtime with any batch, and give the logits of ONNX's own
reference evaluator within --tolerance. With --same A B both files must give the same logits to the bit.

    venv/bin/pip install onnx onnxruntime
    venv/bin/python Scripts/check-onnx.py written.onnx …
    venv/bin/python Scripts/check-onnx.py --same Models/lenet-5.onnx written.onnx
"""

import argparse
import sys

try:
    import numpy
    import onnx
    import onnxruntime
    from onnx.reference import ReferenceEvaluator
except ImportError as error:
    sys.exit(f"check-onnx: {error.name} is missing; pip install onnx onnxruntime")


def examples(model, batch):
    """Uniform pixels [batch, C, H, W] for the model's input."""
    dimensions = [d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim[1:]]
    return numpy.random.default_rng(batch).random((batch, *dimensions), dtype=numpy.float32)


def logits(path, images):
    """What ONNX Runtime makes of the images."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: images})[0]


def check(path, tolerance):
    """Stops at the first thing that is wrong with the file."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    reference = ReferenceEvaluator(model)
    for batch in (1, 7):
        images = examples(model, batch)
        found = logits(path, images)
        expected = reference.run(None, {model.graph.input[0].name: images})[0]
        worst = float(numpy.abs(found - expected).max() / max(1e-12, numpy.abs(expected).max()))
        if found.shape[0] != batch or found.shape != expected.shape or worst > tolerance:
            sys.exit(f"check-onnx: {path}: batch {batch}: {found.shape}, relative difference {worst:g}")
    print(f"{path}: opset {model.opset_import[0].version}, {len(model.graph.node)} nodes, logits {found.shape}, difference {worst:.1e}")


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description="Checks ONNX files that Pare has written.")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--same", action="store_true", help="the two files must give the same logits")
    parser.add_argument("--tolerance", type=float, default=1e-5, help="relative to the largest logit (default: 1e-5)")
    arguments = parser.parse_args()
    for path in arguments.files:
        check(path, arguments.tolerance)
    if arguments.same:
        images = examples(onnx.load(arguments.files[0]), 64)
        first, *others = [logits(path, images) for path in arguments.files]
        if not all(numpy.array_equal(first, other) for other in others):
            sys.exit("check-onnx: the logits differ")
        print("the logits are the same")


if __name__ == "__main__":
    main()
