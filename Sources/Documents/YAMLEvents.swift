import CYaml

/// The events of a text's first document, by libyaml; the bytes must outlive it.
struct YAMLEvents {
    private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    /// Of each collection that is open: nil in a list, in a mapping whether a key comes next.
    private var open: [Bool?] = []

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    func end() {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    mutating func firstRefusal() -> YAMLGuard.Refusal? {
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { return refusalOfScanner() }
            defer { yaml_event_delete(&event) }
            if event.type == YAML_DOCUMENT_END_EVENT || event.type == YAML_STREAM_END_EVENT { return nil }
            if let cause = cause(of: event) { return refusal(cause, at: event.start_mark) }
            follow(event.type)
        }
    }

    private func cause(of event: yaml_event_t) -> YAMLGuard.Cause? {
        switch event.type {
        case YAML_ALIAS_EVENT: .alias
        case YAML_SCALAR_EVENT: event.data.scalar.anchor == nil ? nil : .anchor
        case YAML_SEQUENCE_START_EVENT: event.data.sequence_start.anchor == nil ? causeOfCollection : .anchor
        case YAML_MAPPING_START_EVENT: event.data.mapping_start.anchor == nil ? causeOfCollection : .anchor
        default: nil
        }
    }

    private var causeOfCollection: YAMLGuard.Cause? { open.last == .some(true) ? .key : nil }

    private mutating func follow(_ type: yaml_event_type_t) {
        switch type {
        case YAML_SCALAR_EVENT: turn()
        case YAML_SEQUENCE_START_EVENT: open.append(nil)
        case YAML_MAPPING_START_EVENT: open.append(true)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            open.removeLast()
            turn()
        default: break
        }
    }

    /// After a key comes a value, after a value a key.
    private mutating func turn() {
        if let last = open.last, let isKey = last { open[open.count - 1] = !isKey }
    }

    /// A name that libyaml can't read behind `&` or `*`, such as `*: 1`: the mark is that of the indicator.
    private func refusalOfScanner() -> YAMLGuard.Refusal? {
        guard parser.pointee.error == YAML_SCANNER_ERROR, let context = parser.pointee.context else { return nil }
        switch String(cString: context) {
        case "while scanning an anchor": return refusal(.anchor, at: parser.pointee.context_mark)
        case "while scanning an alias": return refusal(.alias, at: parser.pointee.context_mark)
        default: return nil
        }
    }

    private func refusal(_ cause: YAMLGuard.Cause, at mark: yaml_mark_t) -> YAMLGuard.Refusal {
        YAMLGuard.Refusal(cause: cause, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}
