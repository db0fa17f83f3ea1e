/// How the samples of a frame are laid out.
public enum PixelLayout: String, Sendable, Codable {
    /// Planar 8-bit Y, U, V with chroma halved both ways.
    case yuv420
    /// Packed 8-bit R, G, B.
    case rgb24
    /// Packed 8-bit B, G, R.
    case bgr24
    /// One 8-bit plane of luma.
    case gray8
    /// Three full-size 8-bit planes Y, U, V.
    case yuv444
}

/// Which colour matrix turned R, G, B into the luma and chroma of a frame.
public enum ColorMatrix: String, Sendable, Codable {
    /// Rec. ITU-R BT.601: standard definition, JPEG.
    case bt601
    /// Rec. ITU-R BT.709: high definition.
    case bt709
    /// Rec. ITU-R BT.2020, non-constant luminance.
    case bt2020
}

/// One plane of pixels inside memory owned by a `PixelStorage`.
public struct PixelPlane: @unchecked Sendable {
    // Sendable: the bytes are immutable once the frame is published, and the frame keeps their owner alive.

    /// First byte of the first row.
    public let baseAddress: UnsafeRawPointer
    /// Bytes from one row to the next.
    public let bytesPerRow: Int
    /// Samples per row.
    public let width: Int
    /// Rows.
    public let height: Int

    /// Creates a plane over memory that outlives it.
    public init(baseAddress: UnsafeRawPointer, bytesPerRow: Int, width: Int, height: Int) {
        self.baseAddress = baseAddress
        self.bytesPerRow = bytesPerRow
        self.width = width
        self.height = height
    }
}

/// Owner of the memory behind a frame's planes; freed with the last frame that holds it.
public protocol PixelStorage: AnyObject, Sendable {}

/// A decoded picture with its identity: presentation time, frame number, stream time base.
///
/// Frames are immutable and cheap to pass on: they share their storage.
public struct VideoFrame: Sendable {
    /// Presentation time on the media's own timeline.
    public let time: MediaTime
    /// How long the picture is shown, where the container or the next frame tells.
    public let duration: MediaTime?
    /// Index of the frame in presentation order, counted over every frame of the stream. When only keyframes are
    /// decoded it is counted from the container's packets, and is nil where they do not tell.
    public let frameNumber: Int?
    /// Whether the container marks the picture as a keyframe (random access point).
    public let isKeyframe: Bool
    /// Width in pixels after rotation.
    public let width: Int
    /// Height in pixels after rotation.
    public let height: Int
    /// Sample layout of `planes`.
    public let layout: PixelLayout
    /// True where samples use the full 0…255 range (JPEG), false for 16…235 (video).
    public let isFullRange: Bool
    /// Matrix behind luma and chroma; without meaning for packed and grey layouts.
    public let colorMatrix: ColorMatrix
    /// The planes in the order of `layout`.
    public let planes: [PixelPlane]
    /// Keeps the memory of `planes` alive.
    public let storage: any PixelStorage

    /// Creates a frame over planes owned by `storage`.
    public init(
        time: MediaTime, duration: MediaTime?, frameNumber: Int?, isKeyframe: Bool, width: Int, height: Int,
        layout: PixelLayout, isFullRange: Bool, colorMatrix: ColorMatrix = .bt601, planes: [PixelPlane],
        storage: any PixelStorage
    ) {
        self.time = time
        self.duration = duration
        self.frameNumber = frameNumber
        self.isKeyframe = isKeyframe
        self.width = width
        self.height = height
        self.layout = layout
        self.isFullRange = isFullRange
        self.colorMatrix = colorMatrix
        self.planes = planes
        self.storage = storage
    }
}

/// Pixel memory held by a Swift array, for frames that are made rather than decoded.
public final class ArrayPixelStorage: PixelStorage, @unchecked Sendable {
    // Sendable: the buffer is written only before the storage is published.

    private let buffer: UnsafeMutableRawBufferPointer

    /// Copies `bytes`.
    public init(_ bytes: [UInt8]) {
        buffer = .allocate(byteCount: max(1, bytes.count), alignment: 64)
        buffer.copyBytes(from: bytes)
    }

    /// Allocates `byteCount` bytes and lets `fill` write them.
    public init(byteCount: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
        buffer = .allocate(byteCount: max(1, byteCount), alignment: 64)
        fill(buffer)
    }

    deinit { buffer.deallocate() }

    /// First byte, valid as long as this object.
    public var baseAddress: UnsafeRawPointer { UnsafeRawPointer(buffer.baseAddress.unsafelyUnwrapped) }
}
