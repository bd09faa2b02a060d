<%doc>
attention: (softmax(scale * q @ k.mT + mask) * kept) @ v, without the matrix of scores; behind the means the logarithms of
sums, unless no gradient is to come. The mask and the factors kept are computed where they are read.

    for each block of keys (transposed into an array; their values beside it):
        for each block of queries:   scores = queries @ keys              blocks (_blocks.mako)
                                     each row: its highest so far, exponentials, their sum
                                     means = means * (what the highest grew by) + exponentials @ values

On a CPU a work-item has up to 512 queries, whose means stay in the second cache, and vectors lie along keys, or along
values; sums are kept by lanes, and exponentials are those of numbers not above zero, of fewer instructions. On a GPU a
group has one block of queries and its arrays in local memory; items take tiles, then rows. Heads that share keys follow
each other as rows of one block. Blocks that no query sees are left out; by a mask, where there are few queries: a token
that is decoded costs what the cache holds, not what it has room for. A query that sees no key gets zeros, and an
infinite logarithm, by which a gradient's exponentials are zeros, too.

Source: Milakov and Gimelshein, "Online normalizer calculation for softmax", 2018; Dao et al., "FlashAttention", 2022.

Tuning (attention.py): rows, vectors of tiles; queries, keys of blocks. For a few queries on a CPU: attention_few.mako.
Measured on a Zen 4, 1,024 places 64 wide, of 37.4 ms that the products take at least: tiles of 4 rows and 4 vectors,
blocks of 16 queries and 128 keys 44.7; 96 keys 46.8, 64 keys 45.9, 192 keys 53 (no room in the first cache); 36 or 48
queries 46; 6 rows of 3 vectors, which leave no rest either, 47.1; the loops of a product turned the same.
</%doc>
<%namespace name="blocks" file="_blocks.mako"/>
<% width, depth, T, lowest = k.padded(k.key_width), k.padded(k.depth), k.total.c, k.number(float("-inf")) %>
${k.head} {
% if k.items > 1:
    const int lid = get_local_id(0);
    const ${k.index} first = (${k.index})get_group_id(0) * ${k.item_rows}, flat_section = get_global_id(1);
% else:
    const ${k.index} first = id0 * ${k.item_rows}, flat_section = id1;
% endif
    const ${k.index} batch = flat_section / ${k.key_heads}, section = flat_section % ${k.key_heads};
    const ${k.index} stop = first + ${k.item_rows} < ${k.rows} ? first + ${k.item_rows} : ${k.rows};
    ${k.declared()}
    ${k.each("at", k.item_rows)} highest[at] = ${lowest};
    ${k.each("at", k.item_rows * k.width)} sums[at] = 0;
    ${k.each("at", k.item_rows * depth)} means[at] = 0;
    ${k.index} k0 = 0;
    ${blocks.pass_over_keys()}
    while (k0 < ${k.keys}) {
        ${k.wait}
        <%blocks:fill_down array="keys" operand="k" rows="${k.key_block}" columns="${k.key_width}" stride="${k.key_stride}" factor="${k.number(k.scale)}">
            ${blocks.key("k0", "at")}
        </%blocks:fill_down>
        <%blocks:fill array="values" operand="v" rows="${k.key_block}" columns="${k.depth}" stride="${depth}">
            ${blocks.key("k0", "at")}
        </%blocks:fill>
        ${k.index} r0 = first;
        ${blocks.pass_over("stop")}
        while (r0 < stop) {
            <%blocks:fill array="query" operand="q" rows="${k.query_block}" columns="${k.key_width}" stride="${width}">
                ${blocks.query("r0", "at")}
            </%blocks:fill>
            ${k.wait}
            ${blocks.multiply("scores", k.key_block, f"query[m * {width} + k]", "keys", k.key_stride, k.query_block, k.key_block, k.key_width, False, left="stop - r0")}
            ${k.wait}
            ${k.each("at", k.query_block)} {
                ${blocks.query("r0", "at")}
                if (!inside) continue;
                ${blocks.weigh("r0 - first + at")}
            }
            ${k.wait}
            ${blocks.multiply("means", depth, f"scores[m * {k.key_block} + k]", "values", depth, k.query_block, depth, k.key_block, True, "r0 - first + ", "stop - r0")}
            ${k.wait}
            r0 += ${k.query_block};
            ${blocks.pass_over("stop")}
        }
        k0 += ${k.key_block};
        ${blocks.pass_over_keys()}
    }
    ${k.wait}
    for (${k.index} r0 = first; r0 < stop; r0 += ${k.query_block})
    ${k.each("at", k.query_block)} {
        ${blocks.query("r0", "at")}
        if (!inside) continue;
        ${blocks.finish("r0 - first + at")}
    }
}
