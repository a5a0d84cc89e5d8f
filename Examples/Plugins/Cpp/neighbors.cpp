// A detector in C++: the distance to the k-th nearest training row.
//
//     c++ -O2 -std=c++17 -shared -fPIC -I../../../Sources/COutlierPlugin/include -o libneighbors.so neighbors.cpp
//     outlier plugin check ./libneighbors.so

#include "outlier_plugin.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

class Neighbors {
public:
    explicit Neighbors(std::size_t count) : count_(count) {}

    void fit(const outlier_matrix &data) {
        if (data.rows <= count_) {
            throw std::invalid_argument("there are " + std::to_string(data.rows) + " rows, but " + std::to_string(count_) +
                                        " neighbours of a row need more");
        }
        columns_ = data.columns;
        rows_.clear();
        for (std::size_t r = 0; r < data.rows; r++) {
            const double *row = data.values + r * data.row_stride;
            rows_.insert(rows_.end(), row, row + columns_);
        }
    }

    void load(const void *bytes, std::size_t size, std::size_t columns) {
        const std::size_t row_size = columns * sizeof(double);
        if (size % row_size != 0 || size / row_size < count_) throw std::out_of_range("the model is cut off");
        columns_ = columns;
        rows_.resize(size / sizeof(double));
        std::memcpy(rows_.data(), bytes, size);
    }

    double score(const double *row) const {
        std::vector<double> distances;
        for (std::size_t start = 0; start < rows_.size(); start += columns_) {
            double sum = 0;
            for (std::size_t c = 0; c < columns_; c++) {
                const double d = row[c] - rows_[start + c];
                sum += d * d;
            }
            distances.push_back(sum);
        }
        std::nth_element(distances.begin(), distances.begin() + static_cast<std::ptrdiff_t>(count_ - 1), distances.end());
        return std::sqrt(distances[count_ - 1]);
    }

    const std::vector<double> &rows() const { return rows_; }

private:
    std::size_t count_;
    std::size_t columns_ = 0;
    std::vector<double> rows_;
};

// No exception may leave a function of the table.
template <typename Body>
std::int32_t guarded(const outlier_call *call, std::int32_t status, Body body) {
    try {
        return body();
    } catch (const std::exception &error) {
        return outlier_fail(call, status, "%s", error.what());
    } catch (...) {
        return outlier_fail(call, status, "an unknown exception");
    }
}

const char *describe(const outlier_component *) {
    return R"({"kind": "detector", "name": "cpp-neighbors",
               "summary": "Distance to the k-th nearest training row; written in C++.",
               "parameters": {"neighbors": {"type": "integer", "minimum": 1, "default": 5,
                                            "description": "Which neighbour's distance is the score."}},
               "concurrent": true})";
}

std::int32_t create(const outlier_component *, const char *parameters, void **state, const outlier_call *call) {
    return guarded(call, OUTLIER_FAILED, [&] {
        *state = new Neighbors(static_cast<std::size_t>(outlier_integer(parameters, "neighbors", 5)));
        return OUTLIER_OK;
    });
}

void destroy(void *state) { delete static_cast<Neighbors *>(state); }

std::int32_t fit(void *state, const outlier_matrix *data, const outlier_call *call) {
    return guarded(call, OUTLIER_INVALID_DATA, [&] {
        static_cast<Neighbors *>(state)->fit(*data);
        return OUTLIER_OK;
    });
}

std::int32_t score(const void *state, const outlier_matrix *data, double *scores, const outlier_call *call) {
    return guarded(call, OUTLIER_FAILED, [&]() -> std::int32_t {
        for (std::size_t r = 0; r < data->rows; r++) {
            if (r % 256 == 0 && outlier_progress(call, static_cast<double>(r) / static_cast<double>(data->rows), nullptr)) {
                return OUTLIER_CANCELLED;
            }
            scores[r] = static_cast<const Neighbors *>(state)->score(data->values + r * data->row_stride);
        }
        return OUTLIER_OK;
    });
}

std::int32_t save(const void *state, const outlier_sink *sink, const outlier_call *) {
    const auto &rows = static_cast<const Neighbors *>(state)->rows();
    return outlier_write(sink, rows.data(), rows.size() * sizeof(double));
}

std::int32_t load(void *state, const void *bytes, std::size_t size, std::size_t columns, const outlier_call *call) {
    return guarded(call, OUTLIER_INVALID_STATE, [&] {
        static_cast<Neighbors *>(state)->load(bytes, size, columns);
        return OUTLIER_OK;
    });
}

outlier_component component() {
    outlier_component result{};
    result.describe = describe;
    result.create = create;
    result.destroy = destroy;
    result.fit = fit;
    result.save = save;
    result.load = load;
    result.score = score;
    return result;
}

} // namespace

extern "C" OUTLIER_PLUGIN_EXPORT const outlier_plugin *outlier_plugin_entry(void) {
    static const outlier_component components[] = {component()};
    static const outlier_plugin plugin = {
        OUTLIER_PLUGIN_ABI_VERSION, sizeof(outlier_component), "neighbors-in-cpp", "1.0.0", 1, components};
    return &plugin;
}
