#pragma once
// Decimal numbers and ISO 8601 dates.

#include <cstddef>

/// Reads a number that begins at `p` and returns where it ends, or `nullptr` where none begins there. Correctly
/// rounded. Too large a number is infinite, too small a one is 0. "inf" and "infinity" are numbers, "nan" is not.
const char *read_number(const char *p, const char *end, double &value);

/// Whether the whole of `p..<end` is `YYYY-MM-DD`, or that with a time after a `T` or a space, with seconds,
/// fractions of them and a zone where wanted. Without a zone the time is UTC.
bool read_date(const char *p, const char *end, double &seconds);
