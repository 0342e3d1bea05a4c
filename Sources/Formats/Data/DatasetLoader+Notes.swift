import Networks

extension DatasetLoader {
    /// The data set with what its examples and labels are to be said of: values that are no numbers, labels of one class. Throws where no example is of
    /// numbers alone.
    func noting(_ dataset: Dataset) throws(FormatError) -> Dataset {
        var dataset = dataset
        let notFinite = dataset.notFiniteCount
        dataset.facts?.notFinite = notFinite
        let count = dataset.count
        if let notFinite, notFinite > 0, notFinite == count {
            throw FormatError(
                .malformed, file: chosenDirectory, reading: "\(dataset.split.rawValue) examples", expected: "finite numbers",
                actual: "a NaN or an infinity in each of \(count)")
        }
        let remarks = [dataset.remark, notFinite.flatMap { Self.remark(notFinite: $0, of: count) }, oneClass(dataset)].compactMap(\.self)
        dataset.remark = remarks.isEmpty ? nil : remarks.joined(separator: "; ")
        return dataset
    }

    private static func remark(notFinite: Int, of count: Int) -> String? {
        guard notFinite > 0 else { return nil }
        return
            "\(notFinite) of \(count) examples \(notFinite == 1 ? "holds" : "hold") a NaN or an infinity, which the network is given as they are"
    }

    /// Of labels that are all the same.
    private func oneClass(_ dataset: Dataset) -> String? {
        guard let first = dataset.labels.first, dataset.count > 1, let classCount, classCount > 1,
            dataset.labels.allSatisfy({ $0 == first })
        else { return nil }
        let isNamed = dataset.classNames.indices.contains(Int(first)) && dataset.classNames[Int(first)] != "\(first)"
        let name = isNamed ? " (\(quoted(dataset.classNames[Int(first)])))" : ""
        return "all \(dataset.count) examples have the label \(first)\(name): accuracy is that of one class of \(classCount)"
    }
}
