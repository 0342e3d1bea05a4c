import Documents
import Testing

@Suite("What no YAML document has")
struct YAMLGuardTests {
    private func refusal(_ text: String) -> YAMLGuard.Refusal? {
        do throws(YAMLGuard.Refusal) {
            try YAMLGuard.check(text)
            return nil
        } catch { return error }
    }

    @Test(
        "The first anchor, alias or key that is no word, with its place",
        arguments: [
            ("a: &x 1", .init(cause: .anchor, line: 1, column: 4)), ("a: 1\nb: *x", .init(cause: .alias, line: 2, column: 4)),
            ("- é\n- {b: &y {c: 1}}", .init(cause: .anchor, line: 2, column: 7)), ("- &l [1]", .init(cause: .anchor, line: 1, column: 3)),
            ("*: 1", .init(cause: .alias, line: 1, column: 1)), ("a: &", .init(cause: .anchor, line: 1, column: 4)),
            ("a: {b: 1, [c]: 2}", .init(cause: .key, line: 1, column: 11)),
            ("a: [1, 2]\n? {b: 1}\n: 2", .init(cause: .key, line: 2, column: 3)),
        ] as [(String, YAMLGuard.Refusal)])
    func refused(text: String, expected: YAMLGuard.Refusal) { #expect(refusal(text) == expected) }

    @Test(
        "Everything else passes, also what is no YAML, which is for the parser to say",
        arguments: [
            "", "# *a &b\na: '*b &c' # it's *d", "a*b&c: \"&x *y\"", "a: |\n  *b\n  &c\n", "? a\n: [1, {b: [c]}]", "a: [", "\t- x",
            "a: 'x' y",
        ])
    func passed(text: String) { #expect(refusal(text) == nil) }

    @Test("Nested aliases are refused at the first anchor, deep nesting ends with the parser's limit")
    func hostile() {
        let levels = (1...40).map { "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ", "))]" }
        #expect(refusal("a0: &a0 x\n" + levels.joined(separator: "\n")) == .init(cause: .anchor, line: 1, column: 5))
        for text in ["[", "{a: ", "- ", "? "].map({ String(repeating: $0, count: 200_000) }) { _ = refusal(text) }
    }
}
