// A detector in C: the distance of a row's values from the means, in standard deviations.
//
//     cc -O2 -shared -fPIC -I../../../Sources/COutlierPlugin/include -o libz_score.so z_score.c -lm
//     outlier plugin check ./libz_score.so

#include "outlier_plugin.h"

#include <math.h>

enum aggregation { MAXIMUM, MEAN, SUM };

typedef struct {
    enum aggregation aggregation;
    size_t columns;
    double *means;  // one a column
    double *scales; // one a column
} state;

static const char *describe(const outlier_component *component) {
    (void)component;
    return "{\"kind\": \"detector\", \"name\": \"c-z-score\","
           " \"summary\": \"Distance of the values from the means, in standard deviations; written in C.\","
           " \"parameters\": {\"aggregation\": {\"enum\": [\"maximum\", \"mean\", \"sum\"], \"default\": \"maximum\","
           " \"description\": \"How the terms of the columns become one score.\"}},"
           " \"concurrent\": true}";
}

static int32_t create(
    const outlier_component *component, const char *parameters, void **made, const outlier_call *call) {
    (void)component;
    state *s = calloc(1, sizeof(state));
    if (!s) return outlier_fail(call, OUTLIER_FAILED, "there is no memory for a model");
    if (outlier_is_word(parameters, "aggregation", "mean")) s->aggregation = MEAN;
    if (outlier_is_word(parameters, "aggregation", "sum")) s->aggregation = SUM;
    *made = s;
    return OUTLIER_OK;
}

static void destroy(void *made) {
    state *s = made;
    free(s->means);
    free(s->scales);
    free(s);
}

static int32_t allocate(state *s, size_t columns, const outlier_call *call) {
    s->columns = columns;
    s->means = calloc(columns, sizeof(double));
    s->scales = calloc(columns, sizeof(double));
    if (s->means && s->scales) return OUTLIER_OK;
    return outlier_fail(call, OUTLIER_FAILED, "there is no memory for %zu columns", columns);
}

static int32_t fit(void *made, const outlier_matrix *data, const outlier_call *call) {
    state *s = made;
    int32_t status = allocate(s, data->columns, call);
    if (status) return status;
    for (size_t c = 0; c < data->columns; c++) {
        if (outlier_progress(call, (double)c / (double)data->columns, "columns")) return OUTLIER_CANCELLED;
        const double *x = data->values + c;
        double mean = 0, squares = 0;
        for (size_t r = 0; r < data->rows; r++) mean += x[r * data->row_stride] / (double)data->rows;
        for (size_t r = 0; r < data->rows; r++) {
            double d = x[r * data->row_stride] - mean;
            squares += d * d;
        }
        if (!isfinite(mean) || !isfinite(squares)) {
            return outlier_fail(call, OUTLIER_INVALID_DATA, "the values of column %zu are too large", c + 1);
        }
        double deviation = sqrt(squares / (double)data->rows);
        s->means[c] = mean;
        // What rounding leaves of a constant column is not a spread.
        s->scales[c] = deviation > 1e-13 * fabs(mean) ? deviation : 1;
    }
    return OUTLIER_OK;
}

static int32_t score(const void *made, const outlier_matrix *data, double *scores, const outlier_call *call) {
    const state *s = made;
    (void)call;
    for (size_t r = 0; r < data->rows; r++) {
        const double *row = data->values + r * data->row_stride;
        double sum = 0, maximum = 0;
        for (size_t c = 0; c < s->columns; c++) {
            double term = fabs(row[c] - s->means[c]) / s->scales[c];
            sum += term;
            if (term > maximum) maximum = term;
        }
        scores[r] = s->aggregation == MAXIMUM ? maximum : s->aggregation == SUM ? sum : sum / (double)s->columns;
    }
    return OUTLIER_OK;
}

static int32_t save(const void *made, const outlier_sink *sink, const outlier_call *call) {
    const state *s = made;
    (void)call;
    int32_t status = outlier_write(sink, s->means, s->columns * sizeof(double));
    return status ? status : outlier_write(sink, s->scales, s->columns * sizeof(double));
}

static int32_t load(void *made, const void *bytes, size_t size, size_t columns, const outlier_call *call) {
    state *s = made;
    if (size != 2 * columns * sizeof(double)) {
        return outlier_fail(call, OUTLIER_INVALID_STATE, "the model has %zu bytes, which do not fit %zu columns", size, columns);
    }
    int32_t status = allocate(s, columns, call);
    if (status) return status;
    memcpy(s->means, bytes, columns * sizeof(double));
    memcpy(s->scales, (const char *)bytes + columns * sizeof(double), columns * sizeof(double));
    return OUTLIER_OK;
}

static const outlier_component components[] = {{
    .describe = describe,
    .create = create,
    .destroy = destroy,
    .fit = fit,
    .save = save,
    .load = load,
    .score = score,
}};

static const outlier_plugin plugin = {
    .abi_version = OUTLIER_PLUGIN_ABI_VERSION,
    .component_size = sizeof(outlier_component),
    .name = "z-score-in-c",
    .version = "1.0.0",
    .component_count = 1,
    .components = components,
};

OUTLIER_PLUGIN_EXPORT const outlier_plugin *outlier_plugin_entry(void) { return &plugin; }
