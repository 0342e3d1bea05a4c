import Engine
import Formats
import Foundation
import Tensors

/// A training's checkpoint as a safetensors file: its buffers, and in the metadata its header and what the network was.
enum CheckpointFile {
    private static let header = "pare.checkpoint"
    private static let architecture = "pare.architecture"
    private static let training = "pare.training"

    /// What stands in a file.
    struct Contents {
        var checkpoint: TrainingCheckpoint
        /// The architecture that the run began with, fresh from the recipe's seed; nil where it began with a file.
        var architecture: String?
        /// The training in its session; nil outside of one.
        var training: String?
    }

    /// Writes it beside `path`, which it then takes the place of, so that a kill leaves the one before; `isOwn`: which may have been read.
    static func write(
        _ checkpoint: TrainingCheckpoint, architecture name: String? = nil, training id: String? = nil, to path: String, isOwn: Bool = false
    ) throws(CommandFailure) {
        do {
            var metadata = [header: String(decoding: try checkpoint.json(), as: UTF8.self)]
            metadata[architecture] = name
            metadata[training] = id
            try Safetensors(checkpoint.buffers, metadata: metadata).write(to: path, isOwn: isOwn)
        } catch let error as FormatError {
            throw CommandFailure(writing: error)
        } catch {
            throw CommandFailure("\(path) can't be written: \(error)", .cannotWrite)
        }
    }

    /// Removes a file that is no longer needed; one that is not there is no matter.
    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    static func read(_ path: String) throws(CommandFailure) -> Contents {
        guard FileManager.default.fileExists(atPath: path) else { throw CommandFailure("There is no checkpoint \(path).", .noInput) }
        do {
            let file = try Safetensors(path: path)
            guard let json = file.metadata[header] else {
                throw CommandFailure("\(path) is no checkpoint of a training: its metadata have no \(header).", .badData)
            }
            let buffers = Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.key, $0.value) })
            var checkpoint = try TrainingCheckpoint(json: Data(json.utf8), buffers: buffers)
            checkpoint.file = path
            return Contents(
                checkpoint: checkpoint, architecture: file.metadata[architecture], training: file.metadata[training])
        } catch let error as CommandFailure {
            throw error
        } catch let error as FormatError {
            throw CommandFailure(error.message, .badData)
        } catch {
            throw CommandFailure("\(path): \(error)", .badData)
        }
    }
}
