<%doc>
blocks: what attention and its gradient share: blocks of operands are filled, and multiplied, in arrays of a work-item
(on a CPU, in vectors) or of a group (on a GPU, where its items take elements and tiles in turn).
</%doc>
<%def name="fill(array, operand, rows, columns, stride, factor='')">
## Rows of an operand, in whole vectors; zeros where there is none. The body says of row `at` where it is, and whether.
% if k.items == 1:
    for (int at = 0; at < ${rows}; at++) {
        ${caller.body()}
        int n = 0;
        if (inside) {
% if columns >= k.width:
            for (; n + ${k.width} <= ${columns}; n += ${k.width}) ${k.element(operand, k.width, k.at(array, f"at * {stride} + n"))}
% endif
% if k.width > 1 and columns % k.width:
            for (; n < ${columns}; n++) ${k.element(operand, 1, f"{array}[at * {stride} + n]")}
% endif
% if factor:
            for (int m = 0; m < ${columns}; m++) ${array}[at * ${stride} + m] *= ${factor};
% endif
        }
        for (; n < ${stride}; n++) ${array}[at * ${stride} + n] = 0;
    }
% else:
    for (int flat = lid; flat < ${rows * stride}; flat += ${k.items}) {
        const int at = flat / ${stride}, n = flat % ${stride};
        ${caller.body()}
        ${k.total.c} value = 0;
        if (inside) ${k.element(operand, 1, "value")}
        ${array}[flat] = value${f" * {factor}" if factor else ""};
    }
% endif
</%def>
<%def name="fill_down(array, operand, rows, columns, stride, factor='')">
## The same, transposed: an element of row `at` stands in column `at`.
<% scaled = f" * {factor}" if factor else "" %>
% if k.items == 1:
    for (int at0 = 0; at0 < ${rows}; at0 += ${k.turn}) {
        int n0 = 0;
%   if k.turn > 1 and columns >= k.turn:
        int last_inside;
        { const int at = at0 + ${k.turn - 1}; ${caller.body()} last_inside = inside; }
        if (last_inside)
        for (; n0 + ${k.turn} <= ${columns}; n0 += ${k.turn}) {
            const int n = n0;
<% texts, names = k.transposed("r", "t"); kind = f"{k.total.c}{k.turn}" %>
%     for row in range(k.turn):
            ${kind} r${row}; { const int at = at0 + ${row}; ${caller.body()} ${k.element(operand, k.turn, f"r{row}")} }
%     endfor
%     for text in texts:
            ${text}
%     endfor
%     for row, name in enumerate(names):
            *(${kind}*)(${array} + (n + ${row}) * ${stride} + at0) = ${name}${scaled};
%     endfor
        }
%   endif
        for (int at = at0; at < at0 + ${k.turn} && at < ${rows}; at++) {
            ${caller.body()}
            for (int n = n0; n < ${columns}; n++) {
                ${k.total.c} value = 0;
                if (inside) ${k.element(operand, 1, "value")}
                ${array}[n * ${stride} + at] = value${scaled};
            }
        }
    }
% else:
    for (int flat = lid; flat < ${rows * columns}; flat += ${k.items}) {
        const int at = flat / ${columns}, n = flat % ${columns};
        ${caller.body()}
        ${k.total.c} value = 0;
        if (inside) ${k.element(operand, 1, "value")}
        ${array}[n * ${stride} + at] = value${scaled};
    }
% endif
</%def>
<%def name="multiply(c, c_stride, a, b, b_stride, rows, columns, depth, adds, first='', left='')">
## ${c} ${"+=" if adds else "="} a @ b: (rows, columns) = (rows, depth) @ (depth, columns); `a` is an element of row m, step k; c's
## rows begin at `first`, and on a CPU only `left` of them are computed, in whole tiles. Arrays are named, not pointed to: a pointer to local memory is no CUDA.
<% tile_rows, vectors = k.tile(rows, columns); across = columns // k.width // vectors; step = k.width if k.items == 1 else across %>
% if k.items == 1:
    for (int m0 = 0; m0 < ${rows}${f" && m0 < {left}" if left else ""}; m0 += ${tile_rows})
    for (int n0 = 0; n0 < ${columns}; n0 += ${vectors * k.width}) {
% else:
    for (int tile = lid; tile < ${rows // tile_rows * across}; tile += ${k.items}) {
        const int m0 = tile / ${across} * ${tile_rows}, n0 = tile % ${across};
% endif
% for row in range(tile_rows):
%   for v in range(vectors):
        ${k.kind} c${row}_${v} = ${k.at(c, f"({first}m0 + {row}) * {c_stride} + n0 + {v * step}") if adds else f"({k.kind})(0)"};
%   endfor
% endfor
        for (int k = 0; k < ${depth}; k++) {
% for v in range(vectors):
            const ${k.kind} b${v} = ${k.at(b, f"k * {b_stride} + n0 + {v * step}")};
% endfor
% for row in range(tile_rows):
            { const int m = m0 + ${row}; const ${k.total.c} a = ${a};
%   for v in range(vectors):
              c${row}_${v} = a * b${v} + c${row}_${v};
%   endfor
            }
% endfor
        }
% for row in range(tile_rows):
%   for v in range(vectors):
        ${k.at(c, f"({first}m0 + {row}) * {c_stride} + n0 + {v * step}")} = c${row}_${v};
%   endfor
% endfor
    }
</%def>
<%def name="query(first, at)">
## Where row ${at} of a block of queries is: rows of all heads that share keys follow each other.
        const ${k.index} flat_row = ${first} + ${at};
        const int inside = flat_row < ${k.rows};
        const ${k.index} head = section * ${k.rows // k.queries} + flat_row / ${k.queries}, row = flat_row % ${k.queries};
</%def>
<%def name="key(first, at)">
        const ${k.index} key = ${first} + ${at};
        const int inside = key < ${k.keys};
</%def>
<%def name="hide(array)">
## In row `at`, scores of keys that query `row` does not see become the lowest: it sees those from low to high of a block.
% if k.window:
                const ${k.index} low = row - ${k.window - 1} - k0 > 0 ? row - ${k.window - 1} - k0 : 0;
% else:
                const ${k.index} low = 0;
% endif
<% last = f"(row < {k.keys - 1} ? row : {k.keys - 1})" if k.causal else str(k.keys - 1) %>
                const ${k.index} high = ${last} - k0 + 1;
                if (low > 0 || high < ${k.key_block})
                for (int j = 0; j < ${k.key_block}; j += ${k.width}) {
                    const ${k.lane_kind} place = ${k.lanes} + (${k.lane_kind})(j);
                    const ${k.kind} one = ${k.at(array, f"at * {k.key_block} + j")};
                    ${k.at(array, f"at * {k.key_block} + j")} = place >= (${k.lane_kind})(low) ${"&" if k.width > 1 else "&&"} place < (${k.lane_kind})(high) ? one : (${k.kind})(${k.number(float("-inf"))});
                }
</%def>
<%def name="pass_over(stop, always='0')">
## Goes on to the next block of queries of which one may see a key of a block, unless this one is `always` wanted. A
## loop of its own, and a barrier behind it: no compiler may leave a loop with barriers from within (PoCL 3.1 would die).
% if k.causal or k.window:
<%
    one_head = f"r0 / {k.queries} == (r0 + {k.query_block - 1}) / {k.queries}"
    tests = []
    if k.causal:
        tests.append(f"k0 > ({one_head} ? (r0 + {k.query_block - 1}) % {k.queries} : {k.queries - 1})")
    if k.window:
        tests.append(f"k0 + {k.key_block} <= ({one_head} ? r0 % {k.queries} : 0) - {k.window - 1}")
%>
            while (r0 < ${stop} && !(${always}) && (${" || ".join(tests)})) r0 += ${k.query_block};
            ${k.wait}
% endif
</%def>
<%def name="pass_over_keys()">
## Goes on to the next block of keys of which a query sees one, as far as the mask says: keys that nobody sees, as the
## free places of a cache, are not read. The items of a group look each for itself, so that they need not meet.
% if k.looks_ahead:
<% lowest = k.number(float("-inf")) %>
            for (int seen = 0; k0 < ${k.keys}; k0 += ${k.key_block}) {
                for (int at = 0; at < ${k.rows}; at++) {
                    ${query("0", "at")}
                    int j = 0;
%   if k.items == 1 and k.keys >= k.width and k.width > 1:
                    ${k.lane_kind} found = (${k.lane_kind})(0);
                    for (; j + ${k.width} <= ${k.key_block} && k0 + j + ${k.width} <= ${k.keys}; j += ${k.width}) {
                        const ${k.index} key = k0 + j;
                        ${k.kind} one;
                        ${k.element("mask", k.width, "one")}
                        found |= one != (${k.kind})(${lowest});
                    }
                    for (int lane = 0; lane < ${k.width}; lane++) seen |= ((const ${k.total.mask_c}*)&found)[lane] != 0;
%   endif
                    for (; j < ${k.key_block} && k0 + j < ${k.keys}; j++) {
                        const ${k.index} key = k0 + j;
                        ${k.total.c} one;
                        ${k.element("mask", 1, "one")}
                        seen |= one != ${lowest};
                    }
                }
                if (seen) break;
            }
            ${k.wait}
% endif
</%def>
<%def name="change(array, operand, operator)">
## In row `at` of an array, an operand's elements are added, or multiplied; nothing where there is no such operand.
% if operand in k.extras:
        {
            int j = 0;
%   if k.items == 1 and k.keys >= k.width and k.width > 1:
            for (; j + ${k.width} <= ${k.key_block} && k0 + j + ${k.width} <= ${k.keys}; j += ${k.width}) {
                const ${k.index} key = k0 + j;
                ${k.kind} one;
                ${k.element(operand, k.width, "one")}
                ${k.at(array, f"at * {k.key_block} + j")} ${operator} one;
            }
%   endif
            for (; j < ${k.key_block} && k0 + j < ${k.keys}; j++) {
                const ${k.index} key = k0 + j;
                ${k.total.c} one;
                ${k.element(operand, 1, "one")}
                ${array}[at * ${k.key_block} + j] ${operator} one;
            }
        }
% endif
</%def>
<%def name="weigh(own)">
## The scores of query `at` and a block of keys become weights: exponentials of what they are below the highest so far.
## `own` is the query's number among those of the work-item, whose sums and means go with the highest.
<%
    T, lowest, stride = k.total.c, k.number(float("-inf")), k.padded(k.depth)
    score = lambda j: k.at("scores", f"at * {k.key_block} + {j}")
%>
                ${change("scores", "mask", "+=")}
                ${hide("scores")}
                ${k.kind} most = ${score(0)};
                for (int j = ${k.width}; j < ${k.key_block}; j += ${k.width}) {
                    const ${k.kind} other = ${score("j")};
                    most = other > most ? other : most;
                }
                ${T} here;
                ${k.folded("most", "here", "{0} > {1} ? {0} : {1}")}
                const ${T} before = highest[${own}], top = here > before ? here : before, base = top == ${lowest} ? 0 : top;
                const ${T} kept = ${k.exp("before - base", 1)};
                ${k.kind} sum = ${k.at("sums", f"({own}) * {k.width}")} * kept;
                for (int j = 0; j < ${k.key_block}; j += ${k.width}) {
                    const ${k.kind} part = ${k.exp(score("j") + " - base", k.width)};
                    sum += part;
                    ${score("j")} = part;
                }
                ${change("scores", "kept", "*=")}
                highest[${own}] = top;
                ${k.at("sums", f"({own}) * {k.width}")} = sum;
                for (int n = 0; n < ${stride}; n += ${k.width}) ${k.at("means", f"({own}) * {stride} + n")} *= kept;
</%def>
<%def name="finish(own)">
## Query `row` of `head` is written: its means, and behind those of all the logarithm of its sum.
<% T = k.total.c %>
        ${T} sum;
        { const ${k.kind} lanes = ${k.at("sums", f"({own}) * {k.width}")}; ${k.folded("lanes", "sum", "{0} + {1}")} }
        const ${T} factor = sum == 0 ? 0 : 1 / sum;
        const ${k.index} place = (batch * ${k.heads} + head) * ${k.queries * (k.depth + k.packs)};
        for (int n = 0; n < ${k.depth}; n++) {
            ${k.stored(f"place + row * {k.depth} + n", f"means[({own}) * {k.padded(k.depth)} + n] * factor")}
        }
% if k.packs:
        const ${T} logarithm = sum == 0 ? ${k.number(float("inf"))} : highest[${own}] + ${k.log("sum")};
        ${k.stored(f"place + {k.queries * k.depth} + row", "logarithm")}
% endif
</%def>
<%def name="place()">
## In a packed result, where row n of the means begins: the operand's last axis is flat.
        const ${k.index} start = row * ${k.depth};
</%def>
<%def name="common()">
## Of a query, what all gradients of its scores have in common, and its logarithm.
                    ${place()}
                    for (int n = 0; n < ${k.depth}; n++) {
                        ${k.total.c} a, b;
                        ${k.element("g", 1, "a")} ${k.element("y", 1, "b")}
                        common += a * b;
                    }
                    {
                        const ${k.index} start = row, n = ${k.queries * k.depth};
                        ${k.total.c} to_logarithm;
                        ${k.element("g", 1, "to_logarithm")} ${k.element("y", 1, "logarithm")}
                        common -= to_logarithm;
                    }
</%def>
