import Foundation
import Testing
import VideoExtractTesting

/// The schemas themselves, and the checker: both must be able to refuse.
struct SchemaTests {
    @Test(arguments: [
        "metadata", "audio", "frames", "keyframes", "scenes", "vad", "transcription", "run", "batch_summary", "event",
        "diarization", "objects", "faces", "ocr", "places", "vision_embeddings", "text_embeddings", "audio_embeddings",
        "audio_events", "subtitles", "thumbnail", "fingerprint", "markers", "fusion",
    ])
    func schemaIsUsable(name: String) throws {
        let schema = try Schemas.schema(name)
        #expect(!schema.problems(in: .object([:])).isEmpty)
        #expect(!schema.problems(in: .array([])).isEmpty)
    }

    private func problems(_ schema: String, _ document: String) throws -> [String] {
        try JSONSchema(parsing: Data(schema.utf8)).problems(in: try JSONValue(parsing: document))
    }

    @Test(arguments: [
        (#"{"type": "integer"}"#, "1", "1.5"),
        (#"{"type": "boolean"}"#, "true", "1"),
        (#"{"type": "number", "minimum": 0, "maximum": 1}"#, "0.5", "1.01"),
        (#"{"type": "number", "minimum": 0}"#, "0", "-0.001"),
        (#"{"enum": ["a", "b"]}"#, #""b""#, #""c""#),
        (#"{"type": "string", "pattern": "^[0-9]+$"}"#, #""12""#, #""1a""#),
        (#"{"type": "string", "minLength": 1}"#, #""x""#, #""""#),
        (#"{"type": "array", "items": {"type": "string"}}"#, #"["a"]"#, #"["a", 1]"#),
        (#"{"type": "array", "items": true, "minItems": 1}"#, "[0]", "[]"),
        (#"{"type": "array", "items": true, "maxItems": 1}"#, "[0]", "[0, 0]"),
        (#"{"type": "number", "exclusiveMinimum": 0}"#, "0.001", "0"),
        (#"{"type": "object", "properties": {"a": {"type": "integer"}}}"#, #"{"b": 1}"#, #"{"a": "x"}"#),
        (#"{"type": "object", "required": ["a"]}"#, #"{"a": null}"#, "{}"),
        (#"{"type": "object", "properties": {"a": true}, "additionalProperties": false}"#, #"{"a": 1}"#, #"{"b": 1}"#),
        (#"{"type": "object", "additionalProperties": {"type": "integer"}}"#, #"{"x": 1}"#, #"{"x": "y"}"#),
        (#"{"anyOf": [{"type": "string"}, {"type": "integer"}]}"#, "1", "null"),
        (#"{"oneOf": [{"type": "number"}, {"type": "integer"}]}"#, "1.5", "1"),
        (##"{"$ref": "#/$defs/n", "$defs": {"n": {"type": "integer"}}}"##, "3", "true"),
    ])
    func ruleAcceptsAndRefuses(schema: String, valid: String, invalid: String) throws {
        #expect(try problems(schema, valid) == [])
        #expect(try problems(schema, invalid).count == 1)
    }

    @Test(arguments: [
        #"{"type": "string", "format": "date"}"#, #"{"properties": {"a": {"maxLength": 3}}}"#,
        ##"{"$ref": "#/$defs/nothing"}"##, #"{"pattern": "("}"#, "[]",
    ])
    func ruleThatIsNotUnderstoodIsRefused(schema: String) {
        #expect(throws: JSONSchema.Invalid.self) { try JSONSchema(parsing: Data(schema.utf8)) }
    }

    @Test func damagedDocumentIsRefused() throws {
        let document = #"""
            {"method": "content", "threshold": 20, "frames_analyzed": 2, "scenes": [{"scene_index": 0, "start_ms": 0,
            "end_ms": 80, "pts": 0, "time_base": "1/25", "frame_number": 0, "transition": "start", "score": 0}]}
            """#
        let schema = try Schemas.schema("scenes")
        #expect(schema.problems(in: try JSONValue(parsing: document)) == [])
        for (part, replacement) in [
            (#""end_ms": 80"#, #""end_ms": 80.5"#), (#""start""#, #""wipe""#), (#""1/25""#, #""0.04""#),
            (#""pts": 0,"#, ""), (#""scene_index""#, #""sceneIndex""#), (#""score": 0"#, #""score": 101"#),
        ] {
            let damaged = document.replacing(part, with: replacement)
            #expect(!schema.problems(in: try JSONValue(parsing: damaged)).isEmpty, "\(replacement)")
        }
    }
}
