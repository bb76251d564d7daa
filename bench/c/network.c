/* IPA of a network of exponential arcs, all arcs in one pass, as the kernels do it.

   The same random numbers, lanes, leaves and passes: lengths forward, marks of the optimal path
   backward, the derivative X/mean on it. Parts shared with the queue stand in queue.c. */

#include "queue.c"

typedef struct {
    int nodes, arcs;
    const int64_t *order; /* row, tail, head of every arc in the order of its tail */
    const double *mean;
} network;

static void longest(const network *net, double x[][LANES], double length[][LANES])
{
    for (int lane = 0; lane < LANES; lane++)
        length[0][lane] = 0.0;
    for (int node = 1; node < net->nodes; node++)
        for (int lane = 0; lane < LANES; lane++)
            length[node][lane] = -1e300;
    for (int k = 0; k < net->arcs; k++) {
        const int64_t *arc = &net->order[3 * k];
        const double *from = length[arc[1]], *duration = x[arc[0]];
        double *to = length[arc[2]];
#pragma omp simd
        for (int lane = 0; lane < LANES; lane++)
            to[lane] = fmax(to[lane], from[lane] + duration[lane]);
    }
}

/* Derivatives by the means of all arcs: X/mean on the optimal path, else 0. */
static void critical(const network *net, double x[][LANES], double length[][LANES],
                     double need[][LANES], double gradient[][LANES])
{
    for (int node = 0; node < net->nodes; node++)
        for (int lane = 0; lane < LANES; lane++)
            need[node][lane] = node == net->nodes - 1;
    for (int k = net->arcs - 1; k >= 0; k--) {
        const int64_t *arc = &net->order[3 * k];
        const double *duration = x[arc[0]], *from = length[arc[1]], *to = length[arc[2]];
        double *before = need[arc[1]], *after = need[arc[2]], *out = gradient[arc[0]];
        const double mean = net->mean[arc[0]];
#pragma omp simd
        for (int lane = 0; lane < LANES; lane++) {
            double on = from[lane] + duration[lane] == to[lane] ? after[lane] : 0.0;
            after[lane] -= on;
            before[lane] += on;
            out[lane] = on * duration[lane] / mean;
        }
    }
}

/* result: means, then sample variances, of the length and of its derivatives. */
void network_ipa(int64_t replications, int nodes, int arcs, const int64_t *order,
                 const double *mean, uint64_t seed, int threads, double *result)
{
    const network net = {nodes, arcs, order, mean};
    const int64_t leaf_size = LEAF * LANES, leaves = (replications + leaf_size - 1) / leaf_size;
    const int outputs = arcs + 1;
    double *means = calloc(leaves * outputs, sizeof *means);
    double *squares = calloc(leaves * outputs, sizeof *squares);
    const size_t row = LANES * sizeof(double);
#pragma omp parallel num_threads(threads)
    {
        double(*u)[LANES] = aligned_alloc(64, 2 * row), (*x)[LANES] = aligned_alloc(64, arcs * row);
        double(*length)[LANES] = aligned_alloc(64, nodes * row);
        double(*need)[LANES] = aligned_alloc(64, nodes * row);
        double(*sample)[LANES] = aligned_alloc(64, outputs * row);
        double(*average)[LANES] = aligned_alloc(64, outputs * row);
        double(*square)[LANES] = aligned_alloc(64, outputs * row);
#pragma omp for schedule(static)
        for (int64_t i = 0; i < leaves; i++) {
            int64_t first = i * leaf_size, last = first + leaf_size, blocks = 0;
            double seen[LANES] = {0};
            last = last < replications ? last : replications;
            memset(average, 0, outputs * row);
            memset(square, 0, outputs * row);
            for (int64_t at = first; at < last; at += LANES, blocks++) {
                int active = last - at < LANES ? (int)(last - at) : LANES;
                for (int arc = 0; arc < arcs; arc++)
                    fill_variates(1, arc, mean[arc], at, seed, u, &x[arc]);
                longest(&net, x, length);
                memcpy(sample[0], length[nodes - 1], row);
                critical(&net, x, length, need, &sample[1]);
                for (int output = 0; output < outputs; output++)
                    accumulate(active, blocks, sample[output], average[output], square[output]);
                for (int lane = 0; lane < active; lane++)
                    seen[lane] += 1.0;
            }
            for (int output = 0; output < outputs; output++) {
                double count = 0.0;
                int64_t place = i * outputs + output;
                for (int lane = 0; lane < LANES; lane++)
                    count = merge(count, &means[place], &squares[place], seen[lane],
                                  average[output][lane], square[output][lane]);
            }
        }
        free(u), free(x), free(length), free(need), free(sample), free(average), free(square);
    }
    merge_leaves(replications, outputs, means, squares, outputs, result);
    free(means), free(squares);
}
