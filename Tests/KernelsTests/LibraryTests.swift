import Kernels
import Testing

@Suite struct LibraryTests {
    @Test func nameHasTheVersion() {
        #expect(KernelLibrary.name.wholeMatch(of: /oneDNN [23]\.\d+\.\d+/) != nil)
        #expect(!KernelLibrary.instructionSet.isEmpty)
    }

    @Test func threadsAreSetForTheCaller() {
        let before = KernelLibrary.threads
        KernelLibrary.setThreads(1)
        #expect(KernelLibrary.threads == 1)
        KernelLibrary.setThreads(before)
        #expect(KernelLibrary.threads == before)
        #expect(KernelLibrary.defaultThreadCount >= 1)
    }
}
