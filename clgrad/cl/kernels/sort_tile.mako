<%namespace name="tile" file="_tile.mako"/>
<%doc>
sort_tile: each run of a row sorted by a work-group in its local memory; equal keys keep their order. All of a sorted
run is written, or its first few, in which case numbers are compared whole.

    tile (as many runs side by side as there is room for, each filled up to a power of two with all ones)

The tile is read and written in one stream. A work-item sorts EACH pairs of its own in registers, by a network of
neighbours, which is stable. Then runs of EACH, 2 EACH ... are merged, until they are as long as the runs are: each
work-item finds by halving where its part of the merged run begins in both, and merges that; what will not be written is
not merged, so of few that are wanted, half as many work-items have work with each step. All meet at every barrier.

Tuning: EACH (orders.py); group (capabilities).
Not done: a bitonic network, which is not stable unless pairs differ, and reads and writes local memory 55
times for 1024 pairs, where this does 8 times, and a few more to find the parts. Whole pairs differ in all callers but
one: keys of 64 bits are sorted by their lower words first, and the second time pairs do not hold their own places.
</%doc>
${k.head} {
    __local ulong tile[${k.room}];
    const int lid = get_local_id(0);
    const ${k.index} first = (${k.index})get_group_id(0) * ${k.side_by_side};
    for (int n = lid; n < ${k.tile}; n += ${k.items_of_group}) {
        const ${k.index} run = first + n / ${k.padded}, r = run / ${k.runs};
        const ${k.index} place = n % ${k.padded}, i = run % ${k.runs} * ${k.run} + place;
        ${k.at("n")} = ~0UL;
        if (run < ${k.rows * k.runs} && place < ${k.run} && i < ${k.length}) {
            ${k.pairs.lines}
            ${k.at("n")} = ${k.pairs.value};
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    ulong own[${k.each}];
    #pragma unroll
    for (int one = 0; one < ${k.each}; one++) {
        const int n = lid * ${k.each} + one;
        own[one] = ${k.at("n")};
    }
    #pragma unroll
    for (int step = 0; step < ${k.each}; step++) {
        #pragma unroll
        for (int one = step & 1; one + 1 < ${k.each}; one += 2) {
            const ulong left = own[one], right = own[one + 1];
            const int stays = ${k.key("left")} <= ${k.key("right")};
            own[one] = stays ? left : right;
            own[one + 1] = stays ? right : left;
        }
    }
    #pragma unroll
    for (int one = 0; one < ${k.each}; one++) {
        const int n = lid * ${k.each} + one;
        ${k.at("n")} = own[one];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
% if k.padded > k.each:
    for (int length = ${k.each}; length < ${k.padded}; length *= 2) {
        const int place = lid * ${k.each} % (2 * length), left = lid * ${k.each} - place;
        const int middle = left + length, right = middle + length;
        if (place < ${k.written}) {
            ${tile.merge("left", "middle", "right", "place")}
        }
        barrier(CLK_LOCAL_MEM_FENCE);
        #pragma unroll
        for (int one = 0; one < ${k.each} && place < ${k.written}; one++) {
            const int n = lid * ${k.each} + one;
            ${k.at("n")} = own[one];
        }
        barrier(CLK_LOCAL_MEM_FENCE);
    }
% endif
    for (int one = lid; one < ${k.side_by_side * k.written}; one += ${k.items_of_group}) {
        const ${k.index} run = first + one / ${k.written}, place = one % ${k.written};
        const int n = one / ${k.written} * ${k.padded} + (int)place;
% if k.whole:
        if (run < ${k.rows * k.runs}) ${k.result}[run * ${k.written} + place] = ${k.at("n")};
% else:
        const ${k.index} i = run % ${k.runs} * ${k.run} + place;
        if (run < ${k.rows * k.runs} && i < ${k.length}) ${k.result}[run / ${k.runs} * ${k.length} + i] = ${k.at("n")};
% endif
    }
}
