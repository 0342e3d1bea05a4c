import Foundation
import Kernels
import Testing

@Suite struct LibraryTests {
    @Test func nameHasTheVersion() {
        #expect(KernelLibrary.name.wholeMatch(of: /oneDNN [23]\.\d+\.\d+/) != nil)
        #expect(!KernelLibrary.instructionSet.isEmpty)
    }

    /// `Scripts/test-onednn3` sets the major version that must have been loaded.
    @Test func libraryIsTheOneAskedFor() {
        guard let major = ProcessInfo.processInfo.environment["PARE_EXPECTED_ONEDNN"] else { return }
        #expect(KernelLibrary.name.hasPrefix("oneDNN \(major)."))
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
