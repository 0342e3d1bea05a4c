#!/usr/bin/env python3
"""Writes the logits and accuracies that the kernel tests compare with.

ONNX Runtime evaluates the bundled networks on Fashion-MNIST, and this writes

    Tests/Fixtures/logits-NAME.npy   float32 [1000, 10], NPY version 1,
                                     the first 1,000 validation examples
    Tests/Fixtures/accuracy.json     correct predictions of 10,000 on
                                     validation and on test, by network

Validation is the last 10,000 examples of the training file, test the t10k
files. Pixels are divided by 255. The prediction is the largest logit, ties go to
the lowest index. Run it again after each training:

    python3 -m venv venv
    venv/bin/pip install numpy onnxruntime
    venv/bin/python Scripts/make-logits-fixture.py

The data is looked for in --data, then in PARE_DATA, then where Debian's package
dataset-fashion-mnist puts it.
"""

import argparse
import gzip
import hashlib
import json
import os
import pathlib
import sys

try:
    import numpy
    import onnxruntime
except ImportError as error:
    sys.exit(f"make-logits-fixture: {error.name} is missing; pip install numpy onnxruntime")

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEBIAN_FOLDER = "/usr/share/datasets/fashion-mnist"
NAMES = ["lenet-300-100", "lenet-5"]
VALIDATION_START = 50_000
LOGITS_COUNT = 1_000


def read_idx(folder, name, dimensions):
    """An IDX file of bytes, plain or gzipped, as a uint8 array."""
    for path, opener in ((folder / name, open), (folder / f"{name}.gz", gzip.open)):
        if path.is_file():
            with opener(path, "rb") as file:
                content = file.read()
            break
    else:
        sys.exit(f"make-logits-fixture: no {name}[.gz] in {folder}; give the folder by --data or PARE_DATA")
    header = 4 + 4 * dimensions
    if content[:4] != bytes([0, 0, 8, dimensions]):
        sys.exit(f"make-logits-fixture: {path} is not an IDX file of bytes with {dimensions} dimensions")
    shape = numpy.frombuffer(content, ">u4", dimensions, 4)
    return numpy.frombuffer(content, numpy.uint8, offset=header).reshape(shape)


def read_split(folder, prefix, start=0):
    """Images [n, 1, 28, 28] in 0...1 and labels [n] of one file pair, from `start` on."""
    images = read_idx(folder, f"{prefix}-images-idx3-ubyte", 3)[start:]
    labels = read_idx(folder, f"{prefix}-labels-idx1-ubyte", 1)[start:]
    return images[:, None].astype(numpy.float32) / numpy.float32(255), labels


def open_network(models, name):
    """A session of ONNX Runtime on one thread. The file must be the one of its card."""
    path = models / f"{name}.onnx"
    card = json.loads((models / f"{name}.json").read_text())
    if hashlib.sha256(path.read_bytes()).hexdigest() != card["sha256"]:
        sys.exit(f"make-logits-fixture: {path} is not the file that its model card describes")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def logits(session, images):
    """Logits [n, 10] of images [n, 1, 28, 28], by batches of 1,000."""
    parts = [session.run(["logits"], {"input": images[i : i + 1000]})[0] for i in range(0, len(images), 1000)]
    return numpy.concatenate(parts)


def correct(values, labels):
    """How many examples have their largest logit at their label."""
    return int((values.argmax(axis=1) == labels).sum())


def write_npy(path, values):
    """A little-endian float32 array in C order as NPY version 1."""
    with open(path, "wb") as file:
        numpy.lib.format.write_array(file, numpy.ascontiguousarray(values, "<f4"), version=(1, 0))


def main():
    """Evaluates both networks and writes the fixtures."""
    parser = argparse.ArgumentParser(description="Writes ONNX Runtime's logits and accuracies of the bundled networks.")
    parser.add_argument("--data", help="folder with the IDX files (default: PARE_DATA, then Debian's)")
    parser.add_argument("--models", type=pathlib.Path, default=ROOT / "Models", help="folder of the networks (default: Models)")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "Tests" / "Fixtures", help="where to write (default: Tests/Fixtures)")
    arguments = parser.parse_args()
    folder = pathlib.Path(arguments.data or os.environ.get("PARE_DATA") or DEBIAN_FOLDER)
    splits = {"validation": read_split(folder, "train", VALIDATION_START), "test": read_split(folder, "t10k")}
    arguments.out.mkdir(parents=True, exist_ok=True)
    counts = {}
    for name in NAMES:
        session = open_network(arguments.models, name)
        found = {split: logits(session, images) for split, (images, _) in splits.items()}
        counts[name] = {split: correct(found[split], labels) for split, (_, labels) in splits.items()}
        write_npy(arguments.out / f"logits-{name}.npy", found["validation"][:LOGITS_COUNT])
        print(f"{name}: {counts[name]['validation']} of 10000 on validation, {counts[name]['test']} of 10000 on test")
    (arguments.out / "accuracy.json").write_text(json.dumps(counts, indent=2) + "\n")


if __name__ == "__main__":
    main()
