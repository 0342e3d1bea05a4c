#ifndef PARE_RECURRENCE_H
#define PARE_RECURRENCE_H

#include <stddef.h>
#include <stdint.h>

/* One step of a recurrent layer for some examples: rows of so many hidden values, in each block of a row one gate.
   What a bias or a length is missing for is NULL. States before and after may be the same memory. */
typedef struct pare_recurrent_step {
    size_t rows, hidden;
    /* Pre-activations, rows input_stride apart. */
    const float *inputs;
    size_t input_stride;
    /* [rows, gates · hidden]: state · weights, which become the gates behind their functions. */
    float *gates;
    const float *input_bias, *state_bias;
    const float *hidden_before, *cells_before;
    float *hidden_after, *cells_after;
    /* [rows, hidden]: the state, or 0 where the step does not count; NULL where nobody reads it. */
    float *output;
    /* GRU: [rows, hidden], the product that the reset gate is applied to, for the way back; may be NULL. */
    float *product;
    /* Of each row, how many steps count; and which this is. */
    const int64_t *lengths;
    int64_t step;
} pare_recurrent_step;

void pare_lstm_step(const pare_recurrent_step *step);
/* The update and reset gates, and reset · state [rows, hidden], which the product for the last gate reads. */
void pare_gru_reset(const pare_recurrent_step *step, float *scaled);
/* Gates in full where resets_after is not 0; else the last one behind pare_gru_reset. */
void pare_gru_step(const pare_recurrent_step *step, int resets_after);
void pare_rnn_step(const pare_recurrent_step *step, int is_relu);

/* The way back through one step. hidden_slopes and cell_slopes [rows, hidden] come in as those of the states after it and leave without
   what goes through the weights; above is the gradient of the output, or NULL. */
typedef struct pare_recurrent_slopes {
    const float *above;
    float *hidden_slopes, *cell_slopes;
    /* [rows, gates · hidden]: by state · weights + bias. */
    float *state_side;
    /* By the pre-activations, rows input_stride apart; adds where adds is not 0; NULL where nobody needs them. */
    float *input_side;
    int adds;
} pare_recurrent_slopes;

void pare_lstm_step_backward(const pare_recurrent_step *step, const pare_recurrent_slopes *slopes);
void pare_gru_step_backward(const pare_recurrent_step *step, const pare_recurrent_slopes *slopes, int resets_after);
/* Where the reset gate comes first: its slopes from those [rows, hidden] by reset · state. */
void pare_gru_reset_backward(const pare_recurrent_step *step, const pare_recurrent_slopes *slopes, const float *scaled_slopes);
void pare_rnn_step_backward(const pare_recurrent_step *step, const pare_recurrent_slopes *slopes, int is_relu);

#endif
