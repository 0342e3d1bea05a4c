import Networks

/// What the bytes of a container are for: its rows and the rest add up to the size of the file.
public struct ContainerTable: Codable, Hashable, Sendable {
    /// One parameter.
    public struct Row: Codable, Hashable, Sendable {
        public var name: String
        public var role: Parameter.Role
        public var shape: [Int]
        public var weights: Int
        /// Weights that are not 0; nil where they were not looked at.
        public var nonzero: Int?
        /// `codebook 16`, `grid ±7`, `float16`, or the type of elements that are kept as they are.
        public var form: String
        /// Nil for elements that are kept as they are.
        public var coding: WeightCoding?
        public var bytes: ParameterBytes

        public init(name: String, record: ParameterRecord, nonzero: Int?, bytes: ParameterBytes) {
            self.name = name
            role = record.role
            shape = record.shape.dimensions
            weights = record.count
            self.nonzero = nonzero
            form = record.form.description
            if case .levels(_, let coding) = record.form { self.coding = coding }
            self.bytes = bytes
        }
    }

    public var rows: [Row]
    /// The graph, as it is stored.
    public var graph: Int
    /// Facts of the model card; 0 where there are none.
    public var card: Int
    /// The plan; 0 where there is none.
    public var plan: Int

    public init(rows: [Row], graph: Int, card: Int = 0, plan: Int = 0) {
        self.rows = rows
        self.graph = graph
        self.card = card
        self.plan = plan
    }

    /// Magic, version, and what the sections have beside their content.
    public var header: Int { total - graph - card - plan - rows.reduce(0) { $0 + $1.bytes.total } }
    /// The size of the file. Optional sections that are empty are not written.
    public var total: Int {
        PareContainer.byteCount(graph: graph, records: rows.map(\.bytes), others: [card, plan].filter { $0 > 0 })
    }
}

extension ParameterRecord.Form: CustomStringConvertible {
    public var description: String {
        switch self {
        case .levels(.codebook(let negatives, let positives), _): "codebook \(negatives.count + positives.count)"
        case .levels(.grid(let scales, let largest), _): "grid ±\(largest)" + (scales.count > 1 ? " × \(scales.count)" : "")
        case .levels(.scaled(let negatives, let positives, let scales), _):
            "codebook \(negatives.count + positives.count) × \(scales.count)"
        case .levels(.cells(let books), _): "codebooks \(books.entryCount) in \(books.count)"
        case .levels(.dithered(_, let largest, _), _): "dithered ±\(largest)"
        case .levels(.floats(let format), _): "\(format)"
        case .elements(let type): type.rawValue
        }
    }
}
