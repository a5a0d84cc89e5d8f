#include "ordering.h"

#include <string.h>

#include "kernels.h"

// Numbers are sorted by a 32-bit key first, a linear function of the number, in three passes of a radix sort that moves
// eight bytes an element: the key and where the number came from. What the key cannot tell apart is put in order after
// that, which is little work unless nearly all numbers crowd in a 2³²th of the range.

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, PASSES = 3 };

static inline void swap_elements(double *values, uint64_t *origins, size_t a, size_t b) {
    double value = values[a];
    values[a] = values[b];
    values[b] = value;
    uint64_t origin = origins[a];
    origins[a] = origins[b];
    origins[b] = origin;
}

static void insertion_sort(double *values, uint64_t *origins, size_t count) {
    for (size_t i = 1; i < count; i++) {
        double value = values[i];
        uint64_t origin = origins[i];
        size_t j = i;
        while (j > 0 && values[j - 1] > value) {
            values[j] = values[j - 1];
            origins[j] = origins[j - 1];
            j--;
        }
        values[j] = value;
        origins[j] = origin;
    }
}

static void sift_down(double *values, uint64_t *origins, size_t root, size_t count) {
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count) return;
        if (child + 1 < count && values[child + 1] > values[child]) child++;
        if (values[root] >= values[child]) return;
        swap_elements(values, origins, root, child);
        root = child;
    }
}

static void heap_sort(double *values, uint64_t *origins, size_t count) {
    for (size_t i = count / 2; i-- > 0;) sift_down(values, origins, i, count);
    for (size_t end = count; end-- > 1;) {
        swap_elements(values, origins, 0, end);
        sift_down(values, origins, 0, end);
    }
}

/// Quicksort that turns to heapsort where it has gone too deep.
static void sort_in_place(double *values, uint64_t *origins, size_t count, int depth) {
    while (count > 24) {
        if (depth-- == 0) {
            heap_sort(values, origins, count);
            return;
        }
        double first = values[0], middle = values[count / 2], last = values[count - 1];
        double pivot = first < middle ? (middle < last ? middle : (first < last ? last : first))
                                      : (first < last ? first : (middle < last ? last : middle));
        size_t low = 0, high = count - 1;
        for (;;) {
            while (values[low] < pivot) low++;
            while (values[high] > pivot) high--;
            if (low >= high) break;
            swap_elements(values, origins, low++, high--);
        }
        size_t split = high + 1;
        if (split < count - split) {
            sort_in_place(values, origins, split, depth);
            values += split;
            origins += split;
            count -= split;
        } else {
            sort_in_place(values + split, origins + split, count - split, depth);
            count = split;
        }
    }
    insertion_sort(values, origins, count);
}

/// Puts in order what stands between elements whose keys differ.
static void sort_equal_keys(double *sorted, uint64_t *origins, size_t count) {
    size_t i = 1;
    while (i < count) {
        if (sorted[i - 1] <= sorted[i]) {
            i++;
            continue;
        }
        uint64_t key = origins[i] >> 32;
        size_t begin = i - 1, end = i + 1;
        while (begin > 0 && origins[begin - 1] >> 32 == key) begin--;
        while (end < count && origins[end] >> 32 == key) end++;
        sort_in_place(sorted + begin, origins + begin, end - begin, 64);
        i = end;
    }
}

OUTLIER_CLONES
static void find_range(const double *values, size_t count, double *lowest, double *highest) {
    double low = values[0], high = values[0];
    for (size_t i = 1; i < count; i++) {
        low = values[i] < low ? values[i] : low;
        high = values[i] > high ? values[i] : high;
    }
    *lowest = low;
    *highest = high;
}

OUTLIER_CLONES
static void make_keys(
    const double *values, size_t count, double factor, double lowest, double scale, uint64_t *pairs) {
    for (size_t i = 0; i < count; i++) {
        double key = (values[i] * factor - lowest) * scale;
        key = key < 4294967295.0 ? key : 4294967295.0;
        pairs[i] = (uint64_t)(int64_t)key << 32 | (uint32_t)i;
    }
}

static void scatter(const uint64_t *from, uint64_t *to, size_t count, int shift, uint32_t *positions) {
    for (size_t i = 0; i < count; i++) {
        uint64_t pair = from[i];
        to[positions[pair >> shift & (DIGITS - 1)]++] = pair;
    }
}

void outlier_sort_with_origins(
    const double *values, size_t count, double *sorted, uint64_t *origins, uint64_t *spare) {
    if (count < 256) {
        for (size_t i = 0; i < count; i++) {
            sorted[i] = values[i];
            origins[i] = i;
        }
        sort_in_place(sorted, origins, count, 32);
        return;
    }
    double lowest, highest;
    find_range(values, count, &lowest, &highest);
    // Powers of two keep the range of the keys from overflow and underflow, whatever the numbers.
    double largest = highest > -lowest ? highest : -lowest;
    double factor = largest > 0x1p600 ? 0x1p-600 : largest < 0x1p-600 ? 0x1p400 : 1;
    double range = highest * factor - lowest * factor;
    double scale = range > 0 ? 4294967295.0 / range : 0;
    make_keys(values, count, factor, lowest * factor, scale, spare);

    uint32_t positions[PASSES][DIGITS];
    memset(positions, 0, sizeof positions);
    for (size_t i = 0; i < count; i++) {
        uint64_t key = spare[i] >> 32;
        positions[0][key & (DIGITS - 1)]++;
        positions[1][key >> DIGIT_BITS & (DIGITS - 1)]++;
        positions[2][key >> 2 * DIGIT_BITS]++;
    }
    for (int pass = 0; pass < PASSES; pass++) {
        uint32_t position = 0;
        for (int digit = 0; digit < DIGITS; digit++) {
            uint32_t length = positions[pass][digit];
            positions[pass][digit] = position;
            position += length;
        }
    }
    scatter(spare, origins, count, 32, positions[0]);
    scatter(origins, spare, count, 32 + DIGIT_BITS, positions[1]);
    scatter(spare, origins, count, 32 + 2 * DIGIT_BITS, positions[2]);
    for (size_t i = 0; i < count; i++) sorted[i] = values[(uint32_t)origins[i]];
    sort_equal_keys(sorted, origins, count);
}

void outlier_rank(const double *sorted, size_t count, double value, size_t *below, size_t *not_above) {
    const double *base = sorted;
    size_t length = count;
    while (length > 1) {
        size_t half = length / 2;
        base += base[half - 1] < value ? half : 0;
        length -= half;
    }
    size_t low = (size_t)(base - sorted) + (length == 1 && *base < value);
    *below = low;
    // Doubling steps find the end of a run of equal numbers in the logarithm of its length.
    size_t step = 1, high = low;
    while (high < count && sorted[high] <= value) {
        low = high + 1;
        high = step < count - high ? high + step : count;
        step *= 2;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sorted[middle] <= value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *not_above = low;
}

void outlier_copy_column(const double *table, size_t rows, size_t columns, size_t column, double *out) {
    const double *source = table + column;
    for (size_t row = 0; row < rows; row++) out[row] = source[row * columns];
}
