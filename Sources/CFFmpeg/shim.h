// What Swift cannot take from FFmpeg's headers by itself: macros with casts, and unions.
#ifndef VIDEO_EXTRACT_CFFMPEG_H
#define VIDEO_EXTRACT_CFFMPEG_H

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/dovi_meta.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/log.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/samplefmt.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

// AVERROR(x) and the FFERRTAG codes are macros with casts.
static const int shim_error_eof = AVERROR_EOF;
static const int shim_error_exit = AVERROR_EXIT;
static const int shim_error_again = AVERROR(EAGAIN);
static const int shim_error_io = AVERROR(EIO);
static const int shim_error_no_memory = AVERROR(ENOMEM);
static const int shim_error_not_permitted = AVERROR(EPERM);
static const int shim_error_invalid_data = AVERROR_INVALIDDATA;
static const int shim_error_decoder_not_found = AVERROR_DECODER_NOT_FOUND;

// INT64_MIN behind a cast.
static const int64_t shim_no_pts = AV_NOPTS_VALUE;

#endif
