#pragma once
#include <stddef.h>

// One time step of a recurrent layer over a batch. `h` is the number of units. Gates and states lie with a stride from
// row to row, so that a row's steps may follow each other; `carried_gradient` and `cell_gradient` are rows × h.

/// LSTM (Hochreiter and Schmidhuber 1997, with forget gates: Gers et al. 2000).
///
/// gates: 4h a row, in the order input, forget, cell, output; the sums go in, the activated gates come out.
/// `previous_cell` may be NULL for 0. `squashed` gets tanh(cell).
void outlier_lstm_step(float *gates, size_t gate_stride, const float *previous_cell, float *cell, float *squashed,
                       float *hidden, size_t state_stride, size_t rows, size_t h);

/// The gradient of outlier_lstm_step. The hidden state's is `hidden_gradient` (NULL for 0) plus `carried_gradient`, which
/// comes from the next step; `cell_gradient` is this step's cell's and becomes the previous one's. The activated `gates`
/// become the gradient of their sums.
void outlier_lstm_step_gradient(float *gates, size_t gate_stride, const float *previous_cell, const float *squashed,
                                size_t state_stride, const float *hidden_gradient, size_t gradient_stride,
                                const float *carried_gradient, float *cell_gradient, size_t rows, size_t h);

/// GRU (Cho et al. 2014), the reset gate applied after the product with the recurrent weights, as PyTorch and cuDNN do.
///
/// input: 3h a row, the input's part of the sums in the order reset, update, new; it becomes the activated gates.
/// recurrent: the previous hidden state's part, with its bias. `previous` may be NULL for 0.
void outlier_gru_step(float *input, const float *recurrent, size_t gate_stride, const float *previous, float *hidden,
                      size_t state_stride, size_t rows, size_t h);

/// The gradient of outlier_gru_step. The hidden state's is `hidden_gradient` (NULL for 0) plus `carried_gradient`, which
/// becomes what flows to the previous state without going through `recurrent`. The activated `gates` become the gradient of the
/// input's part, `recurrent` that of the previous state's part.
void outlier_gru_step_gradient(float *gates, float *recurrent, size_t gate_stride, const float *previous,
                               size_t state_stride, const float *hidden_gradient, size_t gradient_stride,
                               float *carried_gradient, size_t rows, size_t h);
