import CProcess

/// Whether enough files can be opened: libraries end the program where they can't open theirs (libdispatch its epoll, in the middle of the work).
enum DescriptorLimit {
    /// A session's file, log, index, lock and journal, a network, data, an output, and what libdispatch keeps.
    private static let needed: Int32 = 12

    /// Raises the limit as far as that is allowed; throws where it is too low.
    static func check() throws(CommandFailure) {
        cprocess_raise_descriptor_limit()
        let free = cprocess_free_descriptors(needed)
        guard free < needed else { return }
        throw CommandFailure(
            "\(needed) files must be open at once and only \(free) more can be (ulimit -n is \(cprocess_descriptor_limit())): "
                + "raise the limit, for example by ulimit -n 256.", .unavailable)
    }
}
