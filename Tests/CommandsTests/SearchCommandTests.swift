import Exports
import Foundation
import Sessions
import Testing

/// `pare search`, `pare sessions front` and Distiller's tables, without a screen.
@Suite("Search, front and tables on the command line")
struct SearchCommandTests {
    private func object(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test("Zeros and MACs of lenet-5 as Distiller prints them")
    func tables() throws {
        let place = try Workplace()
        let macs = try place.run("report", "lenet-5", "--table", "macs")
        #expect(macs.code == 0 && macs.output.contains("Total MACs: 2,293,000\n") && macs.message.isEmpty)
        #expect(macs.output.contains("|  0 | conv1  | Conv2d | k=(5, 5) | (1, 1, 28, 28)"))
        let json = try object(place.run("report", "lenet-5", "--table", "macs", "--json").output)
        #expect(json["total"] as? Int == 2_293_000 && (json["rows"] as? [[String: Any]])?.count == 4)
        let plan = try place.write("version: 1\nlayers:\n  fc1: {level: 0.5}\n", to: "half.yaml")
        let table = try place.run("report", "lenet-5", "--plan", plan, "--table", "sparsity").output
        #expect(table.contains("|    | Name            | Shape          |   NNZ (dense) |   NNZ (sparse) |   Cols (%) |"))
        #expect(table.contains("Total sparsity: 46.46\n") && table.contains("Cols are zero outputs"))
        let csv = try place.run("report", "lenet-5", "--plan", plan, "--table", "sparsity", "--csv").output
        let rows = try CSVText.rows(csv)
        #expect(rows.count == 6 && rows[0].fields.count == 13 && rows.last?.fields.first == "Total sparsity:")
        #expect(rows.first { $0.fields[0] == "fc1.weight" }?.fields[9] == "50.0")
        #expect(try place.run("report", "lenet-5", "--csv").code == 64)
        #expect(try place.run("report", "lenet-5", "--table", "columns").code == 64)
    }

    @Test("Options that can't be are refused before anything is measured")
    func refusals() throws {
        let place = try Workplace()
        for arguments in [
            ["lenet-5"], ["lenet-5", "--bytes", "10", "--loss", "1"], ["lenet-5", "--bytes", "0"], ["lenet-5", "--loss", "101"],
            ["lenet-5", "--bytes", "10", "--family", "magic"], ["lenet-5", "--bytes", "10", "--pin", "conv1"],
            ["lenet-5", "--bytes", "10", "--pin", "conv1=shared 3"], ["lenet-5", "--bytes", "10", "--keep", "nothing"],
        ] { #expect(try place.run(["search"] + arguments).code == 64, "\(arguments)") }
    }

    @Test("The plan that it writes is within the bytes, and its points are in the session", .enabled(if: Workplace.hasData))
    func search() throws {
        let place = try Workplace()
        let path = place.path + "/plan.yaml"
        let run = try place.run(
            "search", "lenet-300-100", "--bytes", "120000", "--family", "level", "--pin", "fc3=level 0.3", "--patience", "2", "-o", path,
            "--session", "found", "--json")
        #expect(run.code == 0, "\(run.message)")
        let found = try object(run.output)
        #expect(found["isMet"] as? Bool == true && (found["bytes"] as? Int ?? .max) <= 120_000)
        let confirm = try #require(found["confirm"] as? [String: Any])
        #expect(confirm["examples"] as? Int == 5_000 && (confirm["difference"] as? Double ?? -1) > -0.2)
        let report = try object(place.run("report", "lenet-300-100", "--plan", path, "--json").output)
        let bytes = try #require(report["bytes"] as? [String: Any])
        #expect(bytes["file"] as? Int == found["bytes"] as? Int)
        let layers = try #require(report["layers"] as? [[String: Any]])
        #expect(layers.last?["level"] as? Double == 0.3)
        let contents = try place.read("found")
        #expect(contents.testMeasurements == 0 && contents.history.changes.count == 1 && contents.tasks.first?.isOpen == false)
        #expect(Set(contents.points.groups.map(\.words)) == ["choose of validation", "confirm of validation"])
        #expect(contents.points.all.contains { $0.bytes == found["bytes"] as? Int && $0.chosenAmong != nil })
        let front = try place.run("sessions", "front", "found").output
        #expect(front.contains("accuracy on choose of validation, 5,000 examples of lenet-300-100"))
        let drawing = place.path + "/front.svg"
        #expect(try place.run("sessions", "front", "found", "-o", drawing).code == 0)
        let text = try String(contentsOfFile: drawing, encoding: .utf8)
        #expect(text.contains("<circle") && !text.contains("<script") && !text.contains("href"))
        let rows = try CSVText.rows(place.run("sessions", "front", "found", "--csv").output)
        #expect(rows.count == contents.points.all.count + 1 && rows.allSatisfy { $0.fields.count == rows[0].fields.count })
        let missed = try place.run("search", "lenet-300-100", "--bytes", "900", "--family", "level", "--time", "2", "--json")
        #expect(missed.code == 81)
        #expect(try object(missed.output)["isMet"] as? Bool == false)
    }

    @Test("What a sensitivity measured of the same half is not measured again")
    func shared() throws {
        let place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
        let inputs = ["lenet-300-100", "--generate", "normal", "--count", "500", "--json"]
        let arguments = ["search"] + inputs + ["--bytes", "120000", "--family", "level", "--patience", "0"]
        let fresh = try object(place.run(arguments).output)
        #expect(try place.run(["sensitivity"] + inputs + ["--part", "choose", "--family", "level", "--session", "kept"]).code == 0)
        let shared = try object(place.run(arguments + ["--session", "kept"]).output)
        let (all, new) = (try #require(fresh["measured"] as? Int), try #require(shared["measured"] as? Int))
        // Nine levels of three layers, on few examples and on all; what lies beside the chosen ones is new to both.
        #expect(all >= 27 && new <= all - 27, "\(all) and \(new)")
        #expect(fresh["bytes"] as? Int == shared["bytes"] as? Int)
        // The same command again measures nothing at all.
        let again = try object(place.run(arguments + ["--session", "kept"]).output)
        #expect(again["measured"] as? Int == 0 && again["plan"] as? String == shared["plan"] as? String)
    }

    @Test("Ended while options are measured, it chooses by what is known and measures that")
    func endedEarly() throws {
        let place = try Workplace()
        place.environment["PARE_DATA"] = place.path + "/none"
        let run = try place.run(
            "search", "lenet-300-100", "--generate", "normal", "--count", "2000", "--bytes", "300000", "--time", "4", "--json")
        let found = try object(run.output)
        #expect(found["wasEnded"] as? Bool == true && (found["options"] as? Int ?? 0) > 0, "\(run.output) \(run.message)")
        #expect((found["bytes"] as? Int ?? .max) < (found["originalBytes"] as? Int ?? 0) && (found["plans"] as? Int ?? 0) > 1)
    }
}
