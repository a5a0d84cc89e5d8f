#pragma once
// What a piece of text turned out to hold.

#include "CTextParsing.h"

#include <cstring>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// How firmly a word means "no value".
enum class Missing { no, softly, firmly };

/// Whether two texts are the same. `memcmp` must not be given a null pointer, which an empty text may have.
inline bool are_equal(const char *a, const char *b, size_t length) {
    return length == 0 || std::memcmp(a, b, length) == 0;
}

/// Says that a column's text in one chunk is longer than its places can tell.
struct too_long : std::length_error {
    too_long() : std::length_error("more than 4 GiB of text in one chunk") {}
};

/// Says that a table would be nearly empty.
struct too_sparse : std::length_error {
    too_sparse() : std::length_error("too many different keys") {}
};

/// Runs `body`, and turns what it throws into a code of `text_failure`: nothing may be thrown into C.
template <typename Body> int guarded(Body body) noexcept {
    try {
        return body();
    } catch (too_long const &) {
        return TEXT_TOO_LONG;
    } catch (too_sparse const &) {
        return TEXT_TOO_SPARSE;
    } catch (...) {
        return TEXT_NO_MEMORY;
    }
}

/// The words that mean "no value".
struct text_missing {
    struct Word {
        std::string text;
        Missing meaning;
    };
    std::vector<Word> words;
    /// Those of the words that are numbers: `-999` stands for `-999.0` too.
    std::vector<double> numbers;
    /// For each first byte, whether a word begins with it.
    bool first[256] = {};
    bool empty = false;

    Missing meaning(const char *text, size_t length) const {
        if (length == 0) return empty ? Missing::firmly : Missing::no;
        if (!first[static_cast<unsigned char>(*text)]) return Missing::no;
        for (auto const &word : words)
            if (word.text.size() == length && std::memcmp(word.text.data(), text, length) == 0) return word.meaning;
        return Missing::no;
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
        size_t probes = 0;
        for (uint64_t slot = hash(text, length) & mask;; slot = (slot + 1) & mask) {
            uint32_t const entry = slots_[slot];
            if (entry == 0) {
                slots_[slot] = uint32_t(entries.size()) + 1;
                add(text, length);
                added = true;
                return uint32_t(entries.size()) - 1;
            }
            text_word const &word = entries[entry - 1];
            if (word.length == length && are_equal(bytes.data() + word.offset, text, length)) {
                added = false;
                return entry - 1;
            }
            // Words that somebody chose so that they collide: from here on they are hashed with a secret key.
            if (++probes > most_probes_ && !is_keyed_) {
                is_keyed_ = true;
                fill_slots(slots_.size());
                return index(text, length, added);
            }
        }
    }

    /// The index of the word, or the number of words where it is none.
    uint32_t find(const char *text, size_t length) const {
        if (slots_.empty()) return uint32_t(entries.size());
        uint64_t const mask = slots_.size() - 1;
        for (uint64_t slot = hash(text, length) & mask;; slot = (slot + 1) & mask) {
            uint32_t const entry = slots_[slot];
            if (entry == 0) return uint32_t(entries.size());
            text_word const &word = entries[entry - 1];
            if (word.length == length && are_equal(bytes.data() + word.offset, text, length)) return entry - 1;
        }
    }

    void clear();

  private:
    /// At most half of the slots are taken, so that honest words are found after a few.
    static constexpr size_t most_probes_ = 64;
    std::vector<uint32_t> slots_;
    bool is_keyed_ = false;

    uint64_t hash(const char *text, size_t length) const {
        return is_keyed_ ? keyed_hash(text, length) : plain_hash(text, length);
    }

    /// SipHash-1-3 (Aumasson and Bernstein, 2012) with a key of this process.
    static uint64_t keyed_hash(const char *text, size_t length);

    static uint64_t plain_hash(const char *text, size_t length) {
        uint64_t value = 0x9E3779B97F4A7C15u ^ length;
        while (length >= 8) {
            uint64_t part;
            std::memcpy(&part, text, 8);
            value = mix(value ^ part);
            text += 8;
            length -= 8;
        }
        uint64_t part = 0;
        if (length > 0) std::memcpy(&part, text, length);
        return mix(value ^ part);
    }

    static uint64_t mix(uint64_t value) {
        value *= 0xFF51AFD7ED558CCDu;
        return value ^ (value >> 32);
    }

    void add(const char *text, size_t length);
    void rehash();
    void fill_slots(size_t count);
};

/// Where a value stands.
struct Place {
    uint32_t row, line, column;
};

/// What a column of words or identifiers keeps besides its values.
struct ColumnText {
    Words words;
    /// For identifiers, in `words.bytes`.
    std::vector<uint32_t> ends;
};

/// Small, for a table may have many columns and few rows in each chunk.
struct ChunkColumn {
    uint8_t mode = TEXT_COLUMN_AUTOMATIC;
    /// Whether values are read as words in this pass.
    bool words_wanted = false;
    /// Whether a word was met where numbers were expected, so that the column has to be read again.
    bool word_met = false;
    uint8_t holds = TEXT_HOLDS_NOTHING;
    uint32_t present = 0;
    /// How many values were words that are missing unless the column holds words.
    uint32_t softly_missing = 0;
    /// The order in which the key was first seen, from 1.
    uint32_t appearance = 0;
    std::unique_ptr<ColumnText> held;

    ColumnText &text() {
        if (!held) held = std::make_unique<ColumnText>();
        return *held;
    }
    Words &words() { return text().words; }
};

struct text_chunk {
    PagedValues values;
    size_t rows = 0, stride = 0, lines = 0;
    std::vector<ChunkColumn> columns;
    /// The names of the columns, where they are found in the text (JSON): one each, in their order.
    Words keys;
    uint32_t appearances = 0;
    const text_missing *missing = nullptr;
    /// More cells than any chunk of a table has that is not nearly empty.
    static constexpr size_t most_cells = size_t(1) << 25;

    void add_column(uint8_t mode) {
        ChunkColumn &column = columns.emplace_back();
        column.mode = mode;
        column.words_wanted = mode == TEXT_COLUMN_AUTOMATIC_DATES || mode == TEXT_COLUMN_WORDS;
    }

    /// A value of a column whose words are wanted. `text` is without the spaces around it.
    double word(ChunkColumn &column, const char *text, size_t length, Place place) {
        Missing const meaning = missing->meaning(text, length);
        if (meaning == Missing::firmly) return std::numeric_limits<double>::quiet_NaN();
        bool added;
        Words &words = column.words();
        uint32_t const index = words.index(text, length, added);
        text_word &word = words.entries[index];
        if (added) {
            describe(word, text, length);
            if (meaning == Missing::softly) word.flags |= TEXT_WORD_IS_SOFTLY_MISSING;
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
        std::vector<char> &bytes = column.words().bytes;
        if (length > UINT32_MAX - bytes.size()) throw too_long();
        bytes.insert(bytes.end(), text, text + length);
        column.text().ends.push_back(uint32_t(bytes.size()));
    }

    /// Begins a row in which every value is missing.
    void begin_row();
    /// Ends the rows. True where they have to be given again, as words in some columns.
    bool end_rows();
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
    void fill_identifiers();
    /// Whether the columns were found in the text: then nothing says that a row has many of them.
    bool is_sparse() const { return !keys.entries.empty(); }
};
