// A harness for libFuzzer: the parsers of delimited text, of JSON lines and of single values, on any bytes.
//
// The first three bytes say what is parsed and how; the rest is the text. What must hold is what the header promises: no byte
// outside of the text is touched, every index of a word is that of a word, and what is split off is whole records.
#include "CTextParsing.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void look(const text_chunk *chunk) {
    size_t const rows = text_chunk_rows(chunk), columns = text_chunk_columns(chunk), stride = text_chunk_stride(chunk);
    const double *const values = text_chunk_values(chunk);
    double sum = 0;
    for (size_t c = 0; c < columns; ++c) {
        size_t const words = text_chunk_word_count(chunk, c);
        const text_word *const entries = text_chunk_words(chunk, c);
        const char *const bytes = text_chunk_bytes(chunk, c);
        for (size_t w = 0; w < words; ++w)
            for (uint32_t i = 0; i < entries[w].length; ++i) sum += bytes[entries[w].offset + i];
        int const holds = text_chunk_holds(chunk, c);
        if (holds == TEXT_HOLDS_IDENTIFIERS) {
            const uint32_t *const ends = text_chunk_identifier_ends(chunk, c);
            for (size_t row = 0; row < rows; ++row) require(row == 0 || ends[row - 1] <= ends[row]);
        } else if (holds == TEXT_HOLDS_WORDS) {
            for (size_t row = 0; row < rows; ++row) {
                double const value = values[row * stride + c];
                require(std::isnan(value) || (value >= 0 && value < double(words) && value == std::floor(value)));
            }
        }
        require(text_chunk_present(chunk, c) <= rows);
        require(text_chunk_softly_missing(chunk, c) <= rows);
    }
    static volatile double sink;
    sink = sum;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 3) return 0;
    uint8_t const what = data[0], modes_seed = data[1];
    size_t const columns = data[2] % 7 + 1;
    // A copy of just that size, so that a sanitizer sees what is read beyond it.
    std::vector<char> const text(data + 3, data + size);
    static const char words[] = "NA-999null?";
    static const size_t lengths[] = {0, 2, 4, 4, 1};
    text_missing *const missing = text_missing_make(words, lengths, 5, 3);
    require(missing != nullptr);
    std::vector<uint8_t> modes;
    for (size_t c = 0; c < columns; ++c) modes.push_back(uint8_t((modes_seed >> c) + c) % 5);
    text_failure failure;
    text_chunk *chunk = nullptr;
    if (what % 3 == 0) {
        char const delimiter = ",\t; |"[what / 3 % 5];
        size_t const whole = text_delimited_split(text.data(), text.size(), delimiter);
        require(whole <= text.size());
        chunk = text_delimited_parse(text.data(), text.size(), delimiter, missing, modes.data(), columns, &failure);
    } else if (what % 3 == 1) {
        require(text_lines_split(text.data(), text.size()) <= text.size());
        static const char keys[] = "abcdefg";
        std::vector<size_t> const ones(columns, 1);
        chunk = text_json_parse(text.data(), text.size(), missing, keys, ones.data(), modes.data(), columns,
                                TEXT_COLUMN_AUTOMATIC, &failure);
    } else {
        double value;
        text_parse_number(text.data(), text.size(), &value);
        text_parse_date(text.data(), text.size(), &value);
        chunk = text_chunk_make(missing, modes.data(), columns);
        bool again = true;
        while (again) {
            for (size_t start = 0; start < text.size(); start += columns) {
                text_chunk_begin_row(chunk);
                for (size_t c = 0; c < columns && start + c < text.size(); ++c) {
                    size_t const length = std::min<size_t>(uint8_t(text[start + c]) % 4, text.size() - start - c);
                    if (text_chunk_wants_text(chunk, c) || length > 0)
                        text_chunk_set_text(chunk, c, text.data() + start + c, length);
                    else
                        text_chunk_set_number(chunk, c, double(text[start + c]));
                }
            }
            if (text_chunk_finish(chunk, &again) != TEXT_OK) break;
        }
        failure.code = TEXT_OK;
    }
    require(chunk == nullptr || failure.code == TEXT_OK);
    if (chunk) look(chunk);
    text_chunk_free(chunk);
    text_missing_free(missing);
    return 0;
}
