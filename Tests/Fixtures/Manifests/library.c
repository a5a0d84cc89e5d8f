// What the tests of manifests call: ordinary C that knows nothing of its host. cc -shared -fPIC -o library.so library.c -lm
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// The z-score, over the whole table: means, then deviations.
int zscore_fit(const double *x, size_t rows, size_t columns, double *state) {
    for (size_t j = 0; j < columns; ++j) {
        double sum = 0, squares = 0;
        for (size_t i = 0; i < rows; ++i) sum += x[i * columns + j];
        double mean = sum / (double)rows;
        for (size_t i = 0; i < rows; ++i) squares += (x[i * columns + j] - mean) * (x[i * columns + j] - mean);
        double deviation = sqrt(squares / (double)rows);
        state[j] = mean;
        state[columns + j] = deviation > 0 ? deviation : 1;
    }
    return 0;
}

double zscore_row(const double *row, size_t columns, const double *state) {
    double largest = 0;
    for (size_t j = 0; j < columns; ++j) largest = fmax(largest, fabs(row[j] - state[j]) / state[columns + j]);
    return largest;
}

void zscore_row_out(double *row, int columns, double *state, double *score) {
    *score = zscore_row(row, (size_t)columns, state);
    // It may write to what is not const: the host's table and model must not change.
    for (int j = 0; j < columns; ++j) row[j] = -1;
    state[0] = 1e9;
}

int zscore_score(const double *x, size_t rows, size_t columns, const double *state, double *scores) {
    for (size_t i = 0; i < rows; ++i) scores[i] = zscore_row(x + i * columns, columns, state);
    return 0;
}

double *zscore_returned(const double *x, size_t rows, size_t columns, const double *state) {
    double *scores = malloc(rows * sizeof *scores);
    zscore_score(x, rows, columns, state, scores);
    return scores;
}

// Column-major, in single precision, numbers by their addresses, as Fortran does.
void zscore_fortran_(const float *x, const int32_t *rows, const int32_t *columns, const double *state, float *scores,
                     int32_t *info) {
    for (int i = 0; i < *rows; ++i) {
        double largest = 0;
        for (int j = 0; j < *columns; ++j)
            largest = fmax(largest, fabs(x[j * *rows + i] - state[j]) / state[*columns + j]);
        scores[i] = (float)largest;
    }
    *info = 0;
}

// Structs, one by value and one by its address.
struct table { const double *data; uint32_t rows; uint16_t columns; };
struct model { double scale; const double *state; char kind; };
void zscore_structs(struct table table, const struct model *model, double *scores) {
    for (size_t i = 0; i < table.rows; ++i)
        scores[i] = model->scale * zscore_row(table.data + i * table.columns, table.columns, model->state)
            + (model->kind == 'z' ? 0 : 1000);
}

// A state behind a pointer.
struct opaque { size_t columns; double means[]; };
static int live = 0;
struct opaque *opaque_fit(const double *x, size_t rows, size_t columns) {
    struct opaque *state = malloc(sizeof *state + columns * sizeof(double));
    state->columns = columns;
    for (size_t j = 0; j < columns; ++j) {
        state->means[j] = 0;
        for (size_t i = 0; i < rows; ++i) state->means[j] += x[i * columns + j] / (double)rows;
    }
    ++live;
    return state;
}
int opaque_fit_out(struct opaque **out, const double *x, size_t rows, size_t columns) {
    *out = opaque_fit(x, rows, columns);
    return 1;
}
void opaque_free(struct opaque *state) { --live; free(state); }
double opaque_live(const double *row, size_t columns) { (void)row; (void)columns; return live; }
double opaque_score(const struct opaque *state, const double *row) {
    double sum = 0;
    for (size_t j = 0; j < state->columns; ++j) sum += fabs(row[j] - state->means[j]);
    return sum;
}
size_t opaque_size(const struct opaque *state) { return sizeof *state + state->columns * sizeof(double); }
void opaque_save(const struct opaque *state, void *bytes) { memcpy(bytes, state, opaque_size(state)); }
struct opaque *opaque_load(const void *bytes, size_t size) {
    const struct opaque *saved = bytes;
    if (size < sizeof *saved || opaque_size(saved) != size) return NULL;
    struct opaque *state = malloc(size);
    memcpy(state, bytes, size);
    ++live;
    return state;
}
struct opaque *null_fit(const double *x, size_t rows, size_t columns) {
    (void)x; (void)rows; (void)columns;
    return NULL;
}

// Every type at once, from constants and parameters.
double types(const double *row, size_t columns, int8_t a, uint8_t b, int16_t c, uint16_t d, int32_t e, uint32_t f,
             int64_t g, uint64_t h, float i, double j, _Bool k, const char *text, void *null, const int16_t *cell,
             long long l, unsigned short m, char n) {
    int ok = columns > 0 && a == -100 && b == 200 && c == -30000 && d == 60000 && e == -2000000000 && f == 4000000000u
        && g == -9000000000000000000LL && h == 9000000000000000000ULL && i == 1.5f && j == 2.25 && k
        && strcmp(text, "häßlich") == 0 && null == NULL && *cell == 321 && l == -7 && m == 8 && n == 9;
    return ok ? row[0] : -1;
}
double parameters(const double *row, double factor, int32_t power, const char *mode, int32_t code, _Bool flag, float rate) {
    return strcmp(mode, "fast") == 0 && flag && rate == 0.5f ? factor * pow(row[0], power) + 100 * code : -1;
}
double seeds(const double *row, uint64_t wide, int32_t narrow, uint8_t small) {
    (void)row;
    return (double)wide + 1e6 * narrow + 1e12 * small;
}

// What reports, and stops when it is told to.
typedef int (*progress)(double fraction, void *user_data);
int slow_fit(const double *x, size_t rows, size_t columns, double *state, progress report, void *user_data) {
    for (int step = 1; step <= 10; ++step)
        if (report(step / 10.0, user_data)) return 77;
    return zscore_fit(x, rows, columns, state);
}
typedef void (*steps)(void *user_data, int32_t step, int32_t steps);
int stepping_fit(const double *x, size_t rows, size_t columns, double *state, steps report, void *user_data) {
    for (int step = 1; step <= 4; ++step) report(user_data, step, 4);
    return zscore_fit(x, rows, columns, state);
}

// What goes wrong.
int failing(const double *x, size_t rows, size_t columns, double *scores) {
    (void)x; (void)rows; (void)columns; (void)scores;
    return 3;
}
const char *failure_text(int status) { return status == 3 ? "the matrix is singular" : "?"; }
double not_a_number(const double *row, size_t columns) { return row[columns - 1] > 1e6 ? NAN : 0; }
int leaves_out(const double *x, size_t rows, size_t columns, double *scores) {
    (void)x; (void)columns;
    for (size_t i = 1; i < rows; ++i) scores[i] = 1;
    return 0;
}
int one_too_many(const double *x, size_t rows, size_t columns, double *scores) {
    (void)x; (void)columns;
    for (size_t i = 0; i <= rows; ++i) scores[i] = 1;
    return 0;
}
double long_workspace(const double *row, size_t columns, double *workspace) {
    for (size_t j = 0; j <= columns; ++j) workspace[j] = row[0];
    return workspace[0];
}
int a_variable = 3;

// Preprocessors.
void squares(const double *row, size_t columns, double *out) {
    for (size_t j = 0; j < columns; ++j) out[j] = row[j] * row[j];
}
void halve(double *x, size_t elements) { for (size_t i = 0; i < elements; ++i) x[i] /= 2; }
int sums_and_products(const float *x, int rows, int columns, float *out, int out_columns) {
    if (out_columns != 2) return 1;
    for (int i = 0; i < rows; ++i) {
        out[i] = 0;
        out[rows + i] = 1;
        for (int j = 0; j < columns; ++j) {
            out[i] += x[j * rows + i];
            out[rows + i] *= x[j * rows + i];
        }
    }
    return 0;
}
double median(double *column, size_t stride, size_t rows) {
    // It sorts what it is given.
    for (size_t i = 1; i < rows; ++i)
        for (size_t k = i; k > 0 && column[(k - 1) * stride] > column[k * stride]; --k) {
            double swap = column[k * stride];
            column[k * stride] = column[(k - 1) * stride];
            column[(k - 1) * stride] = swap;
        }
    return rows % 2 ? column[rows / 2] : (column[rows / 2 - 1] + column[rows / 2]) / 2;
}
void subtract(double *row, int columns, const double *state) { for (int j = 0; j < columns; ++j) row[j] -= state[j]; }

// Metrics: the difference of the mean scores of the two classes.
double gap(const double *scores, const uint8_t *truth, size_t rows) {
    double sums[2] = {0, 0}, counts[2] = {0, 0};
    for (size_t i = 0; i < rows; ++i) {
        sums[truth[i]] += scores[i];
        counts[truth[i]] += 1;
    }
    return sums[1] / counts[1] - sums[0] / counts[0];
}
int gap_out(const float *scores, const double *truth, const int32_t *predictions, int rows, double weight, double *value) {
    double hits = 0;
    for (int i = 0; i < rows; ++i) hits += (truth[i] > 0.5) == (predictions[i] == 1) && scores[i] >= 0;
    *value = weight * hits / rows;
    return 0;
}
