#pragma once
// What a piece of text turned out to hold.

#include "CTextParsing.h"

#include <cstring>
#include <deque>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

/// The words that mean "no value".
struct text_missing {
    std::vector<std::string> words;
    /// Those of the words that are numbers: `-999` stands for `-999.0` too.
    std::vector<double> numbers;
    /// For each first byte, whether a word begins with it.
    bool first[256] = {};
    bool empty = false;

    bool contains(const char *text, size_t length) const {
        if (length == 0) return empty;
        if (!first[static_cast<unsigned char>(*text)]) return false;
        for (auto const &word : words)
            if (word.size() == length && std::memcmp(word.data(), text, length) == 0) return true;
        return false;
    }

    bool contains(double value) const {
        for (double const number : numbers)
            if (number == value) return true;
        return false;
    }
};

/// Memory that costs nothing until it is touched, and that goes back to the system when it is freed: a chunk's values
/// live only until the table is put together, and what the allocator keeps would count twice.
class PagedValues {
  public:
    PagedValues() = default;
    PagedValues(PagedValues const &) = delete;
    PagedValues &operator=(PagedValues const &) = delete;
    ~PagedValues() { release(); }

    double *data() { return values_; }
    const double *data() const { return values_; }
    size_t capacity() const { return capacity_; }
    /// Makes room for `count` values. What was there is lost.
    void reserve(size_t count);
    /// Makes room for `count` values and keeps those that are there.
    void grow(size_t count);
    void swap(PagedValues &other);
    /// Gives back what lies behind `count` values.
    void shrink(size_t count);
    /// Moves `count` values to a temporary file in `folder` that nobody else sees, from which they are mapped.
    /// Returns 0, or the system's error.
    int spill(size_t count, const char *folder);

  private:
    void release();
    double *values_ = nullptr;
    size_t capacity_ = 0;
    bool mapped_ = false;
};

/// The distinct words of one column, in the order in which they came.
class Words {
  public:
    std::vector<text_word> entries;
    std::vector<char> bytes;

    /// The index of the word, which is added where it is new.
    uint32_t index(const char *text, size_t length, bool &added) {
        if (slots_.size() < 2 * (entries.size() + 1)) rehash();
        uint64_t const mask = slots_.size() - 1;
        for (uint64_t slot = hash(text, length) & mask;; slot = (slot + 1) & mask) {
            uint32_t const entry = slots_[slot];
            if (entry == 0) {
                slots_[slot] = uint32_t(entries.size()) + 1;
                add(text, length);
                added = true;
                return uint32_t(entries.size()) - 1;
            }
            text_word const &word = entries[entry - 1];
            if (word.length == length && std::memcmp(bytes.data() + word.offset, text, length) == 0) {
                added = false;
                return entry - 1;
            }
        }
    }

    void clear();

  private:
    std::vector<uint32_t> slots_;

    static uint64_t hash(const char *text, size_t length) {
        uint64_t value = 0x9E3779B97F4A7C15u ^ length;
        while (length >= 8) {
            uint64_t part;
            std::memcpy(&part, text, 8);
            value = mix(value ^ part);
            text += 8;
            length -= 8;
        }
        uint64_t part = 0;
        std::memcpy(&part, text, length);
        return mix(value ^ part);
    }

    static uint64_t mix(uint64_t value) {
        value *= 0xFF51AFD7ED558CCDu;
        return value ^ (value >> 32);
    }

    void add(const char *text, size_t length);
    void rehash();
};

/// Where a value stands.
struct Place {
    uint32_t row, line, column;
};

struct ChunkColumn {
    uint8_t mode = TEXT_COLUMN_AUTOMATIC;
    /// Whether values are read as words in this pass.
    bool words_wanted = false;
    /// Whether a word was met where numbers were expected, so that the column has to be read again.
    bool word_met = false;
    uint8_t holds = TEXT_HOLDS_NOTHING;
    size_t present = 0;
    Words words;
    /// For identifiers, in `words.bytes`.
    std::vector<uint32_t> ends;
    std::string key;
    /// The order in which the key was first seen, from 1.
    size_t appearance = 0;
};

struct text_chunk {
    PagedValues values;
    size_t rows = 0, stride = 0, lines = 0;
    std::deque<ChunkColumn> columns;
    size_t appearances = 0;
    const text_missing *missing = nullptr;

    void add_column(uint8_t mode) {
        ChunkColumn &column = columns.emplace_back();
        column.mode = mode;
        column.words_wanted = mode == TEXT_COLUMN_AUTOMATIC_DATES || mode == TEXT_COLUMN_WORDS;
    }

    /// A value of a column whose words are wanted. `text` is without the spaces around it.
    double word(ChunkColumn &column, const char *text, size_t length, Place place) {
        if (missing->contains(text, length)) return std::numeric_limits<double>::quiet_NaN();
        bool added;
        uint32_t const index = column.words.index(text, length, added);
        text_word &word = column.words.entries[index];
        if (added) {
            describe(word, text, length);
            word.row = place.row;
            word.line = place.line;
            word.column = place.column;
        }
        if ((word.flags & TEXT_WORD_IS_NUMBER) && !missing->numbers.empty() && missing->contains(word.value))
            return std::numeric_limits<double>::quiet_NaN();
        word.count += 1;
        return index;
    }

    void identifier(ChunkColumn &column, const char *text, size_t length) {
        column.words.bytes.insert(column.words.bytes.end(), text, text + length);
        column.ends.push_back(uint32_t(column.words.bytes.size()));
    }

    /// Makes room in the rows for columns that were added.
    void widen();
    /// Keeps a value as its column wants it. `text` is without the spaces around it.
    void store(ChunkColumn &column, const char *text, size_t length, double &value, Place place);
    /// Begins anew where columns must be read as words. False where none must.
    bool restart();
    /// Settles what each column holds.
    void finish();

  private:
    static void describe(text_word &word, const char *text, size_t length);
};
