#include "partial_neighbors.h"

#include <math.h>

#include "kernels.h"

enum { TILE = OUTLIER_PARTIAL_TILE, TILES_PER_BLOCK = 16 };

/// The scaled squares of the distances between a row and the points of a tile, infinite where fewer columns than
/// fewest_common are common. Gives the least.
OUTLIER_CLONES static double tile_distances(
    const double *row, const uint32_t *present, size_t present_count, const double *tile, double columns,
    double fewest_common, double *distances) {
    double sums[TILE] = {0};
    double counts[TILE] = {0};
    for (size_t index = 0; index < present_count; index += 1) {
        double value = row[present[index]];
        const double *points = tile + (size_t)present[index] * TILE;
        for (int point = 0; point < TILE; point += 1) {
            double difference = value - points[point];
            int is_common = difference == difference;
            sums[point] += is_common ? difference * difference : 0;
            counts[point] += is_common ? 1 : 0;
        }
    }
    double least = INFINITY;
    for (int point = 0; point < TILE; point += 1) {
        double distance = counts[point] >= fewest_common ? sums[point] * (columns / counts[point]) : INFINITY;
        distances[point] = distance;
        least = distance < least ? distance : least;
    }
    return least;
}

static void insert(double distance, int32_t index, size_t neighbors, double *distances, int32_t *indices) {
    size_t place = neighbors - 1;
    while (place > 0 && distances[place - 1] > distance) {
        distances[place] = distances[place - 1];
        indices[place] = indices[place - 1];
        place -= 1;
    }
    distances[place] = distance;
    indices[place] = index;
}

void outlier_partial_neighbors(
    const double *queries, size_t query_count, size_t columns, const double *tiles, size_t tile_count,
    const uint32_t *excluded, const struct outlier_partial_target *targets, size_t target_count, size_t neighbors,
    double common_share, double *distances, int32_t *indices, uint32_t *scratch) {
    double found[TILE];
    // A block of tiles stays in the cache while all queries pass over it.
    for (size_t first = 0; first < tile_count; first += TILES_PER_BLOCK) {
        size_t last = first + TILES_PER_BLOCK < tile_count ? first + TILES_PER_BLOCK : tile_count;
        size_t target = 0;
        for (size_t query = 0; query < query_count; query += 1) {
            size_t end = target;
            while (end < target_count && targets[end].query == query) end += 1;
            if (end == target) continue;
            const double *row = queries + query * columns;
            size_t present_count = 0;
            for (size_t column = 0; column < columns; column += 1) {
                if (row[column] == row[column]) {
                    scratch[present_count] = (uint32_t)column;
                    present_count += 1;
                }
            }
            double fewest_common = fmax(1, ceil(common_share * (double)present_count - 1e-9));
            for (size_t tile = first; tile < last; tile += 1) {
                const double *points = tiles + tile * columns * TILE;
                double least = tile_distances(
                    row, scratch, present_count, points, (double)columns, fewest_common, found);
                for (size_t one = target; one < end; one += 1) {
                    double *near = distances + one * neighbors;
                    if (!(least < near[neighbors - 1])) continue;
                    const double *values = targets[one].column < 0 ? 0 : points + (size_t)targets[one].column * TILE;
                    for (int point = 0; point < TILE; point += 1) {
                        if (!(found[point] < near[neighbors - 1])) continue;
                        size_t number = tile * TILE + (size_t)point;
                        if (number == excluded[query] || (values && values[point] != values[point])) continue;
                        insert(found[point], (int32_t)number, neighbors, near, indices + one * neighbors);
                    }
                }
            }
            target = end;
        }
    }
}
