import Foundation

extension Document {
    /// Puts `bytes` in the place of the file at `path`: a new file beside it, flushed, then renamed. A link keeps its target's place.
    static func replace(_ path: String, with bytes: [UInt8]) throws(PlanFileError) {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let beside = "\(target).\(getpid()).\(UInt32.random(in: .min ... .max)).new"
        let descriptor = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure(path) }
        let isWritten = writeAll(bytes, to: descriptor) && fsync(descriptor) == 0
        let writing = errno
        let isClosed = close(descriptor) == 0
        guard isWritten, isClosed, rename(beside, target) == 0 else {
            let code = isWritten ? errno : writing
            unlink(beside)
            throw failure(path, code)
        }
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = Foundation.write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }

    private static func failure(_ path: String, _ code: Int32 = errno) -> PlanFileError {
        PlanFileError(file: path, problem: .unwritable(reason: String(cString: strerror(code))))
    }
}
