/// How Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017) is recognized and named.
enum FashionMNIST {
    static let name = "Fashion-MNIST"

    static let classNames = [
        "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
    ]

    /// SHA-256 of the labels, one byte each: the 60,000 of the training file and the 10,000 of the test file.
    ///
    /// Made by: `gunzip -c train-labels-idx1-ubyte.gz | tail -c +9 | sha256sum`.
    static let labelHashes: Set<String> = [
        "657fbd221bfc9f4198cc14b5619cc33ec57c58dd0e47af4d99d6650759e869a7",
        "3d0e6c6ea990b53b6f8f500a41cac93881d981b315f84578b7d915342ade01e9",
    ]

    /// Whether all labels of a file are those of its training or its test file.
    static func hasLabels(_ labels: [Int32]) -> Bool {
        guard labels.count == 60_000 || labels.count == 10_000 else { return false }
        let bytes = labels.map { UInt8(truncatingIfNeeded: $0) }
        return labelHashes.contains(bytes.withUnsafeBytes { FileHash.sha256(parts: [$0]) })
    }
}
