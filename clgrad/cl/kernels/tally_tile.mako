<%doc>
tally_tile: for each row, the sums of weights by bin.

    rows x blocks of bins, a work-group each; in a group, slices x bins side by side

A group goes through the row tile by tile. Indices and weights are read to local memory in one stream; then each
work-item adds up those of its one bin, in every so manieth place of the tile: where there are few bins, several
work-items share one, each with a slice of the places. At the end slices are folded by halves.

So a bin's sum is made of those of its slices, each in the order of the row; without slices it is the sum in the order
of the row. There are no atomics, and the order is the same every time.

Tuning: COUNTED (orders.py); group (capabilities). How long rows are, and from how many bins on the index is sorted
instead, is chosen by compose/selection.py: this reads a row once for each block of bins, and looks at each of its
elements once for each bin.
</%doc>
${k.head} {
    __local int bins[${k.tile}];
    __local ${k.kind} weights[${k.tile}];
    __local ${k.kind} sums[${k.items_of_group}];
    const int lid = get_local_id(0);
    const ${k.index} r = (${k.index})get_group_id(0) / ${k.blocks};
    const int block = (${k.index})get_group_id(0) % ${k.blocks} * ${k.side_by_side};
    const int slice = lid / ${k.side_by_side}, mine = lid % ${k.side_by_side};
    ${k.kind} sum = 0;
    for (${k.index} start = 0; start < ${k.length}; start += ${k.tile}) {
        for (int n = lid; n < ${k.tile}; n += ${k.items_of_group}) {
            const ${k.index} i = start + n;
            bins[n] = -1;
            if (i < ${k.length}) {
                ${k.bin.lines}
                if (${k.bin.value} >= block && ${k.bin.value} < block + ${k.side_by_side}) {
                    ${k.weights.lines}
                    bins[n] = ${k.bin.value} - block;
                    weights[n] = ${k.weights.value};
                }
            }
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        for (int n = slice; n < ${k.tile}; n += ${k.slices})
            if (bins[n] == mine) sum += weights[n];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    sums[lid] = sum;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int step = ${k.slices // 2}; step > 0; step /= 2) {
        if (slice < step) sums[lid] += sums[lid + step * ${k.side_by_side}];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    if (lid < ${k.side_by_side} && block + lid < ${k.bins}) ${k.result}[r * ${k.bins} + block + lid] = sums[lid];
}
