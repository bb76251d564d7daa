/* IPA of five stations in line, of several servers and of a fluid queue, as the kernels do it.

   The same random numbers, lanes, strips and leaves as in queue.c; exponential times; the
   gradient by the mean of every station (line), by the mean service time (servers), by the mean
   off period and the buffer (fluid). */

#include "queue.c"

enum { MOST = 16 };

typedef struct {
    int customers, parts; /* stations, or servers */
    int gaps;
    double gap_mean;
    const double *mean;
    int inputs; /* of services */
} system_;

typedef void block(const system_ *s, double gap[][LANES], double service[][LANES],
                   double sample[][LANES]);

/* D[k] = max(D[k - 1], D[k]) + X, the derivative being that of the larger. */
static void line(const system_ *s, double gap[][LANES], double service[][LANES],
                 double sample[][LANES])
{
    static _Thread_local double left[MOST][LANES], slope[MOST][MOST][LANES];
    double arrival[LANES] = {0}, busy[LANES];
    memset(slope, 0, sizeof slope);
    memset(sample, 0, (s->parts + 1) * sizeof *sample);
    for (int k = 0; k < s->parts; k++)
        for (int lane = 0; lane < LANES; lane++)
            left[k][lane] = -1e300;
    for (int n = 0; n < s->customers; n++) {
        if (n > 0)
            for (int lane = 0; lane < LANES; lane++)
                arrival[lane] += gap[n - 1][lane];
        for (int k = 0; k < s->parts; k++) {
            const double *reached = k == 0 ? arrival : left[k - 1];
            const double *x = service[k * s->customers + n];
            double *own = left[k];
#pragma omp simd
            for (int lane = 0; lane < LANES; lane++) {
                busy[lane] = own[lane] >= reached[lane];
                own[lane] = fmax(own[lane], reached[lane]) + x[lane];
            }
            for (int j = 0; j < k; j++) {
                const double *before = slope[j][k - 1];
                double *now = slope[j][k];
#pragma omp simd
                for (int lane = 0; lane < LANES; lane++)
                    now[lane] = busy[lane] > 0.0 ? now[lane] : before[lane];
            }
            double *now = slope[k][k];
            const double mean = s->mean[k];
#pragma omp simd
            for (int lane = 0; lane < LANES; lane++)
                now[lane] = (busy[lane] > 0.0 ? now[lane] : 0.0) + x[lane] / mean;
        }
#pragma omp simd
        for (int lane = 0; lane < LANES; lane++)
            sample[0][lane] += left[s->parts - 1][lane] - arrival[lane];
        for (int j = 0; j < s->parts; j++)
#pragma omp simd
            for (int lane = 0; lane < LANES; lane++)
                sample[1 + j][lane] += slope[j][s->parts - 1][lane];
    }
    for (int output = 0; output <= s->parts; output++)
        for (int lane = 0; lane < LANES; lane++)
            sample[output][lane] /= s->customers;
}

/* The servers' workloads in ascending order, the derivative carried through the sort. */
static void servers(const system_ *s, double gap[][LANES], double service[][LANES],
                    double sample[][LANES])
{
    double load[MOST][LANES] = {{0}}, slope[MOST][LANES] = {{0}};
    memset(sample, 0, 2 * sizeof *sample);
    const double mean = s->mean[0];
    for (int n = 0; n < s->customers; n++) {
        double carried[LANES], moved[LANES];
        const double *x = service[n];
#pragma omp simd
        for (int lane = 0; lane < LANES; lane++) {
            carried[lane] = load[0][lane] + x[lane];
            moved[lane] = slope[0][lane] + x[lane] / mean;
            sample[0][lane] += carried[lane];
            sample[1][lane] += moved[lane];
        }
        if (n == s->customers - 1)
            break;
        const double *a = gap[n];
        for (int j = 0; j < s->parts; j++) {
            const double *next = j + 1 < s->parts ? load[j + 1] : carried;
            const double *after = j + 1 < s->parts ? slope[j + 1] : moved;
            double *to = load[j], *rate = slope[j];
#pragma omp simd
            for (int lane = 0; lane < LANES; lane++) {
                int swap = carried[lane] > next[lane];
                double low = swap ? next[lane] : carried[lane];
                double high = swap ? carried[lane] : next[lane];
                double slow = swap ? after[lane] : moved[lane];
                double fast = swap ? moved[lane] : after[lane];
                double wait = low - a[lane];
                to[lane] = fmax(wait, 0.0);
                rate[lane] = wait >= 0.0 ? slow : 0.0;
                carried[lane] = high;
                moved[lane] = fast;
            }
        }
    }
    for (int output = 0; output < 2; output++)
        for (int lane = 0; lane < LANES; lane++)
            sample[output][lane] /= s->customers;
}

/* Loss per unit of time: filled at rate 2 in on periods, drained at rate 1 in off periods. */
static void fluid(const system_ *s, double on[][LANES], double off[][LANES],
                  double sample[][LANES])
{
    const double up = 2.0, down = 1.0, mean = s->mean[0], buffer = s->mean[1];
    double level[LANES] = {0}, elapsed[LANES] = {0}, longer[LANES] = {0};
    double by_mean[LANES] = {0}, by_buffer[LANES] = {0};
    memset(sample, 0, 3 * sizeof *sample);
    for (int n = 0; n < s->customers; n++) {
        const double *x = on[n], *z = off[n];
#pragma omp simd
        for (int lane = 0; lane < LANES; lane++) {
            double full = level[lane] + up * x[lane];
            int below = full <= buffer;
            sample[0][lane] += fmax(full - buffer, 0.0);
            sample[1][lane] += below ? 0.0 : by_mean[lane];
            sample[2][lane] += below ? 0.0 : by_buffer[lane] - 1.0;
            double left = fmin(full, buffer) - down * z[lane];
            int busy = left >= 0.0;
            by_mean[lane] = busy ? (below ? by_mean[lane] : 0.0) - down * z[lane] / mean : 0.0;
            by_buffer[lane] = busy ? (below ? by_buffer[lane] : 1.0) : 0.0;
            level[lane] = fmax(left, 0.0);
            elapsed[lane] += x[lane] + z[lane];
            longer[lane] += z[lane] / mean;
        }
    }
#pragma omp simd
    for (int lane = 0; lane < LANES; lane++) {
        double loss = sample[0][lane] / elapsed[lane];
        sample[0][lane] = loss;
        sample[1][lane] = (sample[1][lane] - loss * longer[lane]) / elapsed[lane];
        sample[2][lane] /= elapsed[lane];
    }
}

/* result: means, then sample variances, of the output and of its derivatives. */
static void replicate(int64_t replications, const system_ *s, block *derive, int outputs,
                      uint64_t seed, int threads, double *result)
{
    const int64_t leaf_size = LEAF * LANES, leaves = (replications + leaf_size - 1) / leaf_size;
    double(*leaf)[2][MOST] = calloc(leaves, sizeof *leaf);
    const size_t row = LANES * sizeof(double);
#pragma omp parallel num_threads(threads)
    {
        double(*u)[LANES] = aligned_alloc(64, (STRIP + 1) * row);
        double(*gap)[LANES] = aligned_alloc(64, (s->gaps + 1) * row);
        double(*service)[LANES] = aligned_alloc(64, s->inputs * s->customers * row);
        double(*sample)[LANES] = aligned_alloc(64, MOST * row);
#pragma omp for schedule(static)
        for (int64_t i = 0; i < leaves; i++) {
            int64_t first = i * leaf_size, last = first + leaf_size;
            last = last < replications ? last : replications;
            double mean[MOST][LANES] = {{0}}, square[MOST][LANES] = {{0}}, seen[LANES] = {0};
            int64_t blocks = 0;
            for (int64_t at = first; at < last; at += LANES, blocks++) {
                int active = last - at < LANES ? (int)(last - at) : LANES;
                fill_variates(s->gaps, GAP, s->gap_mean, at, seed, u, gap);
                for (int k = 0; k < s->inputs; k++)
                    fill_variates(s->customers, SERVICE + k, s->mean[k], at, seed, u,
                                  service + k * s->customers);
                derive(s, gap, service, sample);
                for (int output = 0; output < outputs; output++)
                    accumulate(active, blocks, sample[output], mean[output], square[output]);
                for (int lane = 0; lane < active; lane++)
                    seen[lane] += 1.0;
            }
            for (int output = 0; output < outputs; output++) {
                double count = 0.0;
                for (int lane = 0; lane < LANES; lane++)
                    count = merge(count, &leaf[i][0][output], &leaf[i][1][output], seen[lane],
                                  mean[output][lane], square[output][lane]);
            }
        }
        free(u), free(gap), free(service), free(sample);
    }
    merge_leaves(replications, outputs, leaf[0][0], leaf[0][1], 2 * MOST, result);
    free(leaf);
}

void line_ipa(int64_t replications, int customers, int stations, double gap_mean,
              const double *mean, uint64_t seed, int threads, double *result)
{
    const system_ s = {customers, stations, customers - 1, gap_mean, mean, stations};
    replicate(replications, &s, line, stations + 1, seed, threads, result);
}

void servers_ipa(int64_t replications, int customers, int count, double gap_mean,
                 const double *mean, uint64_t seed, int threads, double *result)
{
    const system_ s = {customers, count, customers - 1, gap_mean, mean, 1};
    replicate(replications, &s, servers, 2, seed, threads, result);
}

void fluid_ipa(int64_t replications, int periods, int count, double on_mean,
               const double *mean, uint64_t seed, int threads, double *result)
{
    const system_ s = {periods, count, periods, on_mean, mean, 1};
    replicate(replications, &s, fluid, 3, seed, threads, result);
}
