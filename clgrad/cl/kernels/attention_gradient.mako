<%doc>
attention_gradient: what goes back to queries, keys and values, without the matrices of scores and of their gradients.

    for each block of keys:
        for each block of queries, of all heads that share the keys:        blocks (_blocks.mako)
            parts = exp(scale * queries @ keys - logarithm)                 to_values += (parts * kept).mT @ to_means
            scores = parts * (kept * to_means @ values - (sum(to_means * means) - to_logarithm))
            to_keys += scores.mT @ queries                                  to_queries += scores @ keys

A work-item of a CPU, or a group of a GPU, has a head of keys to itself: no two write what goes back to a query, and
sums are the same in each run. The first block of keys is never left out: it writes what others add to.

Source: Dao, "FlashAttention-2", 2023 (which has one more loop, over queries, to keep more of a GPU busy).

Tuning (attention.py): rows, vectors of tiles; queries, keys of blocks.
</%doc>
<%namespace name="blocks" file="_blocks.mako"/>
<%
    T = k.total.c
    width, depth = k.padded(k.key_width), k.padded(k.depth)
    pack = k.rows * k.key_width + k.keys * (k.key_width + k.depth)
%>
${k.head} {
% if k.items > 1:
    const int lid = get_local_id(0);
    const ${k.index} flat_section = get_group_id(0);
% else:
    const ${k.index} flat_section = id0;
% endif
    const ${k.index} batch = flat_section / ${k.key_heads}, section = flat_section % ${k.key_heads};
    const ${k.index} packed = flat_section * ${pack};
    ${k.declared()}
    for (${k.index} k0 = 0; k0 < ${k.keys}; k0 += ${k.key_block}) {
        ${k.wait}
        <%blocks:fill_down array="keys" operand="k" rows="${k.key_block}" columns="${k.key_width}" stride="${k.key_stride}">
            ${blocks.key("k0", "at")}
        </%blocks:fill_down>
        <%blocks:fill_down array="values" operand="v" rows="${k.key_block}" columns="${k.depth}" stride="${k.key_stride}">
            ${blocks.key("k0", "at")}
        </%blocks:fill_down>
        <%blocks:fill array="key_rows" operand="k" rows="${k.key_block}" columns="${k.key_width}" stride="${width}">
            ${blocks.key("k0", "at")}
        </%blocks:fill>
        ${k.each("at", k.key_block * width)} to_keys[at] = 0;
        ${k.each("at", k.key_block * depth)} to_values[at] = 0;
        ${k.index} r0 = 0;
        ${blocks.pass_over(k.rows, "k0 == 0")}
        while (r0 < ${k.rows}) {
            ${k.wait}
            <%blocks:fill array="query" operand="q" rows="${k.query_block}" columns="${k.key_width}" stride="${width}" factor="${k.number(k.scale)}">
                ${blocks.query("r0", "at")}
            </%blocks:fill>
            <%blocks:fill array="to_means" operand="g" rows="${k.query_block}" columns="${k.depth}" stride="${depth}">
                ${blocks.query("r0", "at")}
                ${blocks.place()}
            </%blocks:fill>
            ${k.each("at", k.query_block)} {
                ${blocks.query("r0", "at")}
                ${T} common = 0, logarithm = ${k.number(float("inf"))};
                if (inside) {
                    ${blocks.common()}
                }
                commons[at] = common;
                logarithms[at] = logarithm;
            }
            ${k.wait}
            ${blocks.multiply("parts", k.key_block, f"query[m * {width} + k]", "keys", k.key_stride, k.query_block, k.key_block, k.key_width, False)}
            ${blocks.multiply("scores", k.key_block, f"to_means[m * {depth} + k]", "values", k.key_stride, k.query_block, k.key_block, k.depth, False)}
            ${k.wait}
            ${k.each("at", k.query_block)} {
                ${blocks.query("r0", "at")}
                if (inside) {
                    ${blocks.change("parts", "mask", "+=")}
                    ${blocks.change("scores", "kept", "*=")}
                }
                const ${T} logarithm = logarithms[at], common = commons[at];
<% part, score = (k.at(name, f"at * {k.key_block} + j") for name in ("parts", "scores")) %>
                ${blocks.hide("parts")}
                for (int j = 0; j < ${k.key_block}; j += ${k.width}) {
                    const ${k.kind} one = ${k.exp(part + " - logarithm", k.width)};
                    ${part} = one;
                    ${score} = one * (${score} - common);
                }
% if "kept" in k.extras:
                if (inside) {
                    ${blocks.change("parts", "kept", "*=")}
                }
% endif
            }
            ${k.wait}
            ${blocks.multiply("to_values", depth, f"parts[k * {k.key_block} + m]", "to_means", depth, k.key_block, depth, k.query_block, True)}
            ${blocks.multiply("to_keys", width, f"scores[k * {k.key_block} + m]", "query", width, k.key_block, width, k.query_block, True)}
            ${blocks.multiply("to_query", width, f"scores[m * {k.key_block} + k]", "key_rows", width, k.query_block, width, k.key_block, False)}
            ${k.wait}
            ${k.each("at", k.query_block)} {
                if (r0 + at >= ${k.rows}) continue;
                const ${k.index} place = packed + (r0 + at) * ${k.key_width};
                for (int n = 0; n < ${k.key_width}; n++) {
                    const ${T} more = to_query[at * ${width} + n] * ${k.number(k.scale)};
                    ${k.added("place + n", "more")}
                }
            }
            r0 += ${k.query_block};
            ${blocks.pass_over(k.rows, "k0 == 0")}
        }
        ${k.wait}
        ${k.each("at", k.key_block)} {
            if (k0 + at >= ${k.keys}) continue;
            const ${k.index} place = packed + ${k.rows * k.key_width} + (k0 + at) * ${k.key_width};
            for (int n = 0; n < ${k.key_width}; n++) ${k.stored("place + n", f"to_keys[at * {width} + n]")}
            const ${k.index} to_value = packed + ${k.rows * k.key_width + k.keys * k.key_width} + (k0 + at) * ${k.depth};
            for (int n = 0; n < ${k.depth}; n++) ${k.stored("to_value + n", f"to_values[at * {depth} + n]")}
        }
    }
}
