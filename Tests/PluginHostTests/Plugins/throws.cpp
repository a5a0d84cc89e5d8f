// A detector whose fit lets a C++ exception go.

#include "outlier_plugin.h"

#include <stdexcept>

namespace {

int32_t fail(void *, const outlier_matrix *, const outlier_call *) { throw std::runtime_error("nobody catches this"); }

} // namespace

extern "C" OUTLIER_PLUGIN_EXPORT const outlier_plugin *outlier_plugin_entry(void) {
    static outlier_component component{};
    component.describe = [](const outlier_component *) { return R"({"kind": "detector", "name": "throwing"})"; };
    component.create = [](const outlier_component *, const char *, void **state, const outlier_call *) -> int32_t {
        *state = new int(0);
        return OUTLIER_OK;
    };
    component.destroy = [](void *state) { delete static_cast<int *>(state); };
    component.fit = fail;
    component.save = [](const void *, const outlier_sink *, const outlier_call *) -> int32_t { return OUTLIER_OK; };
    component.load = [](void *, const void *, size_t, size_t, const outlier_call *) -> int32_t { return OUTLIER_OK; };
    component.score = [](const void *, const outlier_matrix *, double *, const outlier_call *) -> int32_t {
        return OUTLIER_OK;
    };
    static const outlier_plugin plugin = {
        OUTLIER_PLUGIN_ABI_VERSION, sizeof(outlier_component), "throwing-plugin", "1", 1, &component};
    return &plugin;
}
