#include "knn.h"

#if defined(__x86_64__) && defined(__linux__)
#define HAS_X86_KERNELS 1
#include <immintrin.h>
#endif

enum { GROUP = OUTLIER_KNN_GROUP, PANEL = OUTLIER_KNN_PANEL };

/// Puts a key in the place of the largest one.
static void replace_root(float *keys, int32_t *positions, int32_t capacity, float key, int32_t position) {
    int32_t hole = 0;
    for (;;) {
        int32_t child = 2 * hole + 1;
        if (child >= capacity) break;
        if (child + 1 < capacity && keys[child + 1] > keys[child]) child += 1;
        if (keys[child] <= key) break;
        keys[hole] = keys[child];
        positions[hole] = positions[child];
        hole = child;
    }
    keys[hole] = key;
    positions[hole] = position;
}

static void offer(struct outlier_knn_heaps *heaps, size_t query, float key, int32_t position) {
    // A point that comes after a better one from the same panel may no longer be wanted.
    if (!(key < heaps->thresholds[query]) || position == heaps->excluded[query]) return;
    float *keys = heaps->keys + query * (size_t)heaps->capacity;
    replace_root(keys, heaps->positions + query * (size_t)heaps->capacity, heaps->capacity, key, position);
    heaps->thresholds[query] = keys[0];
}

/// For processors of which nothing is known: one query at a time, which the compiler turns into vectors.
static void scan_portable(
    const float *panels, const float *norms, size_t panel_count, size_t columns, int32_t first, const float *queries,
    struct outlier_knn_heaps *heaps) {
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
            float threshold = heaps->thresholds[query];
            int any = 0;
            for (size_t point = 0; point < PANEL; point += 1) any |= keys[point] < threshold;
            if (!any) continue;
            for (size_t point = 0; point < PANEL; point += 1) {
                offer(heaps, query, keys[point], first + (int32_t)(panel * PANEL + point));
            }
        }
    }
}

#if HAS_X86_KERNELS

/// Offers the points that `mask` names.
static void offer_masked(
    struct outlier_knn_heaps *heaps, size_t query, const float *keys, uint32_t mask, int32_t first) {
    while (mask != 0) {
        int point = __builtin_ctz(mask);
        mask &= mask - 1;
        offer(heaps, query, keys[point], first + point);
    }
}

/// 12 queries × 32 points in 24 registers of 16 lanes.
__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))) static void scan_avx512(
    const float *panels, const float *norms, size_t panel_count, size_t columns, int32_t first, const float *queries,
    struct outlier_knn_heaps *heaps) {
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
            __m512 threshold = _mm512_set1_ps(heaps->thresholds[query]);
            uint32_t mask = _mm512_cmp_ps_mask(low[query], threshold, _CMP_LT_OQ)
                | (uint32_t)_mm512_cmp_ps_mask(high[query], threshold, _CMP_LT_OQ) << 16;
            if (__builtin_expect(mask != 0, 0)) {
                float keys[PANEL];
                _mm512_storeu_ps(keys, low[query]);
                _mm512_storeu_ps(keys + 16, high[query]);
                offer_masked(heaps, (size_t)query, keys, mask, first + (int32_t)(panel * PANEL));
            }
        }
    }
}

/// 3 queries × 32 points in 12 registers of 8 lanes, four times.
__attribute__((target("avx2,fma"))) static void scan_avx2(
    const float *panels, const float *norms, size_t panel_count, size_t columns, int32_t first, const float *queries,
    struct outlier_knn_heaps *heaps) {
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
                __m256 threshold = _mm256_set1_ps(heaps->thresholds[start + query]);
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
                    offer_masked(heaps, (size_t)(start + query), keys, mask, first + (int32_t)(panel * PANEL));
                }
            }
        }
    }
}

#endif

void outlier_knn_scan(
    const float *panels, const float *norms, size_t panel_count, size_t columns, int32_t first, const float *queries,
    struct outlier_knn_heaps heaps) {
#if HAS_X86_KERNELS
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512dq")) {
        scan_avx512(panels, norms, panel_count, columns, first, queries, &heaps);
        return;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
        scan_avx2(panels, norms, panel_count, columns, first, queries, &heaps);
        return;
    }
#endif
    scan_portable(panels, norms, panel_count, columns, first, queries, &heaps);
}
