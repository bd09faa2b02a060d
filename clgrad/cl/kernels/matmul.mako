<%doc>
matmul: (*batch, m, k) @ (*batch, k, n) on a CPU, operands read through any strides, any maps on the result.

Form "tile": a work-item computes tiles of `rows` x `vectors` vectors of the result, one below the other.

        k ->          n -> [ vectors x width ]
    m   a a a a   x   b b b b      each step: `vectors` loads of B, `rows` scalars of A,
    |   a a a a       b b b b                 rows x vectors fused multiply-adds

  B is read in place, or (`packs`) copied first to a panel of `block` steps of k, which stays in the second
  cache: where B's rows are far apart, where it is computed by maps, and, transposed on the way, where it is contiguous
  along k (nn.Linear's x @ w.T). With more steps than a panel holds, sums wait in memory for the next.
  What lies scattered (`gathers`: windows of small images) is collected number by number.
  A result narrower than a vector is computed with lanes that are dropped.

Form "dot" (few rows, A and B contiguous along k; a matrix by a vector): both are read in vectors along k, with
  `rows` x `columns` vector accumulators whose lanes are added at the end.

The last rows have a tile of their own. The last columns overlap the tile before: equal values are written
twice, no masks are needed; but where the result is updated in place (`guards`) each element has one writer.
Column tiles run fastest.

Tuning: rows, vectors (products.py). By the registers of the vector width: 12 x 2 of 16 lanes, 6 x 2 of 8; fewer rows,
more vectors; 4 x 4 where that leaves no rest and 12 x 2 does (64 rows by 512: 111 GFLOP/s of a Zen 4's 115, 12 x 2 106,
8 x 2 95). B is not packed for 64 rows or fewer: 1.05 to 1.3 times as fast. Tried and not kept, with the time of what is
kept over theirs: 6 x 4 of 16 lanes (0.9 to 1.0, twice the text), 4 x 6 (0.8), 8 x 3 (0.9), 8 x 2 (0.8 to 1.0); panels
of 64 and 128 KB (0.85, 0.9); transposing in sixteens (1.0, and 60 ms more to compile); dot products for 32 rows (0.55)
and sums in lanes for A^T of few columns (0.5 to 1.0: not built); lines of the epilogue written out for each vector
(1.0, and ten times the text); exp, tanh and the like in place instead of in a function of their own (0.45: LLVM keeps
their constants in registers all the time, and spills sums); vload/vstore on PoCL (a call each: 0.3). B is packed, too,
where A is read down many steps: 1.13 to 1.2 times as fast. Searched by `clgrad tune` in CPU time of one thread on PoCL
3.0, 3.1 and Intel: of 20 classes of products (8 on Intel, 6 on PoCL 3.1, which had less time) the rules were within 3 %
of the best in all but those in tuned/.
</%doc>
<%namespace name="panel" file="_panel.mako"/>
<%def name="tile(rows)">
<% kind = k.vector(k.total, k.tile_width) %>
% for row in range(rows):
%   for v in range(k.vectors):
%     if k.splits:
        ${kind} c${row}_${v} = k0 ? sums[((m0 - first) + ${row}) * ${k.vectors} + ${v}] : (${kind})(0);
%     else:
        ${kind} c${row}_${v} = (${kind})(0);
%     endif
%   endfor
% endfor
        ${k.steps("k0" if k.splits else "0", "k1" if k.splits else k.depth)} {
            ${k.step}
% for v in range(k.vectors):
%   if k.packs:
            const ${kind} b${v} = panel[(k - ${"k0" if k.splits else "0"}) * ${k.vectors} + ${v}];
%   else:
            ${kind} b${v}; { const ${k.index} n = n0 + ${v * k.tile_width}; ${k.operand(k.b, k.tile_width)} b${v} = ${k.value(k.b, k.b_value, k.tile_width)}; }
%   endif
% endfor
% for row in range(rows):
            { const ${k.index} m = m0 + ${row}; ${k.operand(k.a, 1)} const ${k.total.c} a = ${k.value(k.a, k.a_value, 1)};
%   for v in range(k.vectors):
              c${row}_${v} = a * b${v} + c${row}_${v};
%   endfor
            }
% endfor
        }
% if k.splits:
        if (k1 < ${k.depth}) {
%   for row in range(rows):
%     for v in range(k.vectors):
            sums[((m0 - first) + ${row}) * ${k.vectors} + ${v}] = c${row}_${v};
%     endfor
%   endfor
        } else
% endif
        {
% if len(kernel.lines) == 1 and not k.guards:
%   for row in range(rows):
%     for v in range(k.vectors):
            { const ${k.index} m = m0 + ${row}, n = n0 + ${v * k.tile_width};
              ${k.epilogue(f"c{row}_{v}", k.tile_width)} }
%     endfor
%   endfor
% else:
            const ${kind} c[] = {${", ".join(f"c{row}_{v}" for row in range(rows) for v in range(k.vectors))}};
%   if k.finishes_apart:
            ${k.finish_call("c", ["m0", str(rows), "n0", "id0", *k.batch_names])}
%   else:
            ${finish(rows)}
%   endif
% endif
        }
</%def>
<%def name="finish(rows)">
## The sums of a tile become results.
            for (${k.index} m = m0; m < m0 + ${rows}; m++)
            for (${k.index} v = 0; v < ${k.vectors}; v++) {
                const ${k.vector(k.total, k.tile_width)} result = c[(m - m0) * ${k.vectors} + v];
                const ${k.index} n = n0 + v * ${k.tile_width};
% if k.guards:
%   if not k.drops_lanes:
                if (n >= id0 * ${k.columns}) {
                    ${k.epilogue("result", k.tile_width)}
                    continue;
                }
%   endif
                const ${k.total.c}* lanes = (const ${k.total.c}*)&result;
                for (${k.index} lane = 0; lane < ${min(k.tile_width, k.n)}; lane++) {
                    const ${k.index} n = n0 + v * ${k.tile_width} + lane;
                    if (n < id0 * ${k.columns}) continue;
                    ${k.epilogue("lanes[lane]", 1)}
                }
% else:
                ${k.epilogue("result", k.tile_width)}
% endif
            }
</%def>
<%def name="dots(rows)">
<% kind = k.vector(k.total, k.width) %>
% for row in range(rows):
%   for column in range(k.columns):
    ${kind} c${row}_${column} = (${kind})(0);
%   endfor
% endfor
    for (${k.index} k = 0; k + ${k.width} <= ${k.depth}; k += ${k.width}) {
% for column in range(k.columns):
        ${kind} b${column}; { const ${k.index} n = n0 + ${column}; ${k.operand(k.b, k.width)} b${column} = ${k.value(k.b, k.b_value, k.width)}; }
% endfor
% for row in range(rows):
        { const ${k.index} m = m0 + ${row}; ${k.operand(k.a, k.width)} const ${kind} a = ${k.value(k.a, k.a_value, k.width)};
%   for column in range(k.columns):
          c${row}_${column} = a * b${column} + c${row}_${column};
%   endfor
        }
% endfor
    }
    ${k.total.c} s[${rows * k.columns}];
% for row in range(rows):
%   for column in range(k.columns):
    { ${k.folded(f"c{row}_{column}", k.width, f"s[{row} * {k.columns} + {column}]")} }
%   endfor
% endfor
    for (${k.index} m = m0; m < m0 + ${rows}; m++)
    for (${k.index} n = n0; n < n0 + ${k.columns}; n++) {
        ${k.total.c} sum = s[(m - m0) * ${k.columns} + (n - n0)];
% if k.depth % k.width:
        for (${k.index} k = ${k.depth - k.depth % k.width}; k < ${k.depth}; k++) {
            ${k.operand(k.a, 1)} ${k.operand(k.b, 1)}
            sum += ${k.value(k.a, k.a_value, 1)} * ${k.value(k.b, k.b_value, 1)};
        }
% endif
% if k.guards:
        if (n < id0 * ${k.columns}) continue;
% endif
        ${k.epilogue("sum", 1)}
    }
</%def>
<% part = dots if k.form == "dot" else tile %>
% if k.finishes_apart and k.form == "tile":
${k.finish_head("c", ["m0", "rows", "n0", "id0", *k.batch_names])} {
            ${finish("rows")}
}
% endif
${k.head} {
% if k.batch_names:
    const ${k.index} batch = ${k.id(2)};
    ${k.unflatten("batch", k.batch_names, k.batch_sizes)}
% endif
    const ${k.index} n0 = id0 * ${k.columns} <= ${k.n - k.columns} ? id0 * ${k.columns} : ${k.n - k.columns};
    const ${k.index} first = id1 * ${k.item_rows}, last = id1 < ${k.row_tiles - 1} ? first + ${k.item_rows} : ${k.m};
% if k.packs:
    ${k.vector(k.total, k.tile_width)} panel[${k.panel_depth * k.vectors}];
% endif
% if k.splits:
    ${k.vector(k.total, k.tile_width)} sums[${(k.item_rows + k.rows) * k.vectors}];
    for (${k.index} k0 = 0; k0 < ${k.depth}; k0 += ${k.panel_depth}) {
    const ${k.index} k1 = k0 + ${k.panel_depth} < ${k.depth} ? k0 + ${k.panel_depth} : ${k.depth};
% endif
% if k.packs:
        ${panel.pack()}
% endif
    ${k.index} m0 = first;
    for (; m0 + ${k.rows} <= last; m0 += ${k.rows}) {
        ${part(k.rows)}
    }
% if k.rest:
    if (m0 < last) {
        ${part(k.rest)}
    }
% endif
% if k.splits:
    }
% endif
}
