/*
 * outlier_plugin.h: what a plug-in of Outlier is, for any language that can export a C function. Version 1.
 *
 * A plug-in is a shared library with one exported function,
 *
 *     const outlier_plugin *outlier_plugin_entry(void);
 *
 * which returns a table: the version of this interface, the plug-in's name and version, and one table of functions for each
 * component: a detector, a preprocessor or a metric. The table and all that it points to stay valid as long as the library
 * is loaded. Components are named in lower case, with hyphens: my-detector.
 *
 * How the host uses a detector:
 *
 *     describe                        once, when the library is loaded
 *     create → fit → score…           for a fit
 *     create → fit → save             for a model that is saved
 *     create → load → score…          for a model that is loaded
 *     destroy                         for every state that create made
 *
 * What a plug-in owes:
 *   - The same seed gives the same model, on any number of threads.
 *   - Higher scores are more anomalous. A row's score does not depend on the other rows of the call.
 *   - A state that was saved and loaded gives the same scores to the bit.
 *   - No score is NaN. A plug-in that cannot score says so by its status.
 *   - Functions that take a state as const do not change it.
 *   - No C++ exception, Rust panic or longjmp leaves a function.
 *
 * Functions return a status. Before one other than OUTLIER_OK they may write a reason, for people, into call->error: what
 * was wrong and what was expected, one sentence. Nothing of a call (matrix, buffers, call itself) may be used after it.
 *
 * This file needs C99 or C++11 and nothing but the standard library.
 */
#ifndef OUTLIER_PLUGIN_H
#define OUTLIER_PLUGIN_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A library whose table has another version is refused. */
#define OUTLIER_PLUGIN_ABI_VERSION 1u

/* Put this before the definition of outlier_plugin_entry. */
#if defined(_WIN32)
#define OUTLIER_PLUGIN_EXPORT __declspec(dllexport)
#else
#define OUTLIER_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif

/* What a function returns. Any other number counts as OUTLIER_FAILED. */
enum {
    OUTLIER_OK = 0,
    OUTLIER_FAILED = 1,
    OUTLIER_CANCELLED = 2,         /* call->progress said to stop */
    OUTLIER_INVALID_PARAMETER = 3, /* parameters do not go together */
    OUTLIER_INVALID_DATA = 4,      /* the rows do not allow a model */
    OUTLIER_INVALID_STATE = 5,     /* what load was given is damaged */
    OUTLIER_UNDEFINED = 6          /* a metric that these rows do not define */
};

/* A table of numbers: the element in row r and column c is values[r * row_stride + c]. There is at least one row and one
 * column. No value is infinite, and none is NaN unless the component is missing-tolerant. */
typedef struct outlier_matrix {
    const double *values;
    size_t rows;
    size_t columns;
    size_t row_stride;               /* at least columns */
    const char *const *column_names; /* one a column, UTF-8; NULL where they have none */
} outlier_matrix;

/* Scores, decisions and truth: what a metric looks at. */
typedef struct outlier_evaluation {
    const double *scores;       /* one a row, higher for more anomalous */
    const uint8_t *predictions; /* the decisions: one a row, 1 for an anomaly; NULL where nothing was decided */
    const uint8_t *truth;       /* one a row, 1 for an anomaly */
    size_t rows;                /* at least 1 */
} outlier_evaluation;

/* What the host offers during one call. */
typedef struct outlier_call {
    uint64_t seed;    /* of the fit; 0 in other calls */
    uint32_t threads; /* how many threads the call may use, at least 1 */
    uint32_t reserved;
    /* Reports that a part of the work, 0 to 1, is done (NaN: only asks); stage says in a word what is being done, or is
     * NULL. From any thread, as often as you like. Returns 0 to go on; else stop soon and return OUTLIER_CANCELLED. */
    int32_t (*progress)(void *context, double fraction, const char *stage);
    void *context; /* for progress */
    char *error;   /* where to write a reason, UTF-8, ended by a 0 */
    size_t error_capacity;
} outlier_call;

/* Where save writes to. */
typedef struct outlier_sink {
    /* Takes size bytes, in as many calls as you like. Returns 0, or a status to return. */
    int32_t (*write)(void *context, const void *bytes, size_t size);
    void *context;
} outlier_sink;

typedef struct outlier_component outlier_component;

/* The functions of one component. Those that do not apply are NULL:
 *
 *                   describe create destroy   fit save load   score explain update   output_columns transform   measure
 *     detector        yes      yes    yes     yes yes  yes     yes  optional optional      -           -           -
 *     preprocessor    yes      yes    yes     yes yes  yes      -      -       -       optional       yes          -
 *     metric          yes      yes    yes      -   -    -       -      -       -           -           -          yes
 */
struct outlier_component {
    /* The plug-in's own; the host does not look at it. */
    void *context;

    /* What the component is, as JSON that stays valid:
     *
     *     {"kind": "detector", "name": "my-detector", "summary": "What a row's score is.", "reference": "Who: What, year",
     *      "parameters": {"power": {"type": "number", "exclusiveMinimum": 0, "default": 2, "description": "…"},
     *                     "norm": {"enum": ["l1", "l2"], "default": "l2", "description": "…"}},
     *      "capabilities": ["missing-tolerant"], "concurrent": true}
     *
     * kind is detector, preprocessor or metric. Needed are kind and name. A parameter has a JSON Schema: type (boolean,
     * integer, number, string, array; or [TYPE, "null"]), enum, minimum, maximum, exclusiveMinimum, exclusiveMaximum,
     * items, minItems, description, default. concurrent says that several threads may use one state at once (all but
     * fit, load, update and destroy); the host then gives parts of the rows to several threads. */
    const char *(*describe)(const outlier_component *component);

    /* Makes a state that holds the parameters and has learnt nothing. parameters is a JSON object with every parameter
     * that describe names, each of its kind and in its range. */
    int32_t (*create)(
        const outlier_component *component, const char *parameters, void **state, const outlier_call *call);

    /* Frees a state. */
    void (*destroy)(void *state);

    /* Learns. Called once, after create. */
    int32_t (*fit)(void *state, const outlier_matrix *data, const outlier_call *call);

    /* Writes all that load needs. */
    int32_t (*save)(const void *state, const outlier_sink *sink, const outlier_call *call);

    /* Learns from what save wrote, in place of fit. The bytes come from a file: check what you read. columns is how many
     * the data of the fit had. */
    int32_t (*load)(void *state, const void *bytes, size_t size, size_t columns, const outlier_call *call);

    /* Writes one score a row. The columns are as many as those of the fit. */
    int32_t (*score)(const void *state, const outlier_matrix *data, double *scores, const outlier_call *call);

    /* Writes what each column adds to a row's score: rows × columns, row by row. */
    int32_t (*explain)(
        const void *state, const outlier_matrix *data, double *contributions, const outlier_call *call);

    /* Learns from further rows. */
    int32_t (*update)(void *state, const outlier_matrix *data, const outlier_call *call);

    /* How many columns transform gives; where NULL, as many as it takes. */
    int64_t (*output_columns)(const void *state);

    /* Writes the rows, changed: rows × output columns, row by row. */
    int32_t (*transform)(const void *state, const outlier_matrix *data, double *output, const outlier_call *call);

    /* Writes one number. */
    int32_t (*measure)(
        const void *state, const outlier_evaluation *evaluation, double *value, const outlier_call *call);
};

typedef struct outlier_plugin {
    uint32_t abi_version;    /* OUTLIER_PLUGIN_ABI_VERSION */
    uint32_t component_size; /* sizeof(outlier_component) */
    const char *name;        /* of the plug-in */
    const char *version;     /* of the plug-in: saved models remember it */
    uint32_t component_count;
    const outlier_component *components;
} outlier_plugin;

/* The one function that a plug-in exports. */
OUTLIER_PLUGIN_EXPORT const outlier_plugin *outlier_plugin_entry(void);

typedef const outlier_plugin *(*outlier_plugin_entry_function)(void);

/* ---- Helpers, which no plug-in needs. Define OUTLIER_PLUGIN_NO_HELPERS to go without. ---- */

#ifndef OUTLIER_PLUGIN_NO_HELPERS

#if defined(__GNUC__) || defined(__clang__)
#define OUTLIER_PLUGIN_HELPER static inline __attribute__((unused))
#define OUTLIER_PLUGIN_PRINTF __attribute__((unused, format(printf, 3, 4)))
#else
#define OUTLIER_PLUGIN_HELPER static inline
#define OUTLIER_PLUGIN_PRINTF
#endif

/* Writes a reason, as printf does, and returns the status: return outlier_fail(call, OUTLIER_FAILED, "…", …); */
static inline int32_t OUTLIER_PLUGIN_PRINTF
outlier_fail(const outlier_call *call, int32_t status, const char *format, ...) {
    if (call && call->error && call->error_capacity > 0) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(call->error, call->error_capacity, format, arguments);
        va_end(arguments);
    }
    return status;
}

/* Whether to stop: if (outlier_progress(call, 0.5, "fit")) return OUTLIER_CANCELLED; */
OUTLIER_PLUGIN_HELPER int32_t outlier_progress(const outlier_call *call, double fraction, const char *stage) {
    return call && call->progress ? call->progress(call->context, fraction, stage) : 0;
}

/* The end of the JSON text that begins at p: a string with its quotes, or anything up to a comma or bracket outside. */
OUTLIER_PLUGIN_HELPER const char *outlier_json_end(const char *p) {
    int depth = 0;
    for (; *p; p++) {
        if (*p == '"') {
            for (p++; *p && *p != '"'; p++) {
                if (*p == '\\' && p[1]) p++;
            }
            if (!*p) return p;
        } else if (*p == '[' || *p == '{') {
            depth++;
        } else if (*p == ']' || *p == '}' || (*p == ',' && depth == 0)) {
            if (depth == 0) return p;
            depth--;
        }
    }
    return p;
}

/* Where the value of a parameter begins in the JSON object that create is given; NULL where there is none. */
OUTLIER_PLUGIN_HELPER const char *outlier_parameter(const char *parameters, const char *name) {
    const char *p = strchr(parameters, '{');
    size_t length = strlen(name);
    if (!p) return NULL;
    p++;
    for (;;) {
        p += strspn(p, " \t\r\n,");
        if (*p != '"') return NULL;
        const char *key = p + 1;
        const char *end = key;
        while (*end && *end != '"') {
            if (*end == '\\' && end[1]) end++;
            end++;
        }
        if (!*end) return NULL;
        p = end + 1;
        p += strspn(p, " \t\r\n:");
        if ((size_t)(end - key) == length && memcmp(key, name, length) == 0) return p;
        p = outlier_json_end(p);
    }
}

/* The number that a parameter holds, or the given one where it holds none (null, for instance). */
OUTLIER_PLUGIN_HELPER double outlier_number(const char *parameters, const char *name, double otherwise) {
    const char *p = outlier_parameter(parameters, name);
    if (!p || (*p != '-' && (*p < '0' || *p > '9'))) return otherwise;
    return strtod(p, NULL);
}

/* The whole number that a parameter holds, or the given one. */
OUTLIER_PLUGIN_HELPER int64_t outlier_integer(const char *parameters, const char *name, int64_t otherwise) {
    const char *p = outlier_parameter(parameters, name);
    if (!p || (*p != '-' && (*p < '0' || *p > '9'))) return otherwise;
    return (int64_t)strtoll(p, NULL, 10);
}

/* Whether a parameter is true. */
OUTLIER_PLUGIN_HELPER int outlier_boolean(const char *parameters, const char *name) {
    const char *p = outlier_parameter(parameters, name);
    return p && strncmp(p, "true", 4) == 0;
}

/* Whether a parameter holds this word, which has no quote or backslash in it. */
OUTLIER_PLUGIN_HELPER int outlier_is_word(const char *parameters, const char *name, const char *word) {
    const char *p = outlier_parameter(parameters, name);
    size_t length = strlen(word);
    return p && *p == '"' && strncmp(p + 1, word, length) == 0 && p[1 + length] == '"';
}

/* Writes bytes; returns 0, or a status to return: if ((status = outlier_write(sink, …))) return status; */
OUTLIER_PLUGIN_HELPER int32_t outlier_write(const outlier_sink *sink, const void *bytes, size_t size) {
    return sink->write(sink->context, bytes, size);
}

#endif /* OUTLIER_PLUGIN_NO_HELPERS */

#ifdef __cplusplus
}
#endif

#endif /* OUTLIER_PLUGIN_H */
