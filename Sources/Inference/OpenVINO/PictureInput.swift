import COpenVINO

/// Preparation of pictures inside the network: the first input then takes bytes as they lie in a picture, `[1,H,W,C]`, and the
/// network computes `(byte − mean) / scale` for each channel itself.
///
/// Saves the conversion to planes of floats in the caller, and four times the memory traffic.
public struct PictureInput: Sendable, Hashable {
    /// Order of the axes that the network itself was made with.
    public enum Layout: String, Sendable {
        /// Batch, channels, rows, columns: most networks.
        case nchw = "NCHW"
        /// Batch, rows, columns, channels: TensorFlow Lite.
        case nhwc = "NHWC"
    }

    /// Order of the axes that the network itself was made with.
    public var layout: Layout
    /// What to subtract, one value for all channels or one for each, in the order of the network's channels.
    public var mean: [Float]
    /// What to divide by, one value for all channels or one for each, in the order of the network's channels.
    public var scale: [Float]
    /// Whether the network takes the channels in the opposite order of the picture (RGB pictures, BGR network).
    public var reversesChannels: Bool

    /// Creates a preparation; the defaults only convert bytes to floats.
    public init(
        layout: Layout = .nchw, mean: [Float] = [0], scale: [Float] = [1], reversesChannels: Bool = false
    ) {
        self.layout = layout
        self.mean = mean
        self.scale = scale
        self.reversesChannels = reversesChannels
    }

    /// Adds the preparation to a network.
    ///
    /// - Returns: a new network, to be freed with `ov_model_free`.
    /// - Throws: ``InferenceError`` (`unsupportedModel`) when the first input is no picture.
    func apply(to model: OpaquePointer, name: String) throws -> OpaquePointer {
        func check(_ status: ov_status_e) throws {
            try OpenVINOStatus.check(status, .unsupportedModel, "the first input of \(name) takes no pictures")
        }
        // The library itself accepts any number of axes.
        var port: OpaquePointer?
        try check(ov_model_const_input_by_index(model, 0, &port))
        guard let info = TensorInfo(index: 0, port: port), info.shape?.count == 4 else {
            throw InferenceError(.unsupportedModel, "the first input of \(name) takes no pictures: it needs four axes")
        }
        var processor: OpaquePointer?
        try check(ov_preprocess_prepostprocessor_create(model, &processor))
        defer { ov_preprocess_prepostprocessor_free(processor) }
        var input: OpaquePointer?
        try check(ov_preprocess_prepostprocessor_get_input_info_by_index(processor, 0, &input))
        defer { ov_preprocess_input_info_free(input) }
        var tensor: OpaquePointer?
        try check(ov_preprocess_input_info_get_tensor_info(input, &tensor))
        defer { ov_preprocess_input_tensor_info_free(tensor) }
        var network: OpaquePointer?
        try check(ov_preprocess_input_info_get_model_info(input, &network))
        defer { ov_preprocess_input_model_info_free(network) }
        var pictureLayout: OpaquePointer?
        try check(ov_layout_create(Layout.nhwc.rawValue, &pictureLayout))
        defer { ov_layout_free(pictureLayout) }
        var networkLayout: OpaquePointer?
        try check(ov_layout_create(layout.rawValue, &networkLayout))
        defer { ov_layout_free(networkLayout) }
        try check(ov_preprocess_input_tensor_info_set_element_type(tensor, U8))
        try check(ov_preprocess_input_tensor_info_set_layout(tensor, pictureLayout))
        try check(ov_preprocess_input_model_info_set_layout(network, networkLayout))
        try addSteps(to: input, check)
        var prepared: OpaquePointer?
        try check(ov_preprocess_prepostprocessor_build(processor, &prepared))
        guard let prepared else {
            throw InferenceError(.unsupportedModel, "the first input of \(name) takes no pictures")
        }
        return prepared
    }

    private func addSteps(to input: OpaquePointer?, _ check: (ov_status_e) throws -> Void) throws {
        var steps: OpaquePointer?
        try check(ov_preprocess_input_info_get_preprocess_steps(input, &steps))
        defer { ov_preprocess_preprocess_steps_free(steps) }
        if reversesChannels { try check(ov_preprocess_preprocess_steps_reverse_channels(steps)) }
        try check(ov_preprocess_preprocess_steps_convert_element_type(steps, F32))
        if mean.contains(where: { $0 != 0 }) {
            try check(
                mean.count == 1
                    ? ov_preprocess_preprocess_steps_mean(steps, mean[0])
                    : ov_preprocess_preprocess_steps_mean_multi_channels(steps, mean, Int32(mean.count)))
        }
        if scale.contains(where: { $0 != 1 }) {
            try check(
                scale.count == 1
                    ? ov_preprocess_preprocess_steps_scale(steps, scale[0])
                    : ov_preprocess_preprocess_steps_scale_multi_channels(steps, scale, Int32(scale.count)))
        }
    }
}
