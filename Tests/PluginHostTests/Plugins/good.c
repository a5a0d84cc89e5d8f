// A detector with every optional function, a preprocessor and a metric.

#include "outlier_plugin.h"

#include <math.h>

typedef struct {
    int64_t rows;
    size_t columns;
    double sums[64];
    double scale;
    int words;
} state;

static const char *describe_detector(const outlier_component *component) {
    (void)component;
    return "{\"kind\": \"detector\", \"name\": \"mean-distance\", \"aliases\": [\"md\"], \"summary\": \"For tests.\","
           " \"reference\": \"Nobody, 2000\", \"capabilities\": [\"missing-tolerant\"], \"parameters\": {"
           "\"scale\": {\"type\": \"number\", \"exclusiveMinimum\": 0, \"default\": 1, \"description\": \"Scale.\"},"
           "\"weights\": {\"type\": \"array\", \"items\": {\"type\": \"number\"}, \"default\": [1, 2], \"description\": \"W.\"},"
           "\"word\": {\"enum\": [\"a, b}\", \"c\"], \"default\": \"a, b}\", \"description\": \"A word.\"},"
           "\"limit\": {\"type\": [\"integer\", \"null\"], \"minimum\": 1, \"description\": \"A limit.\"}}}";
}

static int32_t create(const outlier_component *c, const char *parameters, void **made, const outlier_call *call) {
    (void)c, (void)call;
    state *s = calloc(1, sizeof(state));
    s->scale = outlier_number(parameters, "scale", 1);
    s->words = outlier_is_word(parameters, "word", "c");
    if (outlier_integer(parameters, "limit", 5) > 1000) {
        free(s);
        return outlier_fail(call, OUTLIER_INVALID_PARAMETER, "a limit of %d is too much for this detector", 1000);
    }
    *made = s;
    return OUTLIER_OK;
}

static void destroy(void *made) { free(made); }

static double value(const outlier_matrix *data, size_t r, size_t c) {
    double x = data->values[r * data->row_stride + c];
    return isnan(x) ? 0 : x;
}

static int32_t update(void *made, const outlier_matrix *data, const outlier_call *call) {
    state *s = made;
    if (data->columns > 64) return outlier_fail(call, OUTLIER_INVALID_DATA, "more than 64 columns");
    if (!data->column_names || !data->column_names[0] || !*data->column_names[0]) return OUTLIER_FAILED;
    s->columns = data->columns;
    s->rows += (int64_t)data->rows;
    for (size_t r = 0; r < data->rows; r++) {
        for (size_t c = 0; c < data->columns; c++) s->sums[c] += value(data, r, c);
    }
    outlier_progress(call, 1, "done");
    return OUTLIER_OK;
}

static int32_t explain(const void *made, const outlier_matrix *data, double *output, const outlier_call *call) {
    const state *s = made;
    (void)call;
    for (size_t r = 0; r < data->rows; r++) {
        for (size_t c = 0; c < data->columns; c++) {
            output[r * data->columns + c] = s->scale * fabs(value(data, r, c) - s->sums[c] / (double)s->rows);
        }
    }
    return OUTLIER_OK;
}

static int32_t score(const void *made, const outlier_matrix *data, double *scores, const outlier_call *call) {
    const state *s = made;
    (void)call;
    for (size_t r = 0; r < data->rows; r++) {
        double sum = s->words ? 1000 : 0;
        for (size_t c = 0; c < data->columns; c++) {
            sum += s->scale * fabs(value(data, r, c) - s->sums[c] / (double)s->rows);
        }
        scores[r] = sum;
    }
    return OUTLIER_OK;
}

static int32_t save(const void *made, const outlier_sink *sink, const outlier_call *call) {
    (void)call;
    // In two pieces, as a plug-in may.
    int32_t status = outlier_write(sink, made, 8);
    return status ? status : outlier_write(sink, (const char *)made + 8, sizeof(state) - 8);
}

static int32_t load(void *made, const void *bytes, size_t size, size_t columns, const outlier_call *call) {
    if (size != sizeof(state)) return outlier_fail(call, OUTLIER_INVALID_STATE, "%zu bytes", size);
    memcpy(made, bytes, size);
    return ((state *)made)->columns == columns ? OUTLIER_OK : OUTLIER_INVALID_STATE;
}

static const char *describe_preprocessor(const outlier_component *component) {
    (void)component;
    return "{\"kind\": \"preprocessor\", \"name\": \"center-and-norm\", \"summary\": \"For tests.\", \"concurrent\": true}";
}

static int64_t output_columns(const void *made) { return (int64_t)((const state *)made)->columns + 1; }

// The row less the means, and its norm.
static int32_t transform(const void *made, const outlier_matrix *data, double *output, const outlier_call *call) {
    const state *s = made;
    (void)call;
    for (size_t r = 0; r < data->rows; r++) {
        double norm = 0;
        double *row = output + r * (data->columns + 1);
        for (size_t c = 0; c < data->columns; c++) {
            row[c] = value(data, r, c) - s->sums[c] / (double)s->rows;
            norm += row[c] * row[c];
        }
        row[data->columns] = sqrt(norm);
    }
    return OUTLIER_OK;
}

static const char *describe_metric(const outlier_component *component) {
    (void)component;
    return "{\"kind\": \"metric\", \"name\": \"mean-gap\", \"summary\": \"Anomalies' mean score less the others'.\"}";
}

static int32_t measure(const void *made, const outlier_evaluation *e, double *value, const outlier_call *call) {
    (void)made;
    double sums[2] = {0, 0};
    double counts[2] = {0, 0};
    for (size_t r = 0; r < e->rows; r++) {
        sums[e->truth[r]] += e->scores[r];
        counts[e->truth[r]] += 1;
    }
    if (counts[0] == 0 || counts[1] == 0) return outlier_fail(call, OUTLIER_UNDEFINED, "there is one class only");
    *value = sums[1] / counts[1] - sums[0] / counts[0] + (e->predictions ? 100 : 0);
    return OUTLIER_OK;
}

static const outlier_component components[] = {
    {.describe = describe_detector, .create = create, .destroy = destroy, .fit = update, .save = save, .load = load,
     .score = score, .explain = explain, .update = update},
    {.describe = describe_preprocessor, .create = create, .destroy = destroy, .fit = update, .save = save, .load = load,
     .output_columns = output_columns, .transform = transform},
    {.describe = describe_metric, .create = create, .destroy = destroy, .measure = measure},
};

static const outlier_plugin plugin = {OUTLIER_PLUGIN_ABI_VERSION, sizeof(outlier_component), "good-plugin", "2.1.0", 3, components};

OUTLIER_PLUGIN_EXPORT const outlier_plugin *outlier_plugin_entry(void) { return &plugin; }
