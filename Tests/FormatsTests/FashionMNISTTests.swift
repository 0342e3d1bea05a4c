import Formats
import Foundation
import Networks
import Tensors
import Testing

/// Debian's package dataset-fashion-mnist, where it is installed.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: DatasetLoader.debianDirectory)))
struct FashionMNISTTests {
    private let loader = DatasetLoader(environment: [:])

    @Test func findsTheFilesByContent() throws {
        let catalog = try DataCatalog(directory: loader.chosenDirectory)
        #expect(catalog.training?.count == 60_000)
        #expect(catalog.test.count == 10_000)
        #expect(catalog.training?.images.shape == [60_000, 28, 28])
        #expect(catalog.training?.labelPath.hasSuffix("train-labels-idx1-ubyte.gz") == true)
        #expect(catalog.test.imagePath.hasSuffix("t10k-images-idx3-ubyte.gz"))
    }

    // Hashes and labels made in Python: gzip.open(file).read(), header cut off, [50000:] of images and of labels (as little-endian int32), hashlib.sha256.
    @Test func loadsTheLastTenThousandForValidation() throws {
        let data = try loader.load(.validation)
        #expect(data.name == "Fashion-MNIST")
        #expect(data.inputs.shape == [10_000, 1, 28, 28])
        #expect(data.inputs.elementType == .uint8)
        #expect(data.count == 10_000)
        #expect(data.classNames.first == "T-shirt/top" && data.classNames.last == "Ankle boot")
        #expect(data.remark == nil)
        #expect(data.normalization == InputNormalization())
        #expect(data.sha256 == "68002f38085c05ccc332f45e1c209409a6b823f73ee2e63fc3d2f5adff7e3367")
        #expect(
            (0..<10).map { label in data.labels.count { $0 == Int32(label) } } == [1023, 988, 1008, 1021, 1050, 996, 970, 955, 968, 1021])
    }

    @Test func loadsTrainAndTest() throws {
        let test = try loader.load(.test)
        #expect(test.count == 10_000)
        #expect(test.labels.prefix(8) == [9, 2, 1, 1, 6, 1, 4, 6])
        #expect(FileHash.sha256(test.inputs) == "c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a")
        let train = try loader.load(.train)
        #expect(train.inputs.shape == [50_000, 1, 28, 28])
        #expect(train.labels.prefix(8) == [9, 0, 0, 3, 0, 2, 7, 2])
    }

    @Test func fitsTheBundledNetworks() throws {
        let data = try loader.load(.test)
        for name in ["lenet-5", "lenet-300-100"] {
            try data.check(against: try NetworkReader.read(Fixture.model(name)))
        }
    }
}
