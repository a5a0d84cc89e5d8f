#pragma once
// Reads pieces of text ("chunks": whole records, never a part of one) into numbers and words.
// The interface is plain C; nothing here throws (what has no memory says so), and no length is trusted.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// MARK: - Words that mean "no value"

typedef struct text_missing text_missing;

/// `words` are `count` words, one after the other without separators; `lengths` are their lengths. The first `firm` of
/// them mean "no value" in every column, the others only in columns that hold no words. `nullptr` without memory.
text_missing *text_missing_make(const char *words, const size_t *lengths, size_t count, size_t firm);
void text_missing_free(text_missing *missing);

// MARK: - Chunks

/// How a column of a chunk is to be read.
enum {
    /// Numbers, unless there is a word; then dates, if all words are; then words.
    TEXT_COLUMN_AUTOMATIC = 0,
    /// Dates, unless there is another word; then words.
    TEXT_COLUMN_AUTOMATIC_DATES = 1,
    /// Words, even if all of them are numbers or dates.
    TEXT_COLUMN_WORDS = 2,
    /// Text as it stands, for every row; nothing is missing.
    TEXT_COLUMN_IDENTIFIER = 3,
    /// Nothing is kept.
    TEXT_COLUMN_SKIPPED = 4,
};

/// What a column of a chunk turned out to hold.
enum {
    TEXT_HOLDS_NOTHING = 0,
    TEXT_HOLDS_NUMBERS = 1,
    /// Seconds since 1970.
    TEXT_HOLDS_DATES = 2,
    /// Indices of words.
    TEXT_HOLDS_WORDS = 3,
    TEXT_HOLDS_IDENTIFIERS = 4,
};

enum {
    TEXT_WORD_IS_NUMBER = 1,
    TEXT_WORD_IS_DATE = 2,
    TEXT_WORD_IS_TRUE = 4,
    TEXT_WORD_IS_FALSE = 8,
    TEXT_WORD_IS_NOT_UTF8 = 16,
    /// It means "no value" unless the column holds words.
    TEXT_WORD_IS_SOFTLY_MISSING = 32,
};

/// A distinct word of a column, with the place where it was first seen. Rows count from 0, lines and columns from 1,
/// all from the beginning of the chunk; `column` counts bytes.
typedef struct {
    uint32_t offset;
    uint32_t length;
    uint32_t count;
    uint32_t flags;
    /// The number, or the seconds since 1970.
    double value;
    uint32_t row;
    uint32_t line;
    uint32_t column;
} text_word;

enum {
    TEXT_OK = 0,
    /// A record does not have as many fields as there are columns: `expected` and `found`.
    TEXT_RAGGED = 1,
    /// A quoted field is not closed before the end; `line` is where it began.
    TEXT_UNCLOSED_QUOTE = 2,
    /// Something follows a closing quote.
    TEXT_AFTER_QUOTE = 3,
    /// A line is no JSON object, or not a valid one.
    TEXT_INVALID_JSON = 4,
    /// A JSON value is an array or an object.
    TEXT_NESTED_JSON = 5,
    /// A key occurs twice in one JSON object.
    TEXT_DUPLICATE_KEY = 6,
    /// There are so many different keys that nearly every cell of the table would be empty: `found` keys.
    TEXT_TOO_SPARSE = 7,
    /// There is no memory for it.
    TEXT_NO_MEMORY = 8,
    /// The text of a column's words or identifiers has more than 4 GiB in one chunk.
    TEXT_TOO_LONG = 9,
};

typedef struct {
    int code;
    uint32_t line;
    uint32_t column;
    size_t expected;
    size_t found;
} text_failure;

typedef struct text_chunk text_chunk;

void text_chunk_free(text_chunk *chunk);
size_t text_chunk_rows(const text_chunk *chunk);
/// The number of line ends in the chunk's text.
size_t text_chunk_lines(const text_chunk *chunk);
size_t text_chunk_columns(const text_chunk *chunk);
/// The distance between two rows of `text_chunk_values`.
size_t text_chunk_stride(const text_chunk *chunk);
/// Moves the values to a temporary file in `folder` that is already unlinked, and maps it: then the system can take the
/// memory back. Returns 0, or errno.
int text_chunk_spill(text_chunk *chunk, const char *folder);
/// Row-major. A missing value is NaN; a word is the index of its `text_word`.
const double *text_chunk_values(const text_chunk *chunk);
int text_chunk_holds(const text_chunk *chunk, size_t column);
/// The number of values of the column that are not missing.
size_t text_chunk_present(const text_chunk *chunk, size_t column);
/// The number of values whose words were softly missing and are not kept: the column must be read anew where it turns out
/// to hold words.
size_t text_chunk_softly_missing(const text_chunk *chunk, size_t column);
size_t text_chunk_word_count(const text_chunk *chunk, size_t column);
const text_word *text_chunk_words(const text_chunk *chunk, size_t column);
/// The bytes that words and identifiers lie in.
const char *text_chunk_bytes(const text_chunk *chunk, size_t column);
/// For each row the end of its identifier in `text_chunk_bytes`.
const uint32_t *text_chunk_identifier_ends(const text_chunk *chunk, size_t column);
/// The key of a column that was found in JSON, UTF-8 or not. Lives as long as the chunk.
const char *text_chunk_key(const text_chunk *chunk, size_t column, size_t *length);
/// The order in which the columns of a JSON chunk were first seen, from 1; 0 for one that was not.
size_t text_chunk_appearance(const text_chunk *chunk, size_t column);

// MARK: - Delimited text (CSV)

/// The number of bytes, from the beginning, that are whole records. 0 where the first one does not end.
size_t text_delimited_split(const char *bytes, size_t count, char delimiter);

/// Reads whole records. `modes` has one entry a column.
text_chunk *text_delimited_parse(const char *bytes, size_t count, char delimiter, const text_missing *missing,
                                 const uint8_t *modes, size_t columns, text_failure *failure);

// MARK: - JSON lines

/// The number of bytes, from the beginning, that are whole lines.
size_t text_lines_split(const char *bytes, size_t count);

/// Reads lines that are each a JSON object of numbers, strings, booleans and nulls. `keys` are columns known before,
/// one after the other without separators; keys not among them are added as they come, as `other` columns.
text_chunk *text_json_parse(const char *bytes, size_t count, const text_missing *missing, const char *keys,
                            const size_t *key_lengths, const uint8_t *modes, size_t columns, uint8_t other,
                            text_failure *failure);

// MARK: - Value by value

/// A chunk to be filled from elsewhere (a database), a value at a time, row by row. `nullptr` without memory.
text_chunk *text_chunk_make(const text_missing *missing, const uint8_t *modes, size_t columns);
/// Begins a row in which every value is missing. Returns `TEXT_OK` or why there is no room for it.
int text_chunk_begin_row(text_chunk *chunk);
/// Whether a column keeps the text of its values, so that a number must come as text.
bool text_chunk_wants_text(const text_chunk *chunk, size_t column);
void text_chunk_set_number(text_chunk *chunk, size_t column, double value);
/// Returns `TEXT_OK` or why there is no room for it.
int text_chunk_set_text(text_chunk *chunk, size_t column, const char *text, size_t length);
/// Ends the rows; `*again` is true where a word was met in a column of numbers: then there are no rows any more, the column
/// wants text, and every row has to be given again. Returns `TEXT_OK` or why there is no room for it.
int text_chunk_finish(text_chunk *chunk, bool *again);

// MARK: - Single values

/// Whether the whole text (without spaces around it) is a decimal number. "inf" is one, "nan" is not.
bool text_parse_number(const char *text, size_t length, double *value);
/// Whether the whole text is a date, or a date and a time, as ISO 8601 has it.
bool text_parse_date(const char *text, size_t length, double *seconds);

#ifdef __cplusplus
}
#endif
