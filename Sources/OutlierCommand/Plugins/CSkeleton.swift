/// A detector in C.
enum CSkeleton {
    static func files(_ name: PluginName) -> [SkeletonFile] {
        [
            SkeletonFile(path: "\(name.snake).c", text: source(name)),
            SkeletonFile(path: "outlier_plugin.h", text: PluginHeader.text),
            SkeletonFile(
                path: "Makefile",
                text: """
                    lib\(name.snake).so: \(name.snake).c outlier_plugin.h
                    \t$(CC) -O2 -Wall -Wextra -shared -fPIC -o $@ \(name.snake).c -lm

                    """),
            SkeletonFile(
                path: "README.md",
                text: """
                    # \(name.kebab)

                    A detector for Outlier in C.

                        make
                        outlier plugin check lib\(name.snake).so
                        outlier run example.yaml

                    What a score is, stands in `score`; what is learnt, in `fit`; what can be set, in `describe`. `outlier_plugin.h`
                    explains every function.

                    """),
        ] + SkeletonFile.example(name, plugin: "lib\(name.snake).so")
    }

    private static func source(_ name: PluginName) -> String {
        """
        #include "outlier_plugin.h"

        #include <math.h>

        // A row's score is its distance to the mean of the training rows.

        typedef struct {
            double power;    // a parameter
            size_t columns;  // what was learnt
            double *means;
        } state;

        static const char *describe(const outlier_component *component) {
            (void)component;
            return "{\\"kind\\": \\"detector\\", \\"name\\": \\"\(name.kebab)\\","
                   " \\"summary\\": \\"Distance to the mean of the training rows.\\","
                   " \\"parameters\\": {\\"power\\": {\\"type\\": \\"number\\", \\"exclusiveMinimum\\": 0, \\"default\\": 2,"
                   " \\"description\\": \\"The power of the norm: 1 for Manhattan, 2 for Euclid.\\"}},"
                   " \\"concurrent\\": true}";
        }

        static int32_t create(
            const outlier_component *component, const char *parameters, void **made, const outlier_call *call) {
            (void)component;
            state *s = calloc(1, sizeof(state));
            if (!s) return outlier_fail(call, OUTLIER_FAILED, "there is no memory for a model");
            s->power = outlier_number(parameters, "power", 2);
            *made = s;
            return OUTLIER_OK;
        }

        static void destroy(void *made) {
            state *s = made;
            free(s->means);
            free(s);
        }

        static int32_t fit(void *made, const outlier_matrix *data, const outlier_call *call) {
            state *s = made;
            s->columns = data->columns;
            s->means = calloc(data->columns, sizeof(double));
            if (!s->means) return outlier_fail(call, OUTLIER_FAILED, "there is no memory for %zu columns", data->columns);
            for (size_t r = 0; r < data->rows; r++) {
                if (r % 4096 == 0 && outlier_progress(call, (double)r / (double)data->rows, "means")) {
                    return OUTLIER_CANCELLED;
                }
                const double *row = data->values + r * data->row_stride;
                for (size_t c = 0; c < data->columns; c++) s->means[c] += row[c] / (double)data->rows;
            }
            return OUTLIER_OK;
        }

        static int32_t score(const void *made, const outlier_matrix *data, double *scores, const outlier_call *call) {
            const state *s = made;
            (void)call;
            for (size_t r = 0; r < data->rows; r++) {
                const double *row = data->values + r * data->row_stride;
                double sum = 0;
                for (size_t c = 0; c < s->columns; c++) sum += pow(fabs(row[c] - s->means[c]), s->power);
                scores[r] = sum;
            }
            return OUTLIER_OK;
        }

        static int32_t save(const void *made, const outlier_sink *sink, const outlier_call *call) {
            const state *s = made;
            (void)call;
            return outlier_write(sink, s->means, s->columns * sizeof(double));
        }

        static int32_t load(void *made, const void *bytes, size_t size, size_t columns, const outlier_call *call) {
            state *s = made;
            if (size != columns * sizeof(double)) {
                return outlier_fail(call, OUTLIER_INVALID_STATE, "%zu bytes do not fit %zu columns", size, columns);
            }
            s->columns = columns;
            s->means = malloc(size);
            if (!s->means) return outlier_fail(call, OUTLIER_FAILED, "there is no memory for %zu columns", columns);
            memcpy(s->means, bytes, size);
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
            .name = "\(name.kebab)",
            .version = "0.1.0",
            .component_count = 1,
            .components = components,
        };

        OUTLIER_PLUGIN_EXPORT const outlier_plugin *outlier_plugin_entry(void) { return &plugin; }

        """
    }
}
