import CFFmpeg

/// Rotation from display matrices.
enum Rotation {
    /// Clockwise rotation that shows the stream upright: 0, 90, 180 or 270.
    static func clockwiseDegrees(of stream: UnsafeMutablePointer<AVStream>) -> Int {
        var size = 0
        guard let data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size), size >= 36 else { return 0 }
        return clockwiseDegrees(UnsafeRawPointer(data))
    }

    /// The same for one picture (the orientation of a photograph), nil without a matrix.
    static func clockwiseDegrees(of frame: UnsafePointer<AVFrame>) -> Int? {
        guard let data = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX)?.pointee, data.size >= 36,
            let bytes = data.data
        else { return nil }
        return clockwiseDegrees(UnsafeRawPointer(bytes))
    }

    private static func clockwiseDegrees(_ matrix: UnsafeRawPointer) -> Int {
        // FFmpeg's angle is counterclockwise, NaN for a singular matrix.
        let angle = av_display_rotation_get(matrix.assumingMemoryBound(to: Int32.self))
        guard angle.isFinite else { return 0 }
        let quarter = Int((-angle / 90).rounded()) % 4
        return (quarter + 4) % 4 * 90
    }
}
