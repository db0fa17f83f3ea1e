import PluginKit
import Testing
import VideoExtractTesting

@testable import BuiltInPlugins

struct OCRSettingsTests {
    private func settings(_ parameters: [String: ParameterValue]) throws -> OCRSettings {
        try OCRSettings(PluginKit.Operation("ocr", parameters: parameters))
    }

    private func refusal(_ parameters: [String: ParameterValue]) -> PluginError? {
        do {
            _ = try settings(parameters)
            return nil
        } catch {
            return PluginError(wrapping: error, doing: "reading parameters")
        }
    }

    @Test func theLanguagesChooseTheEngine() throws {
        #expect(try settings([:]).engine == .paddle)
        #expect(try settings([:]).languages == ["zh", "en"])
        #expect(try settings(["languages": .list(["EN"])]).engine == .paddle)
        #expect(try settings(["languages": .list(["en", "de"])]).engine == .tesseract)
        #expect(try settings(["engine": .text("tesseract")]).engine == .tesseract)
    }

    @Test func languagesThatNobodyReadsAreRefused() throws {
        let unknown = try #require(refusal(["languages": .list(["xx"])]))
        #expect(unknown.code == .invalidParameter && unknown.message.contains("'xx'"))
        let wrongEngine = try #require(refusal(["languages": .list(["de"]), "engine": .text("pp-ocr")]))
        #expect(wrongEngine.code == .invalidParameter && wrongEngine.message.contains("zh and en"))
    }

    @Test func onlyPaddleNeedsAModel() throws {
        let plugin = OCRPlugin(manifest: .named("ocr", output: .ocr), models: try #require(Repository.models))
        #expect(try plugin.requiredModels(for: PluginKit.Operation("ocr")) == ["pp-ocr-v4"])
        let german = PluginKit.Operation("ocr", parameters: ["languages": .list(["de"])])
        #expect(try plugin.requiredModels(for: german) == [])
        #expect(try plugin.mediaDemand(for: german).video != nil)
    }

    @Test func codesHaveDataNames() {
        #expect(TesseractLanguages.dataName("de") == "deu")
        #expect(TesseractLanguages.dataName("DE") == "deu")
        #expect(TesseractLanguages.dataName("zh") == "chi_sim")
        #expect(TesseractLanguages.dataName("deu") == "deu")
        #expect(TesseractLanguages.dataName("xx") == nil)
    }

    @Test func missingDataNamesItsPackage() throws {
        let folder = try TemporaryDirectory()
        try folder.write("", to: "deu.traineddata")
        let environment = ["TESSDATA_PREFIX": folder.path]
        #expect(try TesseractLanguages.folder(for: ["deu"], environment: environment) == folder.path)
        let error = #expect(throws: PluginError.self) {
            try TesseractLanguages.folder(for: ["deu", "chi_tra"], environment: environment)
        }
        #expect(error?.code == .missingModel)
        #expect(error?.message.contains("tesseract-ocr-chi-tra") == true)
        #expect(error?.message.contains("tesseract-ocr-deu") == false)
    }
}
