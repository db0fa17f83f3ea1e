/// Rows from top to bottom, and what shares a row from left to right.
enum ReadingOrder {
    static func sorted<Element>(_ elements: [Element], by area: (Element) -> Quadrilateral) -> [Element] {
        var sorted = elements.map { (element: $0, area: area($0)) }
        sorted.sort { ($0.area.topLeft.y, $0.area.topLeft.x) < ($1.area.topLeft.y, $1.area.topLeft.x) }
        for index in sorted.indices.dropFirst() {
            var position = index
            while position > 0, precedes(sorted[position].area, sorted[position - 1].area) {
                sorted.swapAt(position, position - 1)
                position -= 1
            }
        }
        return sorted.map(\.element)
    }

    private static func precedes(_ line: Quadrilateral, _ other: Quadrilateral) -> Bool {
        abs(line.topLeft.y - other.topLeft.y) < min(line.height, other.height) / 2
            && line.topLeft.x < other.topLeft.x
    }
}
