#include "chunk.hpp"
#include "numbers.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <new>
#include <random>
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
    if (length > UINT32_MAX - bytes.size()) throw too_long();
    text_word word = {};
    word.offset = uint32_t(bytes.size());
    word.length = uint32_t(length);
    bytes.insert(bytes.end(), text, text + length);
    entries.push_back(word);
}

void Words::rehash() { fill_slots(slots_.empty() ? 16 : slots_.size() * 2); }

void Words::fill_slots(size_t count) {
    slots_.assign(count, 0);
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

uint64_t Words::keyed_hash(const char *text, size_t length) {
    struct Key {
        uint64_t first, second;
        Key() {
            std::random_device source;
            first = uint64_t(source()) << 32 | source();
            second = uint64_t(source()) << 32 | source();
        }
    };
    static Key const key;
    uint64_t v0 = key.first ^ 0x736f6d6570736575u, v1 = key.second ^ 0x646f72616e646f6du;
    uint64_t v2 = key.first ^ 0x6c7967656e657261u, v3 = key.second ^ 0x7465646279746573u;
    auto const rotated = [](uint64_t x, int by) { return x << by | x >> (64 - by); };
    auto const round = [&] {
        v0 += v1, v1 = rotated(v1, 13) ^ v0, v0 = rotated(v0, 32);
        v2 += v3, v3 = rotated(v3, 16) ^ v2;
        v0 += v3, v3 = rotated(v3, 21) ^ v0;
        v2 += v1, v1 = rotated(v1, 17) ^ v2, v2 = rotated(v2, 32);
    };
    auto const take = [&](uint64_t part) {
        v3 ^= part;
        round();
        v0 ^= part;
    };
    uint64_t const end = uint64_t(length) << 56;
    while (length >= 8) {
        uint64_t part;
        std::memcpy(&part, text, 8);
        take(part);
        text += 8;
        length -= 8;
    }
    uint64_t part = 0;
    if (length > 0) std::memcpy(&part, text, length);
    take(part | end);
    v2 ^= 0xFF;
    round(), round(), round();
    return v0 ^ v1 ^ v2 ^ v3;
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
    if (Missing const meaning = missing->meaning(text, length); meaning != Missing::no) {
        if (meaning == Missing::softly) column.softly_missing += 1;
        return;
    }
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
    if (wider > most_cells / (rows + 1)) throw too_sparse();
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

void text_chunk::begin_row() {
    size_t const begin = rows * stride;
    if (begin + stride > most_cells && stride > 1 && is_sparse()) throw too_sparse();
    values.grow(begin + stride);
    for (size_t c = 0; c < stride; ++c) values.data()[begin + c] = NAN;
    fill_identifiers();
    rows += 1;
}

void text_chunk::fill_identifiers() {
    // Where a row gives no identifier it is the empty one.
    for (ChunkColumn &column : columns) {
        if (column.mode != TEXT_COLUMN_IDENTIFIER) continue;
        while (column.text().ends.size() < rows) identifier(column, "", 0);
    }
}

bool text_chunk::end_rows() {
    fill_identifiers();
    if (restart()) return true;
    finish();
    return false;
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
        column.held.reset();
        column.softly_missing = 0;
    }
    return true;
}

void text_chunk::finish() {
    for (size_t c = 0; c < columns.size(); ++c) {
        ChunkColumn &column = columns[c];
        if (column.mode == TEXT_COLUMN_IDENTIFIER) {
            column.holds = TEXT_HOLDS_IDENTIFIERS;
            column.present = uint32_t(rows);
            continue;
        }
        if (column.mode == TEXT_COLUMN_SKIPPED) continue;
        double *const all = values.data();
        if (!column.words_wanted) {
            uint32_t present = 0;
            for (size_t row = 0; row < rows; ++row) present += !std::isnan(all[row * stride + c]);
            column.present = present;
            column.holds = present ? TEXT_HOLDS_NUMBERS : TEXT_HOLDS_NOTHING;
            continue;
        }
        bool dates = true;
        column.present = 0;
        column.softly_missing = 0;
        if (!column.held) continue;
        std::vector<text_word> const &entries = column.words().entries;
        for (text_word const &word : entries) {
            if (word.flags & TEXT_WORD_IS_SOFTLY_MISSING) {
                column.softly_missing += word.count;
                continue;
            }
            column.present += word.count;
            dates = dates && (word.count == 0 || (word.flags & TEXT_WORD_IS_DATE));
        }
        if (column.present && dates && column.mode != TEXT_COLUMN_WORDS) {
            for (size_t row = 0; row < rows; ++row) {
                double &value = all[row * stride + c];
                if (!(value == value)) continue;
                text_word const &word = entries[size_t(value)];
                value = word.flags & TEXT_WORD_IS_SOFTLY_MISSING ? NAN : word.value;
            }
            column.holds = TEXT_HOLDS_DATES;
            column.held.reset();
            continue;
        }
        if (column.present || column.softly_missing) column.holds = TEXT_HOLDS_WORDS;
        // Their texts are kept.
        column.softly_missing = 0;
    }
    values.shrink(rows * stride);
}

// MARK: - The interface

extern "C" {

text_missing *text_missing_make(const char *words, const size_t *lengths, size_t count, size_t firm) {
    text_missing *result = nullptr;
    guarded([&] {
        auto missing = std::make_unique<text_missing>();
        for (size_t i = 0; i < count; ++i) {
            if (lengths[i] == 0) {
                missing->empty = true;
            } else {
                missing->words.push_back({std::string(words, lengths[i]), i < firm ? Missing::firmly : Missing::softly});
                missing->first[static_cast<unsigned char>(*words)] = true;
                double value;
                if (i < firm && text_parse_number(words, lengths[i], &value)) missing->numbers.push_back(value);
            }
            words += lengths[i];
        }
        result = missing.release();
        return TEXT_OK;
    });
    return result;
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
size_t text_chunk_softly_missing(const text_chunk *chunk, size_t column) {
    return chunk->columns[column].softly_missing;
}
size_t text_chunk_word_count(const text_chunk *chunk, size_t column) {
    auto const &held = chunk->columns[column].held;
    return held ? held->words.entries.size() : 0;
}
const text_word *text_chunk_words(const text_chunk *chunk, size_t column) {
    auto const &held = chunk->columns[column].held;
    return held ? held->words.entries.data() : nullptr;
}
const char *text_chunk_bytes(const text_chunk *chunk, size_t column) {
    auto const &held = chunk->columns[column].held;
    return held ? held->words.bytes.data() : nullptr;
}
const uint32_t *text_chunk_identifier_ends(const text_chunk *chunk, size_t column) {
    auto const &held = chunk->columns[column].held;
    return held ? held->ends.data() : nullptr;
}
const char *text_chunk_key(const text_chunk *chunk, size_t column, size_t *length) {
    text_word const &word = chunk->keys.entries[column];
    *length = word.length;
    return chunk->keys.bytes.data() + word.offset;
}

size_t text_chunk_appearance(const text_chunk *chunk, size_t column) { return chunk->columns[column].appearance; }

text_chunk *text_chunk_make(const text_missing *missing, const uint8_t *modes, size_t columns) {
    text_chunk *result = nullptr;
    guarded([&] {
        auto chunk = std::make_unique<text_chunk>();
        chunk->missing = missing;
        chunk->stride = columns;
        chunk->columns.reserve(columns);
        for (size_t c = 0; c < columns; ++c) chunk->add_column(modes[c]);
        result = chunk.release();
        return TEXT_OK;
    });
    return result;
}

int text_chunk_begin_row(text_chunk *chunk) {
    return guarded([&] {
        chunk->begin_row();
        return TEXT_OK;
    });
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

int text_chunk_set_text(text_chunk *chunk, size_t column, const char *text, size_t length) {
    return guarded([&] {
        size_t const row = chunk->rows - 1;
        double &value = chunk->values.data()[row * chunk->stride + column];
        chunk->store(chunk->columns[column], text, length, value, {uint32_t(row), 0, 0});
        return TEXT_OK;
    });
}

int text_chunk_finish(text_chunk *chunk, bool *again) {
    *again = false;
    return guarded([&] {
        *again = chunk->end_rows();
        return TEXT_OK;
    });
}

} // extern "C"
