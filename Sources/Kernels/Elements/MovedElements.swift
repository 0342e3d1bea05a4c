import CKernels
import COneDNN
import Networks
import Tensors

/// Elements moved by the tables of an ``ElementMap``, on the threads of oneDNN: runs of neighbours are copied as a whole.
final class MovedElements {
    private let counts: [Int]
    private let tables: [Int64]
    private let fill: Float
    private let source: BoundMemory
    private let destination: BoundMemory
    private let threads = pare_thread_count()

    init(_ map: ElementMap, from source: BoundMemory, to destination: BoundMemory) {
        // A scalar is one row of one element.
        let tables = map.tables.isEmpty ? [[0]] : map.tables
        counts = tables.map(\.count)
        self.tables = tables.flatMap { $0.map { $0 == ElementMap.outside ? Int64.min : Int64($0) } }
        fill = map.fill
        self.source = source
        self.destination = destination
    }

    func run() {
        let width = counts.last ?? 1
        let rows = counts.dropLast().reduce(1, *)
        guard width > 0, rows > 0 else { return }
        let grain = max(16_384 / width, rows / (4 * Int(max(threads, 1))), 1)
        if rows <= grain { return run(0, rows) }
        let context = Unmanaged.passUnretained(self).toOpaque()
        pare_parallel(
            threads, rows, grain,
            { context, _, first, last in
                guard let context else { return }
                Unmanaged<MovedElements>.fromOpaque(context).takeUnretainedValue().run(first, last)
            }, context)
    }

    private func run(_ first: Int, _ last: Int) {
        guard let from = source.floats, let to = destination.floats else { return }
        counts.withUnsafeBufferPointer { counts in
            tables.withUnsafeBufferPointer { tables in
                var moves = pare_moves(
                    rank: Int32(counts.count), counts: counts.baseAddress, tables: tables.baseAddress, fill: fill)
                pare_move(&moves, from, to, first, last)
            }
        }
    }
}
