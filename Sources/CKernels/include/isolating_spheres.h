#pragma once
#include <stddef.h>
#include <stdint.h>

/// How many spheres lie side by side.
#define OUTLIER_SPHERE_LANES 8

/// A set of spheres, of which the first that holds a row isolates it. They lie in panels of `OUTLIER_SPHERE_LANES`: the
/// first coordinate of every centre, then the second, and so on; the last panel is filled up with spheres of a negative
/// radius, which hold nothing.
typedef struct {
    /// Panels × width × lanes.
    const double *centers;
    /// Panels × lanes: the square of each radius.
    const double *squared_radii;
    /// Panels × lanes: what a row is given that the sphere isolates.
    const double *scores;
    size_t panels;
} outlier_sphere_set;

/// Adds to `sums[r]` the score of the first sphere that holds row r, or 1 where none does.
///
/// `rows` are `count` × `width`, row-major; each value is multiplied by `scale` first. The same bits on every processor.
void outlier_spheres_add_scores(
    outlier_sphere_set set, const double *rows, size_t count, size_t width, double scale, double *sums);
