#include "chunk.hpp"
#include "numbers.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <new>
#include <sys/mman.h>
#include <unistd.h>

// MARK: - Memory

void PagedValues::release() {
    if (mapped_)
        munmap(values_, capacity_ * sizeof(double));
    else
        std::free(values_);
    values_ = nullptr;
    capacity_ = 0;
    mapped_ = false;
}

void PagedValues::reserve(size_t count) {
    if (count <= capacity_) return;
    release();
    if (count > SIZE_MAX / 16) throw std::bad_alloc();
    if (count < 8192) {
        values_ = static_cast<double *>(std::malloc(count * sizeof(double)));
        if (!values_) throw std::bad_alloc();
    } else {
        void *const memory = mmap(nullptr, count * sizeof(double), PROT_READ | PROT_WRITE,
                                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        values_ = static_cast<double *>(memory);
        mapped_ = true;
    }
    capacity_ = count;
}

void PagedValues::grow(size_t count) {
    if (count <= capacity_) return;
    PagedValues larger;
    larger.reserve(count < 2 * capacity_ ? 2 * capacity_ : count);
    if (capacity_) std::memcpy(larger.values_, values_, capacity_ * sizeof(double));
    swap(larger);
}

void PagedValues::swap(PagedValues &other) {
    std::swap(values_, other.values_);
    std::swap(capacity_, other.capacity_);
    std::swap(mapped_, other.mapped_);
}

void PagedValues::shrink(size_t count) {
    if (!mapped_) return;
    size_t const page = 4096 / sizeof(double);
    size_t const kept = count == 0 ? page : (count + page - 1) / page * page;
    if (kept >= capacity_) return;
    // Where pages are larger than this the call fails, and the memory is merely kept longer.
    size_t const rest = (capacity_ - kept) * sizeof(double);
    if (munmap(values_ + kept, rest) == 0) capacity_ = kept;
}

int PagedValues::spill(size_t count, const char *folder) {
    if (count == 0 || count > capacity_) return 0;
    std::string path = std::string(folder) + "/outlier-XXXXXX";
    int const file = mkstemp(path.data());
    if (file < 0) return errno;
    unlink(path.c_str());
    size_t const size = count * sizeof(double);
    int failure = 0;
    for (size_t done = 0; done < size && !failure;) {
        ssize_t const written = write(file, reinterpret_cast<const char *>(values_) + done, size - done);
        if (written < 0 && errno != EINTR) failure = errno;
        if (written > 0) done += size_t(written);
    }
    void *const memory = failure ? MAP_FAILED : mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (!failure && memory == MAP_FAILED) failure = errno;
    close(file);
    if (failure) return failure;
    release();
    values_ = static_cast<double *>(memory);
    capacity_ = count;
    mapped_ = true;
    return 0;
}

// MARK: - Words

void Words::add(const char *text, size_t length) {
    text_word word = {};
    word.offset = uint32_t(bytes.size());
    word.length = uint32_t(length);
    bytes.insert(bytes.end(), text, text + length);
    entries.push_back(word);
}

void Words::rehash() {
    slots_.assign(slots_.empty() ? 16 : slots_.size() * 2, 0);
    uint64_t const mask = slots_.size() - 1;
    for (size_t i = 0; i < entries.size(); ++i) {
        uint64_t slot = hash(bytes.data() + entries[i].offset, entries[i].length) & mask;
        while (slots_[slot] != 0) slot = (slot + 1) & mask;
        slots_[slot] = uint32_t(i) + 1;
    }
}

void Words::clear() {
    entries = {};
    bytes = {};
    slots_ = {};
}

namespace {

bool equals_ignoring_case(const char *text, size_t length, const char *word) {
    size_t i = 0;
    for (; i < length && word[i]; ++i) {
        char const c = text[i] >= 'A' && text[i] <= 'Z' ? char(text[i] + 32) : text[i];
        if (c != word[i]) return false;
    }
    return i == length && !word[i];
}

bool is_utf8(const char *text, size_t length) {
    auto const *p = reinterpret_cast<const unsigned char *>(text);
    auto const *const end = p + length;
    while (p < end) {
        unsigned const c = *p++;
        if (c < 0x80) continue;
        int following;
        unsigned code, least;
        if (c >= 0xC2 && c <= 0xDF) following = 1, code = c & 0x1F, least = 0x80;
        else if (c >= 0xE0 && c <= 0xEF) following = 2, code = c & 0x0F, least = 0x800;
        else if (c >= 0xF0 && c <= 0xF4) following = 3, code = c & 0x07, least = 0x10000;
        else return false;
        if (end - p < following) return false;
        for (int i = 0; i < following; ++i, ++p) {
            if ((*p & 0xC0) != 0x80) return false;
            code = code << 6 | (*p & 0x3F);
        }
        if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
    }
    return true;
}

} // namespace

void text_chunk::describe(text_word &word, const char *text, size_t length) {
    double value;
    if (length > 0 && read_number(text, text + length, value) == text + length) {
        word.flags |= TEXT_WORD_IS_NUMBER;
        word.value = value;
    } else if (read_date(text, text + length, value)) {
        word.flags |= TEXT_WORD_IS_DATE;
        word.value = value;
    }
    for (const char *yes : {"true", "yes", "t", "y"})
        if (equals_ignoring_case(text, length, yes)) word.flags |= TEXT_WORD_IS_TRUE;
    for (const char *no : {"false", "no", "f", "n"})
        if (equals_ignoring_case(text, length, no)) word.flags |= TEXT_WORD_IS_FALSE;
    if (!is_utf8(text, length)) word.flags |= TEXT_WORD_IS_NOT_UTF8;
}

// MARK: - The chunk

void text_chunk::store(ChunkColumn &column, const char *text, size_t length, double &value, Place place) {
    value = NAN;
    if (column.mode == TEXT_COLUMN_SKIPPED) return;
    if (column.mode == TEXT_COLUMN_IDENTIFIER) return identifier(column, text, length);
    if (column.words_wanted) {
        value = word(column, text, length, place);
        return;
    }
    if (missing->contains(text, length)) return;
    double number;
    if (text_parse_number(text, length, &number)) {
        if (!missing->contains(number)) value = number;
    } else {
        column.word_met = true;
    }
}

void text_chunk::widen() {
    if (columns.size() <= stride) return;
    // Room for columns to come, so that a table of many keys is not laid out anew for each.
    size_t const wider = std::max(columns.size(), 2 * stride);
    PagedValues larger;
    larger.reserve((rows + 1) * wider);
    for (size_t row = 0; row < rows; ++row) {
        double *const to = larger.data() + row * wider;
        if (stride > 0) std::memcpy(to, values.data() + row * stride, stride * sizeof(double));
        for (size_t c = stride; c < wider; ++c) to[c] = NAN;
    }
    values.swap(larger);
    stride = wider;
}

bool text_chunk::restart() {
    bool again = false;
    for (ChunkColumn &column : columns) {
        if (!column.word_met) continue;
        column.word_met = false;
        column.words_wanted = true;
        again = true;
    }
    if (!again) return false;
    rows = 0;
    lines = 0;
    for (ChunkColumn &column : columns) {
        column.words.clear();
        column.ends.clear();
    }
    return true;
}

void text_chunk::finish() {
    for (size_t c = 0; c < columns.size(); ++c) {
        ChunkColumn &column = columns[c];
        if (column.mode == TEXT_COLUMN_IDENTIFIER) {
            column.holds = TEXT_HOLDS_IDENTIFIERS;
            column.present = rows;
            continue;
        }
        if (column.mode == TEXT_COLUMN_SKIPPED) continue;
        double *const all = values.data();
        if (!column.words_wanted) {
            size_t present = 0;
            for (size_t row = 0; row < rows; ++row) present += !std::isnan(all[row * stride + c]);
            column.present = present;
            column.holds = present ? TEXT_HOLDS_NUMBERS : TEXT_HOLDS_NOTHING;
            continue;
        }
        bool dates = true;
        column.present = 0;
        for (text_word const &word : column.words.entries) {
            column.present += word.count;
            dates = dates && (word.count == 0 || (word.flags & TEXT_WORD_IS_DATE));
        }
        column.holds = column.present ? TEXT_HOLDS_WORDS : TEXT_HOLDS_NOTHING;
        if (column.present && dates && column.mode != TEXT_COLUMN_WORDS) {
            for (size_t row = 0; row < rows; ++row) {
                double &value = all[row * stride + c];
                if (value == value) value = column.words.entries[size_t(value)].value;
            }
            column.holds = TEXT_HOLDS_DATES;
            column.words.clear();
        }
    }
    values.shrink(rows * stride);
}

// MARK: - The interface

extern "C" {

text_missing *text_missing_make(const char *words, const size_t *lengths, size_t count) {
    auto *const missing = new text_missing;
    for (size_t i = 0; i < count; ++i) {
        if (lengths[i] == 0) {
            missing->empty = true;
        } else {
            missing->words.emplace_back(words, lengths[i]);
            missing->first[static_cast<unsigned char>(*words)] = true;
            double value;
            if (text_parse_number(words, lengths[i], &value)) missing->numbers.push_back(value);
        }
        words += lengths[i];
    }
    return missing;
}

void text_missing_free(text_missing *missing) { delete missing; }
void text_chunk_free(text_chunk *chunk) { delete chunk; }
size_t text_chunk_rows(const text_chunk *chunk) { return chunk->rows; }
size_t text_chunk_lines(const text_chunk *chunk) { return chunk->lines; }
size_t text_chunk_columns(const text_chunk *chunk) { return chunk->columns.size(); }
size_t text_chunk_stride(const text_chunk *chunk) { return chunk->stride; }
int text_chunk_spill(text_chunk *chunk, const char *folder) {
    return chunk->values.spill(chunk->rows * chunk->stride, folder);
}
const double *text_chunk_values(const text_chunk *chunk) { return chunk->values.data(); }
int text_chunk_holds(const text_chunk *chunk, size_t column) { return chunk->columns[column].holds; }
size_t text_chunk_present(const text_chunk *chunk, size_t column) { return chunk->columns[column].present; }
size_t text_chunk_word_count(const text_chunk *chunk, size_t column) {
    return chunk->columns[column].words.entries.size();
}
const text_word *text_chunk_words(const text_chunk *chunk, size_t column) {
    return chunk->columns[column].words.entries.data();
}
const char *text_chunk_bytes(const text_chunk *chunk, size_t column) {
    return chunk->columns[column].words.bytes.data();
}
const uint32_t *text_chunk_identifier_ends(const text_chunk *chunk, size_t column) {
    return chunk->columns[column].ends.data();
}
const char *text_chunk_key(const text_chunk *chunk, size_t column, size_t *length) {
    *length = chunk->columns[column].key.size();
    return chunk->columns[column].key.data();
}

size_t text_chunk_appearance(const text_chunk *chunk, size_t column) { return chunk->columns[column].appearance; }

text_chunk *text_chunk_make(const text_missing *missing, const uint8_t *modes, size_t columns) {
    auto *const chunk = new text_chunk;
    chunk->missing = missing;
    chunk->stride = columns;
    for (size_t c = 0; c < columns; ++c) chunk->add_column(modes[c]);
    return chunk;
}

void text_chunk_begin_row(text_chunk *chunk) {
    size_t const stride = chunk->stride, begin = chunk->rows * stride;
    chunk->values.grow(begin + stride);
    for (size_t c = 0; c < stride; ++c) chunk->values.data()[begin + c] = NAN;
    // Where a row gives no identifier it is the empty one.
    for (ChunkColumn &column : chunk->columns) {
        if (column.mode != TEXT_COLUMN_IDENTIFIER) continue;
        while (column.ends.size() < chunk->rows) chunk->identifier(column, "", 0);
    }
    chunk->rows += 1;
}

bool text_chunk_wants_text(const text_chunk *chunk, size_t column) {
    ChunkColumn const &c = chunk->columns[column];
    return c.words_wanted || c.mode == TEXT_COLUMN_IDENTIFIER;
}

void text_chunk_set_number(text_chunk *chunk, size_t column, double value) {
    if (chunk->columns[column].mode == TEXT_COLUMN_SKIPPED) return;
    if (!chunk->missing->numbers.empty() && chunk->missing->contains(value)) value = NAN;
    chunk->values.data()[(chunk->rows - 1) * chunk->stride + column] = value;
}

void text_chunk_set_text(text_chunk *chunk, size_t column, const char *text, size_t length) {
    uint32_t const row = uint32_t(chunk->rows - 1);
    double &value = chunk->values.data()[row * chunk->stride + column];
    chunk->store(chunk->columns[column], text, length, value, {row, 0, 0});
}

bool text_chunk_finish(text_chunk *chunk) {
    for (ChunkColumn &column : chunk->columns) {
        if (column.mode != TEXT_COLUMN_IDENTIFIER) continue;
        while (column.ends.size() < chunk->rows) chunk->identifier(column, "", 0);
    }
    if (chunk->restart()) return true;
    chunk->finish();
    return false;
}

} // extern "C"
