<%doc>
merge_runs: pairs of neighbouring sorted runs become one sorted run each.

A work-item makes a piece of a row of the result. Where the piece begins in its two runs is found by halving: of the
first elements of the merged run, as many come from the left as there is no smaller one left over on the right.
A piece may span several pairs of runs.

Tuning: PIECE (orders.py).
</%doc>
${k.head} {
    const ${k.index} item = ${k.id(0)};
    if (item >= ${k.items}) return;
    const ${k.index} r = item / ${k.pieces};
    ${k.index} place = item % ${k.pieces} * ${k.piece};
    const ${k.index} end = place + ${k.piece} < ${k.length} ? place + ${k.piece} : ${k.length};
    while (place < end) {
        const ${k.index} left = place / ${2 * k.run} * ${2 * k.run};
        const ${k.index} middle = left + ${k.run} < ${k.length} ? left + ${k.run} : ${k.length};
        const ${k.index} right = middle + ${k.run} < ${k.length} ? middle + ${k.run} : ${k.length};
        const ${k.index} stop = right < end ? right : end;
        ${k.index} low = place - left > right - middle ? place - right + middle : left;
        ${k.index} high = place < middle ? place : middle;
        while (low < high) {
            const ${k.index} i = low + (high - low) / 2;
            const ${k.index} j = middle + place - left - (i - left) - 1;
            ${k.left.lines}
            ${k.right.lines}
            if (${k.left.value} >> 32 <= ${k.right.value} >> 32) low = i + 1;
            else high = i;
        }
        ${k.index} from_left = low, from_right = middle + place - low;
        while (place < stop && from_left < middle && from_right < right) {
            const ${k.index} i = from_left, j = from_right;
            ${k.left.lines}
            ${k.right.lines}
            const int takes_left = ${k.left.value} >> 32 <= ${k.right.value} >> 32;
            ${k.result}[r * ${k.length} + place++] = takes_left ? ${k.left.value} : ${k.right.value};
            from_left += takes_left;
            from_right += !takes_left;
        }
        for (${k.index} i = from_left; place < stop && i < middle; i++) {
            ${k.left.lines}
            ${k.result}[r * ${k.length} + place++] = ${k.left.value};
        }
        for (${k.index} j = from_right; place < stop && j < right; j++) {
            ${k.right.lines}
            ${k.result}[r * ${k.length} + place++] = ${k.right.value};
        }
    }
}
