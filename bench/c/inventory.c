/* IPA and smoothing for the cost of an (s, S) inventory with exponential demand, no lead time,
   by s and q = S - s, as the kernels do it: the same random numbers, lanes, leaves and paths.
   Parts shared with the queue stand in queue.c. */

#include "queue.c"

enum { TILE = 32, RESULTS = 3 };

typedef struct {
    double s, q, mean, holding, backlog, fixed;
    int periods;
} inventory;

typedef double row[LANES];

static inline double keep(const inventory *in, double v)
{
    return in->holding * fmax(v, 0.0) + in->backlog * fmax(-v, 0.0);
}

static void follow(const inventory *in, row *x, row *position, row *level, row *ordered)
{
    for (int lane = 0; lane < LANES; lane++)
        position[0][lane] = in->s + in->q;
    for (int n = 0; n < in->periods; n++) {
#pragma omp simd
        for (int lane = 0; lane < LANES; lane++) {
            double left = position[n][lane] - x[n][lane];
            level[n][lane] = left;
            ordered[n][lane] = left < in->s ? 1.0 : 0.0;
            position[n + 1][lane] = left < in->s ? in->s + in->q : left;
        }
    }
}

/* What the path without order n gains until both meet, per period of the horizon. */
static void jumps(const inventory *in, row *x, row *position, row *level, row *ordered, row *gain)
{
    for (int n = 0; n < in->periods; n++)
        for (int base = 0; base < LANES; base += TILE) {
            double other[TILE], sum[TILE];
            int apart = 0;
            for (int i = 0; i < TILE; i++) {
                int order = ordered[n][base + i] > 0.0;
                other[i] = order ? in->s : position[n + 1][base + i];
                sum[i] = order ? -in->fixed : 0.0;
                apart |= order;
            }
            for (int m = n + 1; apart && m < in->periods; m++) {
                const double *at = &position[m][base], *next = &position[m + 1][base];
                const double *v = &level[m][base], *d = &x[m][base];
                apart = 0;
#pragma omp simd reduction(| : apart)
                for (int i = 0; i < TILE; i++) {
                    sum[i] += keep(in, v[i] + (other[i] - at[i])) - keep(in, v[i]);
                    double left = other[i] - d[i], nominal = at[i] - d[i];
                    sum[i] += (left < in->s ? in->fixed : 0.0) - (nominal < in->s ? in->fixed : 0.0);
                    other[i] = left < in->s ? in->s + in->q : left;
                    apart |= other[i] != next[i];
                }
            }
            memcpy(&gain[n][base], sum, sizeof sum);
        }
}

static void derive(const inventory *in, row *x, row *position, row *level, row *ordered, row *gain,
                   row *out)
{
    follow(in, x, position, level, ordered);
    jumps(in, x, position, level, ordered, gain);
    memset(out, 0, RESULTS * sizeof(row));
    for (int n = 0; n < in->periods; n++) {
#pragma omp simd
        for (int lane = 0; lane < LANES; lane++) {
            double v = level[n][lane], slope = v > 0.0 ? in->holding : -in->backlog;
            double slack = position[n][lane] - in->s;
            double rate = exp(-slack / in->mean) / in->mean / exp(-slack / in->mean);
            out[0][lane] += keep(in, v) + ordered[n][lane] * in->fixed;
            out[1][lane] += slope;
            out[2][lane] += slope + ordered[n][lane] * rate * gain[n][lane];
        }
    }
    for (int k = 0; k < RESULTS; k++)
        for (int lane = 0; lane < LANES; lane++)
            out[k][lane] /= in->periods;
}

/* result: means, then sample variances, of the cost and of its derivatives by s and q. */
void inventory_spa(int64_t replications, int periods, double s, double q, double mean,
                   double holding, double backlog, double fixed, uint64_t seed, int threads,
                   double *result)
{
    const inventory in = {s, q, mean, holding, backlog, fixed, periods};
    const int64_t leaf_size = LEAF * LANES, leaves = (replications + leaf_size - 1) / leaf_size;
    double *means = calloc(leaves * RESULTS, sizeof *means);
    double *squares = calloc(leaves * RESULTS, sizeof *squares);
#pragma omp parallel num_threads(threads)
    {
        row *u = aligned_alloc(64, (STRIP + 1) * sizeof(row));
        row *x = aligned_alloc(64, periods * sizeof(row));
        row *position = aligned_alloc(64, (periods + 1) * sizeof(row));
        row *level = aligned_alloc(64, periods * sizeof(row));
        row *ordered = aligned_alloc(64, periods * sizeof(row));
        row *gain = aligned_alloc(64, periods * sizeof(row));
        row sample[RESULTS], average[RESULTS], square[RESULTS];
#pragma omp for schedule(static)
        for (int64_t i = 0; i < leaves; i++) {
            int64_t first = i * leaf_size, last = first + leaf_size, blocks = 0;
            double seen[LANES] = {0};
            last = last < replications ? last : replications;
            memset(average, 0, sizeof average);
            memset(square, 0, sizeof square);
            for (int64_t at = first; at < last; at += LANES, blocks++) {
                int active = last - at < LANES ? (int)(last - at) : LANES;
                fill_variates(periods, 0, mean, at, seed, u, x);
                derive(&in, x, position, level, ordered, gain, sample);
                for (int k = 0; k < RESULTS; k++)
                    accumulate(active, blocks, sample[k], average[k], square[k]);
                for (int lane = 0; lane < active; lane++)
                    seen[lane] += 1.0;
            }
            for (int k = 0; k < RESULTS; k++) {
                double count = 0.0;
                for (int lane = 0; lane < LANES; lane++)
                    count = merge(count, &means[i * RESULTS + k], &squares[i * RESULTS + k],
                                  seen[lane], average[k][lane], square[k][lane]);
            }
        }
        free(u), free(x), free(position), free(level), free(ordered), free(gain);
    }
    merge_leaves(replications, RESULTS, means, squares, RESULTS, result);
    free(means), free(squares);
}
