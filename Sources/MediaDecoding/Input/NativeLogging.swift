import CFFmpeg

/// FFmpeg's log level is one per process: silent unless somebody asked for verbose output, which goes to standard error.
enum NativeLogging {
    static func configure(verbose: Bool) {
        av_log_set_level(verbose ? AV_LOG_VERBOSE : AV_LOG_QUIET)
    }
}
