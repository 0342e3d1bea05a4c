import Formats
import Foundation
import Glibc
import TestSupport
import Testing

/// No output takes the place of a file that is read, by any name, and none takes that of a device or pipe.
@Suite("Outputs", .serialized)
struct OutputTests {
    /// A command, `OUT` for its output, and the files that it reads.
    private static let commands: [(String, [String])] = [
        ("export net.onnx --plan plan.yaml --format pare -o OUT", ["net.onnx", "plan.yaml", "net.json"]),
        ("export net.onnx --format safetensors -o OUT", ["net.onnx", "net.json"]),
        ("export --session kept --format onnx -o OUT", ["net.onnx", "sessions/kept.sqlite"]),
        ("export outside.onnx --format onnx -o OUT", ["outside.onnx", "weights.bin"]),
        ("export shards.safetensors.index.json --format safetensors -o OUT", ["shards.safetensors.index.json", "shard.safetensors"]),
        ("picture net.onnx --data data.npz -o OUT", ["net.onnx", "data.npz"]),
        ("decode net.pare -o OUT", ["net.pare"]),
        (
            "train net.onnx --data data.npz --plan plan.yaml --teacher teacher.onnx --epochs 1 -o OUT",
            ["net.onnx", "data.npz", "plan.yaml", "teacher.onnx"]
        ),
        ("train net.onnx --data data.npz --epochs 1 --checkpoint OUT", ["net.onnx", "data.npz", "net.json"]),
        ("train net.onnx --data data.npz --resume run.safetensors -o OUT", ["run.safetensors", "net.onnx", "data.npz"]),
        ("compress net.onnx --data data.npz --schedule schedule.yaml -o OUT", ["net.onnx", "data.npz", "schedule.yaml"]),
        ("sessions export kept -o OUT", ["sessions/kept.sqlite"]),
    ]

    private func place() throws -> Workplace {
        let place = try Workplace()
        try place.writeSeeds()
        let made = try place.shell(
            """
            $pare train net.onnx --data data.npz --epochs 1 -o trained.onnx && mv trained.json net.json && mv trained.onnx net.onnx
            $pare train net.onnx --data data.npz --epochs 3 --checkpoint run.safetensors && cp net.onnx teacher.onnx
            $pare export net.onnx --format pare -o net.pare && $pare export net.onnx --format safetensors -o shard.safetensors
            $pare compress net.onnx --data data.npz --schedule schedule.yaml --session kept
            """)
        try #require(made.code == 0, "\(made.message)")
        let names = try Safetensors(path: place.path + "/shard.safetensors").tensors.keys
        let map = names.map { "\"\($0)\": \"shard.safetensors\"" }.joined(separator: ", ")
        _ = try place.write("{\"weight_map\": {\(map)}}", to: "shards.safetensors.index.json")
        try place.write(bytes: [UInt8](repeating: 1, count: 64), "weights.bin")
        let tensor = Wire().number(1, 4).number(1, 4).number(2, 1).text(8, "w").message(
            13, Wire().text(1, "location").text(2, "weights.bin"))
        let graph = Onnx.graph([Onnx.node("Gemm", ["x", "w"], "y", name: "fc")], [tensor.number(14, 1)], input: [nil, 4])
        try place.write(bytes: Onnx.model(graph), "outside.onnx")
        return place
    }

    @Test("An output on an input is refused with code 64, also through links, and changes nothing")
    func inputs() throws {
        let place = try place()
        for (command, inputs) in Self.commands {
            for input in inputs {
                let before = try #require(place.bytes(input))
                _ = try place.shell("rm -f soft hard; ln -s '\(input)' soft; ln '\(input)' hard")
                for name in [input, "./\(input)", "soft", "hard"] {
                    let result = try place.shell("$pare \(command.replacingOccurrences(of: "OUT", with: name))")
                    #expect(result.code == 64, "\(command) \(name): \(result)")
                    #expect(
                        result.message.contains("which is being read") || result.message.contains("it is being read"), "\(result.message)")
                    #expect(place.bytes(input) == before, "\(command) \(name)")
                }
            }
        }
    }

    @Test("On the screen too: neither network nor plan is written over, by whatever name")
    func screen() throws {
        let place = try place()
        _ = try place.shell("ln -s net.onnx soft.pare; ln plan.yaml hard.yaml")
        let names = ["net.onnx", "soft.pare", "plan.yaml", "hard.yaml"]
        let before = names.map { place.bytes($0) }
        let terminal = try place.start(
            ["explore", "net.onnx", "--plan", "plan.yaml", "--session", "mine", "--generate", "normal"], width: 160)
        try terminal.expect("exact, file")
        for name in names {
            terminal.send("e\u{05}\u{15}\(name)\r")
            try terminal.expect("\(name) can't be written: it is ")
        }
        #expect(names.map { place.bytes($0) } == before)
        terminal.send("q")
        #expect(terminal.waitForEnd() == .exited(0))
    }

    @Test("A picture of a class folder is an input, whatever it is called")
    func pictures() throws {
        let place = try place()
        _ = try place.shell(
            "mkdir -p set/a set/b; for c in a b; do for i in 1 2 3; do echo x > set/$c/$i.png; done; done; ln set/b/2.png hard.svg")
        for name in ["set/a/1.png", "hard.svg"] {
            let result = try place.shell("$pare picture lenet-5 --data set -o \(name)")
            #expect(result.code == 64 && result.message.contains("being read"), "\(result)")
        }
        #expect(place.bytes("set/b/2.png") == Array("x\n".utf8))
    }

    @Test("The card beside an output must be no input and no output either")
    func cards() throws {
        let place = try place()
        let card = place.bytes("net.json")
        let copied = try place.shell("cp net.onnx net.pare; $pare train net.pare --data data.npz --epochs 1 -o ./net.onnx")
        #expect(copied.code == 64 && copied.message.contains("net.json"), "\(copied)")
        let same = try place.shell("$pare train lenet-300-100 --data data.npz --epochs 1 -o new.json")
        #expect(same.code == 64 && !place.exists("new.json"), "\(same)")
        let both = try place.shell("$pare train net.onnx --data data.npz --epochs 1 -o x.onnx --checkpoint x.onnx")
        #expect(both.code == 64 && !place.exists("x.onnx"), "\(both)")
        #expect(place.bytes("net.json") == card)
    }

    @Test("A card takes the place of a card and of nothing else, and that is known before anything is computed")
    func replacedCards() throws {
        let place = try place()
        let endless = "train net.onnx --data data.npz --epochs 10000 -o new.onnx"
        let commands = [endless, "compress net.onnx --data data.npz --schedule schedule.yaml -o new.onnx", "decode net.pare -o new.onnx"]
        for (setUp, what) in [
            ("echo precious > new.json", "no model card"), ("echo '{\"name\": \"settings\"}' > new.json", "no model card"),
            ("mkfifo new.json", "no model card"), ("ln -s /dev/null new.json", "no model card"),
            ("ln -s plan.yaml new.json", "no model card"), ("ln -s data.npz new.json", "new.json"),
        ] {
            for command in commands {
                let result = try place.shell("rm -f new.json; \(setUp); timeout 30 $pare \(command)")
                #expect(result.code == 64 && result.message.contains(what), "\(setUp), \(command): \(result)")
                #expect(!place.exists("new.onnx"))
            }
        }
        #expect(try place.shell("test ! -s new.json || cmp new.json data.npz").code == 0)
        let data = try place.shell("ln -sf data.npz new.json; timeout 30 $pare \(endless)")
        #expect(data.code == 64 && data.message.contains("being read"), "\(data)")
        let card = try place.shell("rm new.json; cp net.json new.json; $pare \(commands[1])")
        #expect(card.code == 0 && place.bytes("new.json") != place.bytes("net.json"), "\(card)")
    }

    @Test("What the shell sends the command's text to is not read")
    func redirections() throws {
        let place = try place()
        _ = try place.shell("cp net.onnx other.onnx; cp plan.yaml p.yaml; cp data.npz d.npz")
        for (command, name) in [
            ("report other.onnx --generate normal > other.json", "other.json"), ("info other.onnx >> other.onnx", "other.onnx"),
            ("report net.onnx --generate normal --plan p.yaml > p.yaml", "p.yaml"),
            ("export net.onnx --format onnx -o out.onnx --plan p.yaml 2> p.yaml", "p.yaml"),
            ("report net.onnx --data d.npz > d.npz", "d.npz"),
        ] {
            let result = try place.shell("$pare \(command); echo $? >&2; cat \(name) >&2")
            #expect(result.message.contains("text goes to"), "\(command): \(result)")
            #expect(result.message.contains("64\n") || result.message.contains("65\n"), "\(command): \(result)")
        }
    }

    @Test("A checkpoint goes on in its own file")
    func checkpoint() throws {
        let place = try place()
        let result = try place.shell(
            "$pare train net.onnx --data data.npz --resume run.safetensors --checkpoint run.safetensors -o longer.onnx")
        #expect(result.code == 0 && place.exists("longer.onnx"), "\(result)")
    }

    @Test("Devices and pipes are written to and stay what they are, folders are refused")
    func devices() throws {
        let place = try place()
        _ = try place.shell("mkdir folder; ln -s /dev/null null; mkfifo pipe")
        for command in [
            "picture net.onnx --generate normal", "export net.onnx --format onnx", "export net.onnx --format pare", "decode net.pare",
            "train net.onnx --data data.npz --epochs 1", "compress net.onnx --data data.npz --schedule schedule.yaml",
        ] {
            let device = try place.shell("$pare \(command) -o null && test -L null && test -c /dev/null")
            #expect(device.code == 0, "\(command): \(device)")
            let pipe = try place.shell("cat pipe > through & $pare \(command) -o pipe; code=$?; wait; test -p pipe && exit $code")
            #expect(pipe.code == 0 && place.bytes("through")?.isEmpty == false, "\(command): \(pipe)")
            let full = try place.shell("$pare \(command) -o /dev/full")
            #expect(full.code == 73 && full.message.contains("/dev/full"), "\(command): \(full)")
            let folder = try place.shell("$pare \(command) -o folder")
            #expect(folder.code == 73 && folder.message.contains("it is a folder"), "\(command): \(folder)")
        }
        #expect(!place.exists("null.json") && !place.exists("pipe.json"))
    }

    @Test("Writing over a file keeps its mode, in every command")
    func modes() throws {
        let place = try place()
        for (command, name) in [
            ("export net.onnx --format onnx", "private.onnx"), ("export net.onnx --format pare", "private.pare"),
            ("decode net.pare", "private.onnx"), ("picture net.onnx --generate normal", "private.svg"),
            ("train net.onnx --data data.npz --epochs 1", "private.onnx"),
        ] {
            let result = try place.shell("touch \(name); chmod 600 \(name); $pare \(command) -o \(name) && stat -c %a \(name)")
            #expect(result.output.hasSuffix("600\n"), "\(command): \(result)")
        }
    }

    @Test("A model card names files by their last names")
    func cardPaths() throws {
        let place = try place()
        let command =
            "$pare train \"$HOME/net.onnx\" --data=\"$HOME/data.npz\" --scale 1/255 --epochs 1 --plan $HOME/plan.yaml -o \"$HOME/new.onnx\""
        #expect(try place.shell(command).code == 0)
        let card = String(decoding: try #require(place.bytes("new.json")), as: UTF8.self)
        #expect(!card.contains(place.path) && !card.contains("/tmp"), "\(card)")
        #expect(card.contains("pare train net.onnx --data=data.npz --scale 1/255 --epochs 1 --plan plan.yaml -o new.onnx"), "\(card)")
    }
}
