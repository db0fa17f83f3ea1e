import CommandLineParsing
import Testing

@Suite struct HelpTextTests {
    @Test func rootHelp() {
        #expect(
            SampleProgram.root.helpText() == """
                Usage: video-extract [options] COMMAND

                Turn media files into searchable artifacts.

                Commands:
                  perf, performance, fast  Process one file as fast as possible.
                  bulk                     Process many files.
                  plugins                  Show and check plugins.

                Options:
                  -h, --help               Show this help and exit.
                      --version            Show the version and exit.
                  -v, --verbose            Say more.

                Run 'video-extract COMMAND --help' for more about a command.

                """)
    }

    @Test func commandHelpWithSectionsNotesAndExamples() {
        #expect(
            SampleProgram.root.helpText(path: ["fast"], width: 80) == """
                Usage: video-extract perf FILE [options]
                Aliases: performance, fast

                Process one file as fast as possible.

                Results stream out as they appear, one JSON object per line, so that the first
                segment of a transcript can be read while the rest of the file is still being
                decoded.

                Exit status:
                  0  all operations are done

                Arguments:
                  FILE                  The media file, or '-' for standard input.

                Options:
                  -o, --ops, --operations LIST
                                        Operations to run. Each may carry parameters.
                                        (comma-separated, out of: metadata, audio, keyframes,
                                        scenes, transcription, ocr)
                      --output-dir DIR  Where results go.
                      --set KEY=VALUE   One parameter.
                  -s, --stream          Stream events [JSON lines]: it's one object per line.

                Quality:
                      --profile NAME    Strength of the run. (one of: fast, balanced,
                                        high_quality; default: balanced)

                Speed:
                  -t, --threads N       Threads.
                      --offset SECONDS  Shift times.

                Global options:
                  -h, --help            Show this help and exit.
                      --version         Show the version and exit.
                  -v, --verbose         Say more.

                Examples:
                  video-extract perf talk.mp4 --ops ocr
                      Reads the text on screen.

                """)
    }

    @Test(arguments: [40, 60, 80, 120])
    func linesFitTheWidth(width: Int) {
        for path in [[], ["perf"], ["bulk"], ["plugins"], ["plugins", "show"]] {
            // Examples and option names are never broken, so that they can be copied.
            let long = SampleProgram.root.helpText(path: path, width: width).split(separator: "\n").filter {
                $0.count > max(width, 52)
            }
            #expect(long == [])
        }
    }

    @Test func hiddenPartsAreNotShown() {
        #expect(!SampleProgram.root.helpText().contains("internal"))
        #expect(!SampleProgram.root.helpText(path: ["perf"]).contains("secret"))
    }

    @Test func requiredOptionsStandInTheUsageLine() {
        let usage = SampleProgram.root.helpText(path: ["bulk"]).prefix { $0 != "\n" }
        #expect(usage == "Usage: video-extract bulk OUTPUT FILES... --workers N")
    }

    @Test func terminalWidthIsReadable() {
        #expect((40...120).contains(TerminalWidth.current()))
    }
}
