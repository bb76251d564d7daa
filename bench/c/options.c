/* Price, delta and vega of an arithmetic Asian call under geometric Brownian motion, by the path.

   The same random numbers, lanes, strips and leaves as in queue.c, and the kernels' formula for
   normal quantiles (special/normal.py); one input for the first return and one for the others. */

#include "queue.c"

enum { PRICE, DELTA, VEGA, GREEKS };

typedef struct {
    int steps;
    double spot, rate, volatility, maturity, strike;
} option_;

static const double MIDDLE_ABOVE[] = {
    3.3871328727963665, 133.14011613325027, 1971.5394901289537, 13731.086930318512,
    45918.877874858896, 67259.33685528085,  33426.18658488242,  2508.6425866836303};
static const double MIDDLE_BELOW[] = {
    1.0,                42.312872568249674, 687.1704378406065,  5393.977171903745,
    21212.498510082878, 39304.4908049214,   28725.692742908763, 5225.679616772922};
static const double TAIL_ABOVE[] = {
    1.4234371107496844,  4.769556495956147,   6.252351876199963,     4.304676433724349,
    1.732447873116941,   0.42336148380348904, 0.06238207324124092,   0.005271176051843934,
    0.0002312187446360924, 4.430494131815614e-06, 2.576714342769792e-08};
static const double TAIL_BELOW[] = {
    1.0,                   2.1509961933083273,   1.8982625877686177,    0.8934666200240887,
    0.2436237919028959,    0.03890351475598369,  0.0034823008028991467, 0.00015859658254457082,
    3.1037088444028234e-06, 1.822008616198518e-08};
#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

static inline double horner(double x, const double *table, int count)
{
    double sum = table[count - 1];
    for (int k = count - 2; k >= 0; k--)
        sum = sum * x + table[k];
    return sum;
}

static inline double quantile(double u)
{
    double centred = u - 0.5, square = 0.180625 - centred * centred;
    double near = centred * horner(square, MIDDLE_ABOVE, COUNT(MIDDLE_ABOVE)) /
                  horner(square, MIDDLE_BELOW, COUNT(MIDDLE_BELOW));
    double away = sqrt(-log(u < 0.5 ? u : 1.0 - u)) - 1.6;
    double tail = horner(away, TAIL_ABOVE, COUNT(TAIL_ABOVE)) /
                  horner(away, TAIL_BELOW, COUNT(TAIL_BELOW));
    return fabs(centred) <= 0.425 ? near : copysign(tail, centred);
}

/* Standard normal variates of one input, strip by strip. */
static void fill_normals(int draws, uint32_t stream, uint64_t replication, uint64_t seed,
                         double u[][LANES], double x[][LANES])
{
    for (int draw = 0; draw < draws; draw += STRIP) {
        int rows = draws - draw < STRIP ? draws - draw : STRIP;
        fill_uniforms(rows, draw, stream, replication, seed, u);
        const double *restrict from = u[0];
        double *restrict to = x[draw];
#pragma omp simd
        for (int i = 0; i < rows * LANES; i++)
            to[i] = quantile(from[i]);
    }
}

/* One pass over the path: S, its sum, and the sum of ∂S/∂volatility. */
static void asian(const option_ *o, double normal[][LANES], double sample[][LANES])
{
    double dt = o->maturity / o->steps, spread = o->volatility * sqrt(dt), root = sqrt(dt);
    double drift = (o->rate - 0.5 * o->volatility * o->volatility) * dt;
    double discount = exp(-o->rate * o->maturity);
    double log_price[LANES], slope[LANES] = {0}, sum[LANES] = {0}, slopes[LANES] = {0};
    for (int lane = 0; lane < LANES; lane++)
        log_price[lane] = log(o->spot);
    for (int step = 0; step < o->steps; step++) {
        const double *restrict z = normal[step];
#pragma omp simd
        for (int lane = 0; lane < LANES; lane++) {
            log_price[lane] += drift + spread * z[lane];
            slope[lane] += root * z[lane] - o->volatility * dt;
            double price = exp(log_price[lane]);
            sum[lane] += price;
            slopes[lane] += price * slope[lane];
        }
    }
    for (int lane = 0; lane < LANES; lane++) {
        double mean = sum[lane] / o->steps, paid = mean > o->strike ? discount : 0.0;
        sample[PRICE][lane] = paid * (mean - o->strike);
        sample[DELTA][lane] = paid * mean / o->spot;
        sample[VEGA][lane] = paid * slopes[lane] / o->steps;
    }
}

static void option_leaf(int64_t first, int64_t last, const option_ *o, uint64_t seed,
                        double u[][LANES], double normal[][LANES], double mean[], double square[])
{
    double sample[GREEKS][LANES], means[GREEKS][LANES] = {0}, squares[GREEKS][LANES] = {0};
    double seen[LANES] = {0};
    int64_t blocks = 0;
    for (int64_t at = first; at < last; at += LANES, blocks++) {
        int active = last - at < LANES ? (int)(last - at) : LANES;
        fill_normals(1, 0, at, seed, u, normal);
        fill_normals(o->steps - 1, 1, at, seed, u, normal + 1);
        asian(o, normal, sample);
        for (int output = 0; output < GREEKS; output++)
            accumulate(active, blocks, sample[output], means[output], squares[output]);
        for (int lane = 0; lane < active; lane++)
            seen[lane] += 1.0;
    }
    for (int output = 0; output < GREEKS; output++) {
        double count = mean[output] = square[output] = 0.0;
        for (int lane = 0; lane < LANES; lane++)
            count = merge(count, &mean[output], &square[output], seen[lane], means[output][lane],
                          squares[output][lane]);
    }
}

/* result: means, then sample variances, of price, delta and vega. */
void asian_ipa(int64_t replications, int steps, double spot, double rate, double volatility,
               double maturity, double strike, uint64_t seed, int threads, double *result)
{
    const int64_t leaf_size = LEAF * LANES, leaves = (replications + leaf_size - 1) / leaf_size;
    const option_ o = {steps, spot, rate, volatility, maturity, strike};
    double *mean = malloc(2 * leaves * GREEKS * sizeof *mean), *square = mean + leaves * GREEKS;
    const size_t row = LANES * sizeof(double);
#pragma omp parallel num_threads(threads)
    {
        double(*u)[LANES] = aligned_alloc(64, (STRIP + 1) * row);
        double(*normal)[LANES] = aligned_alloc(64, steps * row);
#pragma omp for schedule(static)
        for (int64_t i = 0; i < leaves; i++) {
            int64_t first = i * leaf_size, last = first + leaf_size;
            option_leaf(first, last < replications ? last : replications, &o, seed, u, normal,
                        mean + i * GREEKS, square + i * GREEKS);
        }
        free(u);
        free(normal);
    }
    merge_leaves(replications, GREEKS, mean, square, GREEKS, result);
    free(mean);
}
