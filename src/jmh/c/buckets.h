/* A histogram of nanoseconds. A value below 256 ns has a bucket of its own. Each octave above has 128 of them, which is exact to 0.8 %. */
#include <stdio.h>

#define PARTS 128
#define PART_BITS 7
#define BUCKETS (PARTS * 40)

static int bucket(long long value) {
    if (value < 2 * PARTS)
        return value < 0 ? 0 : value;
    int shift = 63 - PART_BITS - __builtin_clzll(value);
    int index = shift * PARTS + (value >> shift);
    return index < BUCKETS ? index : BUCKETS - 1;
}

/* Returns the value in the middle of a bucket. */
static long long value(int bucket) {
    if (bucket < 2 * PARTS)
        return bucket;
    int shift = bucket / PARTS - 1;
    return ((bucket - (long long) shift * PARTS) << shift) + (1LL << shift) / 2;
}

static void print_buckets(const char *name, const long *counts) {
    for (int i = 0; i < BUCKETS; i++)
        if (counts[i] > 0)
            printf("%s %lld %ld\n", name, value(i), counts[i]);
}
