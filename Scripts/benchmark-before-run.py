"""Asks two builds of Pare the same questions in turn (A B, B A, …) and gives the median of the paired ratios of their seconds.

The interval holds the true median with at least 95 %: two order statistics of the ratios, whatever their distribution.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import tempfile
from pathlib import Path

import numpy as np

DATA = Path(os.environ.get("PARE_DATA") or "/usr/share/datasets/fashion-mnist")
WEIGHTS = 25_000_000


class Build:
    """The programs of one checkout."""

    def __init__(self, root):
        self.programs, self.models = root / ".build" / "release", root / "Models"
        self.model = self.models / "lenet-5.onnx"

    def start(self, *arguments):
        # What `pare` sets for itself by starting again: idle OpenMP threads stop spinning soon.
        return subprocess.Popen(
            [self.programs / "Benchmarks", *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={"GOMP_SPINCOUNT": "1000", **os.environ})

    def once(self, *arguments):
        with self.start(*arguments) as process:
            return json.loads(process.communicate()[0])


def ask(process, line):
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


class Pairs:
    """Seconds (or kilobytes) of both builds under the name of a row."""

    def __init__(self, builds):
        self.builds, self.rows, self.turn = builds, {}, 0

    def add(self, name, mine, earlier):
        self.rows.setdefault(name, []).append((mine, earlier))

    def both(self, measure):
        """`measure` of each build, the other one first each time."""
        self.turn += 1
        order = [0, 1] if self.turn % 2 else [1, 0]
        values = dict((index, measure(self.builds[index])) for index in order)
        return values[0], values[1]

    def conversation(self, *arguments):
        """Two programs that are open together, in the builds' order."""
        return {build: build.start(*(argument(build) if callable(argument) else argument for argument in arguments)) for build in self.builds}


def close(processes):
    for process in processes.values():
        process.stdin.close()
        process.wait()


def accuracy(pairs, _):
    processes = pairs.conversation("accuracy", lambda build: build.model)
    for process in processes.values():
        process.stdout.readline()
    for turn in range(40):
        for parameter, name in [("conv1.weight", "accuracy"), ("fc1.weight", None), ("fc1.weight", "accuracy-after-fc1"),
                                ("fc2.weight", None), ("fc2.weight", "accuracy-after-fc2")]:
            ratio = 0.4 + turn * 1e-3 + (0 if name else 5e-4)
            found = pairs.both(lambda build: ask(processes[build], f"{parameter} {ratio:.4f}"))
            assert found[0]["right"] == found[1]["right"], f"{parameter} at {ratio}: {found}"
            if name:
                pairs.add(name, *(answer["seconds"] for answer in found))
    close(processes)


def distribution(pairs, folder):
    path = folder / "weights.npy"
    np.save(path, np.random.default_rng(1).laplace(0, 0.05, WEIGHTS).astype(np.float32))
    processes = pairs.conversation("distribution", path)
    for _ in range(15):
        pairs.add("open-layer", *(answer["seconds"] for answer in pairs.both(lambda build: ask(processes[build], "open"))))
    for turn in range(40):
        for method in ["optimal", "density"]:
            line = f"threshold {1 + turn * 1e-3:.4f} {method}"
            pairs.add(f"new-threshold-{method}", *(answer["seconds"] for answer in pairs.both(lambda build: ask(processes[build], line))))
    close(processes)


def counting(pairs, folder):
    for _ in range(9):
        mine, earlier = pairs.both(lambda build: build.once("counting", folder))
        for name in mine["counting"]:
            pairs.add(f"counting-{name}", min(mine["counting"][name]), min(earlier["counting"][name]))
        pairs.add("counting-from-disk", *(statistics.median(answer["fileCounting"]) for answer in (mine, earlier)))


def coding(pairs, folder):
    processes = pairs.conversation("coding", lambda build: build.model, folder)
    arrays = [{array["name"]: array["levels"] for array in json.loads(process.stdout.readline())} for process in processes.values()]
    largest = max(arrays[0], key=arrays[0].get)
    for _ in range(15):
        for title, way in [("huffman", "dense-huffman"), ("arithmetic", "arithmetic")]:
            mine, earlier = pairs.both(lambda build: ask(processes[build], f"{largest} {way}"))
            assert mine["bytes"] == earlier["bytes"], f"{way}: {mine}, {earlier}"
            for key, word in [("encodeSeconds", "encode"), ("decodeSeconds", "decode")]:
                pairs.add(f"{title}-{word}", mine[key], earlier[key])
    close(processes)


def training(pairs, _):
    processes = pairs.conversation("training", lambda build: build.model)
    for _ in range(20):
        mine, earlier = pairs.both(lambda build: ask(processes[build], "94"))
        pairs.add("training", mine["seconds"], earlier["seconds"])
    pairs.add("training-memory", mine["peakKilobytes"], earlier["peakKilobytes"])
    close(processes)


def screen(pairs, _):
    accuracy = f"{json.loads((pairs.builds[0].models / 'lenet-5.json').read_text())['accuracy']['validation'] * 100:.2f}"
    for _ in range(5):
        answers = pairs.both(lambda build: build.once("screen", build.programs / "pare", accuracy))
        for name, key in [("first-screen", "firstScreens"), ("original-accuracy", "originalAccuracies")]:
            for found in zip(*(answer[key] for answer in answers)):
                pairs.add(name, *found)
        for name, key in [("key-to-screen", "keys"), ("key-while-training", "trainingKeys")]:
            for part, place in [("p50", 50), ("p99", 99)]:
                pairs.add(f"{name}-{part}", *(float(np.percentile(answer[key], place)) for answer in answers))
        pairs.add("memory", *(answer["peakKilobytes"] for answer in answers))


CASES = {"accuracy": accuracy, "distribution": distribution, "counting": counting, "coding": coding, "training": training, "screen": screen}


def interval(ratios):
    """Two order statistics between which the median lies with at least 95 %; the extremes where there are too few."""
    count, tail, rank = len(ratios), 0.0, 0
    while tail + math.comb(count, rank) / 2**count <= 0.025:
        tail += math.comb(count, rank) / 2**count
        rank += 1
    rank = max(0, rank - 1)
    return sorted(ratios)[rank], sorted(ratios)[count - 1 - rank]


def table(rows):
    lines = [["row", "pairs", "now", "before", "ratio", "95 %"]]
    found = []
    for name, pairs in rows.items():
        ratios = [mine / earlier for mine, earlier in pairs]
        now, before = (statistics.median(column) for column in zip(*pairs))
        low, high = interval(ratios)
        found.append(dict(name=name, pairs=len(pairs), now=now, before=before, ratio=statistics.median(ratios), low=low, high=high))
        lines.append([name, str(len(pairs)), f"{now:.4g}", f"{before:.4g}", f"{statistics.median(ratios):.3f}", f"{low:.3f}…{high:.3f}"])
    widths = [max(map(len, column)) for column in zip(*lines)]
    for line in lines:
        print(line[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:])), sep="  ", flush=True)
    return found


def main():
    parser = argparse.ArgumentParser(prog="Scripts/benchmark-before", description="Measures this Pare beside that of an earlier commit.")
    parser.add_argument("now", type=Path)
    parser.add_argument("before", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"cases: {', '.join(CASES)} (all by default)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="writes the rows there too")
    options = parser.parse_args()
    pairs = Pairs([Build(options.now), Build(options.before)])
    with tempfile.TemporaryDirectory(prefix="pare-before-") as folder:
        for name in options.names or CASES:
            CASES[name](pairs, Path(folder))
            rows = table(pairs.rows)
    if options.json:
        options.json.write_text(json.dumps(rows, indent=2) + "\n")


main()
