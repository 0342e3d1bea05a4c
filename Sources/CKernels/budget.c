#include "budget.h"

#include "clones.h"

PARE_CLONES void pare_offer_option(const double *restrict before, size_t n, double loss, double *restrict least) {
    for (size_t i = 0; i < n; i++) {
        const double offered = before[i] + loss;
        least[i] = offered < least[i] ? offered : least[i];
    }
}
