import Foundation
import TestSupport
import Testing

/// Little room for files, memory and descriptors, and no home: messages and codes, never a crash, and never half a file.
@Suite("Limits", .serialized)
struct LimitTests {
    private func place() throws -> Workplace {
        let place = try Workplace()
        try place.writeSeeds()
        return place
    }

    @Test("A limit on the size of files leaves the old file, nothing beside it, and a code")
    func fileSize() throws {
        let place = try place()
        for command in ["export lenet-300-100 --format onnx -o out.onnx", "export lenet-300-100 --format safetensors -o out.safetensors"] {
            let name = command.components(separatedBy: " -o ")[1]
            _ = try place.write("old", to: name)
            let result = try place.shell("ulimit -f 64; $pare \(command)")
            #expect(result.code == 73 && result.message.contains(name), "\(command): \(result)")
            #expect(place.bytes(name) == Array("old".utf8))
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
        #expect(names.filter { $0.hasPrefix(".pare-") || $0.contains("nosync") }.isEmpty, "\(names)")
        let session = try place.shell("ulimit -f 4; $pare compress net.onnx --data data.npz --schedule schedule.yaml --session small")
        #expect([65, 73].contains(session.code) && !session.message.contains("rashed"), "\(session)")
    }

    @Test("Little memory", arguments: [300_000, 400_000, 800_000])
    func memory(kilobytes: Int) throws {
        let place = try place()
        for command in ["report net.onnx --generate normal", "export net.onnx --format pare -o out.pare", "report missing.onnx"] {
            let result = try place.shell("ulimit -v \(kilobytes); $pare \(command)")
            let plain = try place.shell("$pare \(command)")
            #expect(result.code == plain.code, "\(command): \(result)")
            #expect(!result.message.contains("rashed"), "\(command): \(result.message)")
        }
    }

    @Test("Few descriptors: a result, or a message and a code", arguments: [4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 20, 32])
    func descriptors(count: Int) throws {
        let place = try place()
        let made = try place.shell(
            "$pare compress net.onnx --data data.npz --schedule schedule.yaml --session kept && $pare export net.onnx --format pare -o net.pare"
        )
        try #require(made.code == 0, "\(made)")
        for command in Self.commands {
            let result = try place.shell("ulimit -n \(count); timeout 60 $pare \(command)")
            #expect(result.code < 124 && !result.message.contains("rashed") && !result.message.contains("Fatal"), "\(command): \(result)")
            #expect(result.code == 0 || result.message.contains("pare: "), "\(command): \(result)")
            if count >= 16 { #expect([0, 73].contains(result.code), "\(command): \(result)") }
        }
    }

    private static let commands = [
        "report net.onnx --generate normal", "export net.onnx --format pare -o out.pare", "export net.onnx --format c -o out.c",
        "decode net.pare -o out.onnx", "info net.pare", "info net.onnx", "sessions list", "sessions show kept",
        "sessions compare 'kept@1/1 one' 'kept@1/1 one'",
        "sessions export kept -o out.sqlite", "report --session kept", "picture net.onnx --generate normal -o out.svg", "themes", "--paths",
        "train net.onnx --data data.npz --epochs 1 -o out.onnx", "grid net.onnx --data data.npz --bits 2 --temperatures 1 --epochs 1",
        "compress net.onnx --data data.npz --schedule schedule.yaml --session few$RANDOM",
    ]

    @Test("A home that can't be written: reports work, sessions say what can't be made")
    func home() throws {
        let place = try place()
        for home in ["/proc/1", "/dev/null"] {
            let prefix = "env -u PARE_SESSIONS -u XDG_DATA_HOME -u XDG_STATE_HOME -u XDG_CONFIG_HOME HOME=\(home) $pare"
            for command in ["report net.onnx --generate normal", "export net.onnx --format pare -o out.pare", "themes", "sessions list"] {
                let result = try place.shell("\(prefix) \(command)")
                #expect(result.code == 0, "\(home) \(command): \(result)")
            }
            let session = try place.shell("\(prefix) compress net.onnx --data data.npz --schedule schedule.yaml --session s")
            #expect(session.code == 73 && session.message.contains(home), "\(home): \(session)")
        }
    }
}
