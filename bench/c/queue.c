/* IPA of the FCFS single-server queue with exponential times, as the kernels do it.

   The same random numbers (Philox 4x32-10, the same counters), the same blocks of LANES
   replications, lanes innermost, the same strips of STRIP rows of uniforms, the same leaves of
   LEAF blocks whose moments are merged in order. Only the compiler and its logarithm differ,
   so the estimate agrees with the library's up to rounding.

   Compiled with -DLANES=… -DSTRIP=… -DLEAF=… (blocks in a leaf). */

#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>

enum { GAP, SERVICE };
enum { OUTPUT, GRADIENT, OUTPUTS };

typedef struct {
    double mean[OUTPUTS], square[OUTPUTS];
} moments;

#define WORD 0xFFFFFFFFu
#define MULTIPLIER_0 0xD2511F53u
#define MULTIPLIER_1 0xCD9E8D57u
#define WEYL_0 0x9E3779B9u
#define WEYL_1 0xBB67AE85u

#ifdef __AVX512DQ__
#include <immintrin.h>

/* Four vectors side by side hide each other's latency: 0.52 ns a double against 0.76. */
enum { WIDTH = 8, TOGETHER = LANES / WIDTH % 4 == 0 ? 4 : 1 };

/* Two words to a double inside (0, 1); what stands above the low 32 bits is ignored. */
static inline __m512d to_uniform(__m512i high, __m512i low)
{
    const __m512i word = _mm512_set1_epi64(WORD);
    __m512i bits = _mm512_or_si512(_mm512_slli_epi64(_mm512_and_si512(high, word), 21),
                                   _mm512_srli_epi64(_mm512_and_si512(low, word), 11));
    __m512d whole = _mm512_max_pd(_mm512_cvtepi64_pd(bits), _mm512_set1_pd(1.0));
    return _mm512_mul_pd(whole, _mm512_set1_pd(0x1p-53));
}

static void fill_pair(uint32_t pair, uint32_t stream, uint64_t replication, uint64_t seed,
                      double *even, double *odd)
{
    const __m512i multiplier_0 = _mm512_set1_epi64(MULTIPLIER_0);
    const __m512i multiplier_1 = _mm512_set1_epi64(MULTIPLIER_1);
    const __m512i order = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
    for (int lane = 0; lane < LANES; lane += WIDTH * TOGETHER) {
        __m512i c0[TOGETHER], c1[TOGETHER], c2[TOGETHER], c3[TOGETHER];
        for (int v = 0; v < TOGETHER; v++) {
            c0[v] = _mm512_set1_epi64(pair);
            c1[v] = _mm512_set1_epi64(stream);
            c2[v] = _mm512_add_epi64(_mm512_set1_epi64(replication + lane + WIDTH * v), order);
            c3[v] = _mm512_srli_epi64(c2[v], 32);
        }
        uint32_t key_0 = (uint32_t)seed, key_1 = (uint32_t)(seed >> 32);
        for (int round = 0; round < 10; round++) {
            const __m512i k0 = _mm512_set1_epi64(key_0), k1 = _mm512_set1_epi64(key_1);
            for (int v = 0; v < TOGETHER; v++) {
                __m512i p0 = _mm512_mul_epu32(c0[v], multiplier_0);
                __m512i p1 = _mm512_mul_epu32(c2[v], multiplier_1);
                c0[v] = _mm512_srli_epi64(p1, 32) ^ c1[v] ^ k0;
                c1[v] = p1;
                c2[v] = _mm512_srli_epi64(p0, 32) ^ c3[v] ^ k1;
                c3[v] = p0;
            }
            key_0 += WEYL_0;
            key_1 += WEYL_1;
        }
        for (int v = 0; v < TOGETHER; v++) {
            _mm512_store_pd(&even[lane + WIDTH * v], to_uniform(c0[v], c1[v]));
            _mm512_store_pd(&odd[lane + WIDTH * v], to_uniform(c2[v], c3[v]));
        }
    }
}
#else
static inline double to_uniform(uint64_t high, uint64_t low)
{
    int64_t bits = (int64_t)((high & WORD) << 21 | (low & WORD) >> 11);
    return fmax((double)bits, 1.0) * 0x1p-53;
}

static void fill_pair(uint32_t pair, uint32_t stream, uint64_t replication, uint64_t seed,
                      double *restrict even, double *restrict odd)
{
#pragma omp simd
    for (int lane = 0; lane < LANES; lane++) {
        uint64_t c0 = pair, c1 = stream, c2 = replication + lane, c3 = c2 >> 32;
        uint64_t key_0 = seed & WORD, key_1 = seed >> 32;
        for (int round = 0; round < 10; round++) {
            uint64_t p0 = (c0 & WORD) * MULTIPLIER_0, p1 = (c2 & WORD) * MULTIPLIER_1;
            c0 = (p1 >> 32) ^ c1 ^ key_0;
            c1 = p1;
            c2 = (p0 >> 32) ^ c3 ^ key_1;
            c3 = p0;
            key_0 += WEYL_0;
            key_1 += WEYL_1;
        }
        even[lane] = to_uniform(c0, c1);
        odd[lane] = to_uniform(c2, c3);
    }
}
#endif

/* Uniforms of draws first, first + 1, … (first is even) of one stream: u[row][lane]. */
static void fill_uniforms(int rows, uint32_t first, uint32_t stream, uint64_t replication,
                          uint64_t seed, double u[][LANES])
{
    for (int row = 0; row < rows; row += 2)
        fill_pair((first + row) / 2, stream, replication, seed, u[row], u[row + 1]);
}

/* Exponential variates of one input, strip by strip. */
static void fill_variates(int draws, uint32_t stream, double mean, uint64_t replication,
                          uint64_t seed, double u[][LANES], double x[][LANES])
{
    for (int draw = 0; draw < draws; draw += STRIP) {
        int rows = draws - draw < STRIP ? draws - draw : STRIP;
        fill_uniforms(rows, draw, stream, replication, seed, u);
        const double *restrict from = u[0];
        double *restrict to = x[draw];
#pragma omp simd
        for (int i = 0; i < rows * LANES; i++)
            to[i] = -mean * log(from[i]);
    }
}

/* Lindley's recursion and its derivative by the mean service time. */
static void pathwise(int customers, double mean, double gap[][LANES], double service[][LANES],
                     double *restrict y, double *restrict dy)
{
    double system[LANES], derivative[LANES];
    for (int lane = 0; lane < LANES; lane++) {
        y[lane] = system[lane] = service[0][lane];
        dy[lane] = derivative[lane] = service[0][lane] / mean;
    }
    for (int n = 1; n < customers; n++) {
        const double *restrict a = gap[n - 1], *restrict x = service[n];
#pragma omp simd
        for (int lane = 0; lane < LANES; lane++) {
            double wait = system[lane] - a[lane];
            double carried = wait >= 0.0 ? derivative[lane] : 0.0;
            system[lane] = x[lane] + fmax(wait, 0.0);
            derivative[lane] = x[lane] / mean + carried;
            y[lane] += system[lane];
            dy[lane] += derivative[lane];
        }
    }
    for (int lane = 0; lane < LANES; lane++) {
        y[lane] /= customers;
        dy[lane] /= customers;
    }
}

/* Add one block to the running moments of each lane (Welford). */
static void accumulate(int active, double seen, const double *restrict sample,
                       double *restrict mean, double *restrict square)
{
    for (int lane = 0; lane < active; lane++) {
        double delta = sample[lane] - mean[lane];
        mean[lane] += delta / (seen + 1.0);
        square[lane] += delta * (sample[lane] - mean[lane]);
    }
}

/* Add a sample's moments to others (Chan, Golub, LeVeque); returns the new count. */
static double merge(double count, double *mean, double *square, double other, double other_mean,
                    double other_square)
{
    double total = count + other, delta = other_mean - *mean;
    if (total == 0.0)
        return 0.0;
    *mean += delta * other / total;
    *square += other_square + delta * delta * count * other / total;
    return total;
}

/* result: means, then sample variances. Those of a leaf's outputs stand side by side, and `stride`
   doubles further those of the next leaf. */
static void merge_leaves(int64_t replications, int outputs, const double *means,
                         const double *squares, int64_t stride, double *result)
{
    const int64_t leaf_size = LEAF * LANES;
    for (int output = 0; output < outputs; output++) {
        double count = 0.0, mean = 0.0, square = 0.0;
        for (int64_t left = replications, at = output; left > 0; left -= leaf_size, at += stride)
            count = merge(count, &mean, &square, left < leaf_size ? left : leaf_size, means[at],
                          squares[at]);
        result[output] = mean;
        result[outputs + output] = square / (count - 1.0);
    }
}

static void simulate_leaf(int64_t first, int64_t last, int customers, double gap_mean,
                          double service_mean, uint64_t seed, double u[][LANES],
                          double gap[][LANES], double service[][LANES], moments *leaf)
{
    double sample[OUTPUTS][LANES], mean[OUTPUTS][LANES] = {0}, square[OUTPUTS][LANES] = {0};
    double seen[LANES] = {0};
    int64_t blocks = 0;
    for (int64_t at = first; at < last; at += LANES, blocks++) {
        int active = last - at < LANES ? (int)(last - at) : LANES;
        fill_variates(customers - 1, GAP, gap_mean, at, seed, u, gap);
        fill_variates(customers, SERVICE, service_mean, at, seed, u, service);
        pathwise(customers, service_mean, gap, service, sample[OUTPUT], sample[GRADIENT]);
        for (int output = 0; output < OUTPUTS; output++)
            accumulate(active, blocks, sample[output], mean[output], square[output]);
        for (int lane = 0; lane < active; lane++)
            seen[lane] += 1.0;
    }
    memset(leaf, 0, sizeof *leaf);
    for (int output = 0; output < OUTPUTS; output++) {
        double count = 0.0;
        for (int lane = 0; lane < LANES; lane++)
            count = merge(count, &leaf->mean[output], &leaf->square[output], seen[lane],
                          mean[output][lane], square[output][lane]);
    }
}

/* result: means, then sample variances, of the output and of its derivative. */
void queue_ipa(int64_t replications, int64_t customers, double gap_mean, double service_mean,
               uint64_t seed, int threads, double *result)
{
    const int64_t leaf_size = LEAF * LANES, leaves = (replications + leaf_size - 1) / leaf_size;
    moments *leaf = malloc(leaves * sizeof *leaf);
    const size_t row = LANES * sizeof(double);
#pragma omp parallel num_threads(threads)
    {
        double(*u)[LANES] = aligned_alloc(64, (STRIP + 1) * row);
        double(*gap)[LANES] = aligned_alloc(64, customers * row);
        double(*service)[LANES] = aligned_alloc(64, customers * row);
#pragma omp for schedule(static)
        for (int64_t i = 0; i < leaves; i++) {
            int64_t first = i * leaf_size, last = first + leaf_size;
            simulate_leaf(first, last < replications ? last : replications, customers, gap_mean,
                          service_mean, seed, u, gap, service, &leaf[i]);
        }
        free(u);
        free(gap);
        free(service);
    }
    merge_leaves(replications, OUTPUTS, leaf->mean, leaf->square, sizeof *leaf / sizeof(double),
                 result);
    free(leaf);
}
