import Foundation
import Yams

/// YAML files that Pare reads and writes: plans and schedules.
enum Document {
    /// Longer files are refused before they are parsed.
    static let maximumByteCount = 1 << 20

    /// The text of a file.
    static func text(of path: String) throws(PlanFileError) -> String {
        let data = try bytes(of: path)
        guard data.count <= maximumByteCount else {
            throw PlanFileError(file: path, problem: .tooLarge(limit: maximumByteCount))
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw PlanFileError(file: path, problem: .notText)
        }
        return text
    }

    /// The mapping that a text of at most ``maximumByteCount`` bytes holds, without anchors and aliases.
    static func root(of text: String) throws(PlanFileError) -> DocumentMapping {
        guard text.utf8.count <= maximumByteCount else { throw PlanFileError(problem: .tooLarge(limit: maximumByteCount)) }
        try DocumentGuard.check(text)
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

    private static func bytes(of path: String) throws(PlanFileError) -> Data {
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? handle.close() }
            return try handle.read(upToCount: maximumByteCount + 1) ?? Data()
        } catch {
            throw PlanFileError(file: path, problem: .unreadable(reason: reason(error)))
        }
    }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        let code = underlying?.domain == NSPOSIXErrorDomain ? underlying?.code : nil
        return code.map { String(cString: strerror(Int32($0))) } ?? error.localizedDescription
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
