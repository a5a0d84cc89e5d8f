// One plug-in that keeps its promises, and, by a macro, many that break one each.

#include "outlier_plugin.h"

#include <math.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))

typedef struct {
    size_t columns;
} state;

#ifndef NAME
#define NAME "bad"
#endif
#ifndef DESCRIPTION
#define DESCRIPTION "{\"kind\": \"detector\", \"name\": \"" NAME "\", \"summary\": \"For tests.\"}"
#endif

static UNUSED void spin(void) {
    for (volatile int turn = 0;; turn = !turn) {
    }
}

// What only the worker may say, on its way to the host.
static UNUSED void say(const void *bytes, size_t size) {
    if (write(3, bytes, size) != (ssize_t)size) abort();
}

static const char *describe(const outlier_component *component) {
    (void)component;
    return DESCRIPTION;
}

static int32_t create(const outlier_component *c, const char *parameters, void **made, const outlier_call *call) {
    (void)c, (void)parameters, (void)call;
#ifdef NULL_STATE
    return OUTLIER_OK;
#endif
#ifdef REFUSES_PARAMETERS
    return outlier_fail(call, OUTLIER_INVALID_PARAMETER, "low is above high");
#endif
    *made = calloc(1, sizeof(state));
    return OUTLIER_OK;
}

static void destroy(void *made) { free(made); }

static int32_t fit(void *made, const outlier_matrix *data, const outlier_call *call) {
    (void)call;
#ifdef FAILS
    return outlier_fail(call, OUTLIER_FAILED, "the moon is not full");
#endif
#ifdef FAILS_SILENTLY
    return OUTLIER_INVALID_DATA;
#endif
#ifdef UNKNOWN_STATUS
    return 99;
#endif
#ifdef CRASH_IN_FIT
    *(volatile int *)8 = 1;
#endif
#ifdef ABORTS
    fprintf(stderr, "an assertion failed\n");
    abort();
#endif
#ifdef EXITS
    exit(3);
#endif
#ifdef HANGS
    spin();
#endif
#ifdef BEGINS_A_MESSAGE
    say("{", 1);
    spin();
#endif
#ifdef CLAIMS_A_TEBIBYTE
    say((uint64_t[]){(uint64_t)1 << 40, 0}, 16);
    spin();
#endif
#ifdef SAYS_NONSENSE
    say((uint64_t[]){4, 0}, 16);
    say("moon", 4);
    spin();
#endif
#ifdef ANSWERS_ITSELF
    say((uint64_t[]){12, 0}, 16);
    say("{\"model\": 1}", 12);
    spin();
#endif
#ifdef HANGS_UP
    for (int descriptor = 3; descriptor < 64; descriptor++) close(descriptor);
    spin();
#endif
#ifdef SHRINKS_THE_TABLE
    if (ftruncate(4, 0) == 0) return outlier_fail(call, OUTLIER_FAILED, "the table is gone");
#endif
#ifdef LISTENS
    while (!outlier_progress(call, 0.5, "waiting")) usleep(1000);
    return OUTLIER_CANCELLED;
#endif
#ifdef ALLOCATES
    for (;;) {
        char *block = malloc(1 << 24);
        for (size_t i = 0; i < 1 << 24; i += 4096) block[i] = 1;
    }
#endif
    ((state *)made)->columns = data->columns;
    return OUTLIER_OK;
}

static int32_t score(const void *made, const outlier_matrix *data, double *scores, const outlier_call *call) {
    (void)made, (void)call;
#ifdef CRASH_IN_SCORE
    if (data->values[0] > 1e6) *(volatile int *)8 = 1;
#endif
#ifdef LEAKS
    memset(malloc(1 << 26), 1, 1 << 26);
#endif
    for (size_t r = 0; r < data->rows; r++) {
        double sum = 0;
        for (size_t c = 0; c < data->columns; c++) sum += fabs(data->values[r * data->row_stride + c]);
        scores[r] = sum;
    }
#ifdef WRITES_ONE_TOO_MANY
    scores[data->rows] = 0;
#endif
#ifdef WRITES_ONE_BEFORE
    scores[-1] = 0;
#endif
#ifdef GIVES_NAN
    scores[data->rows - 1] = NAN;
#endif
#ifdef WRITES_NOTHING
    return OUTLIER_OK;
#endif
    return OUTLIER_OK;
}

static UNUSED int32_t idle(const void *made, const outlier_matrix *data, double *scores, const outlier_call *call) {
    (void)made, (void)data, (void)scores, (void)call;
    return OUTLIER_OK;
}

static int32_t save(const void *made, const outlier_sink *sink, const outlier_call *call) {
    (void)call;
#ifdef CANNOT_SAVE
    return outlier_fail(call, OUTLIER_FAILED, "the pen is dry");
#endif
    return outlier_write(sink, made, sizeof(state));
}

static int32_t load(void *made, const void *bytes, size_t size, size_t columns, const outlier_call *call) {
#ifdef CANNOT_LOAD
    return outlier_fail(call, OUTLIER_INVALID_STATE, "the page is torn");
#endif
    if (size != sizeof(state)) return outlier_fail(call, OUTLIER_INVALID_STATE, "%zu bytes are too few", size);
    memcpy(made, bytes, size);
    return ((state *)made)->columns == columns ? OUTLIER_OK : OUTLIER_INVALID_STATE;
}

static UNUSED int64_t no_columns(const void *made) {
    (void)made;
    return -3;
}

#ifdef TWICE
#define COUNT 2
#else
#define COUNT 1
#endif

static const outlier_component components[] = {
    {
#ifndef NO_DESCRIBE
        .describe = describe,
#endif
        .create = create,
        .destroy = destroy,
        .fit = fit,
        .save = save,
        .load = load,
#ifdef WRITES_NOTHING
        .score = idle,
#elif !defined(NO_SCORE)
        .score = score,
#endif
#ifdef NEGATIVE_COLUMNS
        .transform = score,
        .output_columns = no_columns,
#endif
    },
#ifdef TWICE
    {.describe = describe, .create = create, .destroy = destroy, .fit = fit, .save = save, .load = load, .score = score},
#endif
};

static UNUSED const outlier_plugin plugin = {
#ifdef OTHER_VERSION
    .abi_version = OTHER_VERSION,
#else
    .abi_version = OUTLIER_PLUGIN_ABI_VERSION,
#endif
#ifdef OTHER_SIZE
    .component_size = OTHER_SIZE,
#else
    .component_size = sizeof(outlier_component),
#endif
#ifdef NO_NAME
    .name = NULL,
#else
    .name = "bad-plugin",
#endif
#ifdef NO_TEXT
    .version = "\xff\xfe",
#else
    .version = "0.0.1",
#endif
#ifdef NEGATIVE_COUNT
    .component_count = (uint32_t)-1,
#else
    .component_count = COUNT,
#endif
#ifndef NO_COMPONENTS
    .components = components,
#endif
};

#ifdef CRASH_WHEN_OPENED
__attribute__((constructor)) static void opened(void) { *(volatile int *)8 = 1; }
#endif

#ifdef UNDEFINED_SYMBOL
extern int nobody_has_this(void);
int wants_it(void) { return nobody_has_this(); }
#endif

#ifdef NO_ENTRY
int something_else(void) { return COUNT; }
#elif defined(NULL_TABLE)
OUTLIER_PLUGIN_EXPORT const outlier_plugin *outlier_plugin_entry(void) { return NULL; }
#else
OUTLIER_PLUGIN_EXPORT const outlier_plugin *outlier_plugin_entry(void) { return &plugin; }
#endif
