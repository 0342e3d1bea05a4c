import Compression
import Frames
import Networks
import Screens
import TestSupport
import Testing

/// The singular values of factors where the histogram stands.
@Suite("Spectrum of factors")
struct SpectrumViewTests {
    private func type(_ text: String, _ desk: inout Desk) {
        desk.press(.enter)
        desk.type(text)
        desk.press(.enter)
    }

    /// A layer of the sample with factors, and the knob of their rank.
    private func desk(layer: Int, _ size: Size = Size(width: 160, height: 50)) -> Desk {
        var desk = Desk(Samples.opening(size: size))
        for _ in 0..<layer { desk.press(.down) }
        desk.type("w")
        type("factors", &desk)
        desk.press(.tab)
        return desk
    }

    @Test("cut, kept energy, numbers, work and bytes stand in the key's own frame")
    func figures() throws {
        var desk = desk(layer: 2)
        for text in [
            "channel rank 16 of 32", "energy kept ", "numbers 1,664 of 2,304", "MACs a row 1,664 of 2,304", "as float32 6,656 B of 9,216 B",
        ] {
            #expect(desk.screen.contains(text), "\(text)")
        }
        #expect(desk.screen.contains("σ1 ") && desk.screen.contains("σ32 ") && !desk.screen.contains("being found"))
        let layer = try #require(desk.layer)
        let spectrum = try #require(desk.explorer.compressed[layer.weight]?.value.spectrum)
        desk.isEngineOn = false
        type("50%", &desk)
        desk.press(.tab)
        desk.press(.right)
        desk.press(.backTab)
        desk.press(.left)
        #expect(desk.screen.contains("channel rank 15 of 32") && desk.screen.contains("numbers 1,560 of 2,304"))
        let kept = try #require(spectrum.keptEnergy(Factorization(.channel, ranks: [15], of: layer.geometry)))
        #expect(desk.screen.contains("energy kept \(NumberFormat(glyphs: .unicode).percent(kept, digits: 2))"))
    }

    @Test("pruning makes other values, so that the histogram stays until the lane has them")
    func waiting() {
        var desk = desk(layer: 2)
        desk.isEngineOn = false
        desk.type("p")
        type("0.5", &desk)
        #expect(desk.screen.contains("the spectrum is being found") && !desk.screen.contains("energy kept at least"))
    }

    @Test("Tucker's two ranks have a spectrum each, and what both leave is a bound until the factors are made")
    func tucker() throws {
        var desk = desk(layer: 1)
        let layer = try #require(desk.layer)
        #expect(layer.isConvolution)
        desk.press([.tab, .tab])
        type("tucker", &desk)
        #expect(desk.screen.contains("tucker rank ") && desk.screen.contains("inputs σ1") && desk.screen.contains("outputs σ1"))
        #expect(desk.screen.contains("energy kept ") && !desk.screen.contains("energy kept at least"))
        desk.isEngineOn = false
        desk.press([.backTab, .backTab])
        type("100%", &desk)
        #expect(desk.screen.contains("energy kept at least 100"))
    }
}
