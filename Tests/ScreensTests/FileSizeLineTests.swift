import Compression
import Engine
import Networks
import Reports
import Screens
import Testing

@Suite("The line with the size of the file")
struct FileSizeLineTests {
    @Test("Exact once it is encoded; never where the engine leaves something out")
    func exact() {
        for isExact in [true, false] {
            var desk = Desk(Samples.opening())
            desk.send(.engine(.file(FileBytes(total: 4_321, layers: [:], isExact: isExact), generation: desk.explorer.generation)))
            #expect(desk.explorer.isFileFresh && desk.explorer.isFileExact == isExact)
            #expect(desk.screen.contains(isExact ? " 4,321 B" : "~4,321 B"))
        }
    }
}
