<%doc>
attention_few: attention (attention.mako) of so few queries that each key and each value is used once or twice: they are
not brought into arrays, but read where they lie.

    for each block of keys:  each key:   its products with the queries, along vectors
                             each query: exponentials, their sum, and what the highest grew by (_blocks.mako)
                             each value: times its weights, to means in registers

A token that is decoded is such a query: its time is that of reading the keys and values that it sees.

For CPUs. Tuning (attention.py): FEW_QUERIES, vectors of means; keys of a block.
</%doc>
<%namespace name="blocks" file="_blocks.mako"/>
<% T, width, depth, rows = k.total.c, k.padded(k.key_width), k.padded(k.depth), range(k.rows) %>
${k.head} {
    const ${k.index} batch = id1 / ${k.key_heads}, section = id1 % ${k.key_heads};
    ${k.declared()}
    for (int at = 0; at < ${k.rows}; at++) highest[at] = ${k.number(float("-inf"))};
    for (int at = 0; at < ${k.rows * k.width}; at++) sums[at] = 0;
    for (int at = 0; at < ${k.rows * depth}; at++) means[at] = 0;
    <%blocks:fill array="query" operand="q" rows="${k.rows}" columns="${k.key_width}" stride="${width}" factor="${k.number(k.scale)}">
        ${blocks.query("0", "at")}
    </%blocks:fill>
    ${k.index} k0 = 0;
    ${blocks.pass_over_keys()}
    while (k0 < ${k.keys}) {
        const int count = k0 + ${k.key_block} < ${k.keys} ? ${k.key_block} : ${k.keys} - k0;
        for (int j = 0; j < count; j++) {
            const ${k.index} key = k0 + j;
            int n = 0;
% for row in rows:
            ${k.kind} dot${row} = (${k.kind})(0);
            ${T} score${row};
% endfor
            for (; n + ${k.width} <= ${k.key_width}; n += ${k.width}) {
                ${k.kind} one;
                ${k.element("k", k.width, "one")}
% for row in rows:
                dot${row} += ${k.at("query", f"{row * width} + n")} * one;
% endfor
            }
% for row in rows:
            { ${k.folded(f"dot{row}", f"score{row}", "{0} + {1}")} }
% endfor
            for (; n < ${k.key_width}; n++) {
                ${T} one;
                ${k.element("k", 1, "one")}
% for row in rows:
                score${row} += query[${row * width} + n] * one;
% endfor
            }
% for row in rows:
            scores[${row * k.key_block} + j] = score${row};
% endfor
        }
        for (int at = 0; at < ${k.rows}; at++) {
            ${blocks.query("0", "at")}
            for (int j = count; j < ${k.key_block}; j++) scores[at * ${k.key_block} + j] = 0;
            ${blocks.weigh("at")}
        }
% for first, vectors in k.columns:
        {
%   for row in rows:
%       for v in range(vectors):
            ${k.kind} m${row}_${v} = ${k.at("means", row * depth + first + v * k.width)};
%       endfor
%   endfor
            for (int j = 0; j < count; j++) {
                const ${k.index} key = k0 + j;
%   for v in range(vectors):
                ${k.kind} one${v};
                { const int n = ${first + v * k.width}; ${k.element("v", k.width, f"one{v}")} }
%   endfor
%   for row in rows:
                const ${T} weight${row} = scores[${row * k.key_block} + j];
%       for v in range(vectors):
                m${row}_${v} += weight${row} * one${v};
%       endfor
%   endfor
            }
%   for row in rows:
%       for v in range(vectors):
            ${k.at("means", row * depth + first + v * k.width)} = m${row}_${v};
%       endfor
%   endfor
        }
% endfor
% if k.depth % k.width:
        for (int j = 0; j < count; j++) {
            const ${k.index} key = k0 + j;
            for (int n = ${k.depth - k.depth % k.width}; n < ${k.depth}; n++) {
                ${T} one;
                ${k.element("v", 1, "one")}
%   for row in rows:
                means[${row * depth} + n] += scores[${row * k.key_block} + j] * one;
%   endfor
            }
        }
% endif
        k0 += ${k.key_block};
        ${blocks.pass_over_keys()}
    }
    for (int at = 0; at < ${k.rows}; at++) {
        ${blocks.query("0", "at")}
        ${blocks.finish("at")}
    }
}
