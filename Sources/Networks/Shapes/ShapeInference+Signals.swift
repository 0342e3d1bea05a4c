import Tensors

extension ShapeInference {
    func transformed(_ transform: SignalTransform) throws(ShapeError) -> Shape {
        let x = try input(0)
        switch transform {
        case .sampledGrid(let settings):
            let places = try input(1)
            guard x.rank == settings.axes + 2, places.rank == x.rank, places[0] == x[0], places.dimensions.last == settings.axes,
                x.dimensions.dropFirst(2).allSatisfy({ $0 > 0 })
            else { throw error("images and places of \(settings.axes) numbers in each", "[\(x)] and [\(places)]") }
            return Shape(Array(x.dimensions.prefix(2)) + places.dimensions.dropFirst().dropLast())
        case .shortTimeFourier(let settings):
            guard x.rank == 2 || x.rank == 3 && x[2] == 1, settings.frames(of: x[1]) > 0 else {
                throw error("signals [N, length] of at least \(settings.length)", "[\(x)]")
            }
            return [x[0], settings.frames(of: x[1]), Fourier.bins(settings.length, isOneSided: settings.isOneSided), 2]
        case .fourier(let settings):
            guard x.rank > 1, let parts = x.dimensions.last, parts == 1 || parts == 2, (0..<x.rank - 1).contains(settings.axis) else {
                throw error("real or complex numbers [.., 1] or [.., 2] and an axis before them", "[\(x)], axis \(settings.axis)")
            }
            let length = settings.length ?? x[settings.axis]
            guard length > 0 else { throw error("a length", "\(length)") }
            var shape = x
            shape[settings.axis] = Fourier.bins(length, isOneSided: settings.isOneSided)
            shape[x.rank - 1] = 2
            return shape
        }
    }
}
