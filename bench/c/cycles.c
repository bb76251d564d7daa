/* Scores over regenerative cycles of M/M/1, as the kernel does it: one replication after the
   other, its draws in strips of STRIP, the sums of CYCLES busy periods Q, η, Q S and η S (S the
   scores of the mean service time), their means and the products of their deviations.

   Compiled with -DSTRIP=… -DLEAF=… (replications in a leaf). */

#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { GAP, SERVICE };
enum { TOTAL, COUNT, TOTAL_SCORE, COUNT_SCORE, SUMS };
#define WORD 0xFFFFFFFFu

static inline double to_uniform(uint64_t high, uint64_t low)
{
    int64_t bits = (int64_t)((high & WORD) << 21 | (low & WORD) >> 11);
    return fmax((double)bits, 1.0) * 0x1p-53;
}

/* Draws first … first + STRIP - 1 of one stream of one replication (Philox 4x32-10). */
static void fill(uint32_t first, uint32_t stream, uint64_t replication, uint64_t seed, double mean,
                 double *restrict u, double *restrict x)
{
#pragma omp simd
    for (int k = 0; k < STRIP / 2; k++) {
        uint64_t c0 = first / 2 + k, c1 = stream, c2 = replication, c3 = replication >> 32;
        uint64_t key_0 = seed & WORD, key_1 = seed >> 32;
        for (int round = 0; round < 10; round++) {
            uint64_t p0 = (c0 & WORD) * 0xD2511F53u, p1 = (c2 & WORD) * 0xCD9E8D57u;
            c0 = (p1 >> 32) ^ c1 ^ key_0;
            c1 = p1;
            c2 = (p0 >> 32) ^ c3 ^ key_1;
            c3 = p0;
            key_0 += 0x9E3779B9u;
            key_1 += 0xBB67AE85u;
        }
        u[2 * k] = to_uniform(c0, c1);
        u[2 * k + 1] = to_uniform(c2, c3);
    }
#pragma omp simd
    for (int k = 0; k < STRIP; k++)
        x[k] = -mean * log(u[k]);
}

static void replicate(uint64_t replication, int cycles, double gap_mean, double mean,
                      uint64_t seed, double *sample)
{
    double u[STRIP], gap[STRIP], service[STRIP], score[STRIP];
    int at = STRIP;
    uint32_t draw = 0;
    memset(sample, 0, SUMS * sizeof *sample);
    for (int cycle = 0; cycle < cycles; cycle++) {
        double wait = 0.0, total = 0.0, count = 0.0, scores = 0.0;
        do {
            if (at == STRIP) {
                fill(draw, GAP, replication, seed, gap_mean, u, gap);
                fill(draw, SERVICE, replication, seed, mean, u, service);
#pragma omp simd
                for (int k = 0; k < STRIP; k++)
                    score[k] = (service[k] / mean - 1.0) / mean;
                draw += STRIP;
                at = 0;
            }
            double system = wait + service[at];
            total += system;
            count += 1.0;
            scores += score[at];
            wait = system - gap[at];
            at++;
        } while (wait > 0.0);
        sample[TOTAL] += total;
        sample[COUNT] += count;
        sample[TOTAL_SCORE] += total * scores;
        sample[COUNT_SCORE] += count * scores;
    }
}

/* result: the means of all sums, then all products of their deviations, row by row. */
void cycles_lr(int64_t replications, int cycles, double gap_mean, double mean, uint64_t seed,
               int threads, double *result)
{
    const int64_t leaves = (replications + LEAF - 1) / LEAF;
    double(*leaf)[SUMS + SUMS * SUMS] = calloc(leaves, sizeof *leaf);
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t i = 0; i < leaves; i++) {
        int64_t last = (i + 1) * LEAF < replications ? (i + 1) * LEAF : replications;
        double seen = 0.0, sample[SUMS], off[SUMS];
        double *centre = leaf[i], *product = leaf[i] + SUMS;
        for (int64_t r = i * LEAF; r < last; r++) {
            replicate(r, cycles, gap_mean, mean, seed, sample);
            seen += 1.0;
            for (int a = 0; a < SUMS; a++) {
                off[a] = sample[a] - centre[a];
                centre[a] += off[a] / seen;
            }
            for (int a = 0; a < SUMS; a++)
                for (int b = 0; b < SUMS; b++)
                    product[SUMS * a + b] += off[a] * (sample[b] - centre[b]);
        }
    }
    memset(result, 0, (SUMS + SUMS * SUMS) * sizeof *result);
    double seen = 0.0;
    for (int64_t i = 0; i < leaves; i++) {
        int64_t left = replications - i * LEAF;
        double own = left < LEAF ? left : LEAF, whole = seen + own, off[SUMS];
        for (int a = 0; a < SUMS; a++)
            off[a] = leaf[i][a] - result[a];
        for (int a = 0; a < SUMS; a++)
            for (int b = 0; b < SUMS; b++)
                result[SUMS + SUMS * a + b] +=
                    leaf[i][SUMS + SUMS * a + b] + off[a] * off[b] * seen * own / whole;
        for (int a = 0; a < SUMS; a++)
            result[a] += off[a] * own / whole;
        seen = whole;
    }
    free(leaf);
}
