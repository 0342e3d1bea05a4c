import Foundation

/// A folder in memory that the readers under test take their files from.
public enum FuzzFolder {
    /// Made once for the process.
    public static let path: String = {
        let path = "/dev/shm/pare-fuzz-\(getpid())"
        mkdir(path, 0o700)
        return path
    }()

    /// Writes the bytes of one input over the file of that name, in a folder beside the others where one is named; its path.
    public static func write(_ start: UnsafePointer<UInt8>?, _ count: Int, as name: String, in folder: String? = nil) -> String {
        let place = folder.map { path + "/" + $0 } ?? path
        mkdir(place, 0o700)
        let file = place + "/" + name
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        precondition(descriptor >= 0, "no file for the input")
        precondition(Foundation.write(descriptor, start, count) == count, "no room for the input")
        close(descriptor)
        return file
    }
}
