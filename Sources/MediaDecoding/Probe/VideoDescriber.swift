import CFFmpeg
import PluginKit

/// Describes the picture properties of a video stream.
enum VideoDescriber {
    static func describe(
        _ pointer: UnsafeMutablePointer<AVStream>, input: MediaInput, isImage: Bool
    ) -> MediaDescription.Video {
        let stream = pointer.pointee
        let parameters = stream.codecpar.pointee
        var video = MediaDescription.Video(width: Int(parameters.width), height: Int(parameters.height))
        let aspect = av_guess_sample_aspect_ratio(input.context, pointer, nil)
        setGeometry(&video, aspect: aspect, rotation: Rotation.clockwiseDegrees(of: pointer))

        let format = AVPixelFormat(rawValue: parameters.format)
        video.pixelFormat = av_get_pix_fmt_name(format).text
        video.bitDepth = av_pix_fmt_desc_get(format).map { Int($0.pointee.comp.0.depth) }
        if !isImage, stream.disposition & AV_DISPOSITION_ATTACHED_PIC == 0 {
            video.averageFrameRate = ratio(stream.avg_frame_rate)
            video.realFrameRate = ratio(stream.r_frame_rate)
            video.isVariableFrameRate = FrameSpacing.isVariable(pointer, hasCompleteIndex: input.hasCompleteIndex)
        }
        video.fieldOrder = fieldOrder(parameters.field_order)
        if parameters.color_range != AVCOL_RANGE_UNSPECIFIED {
            video.colorRange = av_color_range_name(parameters.color_range).text
        }
        if parameters.color_space != AVCOL_SPC_UNSPECIFIED {
            video.colorSpace = av_color_space_name(parameters.color_space).text
        }
        if parameters.color_trc != AVCOL_TRC_UNSPECIFIED {
            video.colorTransfer = av_color_transfer_name(parameters.color_trc).text
        }
        if parameters.color_primaries != AVCOL_PRI_UNSPECIFIED {
            video.colorPrimaries = av_color_primaries_name(parameters.color_primaries).text
        }
        if parameters.chroma_location != AVCHROMA_LOC_UNSPECIFIED {
            video.chromaLocation = av_chroma_location_name(parameters.chroma_location).text
        }
        video.hdrFormat = hdrFormat(pointer, transfer: parameters.color_trc)
        video.hasBFrames = parameters.video_delay > 0
        if !isImage, input.hasCompleteIndex { video.keyframeCount = keyframeCount(pointer) }
        return video
    }

    private static func keyframeCount(_ stream: UnsafeMutablePointer<AVStream>) -> Int {
        (0..<avformat_index_get_entries_count(stream)).count { position in
            guard let entry = avformat_index_get_entry(stream, position)?.pointee else { return false }
            return entry.flags & AVINDEX_KEYFRAME != 0 && entry.flags & AVINDEX_DISCARD_FRAME == 0
        }
    }

    private static func setGeometry(_ video: inout MediaDescription.Video, aspect: AVRational, rotation: Int) {
        var width = video.width
        let height = video.height
        if aspect.num > 0, aspect.den > 0 {
            video.sampleAspectRatio = MediaDescription.Ratio(Int(aspect.num), Int(aspect.den))
            width = Int((Double(width) * Double(aspect.num) / Double(aspect.den)).rounded())
            var reducedWidth: Int32 = 0
            var reducedHeight: Int32 = 0
            av_reduce(
                &reducedWidth, &reducedHeight, Int64(video.width) * Int64(aspect.num),
                Int64(height) * Int64(aspect.den), 1 << 20)
            video.displayAspectRatio = MediaDescription.Ratio(Int(reducedWidth), Int(reducedHeight))
        }
        let isTurned = rotation == 90 || rotation == 270
        video.rotationDegrees = rotation
        video.displayWidth = isTurned ? height : width
        video.displayHeight = isTurned ? width : height
    }

    private static func ratio(_ value: AVRational) -> MediaDescription.Ratio? {
        value.num > 0 ? MediaDescription.Ratio(Int(value.num), Int(value.den)) : nil
    }

    private static func fieldOrder(_ order: AVFieldOrder) -> String? {
        switch order {
        case AV_FIELD_PROGRESSIVE: "progressive"
        case AV_FIELD_TT: "tt"
        case AV_FIELD_BB: "bb"
        case AV_FIELD_TB: "tb"
        case AV_FIELD_BT: "bt"
        default: nil
        }
    }

    /// Dolby Vision by its configuration record, HDR10 by the PQ transfer function (with or without the optional
    /// mastering metadata), HLG by its transfer function.
    private static func hdrFormat(
        _ stream: UnsafeMutablePointer<AVStream>, transfer: AVColorTransferCharacteristic
    ) -> String? {
        if av_stream_get_side_data(stream, AV_PKT_DATA_DOVI_CONF, nil) != nil { return "dolby_vision" }
        if transfer == AVCOL_TRC_SMPTE2084 { return "hdr10" }
        if transfer == AVCOL_TRC_ARIB_STD_B67 { return "hlg" }
        return nil
    }
}

/// Whether frames follow each other at varying distances.
enum FrameSpacing {
    /// Reads the index where it lists every frame, otherwise compares the average with the base rate.
    static func isVariable(_ stream: UnsafeMutablePointer<AVStream>, hasCompleteIndex: Bool) -> Bool? {
        let count = avformat_index_get_entries_count(stream)
        if hasCompleteIndex, count >= 3 {
            var times: [Int64] = []
            times.reserveCapacity(Int(count))
            for index in 0..<count {
                guard let entry = avformat_index_get_entry(stream, index)?.pointee else { continue }
                times.append(entry.timestamp)
            }
            return isVariable(decodingTimes: times)
        }
        let average = stream.pointee.avg_frame_rate
        let base = stream.pointee.r_frame_rate
        guard average.num > 0, average.den > 0, base.num > 0, base.den > 0 else { return nil }
        let quotient = (Double(average.num) / Double(average.den)) / (Double(base.num) / Double(base.den))
        return abs(quotient - 1) > 0.01
    }

    /// One tick of difference is rounding (30000/1001 in milliseconds); a single odd step is a cut in the edit list.
    static func isVariable(decodingTimes times: [Int64]) -> Bool {
        guard times.count >= 3 else { return false }
        // Times come from the file: any value is possible, so nothing here may overflow.
        let steps = zip(times.dropFirst(), times).map { $0 &- $1 }
        let typical = steps.prefix(255).sorted()[min(steps.count, 255) / 2]
        let tolerance = max(1, typical / 50).magnitude
        let odd = steps.lazy.filter { ($0 &- typical).magnitude > tolerance }.count
        return odd > max(1, steps.count / 500)
    }
}
