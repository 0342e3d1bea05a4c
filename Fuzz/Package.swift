// swift-tools-version:6.1
import PackageDescription

/// Coverage-guided fuzzers of Pare's readers, apart from the package that they test; `Scripts/fuzz` builds and runs them.
///
/// Each is a function `LLVMFuzzerTestOneInput`; `--sanitize=fuzzer` brings the main program. A reader's fuzzer has a target of its name and
/// a folder of first inputs under `Corpus`.
let package = Package(
    name: "fuzz",
    dependencies: [.package(name: "pare", path: "..")],
    targets: [
        .executableTarget(
            name: "ContainerFuzzer", dependencies: [.product(name: "PareLibraries", package: "pare")],
            swiftSettings: [.unsafeFlags(["-parse-as-library"])])
    ],
    swiftLanguageModes: [.v6]
)
