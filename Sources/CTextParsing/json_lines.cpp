// JSON lines: an object a line, its values numbers, strings, booleans or null. NaN and Infinity, which Python writes,
// are taken too.

#include "chunk.hpp"
#include "numbers.hpp"

#include <cmath>

namespace {

/// Reads one chunk.
class Parser {
  public:
    Parser(const char *begin, const char *end, uint8_t other, text_chunk &chunk, text_failure &failure)
        : p_(begin), begin_(begin), end_(end), other_(other), chunk_(chunk), failure_(failure) {}

    /// False where the text is not well formed.
    bool parse() {
        p_ = begin_;
        line_ = 1;
        seen_.assign(chunk_.columns.size(), 0);
        while (p_ < end_) {
            line_begin_ = p_;
            skip_blanks();
            if (p_ < end_ && *p_ != '\n') {
                chunk_.begin_row();
                if (!object()) return false;
                skip_blanks();
                if (p_ < end_ && *p_ != '\n') return fail(TEXT_INVALID_JSON);
            }
            if (p_ < end_) ++p_, ++line_;
        }
        chunk_.lines = line_ - 1;
        return true;
    }

  private:
    const char *p_;
    const char *const begin_;
    const char *const end_;
    uint8_t const other_;
    text_chunk &chunk_;
    text_failure &failure_;
    /// For each column the number of the last row that had it.
    std::vector<size_t> seen_;
    std::string key_, text_;
    uint32_t line_ = 1;
    const char *line_begin_ = nullptr;

    bool fail(int code) {
        failure_ = {code, line_, uint32_t(p_ - line_begin_) + 1, 0, 0};
        return false;
    }

    void skip_blanks() {
        while (p_ < end_ && (*p_ == ' ' || *p_ == '\t' || *p_ == '\r')) ++p_;
    }

    bool object() {
        if (p_ == end_ || *p_ != '{') return fail(TEXT_INVALID_JSON);
        ++p_;
        skip_blanks();
        if (p_ < end_ && *p_ == '}') return ++p_, true;
        // Lines mostly have the same keys in the same order, so the column after the last one is tried first.
        size_t next = 0;
        for (;;) {
            skip_blanks();
            const char *const key_begin = p_;
            if (!string(key_)) return false;
            size_t const column = this->column(next);
            next = column + 1;
            if (seen_[column] == chunk_.rows) {
                p_ = key_begin;
                return fail(TEXT_DUPLICATE_KEY);
            }
            seen_[column] = chunk_.rows;
            skip_blanks();
            if (p_ == end_ || *p_ != ':') return fail(TEXT_INVALID_JSON);
            ++p_;
            skip_blanks();
            if (!value(column)) return false;
            skip_blanks();
            if (p_ < end_ && *p_ == ',') {
                ++p_;
                continue;
            }
            if (p_ < end_ && *p_ == '}') return ++p_, true;
            return fail(TEXT_INVALID_JSON);
        }
    }

    size_t column(size_t next) {
        size_t column = next;
        if (next >= chunk_.columns.size() || !is_key(next)) {
            bool added;
            column = chunk_.keys.index(key_.data(), key_.size(), added);
            if (added) {
                chunk_.add_column(other_);
                seen_.push_back(0);
                chunk_.widen();
            }
        }
        if (chunk_.columns[column].appearance == 0) chunk_.columns[column].appearance = ++chunk_.appearances;
        return column;
    }

    /// Whether the column has the key that was just read.
    bool is_key(size_t column) const {
        text_word const &word = chunk_.keys.entries[column];
        return word.length == key_.size() && are_equal(chunk_.keys.bytes.data() + word.offset, key_.data(), word.length);
    }

    double &cell(size_t column) { return chunk_.values.data()[(chunk_.rows - 1) * chunk_.stride + column]; }

    bool takes(const char *word) {
        size_t const length = std::strlen(word);
        if (size_t(end_ - p_) < length || std::memcmp(p_, word, length) != 0) return false;
        p_ += length;
        return true;
    }

    bool value(size_t column) {
        ChunkColumn &target = chunk_.columns[column];
        Place const place = {uint32_t(chunk_.rows - 1), line_, uint32_t(p_ - line_begin_) + 1};
        if (p_ == end_) return fail(TEXT_INVALID_JSON);
        const char *const start = p_;
        switch (*p_) {
        case '"':
            if (!string(text_)) return false;
            chunk_.store(target, text_.data(), text_.size(), cell(column), place);
            return true;
        case '{':
        case '[':
            if (target.mode == TEXT_COLUMN_SKIPPED) return nested();
            return fail(TEXT_NESTED_JSON);
        case 'n': return takes("null") || fail(TEXT_INVALID_JSON);
        case 'N': return takes("NaN") || fail(TEXT_INVALID_JSON);
        case 't':
            if (!takes("true")) return fail(TEXT_INVALID_JSON);
            chunk_.store(target, "true", 4, cell(column), place);
            return true;
        case 'f':
            if (!takes("false")) return fail(TEXT_INVALID_JSON);
            chunk_.store(target, "false", 5, cell(column), place);
            return true;
        case 'I':
            if (!takes("Infinity")) return fail(TEXT_INVALID_JSON);
            break;
        case '-':
        case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
            break;
        default: return fail(TEXT_INVALID_JSON);
        }
        double number;
        p_ = read_number(start, end_, number);
        if (!p_) {
            p_ = start;
            return fail(TEXT_INVALID_JSON);
        }
        if (target.mode == TEXT_COLUMN_AUTOMATIC && !target.words_wanted)
            cell(column) = chunk_.missing->contains(number) ? NAN : number;
        else
            chunk_.store(target, start, size_t(p_ - start), cell(column), place);
        return true;
    }

    /// Passes over an array or an object of a column that is not read.
    bool nested() {
        size_t depth = 0;
        while (p_ < end_ && *p_ != '\n') {
            if (*p_ == '"') {
                if (!string(text_)) return false;
                continue;
            }
            if (*p_ == '{' || *p_ == '[') ++depth;
            if (*p_ == '}' || *p_ == ']') --depth;
            ++p_;
            if (depth == 0) return true;
        }
        return fail(TEXT_INVALID_JSON);
    }

    static int hexadecimal(char c) {
        if (c >= '0' && c <= '9') return c - '0';
        if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f') return (c | 0x20) - 'a' + 10;
        return -1;
    }

    /// The four digits after `\u`; -1 where they are none.
    int code_unit() {
        if (end_ - p_ < 4) return -1;
        int unit = 0;
        for (int i = 0; i < 4; ++i) {
            int const digit = hexadecimal(p_[i]);
            if (digit < 0) return -1;
            unit = unit * 16 + digit;
        }
        p_ += 4;
        return unit;
    }

    static void append(std::string &text, unsigned code) {
        if (code < 0x80) {
            text += char(code);
        } else if (code < 0x800) {
            text += char(0xC0 | code >> 6);
            text += char(0x80 | (code & 0x3F));
        } else if (code < 0x10000) {
            text += char(0xE0 | code >> 12);
            text += char(0x80 | (code >> 6 & 0x3F));
            text += char(0x80 | (code & 0x3F));
        } else {
            text += char(0xF0 | code >> 18);
            text += char(0x80 | (code >> 12 & 0x3F));
            text += char(0x80 | (code >> 6 & 0x3F));
            text += char(0x80 | (code & 0x3F));
        }
    }

    bool string(std::string &text) {
        if (p_ == end_ || *p_ != '"') return fail(TEXT_INVALID_JSON);
        ++p_;
        text.clear();
        for (;;) {
            const char *const start = p_;
            while (p_ < end_ && *p_ != '"' && *p_ != '\\' && static_cast<unsigned char>(*p_) >= 0x20) ++p_;
            text.append(start, p_);
            if (p_ == end_) return fail(TEXT_INVALID_JSON);
            if (*p_ == '"') return ++p_, true;
            if (*p_ != '\\' || p_ + 1 == end_) return fail(TEXT_INVALID_JSON);
            char const escaped = p_[1];
            p_ += 2;
            switch (escaped) {
            case '"': case '\\': case '/': text += escaped; break;
            case 'b': text += '\b'; break;
            case 'f': text += '\f'; break;
            case 'n': text += '\n'; break;
            case 'r': text += '\r'; break;
            case 't': text += '\t'; break;
            case 'u': {
                int unit = code_unit();
                if (unit < 0) return fail(TEXT_INVALID_JSON);
                if (unit >= 0xD800 && unit < 0xDC00) {
                    if (!takes("\\u")) return fail(TEXT_INVALID_JSON);
                    int const low = code_unit();
                    if (low < 0xDC00 || low > 0xDFFF) return fail(TEXT_INVALID_JSON);
                    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
                } else if (unit >= 0xDC00 && unit < 0xE000) {
                    return fail(TEXT_INVALID_JSON);
                }
                append(text, unsigned(unit));
                break;
            }
            default: return fail(TEXT_INVALID_JSON);
            }
        }
    }
};

} // namespace

extern "C" size_t text_lines_split(const char *bytes, size_t count) {
    while (count > 0 && bytes[count - 1] != '\n') --count;
    return count;
}

extern "C" text_chunk *text_json_parse(const char *bytes, size_t count, const text_missing *missing, const char *keys,
                                       const size_t *key_lengths, const uint8_t *modes, size_t columns, uint8_t other,
                                       text_failure *failure) {
    *failure = {};
    text_chunk *chunk = nullptr;
    int const code = guarded([&]() -> int {
        chunk = text_chunk_make(missing, modes, columns);
        if (!chunk) return TEXT_NO_MEMORY;
        for (size_t c = 0; c < columns; ++c) {
            bool added;
            chunk->keys.index(keys, key_lengths[c], added);
            // Every column has a key of its own, or the keys would not be those of the columns.
            if (!added) return TEXT_DUPLICATE_KEY;
            keys += key_lengths[c];
        }
        Parser parser(bytes, bytes + count, other, *chunk, *failure);
        do
            if (!parser.parse()) return failure->code;
        while (chunk->end_rows());
        return TEXT_OK;
    });
    if (code == TEXT_OK) return chunk;
    if (failure->code == TEXT_OK) failure->code = code;
    if (code == TEXT_TOO_SPARSE && chunk) failure->found = chunk->columns.size();
    text_chunk_free(chunk);
    return nullptr;
}
