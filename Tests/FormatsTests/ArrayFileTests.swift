import Files
import Formats
import Foundation
import OrderedCollections
import Tensors
import Testing

/// NPY and safetensors, and the hashes of files.
struct ArrayFileTests {
    @Test func roundTripsNPY() throws {
        try Fixture.withFolder { folder in
            let path = folder.appendingPathComponent("a.npy").path
            for shape in [Shape([2, 3]), [6], [], [0, 4], [1, 2, 3]] {
                let tensor = Tensor(shape: shape, floats: (0..<shape.count).map { Float($0) - 2.5 })
                try NPY.write(tensor, to: path)
                let back = try NPY.read(path)
                ReadFiles.forget(path: path)
                #expect(back.shape == shape && back.floats == tensor.floats)
                #expect(back.byteOffset % 64 == 0)
            }
        }
    }

    // The first logits of lenet-5 in the fixture of Scripts/make-logits-fixture.py: written by NumPy, not by us.
    @Test func readsWhatNumPyWrote() throws {
        let logits = try NPY.read(Fixture.root.appendingPathComponent("Tests/Fixtures/logits-lenet-5.npy").path)
        #expect(logits.shape == [1000, 10])
        #expect(logits.elementType == .float32)
        #expect(logits.floats.allSatisfy { $0.isFinite && abs($0) < 100 })
    }

    @Test(arguments: [
        (
            "{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }",
            "expected little-endian numbers, found descr '>f4'. Save it with .astype('<f4')."
        ),
        (
            "{'descr': '<U6', 'fortran_order': False, 'shape': (1,), }",
            "expected numbers, found text, descr '<U6'. Numbers that are stored as text become inputs by .astype('float32'); labels may be text."
        ),
        (
            "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
            "expected numbers, found Python objects, descr '|O'. Save it with .astype('float32'), labels that are text with .astype(str)."
        ),
        (
            "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }",
            "expected real numbers, found complex ones, descr '<c8'. Save its .real, or its parts as two channels."
        ),
        ("{'descr': '<f4', 'fortran_order': Yes, 'shape': (1,), }", "expected fortran_order True or False, found 'Yes'."),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", "expected dimensions, found '-1'."),
        ("{'descr': '<f4', 'fortran_order': False, 'shape': (9,), }", "expected the bytes of [9] of float32, found 4."),
        ("{'descr': '<f4'}", "expected a dictionary with 'fortran_order', found '{'descr': '<f4'}'."),
    ])
    func refusesOtherNPY(header: String, ending: String) throws {
        let bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + [0, 0, 0, 0]
        try Fixture.withFile(bytes) { path in
            #expect(Fixture.refusal { _ = try NPY.read(path) }?.message.hasSuffix(ending) == true)
        }
    }

    @Test func roundTripsSafetensors() throws {
        let half = TensorStorage(byteCount: 4) { $0.copyBytes(from: [0x00, 0x3C, 0x00, 0xC0]) }
        let file = Safetensors(
            tensors: [
                "z\"é": Tensor(shape: [2, 2], floats: [1, 2, 3, 4]), "empty": Tensor(shape: [0], floats: []),
                "a": Tensor(shape: [2], elementType: .float16, storage: half),
            ], metadata: ["format": "pt"])
        try Fixture.withFolder { folder in
            let path = folder.appendingPathComponent("t.safetensors").path
            try file.write(to: path)
            let back = try Safetensors(path: path)
            #expect(back.metadata == ["format": "pt"])
            #expect(Set(back.tensors.keys) == ["z\"é", "empty", "a"])
            #expect(back.tensors["z\"é"]?.floats == [1, 2, 3, 4])
            #expect(back.tensors["a"]?.floats == [1, -2])
            #expect(back.tensors["z\"é"].map { $0.byteOffset % 64 } == 0)
        }
    }

    @Test(arguments: [
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 4, "read"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 5, "found 1 more bytes"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "found data_offsets [0, 4]"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[1,5]}}"#, 5, "found data_offsets [1, 5]"),
        (#"{"a":{"dtype":"F32","shape":[1,4611686018427387904,8],"data_offsets":[0,4]}}"#, 4, "found [1×4611686018427387904×8]"),
        (#"{"a":{"dtype":"F7","shape":[1],"data_offsets":[0,4]}}"#, 4, "expected a known dtype, found 'F7'"),
        (#"{"a":[]}"#, 0, "expected an object, found '[]}'"), ("[[[[", 0, "expected an object, found '[[[['"),
    ])
    func checksSafetensors(header: String, size: Int, ending: String) throws {
        let bytes = [UInt8(header.utf8.count)] + [UInt8](repeating: 0, count: 7) + Array(header.utf8) + [UInt8](repeating: 0, count: size)
        try Fixture.withFile(bytes) { path in
            let message = Fixture.refusal { _ = try Safetensors(path: path) }?.message ?? "read"
            #expect(message.contains(ending), "\(message)")
        }
    }

    @Test func hashesFiles() throws {
        // printf abc | sha256sum
        let hash = try Fixture.withFile(Array("abc".utf8)) { path in try FileHash.sha256(path: path) }
        #expect(hash == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func tellsFilesApartByTheirSamples() throws {
        var bytes = (0..<500_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try Fixture.withFolder { folder in
            let path = folder.appendingPathComponent("f").path
            func identity() throws -> FileIdentity {
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                return try FileIdentity(path: path)
            }
            let first = try identity()
            #expect(try identity().hasSameContent(as: first))
            bytes[bytes.count - 1] ^= 1
            #expect(try !identity().hasSameContent(as: first))
            bytes.append(0)
            #expect(try identity().byteCount == 500_001)
        }
    }

    @Test func mapsAndReadsTheSameBytes() throws {
        try Fixture.withFile(Array("some bytes".utf8)) { path in
            let mapped = try MappedFile(path: path, mappingFrom: 1)
            let read = try MappedFile(path: path)
            #expect(mapped.bytes.elementsEqual(read.bytes))
            #expect(mapped.count == 10)
        }
        let count = try Fixture.withFile([]) { path in try MappedFile(path: path, mappingFrom: 1).count }
        #expect(count == 0)
    }
}
