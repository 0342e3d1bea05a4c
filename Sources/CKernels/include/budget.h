#ifndef PARE_BUDGET_H
#define PARE_BUDGET_H

#include <stddef.h>

/* least[i] = min(least[i], before[i] + loss): an option is offered to every budget at once. Neither overlaps the other; no NaN. */
void pare_offer_option(const double *before, size_t n, double loss, double *least);

#endif
