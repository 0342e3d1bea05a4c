"""The tables of Deep Compression, and of the smallest files that still hold the accuracy: runs, differences, bytes of real files."""

import sys
from pathlib import Path

from recipes import ORIGINALS
from results_numbers import mean, percent, points, table
from results_runs import ROOT, RUNS, last, network, ran_on, results, test, validation, wall

# Deep Compression's Tables 2 and 3: per layer kept, weight bits and index bits (fixed, Huffman), rate (fixed, Huffman), in per cent.
PUBLISHED = {"lenet-300-100": "8 % kept, 3.1 % and 2.49 % (40 ×)", "lenet-5": "8 % kept, 3.05 % and 2.55 % (39 ×)"}
CODERS = {"prune": "relative5", "share": "relative5,relative5-huffman,smallest"}


# The seeds whose originals teach, in the place of a network's own original: chosen on validation. With five teachers lenet-5's control gained more than the network.
TEACHERS = range(1, 6)
DEEP_TEACHERS = {"lenet-300-100": TEACHERS, "lenet-5": ()}


def original(runs, architecture, seed, needed=False):
    """The network of that seed, trained from scratch; `needed` where its file is."""
    name = f"{architecture}-{seed}"
    return runs.lines(
        name, f"train --architecture {architecture} --seed {seed} {ORIGINALS[architecture]} --measure-test -o {network(name)}",
        files=[network(name)] if needed else [])


def compressed(runs, architecture, seed, schedule, kind, teachers=(), needed=False):
    """A schedule from the original of that seed, or from the end of its Deep Compression where the schedule goes on from there. The stages of
    both are kept as snapshots of a session. `teachers`: seeds whose originals all teach, in the place of its own original; `needed` where session and network are."""
    name, sessions = f"{kind}-{architecture}-{seed}", RUNS / "sessions"
    source = f"deep-{architecture}-{seed}" if kind == "smallest" else f"{architecture}-{seed}"

    def ready():
        for other in {seed, *teachers}:
            original(runs, architecture, other, needed=True)
        if kind == "smallest":
            compressed(runs, architecture, seed, f"deep-compression-{architecture}", "deep", DEEP_TEACHERS[architecture], needed=True)
        for path in sessions.glob(f"{name}.sqlite*"):
            path.unlink()
        if teachers:
            taught(schedule, architecture, teachers)

    file = RUNS / f"{schedule}.yaml" if teachers else schedule
    stages = f"--session {name} --sessions {sessions} -o {network(name)}" if kind in {"deep", "smallest"} else ""
    return runs.lines(
        name, f"compress {network(source)} --schedule {file} --seed {seed} --measure-test {stages}", needs=[ready],
        files=[sessions / f"{name}.sqlite", network(name)] if needed else [])


def taught(schedule, architecture, seeds):
    """Writes the shipped schedule with several teachers."""
    text = (ROOT / "Models" / "schedules" / f"{schedule}.yaml").read_text()
    paths = ", ".join(str(network(f"{architecture}-{seed}")) for seed in seeds)
    (RUNS / f"{schedule}.yaml").write_text(text.replace("teachers: [original]", f"teachers: [{paths}]"))


def files(runs, architecture, seed, schedule, kind, stages):
    """The bytes of the .pare files of a session's stages: {stage: coders}."""
    script, name = Path(__file__).with_name("results_bytes.py"), f"{kind}-{architecture}-{seed}"
    return runs.lines(
        f"bytes-{name}", [sys.executable, str(script), name, *(f"{stage}={coders}" for stage, coders in stages.items())],
        needs=[lambda: compressed(runs, architecture, seed, schedule, kind, TEACHERS if kind == "smallest" else DEEP_TEACHERS[architecture], needed=True)])


def short(stage):
    """`2/3 share` is `share`."""
    return stage.split(" ", 1)[-1]


# What was tried before, where test had been looked at.
TRIED = {
    "lenet-5": "Tried before on seeds 1 and 2: 8 + 2 epochs with all five originals as teachers. Network and control came to 91.96 and 91.83, 92.24 and 92.22 % on test, a loss of "
    "0.28 and 0.39 points; on validation more epochs and one teacher lost less, and were taken. Then 12 + 3 epochs with 7.2 % kept, 0.23 and 0.20 points below; on validation "
    "5 epochs of sharing at a larger rate were better. The 330 weights of conv1 are stored as floats: 256 values and their table would "
    "take more.",
}


def deep_compression(architecture):
    """Originals, control and stages, seed by seed; then the stages in bytes of real files, in the whole and by layer."""

    def make(runs, seeds):
        found = [one(runs, architecture, seed) for seed in seeds]
        names = [short(result["stage"]) for result in found[0]["stages"]]
        rows = [
            [row["seed"], f"{100 * row['original']:.2f}", f"{100 * row['control']:.2f}", *(f"{100 * test(result):.2f}" for result in row["stages"])]
            for row in found]
        return "\n\n".join([
            f"## Deep Compression of {architecture}",
            f"Schedule `Models/schedules/deep-compression-{architecture}.yaml`; {len(seeds)} seeds, each with an original of its own. Control: the "
            f"dense network trained on with the same epochs, rates and teachers{taught_by(architecture)}. Accuracy on the 10,000 test examples; everything was "
            "chosen on validation.",
            table(["seed", "original", "control", *names], rows),
            "Difference to the better of original and control, and to the original alone, in points: mean ± standard error (all seeds).",
            table(["stage", "parameters kept", "to the better", "to the original"], [difference(found, i, name) for i, name in enumerate(names)]),
            f"Real bytes: `.pare` files of the {len(seeds)} seeds, means. A file also holds biases and graph; published rates, here "
            f"{PUBLISHED[architecture]}, count the weights alone, and so does the last column.",
            table(["stage", "bytes of the file", "smaller", "weights alone"], stage_bytes(found)),
            "By layer, in the columns of Deep Compression's Tables 2 and 3: bits are bytes of the file for values or positions, fillers counted, by kept weight; "
            "rates are a layer's bytes, tables and header too, of its bytes as float32. P pruned, Q shared, H Huffman-coded, A by Pare's smallest coder (arithmetic "
            "but for small layers).",
            table(
                ["layer", "weights", "kept (P)", "weight bits (P+Q)", "weight bits (P+Q+H)", "index bits (P+Q)", "index bits (P+Q+H)", "rate (P+Q)",
                 "rate (P+Q+H)", "rate (P+Q+A)"],
                layers(found)),
            f"Time of one compression: {mean([row['seconds'] for row in found]) / 60:.1f} minutes (mean over the seeds, each on {found[0]['cores']} of a machine "
            "with other work), training of the original not counted.",
            *([TRIED[architecture]] if architecture in TRIED else []),
        ])

    return make


def taught_by(architecture):
    return ": in the place of `original` all five originals teach both (the mean of their softened outputs)" if DEEP_TEACHERS[architecture] else ""


def one(runs, architecture, seed):
    """A seed's original, control, stages and files."""
    base = test(last(original(runs, architecture, seed)))
    lines = compressed(runs, architecture, seed, f"deep-compression-{architecture}", "deep", DEEP_TEACHERS[architecture])
    control = test(last(compressed(runs, architecture, seed, f"dense-control-{architecture}", "control", DEEP_TEACHERS[architecture])))
    stages = {result["stage"]: CODERS[short(result["stage"])] for result in results(lines)}
    bytes_of = files(runs, architecture, seed, f"deep-compression-{architecture}", "deep", stages)
    return {
        "seed": seed, "original": base, "control": control, "stages": results(lines), "seconds": wall(lines), "cores": ran_on(lines),
        "files": {(short(line["stage"]), line["coder"]): line for line in bytes_of if line["event"] == "file"},
        "general": [line for line in bytes_of if line["event"] == "general"],
    }


def difference(found, i, name):
    kept = mean([row["stages"][i]["kept"] for row in found])
    to_better = [test(row["stages"][i]) - max(row["original"], row["control"]) for row in found]
    to_original = [test(row["stages"][i]) - row["original"] for row in found]
    return [name, f"{100 * kept:.2f} % (1/{1 / kept:.1f})", points(to_better), points(to_original)]


STEPS = [
    ("pruned (P): float32 values, relative index of 5 bits", "prune", "relative5"),
    ("+ shared (P+Q): fixed bits", "share", "relative5"),
    ("+ Huffman (P+Q+H)", "share", "relative5-huffman"),
    ("each layer by the smallest coder (P+Q+A)", "share", "smallest"),
]


def weights(file):
    return [row for row in file["rows"] if row["role"] == "weight"]


def stage_bytes(found):
    rows = []
    for title, stage, coder in STEPS:
        files = [row["files"][(stage, coder)] for row in found]
        alone = [4 * sum(row["weights"] for row in weights(file)) / sum(row["bytes"] for row in weights(file)) for file in files]
        rows.append([
            title, f"{mean([file['bytes'] for file in files]):,.0f}", f"{mean([file['originalBytes'] / file['bytes'] for file in files]):.1f} ×",
            f"{mean(alone):.1f} ×"])
    return rows


def layers(found):
    """Deep Compression's columns for each layer and for all weights together."""
    count = len(weights(found[0]["files"][("share", "smallest")]))
    parts = [slice(i, i + 1) for i in range(count)] + [slice(0, count)]
    return [layer([[weights(row["files"][("share", coder)])[part] for coder in ("relative5", "relative5-huffman", "smallest")] for row in found]) for part in parts]


def layer(seeds):
    """One row of the table; seeds[seed][coder] are the rows of `pare info` that it sums over."""
    def total(rows, key):
        return sum(row[key] for row in rows)

    def bits(coder, key):
        return f"{mean([8 * total(seed[coder], key) / total(seed[coder], 'nonzero') for seed in seeds]):.1f}"

    def rate(coder):
        return f"{mean([100 * total(seed[coder], 'bytes') / (4 * total(seed[coder], 'weights')) for seed in seeds]):.2f} %"

    first = seeds[0][0]
    name = first[0]["name"] if len(first) == 1 else "total"
    kept = mean([total(seed[0], "nonzero") / total(seed[0], "weights") for seed in seeds])
    return [
        name, f"{total(first, 'weights'):,}", f"{100 * kept:.1f} %", bits(0, "values"), bits(1, "values"), bits(0, "positions"), bits(1, "positions"),
        rate(0), rate(1), rate(2)]


def smallest(architecture):
    """The smallest files within 0.2 and within 0.5 points of the original: the schedule's quantized stages, as chosen on validation."""

    def make(runs, seeds):
        found = [smallest_one(runs, architecture, seed) for seed in seeds]
        names = [short(result["stage"]) for result in found[0]["points"]]
        rows = []
        for i, name in enumerate(names):
            files_of = [row["files"][i] for row in found]
            rows.append([
                name, f"{100 * mean([row['points'][i]['kept'] for row in found]):.2f} %", f"{mean([file['bytes'] for file in files_of]):,.0f}",
                f"{mean([file['originalBytes'] / file['bytes'] for file in files_of]):.1f} ×",
                ", ".join(f"{file['originalBytes'] / file['bytes']:.1f}" for file in files_of),
                percent([test(row["points"][i]) for row in found]),
                points([test(row["points"][i]) - row["original"] for row in found])])
        return "\n\n".join([
            f"## The smallest files of {architecture}",
            f"Schedule `Models/schedules/smallest-{architecture}.yaml` goes on from the end of Deep Compression: it prunes further and further, and after each prune quantizes the weights to few "
            f"values (2 bits in most layers) and the biases to 8 bits. {len(seeds)} seeds with the originals of above ({percent([row['original'] for row in found])} %). Levels and bits were "
            "chosen on validation so that the stages lie within 0.2 and within 0.5 points of the original. Bytes are those of whole `.pare` "
            "files: graph, biases and checksums too."
            + (" Weight decay acted on the linear weights of the convolutions in these runs, not on the centroids of the dense layers, where it acts as well." if architecture == "lenet-5" else ""),
            table(["stage", "weights kept", "bytes", "smaller", "smaller, by seed", "test accuracy", "to the original, in points"], rows),
            "The same weights beside general compressors, seed by seed means, in bytes: of the float32 values (`pare export --format safetensors`, the header left out), "
            "and of their level indices, a byte a weight, with the tables of values (biases too).",
            table(["stage", ".pare", *(f"{tool}, {kind}" for kind in ["floats", "levels"] for tool in GENERAL)], [
                [name, f"{mean([row['files'][i]['bytes'] for row in found]):,.0f}", *(general_bytes([row["general"][i] for row in found]))]
                for i, name in enumerate(names)]),
            f"Time of one run: {mean([row['seconds'] for row in found]) / 60:.1f} minutes (mean, each on {found[0]['cores']} of a machine with other work).",
            TRIED_SMALLEST[architecture],
        ])

    return make


TRIED_SMALLEST = {
    "lenet-300-100": "Tried before, and given up for what validation said: 1.75 % kept in the nearer stage. It was 184 × smaller and 0.22 points below the originals on test (3 seeds: -0.37, "
    "+0.06, -0.36), 0.36 on validation.",
    "lenet-5": "Tried before, and given up for what validation said: 1.46 % kept in the nearer stage, 0.28 points below the original on validation, 0.41 on test (one seed).",
}
GENERAL = ["gzip -9", "xz -9e", "zstd -19"]


def general_bytes(lines):
    return [f"{mean([line[kind][tool] for line in lines]):,.0f}" for kind in ["floats", "levels"] for tool in GENERAL]


def smallest_one(runs, architecture, seed):
    base = test(last(original(runs, architecture, seed)))
    lines = compressed(runs, architecture, seed, f"smallest-{architecture}", "smallest", TEACHERS)
    measured = [result for result in results(lines) if short(result["stage"]).startswith("quantize")]
    of = files(runs, architecture, seed, f"smallest-{architecture}", "smallest", {result["stage"]: "smallest" for result in measured})
    return {
        "original": base, "points": measured, "seconds": wall(lines), "cores": ran_on(lines),
        "files": [line for line in of if line["event"] == "file"], "general": [line for line in of if line["event"] == "general"],
    }
