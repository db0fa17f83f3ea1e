import CFFmpeg
import MediaValues
import PluginKit

/// Brings pictures into the forms that stages ask for. One per decoding thread.
struct PictureConverter {
    private var scalers: [VideoDemand.Form: PictureScaler] = [:]
    private var reducer = PictureReducer()
    private var compositor = AlphaCompositor()

    /// - Throws: `PluginError` with `native`.
    mutating func convert(_ decoded: Picture, to form: VideoDemand.Form) throws -> VideoFrame {
        let picture = try compositor.opaque(decoded)
        switch form {
        case .fullSize:
            // Pictures, that is; a film in 4:4:4 has another matrix, which JPEG does not know.
            let isFull =
                PixelFormats.hasFullChroma(picture.frame.format)
                && PictureScaler.colorMatrix(of: picture.frame) == .bt601
            let frame = try reformat(
                picture.frame, form, isFull ? AV_PIX_FMT_YUV444P : AV_PIX_FMT_YUV420P, size: picture.frame.size)
            return Self.publish(frame, of: picture, as: isFull ? .yuv444 : .yuv420)
        case .reduced(let maximumWidth):
            return try reduced(picture, form, maximumWidth: maximumWidth)
        case .converted(let layout, let maximumSide):
            let size = Self.fitting(picture.frame.size, maximumSide: maximumSide)
            let frame = try reformat(picture.frame, form, layout.nativeFormat, size: size)
            return Self.publish(frame, of: picture, as: layout)
        }
    }

    static func fitting(_ size: PlaneSize, maximumSide: Int?) -> PlaneSize {
        guard let maximumSide, maximumSide > 0, max(size.width, size.height) > maximumSide else { return size }
        let scale = Double(maximumSide) / Double(max(size.width, size.height))
        return PlaneSize(
            width: max(1, Int((Double(size.width) * scale).rounded())),
            height: max(1, Int((Double(size.height) * scale).rounded())))
    }

    private mutating func reduced(
        _ picture: Picture, _ form: VideoDemand.Form, maximumWidth: Int
    ) throws -> VideoFrame {
        let size = picture.frame.size
        // The limit holds for the upright picture.
        let isTurned = picture.rotation == 90 || picture.rotation == 270
        let edge = PictureReducer.blockEdge(width: isTurned ? size.height : size.width, maximumWidth: maximumWidth)
        if let (storage, small) = reducer.reduce(picture.frame, edge: edge) {
            let bytes = storage.baseAddress.assumingMemoryBound(to: UInt8.self)
            let planes = (0..<3).map {
                (base: UnsafePointer(bytes + $0 * small.width * small.height), stride: small.width, size: small)
            }
            return Self.publish(
                planes, storage: storage, of: picture, as: .yuv444, isFullRange: picture.frame.isFullRange, size: small)
        }
        let small = PlaneSize(width: max(1, size.width / edge), height: max(1, size.height / edge))
        let frame = try reformat(picture.frame, form, AV_PIX_FMT_YUV444P, size: small)
        return Self.publish(frame, of: picture, as: .yuv444)
    }

    private mutating func reformat(
        _ frame: NativeFrame, _ form: VideoDemand.Form, _ format: AVPixelFormat, size: PlaneSize
    ) throws -> NativeFrame {
        let isTopDown = frame.pointer.pointee.linesize.0 > 0
        if PixelFormats.withoutRange(frame.format) == format, frame.size == size, isTopDown { return frame }
        let key = PictureScaler.key(for: frame, width: size.width, height: size.height, format: format)
        if let known = scalers[form], known.key == key { return try known.scale(frame) }
        let scaler = try PictureScaler(key: key)
        scalers[form] = scaler
        return try scaler.scale(frame)
    }

    private static func publish(_ frame: NativeFrame, of picture: Picture, as layout: PixelLayout) -> VideoFrame {
        let size = frame.size
        let planes = (0..<layout.planeCount).compactMap { index in
            frame.plane(index).map { plane in
                (base: UnsafePointer(plane.base), stride: plane.stride, size: layout.planeSize(index, of: size))
            }
        }
        return publish(
            planes, storage: frame, of: picture, as: layout, isFullRange: frame.isFullRange, size: size)
    }

    private typealias Plane = (base: UnsafePointer<UInt8>, stride: Int, size: PlaneSize)

    /// Publishes planes as they are, or turned upright into memory of their own.
    private static func publish(
        _ planes: [Plane], storage: any PixelStorage, of picture: Picture, as layout: PixelLayout, isFullRange: Bool,
        size: PlaneSize
    ) -> VideoFrame {
        func frame(_ planes: [PixelPlane], _ storage: any PixelStorage, _ size: PlaneSize) -> VideoFrame {
            VideoFrame(
                time: picture.time, duration: picture.duration, frameNumber: picture.number,
                isKeyframe: picture.isKeyframe, width: size.width, height: size.height, layout: layout,
                isFullRange: isFullRange, colorMatrix: PictureScaler.colorMatrix(of: picture.frame), planes: planes,
                storage: storage)
        }
        guard picture.rotation != 0 else {
            let views = planes.map {
                PixelPlane(
                    baseAddress: UnsafeRawPointer($0.base), bytesPerRow: $0.stride, width: $0.size.width,
                    height: $0.size.height)
            }
            return frame(views, storage, size)
        }
        let sampleBytes = layout.bytesPerSample
        let lengths = planes.map { $0.size.width * $0.size.height * sampleBytes }
        let turned = ArrayPixelStorage(byteCount: lengths.reduce(0, +)) { buffer in
            guard var target = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
            for (plane, length) in zip(planes, lengths) {
                PlaneRotation.turn(
                    plane.base, stride: plane.stride, size: plane.size, bytesPerSample: sampleBytes,
                    degrees: picture.rotation, into: target)
                target += length
            }
        }
        let isQuarter = picture.rotation != 180
        var offset = 0
        let views = zip(planes, lengths).map { plane, length in
            defer { offset += length }
            let upright = isQuarter ? plane.size.transposed : plane.size
            return PixelPlane(
                baseAddress: turned.baseAddress + offset, bytesPerRow: upright.width * sampleBytes,
                width: upright.width, height: upright.height)
        }
        return frame(views, turned, isQuarter ? size.transposed : size)
    }
}

extension NativeFrame {
    var size: PlaneSize { PlaneSize(width: width, height: height) }
}

extension PixelLayout {
    var nativeFormat: AVPixelFormat {
        switch self {
        case .yuv420: AV_PIX_FMT_YUV420P
        case .rgb24: AV_PIX_FMT_RGB24
        case .bgr24: AV_PIX_FMT_BGR24
        case .gray8: AV_PIX_FMT_GRAY8
        case .yuv444: AV_PIX_FMT_YUV444P
        }
    }

    var planeCount: Int {
        switch self {
        case .yuv420, .yuv444: 3
        case .rgb24, .bgr24, .gray8: 1
        }
    }

    var bytesPerSample: Int {
        switch self {
        case .rgb24, .bgr24: 3
        case .yuv420, .yuv444, .gray8: 1
        }
    }

    /// Samples of a plane; the width of packed layouts counts pixels.
    func planeSize(_ index: Int, of size: PlaneSize) -> PlaneSize {
        guard self == .yuv420, index > 0 else { return size }
        return PlaneSize(width: (size.width + 1) / 2, height: (size.height + 1) / 2)
    }
}
