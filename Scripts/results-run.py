"""Runs the trainings behind Docs/Results.md and writes its tables.

Every run is one command of `pare`, kept as the lines of JSON that it prints (.results/NAME.jsonl) once it is finished; a run that is there
is not run again, so the whole can be stopped at any time and goes on where it was. Needs no packages.
"""

import argparse
import json
import math
import os
import platform
import shlex
import subprocess
import sys
import time
from pathlib import Path

from recipes import ORIGINALS

ROOT = Path(__file__).resolve().parent.parent
PARE = Path(os.environ.get("PARE_PROGRAM") or ROOT / ".build" / "release" / "pare")
RUNS = Path(os.environ.get("PARE_RESULTS") or ROOT / ".results")
PAGE = ROOT / "Docs" / "Results.md"

STUDENT = "--architecture mlp-50-50 --epochs 20 --rate 0.05 --warm-up 1 --nesterov --weight-decay 0.0001"


def run(name, arguments):
    """The lines of a run, made now or kept from before."""
    kept = RUNS / f"{name}.jsonl"
    if not kept.exists():
        RUNS.mkdir(parents=True, exist_ok=True)
        command = [str(PARE), *shlex.split(arguments), "--json"]
        print(f"  {name}: pare {arguments}", file=sys.stderr, flush=True)
        start = time.time()
        part = kept.with_suffix(".part")
        with open(part, "w") as output:
            subprocess.run(command, stdout=output, check=True)
        with open(part, "a") as output:
            output.write(json.dumps({"event": "wall", "seconds": time.time() - start, "cores": cores()}) + "\n")
        part.rename(kept)
    return [json.loads(line) for line in kept.read_text().splitlines()]


def cores():
    return len(os.sched_getaffinity(0))


def results(lines):
    return [line for line in lines if line["event"] == "result"]


def wall(*runs):
    return sum(line["seconds"] for lines in runs for line in lines if line["event"] == "wall")


def ran_on(lines):
    """How many cores a run had."""
    had = [line.get("cores", os.cpu_count()) for line in lines if line["event"] == "wall"][0]
    return "one core" if had == 1 else f"{had} cores"


def network(name):
    return RUNS / f"{name}.onnx"


def original(architecture, seed):
    name = f"{architecture}-{seed}"
    return run(
        name, f"train --architecture {architecture} --seed {seed} {ORIGINALS[architecture]} --measure-test -o {network(name)}")


def compressed(architecture, seed, schedule, name):
    return run(
        f"{name}-{architecture}-{seed}",
        f"compress {network(f'{architecture}-{seed}')} --schedule {schedule} --seed {seed} --measure-test "
        f"-o {network(f'{name}-{architecture}-{seed}')}")


# Numbers


def mean(values):
    return sum(values) / len(values)


def error(values):
    """The standard error of the mean; nan for fewer than two."""
    if len(values) < 2:
        return math.nan
    centre = mean(values)
    return math.sqrt(sum((value - centre) ** 2 for value in values) / (len(values) - 1) / len(values))


def points(values):
    """Fractions as percentage points: mean, standard error, all values."""
    shown = ", ".join(f"{100 * value:+.2f}" for value in values)
    return f"{100 * mean(values):+.2f} ± {spread(values)} ({shown})"


def spread(values):
    """The standard error in points; a dash for one value."""
    return f"{100 * error(values):.2f}" if len(values) > 1 else "–"


def percent(values):
    return f"{100 * mean(values):.2f} ± {spread(values)}"


def table(titles, rows):
    lines = ["| " + " | ".join(titles) + " |", "|" + "---|" * len(titles)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


# Tables


def deep_compression(architecture):
    def make(seeds):
        stages, rows, per_layer, times = {}, [], {}, []
        losses = {}
        for seed in seeds:
            first = original(architecture, seed)
            run_lines = compressed(architecture, seed, f"deep-compression-{architecture}", "deep")
            control = results(compressed(architecture, seed, f"dense-control-{architecture}", "control"))[-1]
            base = results(first)[-1]["test"]["current"]
            dense = control["test"]["current"]
            times.append(wall(run_lines))
            cells = [seed, f"{100 * base:.2f}", f"{100 * dense:.2f}"]
            for result in results(run_lines):
                name = result["stage"].split(" ", 1)[1]
                stages.setdefault(name, []).append(result)
                losses.setdefault(name, []).append(result["test"]["current"] - max(base, dense))
                cells.append(f"{100 * result['test']['current']:.2f}")
            rows.append(cells)
        names = list(stages)
        summary = []
        for name in names:
            kept = [result["kept"] for result in stages[name]]
            ratio = [result["originalBytes"] / result["bytes"] for result in stages[name]]
            summary.append([
                name, f"{100 * mean(kept):.2f} % (1/{1 / mean(kept):.1f})", f"{mean(ratio):.1f} ×",
                f"{mean([result['bytes'] for result in stages[name]]):,.0f}", points(losses[name])])
        last = stages[names[-1]]
        layers = [
            [layer["name"], f"{layer['weights']:,}", f"{100 * mean([r['layers'][i]['kept'] for r in last]):.1f} %",
             f"{layer['representation']} {layer['bits']}",
             f"{mean([r['layers'][i]['sparseBytes'] for r in last]):,.0f}",
             f"{mean([r['layers'][i]['bytes'] for r in last]):,.0f}",
             f"{mean([4 * layer['weights'] / r['layers'][i]['bytes'] for r in last]):.1f} ×"]
            for i, layer in enumerate(last[0]["layers"])]
        return "\n\n".join([
            f"## Deep Compression of {architecture}",
            f"Schedule `Models/schedules/deep-compression-{architecture}.yaml`; {len(seeds)} seeds, each with an original of its own. Control: the "
            "dense network trained on with the same epochs, rates and teacher. The difference is the accuracy on the 10,000 test examples minus "
            "that of the better of original and control, in points: mean ± standard error (all seeds). Sizes are estimated in the accounting "
            "“han” (biases not counted).",
            table(["seed", "original", "control", *names], rows),
            table(["stage", "parameters kept", "smaller", "bytes", "difference in points"], summary),
            "Per layer, after the last stage, means:",
            table(["layer", "weights", "kept", "values", "sparse bytes", "Huffman-coded", "smaller"], layers),
            f"Time of one compression: {mean(times) / 60:.1f} minutes (mean over the seeds, each on {ran_on(run_lines)}), training of the "
            "original not counted.",
        ])

    return make


def distillation(seeds):
    temperatures = [1, 2, 4, 8]
    teachers, plain, soft = [], [], {t: [] for t in temperatures}

    def distilled(seed, t):
        soft[t].append(results(run(
            f"distilled-T{t}-{seed}",
            f"train {STUDENT} --seed {seed} --teacher {network(f'lenet-5-{seed}')} --temperature {t} --distillation 0.7 --measure-test"))[-1])

    for seed in seeds:
        teachers.append(results(original("lenet-5", seed))[-1])
        plain.append(results(run(f"student-{seed}", f"train {STUDENT} --seed {seed} --measure-test"))[-1])
        for t in temperatures:
            distilled(seed, t)

    def test(rows):
        return [row["test"]["current"] for row in rows]

    def validation(rows):
        return [row["validation"]["current"] for row in rows]

    best = max(temperatures, key=lambda t: mean(validation(soft[t])))
    gain = [b - a for a, b in zip(test(plain), test(soft[best]))]
    return "\n\n".join([
        "## Distillation",
        f"Teacher lenet-5 (431,080 parameters), student mlp-50-50 (42,310, 1/10.2), {len(seeds)} seeds, each with a teacher of its own; both kinds "
        "of student train with the same epochs, rates and order of examples, and neither augments. The temperature was chosen by the mean "
        "accuracy on validation.",
        table(["network", "test accuracy"], [
            ["teacher", percent(test(teachers))], ["student, labels only", percent(test(plain))],
            [f"student, soft targets at T = {best}, weight 0.7", percent(test(soft[best]))], ["gain in points", points(gain)]]),
        "Temperatures, accuracy on validation:",
        table(["T", "validation", "against labels only, in points"], [
            [t, percent(validation(soft[t])), points([b - a for a, b in zip(validation(plain), validation(soft[t]))])] for t in temperatures]),
    ])


BITS = ["1", "ternary", "2", "3", "4", "8"]


def bits(seeds):
    rows = []
    for architecture in ["lenet-300-100"]:
        seed = seeds[0]
        base = results(original(architecture, seed))[-1]
        for width in BITS:
            cells = [architecture, width]
            for kind in ["plain", "distilled"]:
                lines = compressed(architecture, seed, f"bits-{width}-{kind}", f"bits-{width}-{kind}")
                cells.append(f"{100 * (results(lines)[-1]['validation']['current'] - base['validation']['current']):+.2f}")
            rows.append(cells)
    return "\n\n".join([
        "## Bits",
        "Weights of every layer at so many bits (1: binary with a scale per channel, else linear; schedules `bits-…` in Models/schedules), "
        "five epochs of retraining with straight-through gradients. Difference to the original on validation, in points, one seed.",
        table(["network", "bits", "labels only", "distilled from the original"], rows),
    ])


def architectures(seeds):
    rows = []
    for architecture in ["lenet-5", "firenet"]:
        found = [results(original(architecture, seed))[-1] for seed in seeds]
        rows.append([
            architecture, f"{found[0]['originalBytes'] // 4:,}", f"{found[0]['originalBytes']:,}",
            percent([row["test"]["current"] for row in found])])
    return "\n\n".join([
        "## firenet beside lenet-5", table(["network", "parameters", "bytes", "test accuracy"], rows)])


TABLES = {
    "deep-compression-lenet-300-100": (deep_compression("lenet-300-100"), 5),
    "deep-compression-lenet-5": (deep_compression("lenet-5"), 5),
    "distillation": (distillation, 5),
    "bits": (bits, 1),
    "architectures": (architectures, 1),
}


def page(parts):
    """Puts the tables that were made into the page, each between its marks; the rest stays."""
    text = PAGE.read_text() if PAGE.exists() else "# Results\n"
    for name, body in parts.items():
        start, end = f"<!-- table {name} -->", f"<!-- end {name} -->"
        block = f"{start}\n{body}\n\nMade by `Scripts/results {name}`.\n{end}"
        if start in text:
            text = text[: text.index(start)] + block + text[text.index(end) + len(end):]
        else:
            text = text.rstrip() + "\n\n" + block + "\n"
    PAGE.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=", ".join(TABLES))
    parser.add_argument("--seeds", type=int, help="fewer seeds than the table has: 1 is its quick setting")
    parser.add_argument("--only-seed", type=int, metavar="SEED", help="only make this seed's runs: for several at once, a core each")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list:
        return print("\n".join(TABLES))
    for name in options.tables or TABLES:
        if name not in TABLES:
            sys.exit(f"results: there is no table {name}; there are {', '.join(TABLES)}")
    for name in options.tables or TABLES:
        make, seeds = TABLES[name]
        if options.only_seed:
            make([options.only_seed])
            continue
        body = make(list(range(1, (options.seeds or seeds) + 1)))
        print(body)
        page({name: body})


if __name__ == "__main__":
    main()
