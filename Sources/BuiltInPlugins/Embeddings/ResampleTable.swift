/// Weights for resampling one direction of a picture, as Pillow computes them (Resample.c, `precompute_coeffs`): the filter
/// is widened by the factor of reduction, which is what torchvision calls antialiasing.
struct ResampleTable {
    /// Which neighbours count how much.
    enum Filter {
        /// A triangle.
        case bilinear
        /// Keys' cubic with a = -0.5.
        case bicubic

        var support: Double {
            switch self {
            case .bilinear: 1
            case .bicubic: 2
            }
        }

        func weight(at distance: Double) -> Double {
            let x = abs(distance)
            switch self {
            case .bilinear:
                return x < 1 ? 1 - x : 0
            case .bicubic:
                let a = -0.5
                if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
                if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
                return 0
            }
        }
    }

    /// First source position and number of positions for each target position, in turn.
    private(set) var bounds: [Int32] = []
    /// Weights in units of 2^-22, `taps` for each target position.
    private(set) var weights: [Int32] = []
    /// Room for weights at each target position.
    let taps: Int
    /// Source positions that are read at all.
    let sourceRange: Range<Int>

    /// - Parameter range: the target positions wanted, of `target` ones; not empty.
    init(_ filter: Filter, source: Int, target: Int, range: Range<Int>) {
        let scale = Double(source) / Double(target)
        let stretch = max(scale, 1)
        let support = filter.support * stretch
        taps = min(source, Int(support.rounded(.up)) * 2 + 1)
        weights = [Int32](repeating: 0, count: taps * range.count)
        bounds.reserveCapacity(2 * range.count)
        var raw = [Double](repeating: 0, count: taps)
        var lowest = source
        var highest = 0
        for position in range {
            let center = (Double(position) + 0.5) * scale
            let first = max(0, Int(center - support + 0.5))
            let count = min(source, Int(center + support + 0.5)) - first
            var sum = 0.0
            for index in 0..<count {
                raw[index] = filter.weight(at: (Double(index + first) - center + 0.5) * (1 / stretch))
                sum += raw[index]
            }
            let base = (position - range.lowerBound) * taps
            for index in 0..<count {
                let share = sum == 0 ? raw[index] : raw[index] / sum
                let fixed = share * Double(1 << 22)
                weights[base + index] = Int32(fixed < 0 ? fixed - 0.5 : fixed + 0.5)
            }
            bounds.append(Int32(first))
            bounds.append(Int32(count))
            lowest = min(lowest, first)
            highest = max(highest, first + count)
        }
        sourceRange = lowest..<highest
    }

    /// Moves the source positions, for a source that begins at `start`.
    mutating func rebase(to start: Int) {
        for index in stride(from: 0, to: bounds.count, by: 2) { bounds[index] -= Int32(start) }
    }
}
