// swift-tools-version:6.1
import PackageDescription

/// One of Pare's modules: its name, the modules of Pare that it may import, and the packages it uses.
///
/// `Scripts/check` holds every `import` line of `Sources` against this table.
struct Module {
    let name: String
    var imports: [String] = []
    var products: [Target.Dependency] = []
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let collections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let database = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")

/// The modules in the order in which the data goes through them: file → network → plan → numbers → frame → terminal.
let modules = [
    Module(name: "Files", imports: ["CProcess"]),
    Module(name: "Tensors", imports: ["CKernels", "CCrypto", "CMapping"]),
    Module(name: "Networks", imports: ["Tensors"], products: [collections]),
    Module(name: "Formats", imports: ["Files", "Tensors", "Networks", "CZlib", "CImages"], products: [protobuf, collections]),
    Module(name: "Kernels", imports: ["Tensors", "Networks", "COneDNN", "CKernels"]),
    Module(name: "Compression", imports: ["Tensors", "Networks", "CKernels"], products: [collections]),
    Module(name: "Reports", imports: ["Tensors", "Networks", "Compression"]),
    Module(name: "Engine", imports: ["Tensors", "Networks", "Kernels", "Compression", "Reports"], products: [collections]),
    Module(name: "Documents", products: [yaml]),
    Module(
        name: "Exports", imports: ["Files", "Tensors", "Networks", "Formats", "Compression", "Documents"], products: [yaml]),
    Module(
        name: "Sessions", imports: ["Files", "Tensors", "Networks", "Formats", "Compression", "Reports", "CSQLite"], products: [database]),
    Module(name: "Frames", imports: ["Tensors"]),
    Module(name: "Themes", imports: ["Frames", "Documents"], products: [yaml]),
    Module(
        name: "Screens",
        imports: [
            "Tensors", "Networks", "Compression", "Reports", "Engine", "Exports", "Sessions", "Frames", "Themes",
        ]),
    Module(name: "Terminal", imports: ["Frames", "Themes", "CTerminal"]),
    Module(
        name: "Commands",
        imports: [
            "Tensors", "Networks", "Formats", "Kernels", "Compression", "Reports", "Engine", "Exports", "Sessions",
            "Frames", "Themes", "Screens", "Terminal", "CTerminal", "Files", "CProcess",
        ],
        products: [argumentParser]),
]

let libraries: [Target] = modules.map { module in
    .target(name: module.name, dependencies: module.imports.map { .init(stringLiteral: $0) } + module.products)
}

/// Modules whose tests keep their expected drawings beside them, in a folder `Golden`.
let drawing: Set = ["Frames", "Screens"]

/// What the tests of a module need beyond its own imports: programs that they start, readers of the files that they use.
let programs: [String: [Target.Dependency]] = [
    "Terminal": ["TerminalProbe"], "Commands": ["Pare"], "Networks": ["Kernels"], "Kernels": ["Formats"], "Engine": ["Formats"],
]

let tests: [Target] = modules.map { module in
    .testTarget(
        name: "\(module.name)Tests",
        dependencies: [.init(stringLiteral: module.name), "TestSupport"]
            + module.imports.map { .init(stringLiteral: $0) } + module.products + (programs[module.name] ?? []),
        exclude: drawing.contains(module.name) ? ["Golden"] : [])
}

let package = Package(
    name: "pare",
    products: [
        .executable(name: "pare", targets: ["Pare"]),
        // For the fuzzers, a package of their own.
        .library(name: "PareLibraries", type: .static, targets: ["Formats", "Compression", "Exports"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        // No traits: more than one are handed to the compiler in an order that changes from build to build, and everything is compiled again.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        .target(name: "CMapping"),
        .target(name: "CProcess", dependencies: ["CMapping"]),
        .target(name: "CTerminal", dependencies: ["CProcess"]),
        .target(name: "COneDNN"),
        .target(name: "CZlib"),
        .target(name: "CSQLite"),
        .target(name: "CImages"),
        .target(name: "CCrypto"),
        .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])]),
        .executableTarget(name: "Pare", dependencies: ["Commands"]),
        .executableTarget(
            name: "Benchmarks",
            dependencies: ["Networks", "Tensors", "Formats", "Kernels", "Compression", "Reports", "Engine", "TestSupport"],
            path: "Benchmarks"),
        .executableTarget(
            name: "TerminalProbe", dependencies: ["Terminal", "Frames", "Themes"], path: "Tests/TerminalProbe"),
        .target(name: "TestSupport", dependencies: ["Tensors", "Networks", "Compression"], path: "Tests/TestSupport"),
    ] + libraries + tests,
    swiftLanguageModes: [.v6]
)
