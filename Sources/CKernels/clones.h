#ifndef PARE_CLONES_H
#define PARE_CLONES_H

/* One binary for many processors: the loader picks the widest clone. Plain code on other machines. */
#if defined(__x86_64__) && defined(__linux__)
#define PARE_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define PARE_CLONES
#endif

/* Without contraction every clone rounds alike, so the results have the same bits on every processor. */
#pragma STDC FP_CONTRACT OFF

#endif
