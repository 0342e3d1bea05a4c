import Foundation

// One case for each word; `Scripts/benchmark` starts them and asks for measurements in turn with those of the peers.
let arguments = CommandLine.arguments.dropFirst()
let cases: [String: ([String]) throws -> Void] = [
    "accuracy": AccuracyCase.run,
    "budget": BudgetCase.run,
    "coding": CodingCase.run,
    "counting": CountingCase.run,
    "distribution": DistributionCase.run,
    "gradients": GradientsCase.run,
    "integer": IntegerCase.run,
    "large": LargeCase.run,
    "latency": LatencyCase.run,
    "networks": NetworksCase.run,
    "outputs": OutputsCase.run,
    "screen": ScreenCase.run,
    "search": SearchCase.run,
    "sparse": SparseCase.run,
    "training": TrainingCase.run,
]

guard let name = arguments.first, let run = cases[name] else {
    let usage =
        "accuracy MODEL | budget | coding MODEL FOLDER | counting FOLDER | distribution FILE | gradients NETWORK STEP | integer | large PROGRAM FILE LAYERS | latency NAME… | networks FOLDER NAME REPEATS | outputs NETWORK INPUTS OUTPUTS REPEATS | screen PROGRAM | search | sparse MODEL | training MODEL"
    FileHandle.standardError.write(Data("Benchmarks \(usage)\n".utf8))
    exit(64)
}
do {
    try run(Array(arguments.dropFirst()))
} catch {
    FileHandle.standardError.write(Data("Benchmarks \(name): \(error)\n".utf8))
    exit(70)
}
