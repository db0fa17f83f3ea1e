/// Recognises colour bars: vertical bands of constant saturated colour in the order yellow, cyan, green, magenta, red,
/// blue, as in the SMPTE (ECR 1-1978, RP 219) and EBU (Rec. ITU-R BT.471, 75 % and 100 %) patterns.
enum ColorBars {
    /// Bits red, green, blue.
    private static let order: [Int] = [0b110, 0b011, 0b010, 0b101, 0b100, 0b001]
    /// Channels below this share of full drive are off, above the other they are on.
    private static let off = 0.3
    private static let on = 0.65
    /// Full drive: 0.75 or 1 in the standards.
    private static let leastDrive = 0.55
    /// Farthest that a sample may be from the mean of its column.
    private static let longestSpread = 0.06
    /// Share of the width that the six bars cover at least: 0.64 in RP 219 with its side panels.
    private static let leastWidth = 0.55

    private struct Run {
        var code: Int
        var width: Int
        var error: Double
    }

    /// How well the columns match, 0 barely … 1 exactly; nil where they show no bars.
    static func match(_ columns: [PictureMeasure.ColorColumn]) -> Double? {
        guard columns.count >= 16 else { return nil }
        // In patterns of 75 % the white bar may be at 100 %: the drive is that of yellow.
        let yellow = columns.filter { min($0.red, $0.green) >= leastDrive && $0.blue < off }
            .map { min($0.red, $0.green) }.sorted()
        guard !yellow.isEmpty else { return nil }
        let runs = runs(columns, drive: yellow[yellow.count / 2])
        guard runs.count >= order.count else { return nil }
        for start in 0...(runs.count - order.count) {
            let bars = runs[start..<(start + order.count)]
            guard bars.map(\.code) == order else { continue }
            let widths = bars.map(\.width)
            guard let widest = widths.max(), let narrowest = widths.min(),
                Double(widest) <= 1.7 * Double(narrowest) + 2,
                Double(widths.reduce(0, +)) >= leastWidth * Double(columns.count)
            else { continue }
            let error = bars.reduce(0) { $0 + $1.error } / Double(widths.reduce(0, +))
            return max(0, 1 - error / off)
        }
        return nil
    }

    /// Neighbouring columns of one colour; columns between two colours are left out.
    private static func runs(_ columns: [PictureMeasure.ColorColumn], drive: Double) -> [Run] {
        var runs: [Run] = []
        for column in columns {
            guard column.spread <= longestSpread else { continue }
            var code = 0
            var error = 0.0
            var isClear = true
            for channel in [column.red, column.green, column.blue] {
                let level = channel / drive
                isClear = isClear && (level <= off || level >= on)
                code = code << 1 | (level >= on ? 1 : 0)
                error += level >= on ? abs(1 - min(level, 1.05)) : max(0, level)
            }
            guard isClear else { continue }
            if let last = runs.last, last.code == code {
                runs[runs.count - 1].width += 1
                runs[runs.count - 1].error += error / 3
            } else {
                runs.append(Run(code: code, width: 1, error: error / 3))
            }
        }
        return runs
    }
}
