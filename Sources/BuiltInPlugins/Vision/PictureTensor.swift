import CSIMD
import MediaValues
import PluginKit

/// Memory for one picture in the form that a network takes, filled from decoded planes of luma and chroma without a stop in between.
///
/// Used by one thread at a time, as ``PictureTensors`` lends it. Unchecked because it owns plain memory.
final class PictureTensor: @unchecked Sendable {
    /// What depends on the size of the pictures and not on what they show.
    private struct Plan {
        let width: Int
        let height: Int
        let chromaStep: Int
        let colours: PictureColours
        let placement: PicturePlacement
        let luma: ResizeTaps
        let chroma: ResizeTaps
        let native: csimd_colour
    }

    let form: PictureTensorForm
    private let memory: UnsafeMutableRawBufferPointer
    /// A row of each plane, and one of each channel where these are to be interleaved.
    private var rows: UnsafeMutableRawBufferPointer
    private var plan: Plan?

    init(form: PictureTensorForm) {
        self.form = form
        let bytes = form.shape.reduce(4, *)
        memory = .allocate(byteCount: max(64, bytes), alignment: 64)
        rows = .allocate(byteCount: 64, alignment: 64)
    }

    deinit {
        memory.deallocate()
        rows.deallocate()
    }

    /// The tensor, row-major; valid as long as this object.
    var values: UnsafeBufferPointer<Float> {
        UnsafeBufferPointer(start: memory.bindMemory(to: Float.self).baseAddress, count: form.shape.reduce(1, *))
    }

    /// Fills the tensor.
    ///
    /// - Throws: `PluginError` for a frame that is neither `yuv420` nor `yuv444`.
    func fill(from frame: VideoFrame) throws -> PicturePlacement {
        guard let planes = ColourPlanes(frame) else {
            throw PluginError(
                .pluginFault,
                "a picture of layout \(frame.layout.rawValue) and \(frame.width)x\(frame.height) pixels came where "
                    + "luma and chroma were asked for")
        }
        let plan = plan(for: frame, planes)
        let rowLength = (frame.width + Self.slack) & ~31
        let scratch = rows.bindMemory(to: Int16.self)
        guard let lumaRow = scratch.baseAddress else { return plan.placement }
        let (cbRow, crRow) = (lumaRow + rowLength, lumaRow + 2 * rowLength)
        let native = csimd_row(luma: lumaRow, cb: cbRow, cr: crRow)
        var (lumaTaps, chromaTaps, colour) = (plan.luma.native, plan.chroma.native, plan.native)
        var row = native
        for y in plan.placement.vertical.pixels {
            let position = plan.placement.vertical.source(of: y)
            Self.blend(planes.luma, at: position, into: lumaRow)
            let chromaPosition = planes.chromaPosition(position)
            Self.blend(planes.cb, at: chromaPosition, into: cbRow)
            Self.blend(planes.cr, at: chromaPosition, into: crRow)
            convert(
                &row, &lumaTaps, &chromaTaps, &colour, y: y, from: plan.placement.horizontal.pixels,
                scratch: crRow + rowLength)
        }
        return plan.placement
    }

    /// Samples that the kernel may read beyond the end of a row, and what rounding up to whole cache lines takes.
    private static let slack = 63

    private static func blend(_ plane: PixelPlane, at source: Double, into row: UnsafeMutablePointer<Int16>) {
        let (position, fraction) = ResizeTaps.split(source, length: plane.height)
        let upper = plane.baseAddress.assumingMemoryBound(to: UInt8.self) + position * plane.bytesPerRow
        let weight = Int16(min(32767, (fraction * 32768).rounded()))
        csimd_blend_rows(upper, weight == 0 ? upper : upper + plane.bytesPerRow, weight, row, plane.width)
    }

    private func convert(
        _ row: inout csimd_row, _ luma: inout csimd_taps, _ chroma: inout csimd_taps, _ colour: inout csimd_colour,
        y: Int, from columns: Range<Int>, scratch: UnsafeMutablePointer<Int16>
    ) {
        guard let values = memory.bindMemory(to: Float.self).baseAddress else { return }
        switch form.arrangement {
        case .planar:
            csimd_convert_row(
                &row, &luma, &chroma, &colour, values + y * form.width + columns.lowerBound, form.width * form.height,
                columns.count)
        case .interleaved:
            let channels = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: Float.self)
            csimd_convert_row(&row, &luma, &chroma, &colour, channels, form.width, columns.count)
            let target = values + 3 * (y * form.width + columns.lowerBound)
            for x in 0..<columns.count {
                target[3 * x] = channels[x]
                target[3 * x + 1] = channels[form.width + x]
                target[3 * x + 2] = channels[2 * form.width + x]
            }
        }
    }

    /// The plan for pictures of this kind; a new one brings new padding.
    private func plan(for frame: VideoFrame, _ planes: ColourPlanes) -> Plan {
        let colours = PictureColours(frame)
        if let plan, plan.width == frame.width, plan.height == frame.height, plan.chromaStep == planes.chromaStep,
            plan.colours == colours
        {
            return plan
        }
        let placement = form.placement(ofWidth: frame.width, height: frame.height)
        let columns = placement.horizontal.pixels
        let made = Plan(
            width: frame.width, height: frame.height, chromaStep: planes.chromaStep, colours: colours,
            placement: placement,
            luma: ResizeTaps(count: columns.count, length: planes.luma.width) {
                placement.horizontal.source(of: columns.lowerBound + $0)
            },
            chroma: ResizeTaps(count: columns.count, length: planes.cb.width) {
                planes.chromaPosition(placement.horizontal.source(of: columns.lowerBound + $0))
            },
            native: colours.native(for: form))
        rows.deallocate()
        let rowBytes = 2 * ((frame.width + Self.slack) & ~31)
        rows = .allocate(
            byteCount: 3 * rowBytes + (form.arrangement == .interleaved ? 12 * form.width : 0), alignment: 64)
        rows.initializeMemory(as: UInt8.self, repeating: 0)
        pad()
        plan = made
        return made
    }

    private func pad() {
        let values = memory.bindMemory(to: Float.self)
        let padding = form.mean.map { (form.padding - $0) * form.scale }
        switch form.arrangement {
        case .planar:
            let size = form.width * form.height
            for channel in 0..<3 {
                values[(channel * size)..<((channel + 1) * size)].update(repeating: padding[channel])
            }
        case .interleaved:
            for index in 0..<(3 * form.width * form.height) { values[index] = padding[index % 3] }
        }
    }
}

/// Tensors of one form; as many exist as are lent at one time.
final class PictureTensors: Sendable {
    private let form: PictureTensorForm
    private let idle = Guarded<[PictureTensor]>([])

    init(form: PictureTensorForm) { self.form = form }

    func withTensor<Result>(_ body: (PictureTensor) throws -> Result) rethrows -> Result {
        let tensor = idle.withLock { $0.popLast() } ?? PictureTensor(form: form)
        defer { idle.withLock { $0.append(tensor) } }
        return try body(tensor)
    }
}
