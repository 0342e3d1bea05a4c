import Foundation

// One case for each word; `Scripts/benchmark` starts them and asks for measurements in turn with those of the peers.
let arguments = CommandLine.arguments.dropFirst()
let cases: [String: ([String]) throws -> Void] = [
    "accuracy": AccuracyCase.run,
    "coding": CodingCase.run,
    "distribution": DistributionCase.run,
    "screen": ScreenCase.run,
    "training": TrainingCase.run,
]

guard let name = arguments.first, let run = cases[name] else {
    FileHandle.standardError.write(
        Data("Benchmarks accuracy MODEL | coding MODEL FOLDER | distribution FILE | screen PROGRAM | training MODEL\n".utf8))
    exit(64)
}
do {
    try run(Array(arguments.dropFirst()))
} catch {
    FileHandle.standardError.write(Data("Benchmarks \(name): \(error)\n".utf8))
    exit(70)
}
