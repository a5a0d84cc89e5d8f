import CTextParsing
import OutlierCore

/// Some consecutive rows of a table that was read from text, before it is known what the whole columns hold.
///
/// A chunk is filled by one thread and then only read, until its memory is given back.
final class Chunk: @unchecked Sendable {
    enum Holding { case nothing, numbers, dates, words, identifiers }

    private(set) var pointer: OpaquePointer?
    let rowCount: Int
    let lineCount: Int
    let stride: Int

    /// Takes over what `pointer` points at.
    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        rowCount = text_chunk_rows(pointer)
        lineCount = text_chunk_lines(pointer)
        stride = text_chunk_stride(pointer)
    }

    deinit { release() }

    /// Moves the values to a temporary file.
    ///
    /// - Throws: ``OutlierError/Code/outputFailed``.
    func spill(to folder: String) throws {
        let code = text_chunk_spill(pointer, folder)
        guard code == 0 else { throw OutlierError.unwritable(folder, code) }
    }

    /// Gives the memory back.
    func release() {
        text_chunk_free(pointer)
        pointer = nil
    }

    var columnCount: Int { text_chunk_columns(pointer) }

    func holding(_ column: Int) -> Holding {
        switch Int(text_chunk_holds(pointer, column)) {
        case Int(TEXT_HOLDS_NUMBERS): .numbers
        case Int(TEXT_HOLDS_DATES): .dates
        case Int(TEXT_HOLDS_WORDS): .words
        case Int(TEXT_HOLDS_IDENTIFIERS): .identifiers
        default: .nothing
        }
    }

    /// The number of values that were words which are missing unless the column holds words, and that are not kept.
    func softlyMissingCount(_ column: Int) -> Int { text_chunk_softly_missing(pointer, column) }

    /// The number of values that are not missing.
    func presentCount(_ column: Int) -> Int { text_chunk_present(pointer, column) }

    var values: UnsafePointer<Double>? { text_chunk_values(pointer) }

    func words(_ column: Int) -> UnsafeBufferPointer<text_word> {
        UnsafeBufferPointer(
            start: text_chunk_words(pointer, column), count: text_chunk_word_count(pointer, column))
    }

    /// A word's text; what is not UTF-8 in it is replaced.
    func text(_ word: text_word, _ column: Int) -> String {
        text(from: Int(word.offset), to: Int(word.offset) + Int(word.length), column)
    }

    private func text(from start: Int, to end: Int, _ column: Int) -> String {
        guard end > start, let bytes = text_chunk_bytes(pointer, column) else { return "" }
        return String(decoding: UnsafeRawBufferPointer(start: bytes + start, count: end - start), as: UTF8.self)
    }

    /// The texts of an identifier column, one a row; `nil` where one is not UTF-8: two that differ could look alike then.
    func identifiers(_ column: Int) -> [String]? {
        guard let ends = text_chunk_identifier_ends(pointer, column) else { return [] }
        let bytes = UnsafeRawPointer(text_chunk_bytes(pointer, column))
        var start = 0
        var texts: [String] = []
        texts.reserveCapacity(rowCount)
        for row in 0..<rowCount {
            let end = Int(ends[row])
            defer { start = end }
            guard end > start, let bytes else {
                texts.append("")
                continue
            }
            let part = UnsafeRawBufferPointer(start: bytes + start, count: end - start)
            guard let text = String(validating: part, as: UTF8.self) else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// The bytes of the name of a column that was found in JSON.
    func key(_ column: Int) -> [UInt8] {
        var length = 0
        guard let bytes = text_chunk_key(pointer, column, &length) else { return [] }
        return Array(UnsafeRawBufferPointer(start: bytes, count: length))
    }

    /// The order in which a column was first seen in JSON, from 1; 0 for one that was not.
    func appearance(_ column: Int) -> Int { text_chunk_appearance(pointer, column) }
}

extension text_word {
    var isNumber: Bool { flags & UInt32(TEXT_WORD_IS_NUMBER) != 0 }
    var isDate: Bool { flags & UInt32(TEXT_WORD_IS_DATE) != 0 }
    var isTrue: Bool { flags & UInt32(TEXT_WORD_IS_TRUE) != 0 }
    var isFalse: Bool { flags & UInt32(TEXT_WORD_IS_FALSE) != 0 }
    var isNotUTF8: Bool { flags & UInt32(TEXT_WORD_IS_NOT_UTF8) != 0 }
    /// Whether it means that there is no value unless the column holds words.
    var isSoftlyMissing: Bool { flags & UInt32(TEXT_WORD_IS_SOFTLY_MISSING) != 0 }
}

/// The words that mean that there is no value, as the parser wants them.
final class MissingWords: @unchecked Sendable {
    let pointer: OpaquePointer

    /// - Parameters:
    ///   - firm: those that mean it in every column.
    ///   - soft: those that mean it only in columns that hold no words.
    init(firm: [String], soft: [String]) throws {
        let words = firm + soft
        let bytes = words.flatMap { Array($0.utf8) }
        let lengths = words.map(\.utf8.count)
        let made = bytes.withUnsafeBytes {
            text_missing_make($0.baseAddress?.assumingMemoryBound(to: CChar.self), lengths, lengths.count, firm.count)
        }
        guard let made else { throw OutlierError(.inputOutput, "there is no memory left") }
        pointer = made
    }

    deinit { text_missing_free(pointer) }
}
