import Documents
import Files
import Yams

/// YAML files that Pare reads and writes: plans and schedules.
enum Document {
    /// Longer files are refused before they are parsed.
    static let maximumByteCount = 1 << 20

    /// The text of a file, `-` for standard input; without `isStreamAllowed` of a regular file only, so that nothing is waited for.
    static func text(of path: String, isStreamAllowed: Bool = true) throws(PlanFileError) -> String {
        let bytes: [UInt8]
        do throws(InputError) {
            bytes = try InputFile.contents(path, limit: maximumByteCount, isStreamAllowed: isStreamAllowed)
        } catch {
            throw PlanFileError(error)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw PlanFileError(file: path, problem: .notText)
        }
        return text
    }

    /// The mapping that a text of at most ``maximumByteCount`` bytes holds, without anchors and aliases.
    static func root(of text: String) throws(PlanFileError) -> DocumentMapping {
        guard text.utf8.count <= maximumByteCount else { throw PlanFileError(problem: .tooLarge(limit: maximumByteCount)) }
        do { try YAMLGuard.check(text) } catch { throw PlanFileError(error) }
        return try DocumentMapping(DocumentNode(node: compose(text), path: ""))
    }

    /// The tree of one document; scalars stay text, so that `on` or `1:30` is never taken for something else.
    private static func compose(_ text: String) throws(PlanFileError) -> Node {
        do {
            guard let node = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() else {
                return Node("")
            }
            return node
        } catch let error as YamlError {
            throw PlanFileError(error)
        } catch {
            throw PlanFileError(problem: .syntax("\(error)"))
        }
    }
}

extension PlanFileError {
    /// A file that can't be read.
    init(_ error: InputError) {
        if case .tooLarge(let limit) = error.problem {
            self.init(file: error.path, problem: .tooLarge(limit: limit))
        } else {
            self.init(file: error.path, problem: .unreadable(reason: error.reason))
        }
    }
}

extension DocumentMapping {
    /// - Throws: where `version` is missing, newer than `known` or none.
    func checkVersion(known: Int) throws(PlanFileError) {
        let node = try required("version")
        let version = try node.wholeNumber()
        if version > known { throw node.error(.newerVersion(version, known: known)) }
        if version < 1 { throw node.unknown(String(version), among: [String(known)]) }
    }
}
