// Delimited text as RFC 4180 has it: fields may be quoted, a quote within a quoted field is doubled, lines end with
// LF, CRLF or CR. Beyond it: empty lines are passed over, spaces around unquoted fields do not belong to them (but to
// identifiers), and where the space is the delimiter several of them are one.

#include "chunk.hpp"
#include "numbers.hpp"

#include <algorithm>
#include <cmath>

namespace {

bool ends_line(char c) { return c == '\n' || c == '\r'; }

/// Reads one chunk.
class Parser {
  public:
    Parser(const char *begin, const char *end, char delimiter, text_chunk &chunk, text_failure &failure)
        : begin_(begin), end_(end), delimiter_(delimiter), chunk_(chunk), failure_(failure) {}

    /// False where the text is not well formed.
    bool parse() {
        const char *p = begin_;
        size_t const width = chunk_.columns.size();
        columns_.clear();
        for (ChunkColumn &column : chunk_.columns) columns_.push_back(&column);
        line_ = 1;
        double *row = chunk_.values.data();
        while (p < end_) {
            if (delimiter_ == ' ') p = skip_spaces(p);
            if (p == end_) break;
            if (ends_line(*p)) {
                p = skip_line_end(p);
                continue;
            }
            uint32_t const record_line = line_;
            line_begin_ = p;
            for (size_t c = 0;; ++c) {
                if (c == width) return ragged(p, record_line);
                p = field(p, *columns_[c], row[c]);
                if (!p) return false;
                if (p == end_ || *p != delimiter_) {
                    if (c + 1 != width) return fail(TEXT_RAGGED, record_line, 1, c + 1);
                    break;
                }
                ++p;
                if (delimiter_ == ' ') {
                    p = skip_spaces(p);
                    // Spaces at the end of a line separate nothing.
                    if (p == end_ || ends_line(*p)) {
                        if (c + 1 != width) return fail(TEXT_RAGGED, record_line, 1, c + 1);
                        break;
                    }
                }
            }
            if (p < end_) p = skip_line_end(p);
            row += chunk_.stride;
            chunk_.rows += 1;
        }
        chunk_.lines = line_ - 1;
        return true;
    }

  private:
    const char *const begin_;
    const char *const end_;
    char const delimiter_;
    text_chunk &chunk_;
    text_failure &failure_;
    std::vector<ChunkColumn *> columns_;
    std::string scratch_;
    uint32_t line_ = 1;
    const char *line_begin_ = nullptr;

    const char *skip_spaces(const char *p) const {
        while (p < end_ && *p == ' ') ++p;
        return p;
    }

    const char *skip_line_end(const char *p) {
        line_ += 1;
        return *p == '\r' && p + 1 < end_ && p[1] == '\n' ? p + 2 : p + 1;
    }

    bool is_blank(char c) const { return (c == ' ' || c == '\t') && c != delimiter_; }

    bool ends_field(const char *p) const { return p == end_ || *p == delimiter_ || ends_line(*p); }

    bool fail(int code, uint32_t line, size_t column, size_t found = 0) {
        failure_ = {code, line, uint32_t(column), chunk_.columns.size(), found};
        return false;
    }

    /// Counts the fields of a record that has too many.
    bool ragged(const char *p, uint32_t record_line) {
        size_t found = chunk_.columns.size();
        ChunkColumn unwanted;
        unwanted.mode = TEXT_COLUMN_SKIPPED;
        double value;
        for (;;) {
            p = field(p, unwanted, value);
            if (!p) return false;
            ++found;
            if (p == end_ || *p != delimiter_) return fail(TEXT_RAGGED, record_line, 1, found);
            ++p;
            if (delimiter_ == ' ') p = skip_spaces(p);
            if (delimiter_ == ' ' && (p == end_ || ends_line(*p))) return fail(TEXT_RAGGED, record_line, 1, found);
        }
    }

    /// Reads a field and returns where it ends: at a delimiter, at the end of a line or of the text.
    const char *field(const char *p, ChunkColumn &column, double &value) {
        if (p < end_ && *p == '"') return quoted_field(p, column, value);
        if (column.mode == TEXT_COLUMN_AUTOMATIC && !column.words_wanted) {
            while (p < end_ && is_blank(*p)) ++p;
            const char *q = read_number(p, end_, value);
            if (q) {
                while (q < end_ && is_blank(*q)) ++q;
                if (ends_field(q)) {
                    if (!chunk_.missing->numbers.empty() && chunk_.missing->contains(value)) value = NAN;
                    return q;
                }
            }
        }
        const char *q = p;
        while (!ends_field(q)) ++q;
        if (column.mode == TEXT_COLUMN_IDENTIFIER) {
            chunk_.identifier(column, p, size_t(q - p));
            return q;
        }
        const char *last = q;
        while (p < last && is_blank(*p)) ++p;
        while (p < last && is_blank(last[-1])) --last;
        chunk_.store(column, p, size_t(last - p), value, place(line_, p));
        return q;
    }

    const char *quoted_field(const char *p, ChunkColumn &column, double &value) {
        const char *const open = p++;
        uint32_t const line = line_;
        size_t const open_column = size_t(open - line_begin_) + 1;
        const char *const start = p;
        bool copied = false;
        const char *text = start;
        size_t length;
        for (;;) {
            const char *const quote = static_cast<const char *>(std::memchr(p, '"', size_t(end_ - p)));
            if (!quote) return fail(TEXT_UNCLOSED_QUOTE, line, open_column), nullptr;
            if (quote + 1 < end_ && quote[1] == '"') {
                if (!copied) scratch_.assign(start, quote + 1);
                else scratch_.append(p, quote + 1);
                copied = true;
                p = quote + 2;
                continue;
            }
            if (copied) {
                scratch_.append(p, quote);
                text = scratch_.data();
                length = scratch_.size();
            } else {
                length = size_t(quote - start);
            }
            p = quote + 1;
            break;
        }
        chunk_.store(column, text, length, value, place(line, open));
        for (const char *q = start; q < p; ++q) {
            if (!ends_line(*q)) continue;
            if (*q == '\r' && q[1] == '\n') ++q;
            ++line_;
            line_begin_ = q + 1;
        }
        while (p < end_ && is_blank(*p)) ++p;
        if (!ends_field(p)) return fail(TEXT_AFTER_QUOTE, line_, size_t(p - line_begin_) + 1), nullptr;
        return p;
    }

    Place place(uint32_t line, const char *at) const {
        return {uint32_t(chunk_.rows), line, uint32_t(at - line_begin_) + 1};
    }
};

} // namespace

extern "C" size_t text_delimited_split(const char *bytes, size_t count, char delimiter) {
    if (count == 0) return 0;
    const char *const end = bytes + count;
    if (!std::memchr(bytes, '"', count)) {
        for (const char *p = end; p > bytes; --p)
            if (p[-1] == '\n') return size_t(p - bytes);
        return 0;
    }
    // A quote opens a field only where one begins, so the text has to be walked through.
    const char *p = bytes;
    size_t whole = 0;
    bool field_begins = true;
    while (p < end) {
        char const c = *p;
        if (c == '"' && field_begins) {
            ++p;
            for (;;) {
                p = static_cast<const char *>(std::memchr(p, '"', size_t(end - p)));
                // A quote at the very end may be the first half of a doubled one.
                if (!p || p + 1 == end) return whole;
                if (p[1] != '"') break;
                p += 2;
            }
            ++p;
            field_begins = false;
            continue;
        }
        ++p;
        if (c == '\n') whole = size_t(p - bytes);
        field_begins = c == delimiter || ends_line(c) || (field_begins && c == ' ' && delimiter == ' ');
    }
    return whole;
}

extern "C" text_chunk *text_delimited_parse(const char *bytes, size_t count, char delimiter,
                                            const text_missing *missing, const uint8_t *modes, size_t columns,
                                            text_failure *failure) {
    *failure = {};
    text_chunk *chunk = nullptr;
    int const code = guarded([&]() -> int {
        chunk = text_chunk_make(missing, modes, columns);
        if (!chunk) return TEXT_NO_MEMORY;
        // A record has a byte at least for each of its fields, so there are no more values than bytes, but for a record
        // that ends with the text and the one that turns out to be ragged. Memory that stays untouched costs nothing.
        size_t const most = (count + 1) / std::max(columns, size_t(1)) + 1;
        chunk->values.reserve((most + 1) * columns);
        Parser parser(bytes, bytes + count, delimiter, *chunk, *failure);
        do
            if (!parser.parse()) return failure->code;
        while (chunk->restart());
        chunk->finish();
        return TEXT_OK;
    });
    if (code == TEXT_OK) return chunk;
    if (failure->code == TEXT_OK) failure->code = code;
    text_chunk_free(chunk);
    return nullptr;
}
