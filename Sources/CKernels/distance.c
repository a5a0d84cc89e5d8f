#include "distance.h"

#include <math.h>

#include "kernels.h"

enum { TILE = OUTLIER_DISTANCE_TILE };

double outlier_raw_distance(int metric, double power, const double *left, const double *right, size_t columns) {
#pragma clang fp contract(off)
    double sum = 0;
    switch (metric) {
    case OUTLIER_METRIC_MANHATTAN:
        for (size_t column = 0; column < columns; column += 1) sum += fabs(left[column] - right[column]);
        break;
    case OUTLIER_METRIC_CHEBYSHEV:
        for (size_t column = 0; column < columns; column += 1) {
            double difference = fabs(left[column] - right[column]);
            sum = difference > sum ? difference : sum;
        }
        break;
    case OUTLIER_METRIC_MINKOWSKI: {
        // Powers of numbers between 0 and 1 neither overflow nor vanish beside the largest.
        double largest = outlier_raw_distance(OUTLIER_METRIC_CHEBYSHEV, power, left, right, columns);
        if (!(largest > 0)) return largest;
        for (size_t column = 0; column < columns; column += 1) {
            sum += pow(fabs(left[column] - right[column]) / largest, power);
        }
        return largest * pow(sum, 1 / power);
    }
    default:
        for (size_t column = 0; column < columns; column += 1) {
            double difference = left[column] - right[column];
            sum += difference * difference;
        }
    }
    return sum;
}

OUTLIER_CLONES void outlier_raw_distances(
    int metric, double power, const double *row, const double *tile, size_t columns, double *distances) {
#pragma clang fp contract(off)
    double sums[TILE];
    for (int point = 0; point < TILE; point += 1) sums[point] = 0;
    switch (metric) {
    case OUTLIER_METRIC_MANHATTAN:
        for (size_t column = 0; column < columns; column += 1) {
            double value = row[column];
            const double *points = tile + column * TILE;
            for (int point = 0; point < TILE; point += 1) sums[point] += fabs(value - points[point]);
        }
        break;
    case OUTLIER_METRIC_CHEBYSHEV:
        for (size_t column = 0; column < columns; column += 1) {
            double value = row[column];
            const double *points = tile + column * TILE;
            for (int point = 0; point < TILE; point += 1) {
                double difference = fabs(value - points[point]);
                sums[point] = difference > sums[point] ? difference : sums[point];
            }
        }
        break;
    case OUTLIER_METRIC_MINKOWSKI: {
        double largest[TILE];
        outlier_raw_distances(OUTLIER_METRIC_CHEBYSHEV, power, row, tile, columns, largest);
        for (size_t column = 0; column < columns; column += 1) {
            double value = row[column];
            const double *points = tile + column * TILE;
            for (int point = 0; point < TILE; point += 1) {
                if (largest[point] > 0) sums[point] += pow(fabs(value - points[point]) / largest[point], power);
            }
        }
        for (int point = 0; point < TILE; point += 1) {
            sums[point] = largest[point] > 0 ? largest[point] * pow(sums[point], 1 / power) : largest[point];
        }
        break;
    }
    default:
        for (size_t column = 0; column < columns; column += 1) {
            double value = row[column];
            const double *points = tile + column * TILE;
            for (int point = 0; point < TILE; point += 1) {
                double difference = value - points[point];
                sums[point] += difference * difference;
            }
        }
    }
    for (int point = 0; point < TILE; point += 1) distances[point] = sums[point];
}

void outlier_raw_distances_of_four(
    int metric, double power, const double *row, const double *const points[4], size_t columns, double distances[4]) {
#pragma clang fp contract(off)
    if (metric != OUTLIER_METRIC_EUCLIDEAN) {
        for (int point = 0; point < 4; point += 1) {
            distances[point] = outlier_raw_distance(metric, power, row, points[point], columns);
        }
        return;
    }
    // Sums that wait for nothing but themselves: four take hardly longer than one.
    const double *first = points[0], *second = points[1], *third = points[2], *fourth = points[3];
    double sums[4] = {0, 0, 0, 0};
    for (size_t column = 0; column < columns; column += 1) {
        double value = row[column];
        double a = value - first[column], b = value - second[column];
        double c = value - third[column], d = value - fourth[column];
        sums[0] += a * a;
        sums[1] += b * b;
        sums[2] += c * c;
        sums[3] += d * d;
    }
    for (int point = 0; point < 4; point += 1) distances[point] = sums[point];
}

/// How far apart two intervals are; 0 where they meet.
static inline double gap(double low, double high, double other_low, double other_high) {
    double above = other_low - high;
    double below = low - other_high;
    double larger = above > below ? above : below;
    return larger > 0 ? larger : 0;
}

OUTLIER_CLONES double outlier_box_distance(
    int metric, double power, const double *low, const double *high, const double *other_low,
    const double *other_high, size_t columns) {
#pragma clang fp reassociate(on) contract(fast)
    double sum = 0;
    switch (metric) {
    case OUTLIER_METRIC_MANHATTAN:
        for (size_t column = 0; column < columns; column += 1) {
            sum += gap(low[column], high[column], other_low[column], other_high[column]);
        }
        break;
    case OUTLIER_METRIC_CHEBYSHEV:
        for (size_t column = 0; column < columns; column += 1) {
            double difference = gap(low[column], high[column], other_low[column], other_high[column]);
            sum = difference > sum ? difference : sum;
        }
        break;
    case OUTLIER_METRIC_MINKOWSKI: {
        double largest = 0;
        for (size_t column = 0; column < columns; column += 1) {
            double difference = gap(low[column], high[column], other_low[column], other_high[column]);
            largest = difference > largest ? difference : largest;
        }
        if (!(largest > 0)) return largest;
        for (size_t column = 0; column < columns; column += 1) {
            sum += pow(gap(low[column], high[column], other_low[column], other_high[column]) / largest, power);
        }
        // Rounding must not put the box beyond its points.
        return largest * pow(sum, 1 / power) * (1 - 0x1p-40);
    }
    default:
        for (size_t column = 0; column < columns; column += 1) {
            double difference = gap(low[column], high[column], other_low[column], other_high[column]);
            sum += difference * difference;
        }
    }
    return sum;
}

OUTLIER_CLONES void outlier_box_extend(double *low, double *high, const double *row, size_t columns) {
    for (size_t column = 0; column < columns; column += 1) {
        double value = row[column];
        low[column] = value < low[column] ? value : low[column];
        high[column] = value > high[column] ? value : high[column];
    }
}
