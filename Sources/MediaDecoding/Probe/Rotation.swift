import CFFmpeg

/// Rotation from display matrices.
enum Rotation {
    /// Clockwise rotation that shows the stream upright: 0, 90, 180 or 270.
    static func clockwiseDegrees(of stream: UnsafeMutablePointer<AVStream>) -> Int {
        var size = 0
        guard let data = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size), size >= 36 else { return 0 }
        return clockwiseDegrees(UnsafeRawPointer(data))
    }

    /// The same for one picture, nil where it says nothing: a matrix, or the orientation of a photograph (Exif 2.3, tag
    /// 0x0112; mirrored ones are turned but not mirrored back).
    static func clockwiseDegrees(of frame: UnsafePointer<AVFrame>) -> Int? {
        if let entry = av_dict_get(frame.pointee.metadata, "Orientation", nil, 0)?.pointee,
            let text = UnsafePointer(entry.value).text
        {
            switch Int(text.filter(\.isNumber)) {
            case 3, 4: return 180
            case 5, 6: return 90
            case 7, 8: return 270
            default: break
            }
        }
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
