import Formats
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// Bad files of weights: one clear error with the place, and nothing else.
@Suite("Files of weights that are refused")
struct WeightsRefusalTests {
    private func refusal(_ bytes: [UInt8], _ name: String) throws -> FormatError? {
        try Fixture.withFile(bytes, name: name) { path in Fixture.refusal { _ = try WeightsReader.read(path) } }
    }

    private static let good = #"{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}"#

    @Test(
        "safetensors",
        arguments: [
            (#"{"a":\#(good),"a":\#(good)}"#, 8, FormatError.Kind.duplicate, "'a' twice"),
            (
                #"{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[4,12]}}"#, 12,
                .mismatch, "[4, 12]"
            ),
            (#"{"a":{"dtype":"F32","shape":[1152921504606846976],"data_offsets":[0,8]}}"#, 8, .mismatch, "4611686018427387904 bytes"),
            (#"{"a":{"dtype":"F64","shape":[1152921504606846976,9],"data_offsets":[0,8]}}"#, 8, .malformed, "can be counted"),
            (#"{"a":{"dtype":"F32","shape":[-1,2],"data_offsets":[0,8]}}"#, 8, .malformed, "a whole number"),
            (#"{"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,99999999999999999999]}}"#, 8, .malformed, "below 2^63"),
            (#"{"a":{"dtype":"F32","shape":[1,2]}}"#, 8, .malformed, "data_offsets"),
            (#"{"a":\#(good)}"#, 7, .mismatch, "inside the file"), (#"{"a":\#(good)}"#, 9, .malformed, "1 more bytes"),
            (#"{"a":\#(good)"#, 8, .truncated, "'}'"), (#"{"\#u{1b}[2Ja":\#(good)}"#, 8, .malformed, "control character"),
            (#"{"\u001b[2J":{"dtype":"F33","shape":[1,2],"data_offsets":[0,8]}}"#, 8, .unsupported, "\\u{1b}[2J"),
            (#"{"a":{"dtype":"F32","x":\#(String(repeating: "[", count: 70000)),"shape":[1,2]}}"#, 8, .limit, "nesting"),
            ("{}", 0, .missing, "with elements"),
            (#"{"a":{"dtype":"F32","shape":[0,3],"data_offsets":[0,0]}}"#, 0, .missing, "with elements"),
            ("{\"\\ud800\":1}", 0, .malformed, "surrogate"),
        ])
    func safetensors(header: String, data: Int, kind: FormatError.Kind, words: String) throws {
        let refusal = try refusal(WeightsFiles.safetensors(header, data: data), "m.safetensors")
        #expect(refusal?.kind == kind && refusal?.cure != nil, "\(refusal?.message ?? "read")")
        #expect(refusal?.message.contains(words) == true, "\(refusal?.message ?? "read")")
        #expect(refusal?.message.unicodeScalars.allSatisfy { $0.value >= 0x20 } == true)
    }

    @Test("A header that is longer than the file, and one that is no safetensors")
    func headers() throws {
        #expect(try refusal(WeightsFiles.number(UInt64(1) << 60) + [0x7B], "m.safetensors")?.kind == .wrongFormat)
        #expect(try refusal([1, 2], "m.safetensors")?.kind == .truncated)
    }

    private static let array = WeightsFiles.npy("2", data: WeightsFiles.floats([1, 2]))

    @Test("NPZ: lying sizes, overlaps, twice one name, other methods, damage")
    func archives() throws {
        func archive(_ members: [WeightsFiles.Member], isLarge: Bool = false) -> [UInt8] { WeightsFiles.zip(members, isLarge: isLarge) }
        let x = WeightsFiles.Member(name: "x.npy", content: Self.array)
        var damaged = archive([x])
        damaged[30 + 5 + Self.array.count - 1] ^= 1
        var overlapping = archive([x, .init(name: "y.npy", content: Self.array)])
        // The second entry's header is the first one's.
        let place = try #require(overlapping.lastRange(of: Array("y.npy".utf8))) - 4
        overlapping.replaceSubrange(place..<place + 4, with: WeightsFiles.number(UInt32(0)))
        let cases: [([UInt8], FormatError.Kind, String)] = [
            (archive([x, x]), .duplicate, "'x.npy' twice"), (damaged, .malformed, "checksum"),
            (overlapping, .malformed, "bytes of its own"),
            (archive([.init(name: "x.npy", content: Self.array, method: 8, count: 1 << 31)]), .malformed, "1,032 bytes"),
            (archive([.init(name: "x.npy", content: Self.array, method: 8, count: 1 << 60)], isLarge: true), .malformed, "1,032 bytes"),
            (archive([.init(name: "x.npy", content: Self.array, count: 4)]), .malformed, "equal sizes"),
            (archive([.init(name: "x.npy", content: Self.array, method: 8)]), .malformed, "bytes of content"),
            (archive([.init(name: "x.npy", content: Self.array, method: 12)]), .unsupported, "method 12"),
            (archive([.init(name: "x.npy", content: Self.array, flags: 1)]), .unsupported, "encrypted"),
            (archive([.init(name: "x.txt", content: Self.array.reversed())]), .wrongFormat, "magic of NPY"),
            (archive([.init(name: "x.npy", content: WeightsFiles.npy("1152921504606846976, 8", data: []))]), .mismatch, "the bytes of"),
            (Array(archive([x]).dropLast(30)), .truncated, "the directory"), (archive([]), .missing, "with elements"),
        ]
        for (bytes, kind, words) in cases {
            let refusal = try refusal(bytes, "m.npz")
            #expect(refusal?.kind == kind && refusal?.message.contains(words) == true, "\(words): \(refusal?.message ?? "read")")
        }
    }

    @Test("GGUF: lying counts and offsets, overlaps, twice one name, unknown types, deep arrays")
    func gguf() throws {
        typealias File = WeightsFiles
        let deep = File.text("k") + File.number(UInt32(9)) + (0..<9).flatMap { _ in File.number(UInt32(9)) + File.number(UInt64(1)) }
        let long = File.text("k") + File.number(UInt32(9)) + File.number(UInt32(6)) + File.number(UInt64(1) << 62)
        let aligned = File.text("general.alignment") + File.number(UInt32(4)) + File.number(UInt32(33))
        let cases: [([UInt8], FormatError.Kind, String)] = [
            (File.gguf([.init(), .init()]), .duplicate, "'a.weight' twice"), (File.gguf([.init(offset: 32)]), .truncated, "fewer"),
            (File.gguf([.init(), .init(name: "b", offset: 224)], size: 512), .malformed, "inside another"),
            (File.gguf([.init(dimensions: [1 << 40, 1 << 40])]), .malformed, "can be counted"),
            (File.gguf([.init(dimensions: [1 << 60])]), .truncated, "fewer"),
            (File.gguf([.init(dimensions: [33, 2], type: 2)]), .malformed, "whole blocks"),
            (File.gguf([.init(type: 16)]), .unsupported, "type 16"),
            (File.gguf([.init(dimensions: [1, 1, 1, 1, 1])]), .malformed, "at most 4 axes"),
            (File.gguf([.init()], count: 1 << 60), .truncated, "more bytes"), (File.gguf(version: 1), .unsupported, "version 2 or 3"),
            (File.gguf(settings: [deep]), .limit, "arrays in each other"), (File.gguf(settings: [long]), .truncated, "more bytes"),
            (File.gguf(settings: [aligned]), .malformed, "a power of two"), (Array(File.gguf().prefix(40)), .truncated, "more bytes"),
        ]
        for (bytes, kind, words) in cases {
            let refusal = try refusal(bytes, "m.gguf")
            #expect(refusal?.kind == kind && refusal?.message.contains(words) == true, "\(words): \(refusal?.message ?? "read")")
            #expect(refusal?.cure != nil || kind == .malformed || kind == .limit || kind == .duplicate)
        }
        #expect(try refusal(File.gguf(), "m.gguf") == nil)
    }
}

extension [UInt8] {
    fileprivate func lastRange(of piece: [UInt8]) -> Int? {
        indices.reversed().first { $0 + piece.count <= count && Array(self[$0..<$0 + piece.count]) == piece }
    }
}
