#include "knn.h"

#include <math.h>

#include "kernels.h"

#if defined(__x86_64__) && defined(__linux__)
#define HAS_X86_KERNELS 1
#include <immintrin.h>
#endif

enum { GROUP = OUTLIER_KNN_GROUP, PANEL = OUTLIER_KNN_PANEL };

/// How many candidates too many a query may have between two calls.
enum { SURPLUS = 12 };

/// What the ranking below takes at most.
enum { RANKED = 256 };

typedef float v16f __attribute__((ext_vector_type(16), aligned(4)));
typedef int32_t v16i __attribute__((ext_vector_type(16), aligned(4)));

/// How many of the keys are less, for each.
OUTLIER_CLONES
static void rank(const float *keys, int32_t count, int32_t *ranks) {
    for (int32_t first = 0; first < count; first += 32) {
        v16f low = *(const v16f *)(keys + first), high = *(const v16f *)(keys + first + 16);
        v16i low_ranks = 0, high_ranks = 0;
        for (int32_t each = 0; each < count; each += 1) {
            v16f key = keys[each];
            low_ranks -= key < low;
            high_ranks -= key < high;
        }
        *(v16i *)(ranks + first) = low_ranks;
        *(v16i *)(ranks + first + 16) = high_ranks;
    }
}

/// Puts the `wanted` least keys first (Hoare's selection).
static void select_least(float *keys, int32_t *positions, int32_t count, int32_t wanted) {
    int32_t first = 0, last = count - 1;
    while (first < last) {
        float a = keys[first], b = keys[first + (last - first) / 2], c = keys[last];
        float least = a < b ? a : b, largest = a < b ? b : a;
        float pivot = c < least ? least : c > largest ? largest : c;
        int32_t left = first, right = last;
        while (left <= right) {
            while (keys[left] < pivot) left += 1;
            while (keys[right] > pivot) right -= 1;
            if (left <= right) {
                float key = keys[left];
                int32_t position = positions[left];
                keys[left] = keys[right];
                positions[left] = positions[right];
                keys[right] = key;
                positions[right] = position;
                left += 1;
                right -= 1;
            }
        }
        if (wanted - 1 <= right) {
            last = right;
        } else if (wanted - 1 >= left) {
            first = left;
        } else {
            return;
        }
    }
}

/// Keeps the `wanted` least candidates of a query that has as many at least.
static void shrink(struct outlier_knn_candidates *candidates, size_t query) {
    float *keys = candidates->keys + query * (size_t)candidates->stride;
    int32_t *positions = candidates->positions + query * (size_t)candidates->stride;
    int32_t count = candidates->counts[query], wanted = candidates->wanted;
    if (count <= RANKED) {
        // Comparing all with all has no branch to guess, which is quicker than any heap.
        int32_t ranks[RANKED];
        rank(keys, count, ranks);
        int32_t kept = 0;
        for (int32_t each = 0; each < count; each += 1) {
            keys[kept] = keys[each];
            positions[kept] = positions[each];
            kept += ranks[each] < wanted;
        }
        count = kept;
    } else {
        select_least(keys, positions, count, wanted);
        count = wanted;
    }
    float largest = keys[0];
    for (int32_t each = 1; each < count; each += 1) largest = keys[each] > largest ? keys[each] : largest;
    // Of candidates that share the last rank, some must go.
    for (int32_t each = count - 1; count > wanted; each -= 1) {
        if (keys[each] != largest) continue;
        count -= 1;
        keys[each] = keys[count];
        positions[each] = positions[count];
    }
    candidates->counts[query] = count;
    candidates->thresholds[query] = largest;
}

/// After up to PANEL candidates were added.
static inline void shrink_if_full(struct outlier_knn_candidates *candidates, size_t query) {
    int32_t count = candidates->counts[query], wanted = candidates->wanted;
    if (count > wanted + PANEL || (count >= wanted && candidates->thresholds[query] == INFINITY)) {
        shrink(candidates, query);
    }
}

/// Drops the point that the query leaves out from a mask over the points from `first` on.
static inline uint32_t without_excluded(
    const struct outlier_knn_candidates *candidates, size_t query, uint32_t mask, int32_t first) {
    uint32_t offset = (uint32_t)(candidates->excluded[query] - first);
    return offset < PANEL ? mask & ~(UINT32_C(1) << offset) : mask;
}

/// Adds the points that `mask` names.
static void add_masked(
    struct outlier_knn_candidates *candidates, size_t query, const float *keys, uint32_t mask, int32_t first) {
    mask = without_excluded(candidates, query, mask, first);
    float *own_keys = candidates->keys + query * (size_t)candidates->stride;
    int32_t *own_positions = candidates->positions + query * (size_t)candidates->stride;
    int32_t count = candidates->counts[query];
    while (mask != 0) {
        int point = __builtin_ctz(mask);
        mask &= mask - 1;
        own_keys[count] = keys[point];
        own_positions[count] = first + point;
        count += 1;
    }
    candidates->counts[query] = count;
    shrink_if_full(candidates, query);
}

/// For processors of which nothing is known: one query at a time, which the compiler turns into vectors.
static void scan_portable(
    const float *panels, const float *norms, size_t panel_count, size_t columns, int32_t first, const float *queries,
    struct outlier_knn_candidates *candidates) {
    for (size_t panel = 0; panel < panel_count; panel += 1) {
        const float *points = panels + panel * columns * PANEL;
        for (size_t query = 0; query < GROUP; query += 1) {
            float keys[PANEL];
            for (size_t point = 0; point < PANEL; point += 1) keys[point] = norms[panel * PANEL + point];
            for (size_t column = 0; column < columns; column += 1) {
                float value = queries[column * GROUP + query];
                const float *row = points + column * PANEL;
                for (size_t point = 0; point < PANEL; point += 1) keys[point] += value * row[point];
            }
            float threshold = candidates->thresholds[query];
            uint32_t mask = 0;
            for (size_t point = 0; point < PANEL; point += 1) mask |= (uint32_t)(keys[point] < threshold) << point;
            if (mask != 0) add_masked(candidates, query, keys, mask, first + (int32_t)(panel * PANEL));
        }
    }
}

#if HAS_X86_KERNELS

__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma,popcnt"))) static void add_masked_avx512(
    struct outlier_knn_candidates *candidates, size_t query, __m512 low, __m512 high, uint32_t mask, int32_t first) {
    mask = without_excluded(candidates, query, mask, first);
    __mmask16 low_mask = (__mmask16)mask, high_mask = (__mmask16)(mask >> 16);
    int32_t low_count = __builtin_popcount(low_mask), count = candidates->counts[query];
    float *keys = candidates->keys + query * (size_t)candidates->stride + count;
    int32_t *positions = candidates->positions + query * (size_t)candidates->stride + count;
    __m512i points = _mm512_add_epi32(
        _mm512_set1_epi32(first), _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
    __m512i high_points = _mm512_add_epi32(points, _mm512_set1_epi32(16));
    // Whole registers are stored: what is beyond the count will be overwritten.
    _mm512_storeu_ps(keys, _mm512_maskz_compress_ps(low_mask, low));
    _mm512_storeu_si512(positions, _mm512_maskz_compress_epi32(low_mask, points));
    _mm512_storeu_ps(keys + low_count, _mm512_maskz_compress_ps(high_mask, high));
    _mm512_storeu_si512(positions + low_count, _mm512_maskz_compress_epi32(high_mask, high_points));
    candidates->counts[query] = count + low_count + __builtin_popcount(high_mask);
    shrink_if_full(candidates, query);
}

/// 12 queries × 32 points in 24 registers of 16 lanes.
__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))) static void scan_avx512(
    const float *panels, const float *norms, size_t panel_count, size_t columns, int32_t first, const float *queries,
    struct outlier_knn_candidates *candidates) {
    for (size_t panel = 0; panel < panel_count; panel += 1) {
        const float *points = panels + panel * columns * PANEL;
        __m512 low[GROUP], high[GROUP];
        __m512 low_norms = _mm512_loadu_ps(norms + panel * PANEL);
        __m512 high_norms = _mm512_loadu_ps(norms + panel * PANEL + 16);
#pragma clang loop unroll(full)
        for (int query = 0; query < GROUP; query += 1) {
            low[query] = low_norms;
            high[query] = high_norms;
        }
        for (size_t column = 0; column < columns; column += 1) {
            __m512 left = _mm512_loadu_ps(points + column * PANEL);
            __m512 right = _mm512_loadu_ps(points + column * PANEL + 16);
#pragma clang loop unroll(full)
            for (int query = 0; query < GROUP; query += 1) {
                __m512 value = _mm512_set1_ps(queries[column * GROUP + query]);
                low[query] = _mm512_fmadd_ps(value, left, low[query]);
                high[query] = _mm512_fmadd_ps(value, right, high[query]);
            }
        }
#pragma clang loop unroll(full)
        for (int query = 0; query < GROUP; query += 1) {
            __m512 threshold = _mm512_set1_ps(candidates->thresholds[query]);
            uint32_t mask = _mm512_cmp_ps_mask(low[query], threshold, _CMP_LT_OQ)
                | (uint32_t)_mm512_cmp_ps_mask(high[query], threshold, _CMP_LT_OQ) << 16;
            if (__builtin_expect(mask != 0, 0)) {
                add_masked_avx512(
                    candidates, (size_t)query, low[query], high[query], mask, first + (int32_t)(panel * PANEL));
            }
        }
    }
}

/// 3 queries × 32 points in 12 registers of 8 lanes, four times.
__attribute__((target("avx2,fma"))) static void scan_avx2(
    const float *panels, const float *norms, size_t panel_count, size_t columns, int32_t first, const float *queries,
    struct outlier_knn_candidates *candidates) {
    enum { ROWS = 3, PARTS = 4 };
    for (size_t panel = 0; panel < panel_count; panel += 1) {
        const float *points = panels + panel * columns * PANEL;
        for (int start = 0; start < GROUP; start += ROWS) {
            __m256 sums[ROWS][PARTS];
#pragma clang loop unroll(full)
            for (int part = 0; part < PARTS; part += 1) {
                __m256 norm = _mm256_loadu_ps(norms + panel * PANEL + part * 8);
#pragma clang loop unroll(full)
                for (int query = 0; query < ROWS; query += 1) sums[query][part] = norm;
            }
            for (size_t column = 0; column < columns; column += 1) {
                const float *values = queries + column * GROUP + start;
                __m256 row[ROWS];
#pragma clang loop unroll(full)
                for (int query = 0; query < ROWS; query += 1) row[query] = _mm256_broadcast_ss(values + query);
#pragma clang loop unroll(full)
                for (int part = 0; part < PARTS; part += 1) {
                    __m256 point = _mm256_loadu_ps(points + column * PANEL + part * 8);
#pragma clang loop unroll(full)
                    for (int query = 0; query < ROWS; query += 1) {
                        sums[query][part] = _mm256_fmadd_ps(row[query], point, sums[query][part]);
                    }
                }
            }
#pragma clang loop unroll(full)
            for (int query = 0; query < ROWS; query += 1) {
                __m256 threshold = _mm256_set1_ps(candidates->thresholds[start + query]);
                uint32_t mask = 0;
#pragma clang loop unroll(full)
                for (int part = 0; part < PARTS; part += 1) {
                    __m256 below = _mm256_cmp_ps(sums[query][part], threshold, _CMP_LT_OQ);
                    mask |= (uint32_t)_mm256_movemask_ps(below) << (8 * part);
                }
                if (__builtin_expect(mask != 0, 0)) {
                    float keys[PANEL];
#pragma clang loop unroll(full)
                    for (int part = 0; part < PARTS; part += 1) _mm256_storeu_ps(keys + part * 8, sums[query][part]);
                    add_masked(candidates, (size_t)(start + query), keys, mask, first + (int32_t)(panel * PANEL));
                }
            }
        }
    }
}

#endif

static void scan(
    const float *panels, const float *norms, size_t panel_count, size_t columns, int32_t first, const float *queries,
    struct outlier_knn_candidates *candidates) {
#if HAS_X86_KERNELS
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq")) {
        scan_avx512(panels, norms, panel_count, columns, first, queries, candidates);
        return;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        scan_avx2(panels, norms, panel_count, columns, first, queries, candidates);
        return;
    }
#endif
    scan_portable(panels, norms, panel_count, columns, first, queries, candidates);
}

void outlier_knn_scan(
    const float *panels, const float *norms, size_t panel_count, size_t columns, int32_t first, const float *queries,
    struct outlier_knn_candidates candidates) {
    scan(panels, norms, panel_count, columns, first, queries, &candidates);
    // The next panels are left out by the thresholds: some more work keeps these low.
    for (size_t query = 0; query < GROUP; query += 1) {
        if (candidates.counts[query] > candidates.wanted + SURPLUS) shrink(&candidates, query);
    }
}

void outlier_knn_finish(struct outlier_knn_candidates candidates) {
    for (size_t query = 0; query < GROUP; query += 1) {
        if (candidates.counts[query] > candidates.wanted) shrink(&candidates, query);
    }
}
