import Foundation
import Glibc
import TestSupport
import Testing

/// Pipes and devices as inputs: refused at once where a file is needed, read where a text is.
@Suite("Pipes as inputs", .serialized)
struct PipeInputTests {
    private func place() throws -> Workplace {
        let place = try Workplace()
        try place.writeSeeds()
        #expect(mkfifo(place.path + "/pipe", 0o600) == 0 && mkfifo(place.path + "/pipe.npz", 0o600) == 0)
        return place
    }

    @Test("Networks, data, teachers, checkpoints and containers must be regular files")
    func refusals() throws {
        let place = try place()
        for command in [
            "report PIPE --generate normal", "export PIPE --format pare -o out", "picture PIPE -o out.svg", "info PIPE",
            "decode PIPE -o out.onnx",
            "report net.onnx --data PIPE", "train net.onnx --data data.npz --epochs 1 --teacher PIPE",
            "train net.onnx --data data.npz --resume PIPE",
            "train PIPE --data data.npz --epochs 1", "compress PIPE --data data.npz --schedule schedule.yaml", "grid PIPE --data data.npz",
        ] {
            for name in ["pipe", "pipe.npz", "/dev/zero"] {
                let result = try place.shell("$pare \(command.replacingOccurrences(of: "PIPE", with: name)) < /dev/null")
                #expect(result.code == 65 && result.message.contains("regular file"), "\(command) \(name): \(result)")
            }
        }
    }

    @Test("A plan and a schedule come from stdin or a pipe")
    func texts() throws {
        let place = try place()
        let file = try place.shell("$pare report net.onnx --generate normal --json --plan plan.yaml")
        #expect(file.code == 0)
        for source in ["--plan - < plan.yaml", "--plan <(cat plan.yaml)", "--plan /dev/stdin < plan.yaml"] {
            let result = try place.shell("$pare report net.onnx --generate normal --json \(source)")
            #expect(result.code == 0 && result.output == file.output, "\(source): \(result.message)")
        }
        let compress = try place.shell("cat schedule.yaml | $pare compress net.onnx --data data.npz --schedule - -o out.onnx")
        #expect(compress.code == 0 && place.exists("out.onnx"), "\(compress.message)")
        for command in ["report net.onnx --generate normal --plan", "compress net.onnx --data data.npz --schedule"] {
            let endless = try place.shell("$pare \(command) /dev/zero")
            #expect(
                endless.code == 65 && endless.message.contains("1048576") || endless.message.contains("1,048,576"), "\(endless.message)")
            let empty = try place.shell("$pare \(command) - <&-")
            #expect(empty.code == 65 && empty.message.contains("-"), "\(empty.message)")
        }
    }
}
