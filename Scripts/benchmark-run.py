"""Runs the cases of Scripts/benchmark: checks results, times pairs in turn (A B A B), prints a table of medians.

Ratios are of one run on one machine; times alone say little where others work on it too. Ends with 0 where every figure holds,
1 where a result was wrong or a case could not be run, 2 where a figure does not hold.
"""

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ROOT / ".build" / "release"
MODEL = ROOT / "Models" / "lenet-5.onnx"
CARD = json.loads((ROOT / "Models" / "lenet-5.json").read_text())
DATA = Path(os.environ.get("PARE_DATA") or "/usr/share/datasets/fashion-mnist")
ALL_CORES = os.sched_getaffinity(0)
CORES = len(ALL_CORES)

VALIDATION = 10_000
BATCHES = [100, 250, 500, 1000]
ACCURACY_ROUNDS = 9
# Float sums are in another order than the peer's: this many of 10,000 nearly tied examples may fall the other way.
TIES = 3

WEIGHTS = 25_000_000
BINS = 128
CENTROIDS = 32
SORT_ROUNDS = 5

BATCH = 64
RATE, MOMENTUM = 0.01, 0.9
CHECKED_STEPS = 10
TIMED_STEPS = 94
TRAINING_ROUNDS = 9
# Losses of the first steps as a part of theirs: float sums in another order are off by about 1e-6, and each step's error feeds the next one.
LOSS_TOLERANCE = 1e-4


# How much faster a layer whose weights are 90 % zeros must be than oneDNN's dense one, by how the row's name starts.
SPARSE_ASKED = {
    "3×3": 3.5, "1×1": 2.2, "784": 3, "800": 3, "2048": 3, "4096": 2, "9216": 2, "chain of four 3×3": 2.5, "chain of two bottlenecks": 1.5}

CODING_ROUNDS = 5
COMPRESSORS = {"xz": ["xz", "-c", "-T1"], "zstd -19": ["zstd", "-19", "-c", "-q", "--single-thread"], "gzip -9": ["gzip", "-9", "-c"]}


class Wrong(Exception):
    """A result that is not what it must be, so that its time means nothing."""


def check(holds, sentence):
    if not holds:
        raise Wrong(sentence)


def row(name, pare, peer, peer_name, unit, ratio, asked, holds):
    return dict(name=name, pare=pare, peer=peer, peerName=peer_name, unit=unit, ratio=ratio, asked=asked, holds=bool(holds))


class Pare:
    """A case of the program Benchmarks: a line there, a line of JSON back."""

    def __init__(self, *arguments):
        # What `pare` sets for itself by starting again: idle OpenMP threads stop spinning soon.
        environment = {"GOMP_SPINCOUNT": "1000", **os.environ}
        self.process = subprocess.Popen(
            [PROGRAMS / "Benchmarks", *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env=environment)

    def read(self):
        line = self.process.stdout.readline()
        check(line, "the program Benchmarks ended early; its message is above")
        return json.loads(line)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


# Accuracy


def idx(name):
    """The numbers of a gzipped IDX file of bytes."""
    content = gzip.decompress((DATA / f"{name}.gz").read_bytes())
    sizes = np.frombuffer(content, ">u4", count=content[3], offset=4).astype(int)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * content[3]).reshape(sizes)


def validation():
    """Images as the network takes them and labels: the last 10,000 of the training file."""
    images = idx("train-images-idx3-ubyte")[-VALIDATION:].astype(np.float32) * np.float32(CARD["input"]["scale"])
    return images.reshape(-1, *CARD["input"]["shape"]), idx("train-labels-idx1-ubyte")[-VALIDATION:]


def pruned(model, parameter, ratio):
    """The model with the weights |w| ≤ ratio · σ of one parameter set to zero, by NumPy."""
    import onnx
    from onnx import numpy_helper

    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for tensor in copy.graph.initializer:
        if tensor.name == parameter:
            weights = numpy_helper.to_array(tensor).copy()
            deviation = weights.astype(np.float64).std(ddof=1)
            weights[np.abs(weights.astype(np.float64)) <= ratio * deviation] = 0
            tensor.CopyFrom(numpy_helper.from_array(weights, parameter))
            return copy
    raise Wrong(f"{MODEL.name} has no initializer {parameter}")


def session(model):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = CORES
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def right(network, images, labels, batch):
    """Correct predictions, counted batch by batch."""
    name = network.get_inputs()[0].name
    return sum(
        int((network.run(None, {name: images[start : start + batch]})[0].argmax(1) == labels[start : start + batch]).sum())
        for start in range(0, len(images), batch))


class Turns:
    """Plans that Pare has not seen: each change of a parameter has a ratio of its own."""

    def __init__(self, pare, step=1e-3):
        self.pare = pare
        self.step = step
        self.count = 0

    def seconds(self, parameter, ratio):
        self.count += 1
        answer = self.pare.ask(f"{parameter} {ratio + self.count * self.step:.4f}")
        check(answer["evaluated"] == VALIDATION, f"{answer['evaluated']} examples instead of {VALIDATION}")
        return answer["seconds"]


CHANGES = {"conv1.weight": 0.4, "fc1.weight": 1.0, "fc2.weight": 0.8}


def check_accuracy(pare, images, labels):
    import onnx

    model = onnx.load(MODEL)
    network = session(model)
    expected = round(CARD["accuracy"]["validation"] * VALIDATION)
    original = pare.read()
    check(original["right"] == expected, f"Pare has {original['right']} of {VALIDATION} right, not {expected}")
    for batch in BATCHES:
        found = right(network, images, labels, batch)
        check(found == expected, f"ONNX Runtime has {found} of {VALIDATION} right in batches of {batch}, not {expected}")
    for parameter, ratio in CHANGES.items():
        mine = pare.ask(f"{parameter} {ratio}")["right"]
        other = right(session(pruned(model, parameter, ratio)), images, labels, 500)
        check(abs(mine - other) <= TIES, f"{parameter} pruned at {ratio} σ: {mine} right, {other} by ONNX Runtime")
        note(f"{parameter} pruned at {ratio} σ: {mine} right, ONNX Runtime {other}")
    return network


def accuracy(_):
    import onnxruntime

    images, labels = validation()
    with Pare("accuracy", MODEL) as pare:
        network = check_accuracy(pare, images, labels)
        turns = Turns(pare)
        full, first, last = [], [], []
        peer = {batch: [] for batch in BATCHES}
        for _ in range(ACCURACY_ROUNDS):
            for batch in BATCHES:
                full.append(turns.seconds("conv1.weight", 0.4))
                start = time.perf_counter()
                right(network, images, labels, batch)
                peer[batch].append(time.perf_counter() - start)
            # A change of another layer brings back what lies before it; the change after that is what a turn of the knob costs.
            for parameter, times in [("fc1.weight", first), ("fc2.weight", last)]:
                turns.seconds(parameter, 0.5)
                times.append(turns.seconds(parameter, 0.5))
    best = min(BATCHES, key=lambda batch: statistics.median(peer[batch]))
    mine, other = statistics.median(full), statistics.median(peer[best])
    rows = [row(
        "accuracy", mine * 1e3, other * 1e3, f"ONNX Runtime {onnxruntime.__version__}, batches of {best}", "ms", mine / other,
        "ratio ≤ 0.85", mine / other <= 0.85)]
    for name, times, most in [("accuracy-after-fc1", first, 0.30), ("accuracy-after-fc2", last, 0.03)]:
        changed = statistics.median(times)
        rows.append(row(
            name, changed * 1e3, mine * 1e3, "Pare's full run", "ms", changed / mine, f"ratio ≤ {most:.2f}", changed / mine <= most))
    return rows


# Sparse layers


def sparse(folder):
    import onnxruntime

    rows = []
    with Pare("sparse", MODEL) as pare:
        while line := pare.process.stdout.readline():
            answer = json.loads(line)
            name, level = answer["name"], round(100 * answer["level"])
            asked = next((gain for start, gain in SPARSE_ASKED.items() if name.startswith(start)), None) if level == 90 else None
            gain = answer["dense"] / answer["sparse"]
            rows.append(row(
                f"{name}, {level} % zeros", answer["sparse"] * 1e3, answer["dense"] * 1e3, "oneDNN, dense", "ms of one thread",
                1 / gain, f"ratio ≤ 1 / {asked}" if asked else "", not asked or gain >= asked))
    check(rows, "this processor has no sparse kernels")
    images, labels = validation()
    with Pare("accuracy", MODEL) as pare:
        import onnx

        pare.read()
        network, turns = session(onnx.load(MODEL)), Turns(pare)
        thin, peer = [], []
        for _ in range(ACCURACY_ROUNDS):
            thin.append(turns.seconds("level", 0.92))
            for batch in BATCHES:
                start = time.perf_counter()
                right(network, images, labels, batch)
                peer.append((batch, time.perf_counter() - start))
    other, best = min((statistics.median(seconds for size, seconds in peer if size == batch), batch) for batch in BATCHES)
    mine, deep = statistics.median(thin), shipped_state(folder)
    peer_name = f"ONNX Runtime {onnxruntime.__version__}, dense, batches of {best}"
    return rows + [
        row(name, mine * 1e3, other * 1e3, peer_name, "ms", mine / other, f"ratio ≤ {most:.2f}", mine / other <= most)
        for name, mine, most in [("accuracy-at-92-%-zeros", mine, 0.35), ("accuracy-of-deep-compression", deep, 0.50)]]


def integer(folder):
    """A network like resnet-18 under plans of 8 bits, by integers beside its own float32; 2.5 times as fast is asked with sums too, on VNNI."""
    rows = []
    with open("/proc/cpuinfo") as file:
        has_vnni = "vnni" in file.read()
    with Pare("integer") as pare:
        while line := pare.process.stdout.readline():
            answer = json.loads(line)
            gain = answer["float32"] / answer["integer"]
            asked = has_vnni and answer["name"] == "sums too"
            rows.append(row(
                f"int8, {answer['name']}, batch {answer['batch']}", answer["integer"] * 1e3, answer["float32"] * 1e3,
                f"its own float32; {answer['whole']} of {answer['layers']} layers by integers", "ms of one thread", 1 / gain,
                "ratio ≤ 1 / 2.5" if asked else "", not asked or gain >= 2.5))
            note(f"simulated {answer['simulated'] * 1e3:.3g} ms; logits within {answer['difference']:.2g} of them")
    return rows


def shipped_state(folder):
    """Seconds of a whole evaluation of what the shipped session of Deep Compression ends with: pruned, shared, as floats."""
    path = folder / "deep.onnx"
    subprocess.run(
        [PROGRAMS / "pare", "export", MODEL.stem, "--session", "deep-compression", "--format", "onnx", "-o", path], check=True,
        stdout=subprocess.DEVNULL)
    path.with_suffix(".json").write_text((ROOT / "Models" / "lenet-5.json").read_text())
    with Pare("accuracy", path) as pare:
        pare.read()
        # Some more of the first layer's 500 weights each time: where nothing changes nothing is computed, and what is pruned already is within 0.2 σ.
        turns = Turns(pare, step=0.01)
        return statistics.median(turns.seconds("conv1.weight", 0.2) for _ in range(ACCURACY_ROUNDS))


def latency(_):
    rows = []
    with Pare("latency", MODEL, "resnet-20") as pare:
        while line := pare.process.stdout.readline():
            answer = json.loads(line)
            if answer.get("expected") is None or answer.get("whole") is None:
                note(f"{answer['name']}, batch {answer['batch']}: others had the processor too often")
                continue
            ratio = answer["expected"] / answer["whole"]
            rows.append(row(
                f"expected-ms-of-{answer['name']}, batch {answer['batch']}", answer["expected"], answer["whole"],
                f"measured whole, {answer['threads']} threads", "ms", ratio, "0.9 ≤ ratio ≤ 1.1", 0.9 <= ratio <= 1.1))
    check(rows, "others had the processor all the time")
    return rows


# Weights


def weights(folder):
    path = folder / "weights.npy"
    if not path.exists():
        np.save(path, np.random.default_rng(1).laplace(0, 0.05, WEIGHTS).astype(np.float32))
    return path, np.load(path)


def opening(folder):
    path, values = weights(folder)
    kinds = ["quicksort", "stable"]
    with Pare("distribution", path) as pare:
        opened = pare.ask("open")
        ordered = np.sort(values)
        ranks = np.floor(np.arange(1001) * ((WEIGHTS - 1) / 1000) + 0.5).astype(int)
        check(np.array_equal(ordered[ranks], np.array(opened["samples"], np.float32)), "the sorted weights differ from numpy.sort's")
        deviation = values.std(ddof=1, dtype=np.float64)
        check(abs(opened["standardDeviation"] / deviation - 1) < 1e-9, f"σ {opened['standardDeviation']}, by NumPy {deviation}")
        del ordered
        mine, peer = [], {kind: [] for kind in kinds}
        for _ in range(SORT_ROUNDS):
            for kind in kinds:
                mine.append(pare.ask("open")["seconds"])
                start = time.perf_counter()
                np.sort(values, kind=kind)
                peer[kind].append(time.perf_counter() - start)
    best = min(kinds, key=lambda kind: statistics.median(peer[kind]))
    pare_time, peer_time = statistics.median(mine), statistics.median(peer[best])
    ratio = pare_time / peer_time
    return [row(
        "open-layer", pare_time * 1e3, peer_time * 1e3, f"numpy.sort {np.__version__}, {best}", "ms", ratio, "ratio ≤ 0.50",
        ratio <= 0.5)]


def squared_error(values, centroids):
    """Σ (w − nearest centroid)² in double."""
    centroids = np.sort(np.asarray(centroids, np.float64))
    error = 0.0
    for part in np.array_split(values, 32):
        part = part.astype(np.float64)
        nearest = np.searchsorted((centroids[1:] + centroids[:-1]) / 2, part)
        error += float(((part - centroids[nearest]) ** 2).sum())
    return error


def check_turn(values, turned):
    """Zeros, both histograms and the table of centroids, by NumPy. Returns the survivors."""
    extent = float(np.abs(values).max())
    edges = -extent + 2 * extent * np.arange(BINS + 1) / BINS
    isPruned = np.abs(values).astype(np.float64) <= turned["threshold"]
    check(turned["zeros"] == int(isPruned.sum()), f"{turned['zeros']} zeros, by NumPy {isPruned.sum()}")
    check(turned["counts"] == np.histogram(values, edges)[0].tolist(), "the histogram differs from numpy.histogram's")
    check(turned["pruned"] == np.histogram(values[isPruned], edges)[0].tolist(), "the pruned part of the histogram differs")
    survivors = values[~isPruned]
    check(len(turned["values"]) == CENTROIDS, f"{len(turned['values'])} centroids instead of {CENTROIDS}")
    check(sum(turned["valueCounts"]) == len(survivors), "the centroids' counts do not add up to the survivors")
    error = squared_error(survivors, turned["values"])
    check(abs(turned["squaredError"] / error - 1) < 1e-6, f"squared error {turned['squaredError']}, by NumPy {error}")
    return survivors, error


def threshold(folder):
    import sklearn
    from sklearn.cluster import KMeans

    path, values = weights(folder)
    methods = ["optimal", "density"]
    with Pare("distribution", path) as pare:
        pare.ask("open")
        errors = {}
        for method in methods:
            survivors, errors[method] = check_turn(values, pare.ask(f"threshold 1.0 {method}"))
        turn = 0

        def ask(times):
            nonlocal turn
            for method in methods * 10:
                turn += 1
                times[method].append(pare.ask(f"threshold {1 + turn * 1e-4:.4f} {method}")["seconds"])

        times = {method: [] for method in methods}
        ask(times)
        column = survivors.reshape(-1, 1)
        start = time.perf_counter()
        peer = KMeans(CENTROIDS, init="k-means++", n_init=1, random_state=1).fit(column)
        peer_time = time.perf_counter() - start
        ask(times)
    peer_error = squared_error(survivors, peer.cluster_centers_.ravel())
    for method in methods:
        note(f"{method}: {statistics.median(times[method]) * 1e3:.2f} ms, squared error {errors[method] / peer_error:.5f} × KMeans'")
    good = [method for method in methods if errors[method] <= peer_error]
    check(good, f"squared errors {errors} are all above KMeans' {peer_error}")
    best = min(good, key=lambda method: statistics.median(times[method]))
    mine = statistics.median(times[best])
    return [row(
        "new-threshold", mine * 1e3, peer_time * 1e3, f"scikit-learn {sklearn.__version__} KMeans, {peer.n_iter_} steps", "ms",
        mine / peer_time, "ratio ≤ 0.001", peer_time >= 1000 * mine)]


# Large files


def counting(folder):
    with Pare("counting", folder) as pare:
        answer = pare.read()
    rows = []
    for name in sorted(answer["counting"]):
        # The fastest of nine: others' work slows both, but not alike.
        mine, peer = (min(answer[kind][name]) for kind in ["counting", "reading"])
        rows.append(row(
            f"counting-{name}", mine * 1e3, peer * 1e3, "reading the same memory", "ms", mine / peer, "ratio ≤ 5", mine <= 5 * peer))
    mine, peer = (statistics.median(answer[kind]) for kind in ["fileCounting", "fileReading"])
    note(f"a file of {answer['fileBytes'] / 1e6:,.0f} MB from the disk: read at {answer['fileBytes'] / peer / 1e6:,.0f} MB/s")
    rows.append(row("counting-from-disk", mine * 1e3, peer * 1e3, "reading the file", "ms", mine / peer, "ratio ≤ 2", mine <= 2 * peer))
    return rows


def budget(_):
    with Pare("budget") as pare:
        answer = pare.read()
    note(f"{answer['layers']} layers with {answer['options']} options; their whole curve is made in {answer['curve'] * 1e3:.2f} ms")
    mine, peer = statistics.median(answer["steps"]), statistics.median(answer["bisections"])
    return [row(
        "slider-step", mine * 1e3, peer * 1e3, "bisecting the multiplier", "ms", mine / peer, "< 10 ms",
        max(answer["steps"]) + answer["curve"] < 0.01)]


def search(_):
    with Pare("search") as pare:
        answer = pare.read()
    solutions = answer["solutions"]
    note(f"{answer['layers']} layers of {answer['options']} options, {answer['buckets']:,} buckets, {len(solutions)} budgets; the largest gap to the bound of the Lagrangian is {answer['gap']:.2g} of losses that add up to some {answer['layers'] / 5:.0f}")
    slowest = max(solutions) * 1e3
    reading = max(answer["readings"]) * 1e3
    return [
        row("search-solution", slowest, None, None, "ms, slowest", None, "≤ 50", slowest <= 50),
        row("search-reading", reading, None, None, "ms, slowest", None, "≤ 50", reading <= 50)]


def large(folder):
    path = Path(os.environ["PARE_LARGE"]) if "PARE_LARGE" in os.environ else folder / "large.safetensors"
    if not path.exists():
        subprocess.run([ROOT / "Scripts" / "make-large-safetensors", path], check=True, env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"})
    with open(path, "rb") as file:
        layers = len(json.loads(file.read(int.from_bytes(file.read(8), "little"))))
    with Pare("large", PROGRAMS / "pare", path, layers) as pare:
        answer = pare.read()
    keys, memory = np.percentile(answer["keys"], [50, 99]) * 1e3, answer["privateKilobytes"] * 1024 / 1e6
    note(f"{answer['fileBytes']:,} bytes, {layers:,} layers; walk: a key in {keys[0]:.1f} ms, p99 {keys[1]:.1f} ms; all read after {answer['readingAll']:.0f} s; "
         f"{answer['mappedKilobytes'] * 1024 / 1e6:,.0f} MB of the file were mapped")
    first, second, known = (answer[name] * 1e3 for name in ["firstScreen", "secondScreen", "knownAgain"])
    return [
        row("large-first-screen", first, None, None, "ms", None, "≤ 500", first <= 500),
        row("large-second-opening", second, None, None, "ms", None, "≤ 500", second <= 500),
        row("large-known-again", known, None, None, "ms", None, "≤ 500", known <= 500),
        row("large-memory", memory, None, None, "MB, private", None, "< 1,500", memory < 1500),
    ]


# Coding


def compressed(name, path):
    """Seconds and bytes of another compressor, its start counted."""
    start = time.perf_counter()
    output = subprocess.run([*COMPRESSORS[name], str(path)], stdout=subprocess.PIPE, check=True).stdout
    return time.perf_counter() - start, len(output)


def coding(folder):
    """Huffman and arithmetic codes beside xz, zstd and gzip on one core, each array encoded by all in turn; the best of each is taken."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rows = []
    with Pare("coding", MODEL, folder) as pare:
        arrays = {array["name"]: array["levels"] for array in pare.read()}
        largest = max(arrays, key=arrays.get)
        for name, levels in arrays.items():
            best = {}
            for _ in range(CODING_ROUNDS if name == largest else 1):
                for way in ["bitmap-huffman", "relative5-huffman", "dense-huffman", "arithmetic"]:
                    answer = pare.ask(f"{name} {way}")
                    known = best.setdefault(way, answer)
                    best[way] = {key: min(known[key], value) for key, value in answer.items() if value is not None}
                for peer in COMPRESSORS:
                    seconds, size = compressed(peer, folder / f"{name}.levels")
                    known = best.setdefault(peer, dict(encodeSeconds=seconds, bytes=size))
                    known["encodeSeconds"] = min(known["encodeSeconds"], seconds)
                for peer in COMPRESSORS:
                    best.setdefault(f"{peer} of floats", dict(bytes=compressed(peer, folder / f"{name}.floats")[1]))
            note(f"{name}, {levels:,} levels: " + ", ".join(f"{way} {best[way]['bytes']:,} B" for way in best))
            rows += coding_rows(name, levels, best, name == largest)
    os.sched_setaffinity(0, ALL_CORES)
    return rows


def coding_rows(name, levels, best, is_timed):
    """Sizes for every array; times where it is large enough that a program's start plays no part."""
    peers = ["xz", "zstd -19"]
    smallest = min(peers, key=lambda peer: best[peer]["bytes"])
    huffman = min((way for way in best if way.endswith("huffman")), key=lambda way: best[way]["bytes"])
    rows = []
    for title, way in [("huffman", huffman), ("arithmetic", "arithmetic")]:
        ratio = best[way]["bytes"] / best[smallest]["bytes"]
        rows.append(row(f"{title}-size-{name}", best[way]["bytes"], best[smallest]["bytes"], smallest, "bytes", ratio, "ratio < 1", ratio < 1))
    if not is_timed:
        return rows
    dense, arithmetic = best["dense-huffman"], best["arithmetic"]
    speeds = [
        ("huffman-encode", levels / dense["encodeSeconds"], 50, "M symbols/s"),
        ("huffman-decode", levels / dense["decodeSeconds"], 50, "M symbols/s"),
        ("arithmetic-encode", arithmetic["decisions"] / arithmetic["passSeconds"], 10, "M bins/s"),
        ("arithmetic-decode", arithmetic["decisions"] / arithmetic["decodeSeconds"], 10, "M bins/s"),
    ]
    for title, speed, least, unit in speeds:
        rows.append(row(title, speed / 1e6, None, None, unit, None, f"≥ {least}", speed >= least * 1e6))
    for title, way in [("huffman", huffman), ("arithmetic", "arithmetic")]:
        for peer in peers:
            mine, other = best[way]["encodeSeconds"], best[peer]["encodeSeconds"]
            rows.append(row(f"{title}-time", mine * 1e3, other * 1e3, peer, "ms", mine / other, "ratio < 1", mine < other))
    return rows


# Training


class Peer:
    """lenet-5 in PyTorch with the weights of the file, trained on the batches that Pare is trained on."""

    def __init__(self, setting, images, labels):
        import onnx
        import torch
        from onnx import numpy_helper

        self.torch, self.setting, self.images, self.labels = torch, setting, images, labels
        nn = torch.nn
        self.network = nn.Sequential(
            nn.Conv2d(1, 20, 5), nn.MaxPool2d(2), nn.Conv2d(20, 50, 5), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(800, 500),
            nn.ReLU(), nn.Linear(500, 10))
        tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(MODEL).graph.initializer}
        names = [f"{layer}.{kind}" for layer in ["conv1", "conv2", "fc1", "fc2"] for kind in ["weight", "bias"]]
        self.initial = [torch.tensor(tensors[name]) for name in names]
        if setting == "channels_last":
            self.network = self.network.to(memory_format=torch.channels_last)
        self.model = torch.compile(self.network) if setting == "compile" else self.network

    def train(self, steps):
        """Seconds and the loss of each step, from the weights of the file on."""
        torch = self.torch
        with torch.no_grad():
            for parameter, values in zip(self.network.parameters(), self.initial, strict=True):
                parameter.copy_(values.reshape(parameter.shape))
        optimizer = torch.optim.SGD(self.network.parameters(), lr=RATE, momentum=MOMENTUM)
        losses = []
        start = time.perf_counter()
        for step in range(steps):
            first = step % (len(self.images) // BATCH) * BATCH
            images = self.images[first : first + BATCH]
            if self.setting == "channels_last":
                images = images.contiguous(memory_format=torch.channels_last)
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(self.model(images), self.labels[first : first + BATCH])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return time.perf_counter() - start, losses


def training_peers():
    """Each setting of PyTorch that runs here, by its name."""
    import torch

    torch.set_num_threads(CORES)
    count = BATCH * TIMED_STEPS
    scale = np.float32(CARD["input"]["scale"])
    images = torch.tensor(idx("train-images-idx3-ubyte")[:count].astype(np.float32)[:, None] * scale)
    labels = torch.tensor(idx("train-labels-idx1-ubyte")[:count].astype(np.int64))
    peers = {}
    for setting in ["eager", "channels_last", "compile"]:
        try:
            peer = Peer(setting, images, labels)
            peer.train(1)
            peers[setting] = peer
        except Exception as error:  # torch.compile needs a C++ compiler
            check(setting == "compile", f"PyTorch {setting}: {error}")
            note(f"PyTorch compile does not run here: {type(error).__name__}")
    return peers


def training(_):
    import torch

    peers = training_peers()
    with Pare("training", MODEL) as pare:
        losses = pare.ask(str(CHECKED_STEPS))["losses"]
        for setting, peer in peers.items():
            apart = max(abs(a / b - 1) for a, b in zip(losses, peer.train(CHECKED_STEPS)[1], strict=True))
            note(f"{setting}: losses of {CHECKED_STEPS} steps differ by at most {apart:.1e} of theirs")
            check(apart <= LOSS_TOLERANCE, f"losses {losses} differ from PyTorch's ({setting}) by {apart:.1e} of theirs")
        mine, others = [], {setting: [] for setting in peers}
        for _ in range(TRAINING_ROUNDS):
            for setting, peer in peers.items():
                answer = pare.ask(str(TIMED_STEPS))
                mine.append(answer["seconds"])
                others[setting].append(peer.train(TIMED_STEPS)[0])
    medians = {setting: statistics.median(times) for setting, times in others.items()}
    for setting, seconds in medians.items():
        note(f"{setting}: {seconds * 1e3:.0f} ms for {TIMED_STEPS} steps")
    time_of_pare, memory = statistics.median(mine), answer["peakKilobytes"] * 1024 / 1e6
    rows = []
    for name, setting, least in [("training", "eager", 1.8), ("training-best", min(medians, key=medians.get), 1.15)]:
        ratio = time_of_pare / medians[setting]
        rows.append(row(
            name, time_of_pare * 1e3, medians[setting] * 1e3, f"PyTorch {torch.__version__}, {setting}", "ms", ratio,
            f"ratio ≤ 1/{least}", ratio * least <= 1))
    return [*rows, row("training-memory", memory, None, None, "MB, peak", None, "< 800", memory < 800)]


# The screen


def screen(_):
    with Pare("screen", PROGRAMS / "pare", f"{CARD['accuracy']['validation'] * 100:.2f}") as pare:
        answer = pare.read()
    keys = sorted(answer["keys"])
    busy = answer["keysDuringEvaluation"] / len(keys)
    note(f"{len(keys)} keys, {busy:.1%} of them before the evaluation had ended; median {statistics.median(keys) * 1e3:.2f} ms")
    check(busy > 0.75, f"only {busy:.1%} of the keys were typed while an evaluation ran")
    late = float(np.percentile(keys, 99)) * 1e3
    training = answer["trainingKeys"]
    share = answer["keysDuringTraining"] / len(training)
    note(f"{len(training)} keys while it trained ({share:.1%} while batches went by or an epoch was measured), {answer['trainedEpochs']} epochs finished meanwhile; "
         f"median {statistics.median(training) * 1e3:.2f} ms")
    check(share > 0.9, f"only {share:.1%} of the keys were typed while a training ran")
    trained = float(np.percentile(training, 99)) * 1e3
    idle = 100 * answer["idleTicks"] / answer["ticksPerSecond"] / 5
    memory = answer["peakKilobytes"] * 1024 / 1e6
    first, original = (statistics.median(answer[name]) * 1e3 for name in ["firstScreens", "originalAccuracies"])
    return [
        row("key-to-screen", late, None, None, "ms, p99", None, "< 16", late < 16),
        row("key-while-training", trained, None, None, "ms, p99", None, "< 16", trained < 16),
        row("idle", idle, None, None, "% CPU", None, "0.0", answer["idleTicks"] == 0),
        row("memory", memory, None, None, "MB, peak", None, "< 600", memory < 600),
        row("first-screen", first, None, None, "ms", None, "≤ 100", first <= 100),
        row("original-accuracy", original, None, None, "ms", None, "≤ 2,000", original <= 2000),
    ]


CASES = {
    "accuracy": accuracy, "open-layer": opening, "new-threshold": threshold, "counting": counting, "budget": budget, "search": search, "coding": coding,
    "training": training, "screen": screen, "sparse": sparse, "integer": integer, "latency": latency, "large": large,
}
# The large file takes 20 GB of disk and some minutes: only by name.
DEFAULT = [name for name in CASES if name != "large"]


def note(text):
    print(f"  {text}", file=sys.stderr, flush=True)


def number(value):
    return "" if value is None else f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def table(rows):
    heads = ["name", "Pare", "peer", "unit", "ratio", "asked", "holds", "peer's name"]
    lines = [heads] + [
        [r["name"], number(r["pare"]), number(r["peer"]), r["unit"], number(r["ratio"]), r["asked"], "yes" if r["holds"] else "NO",
         r["peerName"] or ""] for r in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    rightward = {1, 2, 4}
    for line in lines:
        cells = [text.rjust(width) if column in rightward else text.ljust(width) for column, (text, width) in enumerate(zip(line, widths))]
        print("  ".join(cells).rstrip())


def main():
    parser = argparse.ArgumentParser(prog="Scripts/benchmark", description="Measures Pare beside its peers, in turn on this machine.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"cases: {', '.join(CASES)} (all but large by default)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="writes the rows there too")
    parser.add_argument("--list", action="store_true", help="names the cases and leaves")
    options = parser.parse_args()
    if options.list:
        print("\n".join(CASES))
        return 0
    unknown = [name for name in options.names if name not in CASES]
    if unknown:
        parser.error(f"no case is named {', '.join(unknown)}; cases: {', '.join(CASES)}")
    rows, failed = [], False
    with tempfile.TemporaryDirectory(prefix="pare-benchmark-") as folder:
        for name in options.names or DEFAULT:
            note(f"{name} (load {os.getloadavg()[0]:.1f} on {CORES} cores)")
            try:
                rows += CASES[name](Path(folder))
            except (Wrong, OSError) as error:
                print(f"{name}: {error}", file=sys.stderr)
                failed = True
    table(rows)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    return 1 if failed else 0 if all(r["holds"] for r in rows) else 2


sys.exit(main())
