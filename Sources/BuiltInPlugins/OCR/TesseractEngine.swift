import CTesseract
import MediaValues
import PluginKit

/// One Tesseract reader: used by one thread at a time, as `TesseractReader` lends it.
///
/// Unchecked because it owns the `TessBaseAPI` handle, which may move between threads but not be shared.
final class TesseractEngine: @unchecked Sendable {
    private let handle: OpaquePointer

    /// Loads language data. Blocks, typically 50–300 ms.
    ///
    /// - Parameters:
    ///   - folder: where the `.traineddata` files are.
    ///   - languages: their names, the most important first.
    /// - Throws: `PluginError` (`invalidModel`).
    init(folder: String, languages: [String]) throws {
        guard let handle = TessBaseAPICreate() else {
            throw PluginError(.native, "Tesseract could not be started")
        }
        // Only the neural reader: the older one learns from each picture, so results would depend on the order.
        let status = TessBaseAPIInit2(handle, folder, languages.joined(separator: "+"), OEM_LSTM_ONLY)
        guard status == 0 else {
            TessBaseAPIDelete(handle)
            throw PluginError(
                .invalidModel,
                "Tesseract could not load the language data \(languages.joined(separator: ", ")) in \(folder); "
                    + "install its packages again")
        }
        // It would speak to standard error.
        _ = TessBaseAPISetVariable(handle, "debug_file", "/dev/null")
        TessBaseAPISetPageSegMode(handle, PSM_SPARSE_TEXT)
        self.handle = handle
    }

    deinit {
        TessBaseAPIEnd(handle)
        TessBaseAPIDelete(handle)
    }

    /// Reads a plane of luma; words of less than `leastConfidence` (0…1) are left out.
    ///
    /// - Throws: `PluginError` (`native`); `CancellationError` once `cancellation` is set.
    func lines(in luma: PixelPlane, leastConfidence: Double, cancellation: CancellationFlag) throws -> [TextLine] {
        tesseract_use_one_thread()
        TessBaseAPISetImage(
            handle, luma.baseAddress.assumingMemoryBound(to: UInt8.self), Int32(luma.width), Int32(luma.height), 1,
            Int32(luma.bytesPerRow))
        // Pictures carry no resolution; it only scales thresholds of the layout analysis.
        TessBaseAPISetSourceResolution(handle, 96)
        defer { TessBaseAPIClear(handle) }
        let monitor = TessMonitorCreate()
        defer { TessMonitorDelete(monitor) }
        let status = withExtendedLifetime(cancellation) {
            TessMonitorSetCancelThis(monitor, Unmanaged.passUnretained(cancellation).toOpaque())
            TessMonitorSetCancelFunc(monitor) { flag, _ in
                flag.map { Unmanaged<CancellationFlag>.fromOpaque($0).takeUnretainedValue().isSet } ?? false
            }
            return TessBaseAPIRecognize(handle, monitor)
        }
        if cancellation.isSet { throw CancellationError() }
        guard status == 0 else {
            throw PluginError(.native, "Tesseract could not read a picture of \(luma.width)x\(luma.height) pixels")
        }
        return collect(leastConfidence: leastConfidence)
    }

    private func collect(leastConfidence: Double) -> [TextLine] {
        guard let iterator = TessBaseAPIGetIterator(handle) else { return [] }
        defer { TessResultIteratorDelete(iterator) }
        guard let page = TessResultIteratorGetPageIterator(iterator) else { return [] }
        var lines: [TextLine] = []
        var words: [Word] = []
        repeat {
            if TessPageIteratorIsAtBeginningOf(page, RIL_TEXTLINE) != 0 {
                if let line = Word.joined(words) { lines.append(line) }
                words = []
            }
            guard let word = Word(iterator, page: page), word.confidence >= leastConfidence else { continue }
            words.append(word)
        } while TessResultIteratorNext(iterator, RIL_WORD) != 0
        if let line = Word.joined(words) { lines.append(line) }
        return lines
    }
}

/// A word and its upright rectangle in pixels.
private struct Word {
    let text: String
    let confidence: Double
    let left: Int32
    let top: Int32
    let right: Int32
    let bottom: Int32

    init?(_ iterator: OpaquePointer, page: OpaquePointer) {
        guard let characters = TessResultIteratorGetUTF8Text(iterator, RIL_WORD) else { return nil }
        defer { TessDeleteText(characters) }
        text = String(cString: characters).trimmingSpaces
        confidence = Double(TessResultIteratorConfidence(iterator, RIL_WORD)) / 100
        var edges: (left: Int32, top: Int32, right: Int32, bottom: Int32) = (0, 0, 0, 0)
        let isPlaced = TessPageIteratorBoundingBox(
            page, RIL_WORD, &edges.left, &edges.top, &edges.right, &edges.bottom)
        guard isPlaced != 0, !text.isEmpty else { return nil }
        (left, top, right, bottom) = edges
    }

    /// The line that the words make up; nil where there are none, or only signs.
    static func joined(_ words: [Word]) -> TextLine? {
        guard let left = words.map(\.left).min(), let top = words.map(\.top).min(),
            let right = words.map(\.right).max(), let bottom = words.map(\.bottom).max()
        else { return nil }
        // Edges and specks are read as signs.
        guard words.contains(where: { $0.text.contains { $0.isLetter || $0.isNumber } }) else { return nil }
        return TextLine(
            text: words.map(\.text).joined(separator: " "),
            confidence: words.map(\.confidence).reduce(0, +) / Double(words.count),
            area: Quadrilateral(left: Double(left), top: Double(top), right: Double(right), bottom: Double(bottom)))
    }
}
