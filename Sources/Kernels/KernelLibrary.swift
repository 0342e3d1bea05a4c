import COneDNN

/// The library that runs the fast kernels, and the threads it uses.
public enum KernelLibrary {
    /// Name and version: `oneDNN 2.6.3`.
    public static var name: String {
        var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
        pare_onednn_version(&major, &minor, &patch)
        return "oneDNN \(major).\(minor).\(patch)"
    }

    /// The instruction set that its kernels are made for on this machine: `AVX-512`, `AVX2`.
    public static var instructionSet: String { String(cString: pare_onednn_instruction_set()) }

    /// Threads of the kernels that the calling thread runs.
    public static var threads: Int { Int(pare_thread_count()) }

    /// One thread a processor that this process may use.
    public static var defaultThreadCount: Int { Int(pare_processor_count()) }

    /// Sets the number of threads for the kernels that the calling thread builds and runs from now on.
    ///
    /// To be called before an executor is built: its kernels are planned for that number. Other threads keep theirs.
    public static func setThreads(_ count: Int) { pare_set_thread_count(Int32(clamping: max(1, count))) }
}

extension KernelLibrary {
    /// Whether kernels of 8 bits sum products in 32 bits (VNNI), of products (matrices) or of convolutions; others add pairs of them in 16 bits, and
    /// what is beyond −32,768…32,767 is cut there.
    public static func sumsBytes(products: Bool) -> Bool { pare_onednn_sums_bytes(products ? 1 : 0) != 0 }
}
