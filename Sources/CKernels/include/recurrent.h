#pragma once
#include <stddef.h>

// One time step of recurrent layers over a batch. `h` is the number of units; rows are contiguous unless a stride is given.

/// LSTM (Hochreiter and Schmidhuber 1997, with forget gates: Gers et al. 2000).
///
/// gates: rows × 4h, in the order input, forget, cell, output; the sums go in, the activated gates come out. Where
/// `previous_cell` is NULL it is 0. `squashed` gets tanh(cell). `hidden` has `hidden_stride` elements a row.
void outlier_lstm_step(float *gates, const float *previous_cell, float *cell, float *squashed, float *hidden,
                       size_t hidden_stride, size_t rows, size_t h);

/// The gradient of outlier_lstm_step: from that of the hidden state (`hidden_gradient`, with its stride, plus
/// `carried_gradient`, contiguous, which may be NULL) and of the cell (`cell_gradient`, in: of this step's cell; out: of the previous one's),
/// overwrites the activated `gates` with the gradient of their sums.
void outlier_lstm_step_gradient(float *gates, const float *previous_cell, const float *squashed,
                                const float *hidden_gradient, size_t hidden_stride, const float *carried_gradient,
                                float *cell_gradient, size_t rows, size_t h);

/// GRU (Cho et al. 2014, in the form of which the reset gate is applied after the product with the recurrent weights).
///
/// input: rows × 3h, sums of the inputs' part in the order reset, update, new; recurrent: the hidden state's part with its bias.
/// Out: input holds the activated gates. `previous` (rows, stride) may be NULL for 0.
void outlier_gru_step(float *input, const float *recurrent, const float *previous, size_t previous_stride,
                      float *hidden, size_t hidden_stride, size_t rows, size_t h);

/// The gradient of outlier_gru_step. `gates` (activated) become the gradient of the inputs' sums; `recurrent` becomes that of
/// the hidden state's part; `carried_gradient` is in: the gradient that comes from later steps; out: what flows
/// directly (not through `recurrent`) to the previous hidden state.
void outlier_gru_step_gradient(float *gates, float *recurrent, const float *previous, size_t previous_stride,
                               const float *hidden_gradient, size_t hidden_stride, float *carried_gradient,
                               size_t rows, size_t h);
