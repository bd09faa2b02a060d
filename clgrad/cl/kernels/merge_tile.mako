<%namespace name="tile" file="_tile.mako"/>
<%doc>
merge_tile: pairs of neighbouring sorted runs become one sorted run each, a tile of the result a work-group.

    rows x pairs of runs x tiles of both runs together

Two work-items find by halving where the tile begins and where it ends in the two runs: of the first elements of the
merged run, as many come from the left as there is no smaller one left over on the right. What lies between is read in
one stream to local memory, merged there, EACH elements a work-item, and written in one stream. Groups of a pair of
runs that is shorter than others have nothing to do, but meet at every barrier.

Tuning: EACH (orders.py); group (capabilities).
Not done: more than two work-items to look for a tile's ends. Other groups compute while these wait for memory.
</%doc>
${k.head} {
    __local ulong tile[${k.room}];
    __local ${k.index} ends[2];
    const int lid = get_local_id(0);
    const ${k.index} number = (${k.index})get_group_id(0) / ${k.tiles};
    const ${k.index} r = number / ${k.couples}, left = number % ${k.couples} * ${2 * k.run};
    const ${k.index} middle = left + ${k.run} < ${k.length} ? left + ${k.run} : ${k.length};
    const ${k.index} right = middle + ${k.run} < ${k.length} ? middle + ${k.run} : ${k.length};
    const ${k.index} begin = min((${k.index})get_group_id(0) % ${k.tiles} * ${k.tile}, right - left);
    const ${k.index} end = min(begin + ${k.tile}, right - left);
    for (int side = lid; side < 2; side += ${k.items_of_group}) {
        const ${k.index} place = side ? end : begin;
        ${k.index} low = place > right - middle ? place - (right - middle) : 0;
        ${k.index} high = place < middle - left ? place : middle - left;
        while (low < high) {
            const ${k.index} guess = low + (high - low) / 2, i = left + guess, j = middle + place - 1 - guess;
            ${k.left.lines}
            ${k.right.lines}
            if (${k.key(k.left.value)} <= ${k.key(k.right.value)}) low = guess + 1;
            else high = guess;
        }
        ends[side] = low;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    const ${k.index} from_left = left + ends[0], from_right = middle + begin - ends[0];
    const int on_left = ends[1] - ends[0], size = end - begin;
    for (int n = lid; n < size; n += ${k.items_of_group}) {
        const ${k.index} i = n < on_left ? from_left + n : from_right + (n - on_left);
        ${k.left.lines}
        ${k.at("n")} = ${k.left.value};
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    ulong own[${k.each}];
    const int place = min(lid * ${k.each}, size);
    ${tile.merge("0", "on_left", "size", "place")}
    barrier(CLK_LOCAL_MEM_FENCE);
    #pragma unroll
    for (int one = 0; one < ${k.each}; one++) {
        const int n = place + one;
        if (n < size) ${k.at("n")} = own[one];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int n = lid; n < size; n += ${k.items_of_group}) ${k.result}[r * ${k.length} + left + begin + n] = ${k.at("n")};
}
