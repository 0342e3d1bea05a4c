import Foundation
import TestSupport
import Testing

/// Standard streams that are full, closed or pipes that nobody reads: a code and a message, never a crash, and never text in a user's file.
@Suite("Standard streams", .serialized)
struct StreamTests {
    /// Commands that print on stdout.
    private static let printing = [
        "--help", "--version", "help report", "train --help", "--generate-completion-script bash", "explore --paths", "themes",
        "sessions list",
        "sessions list --json", "sessions show kept", "sessions show kept@'1/1 one'", "sessions compare kept@'1/1 one' kept@'1/1 one'",
        "info net.pare", "info net.pare --json", "decode net.pare -o decoded.onnx", "export net.onnx --format onnx -o out.onnx",
        "report net.onnx --generate normal", "report net.onnx --data data.npz --json",
        "grid net.onnx --data data.npz --bits 2 --temperatures 1 --epochs 1",
        "train net.onnx --data data.npz --epochs 1 -o trained.onnx --json", "train net.onnx --data data.npz --epochs 1 -o trained.onnx",
        "compress net.onnx --data data.npz --schedule schedule.yaml -o small.onnx --json",
    ]

    /// Commands that print on stderr only, or may.
    private static let saying = [
        "sessions export kept -o kept.yaml", "picture net.onnx --generate normal -o picture.svg", "sessions delete kept --yes",
        "report missing.onnx",
        "report --nonsense", "explore", "sessions show nothing", "sessions delete kept",
    ]

    private func place() throws -> Workplace {
        let place = try Workplace()
        try place.writeSeeds()
        let made = try place.shell(
            "$pare export net.onnx --format pare -o net.pare && $pare compress net.onnx --data data.npz --schedule schedule.yaml --session kept"
        )
        try #require(made.code == 0, "\(made.message)")
        return place
    }

    private func expectNoCrash(_ result: Workplace.Result, _ command: String) {
        #expect(!result.message.contains("rashed") && !result.message.contains("Fatal error"), "\(command): \(result.message)")
        #expect(![132, 133, 134, 135, 139].contains(result.code), "\(command)")
    }

    @Test("A full or closed stdout is code 73 and a message, and the files are written all the same")
    func lostOutput() throws {
        let place = try place()
        for command in Self.printing {
            for stream in [">/dev/full", ">&-"] {
                _ = try place.shell("rm -f trained.onnx small.onnx out.onnx decoded.onnx")
                let result = try place.shell("$pare \(command) \(stream)")
                expectNoCrash(result, command)
                #expect(result.code == 73 && result.message.contains("stdout can't be written"), "\(command) \(stream): \(result)")
                if let name = command.components(separatedBy: " -o ").dropFirst().first?.split(separator: " ").first {
                    #expect(place.exists(String(name)), "\(command) \(stream)")
                }
            }
        }
    }

    @Test("A pipe that nobody reads ends text quietly, and no training")
    func closedPipes() throws {
        let place = try place()
        // The reader of the pipe is gone before the program starts.
        let pipe = "mkfifo -m 600 p.$$ && exec 3<>p.$$ 4>p.$$ 3<&- && rm p.$$"
        for command in Self.printing + Self.saying {
            for stream in [">&4", "2>&4", ">&4 2>&4"] {
                let result = try place.shell("\(pipe); $pare \(command) \(stream)")
                expectNoCrash(result, command)
                let isTraining = ["train ", "compress ", "grid "].contains { command.hasPrefix($0) } && !command.hasSuffix("--help")
                #expect(!isTraining || [0, 73].contains(result.code), "\(command) \(stream): \(result)")
                #expect(
                    isTraining || stream == "2>&4" || !Self.printing.contains(command) || [141, 73].contains(result.code),
                    "\(command): \(result)")
            }
        }
    }

    @Test("A full or closed stderr is no reason to stop: results stand on stdout and in files, refusals keep their codes")
    func lostMessages() throws {
        for stream in ["2>/dev/full", "2>&-"] {
            let place = try place()
            for command in Self.printing {
                let (lost, plain) = (try place.shell("$pare \(command) \(stream)"), try place.shell("$pare \(command)"))
                expectNoCrash(lost, command)
                #expect(plain.code == 0 && [0, 73].contains(lost.code), "\(command) \(stream): \(lost)")
                #expect((lost.code == 73) == plain.message.contains("pare: no model card"), "\(command) \(stream): \(lost), \(plain)")
                #expect(lost.output.isEmpty == plain.output.isEmpty)
            }
            for command in Self.saying {
                let lost = try place.shell("$pare \(command) \(stream)")
                expectNoCrash(lost, command)
            }
            #expect(place.exists("kept.yaml") && place.exists("picture.svg") && !place.exists("sessions/kept.sqlite"))
            #expect(try place.shell("$pare report missing.onnx \(stream)").code == 66)
            #expect(try place.shell("$pare report --nonsense \(stream)").code == 64)
        }
    }

    @Test("A training whose progress can't be written goes on and writes its result")
    func training() throws {
        let place = try place()
        for (command, output) in [
            ("train net.onnx --data data.npz --epochs 3 -o lost.onnx", "lost.onnx"),
            ("compress net.onnx --data data.npz --schedule schedule.yaml -o lost2.onnx", "lost2.onnx"),
        ] {
            let result = try place.shell("$pare \(command) 2>/dev/full")
            #expect(result.code == 0 && result.output.contains("accuracy"), "\(result)")
            #expect(place.exists(output))
            #expect(try place.run("report", place.path + "/" + output, "--generate", "normal").code == 0)
        }
    }

    @Test("With all three streams closed at the start, no text lands in a file")
    func closedDescriptors() throws {
        let place = try place()
        let network = place.bytes("net.onnx")
        for command in ["export net.onnx --format pare -o out.pare", "train net.onnx --data data.npz --epochs 2 -o out.onnx --json"] {
            let result = try place.shell("$pare \(command) <&- >&- 2>&-")
            #expect(result.code == 73, "\(result)")
        }
        #expect(place.bytes("net.onnx") == network)
        #expect(place.bytes("out.pare") == place.bytes("net.pare"))
        #expect(try place.run("report", place.path + "/out.onnx", "--generate", "normal").code == 0)
        let session = try place.shell("$pare compress net.onnx --data data.npz --schedule schedule.yaml --session closed <&- >&- 2>&-")
        #expect(session.code == 73)
        #expect(try place.read("closed").snapshots.count == 1)
    }

    @Test("A network, a picture and a container go to stdout by `-` and /dev/stdout, with all text on stderr")
    func stdoutAsFile() throws {
        let place = try place()
        for name in ["-", "/dev/stdout", "/proc/self/fd/1"] {
            let result = try place.shell("$pare export net.onnx --format pare -o \(name) | cat > piped.pare; exit ${PIPESTATUS[0]}")
            #expect(result.code == 0 && result.message.contains("the same bit for bit"), "\(result)")
            #expect(place.bytes("piped.pare") == place.bytes("net.pare"))
        }
        for command in [
            "export net.onnx --format onnx", "export net.onnx --format safetensors", "decode net.pare",
            "train net.onnx --data data.npz --epochs 1",
            "compress net.onnx --data data.npz --schedule schedule.yaml",
        ] {
            let file = command.contains("safetensors") ? "out.safetensors" : "out.onnx"
            let result = try place.shell("$pare \(command) -o - | cat > \(file); exit ${PIPESTATUS[0]}")
            #expect(result.code == 0 && result.output.isEmpty, "\(command): \(result)")
            #expect(try place.run("report", place.path + "/" + file, "--generate", "normal").code == 0, "\(command)")
            #expect(!place.exists("-") && !place.exists("-.json"))
        }
        let picture = try place.shell("$pare picture net.onnx --generate normal -o -")
        #expect(picture.output.hasPrefix("<") && picture.output.contains("svg"))
        // An appended log keeps what it has.
        _ = try place.shell("echo before > log; $pare picture net.onnx --generate normal -o /dev/stdout >> log")
        #expect(place.bytes("log").map { String(decoding: $0, as: UTF8.self).hasPrefix("before\n<") } == true)
    }
}
