import Compression
import Engine
import Networks
import Reports
import Screens
import Testing

@Suite("The line with the size of the file")
struct FileSizeLineTests {
    @Test("Exact once it is encoded; never where activations are cut")
    func exact() {
        let cases: [(ActivationQuantization?, Bool)] = [(nil, true), (.sign, true), (.clipped(bits: 4, clip: .calibrated), false)]
        for (activations, isExact) in cases {
            var opening = Samples.opening()
            opening.plan = ["fc1.weight": LayerPlan(activations: activations)]
            var desk = Desk(opening)
            desk.send(.engine(.file(FileBytes(total: 4_321, layers: [:]), generation: desk.explorer.generation)))
            #expect(desk.explorer.isFileFresh && desk.explorer.isFileExact == isExact)
            #expect(desk.screen.contains(isExact ? " 4,321 B" : "~4,321 B"))
        }
    }
}
